"""Crossings of a boundary: only a step that changes sides counts, and every excursion has a beginning and an end."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.fences import crossings, excursions

laws = settings(deadline=None, max_examples=60)

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
STAR = [(0, 2), (-0.5, 0.5), (-2, 0.3), (-0.7, -0.4), (-1.2, -1.9), (0.1, -0.8), (1.3, -1.8), (0.8, -0.3), (1.9, 0.4)]
PLACE = st.integers(-25, 25).map(lambda step: step / 10 + 0.0371)
WALK = st.lists(st.tuples(PLACE, PLACE), min_size=2, max_size=25)
START = pd.Timestamp("2024-03-01T06:00Z")


def track(*places: tuple[float, float], animal: str = "1") -> pd.DataFrame:
    """Fixes of one animal at (longitude, latitude), an hour apart."""
    hours = pd.to_timedelta(np.arange(len(places)), unit="h")
    longitude, latitude = zip(*places, strict=True) if places else ((), ())
    fixes = {"animal": animal, "fixed_at": START + hours, "latitude": latitude, "longitude": longitude}
    return pd.DataFrame(fixes).astype({"animal": "str", "latitude": float, "longitude": float})


def polygon(ring: list[tuple[float, float]]) -> dict:
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def is_in_star(longitude: float, latitude: float) -> bool:
    """Ray to the east, by hand (Jordan)."""
    sides = zip(STAR, STAR[1:] + STAR[:1], strict=True)
    return sum(
        (a[1] > latitude) != (b[1] > latitude)
        and longitude < a[0] + (latitude - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
        for a, b in sides
    ) % 2 == 1  # fmt: skip


def test_a_crossing_has_the_moment_at_which_an_even_pace_meets_the_boundary() -> None:
    found = crossings(track((0.5, 0.5), (1.5, 0.5), (0.9, 0.5)), SQUARE)
    assert found["direction"].tolist() == ["out", "in"]
    assert found["at"].tolist() == [START + pd.Timedelta(minutes=30), START + pd.Timedelta(minutes=110)]


def test_a_step_in_and_out_across_a_corner_is_no_crossing() -> None:
    assert crossings(track((-0.1, 0.2), (0.2, -0.1)), SQUARE).empty


@laws
@given(WALK)
def test_an_odd_number_of_crossings_means_that_first_and_last_fix_lie_on_different_sides(walk: list) -> None:
    found = crossings(track(*walk), polygon(STAR))
    assert len(found) % 2 == (is_in_star(*walk[0]) != is_in_star(*walk[-1]))
    directions = ["out", "in"] if is_in_star(*walk[0]) else ["in", "out"]
    assert found["direction"].tolist() == (directions * len(walk))[: len(found)]


@laws
@given(WALK, st.integers(1, len(STAR) - 1))
def test_it_does_not_matter_where_the_ring_of_a_boundary_starts(walk: list, turn: int) -> None:
    found, turned = crossings(track(*walk), polygon(STAR)), crossings(track(*walk), polygon(STAR[turn:] + STAR[:turn]))
    assert found["direction"].tolist() == turned["direction"].tolist()
    assert ((found["at"] - turned["at"]).abs() <= pd.Timedelta(seconds=1)).all()


@laws
@given(WALK)
def test_a_closed_fence_is_crossed_when_its_area_is(walk: list) -> None:
    fence = {"type": "LineString", "coordinates": [*STAR, STAR[0]]}
    found, of_area = crossings(track(*walk), fence), crossings(track(*walk), polygon(STAR))
    assert found["at"].tolist() == of_area["at"].tolist()
    assert found["direction"].isna().all()


def test_an_open_fence_is_crossed_once_by_a_step_over_it_and_never_by_a_step_over_two_of_its_sides() -> None:
    fence = json.dumps({"type": "LineString", "coordinates": [[-1, 0], [0, 0], [0, 1]]})
    assert len(crossings(track((-0.5, -1), (-0.5, 1)), fence)) == 1
    assert crossings(track((-0.5, -0.5), (0.5, 0.5), (0.5, 0.7)), fence)["at"].tolist() == [
        START + pd.Timedelta(minutes=30)
    ]
    assert crossings(track((-0.2, -0.1), (0.1, 0.2)), fence).empty


def test_a_fix_on_a_fence_counts_one_crossing_not_two() -> None:
    fence = {"type": "LineString", "coordinates": [[-1, 0], [1, 0]]}
    found = crossings(track((0, -1), (0, 0), (0, 0), (0, 1)), fence)
    assert found["at"].tolist() == [START + pd.Timedelta(hours=1)]


def test_the_last_fix_of_one_animal_and_the_first_of_the_next_are_no_step() -> None:
    fixes = pd.concat([track((0.5, 0.5)), track((5, 5), animal="2")], ignore_index=True)
    assert crossings(fixes, SQUARE).empty
    assert crossings(fixes, {"type": "LineString", "coordinates": [[1, 5], [5, 1]]}).empty


def test_a_hole_lies_outside_and_every_part_of_a_site_inside() -> None:
    hole = [[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6], [0.4, 0.4]]
    other = [[[2, 0], [3, 0], [3, 1], [2, 1], [2, 0]]]
    site = {"type": "MultiPolygon", "coordinates": [[*SQUARE["coordinates"], hole], other]}
    found = crossings(track((0.2, 0.5), (0.5, 0.5), (0.7, 0.5), (2.5, 0.5)), site)
    assert found["direction"].tolist() == ["out", "in"]


def test_fixes_without_a_position_are_passed_over() -> None:
    fixes = track((0.5, 0.5), (math.nan, math.nan), (1.5, 0.5))
    assert crossings(fixes, SQUARE)["at"].tolist() == [START + pd.Timedelta(hours=1)]


def test_an_excursion_lasts_from_leaving_to_return_and_knows_how_far_it_went() -> None:
    fixes = track((0.5, 0.5), (1.5, 0.5), (2, 0.5), (1.2, 0.5), (0.8, 0.5))
    found = excursions(fixes, SQUARE)
    assert found["left_at"].tolist() == [START + pd.Timedelta(minutes=30)]
    assert found["returned_at"].tolist() == [START + pd.Timedelta(minutes=210)]
    assert found["hours"].tolist() == [3.0]
    one_degree_km = 40_030.23 / 360 * math.cos(math.radians(0.5))
    assert found["farthest_km"].tolist() == [pytest.approx(one_degree_km, rel=1e-3)]


def test_far_north_a_degree_of_longitude_is_short() -> None:
    square = [[20, 60], [21, 60], [21, 61], [20, 61], [20, 60]]
    found = excursions(track((20.5, 60.5), (22, 60.5)), {"type": "Polygon", "coordinates": [square]})
    assert found["farthest_km"].tolist() == [
        pytest.approx(40_030.23 / 360 * math.cos(math.radians(60.5)), rel=1e-3)
    ]  # fmt: skip


def test_an_animal_that_is_still_outside_has_not_returned() -> None:
    found = excursions(track((0.5, 0.5), (1.5, 0.5), (1.5, 0.6)), SQUARE)
    assert found["returned_at"].isna().tolist() == [True]
    assert found["hours"].tolist() == [1.5]


def test_time_outside_before_the_first_fix_inside_is_no_excursion() -> None:
    before = track((0.5, 0.5), (1.5, 0.5), animal="1")
    fixes = pd.concat([before, track((9, 9), (0.5, 0.5), (0.5, 1.5), animal="2")], ignore_index=True)
    found = excursions(fixes, SQUARE)
    assert found["animal"].tolist() == ["1", "2"]
    assert found["farthest_km"].max() < 60


@laws
@given(WALK, WALK)
def test_every_leaving_is_an_excursion_and_every_return_ends_one(first: list, second: list) -> None:
    fixes = pd.concat([track(*first), track(*second, animal="2")], ignore_index=True)
    crossed, gone = crossings(fixes, polygon(STAR)), excursions(fixes, polygon(STAR))
    assert gone["left_at"].tolist() == crossed.loc[crossed["direction"] == "out", "at"].tolist()
    returns = crossed[(crossed["direction"] == "in") & crossed.duplicated("animal")]
    assert gone["returned_at"].dropna().tolist() == returns["at"].tolist()
    assert (gone["hours"] >= 0).all()
    assert (gone["farthest_km"] > 0).all()


def test_a_line_has_no_outside_and_a_point_is_no_boundary() -> None:
    with pytest.raises(ValueError, match="LineString has no outside"):
        excursions(track((0, 0)), {"type": "LineString", "coordinates": [[0, 0], [1, 1]]})
    with pytest.raises(ValueError, match="Point is no boundary"):
        crossings(track((0, 0)), {"type": "Point", "coordinates": [0, 0]})


@pytest.mark.parametrize("places", [(), ((0.5, 0.5),)])
def test_without_a_step_there_is_no_crossing(places: tuple) -> None:
    assert crossings(track(*places), SQUARE).columns.tolist() == ["animal", "at", "direction"]
    assert crossings(track(*places), SQUARE).empty
    assert crossings(track(*places), {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}).empty
    assert excursions(track(*places), SQUARE).empty
