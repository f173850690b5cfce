"""One gridded dataset on an ERDDAP server: what its axes span, how a part of it is asked for, what an error says.

The protocol is described at https://erddap.github.io/ and by each server at /erddap/griddap/documentation.html.
"""

import csv
import io
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from connectors.address import path_of
from connectors.base import Source
from connectors.errors import SourceChanged, SourceError, SourceRefused, SourceUnavailable
from connectors.http import Client
from connectors.secret import secret_of

LIMIT_BYTES = 20_000_000
SAID_CHARACTERS = 300
AXES = ("time", "latitude", "longitude")
# Seconds from 1970 to 2200 (the years from 1740 on are as many below zero), and degrees with room for rounding.
LARGEST = {"time": 7_258_118_400, "latitude": 91, "longitude": 361}
GRIDDAP = re.compile(r"(?P<base>https?://[^?#]+)/griddap/(?P<dataset>[\w-]+)(\.\w+)?/?", re.ASCII | re.IGNORECASE)
# Axes are often stored as 32-bit numbers, so what lies on the edge may seem just beyond it.
EDGE_STEPS = 0.501


@dataclass(frozen=True)
class Axis:
    """The cell middles of one axis, in degrees: the lowest, the highest, how many, and whether they run downwards."""

    lowest: float
    highest: float
    count: int
    is_descending: bool

    @property
    def step(self) -> float:
        return (self.highest - self.lowest) / (self.count - 1) if self.count > 1 else 0.0

    def has(self, value: float) -> bool:
        """Whether a value lies in one of the cells."""
        return self.lowest - EDGE_STEPS * self.step <= value <= self.highest + EDGE_STEPS * self.step

    def around(self, value: float, cells: int) -> str:
        """The constraint for the cell of a value and as many on either side as `cells`, within the axis."""
        ends = [min(max(value + side * cells * self.step, self.lowest), self.highest) for side in (-1, 1)]
        first, last = reversed(ends) if self.is_descending else ends
        return f"[({round(first, 6)}):1:({round(last, 6)})]" if first != last else f"[({round(first, 6)})]"


@dataclass(frozen=True)
class Grid:
    """A dataset: its first and last moment, its axes, and the variables that lie on all of them."""

    first: datetime
    last: datetime
    latitude: Axis
    longitude: Axis
    variables: tuple[str, ...]

    def place(self, latitude: float, longitude: float) -> tuple[float, float] | None:
        """The position as the grid counts its longitudes, -180 to 180 or 0 to 360; None outside the grid."""
        turned = [longitude + turn for turn in (0, 360, -360) if self.longitude.has(longitude + turn)]
        return (latitude, turned[0]) if turned and self.latitude.has(latitude) else None

    def moment(self, day: date) -> datetime:
        """When the product of a day is dated, within what the dataset has."""
        moment = datetime.combine(day, self.last.time(), UTC)
        return min(max(moment, self.first), self.last)


class Server:
    """The server of one source, asked one question at a time; use it as a context manager.

    Raises SourceUnavailable, SourceRefused or SourceChanged with what the server said.
    """

    def __init__(self, source: Source, may_redirect_to: Collection[str]) -> None:
        self._source = source
        base, self.dataset = dataset_of(source)
        self._client = Client(
            source.name, base, secret_of(source), may_redirect_to=may_redirect_to, explain=self._explained
        )

    def __enter__(self) -> "Server":
        self._client.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self._client.__exit__(*exception)

    def info(self, into: Path) -> None:
        """Save the description of the dataset."""
        self._save(f"info/{self.dataset}/index.csv", into)

    def cells(self, variables: Sequence[str], constraint: str, into: Path) -> None:
        """Save the variables of the cells of one constraint as CSV, its second line the units."""
        asked = ",".join(variable + constraint for variable in variables)
        # Brackets are encoded, because strict servers refuse them.
        self._save(f"griddap/{self.dataset}.csv?{quote(asked, safe='(),:')}", into)

    def _save(self, path: str, into: Path) -> None:
        self._client.download(path, into, limit_bytes=LIMIT_BYTES)
        with into.open("rb") as file:
            start = file.read(SAID_CHARACTERS * 4)
        if error := self._explained(200, start):
            raise error

    def _explained(self, status: int, start: bytes) -> SourceError | None:
        """The error that the body of an answer tells, None when it is not in ERDDAP's form."""
        body = start.decode(errors="replace")
        if not re.match(r"\s*Error \{", body):
            return None
        status = int(match[1]) if (match := re.search(r"code=(\d{3});", body)) else status
        match = re.search(r'message="(.*?)"?(;\s*\}\s*)?$', body, re.DOTALL)
        said = " ".join((match[1] if match else body).replace('\\"', '"').split())[:SAID_CHARACTERS]
        return _error(self._source.name, self.dataset, status, said)


