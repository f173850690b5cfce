"""Tables as one Excel workbook: a sheet that explains, a sheet per table, and a sheet with every column's meaning.

Texts stay texts: no cell is a formula or a link, whatever stands in it.
"""

import contextlib
import math
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from exports.context import Context, NotOffered
from exports.package_rows import TableRows

MOST_ROWS = 100_000
LONGEST_TEXT = 32_767
CUT = "… (cut here: a cell of Excel holds 32,767 letters; the other formats have all of it)"
FIRST_DAY = date(1900, 3, 1)
NO_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")
LINE_END = re.compile("\r\n?")
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
TITLE_SHEET, MEANING_SHEET = "Read me", "Dictionary"
WIDTH, WIDE = 18, 60
Put = Callable[[int, int, Any], Any]


def check_size(rows: int) -> None:
    """Raises NotOffered where a workbook would be too large to be opened with ease."""
    if rows > MOST_ROWS:
        raise NotOffered(
            f"An Excel file holds at most {MOST_ROWS:,} rows here, and these are {rows:,}: take CSV or Parquet, "
            "or fewer sites or days."
        )


@contextlib.contextmanager
def workbook_file(
    tables: Sequence[TableRows],
    context: Context,
    explained: Callable[[], Sequence[str]],
    dictionary: Sequence[Sequence[str]],
) -> Iterator[Path]:
    """A workbook with these tables, there as long as it is in use.

    `explained` gives the lines of the first sheet; it is asked after the last row. The first row of `dictionary` is
    its header.
    """
    with tempfile.TemporaryDirectory(prefix="tech4nature-export-") as folder:
        path = Path(folder) / "data.xlsx"
        with xlsxwriter.Workbook(str(path), {**OPTIONS, "tmpdir": folder}) as book:
            book.set_properties({"created": context.view.committed_at.astimezone(UTC).replace(tzinfo=None)})
            bold = book.add_format({"bold": True})
            kinds = {"day": book.add_format({"num_format": "yyyy-mm-dd"})}
            kinds["moment"] = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
            first = book.add_worksheet(TITLE_SHEET)
            sheets = [book.add_worksheet(rows.name) for rows in tables]
            last = book.add_worksheet(MEANING_SHEET)
            for sheet, rows in zip(sheets, tables, strict=True):
                _write_rows(sheet, rows, bold, kinds)
            _write_texts(last, dictionary, bold)
            first.set_column(0, 0, 2 * WIDE)
            for line, text in enumerate(explained()):
                _put_text(first, line, 0, text)
        yield path


def _write_texts(sheet: Worksheet, lines: Sequence[Sequence[str]], bold: Format) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 3, WIDTH)
    sheet.set_column(4, 4, WIDE)
    for line, texts in enumerate(lines):
        for column, text in enumerate(texts):
            _put_text(sheet, line, column, text, None if line else bold)


def _write_rows(sheet: Worksheet, rows: TableRows, bold: Format, kinds: dict[str, Format]) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(rows.fields) - 1, WIDTH)
    for column, one in enumerate(rows.fields):
        _put_text(sheet, 0, column, one.name, bold)
    puts = [_put_of(sheet, one.type, kinds) for one in rows.fields]
    line = 0
    for batch in rows.batches():
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            line += 1
            for column, (put, value) in enumerate(zip(puts, values, strict=True)):
                if value is not None:
                    put(line, column, value)


def _put_of(sheet: Worksheet, kind: pa.DataType, kinds: dict[str, Format]) -> Put:
    """How values of this type are written."""
    if pa.types.is_boolean(kind):
        return sheet.write_boolean
    if pa.types.is_integer(kind):
        return sheet.write_number
    if pa.types.is_floating(kind):
        return lambda line, column, value: (
            sheet.write_number(line, column, value)
            if math.isfinite(value)
            else _put_text(sheet, line, column, str(value).upper())
        )
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        form = kinds["day" if pa.types.is_date(kind) else "moment"]
        return lambda line, column, value: _put_moment(sheet, line, column, value, form)
    return lambda line, column, value: _put_text(sheet, line, column, value)


def _put_moment(sheet: Worksheet, line: int, column: int, value: date, form: Format) -> None:
    """A day or moment in UTC; as text where it lies before the calendar of Excel."""
    if isinstance(value, datetime):
        utc = value.astimezone(UTC).replace(tzinfo=None)
        is_early, words = utc.date() < FIRST_DAY, f"{utc.isoformat()}Z"
    else:
        utc = datetime.combine(value, time())
        is_early, words = value < FIRST_DAY, value.isoformat()
    if is_early:
        sheet.write_string(line, column, words)
    else:
        sheet.write_datetime(line, column, utc, form)


def _put_text(sheet: Worksheet, line: int, column: int, text: str, form: Format | None = None) -> None:
    text = NO_XML.sub(" ", LINE_END.sub("\n", text))
    if len(text.encode("utf-16-le")) > 2 * LONGEST_TEXT:
        text = text.encode("utf-16-le")[: 2 * (LONGEST_TEXT - len(CUT))].decode("utf-16-le", "ignore") + CUT
    if text.startswith("<r>") and text.endswith("</r>"):
        # The library would take it for marked up text and write it into the file as it is.
        text = f" {text}"
    sheet.write_string(line, column, text, form)
