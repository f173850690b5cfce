"""When cameras worked, against counting hour by hour."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from metrics import effort
from tests.metrics.field_frames import START, deployments

FIRST, LAST = date(2025, 3, 1), date(2025, 3, 8)
HOURS = 8 * 24
stretches = st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 170), st.integers(1, 60)), max_size=8)


def hours_worked(rows, place: str) -> set[int]:
    return {hour for where, first, length in rows if where == place for hour in range(first, first + length)}


@settings(deadline=None)
@given(rows=stretches)
def test_cameras_per_day_are_the_places_with_any_hour_of_that_day(rows):
    days = effort.working_cameras(deployments(*rows), FIRST, LAST)
    assert days["day"].tolist() == [FIRST + timedelta(days=n) for n in range(8)]
    for number, cameras in enumerate(days["cameras"]):
        hours = set(range(24 * number, 24 * number + 24))
        assert cameras == sum(bool(hours & hours_worked(rows, place)) for place in "AB")


@settings(deadline=None)
@given(rows=stretches)
def test_nights_per_month_are_the_hours_that_any_camera_of_the_place_worked(rows):
    months = effort.place_months(deployments(*rows), FIRST, LAST)
    nights = months.groupby("place")["nights"].sum()
    for place in {where for where, _, _ in rows}:
        within = hours_worked(rows, place) & set(range(HOURS))
        assert nights.get(place, 0) == pytest.approx(len(within) / 24)
    assert months["share"].between(0, 1).all()


@settings(deadline=None)
@given(rows=stretches)
def test_work_and_downtime_fill_the_time_from_the_first_deployment_to_the_end(rows):
    down = effort.downtime(deployments(*rows), LAST)
    assert (down["nights"] > 0).all()
    for place in {where for where, _, _ in rows}:
        worked, idle = hours_worked(rows, place), set()
        until = max(HOURS, max(worked) + 1)
        for gap in down[down["place"].eq(place)].itertuples():
            first = (gap.stopped_at - START) // pd.Timedelta(hours=1)
            last = until if pd.isna(gap.resumed_at) else (gap.resumed_at - START) // pd.Timedelta(hours=1)
            assert gap.nights == pytest.approx((last - first) / 24)
            assert not idle & set(range(first, last))
            idle |= set(range(first, last))
        assert not worked & idle
        assert worked | idle == set(range(min(worked), until))


def test_overlapping_deployments_hide_no_gap_and_make_none():
    cameras = deployments(("A", 0, 100), ("A", 20, 10), ("A", 148, 44), ("B", 0, 192))
    down = effort.downtime(cameras, LAST)
    assert down[["place", "nights"]].to_numpy().tolist() == [["A", 2.0]]
    assert down["stopped_at"].iloc[0] == START + pd.Timedelta(hours=100)
    assert down["resumed_at"].iloc[0] == START + pd.Timedelta(hours=148)


def test_a_long_deployment_closes_the_gap_between_two_that_end_before_it():
    assert effort.downtime(deployments(("A", 0, 10), ("A", 50, 10), ("A", 5, 187)), LAST).empty


def test_the_gaps_of_one_place_are_no_matter_of_another():
    cameras = deployments(("1", 0, 192), ("2", 0, 10), ("2", 50, 142))
    down = effort.downtime(cameras, LAST)
    assert down[["place", "stopped_at"]].to_numpy().tolist() == [["2", START + pd.Timedelta(hours=10)]]


def test_a_camera_that_worked_no_time_is_at_work_on_no_day():
    assert effort.working_cameras(deployments(("A", 5, 0)), FIRST, LAST)["cameras"].sum() == 0


def test_a_month_is_measured_by_the_nights_that_were_asked_of_it():
    months = effort.place_months(deployments(("A", -48, 96)), date(2025, 2, 20), date(2025, 3, 4))
    assert months["place_name"].unique().tolist() == ["Place A"]
    assert months[["month", "nights", "share"]].to_numpy().tolist() == [
        [date(2025, 2, 1), 2.0, pytest.approx(2 / 9)],
        [date(2025, 3, 1), 2.0, pytest.approx(2 / 4)],
    ]


def test_effort_leaves_its_input_as_it_was():
    cameras = deployments(("B", 0, 24), ("A", 30, 5), ("A", 0, 40))
    before = cameras.copy()
    effort.working_cameras(cameras, FIRST, LAST)
    effort.place_months(cameras, FIRST, LAST)
    effort.downtime(cameras, LAST)
    assert_frame_equal(cameras, before)


def test_the_reason_is_that_of_the_camera_that_stopped():
    cameras = deployments(("A", 0, 24), ("A", 48, 24), camera_functioning=["Memory card full", None])
    down = effort.downtime(cameras, date(2025, 3, 3))
    assert down["reason"].tolist() == ["Memory card full"]


def test_a_place_that_stays_silent_is_down_until_now():
    down = effort.downtime(deployments(("A", 0, 24)), date(2025, 3, 5))
    assert down["resumed_at"].isna().all()
    assert down["nights"].tolist() == [4.0]


def test_no_camera_gives_zeros_per_day_and_no_row_else():
    assert effort.working_cameras(deployments(), FIRST, LAST)["cameras"].tolist() == [0] * 8
    assert effort.place_months(deployments(), FIRST, LAST).empty
    assert effort.downtime(deployments(), LAST).empty
