"""Many sites at once: each as if alone, which assessment holds, what changed, and what the registry knows."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.readiness import (
    criteria_over_sites,
    criterion_states,
    current_assessments,
    readiness,
    readiness_of_sites,
    registration,
    what_changed,
)

laws = settings(deadline=None, max_examples=60)
CRITERIA = ("1.1", "1.2", "3.4")
RATED = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.sampled_from(CRITERIA),
        st.integers(1, 11),
        st.sampled_from(["met", "partly", "not_met", "not_applicable", None]),
        st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2026, 1, 1))),
    ),
    min_size=1,
    max_size=40,
    unique_by=lambda row: row[:3],
)


def frame(rated: list[tuple]) -> pd.DataFrame:
    rows = [
        (one, f"site {one}", f"GLS-V1.1-{criterion}.{number}", criterion, "self", rating, day)
        for one, criterion, number, rating, day in rated
    ]
    columns = ["assessment_id", "site_id", "indicator_id", "criterion", "role", "rating", "evidence_on"]
    return pd.DataFrame(rows, columns=columns)


def assessments(*rows: tuple) -> pd.DataFrame:
    """Green List assessments from id, site, day, status and what they replace."""
    found = pd.DataFrame(rows, columns=["assessment_id", "site_id", "assessed_on", "status", "supersedes"])
    return found.assign(tool="green_list", assessed_year=[day.year if day else None for day in found["assessed_on"]])


@laws
@given(RATED)
def test_every_site_is_as_if_it_were_alone(rated):
    ratings = frame(rated)
    together = readiness_of_sites(criterion_states(ratings, CRITERIA, "self")).set_index("assessment_id")
    assert list(together.index) == sorted(ratings["assessment_id"].unique())
    for one, own in ratings.groupby("assessment_id"):
        alone = readiness(criterion_states(own, CRITERIA, "self"))
        row = together.loc[one]
        assert (row["met"], row["not_met"], row["unknown"]) == (alone.met, alone.not_met, alone.unknown)
        assert (row["next_blocker"] or None) == alone.next_blocker
        assert row["oldest_evidence_on"] == alone.oldest_evidence_on
        assert row["is_ready"] == alone.is_ready
        assert row["site_id"] == f"site {one}"


@laws
@given(RATED)
def test_criteria_count_every_assessment_once(rated):
    states = criterion_states(frame(rated), CRITERIA, "self")
    found = criteria_over_sites(states, CRITERIA)
    assert found["criterion"].tolist() == list(CRITERIA)
    assert found[["met", "not_met", "unknown"]].sum(axis=1).eq(states["assessment_id"].nunique()).all()


def test_without_ratings_there_are_no_sites():
    states = criterion_states(frame([]), CRITERIA, "self")
    assert states.empty
    assert readiness_of_sites(states).empty
    assert criteria_over_sites(states, CRITERIA)["met"].tolist() == [0, 0, 0]


def test_the_newest_assessment_that_is_no_draft_holds():
    known = assessments(
        ("old", "1", date(2023, 5, 1), "verified", None),
        ("new", "1", date(2025, 5, 1), "submitted", "old"),
        ("draft", "1", date(2025, 9, 1), "draft", "new"),
        ("other", "2", date(2024, 1, 1), None, None),
    )
    held = {day: current_assessments(known, day)["assessment_id"].tolist() for day in (
        date(2023, 4, 30), date(2023, 5, 1), date(2025, 4, 30), date(2026, 1, 1)
    )}  # fmt: skip
    assert list(held.values()) == [[], ["old"], ["old", "other"], ["new", "other"]]


def test_a_correction_of_the_same_day_replaces_what_it_corrects():
    known = assessments(("z", "1", date(2025, 5, 1), "submitted", None), ("a", "1", date(2025, 5, 1), "submitted", "z"))
    assert current_assessments(known, date(2026, 1, 1))["assessment_id"].tolist() == ["a"]


def test_a_year_alone_counts_from_its_first_day():
    known = assessments(("a", "1", None, None, None)).assign(assessed_year=2024)
    assert current_assessments(known, date(2023, 12, 31)).empty
    assert current_assessments(known, date(2024, 1, 1))["day"].tolist() == [date(2024, 1, 1)]


def test_assessments_by_other_tools_are_apart():
    known = assessments(("a", "1", date(2025, 5, 1), None, None)).assign(tool="METT")
    assert current_assessments(known, date(2026, 1, 1)).empty
    assert len(current_assessments(known, date(2026, 1, 1), "METT")) == 1


def test_what_changed_names_both_states_of_sites_with_an_earlier_assessment():
    before = criterion_states(frame([("a", "1.1", 1, "not_met", None), ("a", "1.2", 1, "met", None)]), CRITERIA, "self")
    rated = [("b", "1.1", 1, "met", None), ("b", "1.2", 1, "met", None), ("c", "1.1", 1, "met", None)]
    after = criterion_states(frame(rated).replace({"site b": "site a"}), CRITERIA, "self")
    assert what_changed(before, after).to_dict("records") == [
        {"site_id": "site a", "criterion": "1.1", "state_before": "not_met", "state_after": "met"}
    ]
    assert what_changed(after, after).empty


@pytest.mark.parametrize(
    ("entries", "value"),
    [
        (("1", "II", "Federal or national ministry or agency", False), 3),
        (("1", "Not Reported", "Indigenous peoples", False), 2),
        (("1", "Not Applicable", "Not Reported", True), 2),
        (("1", None, " ", False), 1),
        (("1", "Not Assigned", None, None), 1),
    ],
)
def test_entries_that_say_nothing_are_no_registration(entries, value):
    found = registration(*entries)
    assert (found.value, found.n) == (value, 3)


def test_a_site_that_is_not_registered_has_no_entries():
    assert registration(None, "II", "Local communities", False).missing


def standing(*rows: tuple[str, str, str, str | None]) -> list[str]:
    """The assessments that hold on a day, of rows of identifier, site, day and the one that is replaced."""
    frame = pd.DataFrame(rows, columns=["assessment_id", "site_id", "assessed_on", "supersedes"]).assign(
        tool="green_list", status="submitted", assessed_year=pd.NA
    )
    frame["assessed_on"] = pd.to_datetime(frame["assessed_on"])
    return sorted(current_assessments(frame, date(2026, 6, 1))["assessment_id"])


def test_no_site_can_take_away_the_assessment_of_another() -> None:
    assert standing(("a", "1", "2026-01-01", None), ("b", "2", "2026-02-01", "a")) == ["a", "b"]


def test_only_a_later_assessment_replaces_one() -> None:
    assert standing(("a", "1", "2026-02-01", None), ("b", "1", "2026-01-01", "a")) == ["a"]
    assert standing(("a", "1", "2026-01-01", None), ("b", "1", "2026-02-01", "a")) == ["b"]


def test_assessments_that_replace_one_another_leave_one_of_them() -> None:
    assert len(standing(("a", "1", "2026-01-01", "b"), ("b", "1", "2026-01-01", "a"))) == 1
    assert standing(("a", "1", "2026-01-01", "a")) == ["a"]


def test_first_ratings_of_a_role_have_changed_nothing() -> None:
    before = pd.DataFrame({"site_id": ["1", "1", "2"], "criterion": ["1.1", "1.2", "1.1"]})
    before["state"] = ["unknown", "unknown", "met"]
    after = before.assign(state=["met", "not_met", "not_met"])
    assert what_changed(before, after)["site_id"].tolist() == ["2"]
