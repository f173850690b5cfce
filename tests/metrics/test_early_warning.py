"""Early warnings: worked examples from print, counted-out intervals, and what one more warning must never do."""

import itertools
import math
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import early_warning

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
START = pd.Timestamp("2026-03-01 04:30", tz="UTC")
laws = settings(deadline=None, max_examples=80)
minutes = st.integers(0, 600)

# Weeks in remission of 21 children who took 6-mercaptopurine and 21 who did not (Freireich et al. 1963, Blood 21:699);
# True where the child was still well when last seen.
TREATED = [
    (6, False), (6, False), (6, False), (6, True), (7, False), (9, True), (10, False), (10, True), (11, True),
    (13, False), (16, False), (17, True), (19, True), (20, True), (22, False), (23, False), (25, True), (32, True),
    (32, True), (34, True), (35, True),
]  # fmt: skip
UNTREATED = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def alerts(rows: list[dict]) -> pd.DataFrame:
    """Warnings detected and sent at START, each step given in minutes after it."""
    moments = {
        f"{step}_at": pd.Series(
            [START + pd.Timedelta(minutes=row[step]) if step in row else pd.NaT for row in rows],
            dtype="datetime64[us, UTC]",
        )
        for step in ("detected", "sent", "acknowledged", "arrived", "animal_arrived", "closed")
    }
    outcomes = pd.Series([row.get("outcome") for row in rows], dtype="str")
    names = [str(number) for number in range(len(rows))]
    return pd.DataFrame(moments).assign(alert=names, kind="elephant", outcome=outcomes)


def answers(rows: list[tuple[float, bool]]) -> pd.DataFrame:
    """Warnings whose responders came after so many minutes, or were closed then without anybody (True)."""
    return alerts([{"detected": 0, "sent": 0, "closed" if is_open else "arrived": wait} for wait, is_open in rows])


def delays(seconds: list[float]) -> pd.DataFrame:
    return alerts([{"detected": 0, "sent": second / 60} for second in seconds])


def test_response_agrees_with_the_published_worked_example():
    """Medians and limits as R prints them for these data (gehan of the package MASS): 23 from 16 up, and 8 (4-12)."""
    treated = early_warning.response_time(answers(TREATED), NOW)
    assert (treated.value, treated.interval, treated.n) == (23, (16, math.inf), 21)
    untreated = early_warning.response_time(answers([(weeks, False) for weeks in UNTREATED]), NOW)
    assert (untreated.value, untreated.interval) == (8, (4, 12))


def test_share_still_waiting_agrees_with_the_published_table():
    """Kaplan-Meier estimates printed for the treated group: .857, .807, .753, .690, .627, .538, .448."""
    printed = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    for week, waiting in printed.items():
        quantile = early_warning.response_quantile(answers(TREATED), NOW, 1 - waiting - 0.001)
        assert quantile.value == week


def test_unanswered_warning_waits_until_the_data_end():
    rows = [{"detected": 0, "sent": 0, "arrived": 10}, {"detected": 0, "sent": 0}, {"detected": 0, "sent": 0}]
    response = early_warning.response_time(alerts(rows), NOW)
    assert response.value is None
    assert "fewer than 50 %" in response.missing
    assert response.n == 3


def test_without_any_arrival_there_is_a_reason_and_no_time():
    assert early_warning.response_time(alerts([{"detected": 0, "sent": 0}]), NOW).missing
    assert early_warning.response_time(alerts([]), NOW).missing


@laws
@given(st.lists(st.tuples(minutes, st.booleans()), min_size=1, max_size=25), minutes)
def test_one_more_unanswered_warning_never_shortens_the_median(rows, wait):
    before, after = (early_warning.response_time(answers(found), NOW).value for found in (rows, [*rows, (wait, True)]))
    assert after is None or after >= before


@laws
@given(st.lists(minutes, min_size=1, max_size=30))
def test_when_everybody_comes_the_response_is_the_plain_median(waits):
    response = early_warning.response_time(answers([(wait, False) for wait in waits]), NOW)
    assert response.value == pytest.approx(pd.Series(waits).median())
    assert response.interval[0] <= response.value <= response.interval[1]


@laws
@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=40), st.sampled_from([2, 3, 10]))
def test_delays_scale_with_time(seconds, times):
    once, longer = (early_warning.latency(delays([factor * s for s in seconds])) for factor in (1, times))
    assert longer.value == pytest.approx(times * once.value)
    if once.interval:
        assert longer.interval == pytest.approx(tuple(times * edge for edge in once.interval))
    slow = early_warning.latency_p90(delays([times * s for s in seconds])).value
    assert slow == pytest.approx(times * early_warning.latency_p90(delays(seconds)).value)


