"""What each viewer gets of assessments, their ratings and the work plan."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from data import queries
from data.access import Viewer
from data.engine import View
from data.store import Store
from tests.data.invented import Row, configured, filled, site
from tests.data.network import (
    EMBARGOED_SITE,
    EVERYONE,
    FORMER_SITE,
    MANAGER,
    OPEN_SITE,
    PARTNER,
    PRIVATE_SITE,
    PUBLIC,
    REVIEWER,
    STAFF,
    SUMMARY_SITE,
    TODAY,
)

SHARED = {OPEN_SITE: "public", SUMMARY_SITE: "public-summary", PRIVATE_SITE: "private", EMBARGOED_SITE: "public"}
EMBARGO_DAYS = 60
OLD, NEW, FUTURE = TODAY - timedelta(days=200), TODAY - timedelta(days=10), TODAY + timedelta(days=1)
SECRETS = ("Ranger Adah", "https://files.invalid/minutes.pdf", "ab" * 32, "call the lodge")
by_role = pytest.mark.parametrize("viewer", EVERYONE, ids=lambda viewer: viewer.role)


def assessment(site_id: str, name: str, day: date | None, **fields) -> Row:
    return {
        "assessment_id": f"{site_id}-{name}",
        "site_id": site_id,
        "tool": "green_list",
        "method": "Green List",
        "standard_version": "GLS-1.1",
        "assessed_on": day,
        "assessed_year": day.year if day else 2025,
        "status": "submitted",
        **fields,
    }


def rating(assessment_id: str, site_id: str, indicator: str, role: str = "self", **fields) -> Row:
    return {
        "assessment_id": assessment_id,
        "site_id": site_id,
        "indicator_id": f"GLS-V1.1-{indicator}",
        "role": role,
        "rating": "met",
        "note": "Ranger Adah says so",
        "evidence": "https://files.invalid/minutes.pdf",
        "evidence_sha256": "ab" * 32,
        **fields,
    }


def tables(site_id: str) -> dict[str, list[Row]]:
    old, new, draft, future = (f"{site_id}-{name}" for name in ("old", "new", "draft", "future"))
    return {
        "assessments": [
            assessment(site_id, "old", OLD),
            assessment(site_id, "new", NEW, supersedes=old),
            assessment(site_id, "draft", NEW, status="draft"),
            assessment(site_id, "future", FUTURE),
            assessment(site_id, "mett", None, tool="METT"),
        ],
        "ratings": [
            rating(old, site_id, "1.1.1"),
            rating(old, site_id, "1.1.1", "reviewer", rating="partly"),
            rating(new, site_id, "3.4.2"),
            rating(draft, site_id, "1.1.1"),
            rating(future, site_id, "1.1.1"),
            rating(f"{site_id}-mett", site_id, "1.1.1"),
        ],
        "work_items": [
            {
                "item_id": f"{site_id}-item",
                "site_id": site_id,
                "kind": "milestone",
                "title": "Put up sirens",
                "criterion": "3.4",
                "starts_on": NEW,
                "due_on": FUTURE,
                "note": "call the lodge",
            }
        ],
    }


@pytest.fixture(scope="module")
def assessed(tmp_path_factory: pytest.TempPathFactory) -> View:
    folder = tmp_path_factory.mktemp("assessed")
    sources = [
        configured(
            f"papers {site_id}",
            connector="assessments",
            site_ids=site_id,
            sharing=level,
            embargo_days=EMBARGO_DAYS if site_id == EMBARGOED_SITE else 0,
        )
        for site_id, level in SHARED.items()
    ]
    sources += [configured("registry", connector="protected_planet", site_ids=None)]
    sources += [configured("submissions", connector="assessments", site_ids=None, sharing="public-summary")]
    rows = {f"papers {site_id}": tables(site_id) for site_id in SHARED}
    rows["former"] = tables(FORMER_SITE)
    rows["registry"] = {"sites": [site(site_id) for site_id in SHARED]}
    rows["submissions"] = {
        "assessments": [assessment(OPEN_SITE, "old", OLD, url="https://files.invalid/again")],
        "ratings": [
            rating(f"{OPEN_SITE}-old", OPEN_SITE, "1.1.1", "reviewer", rating="not_met", rated_on=NEW),
        ],
    }
    return filled(Store(str(folder / "store")), folder, sources, rows)


def names(frame: pd.DataFrame) -> set[str]:
    return set(frame["assessment_id"])


def test_everybody_may_know_that_a_site_was_assessed(assessed: View) -> None:
    found = queries.assessments(assessed, PUBLIC, TODAY)
    for site_id in (OPEN_SITE, SUMMARY_SITE):
        assert {f"{site_id}-old", f"{site_id}-new", f"{site_id}-mett"} <= names(found)
    assert not names(found) & {f"{PRIVATE_SITE}-old", f"{FORMER_SITE}-old"}


def test_an_embargo_holds_new_assessments_back(assessed: View) -> None:
    assert f"{EMBARGOED_SITE}-old" in names(queries.assessments(assessed, PUBLIC, TODAY))
    assert f"{EMBARGOED_SITE}-new" not in names(queries.assessments(assessed, PUBLIC, TODAY))
    assert f"{EMBARGOED_SITE}-new" in names(queries.assessments(assessed, REVIEWER, TODAY))


@by_role
def test_drafts_are_for_reviewers_and_for_those_who_see_all_of_the_site(assessed: View, viewer: Viewer) -> None:
    found = names(queries.assessments(assessed, viewer, TODAY))
    rated = names(queries.ratings(assessed, viewer, TODAY))
    for site_id in SHARED:
        may = viewer.role == "reviewer" and site_id != PRIVATE_SITE or viewer.sees_all_of(site_id)
        assert (f"{site_id}-draft" in found) == may
        assert (f"{site_id}-draft" in rated) == may


@by_role
def test_what_lies_in_the_future_or_is_of_no_configured_source_is_shown_to_nobody(
    assessed: View, viewer: Viewer
) -> None:
    every = names(queries.assessments(assessed, viewer, TODAY)) | names(queries.ratings(assessed, viewer, TODAY))
    assert not {name for name in every if name.endswith("future")}
    if viewer.role != "staff":
        assert not {name for name in every if name.startswith(FORMER_SITE)}


def test_ratings_of_a_source_that_shares_totals_are_for_partners_and_reviewers(assessed: View) -> None:
    for viewer, may in ((PUBLIC, False), (MANAGER, False), (PARTNER, True), (REVIEWER, True), (STAFF, True)):
        assert (f"{SUMMARY_SITE}-old" in names(queries.ratings(assessed, viewer, TODAY))) == may


@by_role
def test_justifications_and_evidence_are_for_reviewers_and_those_who_see_all(assessed: View, viewer: Viewer) -> None:
    for site_id in SHARED:
        frame = queries.site_ratings(assessed, viewer, site_id, TODAY)
        told = frame[["note", "evidence", "evidence_sha256"]].notna().to_numpy()
        if viewer.role == "reviewer" or viewer.sees_all_of(site_id):
            assert told.all()
        else:
            assert not told.any()


def test_the_public_gets_nothing_that_people_wrote(assessed: View) -> None:
    frames = [queries.ratings(assessed, PUBLIC, TODAY), queries.work_items(assessed, PUBLIC, TODAY)]
    frames += [queries.site_ratings(assessed, PUBLIC, site_id, TODAY) for site_id in SHARED]
    text = "".join(frame.to_csv() for frame in frames)
    assert "GLS-V1.1-1.1.1" in text
    assert "Put up sirens" in text
    assert not [secret for secret in SECRETS if secret in text]


def test_an_assessment_of_two_sources_is_told_once_and_its_newest_rating_counts(assessed: View) -> None:
    found = queries.assessments(assessed, STAFF, TODAY)
    assert not found["assessment_id"].duplicated().any()
    rated = queries.site_ratings(assessed, STAFF, OPEN_SITE, TODAY)
    one = rated[rated["assessment_id"].eq(f"{OPEN_SITE}-old") & rated["role"].eq("reviewer")]
    assert one["rating"].tolist() == ["not_met"]
    public = queries.site_ratings(assessed, PUBLIC, OPEN_SITE, TODAY)
    one = public[public["assessment_id"].eq(f"{OPEN_SITE}-old") & public["role"].eq("reviewer")]
    assert one["rating"].tolist() == [], "the older rating is not shown as if it still stood"


def test_ratings_are_of_the_green_list_and_name_their_criterion(assessed: View) -> None:
    found = queries.ratings(assessed, STAFF, TODAY)
    assert f"{OPEN_SITE}-mett" not in names(found)
    assert set(found.loc[found["indicator_id"].eq("GLS-V1.1-3.4.2"), "criterion"]) == {"3.4"}


@by_role
def test_notes_of_the_work_plan_are_for_those_who_work_with_the_site(assessed: View, viewer: Viewer) -> None:
    found = queries.work_items(assessed, viewer, TODAY).set_index("site_id")["note"].notna()
    for site_id, is_told in found.items():
        assert is_told == viewer.sees_species_of(site_id)
    assert found.index.isin([OPEN_SITE]).any()


def test_an_empty_store_has_answers_without_rows(tmp_path: Path) -> None:
    view = filled(Store(str(tmp_path / "store")), tmp_path, [configured("registry")], {})
    for question in (queries.assessments, queries.ratings, queries.work_items):
        assert question(view, STAFF, TODAY).empty
    assert queries.site_ratings(view, STAFF, OPEN_SITE, TODAY).empty
