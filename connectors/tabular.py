"""Large tables, streamed in blocks of text columns: CSV (plain or gzip) and Parquet.

Every cell is read as text and typed afterwards (`columns.py`), so a value that cannot be used is known with its row.
"""

import csv
import io
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from connectors.base import Notice, Refusal, raw_json
from connectors.errors import SourceChanged, words_of
from connectors.parquet import parquet_batches
from connectors.utf8_file import BLOCK_BYTES, Utf8File, starts_with

MISSING_VALUES = ("", "NA", "NaN", "nan")
HEADING_BYTES = 1_000_000
RAW_CHARACTERS = 2_000
COLUMNS_MAX = 2_000
PARQUET = b"PAR1"
UNCLOSED_QUOTE = "a row of many megabytes, probably because a quotation mark is never closed"
WHOLE_ROW = "(row)"


@dataclass(frozen=True)
class Layout:
    """How a CSV file is written; whether a file is gzip or Parquet is seen in its first bytes."""

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"


@dataclass(frozen=True)
class Block:
    """Some rows of one table, all columns as text, missing values empty.

    `batch` is what was read, with the numbers of its rows in the file (in a CSV the heading is row 1 and empty lines
    do not count); only the rows at the positions `chosen` count, or all of them.
    `renamed` gives the file's own name for a column that we call differently.
    """

    batch: pa.RecordBatch
    batch_numbers: pa.Array
    chosen: pa.Array | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.batch.num_rows if self.chosen is None else len(self.chosen)

    @property
    def numbers(self) -> pa.Array:
        return self._of_chosen(self.batch_numbers)

    def own_name(self, name: str) -> str:
        return self.renamed.get(name, name)

    def column(self, name: str) -> pa.Array:
        """The column as text; all missing when the file does not have it."""
        position = self.batch.schema.get_field_index(self.own_name(name))
        return self._of_chosen(self.batch.column(position)) if position >= 0 else pa.nulls(len(self), pa.string())

    def _of_chosen(self, column: pa.Array) -> pa.Array:
        return column if self.chosen is None else column.take(self.chosen)

    def has(self, name: str) -> bool:
        return self.own_name(name) in self.batch.schema.names

    def named(
        self, names: Sequence[str], older: Mapping[str, Sequence[str]], required: Sequence[str], where: str
    ) -> "Block":
        """The block with its columns known by `names`, whatever case and underscores or `older` names the file uses.

        Raises SourceChanged when a `required` one is not there.
        """
        own = {_plain(name): name for name in reversed(self.batch.schema.names)}
        renamed = {}
        for name in names:
            spellings = [_plain(spelling) for spelling in (name, *older.get(name, ()))]
            found = next((own[spelling] for spelling in spellings if spelling in own), None)
            if found is not None:
                renamed[name] = found
            elif name in required:
                columns = ", ".join(self.batch.schema.names[:30])
                raise SourceChanged(f"{where} has no column {name}; it has: {columns}"[:RAW_CHARACTERS])
        return replace(self, renamed=renamed)

    def where(self, mask: pa.Array) -> "Block":
        """The rows for which `mask` is true."""
        if mask.true_count == len(self):
            return self
        positions = pc.indices_nonzero(mask)
        return replace(self, chosen=positions if self.chosen is None else self.chosen.take(positions))

    def raw(self, position: int) -> str:
        """One row as JSON, without its missing cells."""
        place = position if self.chosen is None else self.chosen[position].as_py()
        cells = self.batch.slice(place, 1).to_pylist()[0]
        return raw_json({name: cell for name, cell in cells.items() if cell is not None})[:RAW_CHARACTERS]


def read_table(path: Path, layout: Layout, where: str, table: str) -> Iterator[Block | Refusal | Notice]:
    """The rows of a file in blocks of a few megabytes.

    A row with more or fewer cells than the heading is a Refusal for `table`. Bytes that are not in the stated
    encoding are read as cp1252 and counted in a Notice. `where` begins every message.
    Raises SourceChanged when the file is no such table.
    """
    try:
        is_parquet = starts_with(path, PARQUET)
        yield from _read_parquet(path, where) if is_parquet else _read_csv(path, layout, where, table)
    except (pa.ArrowException, OSError, EOFError, UnicodeError, csv.Error, zlib.error) as error:
        problem = UNCLOSED_QUOTE if "straddles" in str(error) else words_of(error)
        raise SourceChanged(f"{where} cannot be read as a table: {problem}") from error