@pytest.mark.parametrize("n", range(1, 15))
def test_interval_of_the_median_is_the_narrowest_that_enumeration_allows(n):
    """Each of n values lies above or below the true median by chance: all 2^n ways are counted out."""
    below = [sum(way) for way in itertools.product((0, 1), repeat=n)]

    def covers(rank):
        return sum(rank <= k <= n - rank for k in below) / 2**n

    ranks = [rank for rank in range(1, n // 2 + 1) if covers(rank) >= 0.95]
    interval = early_warning.latency(delays(list(range(1, n + 1)))).interval
    assert interval == (pytest.approx((ranks[-1], n + 1 - ranks[-1])) if ranks else None)


def test_nine_of_ten_warnings_keep_to_the_slow_delay():
    assert early_warning.latency_p90(delays([60, 10, 20, 30, 50, 40, 70, 80, 90, 100])).value == pytest.approx(90)
    assert early_warning.latency_p90(delays([7])).value == pytest.approx(7)


def test_warning_that_was_not_sent_or_has_a_wrong_clock_has_no_delay():
    frame = alerts([{"detected": 0, "sent": 0.5}, {"detected": 0}, {"detected": 5, "sent": 1}])
    latency = early_warning.latency(frame)
    assert (latency.value, latency.n) == (30, 1)
    assert early_warning.latency(frame.head(0)).missing


def test_animal_that_came_first_makes_the_lead_time_negative():
    rows = [{"detected": 0, "sent": 30, "animal_arrived": 10}, {"detected": 0, "sent": 1, "closed": 5}]
    lead = early_warning.lead_time(alerts(rows))
    assert (lead.value, lead.n) == (-20, 1)
    assert early_warning.lead_time(alerts(rows[1:])).missing


# Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_limits_of_a_share_agree_with_the_published_table(part, whole, low, high):
    assert early_warning.wilson_interval(part, whole) == pytest.approx((low, high), abs=0.00006)


def test_real_and_false_warnings_make_a_hundred_and_unchecked_ones_stay_apart():
    words = ["confirmed"] * 15 + ["false"] * 5 + ["unverified"] * 7 + [None]
    frame = alerts([{"detected": 0, "outcome": word} for word in words])
    real, false = early_warning.precision(frame), early_warning.false_alarms(frame)
    assert (real.value, real.n) == (75, 20)
    assert real.value + false.value == 100
    assert real.interval[0] + false.interval[1] == pytest.approx(100)
    assert early_warning.precision(frame.tail(8)).missing


def test_acknowledged_share_is_of_what_was_sent():
    rows = [{"detected": 0, "sent": 1, "acknowledged": 3}, {"detected": 0, "sent": 1}, {"detected": 0}]
    share = early_warning.acknowledged_share(alerts(rows))
    assert (share.value, share.n) == (50, 2)
    assert early_warning.acknowledged_share(alerts(rows[1:])).missing


def test_chain_counts_minutes_from_detection_and_leaves_gaps():
    rows = [{"detected": 0, "sent": 0.5, "arrived": 20, "animal_arrived": -2}]
    step = early_warning.chain(alerts(rows)).iloc[0]
    assert (step["sent"], step["arrived"], step["animal_arrived"]) == (0.5, 20, -2)
    assert step[["acknowledged", "closed"]].isna().all()


def test_hours_are_those_of_the_local_clock():
    frame = alerts([{"detected": 0}, {"detected": 20 * 60}])  # 04:30 on 1 March and 00:30 on 2 March, UTC
    west = early_warning.alerts_by_hour_and_month(frame, utc_offset_h=-5)
    found = {(row.month, row.hour): row.alerts for row in west.itertuples()}
    assert found == {(date(2026, 2, 1), 23): 1, (date(2026, 3, 1), 19): 1}


@laws
@given(st.lists(st.integers(0, 525_000), max_size=30))
def test_every_warning_is_in_one_month_and_months_between_are_zeros(moments):
    frame = alerts([{"detected": moment} for moment in moments])
    months = early_warning.alerts_by_month(frame, date(2026, 3, 9), date(2027, 3, 2))
    assert months["alerts"].sum() == len(moments)
    assert len(months) == 13
    assert early_warning.alerts_by_hour_and_month(frame)["alerts"].sum() == len(moments)
