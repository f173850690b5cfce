"""What an attacker does with all that reached a browser: each attack gives what it found, nothing where all is well."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from data.access import FEWEST_SHOWN
from tests.leak.hidden import Hidden, held

# Counts of rows that are told in cells, each with the column that says that the cell was made coarser.
COUNTS = ("detections", "alerts", "incidents")
EPOCHS = {"ns": 1, "us": 1_000, "ms": 1_000_000}
MONTH = re.compile(r"\d{4}-\d{2}")


def positions(received: bytes, places: pd.DataFrame) -> list[str]:
    """Which of the places (latitude, longitude) the bytes hold, as text or as numbers."""
    found = Hidden(places, []).positions_in(received)
    return [f"{found} of {len(places)} places"] if found else []


def edges(places: pd.DataFrame) -> pd.DataFrame:
    """What a map that fits itself to true places tells of them: middle, mean, median and corners of each group."""
    rows = []
    for _, group in places.groupby("group"):
        axes = group[["latitude", "longitude"]].dropna()
        if len(axes) > 1:
            middle = (axes.min() + axes.max()) / 2
            rows += [middle, axes.mean(), axes.median(), axes.min(), axes.max()]
    return pd.DataFrame(rows, columns=["latitude", "longitude"]).drop_duplicates(ignore_index=True)


def words(received: bytes, hidden: Iterable[str]) -> list[str]:
    """Which names and identifiers the bytes hold."""
    return [word for word in hidden if word.encode() in received]


def moments(received: bytes, times: pd.Series) -> list[str]:
    """Which moments the bytes hold, as a reader writes them, or as numbers since 1970 in any usual unit."""
    found = pd.Series(False, index=times.index)
    since = times.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[ns]")
    for pattern in ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"):
        known = set(re.findall(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d", received))
        found |= since.dt.strftime(pattern).map(lambda text: text.encode() in known)  # noqa: B023
    numbers = since.astype("int64")
    for size in EPOCHS.values():
        found |= held(received, numbers // size, "<i8")
        found |= held(received, (numbers // size).astype("float64"), "<f8")
    return [str(time) for time in times[found]]


@dataclass(frozen=True)
class Cell:
    """One count of a table, with what it counts and whether the table says that it was made coarser."""

    table: str
    of: tuple[str, ...]
    count: int
    is_masked: bool


def cells(tables: Mapping[str, bytes]) -> list[Cell]:
    """The counts in tables that were downloaded as CSV, by the name of each table."""
    found = []
    for name, content in tables.items():
        lines = (line for line in content.decode("utf-8-sig").splitlines() if not line.startswith("#"))
        for row in csv.DictReader(io.StringIO("\n".join(lines))):
            of = tuple(row.get(key) or "" for key in ("site_id", "month", "quarter", "kind", "scientific_name"))
            found += [
                Cell(name, of, int(row[column]), bool(row["masking"]))
                for column in COUNTS
                if row.get(column, "").isdigit() and "masking" in row
            ]
    return found


def few(found: Sequence[Cell], open_names: Sequence[str]) -> list[str]:
    """Cells that tell of so few that one of them can be told: masked ones, and taxa that are not open to anybody."""
    return [
        f"{cell.table} {' '.join(cell.of)}: {cell.count}"
        for cell in found
        if 0 < cell.count < FEWEST_SHOWN and (cell.is_masked or (cell.of[-1] and cell.of[-1] not in open_names))
    ]


def subtracted(wider: Sequence[Cell], narrower: Sequence[Cell], open_names: Sequence[str]) -> list[str]:
    """What two answers to overlapping questions tell together: the few that are in the wider one alone."""
    known = {(cell.table, cell.of[0], cell.of[3], cell.of[4]): 0 for cell in wider}
    left = dict(known)
    for cells_of, sign in ((wider, 1), (narrower, -1)):
        for cell in cells_of:
            key = (cell.table, cell.of[0], cell.of[3], cell.of[4])
            if cell.is_masked or (cell.of[-1] and cell.of[-1] not in open_names):
                left[key] = left.get(key, 0) + sign * cell.count
    return [f"{' '.join(key)}: {count}" for key, count in left.items() if 0 < abs(count) < FEWEST_SHOWN]
