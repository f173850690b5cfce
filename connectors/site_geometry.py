"""The boundary of a site as the registry sends it, made small enough to draw."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

VERTICES_MAX = 200
RINGS_MAX = 25
DECIMALS = 4
START_TOLERANCE = 1 / 500
"""Share of the side of a square as large as the site, so that small and large sites look alike."""


@dataclass(frozen=True)
class SiteGeometry:
    """What is published of a boundary: its kind, a point on the site, the drawable polygon, and what was wrong."""

    kind: str
    latitude: float | None = None
    longitude: float | None = None
    geojson: str | None = None
    problem: str = ""


def read_geometry(geojson: Any) -> SiteGeometry:
    """Read a GeoJSON Feature or geometry in WGS84; null is a restricted boundary.

    The polygon has at most about 200 vertices (small islands and enclaves go first) and 4 decimals, and is cut at the
    180th meridian. A broken one is repaired; `problem` says when nothing could be drawn.
    """
    if isinstance(geojson, Mapping) and geojson.get("type") == "Feature":
        geojson = geojson.get("geometry")
    if geojson is None:
        return SiteGeometry("restricted")
    is_point = isinstance(geojson, Mapping) and geojson.get("type") in ("Point", "MultiPoint")
    kind = "point" if is_point else "polygon"
    try:
        geometry = shapely.force_2d(shapely.from_geojson(json.dumps(geojson, allow_nan=False)))
    except (shapely.errors.ShapelyError, ValueError, RecursionError):
        return SiteGeometry(kind, problem="is not GeoJSON")
    if geometry is None or geometry.is_empty:
        return SiteGeometry(kind, problem="is empty")
    if not _is_on_earth(geometry):
        return SiteGeometry(kind, problem="has coordinates outside the globe")
    if kind == "point":
        point = geometry.geoms[0] if geometry.geom_type == "MultiPoint" else geometry
        return SiteGeometry(kind, point.y, point.x)
    try:
        return _read_polygon(geometry)
    except shapely.errors.ShapelyError:
        return SiteGeometry(kind, problem="cannot be repaired")


def _read_polygon(geometry: BaseGeometry) -> SiteGeometry:
    polygons = _polygons(shapely.make_valid(_unrolled(geometry)))
    if polygons.is_empty:
        return SiteGeometry("polygon", problem="holds no polygon")
    point = polygons.representative_point()
    latitude, longitude = point.y, point.x - 360 if point.x > 180 else point.x
    drawn = _cut_at_antimeridian(shapely.make_valid(_simplified(polygons)))
    drawn = shapely.orient_polygons(_polygons(shapely.set_precision(drawn, 10**-DECIMALS)))
    if drawn.is_empty:
        return SiteGeometry("polygon", latitude, longitude, problem="is too small to be drawn")
    return SiteGeometry("polygon", latitude, longitude, json.dumps(_rounded(shapely.geometry.mapping(drawn))))


def _is_on_earth(geometry: BaseGeometry) -> bool:
    west, south, east, north = geometry.bounds
    return all(map(math.isfinite, geometry.bounds)) and west >= -180 and south >= -90 and east <= 180 and north <= 90


def _unrolled(geometry: BaseGeometry) -> BaseGeometry:
    """The geometry with longitudes from 0 to 360 where this makes it narrower: then it crosses the 180th meridian."""
    eastward = shapely.transform(geometry, lambda points: points + (points[:, :1] < 0) * [360.0, 0.0])
    return min(geometry, eastward, key=lambda shape: shape.bounds[2] - shape.bounds[0])


def _cut_at_antimeridian(geometry: BaseGeometry) -> BaseGeometry:
    if geometry.bounds[2] <= 180:
        return geometry
    east = shapely.clip_by_rect(geometry, -180, -90, 180, 90)
    west = translate(shapely.clip_by_rect(geometry, 180, -90, 540, 90), xoff=-360)
    return shapely.union_all([_polygons(east), _polygons(west)])


def _simplified(geometry: BaseGeometry) -> BaseGeometry:
    geometry = _largest_rings(geometry)
    # Measured by area, because the extent of a few islands far apart says nothing of their size.
    tolerance = math.sqrt(geometry.area) * START_TOLERANCE
    simple = geometry
    while shapely.get_num_coordinates(simple) > VERTICES_MAX and tolerance < math.sqrt(geometry.area):
        simple = geometry.simplify(tolerance)
        tolerance *= 2
    return simple


def _largest_rings(geometry: BaseGeometry) -> BaseGeometry:
    """The largest polygons and then the largest holes, few enough to leave each ring some vertices."""
    parts = sorted(shapely.get_parts(geometry), key=_area, reverse=True)[:RINGS_MAX]
    holes = sorted((_area(hole) for part in parts for hole in part.interiors), reverse=True)
    room = RINGS_MAX - len(parts)
    too_small = holes[room] if len(holes) > room else 0
    return shapely.MultiPolygon(
        [shapely.Polygon(part.exterior, [hole for hole in part.interiors if _area(hole) > too_small]) for part in parts]
    )


def _area(ring: BaseGeometry) -> float:
    return shapely.Polygon(ring).area if ring.geom_type == "LinearRing" else ring.area


def _polygons(geometry: BaseGeometry) -> BaseGeometry:
    """The polygons of whatever an operation left over."""
    parts = [part for part in shapely.get_parts(shapely.get_parts(geometry)) if part.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon([part for part in parts if not part.is_empty])


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return round(value, DECIMALS) if isinstance(value, float) else value
