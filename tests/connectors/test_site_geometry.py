"""Boundaries: drawable, honest about what cannot be drawn, and right across the 180th meridian."""

import json
import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.site_geometry import read_geometry


def ring(longitude: float, latitude: float, radius: float, points: int) -> list[list[float]]:
    """A closed, slightly jagged ring."""
    angles = [2 * math.pi * step / points for step in range(points)]
    reach = [radius * (1 + 0.2 * math.sin(7 * angle) + 0.02 * (step % 2)) for step, angle in enumerate(angles)]
    ring = [[longitude + r * math.cos(a), latitude + r * math.sin(a)] for r, a in zip(reach, angles, strict=True)]
    return [*ring, ring[0]]


def polygon(*rings: list[list[float]]) -> dict:
    return {"type": "Polygon", "coordinates": list(rings)}


@pytest.mark.parametrize("restricted", [None, {"type": "Feature", "properties": {}, "geometry": None}])
def test_null_is_a_restricted_boundary(restricted: object) -> None:
    read = read_geometry(restricted)
    assert (read.kind, read.latitude, read.geojson, read.problem) == ("restricted", None, None, "")


def test_a_point_is_its_own_place() -> None:
    read = read_geometry({"type": "Feature", "geometry": {"type": "Point", "coordinates": [12.25, 46.5]}})
    assert (read.kind, read.latitude, read.longitude, read.geojson) == ("point", 46.5, 12.25, None)


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-170, 170),
    st.floats(-70, 70),
    st.floats(0.01, 5),
    st.integers(5, 3000),
)
def test_a_boundary_is_small_closed_and_holds_its_point(
    longitude: float, latitude: float, radius: float, points: int
) -> None:
    read = read_geometry(polygon(ring(longitude, latitude, radius, points)))
    drawn = shapely.from_geojson(read.geojson)
    assert drawn.is_valid
    assert shapely.get_num_coordinates(drawn) <= 200
    original = shapely.Polygon(ring(longitude, latitude, radius, points))
    assert original.contains(shapely.Point(read.longitude, read.latitude))
    # 4 decimals are 0.0001 degrees, which weighs on the smallest rings only.
    assert drawn.symmetric_difference(original).area <= original.area * 0.05 + original.length * 1e-4
    assert all(value == round(value, 4) for pair in shapely.get_coordinates(drawn).tolist() for value in pair)


def test_the_outer_ring_turns_left_as_geojson_asks() -> None:
    read = read_geometry(polygon(ring(11, 47, 1, 20)[::-1]))
    assert shapely.from_geojson(read.geojson).exterior.is_ccw


@pytest.mark.parametrize(
    "crossing",
    [
        polygon([[179, -17], [-179.5, -17], [-179.5, -16], [179, -16], [179, -17]]),
        {
            "type": "MultiPolygon",
            "coordinates": [
                [[[179, -17], [180, -17], [180, -16], [179, -16], [179, -17]]],
                [[[-180, -17], [-179.5, -17], [-179.5, -16], [-180, -16], [-180, -17]]],
            ],
        },
    ],
)
def test_a_site_across_the_180th_meridian_is_one_small_site(crossing: dict) -> None:
    read = read_geometry(crossing)
    assert -17 < read.latitude < -16
    assert read.longitude >= 179 or read.longitude <= -179.5
    parts = shapely.get_parts(shapely.from_geojson(read.geojson))
    assert sorted(part.bounds for part in parts) == [(-180, -17, -179.5, -16), (179, -17, 180, -16)]


def test_of_many_islands_the_largest_are_drawn() -> None:
    islands = [[ring(index % 30, index // 30, 0.1 + index / 3000, 12)] for index in range(300)]
    read = read_geometry({"type": "MultiPolygon", "coordinates": islands})
    drawn = shapely.from_geojson(read.geojson)
    assert shapely.get_num_coordinates(drawn) <= 200
    assert drawn.intersects(shapely.Point(299 % 30, 299 // 30))


def test_many_enclaves_do_not_cost_the_shape() -> None:
    holes = [ring(11 + 0.1 * (index % 8), 47 + 0.1 * (index // 8), 0.01 + index / 10_000, 8) for index in range(64)]
    outline = [[10, 46], [13, 46], [13, 49], [10, 49], [10, 46]]
    drawn = shapely.from_geojson(read_geometry(polygon(outline, *holes)).geojson)
    assert shapely.get_num_coordinates(drawn) <= 200
    assert drawn.symmetric_difference(shapely.Polygon(outline)).area < 0.1
    assert not drawn.contains(shapely.Point(11.7, 47.7))


def test_a_boundary_that_crosses_itself_is_repaired() -> None:
    read = read_geometry(polygon([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]))
    # The bow tie's two triangles have a quarter of the square each.
    assert shapely.from_geojson(read.geojson).area == pytest.approx(0.5)


@pytest.mark.parametrize(
    "broken",
    [
        "text",
        5,
        [],
        {},
        {"type": "Polygon"},
        polygon([[0, 0], [1, 1]]),
        polygon([[0, 0], [1, 0], [1, float("nan")], [0, 0]]),
        polygon([[0, 0], [1, 0], [1, 95], [0, 0]]),
        polygon([[0, 0], [1, 0], [2, 0], [0, 0]]),
        {"type": "Polygon", "coordinates": []},
        {"type": "Point", "coordinates": ["1", 2]},
        {"type": "Point", "coordinates": [1, 200]},
        {"type": "LineString", "coordinates": [[0, 0], [1, 1]]},
    ],
)
def test_what_cannot_be_drawn_is_said(broken: object) -> None:
    read = read_geometry(broken)
    assert read.problem
    assert read.geojson is None
    assert read.latitude is None


def test_a_site_of_a_few_metres_keeps_its_point() -> None:
    read = read_geometry(polygon([[11, 47], [11.00001, 47], [11.00001, 47.00001], [11, 47]]))
    assert read.problem == "is too small to be drawn"
    assert json.dumps([round(read.longitude, 3), round(read.latitude, 3)]) == "[11.0, 47.0]"


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none() | st.floats() | st.text(max_size=5) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.fixed_dictionaries(
                {"type": st.sampled_from(["Polygon", "MultiPolygon", "Point", "Feature", "GeometryCollection"])},
                optional={"coordinates": inner, "geometry": inner, "geometries": inner},
            )
        ),
        max_leaves=20,
    )
)
def test_no_geometry_whatever_stops_the_registry(anything: object) -> None:
    read = read_geometry(anything)
    assert read.kind in ("polygon", "point", "restricted")
