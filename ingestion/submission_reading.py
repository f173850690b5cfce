"""Reads a file that somebody hands in, whatever it is, without storing it: row by row, or why it cannot be read."""

import io
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors import registry
from connectors.assessment_rows import is_rated, says_more
from connectors.assessment_template import HELD_BY, INDICATOR, READ
from connectors.base import Parsed, Refusal, Rows, Source
from connectors.errors import SourceError
from connectors.filled_template import Filled, read_filled
from connectors.package_places import ZIP_ERRORS
from connectors.small_csv import Row
from connectors.zip_members import is_bounded
from ingestion.staging import Staging
from ingestion.submission_source import CONNECTOR
from ingestion.submission_text import clean

MOST_BYTES = 20_000_000
# A filled template unpacks to less than one; the connector would read hundreds, minutes long.
MOST_UNPACKED_BYTES = 40_000_000
MOST_ROWS = 20_000
# Lines are counted before they are read, since millions of short ones would fill the memory; a cell may have several.
MOST_LINES = 5 * MOST_ROWS
ZIP = b"PK"
WORKBOOK_PART = "[Content_Types].xml"
SHEETS = "xl/worksheets/"
MACROS = "vbaproject.bin"
SOURCE_NAME = "Handed in"
STEM = "assessment"
ROLE_COLUMNS = ("role", "reviewed_by", "assessor_role")
LONGEST_VALUE = 60
LONGEST_ID = 100


@dataclass(frozen=True)
class Line:
    """One row of the file; `values` are those of the rating that it gives, None where it gives none.

    `reason` says why it is refused, and is empty where it is not.
    """

    row: int
    indicator_id: str
    role: str
    rating: str
    values: Mapping[str, Any] | None = None
    reason: str = ""


@dataclass(frozen=True)
class Reading:
    """What a file says: its rows in their order, its assessments by id, and what is odd or wrong with the whole."""

    lines: tuple[Line, ...] = ()
    assessments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class _Unfit(Exception):
    """The file as a whole cannot be taken; the message is for whoever handed it in."""


def read(content: bytes) -> Reading:
    """Read a workbook or CSV table of the Green List template; trouble of any kind is a problem in words."""
    try:
        return _read(content)
    except _Unfit as unfit:
        return Reading(problems=(str(unfit),))
    except SourceError as error:
        # Where a connector gives no advice of its own, its kind's is about network.toml.
        advice = error.advice if error.advice != type(error).advice else ""
        told = str(error)
        for name in (suffix_of(content), ""):
            told = told.replace(f"{SOURCE_NAME}: {STEM}{name}", "The file")
        return Reading(problems=(f"{told.removeprefix(f'{SOURCE_NAME}: ')}. {advice}".replace("..", ".").strip(),))
    except Exception as error:
        # The file is a stranger's, so anything may be wrong with it.
        return Reading(problems=(f"The file cannot be read ({type(error).__name__}).",))


def suffix_of(content: bytes) -> str:
    """How a file with this content is called in the end; what its sender calls it does not matter."""
    return ".xlsx" if content.startswith(ZIP) else ".csv"


def _read(content: bytes) -> Reading:
    _look_at(content)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / f"{STEM}{suffix_of(content)}"
        path.write_bytes(content)
        table = _only_table(path)
        connector = registry.connector(CONNECTOR)
        source = Source(SOURCE_NAME, CONNECTOR, str(path))
        workspace = folder / "fetched"
        workspace.mkdir()
        parsed = list(connector.parse(source, connector.fetch(source, {}, workspace).payloads))
        staging = Staging(folder / "staged")
        staging.fill(parsed)
        assessments = {row["assessment_id"]: _tidy(row) for row in staging.table("assessments").to_pylist()}
    if odd := [one for one, row in assessments.items() if row["assessment_id"] != one or len(one) > LONGEST_ID]:
        raise _Unfit(f"An assessment_id has letters that cannot be seen, or more than {LONGEST_ID}: {odd[0][:40]!r}.")
    ratings = _ratings_by_row(parsed)
    reasons = _reasons_by_row(staging.refusals)
    lines = (_line(row, ratings.get(row.line), reasons.get(row.line, ""), assessments) for row in table.rows)
    return Reading(tuple(lines), assessments, tuple(staging.notices))


