"""Telling by content which kind of assessment a file holds, and reading it."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from connectors import pame
from connectors.assessment_found import Found
from connectors.assessment_rows import read_rows
from connectors.assessment_template import INDICATOR, READ
from connectors.assessment_values import first_spellings, letters_of
from connectors.base import Notice, Payload, Source
from connectors.errors import SourceChanged, SourceRefused
from connectors.filled_template import WORKBOOKS, Filled, read_filled
from connectors.imet import read_json_file, read_zip
from connectors.mett import MettTable, mett_table, read_scores, site_list
from connectors.package_places import ZIP_ERRORS
from connectors.small_csv import name_columns, read_records
from connectors.workbook import read_workbook

ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
WORKBOOK_PART = "[Content_Types].xml"
JSON_STARTS = (b"{", b"[")
START_BYTES = 200
SHOWN = 20

Records = list[tuple[int, str, list[str]]]


@dataclass
class _Tables:
    """The tables of all files by their kind; filled templates are read together, for they may be one assessment."""

    filled: list[Filled] = field(default_factory=list)
    others: int = 0


def read_files(source: Source, payloads: Sequence[Payload]) -> Found:
    """Everything that the files hold; raises SourceChanged when one is of no known kind, SourceRefused when all are
    empty."""
    found = Found()
    tables = _Tables()
    for payload in payloads:
        _read_file(payload, source, tables, found)
    _tell_odd_columns(tables.filled, found)
    read_rows(tables.filled, source, found)
    if not found.rows_read:
        raise SourceRefused(f"{source.name}: no row is filled in", "Fill in the template, then try again.")
    return found


def _read_file(payload: Payload, source: Source, tables: _Tables, found: Found) -> None:
    where = f"{source.name}: {payload.name}"
    with payload.path.open("rb") as file:
        start = file.read(START_BYTES)
    if start.startswith((ZIP, EMPTY_ZIP)) and not _is_workbook(payload.path):
        read_zip(payload.path, where, payload.name, source, found)
    elif start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(JSON_STARTS):
        read_json_file(payload.path, where, payload.name, source, found)
    else:
        _read_sheets(_sheets(payload.path, where, start), payload, source, tables, found)


def _is_workbook(path: Path) -> bool:
    """Whether a zip says that it is an Office file; a damaged one counts as a workbook, which then says so."""
    try:
        with zipfile.ZipFile(path) as archive:
            return WORKBOOK_PART in archive.namelist()
    except ZIP_ERRORS:
        return True


def _sheets(path: Path, where: str, start: bytes) -> dict[str, Records]:
    """The records of each sheet; those of a CSV file stand under an empty name."""
    if start.startswith(WORKBOOKS):
        return {sheet: _numbered(rows) for sheet, rows in read_workbook(path, where).items()}
    return {"": list(read_records(path, where).records)}


def _numbered(rows: list[list[str]]) -> Records:
    return [(number, "", cells) for number, cells in enumerate(rows, 1) if any(cell.strip() for cell in cells)]


def _read_sheets(sheets: dict[str, Records], payload: Payload, source: Source, tables: _Tables, found: Found) -> None:
    where = f"{source.name}: {payload.name}"
    if any(letters_of(INDICATOR) in _letters(records) for records in sheets.values()):
        tables.filled += read_filled(payload.path, payload.name, source.name, READ, INDICATOR)
        return
    named = {f"{payload.name}, sheet {sheet}" if sheet else payload.name: sheet for sheet in sheets}
    scores = {label: mett_table(sheets[sheet], label, sheet or payload.name) for label, sheet in named.items()}
    _read_scores(scores, {label: sheets[sheet] for label, sheet in named.items()}, source, found)
    lists = {label: sheet for label, sheet in named.items() if not scores[label] and _is_pame(sheets[sheet])}
    for label, sheet in lists.items() if not any(scores.values()) else ():
        pame.read_evaluations(_pame_table(sheets[sheet], label), found)
    if not lists and not any(scores.values()):
        headings = "; ".join(
            ", ".join(cell.strip()[:40] for cell in records[0][2][:SHOWN]) for records in sheets.values() if records
        )
        raise SourceChanged(
            f"{where} is no table of assessments: it has neither the column {INDICATOR} (our template), nor site_id, "
            f"method and year (Protected Planet), nor questions of the METT; its headings are: {headings}"[:1_000],
            "Write an empty table with `python ingest.py template green_list -o FILE.xlsx`.",
        )


def _read_scores(
    scores: dict[str, MettTable | None], records: dict[str, Records], source: Source, found: Found
) -> None:
    """Read the tables of scores, with what the other sheets say of their assessments."""
    sites: dict[str, dict[str, str]] = {}
    for label in (label for label, table in scores.items() if not table):
        sites |= site_list(records[label], label)
    for table in filter(None, scores.values()):
        read_scores(table, sites, source, found)


def _letters(records: Records) -> list[str]:
    return [letters_of(cell) for cell in records[0][2]] if records else []


def _is_pame(records: Records) -> bool:
    headings = _letters(records)
    return all(any(spelling in headings for spelling in pame.SPELLINGS[name]) for name in pame.NEEDED)


def _pame_table(records: Records, where: str) -> Filled:
    table = name_columns(records, where, first_spellings(pame.SPELLINGS, records[0][2]), pame.NEEDED)
    return Filled(where, table.rows, frozenset(column for column in table.columns if column), (), False)


def _tell_odd_columns(tables: Sequence[Filled], found: Found) -> None:
    for table in tables:
        if table.unknown:
            names = ", ".join(heading[:40] for heading in table.unknown[:SHOWN])
            text = f"{table.where}: {len(table.unknown)} columns are not of the template and not stored: {names}"
            found.notices.append(Notice(text))
        if table.is_damaged:
            text = f"{table.where}: some letters cannot be read (shown as U+FFFD); save it as CSV UTF-8"
            found.notices.append(Notice(text))
