"""Tagged animals and a boundary: when they crossed it, and how long and how far they stayed beyond."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

EARTH_RADIUS_KM = 6371.0088
AREAS = ("Polygon", "MultiPolygon")
LINES = ("LineString", "MultiLineString")


def crossings(fixes: pd.DataFrame, boundary: str | Mapping[str, Any]) -> pd.DataFrame:
    """Crossings of a boundary: steps between two successive fixes that meet it an odd number of times.

    Takes `animal`, `fixed_at`, `latitude` and `longitude`, sorted by animal and time, and a GeoJSON geometry: the
    polygon of a site, or a line for a fence that encloses nothing. Gives `animal`, `at` (UTC) and `direction`: `out`
    or `in` of the polygon, no value for a line. Follows the geofence analyser of EarthRanger (even-odd rule): a step
    in and out again across a corner is none. `at` supposes an even pace along a step that is straight in degrees;
    where a step crosses three times, it is the last. A fix on the edge of a polygon is inside, one on a line has
    crossed it. Fixes without a position are passed over, so a gap in the track is one long step.
    """
    fence = _read(boundary)
    track = _placed(fixes)
    if fence.geom_type in AREAS:
        inside = _inside(track, fence)
        return _crossings_of_area(track, fence, inside, _changes(track, inside))
    return _crossings_of_line(track, fence)


def excursions(fixes: pd.DataFrame, boundary: str | Mapping[str, Any]) -> pd.DataFrame:
    """Excursions: stretches outside a polygon, each from a crossing out to the animal's next crossing in.

    Takes what `crossings` takes, with a polygon. Gives `animal`, `left_at`, `returned_at` (UTC; NaT while outside),
    `hours` (up to the animal's newest fix while outside) and `farthest_km`, the greatest distance of a fix from the
    nearest point of the polygon. Time outside before an animal's first fix inside is none: its start is unknown.
    Raises ValueError for a line, which has no outside.
    """
    area = _read(boundary)
    if area.geom_type not in AREAS:
        raise ValueError(f"a {area.geom_type} has no outside")
    track = _placed(fixes)
    inside = _inside(track, area)
    changes = _changes(track, inside)
    crossed = _crossings_of_area(track, area, inside, changes)
    back = crossed["at"].shift(-1).where(crossed["animal"].eq(crossed["animal"].shift(-1)))
    gone = crossed.rename(columns={"at": "left_at"}).assign(returned_at=back)
    gone = gone[gone["direction"] == "out"].reset_index(drop=True)
    newest = track.drop_duplicates("animal", keep="last")[["animal", "fixed_at"]]
    until = gone["returned_at"].fillna(gone.merge(newest, on="animal", how="left")["fixed_at"])
    gone["hours"] = (until - gone["left_at"]) / pd.Timedelta(hours=1)
    gone["farthest_km"] = _farthest_km(track, area, inside, changes[inside[changes]])
    return gone[["animal", "left_at", "returned_at", "hours", "farthest_km"]]


def _read(boundary: str | Mapping[str, Any]) -> BaseGeometry:
    fence = shapely.force_2d(shapely.from_geojson(boundary if isinstance(boundary, str) else json.dumps(boundary)))
    if fence.geom_type not in AREAS + LINES:
        raise ValueError(f"a {fence.geom_type} is no boundary")
    shapely.prepare(fence)
    return fence


def _placed(fixes: pd.DataFrame) -> pd.DataFrame:
    is_placed = fixes["latitude"].notna() & fixes["longitude"].notna()
    return fixes.loc[is_placed, ["animal", "fixed_at", "latitude", "longitude"]].reset_index(drop=True)


def _inside(track: pd.DataFrame, area: BaseGeometry) -> np.ndarray:
    return shapely.intersects_xy(area, track["longitude"].to_numpy(float), track["latitude"].to_numpy(float))


def _same_animal(track: pd.DataFrame) -> np.ndarray:
    """Of each fix but the last, whether the next one is of the same animal: whether a step begins there."""
    codes = pd.factorize(track["animal"])[0]
    return codes[1:] == codes[:-1]


def _changes(track: pd.DataFrame, inside: np.ndarray) -> np.ndarray:
    """Positions of the fixes after which an animal is on the other side."""
    return np.flatnonzero(_same_animal(track) & (inside[1:] != inside[:-1]))


def _crossings_of_area(
    track: pd.DataFrame, area: BaseGeometry, inside: np.ndarray, changes: np.ndarray
) -> pd.DataFrame:
    step, share = _meetings(track, changes, area.boundary)
    last = np.zeros(len(changes))
    np.maximum.at(last, step, share)
    return _crossed(track, changes, last, np.where(inside[changes], "out", "in"))


def _crossings_of_line(track: pd.DataFrame, line: BaseGeometry) -> pd.DataFrame:
    """A meeting at the start of a step belongs to the step before, so that a fix on the fence does not count twice."""
    ends = track[["longitude", "latitude"]].to_numpy(float)
    west, south, east, north = line.bounds
    low, high = np.minimum(ends[:-1], ends[1:]), np.maximum(ends[:-1], ends[1:])
    is_near = (low <= [east, north]).all(axis=1) & (high >= [west, south]).all(axis=1) & (low < high).any(axis=1)
    near = np.flatnonzero(_same_animal(track) & is_near)
    near = near[shapely.intersects(line, _lines(track, near))]
    step, share = _meetings(track, near, line)
    step, share = step[share > 0], share[share > 0]
    is_odd = np.bincount(step, minlength=len(near)) % 2 == 1
    last = np.zeros(len(near))
    np.maximum.at(last, step, share)
    return _crossed(track, near[is_odd], last[is_odd], np.full(is_odd.sum(), None))


def _lines(track: pd.DataFrame, starts: np.ndarray) -> np.ndarray:
    ends = track[["longitude", "latitude"]].to_numpy(float)
    return shapely.linestrings(np.stack([ends[starts], ends[starts + 1]], axis=1))


def _meetings(track: pd.DataFrame, starts: np.ndarray, line: BaseGeometry) -> tuple[np.ndarray, np.ndarray]:
    """Where steps meet a line: which of `starts` each meeting belongs to, and after what share of the step it is."""
    ends = track[["longitude", "latitude"]].to_numpy(float)
    points, step = shapely.get_coordinates(shapely.intersection(_lines(track, starts), line), return_index=True)
    origin, way = ends[starts[step]], ends[starts[step] + 1] - ends[starts[step]]
    return step, ((points - origin) * way).sum(axis=1) / (way**2).sum(axis=1)


def _crossed(track: pd.DataFrame, starts: np.ndarray, share: np.ndarray, direction: np.ndarray) -> pd.DataFrame:
    before = track.iloc[starts].reset_index(drop=True)
    pause = track["fixed_at"].iloc[starts + 1].reset_index(drop=True) - before["fixed_at"]
    at = (before["fixed_at"] + pause * share).dt.round("s")
    return pd.DataFrame({"animal": before["animal"], "at": at, "direction": pd.Series(direction, dtype="str")})


def _farthest_km(track: pd.DataFrame, area: BaseGeometry, inside: np.ndarray, leavings: np.ndarray) -> np.ndarray:
    """Greatest distance from the area after each leaving, up to the return.

    The nearest point of the area is looked for where a degree of longitude is as long as in the middle of the area;
    the distance to it is along a great circle.
    """
    leaving = np.searchsorted(leavings, np.arange(len(track))) - 1
    animals = pd.factorize(track["animal"])[0]
    is_gone = ~inside & (leaving >= 0)
    is_gone[is_gone] = animals[is_gone] == animals[leavings[leaving[is_gone]]]
    squeeze = np.array([np.cos(np.radians((area.bounds[1] + area.bounds[3]) / 2)), 1.0])
    positions = track.loc[is_gone, ["longitude", "latitude"]].to_numpy(float) * squeeze
    ways = shapely.shortest_line(shapely.points(positions), shapely.transform(area, lambda points: points * squeeze))
    ends = np.radians(shapely.get_coordinates(ways).reshape(-1, 2, 2) / squeeze)
    farthest = np.zeros(len(leavings))
    np.maximum.at(farthest, leaving[is_gone], _great_circle_km(ends[:, 0], ends[:, 1]))
    return farthest


def _great_circle_km(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Haversine distance (Sinnott 1984) between longitudes and latitudes in radians."""
    half = np.sin((end - start) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half[:, 1] + np.cos(start[:, 1]) * np.cos(end[:, 1]) * half[:, 0]))
