"""A person with a filled workbook, in a real browser: the report before anything is stored, then the stored version."""

import shutil
from datetime import UTC, datetime

import pytest

from tests.ingestion.submitted import workbook
from tests.servers import running_app

pytestmark = pytest.mark.browser
SITE = "990000075"
NEW = "handed-in-1"


@pytest.fixture
def own_app(demo_store, tmp_path):
    """The app over a store of its own, for what is handed in stays there."""
    shutil.copytree(demo_store, tmp_path / "store")
    with running_app(tmp_path / "store", tmp_path / "app.log") as url:
        yield url


def filled() -> bytes:
    """Two ratings that are right and one that says what nobody can mean."""
    today = datetime.now(UTC).date().isoformat()
    facts = {
        "assessment_id": NEW,
        "site_id": SITE,
        "assessment_date": today,
        "phase": "candidate",
        "status": "submitted",
    }
    said = ("met", "partly", "splendid")
    return workbook({3 + n: {**(facts if n == 0 else {}), "role": "self", "rating": one} for n, one in enumerate(said)})


def view_as(seen, role: str) -> None:
    seen.page.locator("[data-testid=stSidebar] [data-testid=stSelectbox] input").first.click()
    seen.page.get_by_role("option", name=role).first.click()
    seen.idle()


def test_a_workbook_is_reported_on_row_by_row_and_stored_when_its_sender_agrees(visit, own_app):
    seen = visit(own_app, f"/assess?site={SITE}")
    assert seen.page.locator("input[type=file]").count() == 0
    view_as(seen, "Staff")
    file = {"name": "../assessment.xlsx", "mimeType": "application/octet-stream", "buffer": filled()}
    seen.page.locator("input[type=file]").set_input_files(file)
    seen.page.get_by_text("2 to be stored, 1 refused").wait_for(timeout=30_000)
    assert NEW not in seen.page.locator("[data-testid=stMain] [data-testid=stSelectbox]").all_inner_texts()
    seen.page.get_by_role("button", name="Store 2 ratings").click()
    seen.page.locator("[data-testid=stAlert]").get_by_text("2 ratings").first.wait_for(timeout=60_000)
    again = visit(own_app, f"/assess?site={SITE}&version={NEW}")
    assert NEW in again.page.locator("[data-testid=stMain]").inner_text()
    view_as(again, "Staff")
    figures = again.page.locator("[data-testid=stMetric]").first.inner_text()
    assert "0 of 17" in figures


def test_a_reviewer_rates_an_indicator_and_must_choose_first(visit, own_app):
    seen = visit(own_app, f"/assess?site={SITE}")
    view_as(seen, "Reviewer")
    form = seen.page.locator("[data-testid=stForm]")
    form.get_by_role("button", name="Store this rating").click()
    seen.page.get_by_text("Choose a rating first").wait_for()
    form.get_by_text("Partly met").click()
    form.get_by_role("button", name="Store this rating").click()
    seen.page.locator("[data-testid=stAlert]").get_by_text("1 rating").first.wait_for(timeout=60_000)
