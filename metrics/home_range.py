"""The area that a tagged animal uses: minimum convex polygon, kernel home range, and how much the fixes can tell."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import contourpy
import numpy as np
import pandas as pd
import shapely

from metrics.result import Result, nothing

FEWEST_FIXES = 30
FEWEST_EFFECTIVE = 5
MOST_TIME_BINS = 2**18
TIME_BINS_PER_FIX = 4
FEWEST_PAIRS = 10
CELLS_PER_BANDWIDTH = 8
MARGIN_IN_BANDWIDTHS = 4
MOST_CELLS_A_SIDE = 1000
SQUARE_METRES_PER_KM2 = 1e6

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class HomeRange:
    """A home range: its area in km2, and its outline.

    `rings` are closed rings of (`east_m`, `north_m`): outer ones run counter-clockwise, holes clockwise; there are
    none where the area is missing. An outline is as sensitive as the fixes that it was drawn from.
    """

    area: Result
    rings: tuple[Ring, ...] = ()


def minimum_convex_polygon(fixes: pd.DataFrame, percent: float = 95) -> HomeRange:
    """Smallest convex polygon around the `percent` of the fixes that are nearest to their mean position.

    Takes `fixed_at`, `east_m` and `north_m` of one animal. Mohr 1947 (American Midland Naturalist 37:223) takes all
    fixes; leaving out the farthest follows `mcp` of the R package adehabitatHR. It holds ground that the animal never
    used, and grows with the number of fixes. Missing where `effective_sample_size` is, below 5 effective positions
    (our own limit), and where all fixes lie on one line.
    """
    return _home_range(effective_sample_size(fixes), lambda: _convex_rings(_positions(fixes), percent))


def kernel_range(fixes: pd.DataFrame, percent: float = 95) -> HomeRange:
    """Smallest area that holds `percent` of a Gaussian kernel estimate of where the animal is: its kernel home range.

    Takes `fixed_at`, `east_m` and `north_m` of one animal. Not corrected for autocorrelation: the kernel takes fixes
    as independent, so with frequent fixes the range is too small (Noonan et al. 2019, doi 10.1002/ecm.1344). One
    bandwidth for both axes, the reference one of Worton 1989 (Ecology 70:164): h = s n^(-1/6), where s^2 is the mean
    of the variances of both axes, as `href` in the R package adehabitatHR; it smooths too much where an animal uses
    several separate places. The grid has steps of h/8, or wider ones where the track is more than about 100 h across.
    Missing as the convex polygon is, but for fixes on one line.
    """
    return _home_range(effective_sample_size(fixes), lambda: _kernel_rings(_positions(fixes), percent))


def effective_sample_size(fixes: pd.DataFrame) -> Result:
    """How many independent positions the fixes are worth: time followed / time to cross the home range.

    Takes `fixed_at`, `east_m` and `north_m` of one animal, sorted by time. 60 days of an animal that needs 5 days to
    cross its range are worth about 12, however many fixes there are (the idea of Fleming et al. 2015, Ecology
    96:1182). They fit a movement model; here the crossing time is the lag at which the autocorrelation of position,
    both axes together, first falls to 1/e, as it does in an Ornstein-Uhlenbeck model. A short track makes it too short
    and this figure too high: by a third where 12 is true. Times are binned to the median interval, with at most 4 bins
    per fix, so irregular ones and gaps are taken as they are. At least 1 and at most the number of fixes. One wrong
    position far away hides all likeness, so use `without_spikes` first. Missing below 30 fixes (our own limit), and
    where the animal was always at one position or all fixes are of one moment.
    """
    unit, n = "effective positions", len(fixes)
    if n < FEWEST_FIXES:
        return nothing(unit, "fixes", f"fewer than {FEWEST_FIXES} fixes ({n})", n)
    seconds = ((fixes["fixed_at"] - fixes["fixed_at"].iloc[0]) / pd.Timedelta(seconds=1)).to_numpy()
    positions = _positions(fixes)
    if seconds[-1] == 0 or (positions == positions[0]).all():
        return nothing(unit, "fixes", "all fixes are of one moment or one position", n)
    effective = seconds[-1] / _crossing_time(seconds, positions)
    return Result(float(min(max(effective, 1), n)), unit, n, "fixes", newest=fixes["fixed_at"].iloc[-1])


def ranges(fixes: pd.DataFrame, animals: pd.DataFrame) -> pd.DataFrame:
    """Home ranges of each animal in km2: convex polygon of 95 % of its fixes, kernel range of 95 % and core of 50 %.

    Takes the columns of `minimum_convex_polygon` with `animal`, and `animal`, `animal_name`, `scientific_name` and
    `common_name` of each animal. Gives these with `fixes`, `effective_n`, `mcp95_km2`, `kde95_km2`, `kde50_km2`,
    `missing` (why there is no area, else empty), `first` and `last` (fix, UTC); an animal without fixes has a row.
    """
    tracks = dict(iter(fixes.groupby("animal", sort=False)))
    rows = [_areas(tracks.get(animal, fixes.iloc[:0])) for animal in animals["animal"]]
    numbers = ["effective_n", "mcp95_km2", "kde95_km2", "kde50_km2"]
    types = {"fixes": int} | dict.fromkeys(numbers, float) | {"missing": "str"}
    figures = pd.DataFrame(rows, columns=list(types)).astype(types)
    described = animals[["animal", "animal_name", "scientific_name", "common_name"]].reset_index(drop=True)
    followed = fixes.groupby("animal", as_index=False)["fixed_at"].agg(first="min", last="max")
    return pd.concat([described, figures], axis=1).merge(followed, on="animal", how="left")


def to_degrees(rings: tuple[Ring, ...], fixes: pd.DataFrame) -> tuple[Ring, ...]:
    """The same rings as (longitude, latitude), to be laid on a map.

    Takes `east_m`, `north_m`, `latitude` and `longitude` of the animal's fixes, and places the rings by the plane
    that fits these best (least squares): about 100 m off at the edge of a range 50 km across at 45 degrees latitude.
    No rings where fewer than 3 fixes have a position, or all of these lie on one line. Longitudes may pass 180 where
    the fixes lie on both sides of that meridian.
    """
    placed = fixes[fixes["latitude"].notna() & fixes["longitude"].notna()]
    if placed.empty:
        return ()
    longitude, origin = placed["longitude"].to_numpy(), placed["longitude"].iloc[0]
    degrees = np.column_stack([(longitude - origin + 180) % 360 - 180 + origin, placed["latitude"]])
    plane, _, rank, _ = np.linalg.lstsq(_with_ones(_positions(placed)), degrees, rcond=None)
    return tuple(_as_ring(_with_ones(np.asarray(ring)) @ plane) for ring in rings) if rank == plane.shape[0] else ()


def _areas(track: pd.DataFrame) -> tuple:
    """The figures of one row of `ranges` that need the whole track."""
    effective, positions = effective_sample_size(track), _positions(track)
    convex = _home_range(effective, lambda: _convex_rings(positions, 95)).area
    kernels = [_home_range(effective, lambda p=percent: _kernel_rings(positions, p)).area for percent in (95, 50)]
    areas = [area.value for area in (convex, *kernels)]
    return len(track), effective.value, *areas, convex.missing or kernels[0].missing


def _home_range(effective: Result, draw: Callable[[], tuple[Ring, ...]]) -> HomeRange:
    """What `draw` outlines, where the fixes are enough for an area."""
    missing = effective.missing
    if not missing and effective.value < FEWEST_EFFECTIVE:
        missing = f"the fixes are worth fewer than {FEWEST_EFFECTIVE} independent positions ({effective.value:.1f})"
    rings = () if missing else draw()
    if not rings:
        return HomeRange(nothing("km2", "fixes", missing or "all fixes lie on one line", effective.n))
    area_km2 = sum(_signed_area(ring) for ring in rings) / SQUARE_METRES_PER_KM2
    return HomeRange(Result(area_km2, "km2", effective.n, "fixes", newest=effective.newest), rings)


def _convex_rings(positions: np.ndarray, percent: float) -> tuple[Ring, ...]:
    distance = np.hypot(*(positions - positions.mean(axis=0)).T)
    nearest = positions[distance <= np.quantile(distance, percent / 100)]
    hull = shapely.convex_hull(shapely.multipoints(nearest))
    return (_as_ring(shapely.get_coordinates(shapely.orient_polygons(hull))),) if hull.geom_type == "Polygon" else ()


def _kernel_rings(positions: np.ndarray, percent: float) -> tuple[Ring, ...]:
    east, north, mass = _density(positions)
    falling = np.sort(mass, axis=None)[::-1]
    level = falling[min(np.searchsorted(falling.cumsum(), percent / 100), falling.size - 1)]
    return tuple(_as_ring(line) for line in contourpy.contour_generator(east, north, mass.T).lines(level))


def _density(positions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nodes of a grid, east and north, and the probability around each [east, north]; none around those at the edge."""
    bandwidth = math.sqrt(positions.var(axis=0, ddof=1).mean()) * len(positions) ** (-1 / 6)
    start = positions.min(axis=0) - MARGIN_IN_BANDWIDTHS * bandwidth
    width = positions.max(axis=0) + MARGIN_IN_BANDWIDTHS * bandwidth - start
    cell = max(bandwidth / CELLS_PER_BANDWIDTH, width.max() / MOST_CELLS_A_SIDE)
    shape = np.ceil(width / cell).astype(int) + 1
    counts = _counted((positions - start) / cell, shape)
    along_east, along_north = (_kernel(size, cell / bandwidth) for size in shape)
    mass = np.pad(along_east @ counts @ along_north, 1)
    east, north = (low + (np.arange(size + 2) - 1) * cell for low, size in zip(start, shape, strict=True))
    return east, north, mass / mass.sum()


