"""Nothing that a browser receives of assessments and work plans holds what people wrote for reviewers and the site."""

import pytest

from data import engine
from tests.leak.hidden import Hidden, texts
from tests.leak.wire import Visit, visit

COMPONENTS = ("1", "2", "3", "4")
SITES = ("990000075", "990000005")


@pytest.fixture(scope="session")
def view(demo_store):
    return engine.latest(str(demo_store / "demo"))


@pytest.fixture(scope="session")
def written(view) -> Hidden:
    """Comments, titles and hashes of evidence of some sites."""
    ratings = view.table("ratings")
    rows = view.run(ratings.filter(ratings.site_id.isin(SITES)))
    found = texts(rows, ["note", "evidence", "evidence_sha256"])
    assert len(found) > 20
    return Hidden(None, found)


@pytest.fixture(scope="session")
def notes(view) -> Hidden:
    return Hidden(None, texts(view.run(view.table("work_items")), ["note"]))


def visits(app_url: str, role: str | None) -> list[Visit]:
    links = [("assess", f"site={site}&component={component}") for site in SITES for component in COMPONENTS]
    return [visit(app_url, page, link, role) for page, link in (("readiness", ""), *links)]


@pytest.mark.parametrize("role", [None, "Partner"])
def test_comments_and_evidence_reach_neither_the_public_nor_partners(app_url, written, role):
    for seen in visits(app_url, role):
        assert seen.errors == []
        assert written.names_in(seen.received) == []


def test_notes_of_the_work_plan_do_not_reach_the_public(app_url, notes):
    seen = visit(app_url, "work_plan")
    assert seen.errors == []
    assert notes.names_in(seen.received) == []


def test_the_search_finds_notes_where_they_are_shown(app_url, notes):
    """Staff see them, so a search that finds none there could find none anywhere."""
    assert notes.names_in(visit(app_url, "work_plan", role="Staff").received) != []
