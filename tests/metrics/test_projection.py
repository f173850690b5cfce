"""The projection: a range from stated paces, or the reason why there is none."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.projection import DAYS_PER_QUARTER, projection

TODAY = date(2026, 11, 22)
laws = settings(deadline=None, max_examples=80)
HISTORY = st.lists(
    st.tuples(st.integers(0, 1800), st.integers(0, 17)), min_size=0, max_size=8, unique_by=lambda row: row[0]
)
SIMILAR = st.lists(HISTORY, max_size=7)
NOBODY = pd.DataFrame(columns=["site_id", "assessed_on", "met"])


def history(rows: list[tuple[int, int]]) -> pd.DataFrame:
    """Criteria met so many days ago."""
    days = [TODAY - timedelta(days) for days, _ in rows]
    return pd.DataFrame({"assessed_on": days, "met": [met for _, met in rows]}, columns=["assessed_on", "met"])


def similar(sites: list[list[tuple[int, int]]]) -> pd.DataFrame:
    return pd.concat([NOBODY, *(history(rows).assign(site_id=f"s{n}") for n, rows in enumerate(sites))])


def steady(per_quarter: float, quarters: int = 8, last: float = 9) -> list[tuple[int, float]]:
    return [(round(back * DAYS_PER_QUARTER), last - per_quarter * back) for back in range(quarters, -1, -2)]


def test_a_steady_pace_leads_where_it_points():
    # 9 of 17 are met and one more each quarter, give or take the rounding of days.
    found = projection(history(steady(1)), NOBODY, TODAY)
    assert (found.quarters_low, found.quarters_high) in [(7, 8), (8, 8), (8, 9), (7, 9)]
    assert not found.reason


def test_similar_sites_widen_the_range_to_their_quartiles():
    others = [steady(pace) for pace in (0.2, 0.4, 0.6, 1.8, 2.0)]
    found = projection(history(steady(1)), similar(others), TODAY)
    low, high = np.quantile((0.2, 0.4, 0.6, 1.8, 2.0), (0.25, 0.75))
    assert (found.quarters_low, found.quarters_high) == (pytest.approx(8 / high, abs=1), pytest.approx(8 / low, abs=1))
    assert "5 similar sites" in found.basis


def test_a_year_without_a_gain_leaves_the_end_open():
    found = projection(history([(1000, 3), (800, 9), (400, 12), (10, 12)]), NOBODY, TODAY)
    assert found.quarters_high is None
    assert "no end" in found.sentence


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "no dated assessment"),
        ([(800, 3), (10, 9)], "only 2 of 3"),
        ([(300, 3), (200, 5), (10, 9)], "within one year"),
        ([(1700, 3), (1200, 5), (731, 9)], "two years old"),
        ([(900, 9), (400, 9), (10, 9)], "no criterion has been gained"),
        ([(900, 9), (400, 7), (10, 5)], "no criterion has been gained"),
    ],
)
def test_little_history_is_said_and_not_extended(rows, reason):
    found = projection(history(rows), NOBODY, TODAY)
    assert reason in found.reason
    assert (found.quarters_low, found.quarters_high) == (None, None)
    assert found.sentence.startswith("No projection")


def test_a_site_that_meets_all_needs_no_projection():
    assert projection(history([(10, 17)]), NOBODY, TODAY).sentence == "All criteria are met."


def test_assessments_of_the_future_and_of_no_known_result_do_not_count():
    rows = history([(900, 3), (400, 5), (10, 9)])
    more = pd.concat([rows, history([(-30, 17)]), history([(5, 0)]).assign(met=None).astype({"met": "object"})])
    assert projection(more, NOBODY, TODAY) == projection(rows, NOBODY, TODAY)


@laws
@given(HISTORY, SIMILAR)
def test_there_is_a_range_or_a_reason(rows, others):
    found = projection(history(rows), similar(others), TODAY)
    assert (found.quarters_low is None) == bool(found.reason)
    if found.quarters_low is not None and found.quarters_high is not None:
        assert 0 <= found.quarters_low <= found.quarters_high
    assert found.sentence


@laws
@given(HISTORY, SIMILAR)
def test_similar_sites_only_widen_the_range(rows, others):
    alone, together = (projection(history(rows), frame, TODAY) for frame in (NOBODY, similar(others)))
    if alone.quarters_low is not None:
        assert together.quarters_low <= alone.quarters_low
        assert together.quarters_high is None or (
            alone.quarters_high is not None and together.quarters_high >= alone.quarters_high
        )


@laws
@given(HISTORY, SIMILAR, st.randoms(use_true_random=False))
def test_the_order_of_rows_says_nothing(rows, others, chance):
    own, rest = history(rows), similar(others)
    shuffled = [frame.iloc[chance.sample(range(len(frame)), len(frame))] for frame in (own, rest)]
    assert projection(own, rest, TODAY) == projection(*shuffled, TODAY)


@laws
@given(HISTORY)
def test_fewer_criteria_to_meet_never_take_longer(rows):
    more, fewer = (projection(history(rows), NOBODY, TODAY, criteria) for criteria in (30, 18))
    if more.quarters_low is not None:
        assert fewer.quarters_low <= more.quarters_low
        assert more.quarters_high is None or fewer.quarters_high <= more.quarters_high
