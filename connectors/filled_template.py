"""Reading our templates as people fill them in: CSV files and Excel workbooks, told apart by their first bytes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from connectors.base import raw_json
from connectors.errors import SourceChanged
from connectors.small_csv import Named, Records, Row, name_columns, read_records
from connectors.template import Template
from connectors.workbook import read_workbook

WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
RAW_CHARACTERS = 2_000


@dataclass(frozen=True)
class Filled:
    """One filled table: its rows without the guidance, the headings that it has and those that nobody knows.

    `where` names the file and, of a workbook, its sheet; `is_damaged` means that letters were lost.
    """

    where: str
    rows: tuple[Row, ...]
    columns: frozenset[str]
    unknown: tuple[str, ...]
    is_damaged: bool


def read_filled(path: Path, name: str, source_name: str, template: Template, key: str) -> Iterator[Filled]:
    """The CSV table, or every sheet of a workbook that has the column `key`; the other sheets are passed over.

    Headings match by letters and digits alone. Raises SourceChanged when no table has the column, or one has a column
    twice, and SourceRefused when the workbook cannot be read.
    """
    spellings = {column.name: (_plain(column.name),) for column in template.columns}
    where = f"{source_name}: {name}"
    with path.open("rb") as file:
        is_workbook = file.read(len(WORKBOOKS[0])) in WORKBOOKS
    if not is_workbook:
        read = read_records(path, where)
        yield _filled(name, name_columns(read.records, where, spellings, (key,)), template, read.is_damaged)
        return
    sheets = {sheet: Records(_records(rows)) for sheet, rows in read_workbook(path, where).items()}
    named = {
        sheet: name_columns(read.records, f"{where}, sheet {sheet}", spellings, ()) for sheet, read in sheets.items()
    }
    fitting = {sheet: table for sheet, table in named.items() if key in table.columns}
    if not fitting:
        found = "; ".join(f"{sheet}: {', '.join(table.headings[:20])}"[:400] for sheet, table in named.items())
        raise SourceChanged(f"{where} has no sheet with a column {key}; its headings are: {found}")
    for sheet, table in fitting.items():
        yield _filled(f"{name}, sheet {sheet}", table, template, False)


def raw_of(row: Row) -> str:
    """A row as JSON, by the columns of the template alone: what else stands in it may name people."""
    return raw_json({name: cell for name, cell in row.cells.items() if cell})[:RAW_CHARACTERS]


def _filled(where: str, table: Named, template: Template, is_damaged: bool) -> Filled:
    unknown = tuple(
        heading for heading, column in zip(table.headings, table.columns, strict=True) if heading and column is None
    )
    rows = tuple(row for row in table.rows if any(cell.strip() for cell in row.cells.values()))
    if rows and _is_guidance(rows[0].cells, template):
        rows = rows[1:]
    return Filled(where, rows, frozenset(column for column in table.columns if column), unknown, is_damaged)


def _is_guidance(cells: Mapping[str, str], template: Template) -> bool:
    return all(cells[column.name].strip() in ("", column.hint) for column in template.columns)


def _records(rows: Iterable[list[str]]) -> Iterator[tuple[int, str, list[str]]]:
    return ((number, "", cells) for number, cells in enumerate(rows, 1) if any(cell.strip() for cell in cells))


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