def _counted(places: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """Fixes per node of a grid with sides of 1, each shared among the four nodes around it by its nearness to them.

    Linear binning (Wand 1994, Journal of Computational and Graphical Statistics 3:433).
    """
    corner = places.astype(int)
    beyond = places - corner
    first = np.ravel_multi_index(corner.T, shape)
    counts = np.zeros(shape.prod())
    for east, north in ((0, 0), (0, 1), (1, 0), (1, 1)):
        part = np.abs(1 - east - beyond[:, 0]) * np.abs(1 - north - beyond[:, 1])
        counts += np.bincount(first + east * shape[1] + north, weights=part, minlength=len(counts))
    return counts.reshape(shape)


def _kernel(size: int, cell: float) -> np.ndarray:
    """Height of a Gaussian between any two of `size` nodes in a row, which are so many standard deviations apart."""
    place = np.arange(size) * cell
    return np.exp(-((place[:, None] - place) ** 2) / 2)


def _crossing_time(seconds: np.ndarray, positions: np.ndarray) -> float:
    """Lag in seconds at which the autocorrelation of position first falls to 1/e; all the time where it never does.

    The likeness at a lag is that of the pairs at this lag, against the spread of these same positions: a track may have
    many fixes in one part of the range and few in another. Sums over pairs come from Fourier transforms.
    """
    width = max(np.median(np.diff(seconds)), seconds[-1] / min(MOST_TIME_BINS, TIME_BINS_PER_FIX * len(seconds)))
    bins = np.rint(seconds / width).astype(int)
    counts = np.bincount(bins)
    is_filled = counts > 0
    east, north = (np.bincount(bins, weights=axis) / np.maximum(counts, 1) for axis in positions.T)
    track = np.where(is_filled, east + 1j * north, 0)
    track[is_filled] -= track[is_filled].mean()
    length = 2 ** math.ceil(math.log2(2 * len(track)))
    filled, power = np.fft.rfft(is_filled, length), np.fft.rfft(np.abs(track) ** 2, length)
    products = np.fft.ifft(np.abs(np.fft.fft(track, length)) ** 2).real[: len(track)]
    spread = np.fft.irfft((power.conj() * filled).real)[: len(track)]
    pairs = np.fft.irfft(np.abs(filled) ** 2)[: len(track)]
    lags = np.flatnonzero((pairs > FEWEST_PAIRS - 0.5) & (spread > 1e-9 * spread[0]))
    likeness = products[lags] / spread[lags]
    below = np.flatnonzero(likeness < 1 / math.e)
    if not len(below):
        return seconds[-1]
    before, after = below[0] - 1, below[0]
    share = (likeness[before] - 1 / math.e) / (likeness[before] - likeness[after])
    return width * (lags[before] + share * (lags[after] - lags[before]))


def _positions(fixes: pd.DataFrame) -> np.ndarray:
    return fixes[["east_m", "north_m"]].to_numpy(float)


def _with_ones(positions: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(positions)), positions])


def _as_ring(points: np.ndarray) -> Ring:
    return tuple(map(tuple, points.tolist()))


def _signed_area(ring: Ring) -> float:
    """Shoelace formula: positive for a ring that runs counter-clockwise."""
    east, north = np.array(ring).T - np.array(ring[0])[:, None]
    return float(east[:-1] @ north[1:] - east[1:] @ north[:-1]) / 2
