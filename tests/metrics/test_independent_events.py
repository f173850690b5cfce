"""Independent events: records of a taxon at a camera, half an hour or more apart."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.events import independent_events

START = pd.Timestamp("2025-03-01", tz="UTC")


def records(*rows: tuple[str, str | None, float, float]) -> pd.DataFrame:
    """Deployment, taxon, minute of the start, and minutes that it lasts."""
    starts = [START + pd.Timedelta(minutes=start) for _, _, start, _ in rows]
    ends = [start + pd.Timedelta(minutes=row[3]) for start, row in zip(starts, rows, strict=True)]
    return pd.DataFrame(
        {
            "deployment_id": pd.array([row[0] for row in rows], "str"),
            "scientific_name": pd.array([row[1] for row in rows], "str"),
            "started_at": pd.Series(starts, dtype="datetime64[us, UTC]"),
            "ended_at": pd.Series(ends, dtype="datetime64[us, UTC]"),
        }
    )


def test_a_gap_of_exactly_half_an_hour_starts_a_new_event():
    assert independent_events(records(("A", "Lynx", 0, 0), ("A", "Lynx", 30, 0))).value == 2
    assert independent_events(records(("A", "Lynx", 0, 0), ("A", "Lynx", 29.99, 0))).value == 1


def test_a_chain_of_close_records_is_one_event():
    assert independent_events(records(*(("A", "Lynx", 20 * number, 0) for number in range(10)))).value == 1


def test_a_long_visit_is_not_ended_by_a_short_record_within_it():
    assert independent_events(records(("A", "Lynx", 0, 60), ("A", "Lynx", 5, 0), ("A", "Lynx", 80, 0))).value == 1


def test_other_taxa_and_other_cameras_are_other_events():
    rows = records(
        ("A", "Lynx", 0, 0), ("B", "Lynx", 1, 0), ("A", "Vulpes", 2, 0), ("A", None, 3, 0), ("A", None, 4, 0)
    )
    result = independent_events(rows)
    assert (result.value, result.n) == (4, 5)


def test_nothing_detected_is_no_number():
    result = independent_events(records())
    assert result.value is None
    assert result.missing


visits = st.lists(st.integers(0, 2_000), min_size=1, max_size=30)


@settings(deadline=None)
@given(visits, st.integers(1, 120))
def test_events_are_one_more_than_the_long_gaps(minutes: list[int], gap: int):
    ordered = sorted(minutes)
    expected = 1 + sum(later - earlier >= gap for earlier, later in zip(ordered, ordered[1:], strict=False))
    rows = records(*(("A", "Lynx", minute, 0) for minute in minutes))
    assert independent_events(rows, gap).value == expected
    assert independent_events(rows[::-1], gap).value == expected


@settings(deadline=None)
@given(visits)
def test_a_longer_gap_never_gives_more_events(minutes: list[int]):
    rows = records(*(("A", "Lynx", minute, 0) for minute in minutes))
    assert independent_events(rows, 60).value <= independent_events(rows, 30).value <= len(rows)


def test_a_record_without_an_end_ends_as_it_starts():
    rows = records(("A", "Lynx", 0, 0), ("A", "Lynx", 40, 0))
    rows["ended_at"] = pd.Series([pd.NaT] * 2, dtype="datetime64[us, UTC]")
    assert independent_events(rows).value == 2
