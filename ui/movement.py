"""What the page Movement says about the tagged animals of one site, computed once and kept: small, without any fix."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pandas as pd
import shapely

from data.access import FEWEST_SHOWN
from metrics.collars import collar_health
from metrics.displacement import daily_displacement, immobility, without_spikes
from metrics.fences import excursions
from metrics.home_range import Ring, kernel_range, ranges, to_degrees
from metrics.result import Result, nothing
from ui import theme
from ui.text import is_missing

BEGINNING = date(1970, 1, 1)
DEFAULT_DAYS = 90
MOST_POINTS, MOST_POINTS_OF_ONE = 5_000, 1_500
MOST_CORNERS = {95: 150, 50: 80}
DECIMALS = 4
LATE_DAYS, SILENT_DAYS = 2, 7
COLLAR_WORDS = {
    "fresh": "Sending",
    "late": "Late",
    "stale": "Silent",
    "down": "Not moving",
    "never": "No position",
    "off": "Taken off",
}
COLLAR_GLYPHS = theme.STATE_GLYPHS | {"off": "□"}
COLLAR_CHIPS = theme.STATE_CHIPS | {"off": "#5F6E69"}
WORST_FIRST = ("down", "stale", "late", "fresh", "never", "off")
FEW = f"fewer than {FEWEST_SHOWN}"

Polygon = list[list[list[float]]]
SeenRings = Callable[[Sequence[Ring]], list]


@dataclass(frozen=True)
class Hue:
    """How one animal is told from the others: colour, and a glyph that is also its symbol in charts."""

    colour: str
    glyph: str
    symbol: str


@dataclass(frozen=True)
class Movement:
    """The animals of one site in one period of local days.

    `animals` has a row per animal as `metrics.home_range.ranges` gives it, with `longitude` and `latitude` of its
    newest fix; `days` the distance per animal and day that is over; `collars` their health with `state`, `since` and
    `model`. `excursions` is None where they may not be seen or no boundary is stored. `tracks` holds thinned positions
    (longitude, latitude) and `outlines` polygons on the map, both by animal and as this viewer may see them.
    """

    animals: pd.DataFrame
    days: pd.DataFrame
    collars: pd.DataFrame
    excursions: pd.DataFrame | None
    tracks: dict[str, np.ndarray]
    outlines: dict[int, dict[str, list[Polygon]]]

    def of(self, chosen: Collection[str]) -> "Movement":
        """The same for some of the animals."""

        def rows(frame: pd.DataFrame) -> pd.DataFrame:
            return frame[frame["animal"].isin(list(chosen))].reset_index(drop=True)

        return replace(
            self,
            animals=rows(self.animals),
            days=rows(self.days),
            collars=rows(self.collars),
            excursions=None if self.excursions is None else rows(self.excursions),
            tracks={animal: track for animal, track in self.tracks.items() if animal in chosen},
            outlines={
                percent: {animal: shapes for animal, shapes in outlines.items() if animal in chosen}
                for percent, outlines in self.outlines.items()
            },
        )

    @property
    def positions(self) -> int:
        """Positions that count, without impossible ones."""
        return int(self.animals["fixes"].sum())

    @property
    def spikes(self) -> int:
        """Positions left out because no animal is that fast."""
        return int(self.collars["fixes"].sum()) - self.positions

    @property
    def named_days(self) -> pd.DataFrame:
        """The days with the name of each animal."""
        return _named(self.days, self.animals)

    @property
    def newest(self) -> datetime | None:
        newest = self.animals["last"].max()
        return None if is_missing(newest) else newest


@dataclass(frozen=True)
class Areas:
    """What anybody may know of the animals of one site: by taxon, how many and how large their ranges are.

    `animals` are all of them in words. `by_species` has `animals` in words, `range_km2`, `core_km2` and `effective_n`
    (medians over its animals).
    """

    animals: str
    by_species: pd.DataFrame


def compose(
    fixes: pd.DataFrame, animals: pd.DataFrame, boundary: str | None, now: datetime, seen_rings: SeenRings
) -> Movement:
    """Everything about the fixes of a period; `seen_rings` turns outlines into what the viewer may see of them.

    `boundary` is a GeoJSON geometry, or None where excursions may not be told.
    """
    kept = without_spikes(fixes)
    tracks = dict(iter(kept.groupby("animal", sort=False)))
    places = {animal: track[["longitude", "latitude"]].dropna().to_numpy() for animal, track in tracks.items()}
    newest = kept.drop_duplicates("animal", keep="last")[["animal", "longitude", "latitude"]]
    return Movement(
        animals=ranges(kept, animals).merge(newest, on="animal", how="left"),
        days=_days(kept, now),
        collars=_collars(fixes, kept, animals, now),
        excursions=None if boundary is None else _named(excursions(kept, boundary), animals),
        tracks={animal: thinned(track).astype(np.float32) for animal, track in places.items()},
        outlines={
            percent: {animal: _outlines(track, percent, seen_rings) for animal, track in tracks.items()}
            for percent in MOST_CORNERS
        },
    )


def areas(fixes: pd.DataFrame, animals: pd.DataFrame) -> Areas:
    """What anybody may know of these animals; a number that would tell of fewer than 5 of them is put in words."""
    found = ranges(without_spikes(fixes), animals)
    species = found.groupby(["scientific_name", "common_name"], dropna=False, as_index=False).agg(
        count=("animal", "size"),
        range_km2=("kde95_km2", "median"),
        core_km2=("kde50_km2", "median"),
        effective_n=("effective_n", "median"),
    )
    is_few = species["count"] < FEWEST_SHOWN
    words = species["count"].astype("str").mask(is_few, FEW)
    # Where species are withheld, the sum of all would tell their numbers or narrow them.
    total = f"{int(species['count'].where(~is_few, 1).sum()):,}"
    if is_few.any():
        total = FEW if len(species) == 1 else f"at least {total}"
    by_species = species.assign(animals=words).drop(columns="count")
    return Areas(total, by_species.sort_values("range_km2", ascending=False, kind="stable", ignore_index=True))


def within(fixes: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    """The fixes of whole local days, from those of one more day on both sides."""
    days = fixes["local_day"]
    return fixes[days.ge(pd.Timestamp(first)) & days.le(pd.Timestamp(last))].reset_index(drop=True)


def until(last: date, known_until: datetime) -> datetime:
    """The moment up to which a period tells about collars: its last day, or where the data stop."""
    return min(known_until, datetime.combine(last + timedelta(days=1), time.min, UTC))


def start_of(first: date, last: date) -> date:
    """The first day that is shown unless the reader chooses: the last 90 days with data."""
    return max(first, last - timedelta(days=DEFAULT_DAYS - 1))


def hues(listed: Sequence[str], chosen: Sequence[str], mode: str) -> dict[str, Hue]:
    """The hue of each animal that has one of its own: up to 6 keep theirs; of more, the first 6 that are chosen."""
    styles = [Hue(*parts) for parts in zip(theme.CATEGORIES[mode], theme.GLYPHS, theme.SYMBOLS, strict=True)]
    return dict(zip(listed if len(listed) <= len(styles) else chosen, styles, strict=False))


def per_animal_and_day(movement: Movement) -> Result:
    """Positions per day of the median animal, between its first and its newest one."""
    rates = movement.collars["fixes_per_day"].dropna()
    if rates.empty:
        return nothing("positions per animal and day", "animals", "no animal has two positions")
    return Result(float(rates.median()), "positions per animal and day", len(rates), "animals")


def km_per_day(movement: Movement) -> Result:
    """Distance of the median animal-day."""
    days = movement.days["km"]
    if days.empty:
        return nothing("km per day", "animal days", "no day with 4 positions of an animal")
    return Result(float(days.median()), "km per day", len(days), "animal days")


def home_range(movement: Movement) -> Result:
    """Kernel home range (95 %) of the median animal."""
    found = movement.animals["kde95_km2"].dropna()
    if found.empty:
        return nothing("km2", "animals", "no animal has enough positions for an area")
    return Result(float(found.median()), "km2", len(found), "animals")


def thinned(points: np.ndarray, most: int = MOST_POINTS_OF_ONE) -> np.ndarray:
    """At most so many of the points (longitude, latitude), evenly along the track, with its first and its last."""
    places = points.astype(float).round(DECIMALS)
    places = places[np.concatenate([[True], (places[1:] != places[:-1]).any(axis=1)])] if len(places) else places
    if len(places) <= most:
        return places
    return places[np.linspace(0, len(places) - 1, most).round().astype(int)]


def _days(kept: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Distance per animal on the days that are over, for a part of a day would look like a short way."""
    days = daily_displacement(kept).astype(dict.fromkeys(("km", "net_km"), np.float32))
    return days[days["day"] < pd.Timestamp(now.date())].reset_index(drop=True)


