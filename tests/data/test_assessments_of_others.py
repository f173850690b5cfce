"""What one site or source says must neither show nor change what another one says, and nothing outdated stands."""

from datetime import date
from pathlib import Path

import pytest

from data import queries
from data.engine import View
from data.store import Store
from tests.data.invented import Row, configured, filled, site
from tests.data.network import OPEN_SITE, PUBLIC, REVIEWER, STAFF, SUMMARY_SITE, TODAY

FIRST, SECOND = "GLS-V1.1-1.1.1", "GLS-V1.1-1.1.2"


def assessment(name: str, site_id: str, **fields) -> Row:
    facts = {"assessment_id": name, "site_id": site_id, "tool": "green_list", "method": "GLS-1.1"}
    return facts | {"standard_version": "GLS-1.1", "assessed_on": date(2026, 3, 1), "assessed_year": 2026} | fields


def rating(name: str, site_id: str, said: str, **fields) -> Row:
    facts = {"assessment_id": name, "site_id": site_id, "indicator_id": FIRST, "role": "self", "rating": said}
    return facts | fields


def built(folder: Path, sources: dict[str, dict[str, list[Row]]], **sharing: str) -> View:
    rows = {"registry": {"sites": [site(OPEN_SITE), site(SUMMARY_SITE)]}, **sources}
    named = [
        configured(name, connector="assessments", site_ids=None, sharing=sharing.get(name.replace("-", "_"), "public"))
        for name in rows
    ]
    return filled(Store(str(folder / "store")), folder, named, rows)


@pytest.fixture
def squatted(tmp_path: Path) -> View:
    """Somebody hands in an assessment of their own site under the name that another site's draft has."""
    office = {
        "assessments": [assessment("a-1", SUMMARY_SITE, status="draft")],
        "ratings": [rating("a-1", SUMMARY_SITE, "not_met")],
    }
    handed_in = {"assessments": [assessment("a-1", OPEN_SITE)], "ratings": [rating("a-1", OPEN_SITE, "met")]}
    return built(tmp_path, {"zz-office": office, "submissions": handed_in})


def test_a_name_that_is_taken_changes_nothing_of_the_assessment_that_has_it(squatted: View) -> None:
    for viewer in (STAFF, REVIEWER):
        found = queries.assessments(squatted, viewer, TODAY)
        assert found[["assessment_id", "site_id"]].to_numpy().tolist() == [["a-1", SUMMARY_SITE]]
        assert queries.ratings(squatted, viewer, TODAY)["rating"].tolist() == ["not_met"]


def test_a_name_that_is_taken_publishes_no_draft(squatted: View) -> None:
    assert queries.assessments(squatted, PUBLIC, TODAY).empty
    assert queries.ratings(squatted, PUBLIC, TODAY).empty


def test_a_rating_that_is_not_the_newest_any_more_is_shown_to_nobody(tmp_path: Path) -> None:
    office = {
        "assessments": [assessment("a-1", OPEN_SITE)],
        "ratings": [
            rating("a-1", OPEN_SITE, "met", role="reviewer", rated_on=date(2026, 3, 2)),
            rating("a-1", OPEN_SITE, "met", indicator_id=SECOND, role="reviewer", rated_on=date(2026, 3, 2)),
        ],
    }
    newer = [rating("a-1", OPEN_SITE, "not_met", role="reviewer", rated_on=date(2026, 5, 1))]
    rows = {"office": office, "submissions": {"assessments": [assessment("a-1", OPEN_SITE)], "ratings": newer}}
    view = built(tmp_path, rows, submissions="public-summary")
    seen = {
        viewer.role: queries.ratings(view, viewer, TODAY).set_index("indicator_id")["rating"].to_dict()
        for viewer in (PUBLIC, STAFF)
    }
    assert seen == {"public": {SECOND: "met"}, "staff": {FIRST: "not_met", SECOND: "met"}}
    before = queries.ratings(view, STAFF, date(2026, 4, 1)).set_index("indicator_id")["rating"]
    assert before[FIRST] == "met", "a quarter ago the older one was the newest"


def test_the_name_of_a_hidden_draft_is_not_told_by_what_replaces_it(tmp_path: Path) -> None:
    rows = [assessment("secret-1", OPEN_SITE, status="draft"), assessment("final-1", OPEN_SITE, supersedes="secret-1")]
    view = built(tmp_path, {"office": {"assessments": rows}})
    assert queries.assessments(view, PUBLIC, TODAY)["supersedes"].isna().all()
    assert "secret-1" in set(queries.assessments(view, STAFF, TODAY)["supersedes"])


def test_an_assessment_of_a_year_to_come_is_not_shown_yet(tmp_path: Path) -> None:
    row = assessment("a-1", OPEN_SITE, assessed_on=None, assessed_year=TODAY.year + 1)
    assert queries.assessments(built(tmp_path, {"office": {"assessments": [row]}}), STAFF, TODAY).empty


def test_an_embargo_holds_back_what_was_done_and_shows_what_is_planned(tmp_path: Path) -> None:
    item = {"site_id": OPEN_SITE, "kind": "milestone", "title": "Towers"}
    rows = [
        {"item_id": "done lately", "starts_on": date(2024, 1, 1), "done_on": date(2026, 6, 13), **item},
        {"item_id": "done long ago", "done_on": date(2025, 6, 13), **item},
        {"item_id": "planned", "due_on": date(2027, 6, 13), **item},
    ]
    source = configured("plan", connector="programme", site_ids=None, embargo_days=90)
    folder = str(tmp_path / "store")
    view = filled(Store(folder), tmp_path, [source, configured("registry")], {"plan": {"work_items": rows}})
    assert set(queries.work_items(view, PUBLIC, TODAY)["item_id"]) == {"done long ago", "planned"}
    assert len(queries.work_items(view, STAFF, TODAY)) == 3


@pytest.mark.parametrize(("connector", "sharing", "is_told"), [
    ("protected_planet", "public", True), ("protected_planet", "private", False), ("assessments", "public", False),
])  # fmt: skip
def test_only_of_public_registries_everybody_learns_the_number_of_rows(
    tmp_path: Path, connector: str, sharing: str, is_told: bool
) -> None:
    source = configured("source", connector=connector, site_ids=None, sharing=sharing)
    rows = {"source": {"sites": [site(OPEN_SITE)], "assessments": [assessment("a-1", OPEN_SITE, status="draft")]}}
    view = filled(Store(str(tmp_path / "store")), tmp_path, [source], rows)
    (held,) = queries.sources(view, PUBLIC, TODAY)["rows_held"]
    assert str(held) == ("2" if is_told else "<NA>")
