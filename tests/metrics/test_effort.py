"""When cameras worked, against counting hour by hour."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
        hours = hours_worked(rows, place)
        until = max(HOURS, max(hours) + 1)
        idle = 24 * down.loc[down["place"].eq(place), "nights"].sum()
        assert idle + len(hours) == pytest.approx(until - min(hours))


def test_overlapping_deployments_hide_no_gap_and_make_none():
    cameras = deployments(("A", 0, 100), ("A", 20, 10), ("A", 148, 44), ("B", 0, 192))
    down = effort.downtime(cameras, LAST)
    assert down[["place", "nights"]].to_numpy().tolist() == [["A", 2.0]]
    assert down["stopped_at"].iloc[0] == START + pd.Timedelta(hours=100)
    assert down["resumed_at"].iloc[0] == START + pd.Timedelta(hours=148)


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
