"""Excel workbooks (.xlsx) as rows of text, so that a sheet is read as a CSV file is."""

import warnings
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, BinaryIO
from xml.parsers import expat

import openpyxl

from connectors.errors import SourceRefused
from connectors.zip_members import is_bounded

ADVICE = "Open it in Excel or LibreOffice and save it again as .xlsx, or save the sheet as CSV UTF-8."
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0"
ZIPPED_MAX_BYTES = 100_000_000
UNZIPPED_MAX_BYTES = 300_000_000
PARTS_MAX = 10_000
CHUNK_BYTES = 1_000_000
TAG_MAX_BYTES = 2_000_000
ROWS_MAX = 1_000_000
CELLS_MAX = 20_000_000
COLUMNS_MAX = 2_000
# Excel's own limit. One shared text may stand in millions of cells.
CELL_MAX_LETTERS = 32_767
# Elements of one row, or of the parts around the rows, that are in memory at the same time.
ELEMENTS_MAX = 200_000
# A row of a sheet and a shared text, by how deep they stand; each is dropped before the next is read.
ITEMS = ((3, "row"), (2, "si"))
# A cell and a shared text, and the parts of them that hold letters.
CELLS = ("c", "si")
TEXTS = ("t", "v")
# Excel counts in 15 digits, so the digits behind them are noise of a calculation.
NUMBER_DIGITS = 15


def read_workbook(path: Path, where: str) -> dict[str, list[list[str]]]:
    """Every sheet by its name, as rows of cell texts.

    Row 1 stands at position 0 and empty rows between others are kept; empty cells and rows at an end are left out.
    A day is `2026-03-01`, a moment `2026-03-01T08:30:00`, a whole number has no `.0`, an empty cell is an empty text,
    and a formula gives the value that was stored with it. Macros and links to other files are never followed.
    `where` begins every message. Raises SourceRefused when the file is no such workbook or is too large.
    """
    try:
        with path.open("rb") as file:
            _check_start(file, path.stat().st_size, where)
            _check_parts(file, where)
            return _sheets(file, where)
    except SourceRefused:
        raise
    # A damaged part makes openpyxl stumble over any kind of error.
    except Exception as error:
        raise SourceRefused(f"{where} cannot be read as an Excel workbook ({type(error).__name__})", ADVICE) from error


def _check_start(file: BinaryIO, size: int, where: str) -> None:
    start = file.read(len(ZIP))
    if start == OLE:
        raise SourceRefused(f"{where} is an old .xls file or is locked with a password", ADVICE)
    if start != ZIP:
        raise SourceRefused(f"{where} is no Excel workbook (.xlsx)", ADVICE)
    if size > ZIPPED_MAX_BYTES:
        raise SourceRefused(f"{where} is larger than {ZIPPED_MAX_BYTES / 1e6:,.0f} MB", ADVICE)