def _named(rows: pd.DataFrame, animals: pd.DataFrame) -> pd.DataFrame:
    return rows.merge(animals[["animal", "animal_name"]], on="animal", how="left")


def _collars(fixes: pd.DataFrame, kept: pd.DataFrame, animals: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Collar health with `since` (not moving), `model`, and `state` in one word, worst first."""
    frame = collar_health(fixes, animals, now).merge(immobility(kept)[["animal", "since"]], on="animal", how="left")
    frame = frame.merge(animals[["animal", "model", "removed_at"]], on="animal", how="left")
    silent = frame["days_since_last"]
    state = pd.Series("fresh", index=frame.index, dtype="object")
    state = state.mask(silent > LATE_DAYS, "late").mask(silent > SILENT_DAYS, "stale")
    state = state.mask(frame["since"].notna(), "down").mask(silent.isna(), "never")
    frame["state"] = state.mask(frame["removed_at"].notna() & (frame["removed_at"] <= pd.Timestamp(now)), "off")
    rank = frame["state"].map(WORST_FIRST.index)
    return frame.iloc[rank.argsort(kind="stable")].reset_index(drop=True)


def _outlines(track: pd.DataFrame, percent: int, seen_rings: SeenRings) -> list[Polygon]:
    """The kernel range as polygons of longitude and latitude, each an outer ring and its holes."""
    rings = to_degrees(kernel_range(track, percent).rings, track)
    every = -(-sum(map(len, rings)) // MOST_CORNERS[percent]) or 1
    slim = [(*ring[:-1:every], ring[0]) for ring in rings if len(ring) > 3 * every]
    seen = [np.round(ring, DECIMALS) for ring in seen_rings(slim)]
    outer = [ring for ring in seen if shapely.is_ccw(shapely.linearrings(ring))]
    holes = [ring for ring in seen if not shapely.is_ccw(shapely.linearrings(ring))]
    polygons = []
    for ring in outer:
        area = shapely.polygons(ring)
        inside = [hole for hole in holes if shapely.contains_xy(area, *hole[0])]
        polygons.append([part.tolist() for part in (ring, *inside)])
    return polygons
