from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from data import schema
from metrics import coverage

NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)
laws = settings(deadline=None, max_examples=100)
ages = st.none() | st.timedeltas(timedelta(0), timedelta(days=60))


def hours_ago(hours):
    return NOW - timedelta(hours=hours)


def days_ago(days):
    return NOW - timedelta(days=days)


def test_every_outcome_of_a_pull_is_either_good_or_explained():
    assert set(coverage.GOOD_OUTCOMES) | set(coverage.DOWN_REASONS) == set(schema.OUTCOMES)


@pytest.mark.parametrize(
    ("pulled_hours_ago", "state"), [(0, "fresh"), (12, "fresh"), (12.1, "late"), (42, "late"), (42.1, "stale")]
)
def test_a_registry_is_judged_by_its_last_good_pull(pulled_hours_ago, state):
    result = coverage.freshness(None, hours_ago(pulled_hours_ago), "unchanged", refresh_hours=6, now=NOW)
    assert result.state == state
    assert result.age == timedelta(hours=pulled_hours_ago)


@pytest.mark.parametrize(
    ("newest_days_ago", "state"), [(0, "fresh"), (4, "fresh"), (4.1, "late"), (14, "late"), (14.1, "stale")]
)
def test_a_stream_is_judged_by_its_newest_record_too(newest_days_ago, state):
    result = coverage.freshness(days_ago(newest_days_ago), NOW, "stored", refresh_hours=6, now=NOW)
    assert result.state == state
    assert result.age == timedelta(days=newest_days_ago)


def test_cameras_read_in_batches_may_have_wider_limits():
    limits = (timedelta(days=100), timedelta(days=200))
    assert coverage.freshness(days_ago(60), NOW, "stored", 6, NOW, record_limits=limits).state == "fresh"


def test_the_worse_of_pull_and_record_decides_and_is_the_one_explained():
    late_pull = coverage.freshness(days_ago(1), hours_ago(13), "stored", 6, NOW)
    assert late_pull.state == "late"
    assert late_pull.sentence == "Last pulled 22 Nov 2026, 05:00 UTC (13 hours ago); a pull is expected every 6 h."
    stale_record = coverage.freshness(days_ago(20), hours_ago(13), "stored", 6, NOW)
    assert stale_record.state == "stale"
    assert stale_record.sentence == ("The newest record is of 2 Nov 2026, 18:00 UTC (20 days ago). Numbers stop there.")


def test_a_source_pulled_by_hand_is_not_late():
    assert coverage.freshness(None, days_ago(300), "stored", refresh_hours=0, now=NOW).state == "fresh"


@pytest.mark.parametrize("outcome", ["unavailable", "refused", "changed", "failed"])
def test_a_source_that_is_down_names_the_copy_that_is_shown(outcome):
    result = coverage.freshness(days_ago(0), days_ago(2), outcome, refresh_hours=6, now=NOW)
    assert result.state == "down"
    assert result.sentence.endswith("You see the copy of 20 Nov 2026, 18:00 UTC.")


@pytest.mark.parametrize("missing", [None, pd.NaT])
def test_a_source_that_never_answered_says_so(missing):
    result = coverage.freshness(missing, missing, "refused", refresh_hours=6, now=NOW)
    assert (result.state, result.age) == ("never", None)
    assert result.sentence == "No pull has succeeded yet. The source refused the last pull; a person must act."


def test_a_record_from_the_future_points_at_the_clock():
    result = coverage.freshness(days_ago(-1), NOW, "stored", refresh_hours=6, now=NOW)
    assert result.sentence.endswith("in the future: a clock or time zone is wrong.")


def test_moments_are_told_in_utc_whatever_zone_they_come_in():
    pulled = pd.Timestamp("2026-11-22T19:30+02:00")
    result = coverage.freshness(None, pulled, "stored", refresh_hours=6, now=NOW)
    assert result.sentence == "Last pulled 22 Nov 2026, 17:30 UTC (less than an hour ago)."


@laws
@given(
    record_age=ages,
    pull_age=ages,
    outcome=st.sampled_from(schema.OUTCOMES),
    refresh_hours=st.floats(0, 1_000),
    later=st.timedeltas(timedelta(0), timedelta(days=60)),
)
def test_freshness_never_gets_better_as_time_passes(record_age, pull_age, outcome, refresh_hours, later):
    newest, pulled = (None if age is None else NOW - age for age in (record_age, pull_age))
    now = coverage.freshness(newest, pulled, outcome, refresh_hours, NOW)
    then = coverage.freshness(newest, pulled, outcome, refresh_hours, NOW + later)
    assert coverage.STATES.index(then.state) >= coverage.STATES.index(now.state)


def test_change_is_percent_of_the_earlier_period_with_its_sign():
    grown, fallen = coverage.change(150, 100, of="detections"), coverage.change(50, 200)
    assert (grown.value, grown.unit, grown.n, grown.of) == (50, "%", 250, "detections")
    assert fallen.value == -75


def test_change_from_zero_is_missing_and_says_why():
    result = coverage.change(7, 0, of="detections")
    assert (result.value, result.n) == (None, 7)
    assert result.missing == "the earlier period has no detections to compare with"


@pytest.mark.parametrize(("now", "before"), [(7, None), (7, pd.NA), (pd.NA, 7)])
def test_change_is_missing_when_a_period_was_not_measured(now, before):
    assert coverage.change(now, before).missing == "one of the two periods was not measured"


@laws
@given(now=st.integers(0, 10**6), before=st.integers(1, 10**6))
def test_change_applied_to_the_earlier_period_gives_the_later_one(now, before):
    assert before * (1 + coverage.change(now, before).value / 100) == pytest.approx(now, abs=1e-6)


SITES = pd.DataFrame(
    {
        "has_sensors": [True, True, True, False],
        "newest_detection_on": pd.to_datetime(["2026-11-20", "2026-10-22", None, None]),
    }
)


def test_sites_reporting_are_counted_out_of_the_sites_with_sensors():
    before = SITES.copy()
    result = coverage.sites_reporting(SITES, date(2026, 11, 22))
    assert (result.value, result.n, result.of) == (1, 3, "sites with sensors")
    assert result.newest == pd.Timestamp("2026-11-20", tz="UTC")
    assert coverage.sites_reporting(SITES, date(2026, 11, 21)).value == 2
    assert_frame_equal(SITES, before)


def test_without_sensors_the_number_of_reporting_sites_is_missing_and_not_zero():
    assert coverage.sites_reporting(SITES.iloc[3:], date(2026, 11, 22)).missing == "no site has sensors yet"


def test_sensors_that_never_sent_anything_are_a_measured_zero():
    result = coverage.sites_reporting(SITES.iloc[2:3], date(2026, 11, 22))
    assert (result.value, result.n, result.newest) == (0, 1, None)
