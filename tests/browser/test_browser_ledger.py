"""The page Ledger in a real browser: a bundle that was saved is checked again, whole and with one byte changed."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data import engine, queries
from data.access import PUBLIC
from tests.browser.conftest import DESK, PHONE
from ui.tables_ledger import SITE_WIDTH

pytestmark = pytest.mark.browser
PASSED, FAILED, NOT_DONE = "Passed", "Failed here", "Not done"


@pytest.fixture
def assessment_of(demo_store):
    """The identifier of an assessment with an outcome, of which the public may have the record."""
    rows = queries.anchors(engine.latest(str(demo_store / "demo")), PUBLIC, datetime.now(UTC).date())

    def found(outcome: str) -> str:
        return rows.loc[rows["outcome"].eq(outcome) & rows["is_open"], "assessment_id"].iloc[0]

    return found


def told(seen) -> str:
    return seen.page.get_by_test_id("stMain").inner_text()


def states(seen) -> list[str]:
    """The state of each step, in their order."""
    lines = [line for line in told(seen).splitlines() if line.endswith((PASSED, FAILED, NOT_DONE))]
    return [next(state for state in (PASSED, FAILED, NOT_DONE) if line.endswith(state)) for line in lines]


def asked_again(seen) -> None:
    seen.page.get_by_role("button", name="Check again now").click()
    seen.page.get_by_text("on this page").wait_for(timeout=30_000)
    seen.idle()


def saved_bundle(seen) -> bytes:
    with seen.page.expect_download() as waiting:
        seen.page.get_by_role("button", name="Download proof bundle").click()
    return Path(waiting.value.path()).read_bytes()


def handed_in(seen, bundle: bytes) -> None:
    file = {"name": "../proof.zip", "mimeType": "application/zip", "buffer": bundle}
    seen.page.locator("input[type=file]").set_input_files(file)
    seen.page.wait_for_timeout(500)
    seen.idle()


def with_changed_byte(bundle: bytes) -> bytes:
    """The bundle with one letter of one rating changed, packed again as if by somebody who knows how."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "credential.json":
                assert content.count(b"GLS-V1.1-1.1.1") > 0
                content = content.replace(b"GLS-V1.1-1.1.1", b"GLS-V1.1-1.1.7", 1)
            new.writestr(name, content)
    return written.getvalue()


@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
def test_the_button_asks_the_ledger_and_every_step_passes(visit, app_url, assessment_of, window):
    seen = visit(app_url, f"/ledger?assessment={assessment_of('verified')}", **window)
    assert states(seen) == [PASSED] * 5 + [NOT_DONE] * 4 + [PASSED]
    asked_again(seen)
    assert states(seen) == [PASSED] * 10
    seen.page.get_by_text("What was compared").nth(6).click()
    seen.page.get_by_text("Root of the batch").first.wait_for()
    main = seen.page.get_by_test_id("stMain")
    assert main.evaluate("box => box.scrollWidth <= box.clientWidth"), "long hashes wrap"
    assert seen.outside_requests() == []


def test_bundle_that_was_saved_is_verified_and_one_changed_byte_is_found(visit, app_url, assessment_of):
    bundle = saved_bundle(visit(app_url, f"/ledger?assessment={assessment_of('verified')}"))
    seen = visit(app_url, "/ledger")
    handed_in(seen, bundle)
    assert states(seen) == [PASSED] * 9
    assert "this dashboard's own trust file" in told(seen)
    assert "brings another trust file" not in told(seen)
    seen = visit(app_url, "/ledger")
    handed_in(seen, with_changed_byte(bundle))
    assert states(seen) == [PASSED, FAILED] + [NOT_DONE] * 7
    assert "The record was changed after its receipt was made" in told(seen)


def test_a_flipped_byte_of_the_file_itself_is_told_as_damage(visit, app_url, assessment_of):
    bundle = bytearray(saved_bundle(visit(app_url, f"/ledger?assessment={assessment_of('verified')}")))
    bundle[bundle.index(b"GLS-V1.1") + 3] ^= 1
    seen = visit(app_url, "/ledger")
    handed_in(seen, bytes(bundle))
    assert "This is no proof bundle, or it was damaged" in told(seen)
    assert states(seen) == []


def test_what_the_store_holds_otherwise_is_shown_and_stays_whatever_the_ledger_says(visit, app_url, assessment_of):
    seen = visit(app_url, f"/ledger?assessment={assessment_of('content_changed')}")
    assert "What differs from what was signed" in told(seen)
    asked_again(seen)
    assert states(seen) == [PASSED] * 9 + [FAILED]
    assert "Content changed" in told(seen)


def test_badge_of_an_assessment_leads_to_its_check_and_back_to_all(visit, app_url, assessment_of):
    assessment_id = assessment_of("verified")
    seen = visit(app_url, f"/assess?site={assessment_id.split('-')[0]}&version={assessment_id}")
    seen.page.get_by_role("link", name="Ledger: Verified").click()
    seen.page.wait_for_url(f"**/ledger?assessment={assessment_id}")
    seen.idle()
    assert f"Assessment {assessment_id}" in told(seen)
    seen.page.get_by_role("button", name="All assessments").click()
    seen.page.get_by_role("heading", name="Check a bundle that you were given").wait_for()


def test_row_opens_its_check_and_the_filters_survive_it(visit, app_url, assessment_of):
    seen = visit(app_url, "/ledger?outcome=content_changed&q=a")
    assert "1 assessment, problems first" in told(seen)
    table = seen.page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    # The first row's button, by the width of the column before it: the table is a picture.
    seen.page.mouse.click(box["x"] + SITE_WIDTH + 32, box["y"] + 57)
    seen.page.wait_for_url(f"**/ledger?outcome=content_changed&q=a&assessment={assessment_of('content_changed')}")
    seen.idle()
    assert "What differs from what was signed" in told(seen)
    seen.page.get_by_role("button", name="All assessments").click()
    seen.page.wait_for_url("**/ledger?outcome=content_changed&q=a")
    seen.idle()
    assert "1 assessment, problems first" in told(seen)
    assert seen.page.get_by_placeholder("Site, assessment, issuer or reason").input_value() == "a"