def _read_csv(path: Path, layout: Layout, where: str, table: str) -> Iterator[Block | Refusal | Notice]:
    ragged: list[Refusal] = []

    def set_aside(row: pacsv.InvalidRow) -> str:
        reason = f"it has {row.actual_columns} cells and the heading has {row.expected_columns}"
        # The reader counts from the first row after the heading, people from the heading.
        ragged.append(Refusal(table, row.number + 1, WHOLE_ROW, None, reason, row.text[:RAW_CHARACTERS]))
        return "skip"

    with Utf8File(path, layout.encoding, where) as file:
        names, next_number = _heading(file, layout, where), 2
        if not names:
            raise SourceChanged(f"{where} is empty: it has not even column names")
        skipped = np.array([], dtype=np.int64)
        for batch in _batches(file, names, layout, set_aside):
            # The reader is some blocks ahead of what it has handed out, and appends to `ragged` meanwhile.
            refusals = list(ragged)
            del ragged[: len(refusals)]
            skipped = np.append(skipped, [refusal.row for refusal in refusals])
            numbers = _numbers_without(skipped, next_number, len(batch))
            next_number = int(numbers[-1]) + 1 if len(numbers) else next_number
            skipped = skipped[skipped >= next_number]
            yield Block(batch, pa.array(numbers))
            yield from refusals
        yield from ragged
        if file.foreign_bytes:
            yield Notice(f"{where}: {file.foreign_bytes} bytes are not {layout.encoding}; they were read as cp1252")


def _numbers_without(skipped: np.ndarray, first: int, count: int) -> np.ndarray:
    candidates = np.arange(first, first + count + len(skipped))
    return candidates[~np.isin(candidates, skipped)][:count] if len(skipped) else candidates


def _batches(
    file: Utf8File, names: list[str], layout: Layout, set_aside: Callable[[pacsv.InvalidRow], str]
) -> Iterator[pa.RecordBatch]:
    if file.is_at_end():
        return
    reader = pacsv.open_csv(
        file,
        # Rows are numbered for `set_aside` only when a single thread reads.
        pacsv.ReadOptions(column_names=names, block_size=BLOCK_BYTES, use_threads=False),
        pacsv.ParseOptions(
            delimiter=layout.delimiter,
            quote_char=layout.quote,
            newlines_in_values=True,
            invalid_row_handler=set_aside,
        ),
        pacsv.ConvertOptions(
            check_utf8=False,
            column_types=dict.fromkeys(names, pa.string()),
            null_values=MISSING_VALUES,
            strings_can_be_null=True,
        ),
    )
    # The next block is read while this one is typed.
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, reader, None)
        while (batch := coming.result()) is not None:
            coming = thread.submit(next, reader, None)
            yield batch


def _read_parquet(path: Path, where: str) -> Iterator[Block]:
    first = 1
    for batch in parquet_batches(path, where):
        names = _unique(batch.schema.names, where)
        columns = [_as_text(column) for column in batch.columns]
        rows = pa.RecordBatch.from_arrays(columns, names=names)
        yield Block(rows, pa.array(range(first, first + len(rows))))
        first += len(rows)


def _as_text(column: pa.Array) -> pa.Array:
    if pa.types.is_nested(column.type):
        return pa.array([None if cell is None else str(cell) for cell in column.to_pylist()], pa.string())
    text = column.cast(pa.string())
    return pc.if_else(pc.is_in(text, pa.array(MISSING_VALUES)), None, text)


def _heading(file: Utf8File, layout: Layout, where: str) -> list[str]:
    """The column names, and `file` then stands at the row after them."""
    start = file.read(HEADING_BYTES)
    text = io.StringIO(start.decode(errors="ignore"), newline="")
    rows = csv.reader(text, delimiter=layout.delimiter, quotechar=layout.quote)
    names = next((row for row in rows if row), [])
    file.unread(start[len(text.getvalue()[: text.tell()].encode()) :])
    return _unique([name.strip() for name in names], where)


def _unique(names: list[str], where: str) -> list[str]:
    """The names with a number behind a blank or repeated one, so that the first of each keeps its name."""
    if len(names) > COLUMNS_MAX:
        raise SourceChanged(f"{where} has more than {COLUMNS_MAX:,} columns")
    return [
        name if name and name not in names[:position] else f"{name} ({position + 1})"
        for position, name in enumerate(names)
    ]


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