def _look_at(content: bytes) -> None:
    """Turn away what need not be opened."""
    if not content:
        raise _Unfit("The file is empty.")
    if len(content) > MOST_BYTES:
        raise _Unfit(f"The file is larger than {MOST_BYTES / 1e6:.0f} MB.")
    if not content.startswith(ZIP):
        if content.count(b"\n") + content.count(b"\r") > 2 * MOST_LINES:
            raise _Unfit(f"The file holds more than {MOST_ROWS:,} rows.")
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _look_into(archive)
    except ZIP_ERRORS as error:
        raise _Unfit("The file is damaged: it cannot be opened as an Excel workbook. Save it again.") from error


def _look_into(archive: zipfile.ZipFile) -> None:
    """Turn away a zip that is no workbook, or more than a filled template can be."""
    parts = archive.infolist()
    names = [part.filename.lower() for part in parts]
    if WORKBOOK_PART.lower() not in names:
        raise _Unfit("The file is a zip archive and no Excel workbook. Hand in the workbook itself.")
    if sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
        raise _Unfit(f"The workbook is larger than {MOST_UNPACKED_BYTES / 1e6:.0f} MB when unpacked.")
    if not all(map(is_bounded, parts)):
        raise _Unfit("The workbook is compressed in a way that Excel does not know. Save it again.")
    if any(name.endswith(MACROS) for name in names):
        raise _Unfit("The workbook holds macros, which are not taken. Save it as .xlsx (without macros).")
    if _rows_of(archive) > MOST_LINES:
        raise _Unfit(f"The workbook holds more than {MOST_ROWS:,} rows.")


def _rows_of(archive: zipfile.ZipFile) -> int:
    """How many rows the largest sheet of a workbook may have, counted without reading it as one."""
    sheets = [name for name in archive.namelist() if name.lower().startswith(SHEETS)]
    return max((archive.read(name).count(b"<row") for name in sheets), default=0)


def _only_table(path: Path) -> Filled:
    """The one filled sheet: with two of them a row number would not tell where a row stands."""
    every = read_filled(path, path.name, SOURCE_NAME, READ, INDICATOR)
    tables = [table for table in every if any(says_more(row.cells) for row in table.rows)]
    if not tables:
        raise _Unfit("No row is filled in.")
    if len(tables) > 1:
        sheets = "; ".join(table.where.removeprefix(f"{path.name}, ") for table in tables)
        raise _Unfit(f"More than one sheet is filled in ({sheets[:200]}). Hand in one sheet at a time.")
    if len(tables[0].rows) > MOST_ROWS:
        raise _Unfit(f"The file holds more than {MOST_ROWS:,} rows.")
    if any(row.cells[HELD_BY].strip() for row in tables[0].rows):
        raise _Unfit(f"The file has a column {HELD_BY}, which the store writes for itself. Leave it out.")
    return tables[0]


def _ratings_by_row(parsed: Iterable[Parsed]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for item in parsed:
        if isinstance(item, Rows) and item.table == "ratings":
            found.update(zip(item.numbers.to_pylist(), item.rows.to_pylist(), strict=True))
    return found


def _reasons_by_row(refusals: Iterable[Refusal]) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for refusal in refusals:
        value = f" {str(refusal.value)[:LONGEST_VALUE]!r}" if refusal.value else ""
        found.setdefault(refusal.row, []).append(f"{refusal.field}{value}: {refusal.reason}")
    return {row: "; ".join(dict.fromkeys(reasons)) for row, reasons in found.items()}


def _line(row: Row, values: Mapping[str, Any] | None, reason: str, assessments: Mapping[str, Any]) -> Line:
    cells = row.cells
    if values and not reason and values["assessment_id"] not in assessments:
        reason = f"the assessment {values['assessment_id']} is refused"
    if values and not reason:
        tidy = _tidy(values)
        return Line(row.line, tidy["indicator_id"], tidy["role"], tidy["rating"] or "", tidy)
    if not reason and is_rated(cells):
        reason = "it was not read"
    role = next((text for name in ROLE_COLUMNS if (text := cells[name].strip())), "self")
    return Line(row.line, clean(cells[INDICATOR]), clean(role), clean(cells["rating"]), None, reason)


def _tidy(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: (clean(value) or None) if isinstance(value, str) else value for name, value in values.items()}
