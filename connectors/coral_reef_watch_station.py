"""The text file of one virtual station of NOAA Coral Reef Watch: a heading of some lines, then one line per day.

The days begin below the line `YYYY MM DD SST_MIN ...`, wherever it stands. The dates of the heading are written year,
day, month. The zeros of the degree heating weeks and of the alert level before their first valid dates are no data.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.base import Refusal
from connectors.columns import mapped
from connectors.errors import SourceChanged
from connectors.tabular import RAW_CHARACTERS, WHOLE_ROW, Block
from connectors.values import WrongValue, read_number
from data.schema import DAY

OWN_NAMES = {
    "day": "YYYY MM DD",
    "sst_c": "SST@90th_HS",
    "hotspot_c": "90th_HS>0",
    "dhw_c_weeks": "DHW_from_90th_HS>1",
    "alert_level": "BAA_7day_max",
}
DATE_COLUMNS = 3
FIRST_YEAR, LAST_YEAR = 1900, 2199


@dataclass(frozen=True)
class Station:
    """The heading of a file: the station, its middle (degrees, None where not given) and its first valid dates."""

    name: str
    latitude: float | None
    longitude: float | None
    dhw_valid_from: date
    alert_valid_from: date


@dataclass(frozen=True)
class StationFile:
    """One file: its station, its days as a block of text, and the lines that have too many or too few cells."""

    station: Station
    days: Block
    ragged: tuple[Refusal, ...]


def read_station_file(path: Path, where: str) -> StationFile:
    """Read one station file; `where` begins every message.

    Raises SourceChanged when it is no such file, or its heading lacks the name or a first valid date.
    """
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    lines = text.splitlines()
    start = next((place for place, line in enumerate(lines) if re.match(r"\s*YYYY\s+MM\s+DD\b", line)), None)
    if start is None:
        raise SourceChanged(f"{where} has no line that starts with {OWN_NAMES['day']}, so it is no station file")
    station = _station("\n".join(lines[:start]), where)
    names = [OWN_NAMES["day"], *lines[start].split()[DATE_COLUMNS:]]
    for name in OWN_NAMES.values():
        if names.count(name) != 1:
            raise SourceChanged(f"{where} has {names.count(name)} columns {name}; it has: {', '.join(names[:20])}")
    days, ragged = _days(lines, start + 1, names)
    if not len(days) and not ragged:
        raise SourceChanged(f"{where} has a heading but no day")
    return StationFile(station, days, tuple(ragged))


def days_of(text: pa.Array) -> pa.Array:
    """Days written `YYYY MM DD`; empty where there is no such day from 1900 to 2199."""
    return mapped(text, _day, DAY)


def _day(written: str) -> date | None:
    if not re.fullmatch(r"\d{4} \d{1,2} \d{1,2}", written, re.ASCII):
        return None
    year, month, day = map(int, written.split())
    try:
        return date(year, month, day) if FIRST_YEAR <= year <= LAST_YEAR else None
    except ValueError:
        return None


def _days(lines: list[str], first: int, names: list[str]) -> tuple[Block, list[Refusal]]:
    """The days from the line at `first` on, split at blanks, the three cells of the date as one column."""
    text = pc.utf8_trim_whitespace(pa.array(lines[first:], pa.string()))
    numbers = pa.array(range(first + 1, len(lines) + 1), pa.int64())
    is_filled = pc.greater(pc.utf8_length(text), 0)
    text, numbers = text.filter(is_filled), numbers.filter(is_filled)
    cells = pc.utf8_split_whitespace(text)
    width = len(names) + DATE_COLUMNS - 1
    is_whole = pc.equal(pc.list_value_length(cells), width)
    ragged = list(_ragged(text, cells, numbers, pc.invert(is_whole), width))
    flat = pc.list_flatten(cells.filter(is_whole))
    columns = [flat.take(pa.array(np.arange(place, len(flat), width))) for place in range(width)]
    day = pc.binary_join_element_wise(*columns[:DATE_COLUMNS], " ")
    batch = pa.RecordBatch.from_arrays([day, *columns[DATE_COLUMNS:]], names=names)
    return Block(batch, numbers.filter(is_whole), renamed=OWN_NAMES), ragged


def _ragged(text: pa.Array, cells: pa.Array, numbers: pa.Array, is_ragged: pa.Array, width: int) -> Iterator[Refusal]:
    for place in pc.indices_nonzero(is_ragged).to_pylist():
        reason = f"it has {len(cells[place])} cells and the heading has {width}"
        raw = text[place].as_py()[:RAW_CHARACTERS]
        yield Refusal("heat_stress", numbers[place].as_py(), WHOLE_ROW, None, reason, raw)


def _station(heading: str, where: str) -> Station:
    name = _told(heading, "Name")
    if not name:
        raise SourceChanged(f"{where} does not say the Name of its station")
    return Station(
        name,
        _degrees(heading, "Polygon Middle Latitude", 90, where),
        _degrees(heading, "Polygon Middle Longitude", 180, where),
        _first_valid(heading, "First Valid DHW Date", where),
        _first_valid(heading, "First Valid BAA Date", where),
    )


def _told(heading: str, label: str) -> str:
    """What stands behind a label of the heading or on the next line that is not blank; empty without the label."""
    match = re.search(rf"^\s*{label}\s*:\s*([^:\n]+)$", heading, re.MULTILINE | re.IGNORECASE)
    return match[1].strip() if match else ""


def _degrees(heading: str, label: str, limit: float, where: str) -> float | None:
    try:
        return read_number(label, _told(heading, label), -limit, limit)
    except WrongValue as wrong:
        raise SourceChanged(f"{where} has a {label} that cannot be used: {wrong.reason}") from wrong


def _first_valid(heading: str, label: str, where: str) -> date:
    match = re.fullmatch(r"(\d{4})\s+(\d{1,2})\s+(\d{1,2})", _told(heading, label), re.ASCII)
    year_month_day = f"{match[1]} {match[3]} {match[2]}" if match else ""
    first = _day(year_month_day)
    if first is None:
        raise SourceChanged(f"{where} has no {label} written as year, day, month")
    return first
