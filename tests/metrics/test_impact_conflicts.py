"""Conflicts before and after warnings started: seasons, withheld quarters, and the ratio over sites."""

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.impact_conflicts import STRATA, conflict_change, conflict_rates, conflict_strata

SINCE = {"a": date(2024, 10, 1)}
END = date(2026, 12, 31)


def cells(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["site_id", "quarter", "kind", "incidents"])


def quarters(first: str, counts: list[int], kind: str = "crop", site_id: str = "a") -> pd.DataFrame:
    starts = pd.period_range(first, periods=len(counts), freq="Q").start_time.strftime("%Y-%m-%d")
    return cells(*((site_id, start, kind, n) for start, n in zip(starts, counts, strict=True)))


def strata(*rows: tuple[int, int, int, int]) -> pd.DataFrame:
    return pd.DataFrame([(f"site {n}", 1, *row) for n, row in enumerate(rows)], columns=STRATA)


def test_only_the_same_seasons_are_compared():
    # April to September 2024 before, then two whole years: what happened from October to March has no counterpart.
    found = conflict_strata(quarters("2024Q2", [10, 30, 99, 98, 8, 20, 97, 96, 6, 12]), SINCE, END)
    assert found.to_dict("records") == [
        {"site_id": "a", "season": 2, "before": 10, "before_days": 91, "after": 14, "after_days": 182},
        {"site_id": "a", "season": 3, "before": 30, "before_days": 92, "after": 32, "after_days": 184},
    ]


def test_quarter_in_which_warnings_started_is_neither_before_nor_after():
    found = conflict_strata(quarters("2023Q3", [10, 7, 7, 7, 50, 7, 7, 7, 20]), {"a": date(2024, 8, 20)}, END)
    third = found[found["season"].eq(3)].iloc[0]
    assert (third["before"], third["after"]) == (10, 20), "not the 50 of the quarter of the start"


def test_kind_that_is_withheld_in_one_quarter_does_not_count():
    whole = quarters("2023Q4", [9] * 9)
    gap = quarters("2023Q4", [8] * 9, "property").drop(index=4)
    found = conflict_strata(pd.concat([whole, gap]), SINCE, END)
    assert set(found["before"]) == {9}
    assert conflict_strata(gap, SINCE, END).empty, "a withheld quarter is not a quarter without conflicts"


def test_nothing_is_known_of_what_happens_later():
    every = quarters("2023Q4", [9] * 9)
    early = conflict_strata(every, SINCE, date(2025, 3, 31))
    assert set(early["season"]) == {1, 4}
    pd.testing.assert_frame_equal(early, conflict_strata(every.head(6), SINCE, END))


def test_site_that_does_not_warn_is_not_compared():
    assert conflict_strata(quarters("2023Q4", [9] * 9), {}, END).empty
    change = conflict_change(strata())
    assert change.value is None
    assert "same quarters of the year" in change.missing


def test_ratio_agrees_with_a_published_example():
    """Deaths of current and past users of clozapine at two ages: pooled 0.47 (Rothman 2002, chapter 8)."""
    change = conflict_change(strata((111, 15_763, 196, 62_119), (157, 2_780, 167, 6_085)))
    assert round(change.value, 2) == 0.47
    assert change.n == 111 + 196 + 157 + 167


@given(st.integers(1, 500), st.integers(1, 500), st.integers(30, 2_000), st.integers(30, 2_000))
def test_of_one_stratum_it_is_the_ratio_of_the_rates_with_the_usual_interval(before, after, days, later):
    change = conflict_change(strata((before, days, after, later)))
    ratio = (after / later) / (before / days)
    reach = 1.959963984540054 * math.sqrt(1 / before + 1 / after)
    assert change.value == pytest.approx(ratio)
    assert change.interval == pytest.approx((ratio * math.exp(-reach), ratio * math.exp(reach)))


@given(
    st.lists(st.tuples(*[st.integers(1, 200), st.integers(50, 500)] * 2), min_size=1, max_size=6),
    st.integers(2, 5),
)
def test_more_days_with_the_same_rates_change_the_interval_only(rows, times):
    once = conflict_change(strata(*rows))
    often = conflict_change(strata(*(tuple(times * one for one in row) for row in rows)))
    assert often.value == pytest.approx(once.value)
    assert often.interval[1] / often.interval[0] < once.interval[1] / once.interval[0]


def test_interval_holds_the_truth_about_as_often_as_it_says():
    random, true, hits = np.random.default_rng(7), 0.6, 0
    for _ in range(600):
        rates = random.uniform(0.05, 0.4, 3)
        rows = [(int(random.poisson(90 * r)), 90, int(random.poisson(180 * r * true)), 180) for r in rates]
        low, high = conflict_change(strata(*rows)).interval
        hits += low <= true <= high
    assert 0.92 <= hits / 600 <= 0.98


def test_nothing_before_is_no_ratio_and_nothing_after_is_zero():
    assert "before" in conflict_change(strata((0, 90, 5, 90))).missing
    none_after = conflict_change(strata((5, 90, 0, 90)))
    assert none_after.value == 0
    assert none_after.interval is None


def test_rates_have_the_exact_poisson_interval():
    """12 in 400 days: 95 % limits of 12 are 6.201 and 20.962 (Garwood 1936)."""
    rates = conflict_rates(strata((7, 300, 4, 100), (5, 100, 2, 100))).set_index("period")
    assert rates.loc["before", ["incidents", "days"]].tolist() == [12, 400]
    assert rates.loc["before", "per_100_days"] == 3.0
    assert rates.loc["before", ["low", "high"]].tolist() == pytest.approx([6.201 / 4, 20.962 / 4], abs=1e-3)
    assert conflict_rates(strata()).empty
