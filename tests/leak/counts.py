"""What an attacker does with counts: look for cells of few, and take the answer to one question from another's."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.access import FEWEST_SHOWN

# Counts of rows that are told in cells, and of parts of them; beside them a column says that the cell was made coarser.
COUNTS = ("detections", "individuals", "machine_only", "alerts", "confirmed", "false_alarms", "incidents")


@dataclass(frozen=True)
class Cell:
    """One count of a table, with what it counts and whether the table says that it was made coarser."""

    table: str
    of: tuple[str, ...]
    what: str
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
                Cell(name, of, column, int(row[column]), bool(row["masking"]))
                for column in COUNTS
                if row.get(column, "").isdigit() and "masking" in row
            ]
    return found


def few(found: Sequence[Cell], open_names: Sequence[str]) -> list[str]:
    """Cells that tell of so few that one of them can be told: masked ones, and taxa that are not open to anybody."""
    return [
        f"{cell.table} {' '.join(cell.of)}: {cell.count} {cell.what}"
        for cell in found
        if 0 < cell.count < FEWEST_SHOWN and (cell.is_masked or (cell.of[-1] and cell.of[-1] not in open_names))
    ]


def subtracted(wider: Sequence[Cell], narrower: Sequence[Cell], open_names: Sequence[str]) -> list[str]:
    """What two answers to overlapping questions tell together: the few that are in the wider one alone."""
    left: dict[tuple[str, ...], int] = {}
    for cells_of, sign in ((wider, 1), (narrower, -1)):
        for cell in cells_of:
            key = (cell.table, cell.of[0], cell.of[3], cell.of[4], cell.what)
            if cell.is_masked or (cell.of[-1] and cell.of[-1] not in open_names):
                left[key] = left.get(key, 0) + sign * cell.count
    return [f"{' '.join(key)}: {count}" for key, count in left.items() if 0 < abs(count) < FEWEST_SHOWN]
