"""The figures that are made for comparing sites, beside the functions and definitions that they follow."""

import itertools
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import comparison
from metrics.community import accumulation, active_day_share
from metrics.phases import phase_spells

START = pd.Timestamp("2026-03-01T06:00:00", tz="UTC")
SIGHTINGS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 200), st.integers(-720, 720), st.sampled_from("abc")), max_size=40
)


def records(sightings: list[tuple]) -> pd.DataFrame:
    frame = pd.DataFrame(sightings, columns=["deployment", "hours", "utc_offset_min", "scientific_name"])
    return frame.assign(started_at=START + pd.to_timedelta(frame["hours"].astype("int64"), unit="h")).astype(
        {"utc_offset_min": "Int64"}
    )


@given(SIGHTINGS, st.lists(st.floats(0.5, 40), min_size=1, max_size=4))
def test_active_days_are_the_active_day_share_of_all_taxa_together(sightings, nights) -> None:
    rows = records(sightings)
    clock = rows["started_at"] + pd.to_timedelta(rows["utc_offset_min"].astype("float64"), unit="min")
    days = len(set(zip(rows["deployment"], clock.dt.date, strict=True)))
    expected = active_day_share(rows, pd.DataFrame({"trap_nights": nights}))
    found = comparison.active_days_of(days, sum(nights))
    assert found.value == pytest.approx(100 * expected.value)
    low, high = found.interval
    assert 0 <= low <= found.value <= high <= 100


def test_without_effort_there_is_no_share_of_active_days() -> None:
    for nights in (None, 0.0, float("nan")):
        assert comparison.active_days_of(3, nights).value is None


def test_machine_labels_are_a_share_of_what_was_detected() -> None:
    found = comparison.machine_only_share(25, 100)
    # Wilson's interval of 25 of 100, as in Newcombe (1998) and R's prop.test(correct = FALSE).
    assert (found.value, *found.interval) == pytest.approx((25, 17.5455, 34.3044), abs=1e-3)
    assert comparison.machine_only_share(0, 0).value is None


@given(st.lists(st.sets(st.sampled_from("abcdef")), min_size=3, max_size=6), st.data())
def test_taxa_at_equal_effort_are_the_mean_over_all_choices_of_stations(stations: list[set], data) -> None:
    asked = data.draw(st.integers(1, len(stations)))
    rows = [(str(place), name) for place, names in enumerate(stations) for name in names]
    seen = pd.DataFrame(rows, columns=["place", "scientific_name"], dtype="str")
    effort = pd.DataFrame({"place": [str(place) for place in range(len(stations))], "trap_nights": 30.0})
    choices = list(itertools.combinations(stations, asked))
    expected = sum(len(set().union(*choice)) for choice in choices) / len(choices)
    found = comparison.taxa_at(accumulation(seen, effort), asked)
    assert found.value == pytest.approx(expected, abs=1e-6)
    assert (found.n, found.of) == (asked, "stations")


def test_taxa_are_never_extrapolated() -> None:
    effort = pd.DataFrame({"place": ["1", "2"], "trap_nights": 30.0})
    seen = pd.DataFrame({"place": ["1", "2"], "scientific_name": ["a", "b"]})
    assert comparison.taxa_at(accumulation(seen, effort), 3).missing
    assert comparison.taxa_at(accumulation(seen, effort.head(0)), 1).missing


@pytest.mark.parametrize(("back", "days"), [(0, 0), (1, 1), (400, 400), (-3, 0)])
def test_age_of_the_newest_record_counts_days_and_takes_the_future_for_today(back: int, days: int) -> None:
    today = date(2026, 11, 22)
    newest = today - timedelta(days=back)
    found = comparison.days_since_newest(newest, today)
    assert (found.value, found.newest) == (days, newest)
    assert comparison.days_since_newest(None, today).missing


def test_time_in_the_present_phase_counts_from_when_it_was_first_seen() -> None:
    rows = [
        ("moved", "application", "2024-01-01"),
        ("moved", "candidate", "2025-11-22"),
        ("moved", "candidate", "2026-11-22"),
        ("always", "candidate", "2024-01-01"),
        ("always", "candidate", "2026-11-22"),
        ("back", "candidate", "2024-01-01"),
        ("back", "application", "2026-10-23"),
    ]
    seen = pd.DataFrame(rows, columns=["site_id", "phase", "seen_on"])
    found = comparison.months_in_present_phase(phase_spells(seen), date(2026, 11, 22)).set_index("site_id")
    assert found["phase"].to_dict() == {"moved": "candidate", "back": "application"}, "the start of one is not known"
    assert found.loc["moved", "months"] == pytest.approx(365 / 30.4375)
    assert found.loc["back", "months"] == pytest.approx(30 / 30.4375)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_work_done_is_of_all_items_and_work_late_of_what_was_due(done: int, late: int, later: int) -> None:
    items = done + late + later
    if items:
        assert comparison.work_done(done, items).value == pytest.approx(100 * done / items)
    if done + late:
        found = comparison.work_late(late, done)
        assert (found.value, found.n) == (pytest.approx(100 * late / (done + late)), done + late)


def test_without_a_plan_no_work_is_done_or_late() -> None:
    assert comparison.work_done(0, 0).missing
    assert comparison.work_late(0, 0).missing
