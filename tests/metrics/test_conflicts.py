"""Conflicts before and after warnings started: published limits, and what more days or more conflicts must do."""

import math
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import conflicts

FIRST = date(2020, 1, 1)
laws = settings(deadline=None, max_examples=60)
counts = st.integers(0, 40)
days = st.integers(1, 3_000)


def happened(before: int, after: int, days_before: int, days_after: int, kind: str = "crop") -> tuple:
    """Conflicts with the day of the first warning and the ends of the whole time, as the metrics take them."""
    since = FIRST + timedelta(days=days_before)
    on = [FIRST] * before + [since] * after
    frame = pd.DataFrame({"happened_on": pd.Series(on, dtype="object"), "kind": pd.Series(kind, range(len(on)), "str")})
    return frame, since, FIRST, since + timedelta(days=days_after - 1)


def test_ratio_agrees_with_the_example_of_a_statistics_package():
    """Malformed births in the help page of R's poisson.test: 11 in 800 against 21 in 3011."""
    ratio = conflicts.rate_ratio(*happened(21, 11, 3011, 800))
    assert ratio.value == pytest.approx(1.971488, abs=1e-6)
    assert ratio.interval == pytest.approx((0.8584264, 4.2772659), abs=1e-6)
    assert ratio.n == 32


def test_rates_carry_their_exposure_and_the_published_poisson_limits():
    rates = conflicts.incident_rates(*happened(5, 10, 200, 100))
    assert rates["incidents"].tolist() == [5, 10]
    assert rates["exposure_days"].tolist() == [200, 100]
    assert rates["per_100_days"].tolist() == [2.5, 10]
    # Garwood 1936: 1.623 to 11.668 for 5, 4.795 to 18.390 for 10.
    assert rates["low"].tolist() == pytest.approx([1.623 / 2, 4.795], abs=0.001)
    assert rates["high"].tolist() == pytest.approx([11.668 / 2, 18.390], abs=0.001)


def test_kind_without_conflicts_in_a_period_is_a_zero_with_an_upper_limit():
    rates = conflicts.incident_rates(*happened(3, 0, 100, 100)).set_index("period")
    assert rates.loc["after", "per_100_days"] == 0
    assert rates.loc["after", "high"] == pytest.approx(3.689, abs=0.001)


def test_period_without_a_day_has_no_rate():
    frame, _, first, last = happened(3, 4, 10, 10)
    assert conflicts.incident_rates(frame, first, first, last)["period"].tolist() == ["after"]
    assert conflicts.incident_rates(frame, last + timedelta(days=1), first, last)["period"].tolist() == ["before"]
    assert conflicts.rate_ratio(frame, first, first, last).missing


def test_conflicts_outside_the_two_days_do_not_count():
    frame, since, first, last = happened(2, 2, 10, 10)
    more = pd.DataFrame({"happened_on": [first - timedelta(days=1), last + timedelta(days=1)], "kind": "crop"})
    asked = (since, first, last)
    everything = pd.concat([frame, more], ignore_index=True)
    assert conflicts.rate_ratio(everything, *asked) == conflicts.rate_ratio(frame, *asked)


def test_nothing_before_gives_a_reason_and_no_ratio():
    ratio = conflicts.rate_ratio(*happened(0, 4, 100, 100))
    assert ratio.value is None
    assert "before" in ratio.missing
    assert ratio.n == 4


def test_site_without_conflicts_has_no_rates():
    assert conflicts.incident_rates(*happened(0, 0, 100, 100)).empty
    assert conflicts.rate_ratio(*happened(0, 0, 100, 100)).missing


@laws
@given(before=st.integers(1, 40), after=counts, days_before=days, days_after=days)
def test_doubling_the_exposure_halves_the_rates_and_leaves_the_ratio(before, after, days_before, days_after):
    once = happened(before, after, days_before, days_after)
    twice = happened(before, after, 2 * days_before, 2 * days_after)
    for column in ("per_100_days", "low", "high"):
        halved = conflicts.incident_rates(*once)[column] / 2
        assert conflicts.incident_rates(*twice)[column].tolist() == pytest.approx(halved.tolist())
    assert conflicts.rate_ratio(*twice).value == pytest.approx(conflicts.rate_ratio(*once).value)


@laws
@given(before=st.integers(1, 30), after=st.integers(1, 30), days_before=days, days_after=days)
def test_limits_of_the_ratio_leave_two_and_a_half_percent_on_each_side(before, after, days_before, days_after):
    ratio = conflicts.rate_ratio(*happened(before, after, days_before, days_after))
    odds = [edge * days_after / days_before for edge in ratio.interval]
    low, high = (odd / (1 + odd) for odd in odds)

    def chance(share, hits):
        return math.fsum(math.comb(before + after, k) * share**k * (1 - share) ** (before + after - k) for k in hits)

    assert chance(low, range(after, before + after + 1)) == pytest.approx(0.025, rel=1e-6)
    assert chance(high, range(after + 1)) == pytest.approx(0.025, rel=1e-6)
    assert ratio.interval[0] < ratio.value < ratio.interval[1]


@laws
@given(st.lists(st.tuples(st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.sampled_from(["crop", "injury"]))))
def test_every_conflict_is_in_one_month_and_months_between_are_zeros(rows):
    frame = pd.DataFrame(rows, columns=["happened_on", "kind"]).astype({"happened_on": "object", "kind": "str"})
    months = conflicts.incidents_by_month(frame, date(2024, 1, 15), date(2026, 12, 3))
    assert months["incidents"].sum() == len(rows)
    assert len(months) == 36 * frame["kind"].nunique()
