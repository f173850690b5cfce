"""Files of CoralNet as it and others save them, CSV or Excel: fetched from a file or folder, and read row by row.

Met in real exports: a byte order mark, Mac Roman text, line ends of CR only, and headings that R has changed.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, TextIO
from urllib.parse import urlsplit

from connectors.base import Fetched, Payload, Source, raw_json
from connectors.errors import SourceChanged, SourceRefused
from connectors.folder import files_of
from connectors.one_file import fetch_several
from connectors.options import refused
from connectors.package_places import is_url
from connectors.small_csv import LIMIT_BYTES
from connectors.workbook import read_workbook

LABELS = "labels"
ZIP = b"PK\x03\x04"
DATA_SHEET = "data"
DATA_MAX_BYTES = 1_000_000_000
CHUNK_CHARACTERS = 1_000_000
LINE_CHARACTERS = 1_000_000
FILES_MAX = 1_000
RAW_CHARACTERS = 2_000
MISSING = ("", "na", "nan")
# No count of points and no degrees reach it.
NUMBER_LIMIT = 2**31


@dataclass(frozen=True)
class Line:
    """One row of a file: the line on which it ends and its cells."""

    number: int
    cells: tuple[str, ...]


class Table:
    """A CSV file, or the sheet Data of an Excel one, with its headings; they match by letters and digits alone."""

    def __init__(self, path: Path, where: str) -> None:
        """Raises SourceChanged when the file is no table, SourceRefused when it is an Excel file that is too large."""
        self._path = path
        self.where = where
        self._sheet = _sheet(path, where) if _is_workbook(path) else None
        self._encoding = _encoding_of(path) if self._sheet is None else ""
        first = next(self._lines(), None)
        if first is None:
            raise SourceChanged(f"{where} is empty: it has not even column names")
        self.headings = tuple(cell.strip() for cell in first.cells)
        self._plain = [plain(heading) for heading in self.headings]

    def place(self, *headings: str) -> int | None:
        """Where the column with the first of these headings that the file has stands."""
        return next((self._plain.index(plain(heading)) for heading in headings if plain(heading) in self._plain), None)

    def required(self, *headings: str) -> int:
        """As `place`; raises SourceChanged when there is none."""
        place = self.place(*headings)
        if place is None:
            found = ", ".join(heading[:40] for heading in self.headings[:20])
            raise SourceChanged(f"{self.where} has no column {' or '.join(headings)}; its headings are: {found}")
        return place

    def rows(self) -> Iterator[Line]:
        """Every row after the heading, blank ones left out."""
        lines = self._lines()
        next(lines)
        yield from lines

    def raw(self, line: Line, *places: int | None) -> str:
        """The cells at these places as JSON; other columns may name people."""
        kept = [place for place in places if place is not None and place < len(line.cells)]
        return raw_json({self.headings[place]: line.cells[place] for place in kept})[:RAW_CHARACTERS]

    def _lines(self) -> Iterator[Line]:
        return self._csv_lines() if self._sheet is None else iter(self._sheet)

    def _csv_lines(self) -> Iterator[Line]:
        # The default of `newline` also ends lines at a CR that no LF follows.
        with self._path.open(encoding=self._encoding) as file:
            reader = csv.reader(self._text_lines(file), strict=True)
            try:
                for cells in reader:
                    if any(cell.strip() for cell in cells):
                        yield Line(reader.line_num, tuple(cells))
            except csv.Error as error:
                raise SourceChanged(f"{self.where} cannot be read after line {reader.line_num}: {error}") from error

    def _text_lines(self, file: TextIO) -> Iterator[str]:
        """The lines of a file, none of which fills the memory."""
        while line := file.readline(LINE_CHARACTERS):
            if len(line) == LINE_CHARACTERS:
                raise SourceChanged(f"{self.where} has a line of more than {LINE_CHARACTERS:,} letters")
            yield line


def _is_workbook(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(ZIP)) == ZIP


def _sheet(path: Path, where: str) -> list[Line]:
    """The rows of the sheet Data, or of the only one there is, blank ones left out."""
    sheets = read_workbook(path, where)
    name = next((name for name in sheets if name.strip().casefold() == DATA_SHEET), None)
    if name is None and len(sheets) != 1:
        raise SourceChanged(f"{where} has no sheet Data", "Export it from CoralNet again.")
    rows = sheets[name] if name is not None else next(iter(sheets.values()))
    return [Line(number, tuple(row)) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]


def plain(heading: str) -> str:
    """A heading by its letters and digits alone."""
    return "".join(letter for letter in heading.lower() if letter.isalnum())


def cell(line: Line, place: int | None) -> str:
    """The text at this place, empty when it is missing."""
    text = line.cells[place].strip() if place is not None and place < len(line.cells) else ""
    return "" if text.lower() in MISSING else text


def number_of(text: str) -> float | None:
    """A plain decimal number below 2**31 on either side of zero, None for anything else."""
    is_number = re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", text, re.ASCII | re.IGNORECASE)
    return number if is_number and abs(number := float(text)) < NUMBER_LIMIT else None


def fetch_files(
    source: Source, cursor: Mapping[str, Any], workspace: Path, endings: tuple[str, ...] = (".csv",)
) -> Fetched:
    """The export files and the table of the option `labels`; all of them when any has changed.

    Of a folder the files with one of these `endings` count.
    """
    return fetch_several(_wanted(source, endings), cursor, workspace)


def _wanted(source: Source, endings: tuple[str, ...]) -> dict[str, tuple[Source, int]]:
    labels = source.options.get(LABELS)
    if labels is not None and not (isinstance(labels, str) and labels):
        raise refused(source, LABELS, "the path of a CSV file", '"labels.csv"')
    location = Path(source.location)
    if is_url(source.location):
        folder, files = Path(), {PurePosixPath(urlsplit(source.location).path).name or "export.csv": source.location}
    elif location.is_dir():
        folder, files = location, {path.name: str(path) for path in files_of(source, endings, FILES_MAX)}
    else:
        folder, files = location.parent, {location.name: source.location}
    wanted = {name: (replace(source, location=path), DATA_MAX_BYTES) for name, path in files.items()}
    if labels:
        wanted = {name: part for name, part in wanted.items() if Path(files[name]) != folder / labels}
        wanted[LABELS] = (replace(source, location=str(folder / labels), secret=""), LIMIT_BYTES)
    if not set(wanted) - {LABELS}:
        kinds = " and no ".join(endings)
        raise SourceRefused(f"{source.name}: {location.name} holds no {kinds} file", "Put the exports there.")
    return wanted


def data_files(payloads: tuple[Payload, ...]) -> list[Payload]:
    """The payloads other than the table of labels."""
    return [payload for payload in payloads if payload.name != LABELS]


def _encoding_of(path: Path) -> str:
    try:
        with path.open(encoding="utf-8-sig") as file:
            while file.read(CHUNK_CHARACTERS):
                pass
    except UnicodeDecodeError:
        return "mac_roman"
    return "utf-8-sig"