def _check_parts(file: BinaryIO, where: str) -> None:
    """Look through every part before anything is built from it, whatever sizes the file states."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNZIPPED_MAX_BYTES:
            raise _too_large(where)
        if any(part.flag_bits & 1 for part in parts):
            raise SourceRefused(f"{where} is locked with a password", ADVICE)
        if not all(map(is_bounded, parts)):
            raise SourceRefused(f"{where} is compressed in a way that Excel does not know", ADVICE)
        left = UNZIPPED_MAX_BYTES
        for part in parts:
            look = _Look(where)
            with archive.open(part) as content:
                while chunk := content.read(CHUNK_BYTES):
                    left -= len(chunk)
                    if left < 0:
                        raise _too_large(where)
                    look.at(chunk)


class _Look:
    """Reads one part as XML without keeping it; what is no XML, such as a picture, is passed over.

    Raises SourceRefused for a document type, with which a few letters grow to gigabytes, for a row or tag without end,
    and for a cell or shared text that is longer than Excel allows.
    """

    def __init__(self, where: str) -> None:
        self._where = where
        self._depth = 0
        self._elements = 0
        self._fed_bytes = 0
        self._is_xml = True
        self._cells_open = 0
        self._letters = 0
        self._is_text = False
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._refuse_document_type
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def at(self, chunk: bytes) -> None:
        if not self._is_xml:
            return
        self._fed_bytes += len(chunk)
        try:
            self._parser.Parse(chunk, False)
        except expat.ExpatError:
            self._is_xml = False
            return
        # A tag that does not end is read from its start again with every chunk.
        if self._fed_bytes - self._parser.CurrentByteIndex > TAG_MAX_BYTES:
            raise _too_large(self._where)

    def _start(self, name: str, _attributes: Any) -> None:
        self._depth += 1
        name = name.rpartition(" ")[2]
        is_item = (self._depth, name) in ITEMS
        self._elements = 0 if is_item else self._elements + 1
        if self._elements > ELEMENTS_MAX:
            raise _too_large(self._where)
        if name in CELLS:
            self._letters = 0 if not self._cells_open else self._letters
            self._cells_open += 1
        self._is_text = bool(self._cells_open) and name in TEXTS

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._is_text = False
        self._cells_open -= name.rpartition(" ")[2] in CELLS

    def _text(self, text: str) -> None:
        if self._is_text:
            self._letters += len(text)
            if self._letters > CELL_MAX_LETTERS:
                message = f"{self._where} has a cell of more than {CELL_MAX_LETTERS:,} letters, which is Excel's limit"
                raise SourceRefused(message, ADVICE)

    def _refuse_document_type(self, *_: Any) -> None:
        raise SourceRefused(f"{self._where} declares XML entities, which no workbook of Excel does", ADVICE)


def _sheets(file: BinaryIO, where: str) -> dict[str, list[list[str]]]:
    with warnings.catch_warnings():
        # What openpyxl does not know, such as the look of a sheet, does not matter here.
        warnings.simplefilter("ignore")
        workbook = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            room = _Room(where, ROWS_MAX, CELLS_MAX)
            return {sheet.title: _rows(sheet, room) for sheet in workbook.worksheets}
        finally:
            workbook.close()


@dataclass
class _Room:
    """What all sheets together may still hold; raises SourceRefused when it is used up."""

    where: str
    rows: int
    cells: int

    def take(self, cells: int) -> None:
        self.rows -= 1
        self.cells -= cells
        if self.rows < 0 or self.cells < 0:
            limits = f"{ROWS_MAX:,} rows or {CELLS_MAX:,} cells"
            raise SourceRefused(f"{self.where} holds more than {limits}", ADVICE)


def _rows(sheet: Any, room: _Room) -> list[list[str]]:
    # The size that a sheet states of itself is often wrong, and would be filled with empty cells.
    sheet.reset_dimensions()
    rows: list[list[str]] = []
    for row in sheet.iter_rows(values_only=True):
        room.take(len(row))
        cells = _without_empty_end([_text(value) for value in row])
        if len(cells) > COLUMNS_MAX:
            raise SourceRefused(f"{room.where}, sheet {sheet.title!r}, has more than {COLUMNS_MAX:,} columns", ADVICE)
        rows.append(cells)
    return _without_empty_end(rows)


def _without_empty_end(items: list[Any]) -> list[Any]:
    while items and not items[-1]:
        items.pop()
    return items


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        is_whole = value.is_integer() and abs(value) < 10**NUMBER_DIGITS
        return f"{value:.0f}" if is_whole else f"{value:.{NUMBER_DIGITS}g}"
    if isinstance(value, datetime) and value.time() == time() and value.tzinfo is None:
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _too_large(where: str) -> SourceRefused:
    limit = f"{UNZIPPED_MAX_BYTES / 1e6:,.0f} MB"
    return SourceRefused(f"{where} is too large when unpacked (the limit is {limit})", ADVICE)
