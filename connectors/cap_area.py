"""The middle of the area of a CAP alert: polygons are `lat,lon lat,lon ...`, a circle is `lat,lon radius_km`."""

import math
from collections.abc import Sequence

import numpy as np
import shapely

KM_PER_DEGREE = 111.2
# A coast line in full detail has fewer; no warning needs one.
LETTERS_MAX = 1_000_000


def centroid(polygons: Sequence[str], circles: Sequence[str]) -> tuple[float, float] | None:
    """Latitude and longitude of the middle, larger pieces weighing more; None when no piece can be read.

    The area may cross the 180th meridian.
    """
    shapes = [shape for text in polygons if (shape := _polygon(text))]
    shapes += [shape for text in circles if (shape := _circle(text))]
    if not shapes:
        return None
    west, _, east, _ = shapely.total_bounds(shapes)
    if east - west > 180:
        # The shorter way around the earth leads over the 180th meridian.
        shapes = [shapely.transform(shape, _eastward) for shape in shapes]
    middles = [shape.centroid for shape in shapes]
    weights = [shape.area * math.cos(math.radians(middle.y)) for shape, middle in zip(shapes, middles, strict=True)]
    if not sum(weights):
        weights = [1.0] * len(shapes)
    latitude, longitude = (
        sum(weight * getattr(middle, axis) for weight, middle in zip(weights, middles, strict=True)) / sum(weights)
        for axis in ("y", "x")
    )
    return latitude, (longitude + 180) % 360 - 180


def is_readable(polygons: Sequence[str], circles: Sequence[str]) -> bool:
    """Whether every piece can be read."""
    return all(map(_polygon, polygons)) and all(map(_circle, circles))


def _polygon(text: str) -> shapely.Geometry | None:
    points = [_point(pair) for pair in text.split()] if len(text) <= LETTERS_MAX else []
    return shapely.Polygon(points) if len(points) >= 4 and None not in points else None


def _circle(text: str) -> shapely.Geometry | None:
    pair, _, radius = text.partition(" ")
    point, radius_km = _point(pair), _number(radius)
    if point is None or radius_km is None or not 0 <= radius_km <= 20_100:
        return None
    return shapely.Point(point).buffer(radius_km / KM_PER_DEGREE) if radius_km else shapely.Point(point)


def _point(pair: str) -> tuple[float, float] | None:
    """Longitude and latitude, as shapely wants them."""
    latitude, longitude = map(_number, pair.partition(",")[::2])
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return longitude, latitude


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _eastward(points: np.ndarray) -> np.ndarray:
    points = points.copy()
    points[points[:, 0] < 0, 0] += 360
    return points
