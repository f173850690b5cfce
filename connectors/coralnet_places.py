"""Where and when an image of CoralNet was taken: by the columns of its file, or by the parts of its name."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from connectors.base import Notice, Source
from connectors.coralnet_files import Line, Table, cell, number_of
from connectors.options import refused

STATION_COLUMN = "station_column"
IMAGE_NAME = "image_name"
PARTS = ("station", "date", "depth")
EXAMPLE = r"'(?P<station>[A-Za-z]+)_(?P<date>\d{8})'"
# Longer names are no names of files. A careless expression can be slow even so; it is the operator's own.
NAME_MAX_CHARACTERS = 255
DEPTH = re.compile(r"(\d+(?:\.\d+)?)\s*m?(?:et(?:er|re)s?)?", re.IGNORECASE)


@dataclass(frozen=True)
class PlaceOptions:
    """The options that say where station, day and depth stand; `is_station_asked` where the column was named."""

    station_column: str
    is_station_asked: bool
    image_name: re.Pattern[str] | None


def place_options(source: Source) -> PlaceOptions:
    """Reads `station_column` and `image_name`; raises SourceRefused when one cannot be used."""
    asked = source.options.get(STATION_COLUMN, "Site")
    if not isinstance(asked, str) or not asked.strip():
        raise refused(source, STATION_COLUMN, "the name of a column", '"Site"')
    return PlaceOptions(asked, STATION_COLUMN in source.options, _expression(source))


def _expression(source: Source) -> re.Pattern[str] | None:
    given = source.options.get(IMAGE_NAME)
    if given is None:
        return None
    try:
        expression = re.compile(given) if isinstance(given, str) else None
    except (re.error, OverflowError, RecursionError):
        expression = None
    if expression is None or not expression.groupindex or not set(expression.groupindex) <= set(PARTS):
        needed = "a regular expression with groups named station, date or depth"
        raise refused(source, IMAGE_NAME, needed, EXAMPLE)
    return expression


class Places:
    """Where and when the image of a row was taken, with a count of what could not be read.

    A part of the image's name counts where the file has no column for it, or the column is blank in that row.
    """

    def __init__(self, options: PlaceOptions, table: Table) -> None:
        self._options = options
        self._table = table
        self._name = table.place("Image name", "Name")
        self._station = table.place(options.station_column)
        self._places = {name: table.place(name) for name in ("Date", "Depth", "Latitude", "Longitude")}
        self._unread = dict.fromkeys(self._places, 0)
        self._unmatched_names = 0

    def __call__(self, line: Line) -> dict[str, Any]:
        parts = self._parts(line)
        return {
            "station": cell(line, self._station) or parts.get("station"),
            "surveyed_on": self._value(line, "Date", day_of, parts.get("date")),
            "depth_m": self._value(line, "Depth", depth_m_of, parts.get("depth")),
            "latitude": self._value(line, "Latitude", lambda text: _degrees(text, 90)),
            "longitude": self._value(line, "Longitude", lambda text: _degrees(text, 180)),
        }

    def _parts(self, line: Line) -> dict[str, str | None]:
        """What the name of the image says; nothing when the expression does not fit it."""
        if self._options.image_name is None:
            return {}
        match = self._options.image_name.search(cell(line, self._name)[:NAME_MAX_CHARACTERS])
        if match is None:
            self._unmatched_names += 1
            return {}
        return {part: (text or "").strip() or None for part, text in match.groupdict().items()}

    def _value(self, line: Line, name: str, read: Callable[[str], Any], from_name: str | None = None) -> Any:
        text = cell(line, self._places[name]) or from_name
        value = read(text) if text else None
        self._unread[name] += bool(text) and value is None
        return value

    def notices(self) -> Iterator[Notice]:
        """What was missing or could not be read, after all rows."""
        where = self._table.where
        if self._station is None and self._options.is_station_asked:
            yield Notice(f"{where} has no column {self._options.station_column} that names the station")
        if self._unmatched_names:
            yield Notice(f"{where}: {self._unmatched_names} images have a name that `{IMAGE_NAME}` does not fit")
        for name, count in self._unread.items():
            if count:
                yield Notice(f"{where}: {name} could not be read and is left empty: {count} images")


def day_of(text: str) -> date | None:
    """A day written as 2024-12-31 or 20241231, with or without a time behind it; None for anything else."""
    match = re.match(r"\d{4}-\d\d-\d\d|\d{8}(?!\d)", text)
    try:
        return date.fromisoformat(match[0]) if match else None
    except ValueError:
        return None


def depth_m_of(text: str) -> float | None:
    """Metres, with or without the unit; None for anything else."""
    match = DEPTH.fullmatch(text)
    return number_of(match[1]) if match else None


def _degrees(text: str, limit: int) -> float | None:
    number = number_of(text)
    return number if number is not None and abs(number) <= limit else None
