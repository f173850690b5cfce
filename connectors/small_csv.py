"""Reading small tables made by hand, where the line number and the text of a wrong row matter.

Large exports are read in blocks elsewhere; here the whole file is in memory.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from connectors.errors import SourceChanged

LIMIT_BYTES = 20_000_000
DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Row:
    """One row: the line on which it ends (the heading is line 1), its text, and its cells by column.

    A column that the file does not have, and a cell that the row does not have, is an empty text.
    `surplus` are the cells beyond the last column.
    """

    line: int
    raw: str
    cells: Mapping[str, str]
    surplus: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A whole table with its delimiter and the column that stands last; `is_damaged` if letters were lost."""

    rows: tuple[Row, ...]
    delimiter: str
    last_column: str | None
    is_damaged: bool


@dataclass(frozen=True)
class Records:
    """The records of a table before its headings are known: of each the line on which it ends, its text, its cells."""

    records: Iterable[tuple[int, str, list[str]]]
    delimiter: str = ""
    is_damaged: bool = False


@dataclass(frozen=True)
class Named:
    """Rows by column, the column of each heading (None where it is not known), and the headings as written."""

    rows: tuple[Row, ...]
    columns: tuple[str | None, ...]
    headings: tuple[str, ...]


def read_small_csv(
    path: Path, source_name: str, spellings: Mapping[str, tuple[str, ...]], required: tuple[str, ...]
) -> Sheet:
    """Read a CSV file with `,`, `;` or tab; `spellings` gives the headings that stand for each column.

    Headings match by letters and digits alone. Bytes that are not UTF-8 become U+FFFD. Blank rows are skipped.
    Raises SourceChanged when the file is not such a table, or one of the `required` columns is missing.
    """
    where = f"{source_name}: {path.name}"
    read = read_records(path, where)
    named = name_columns(read.records, where, spellings, required)
    if not named.rows:
        raise SourceChanged(f"{where} has headings but no row", "Send the list again, complete.")
    return Sheet(named.rows, read.delimiter, named.columns[-1], read.is_damaged)


def read_records(path: Path, where: str) -> Records:
    """The records of a CSV file, blank ones left out; `where` begins every message.

    Raises SourceChanged when it is no text, and while the records are read when a quotation mark is not closed.
    """
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    if "\0" in text:
        raise SourceChanged(f"{where} is not a text file", "Save the table as CSV UTF-8.")
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    return Records(_records(text, delimiter, where), delimiter, "\N{REPLACEMENT CHARACTER}" in text)


def name_columns(
    records: Iterable[tuple[int, str, list[str]]],
    where: str,
    spellings: Mapping[str, tuple[str, ...]],
    required: tuple[str, ...],
) -> Named:
    """The rows of a table whose first record holds its headings; raises SourceChanged as `read_small_csv` does."""
    rest = iter(records)
    heading = next(rest, (1, "", []))[2]
    columns = _columns(heading, spellings, required, where)
    rows = tuple(_row(line, raw, cells, columns, spellings) for line, raw, cells in rest)
    return Named(rows, tuple(columns), tuple(cell.strip() for cell in heading))


def _records(text: str, delimiter: str, where: str) -> Iterator[tuple[int, str, list[str]]]:
    lines = list(io.StringIO(text, newline=""))
    # Strict, because a quote that is never closed would otherwise swallow the rest of the file.
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    first = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, "".join(lines[first : reader.line_num]).rstrip("\r\n"), cells
            first = reader.line_num
    except csv.Error as error:
        raise SourceChanged(
            f"{where} cannot be read from line {first + 1} on: {error}",
            "Look for a quotation mark in that line that is not closed.",
        ) from error


def _columns(
    heading: list[str], spellings: Mapping[str, tuple[str, ...]], required: tuple[str, ...], where: str
) -> list[str | None]:
    column_of = {spelling: column for column, known in spellings.items() for spelling in known}
    columns = [column_of.get("".join(letter for letter in cell.lower() if letter.isalnum())) for cell in heading]
    for column in spellings:
        if columns.count(column) > 1:
            raise SourceChanged(f"{where} has more than one column for {column}", "Keep one of them.")
        if column in required and column not in columns:
            found = ", ".join(cell.strip()[:40] for cell in heading[:20]) or "nothing"
            raise SourceChanged(f"{where} has no column {column}; its headings are: {found}")
    return columns


def _row(
    line: int, raw: str, cells: list[str], columns: list[str | None], spellings: Mapping[str, tuple[str, ...]]
) -> Row:
    surplus = cells[len(columns) :]
    while surplus and not surplus[-1].strip():
        surplus.pop()
    named = dict.fromkeys(spellings, "")
    named |= {column: cell for column, cell in zip(columns, cells, strict=False) if column}
    return Row(line, raw, named, tuple(surplus))