def is_griddap(location: str) -> bool:
    """Whether a location is the address of a gridded dataset."""
    return bool(re.match(r"https?://[^?#]*/griddap(/|$)", location, re.IGNORECASE))


def dataset_of(source: Source) -> tuple[str, str]:
    """The server's address and the id of the dataset; raises SourceRefused for any other location."""
    match = GRIDDAP.fullmatch(source.location)
    if not match:
        raise SourceRefused(
            f"{source.name}: its address does not end with the id of a dataset ({path_of(source.location)})",
            "Write it as https://host/erddap/griddap/NOAA_DHW, without a query.",
        )
    return match["base"], match["dataset"]


def read_info(path: Path, where: str) -> Grid:
    """The description that a server gave of a dataset; raises SourceChanged, with what it lacks."""
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    try:
        rows = [row for row in csv.reader(io.StringIO(text), strict=True) if row]
    except csv.Error as error:
        raise SourceChanged(f"{where} cannot be read as a table: {error}") from error
    if not rows or rows[0] != ["Row Type", "Variable Name", "Attribute Name", "Data Type", "Value"]:
        raise SourceChanged(f"{where} is no description of a dataset: its headings are {json.dumps(rows[:1])[:200]}")
    told = {tuple(row[:3]): row[4] for row in rows[1:] if len(row) > 4}
    ranges = [_range(told, name, where) for name in AXES]
    first, last = (datetime.fromtimestamp(seconds, UTC) for seconds in sorted(ranges[0]))
    variables = [name for (kind, name, _), dimensions in told.items() if kind == "variable" and _is_daily(dimensions)]
    latitude, longitude = (_axis(told, name, ends) for name, ends in zip(AXES[1:], ranges[1:], strict=True))
    return Grid(first, last, latitude, longitude, tuple(variables))


def constraint(grid: Grid, first: datetime, last: datetime, place: tuple[float, float], cells: int) -> str:
    """What to ask for: the moments from `first` to `last`, and the cells around a place of the grid."""
    moments = f"[({first:%Y-%m-%dT%H:%M:%SZ}):1:({last:%Y-%m-%dT%H:%M:%SZ})]"
    return moments + grid.latitude.around(place[0], cells) + grid.longitude.around(place[1], cells)


def years(grid: Grid, first: date) -> list[tuple[datetime, datetime]]:
    """The moments from a day to the last one in parts of at most a year, as servers slow down larger questions."""
    parts = []
    start = grid.moment(first)
    while start <= grid.last:
        end = min(start + timedelta(days=364), grid.last)
        parts.append((start, end))
        start = end + timedelta(days=1)
    return parts


def _range(told: dict[tuple[str, ...], str], name: str, where: str) -> tuple[float, float]:
    try:
        first, last = map(float, told["attribute", name, "actual_range"].split(","))
    except (KeyError, ValueError) as error:
        raise SourceChanged(f"{where} does not tell the actual_range of the axis {name}") from error
    # A comparison with NaN is false.
    if not all(abs(end) <= LARGEST[name] for end in (first, last)):
        raise SourceChanged(f"{where} has an impossible actual_range of the axis {name}: {first:g}, {last:g}")
    return first, last


def _axis(told: dict[tuple[str, ...], str], name: str, ends: tuple[float, float]) -> Axis:
    """The range is written as first and last, or as lowest and highest; the spacing tells the direction for sure."""
    described = told.get(("dimension", name, ""), "")
    spacing = re.search(r"averageSpacing=(-?)", described)
    is_descending = bool(spacing[1]) if spacing else ends[0] > ends[1]
    count = re.search(r"nValues=(\d{1,9})(?!\d)", described)
    return Axis(min(ends), max(ends), int(count[1]) if count else 1, is_descending)


def _is_daily(dimensions: str) -> bool:
    return tuple(part.strip() for part in dimensions.split(",")) == AXES


def _error(source_name: str, dataset: str, status: int, said: str) -> SourceError:
    if "unknown datasetID" in said:
        advice = "Check the id at the end of `location`; a server also forgets a dataset for a while as it loads it."
        return SourceRefused(f"{source_name}: the server knows no dataset {dataset}", advice)
    if "axis#0=time" in said:
        return SourceUnavailable(f"{source_name}: the days of {dataset} changed while they were read ({said})")
    if status == 413:
        return SourceRefused(
            f"{source_name}: the server finds too much asked of {dataset} ({said})", "Set `from` later."
        )
    if status in (408, 429) or (status >= 500 and not re.search("query error|unrecognized", said, re.IGNORECASE)):
        return SourceUnavailable(f"{source_name}: the server failed at {dataset} ({status}: {said})")
    return SourceChanged(f"{source_name}: the server did not understand what was asked of {dataset} ({status}: {said})")
