"""Asking a gridded product of Coral Reef Watch for the days of some stations: which cell is read, and from which day.

A station in a cell of land is read in the nearest cell with data, at most 3 cells away along either axis. The search
ends where the grid does, at 180 degrees too.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.base import Fetched, Notice, Parsed, Payload, Source
from connectors.coral_reef_watch_cells import Position, Station, cells_with_data, days_of_station, distance_km
from connectors.coral_reef_watch_erddap import Grid, Server, constraint, read_info, years
from connectors.errors import SourceChanged, SourceRefused
from connectors.options import listed, refused

SCALE = "CRW global 0-5"
VARIABLES = ("CRW_SST", "CRW_HOTSPOT", "CRW_DHW")
LEVELS = ("CRW_BAA_7D_MAX", "CRW_BAA")
NEEDED = "CRW_DHW"
# The dataset NOAA_DHW of coastwatch.pfeg.noaa.gov is sent on to this host.
KNOWN_HOSTS = ("pae-paha.pacioos.hawaii.edu",)
CELLS_AROUND = 3
CHANGING_DAYS = 30
# Clocks and time zones differ, and some products are dated ahead by some days.
AHEAD_MAX = timedelta(days=10)
DEFAULT_YEARS = 2
INFO, BOX, DAYS = "info", "box", "days"
EXAMPLE = "{ 'Invented Reef' = [-8.12, 12.37] }"


@dataclass(frozen=True)
class Options:
    """What a source asks a gridded product for."""

    stations: Mapping[str, Position]
    first: date | None
    redirects_to: tuple[str, ...]
    scale: str


def options_of(source: Source) -> Options:
    """The options of a source; raises SourceRefused for one that cannot be used, or a station without a site."""
    given = source.options.get("stations")
    is_map = isinstance(given, Mapping) and bool(given)
    if not is_map or not all(name.strip() and _is_position(value) for name, value in given.items()):
        raise refused(source, "stations", "a map from names to [latitude, longitude]", EXAMPLE)
    for name in given:
        if source.site_of(name) is None:
            message = f"{source.name}: no site is configured for the station {name[:80]}"
            raise SourceRefused(message, "Add the station to `site` of this source in network.toml.")
    scale = source.options.get("scale", SCALE)
    if not isinstance(scale, str) or not scale.strip():
        raise refused(source, "scale", "the name of a scale", f'"{SCALE}"')
    stations = {name: (float(latitude), float(longitude)) for name, (latitude, longitude) in given.items()}
    return Options(stations, _first(source), listed(source, "redirects_to", '["erddap.example.org"]'), scale)


def fetch_grid(source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
    """The newer days of each station and the last 30 days before them, which the product still changes.

    Raises SourceRefused when no station lies in or near a cell with data.
    """
    options = options_of(source)
    with Server(source, (*KNOWN_HOSTS, *options.redirects_to)) as server:
        question = _Question(source, options, server, workspace)
        if cursor.get("last") == question.grid.last.isoformat():
            return Fetched(cursor=cursor, is_unchanged=True)
        known: Mapping[str, Any] = cursor.get("stations", {})
        cells = {name: question.ask(name, known.get(name)) for name in options.stations}
    found = {name: cell for name, cell in cells.items() if cell}
    if not found:
        names = ", ".join(cells)[:200]
        raise SourceRefused(
            f"{source.name}: no station lies in or near a cell of {server.dataset} that has data ({names})",
            "Check the positions in `stations`: latitude first, then longitude.",
        )
    last = question.grid.last
    stations = {name: {"last": last.date().isoformat(), "cell": cell} for name, cell in found.items()}
    new_cursor = {"last": last.isoformat(), "stations": stations}
    return Fetched(tuple(question.payloads), new_cursor, is_part=bool(known))


def variables_of(grid: Grid) -> tuple[str, ...]:
    """The variables that are read: those of the three that the dataset has, and the first alert level that it has."""
    measured = [name for name in VARIABLES if name in grid.variables]
    return (*measured, *[name for name in LEVELS if name in grid.variables][:1])


def parse_grid(source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
    """The days of each station as rows of `heat_stress`, and a notice for each station that is left out."""
    options = options_of(source)
    info = next(payload for payload in payloads if payload.meta["kind"] == INFO)
    grid = read_info(info.path, f"{source.name}: {info.name}")
    variables = variables_of(grid)
    for name, position in options.stations.items():
        own = [payload for payload in payloads if payload.meta.get("station") == name]
        days = [payload for payload in own if payload.meta["kind"] == DAYS]
        if not days:
            yield Notice(f"{source.name}: {_left_out(name, position, grid)}")
            continue
        station = Station(name, str(source.site_of(name)), position, options.scale)
        seen: set[int] = set()
        for payload in days:
            yield from days_of_station(payload.path, f"{source.name}: {payload.name}", variables, station, seen)
        missing = max(seen) - min(seen) + 1 - len(seen) if seen else 0
        if missing or not seen:
            told = f"{missing:,} days without a number" if seen else "no day has a number"
            yield Notice(f"{source.name}: {name[:80]}: {told}; they stay missing")


def _left_out(name: str, position: Position, grid: Grid) -> str:
    if grid.place(*position):
        return f"the station {name[:80]} is left out: no cell within {CELLS_AROUND} cells of it has data"
    ends = [f"{axis.lowest:g} to {axis.highest:g}" for axis in (grid.latitude, grid.longitude)]
    return f"the station {name[:80]} is left out: it lies outside latitudes {ends[0]} and longitudes {ends[1]}"


class _Question:
    """What is asked of one dataset in one pull, and the answers so far."""

    def __init__(self, source: Source, options: Options, server: Server, workspace: Path) -> None:
        self._source, self._options, self._server, self._workspace = source, options, server, workspace
        self.payloads: list[Payload] = []
        info = workspace / "info.csv"
        server.info(info)
        self.payloads.append(Payload("info", info, {"kind": INFO}))
        where = f"{source.name}: the description of {server.dataset}"
        self.grid = read_info(info, where)
        # Each year up to the last day is a question of its own.
        if self.grid.last > datetime.now(UTC) + AHEAD_MAX:
            raise SourceChanged(f"{where} has a last day that lies ahead, {self.grid.last:%Y-%m-%d}")
        self._variables = variables_of(self.grid)
        if NEEDED not in self._variables:
            has = ", ".join(self.grid.variables[:20]) or "none"
            raise SourceRefused(
                f"{source.name}: {server.dataset} has no daily variable {NEEDED}; it has: {has}"[:500],
                "Check the id at the end of `location`, such as NOAA_DHW.",
            )

    def ask(self, station: str, known: Mapping[str, Any] | None) -> list[float] | None:
        """The cell of a station, whose days are then among the answers; None where there is none with data."""
        position = self._options.stations[station]
        if known:
            cell = tuple(known["cell"])
            first = date.fromisoformat(known["last"]) - timedelta(days=CHANGING_DAYS)
        else:
            cell, first = self._cell(station, position), self._first()
        if cell is None:
            return None
        place = self.grid.place(*cell)
        if place is None:
            raise SourceRefused(
                f"{self._source.name}: {self._server.dataset} no longer reaches the cell of {station[:80]}",
                "Read it anew: `python ingest.py pull --again`.",
            )
        for start, end in years(self.grid, max(first, self._first())):
            self._save(DAYS, station, start, end, place, 0)
        return list(cell)

    def _cell(self, station: str, position: Position) -> Position | None:
        place = self.grid.place(*position)
        if place is None:
            return None
        last = self.grid.last
        box = self._save(BOX, station, last, last, place, CELLS_AROUND)
        cells = cells_with_data(box.path, f"{self._source.name}: {box.name}", self._variables)
        return min(cells, key=lambda cell: (distance_km(position, cell), cell), default=None)

    def _first(self) -> date:
        first = self._options.first or self.grid.last.date() - timedelta(days=round(365.25 * DEFAULT_YEARS))
        if first > self.grid.last.date():
            ends = f"{self.grid.last:%Y-%m-%d}"
            message = f"{self._source.name}: `from` is after the last day of {self._server.dataset}, {ends}"
            raise SourceRefused(message, "Set `from` to an earlier day.")
        return first

    def _save(
        self, kind: str, station: str, first: datetime, last: datetime, place: tuple[float, float], cells: int
    ) -> Payload:
        into = self._workspace / f"{len(self.payloads)}.csv"
        self._server.cells(self._variables, constraint(self.grid, first, last, place, cells), into)
        # Names of stations may begin alike, and an answer whose name is taken would not be kept.
        name = f"{len(self.payloads)}: {station[:80]}, {kind} from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
        payload = Payload(name, into, {"kind": kind, "station": station})
        self.payloads.append(payload)
        return payload


def _is_position(value: Any) -> bool:
    is_pair = isinstance(value, list | tuple) and len(value) == 2
    if not is_pair or not all(isinstance(part, int | float) and not isinstance(part, bool) for part in value):
        return False
    return all(map(math.isfinite, value)) and abs(value[0]) <= 90 and -180 <= value[1] <= 360


def _first(source: Source) -> date | None:
    given = source.options.get("from")
    if isinstance(given, str):
        try:
            given = date.fromisoformat(given)
        except ValueError:
            given = ""
    if given is not None and (not isinstance(given, date) or isinstance(given, datetime)):
        raise refused(source, "from", "a day", "1985-04-01")
    return given
