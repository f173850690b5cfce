"""Large tables, streamed in blocks of text columns: CSV (plain or gzip) and Parquet.

Every cell is read as text and typed afterwards (`columns.py`), so a value that cannot be used is known with its row.
"""

import codecs
import csv
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from connectors.base import Notice, Refusal, raw_json
from connectors.errors import SourceChanged

MISSING_VALUES = ("", "NA", "NaN", "nan")
BLOCK_BYTES = 4_000_000
BLOCK_ROWS = 30_000
HEADING_BYTES = 1_000_000
RAW_CHARACTERS = 2_000
PARQUET = b"PAR1"
GZIP = b"\x1f\x8b"
UNCLOSED_QUOTE = "a row of many megabytes, probably because a quotation mark is never closed"
WHOLE_ROW = "(row)"
# Tables compress 5 to 30 times; far more is a file made to fill the disk.
INFLATED_MAX_BYTES = 100_000_000
INFLATED_MAX_RATIO = 300


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
        yield from _read_parquet(path) if _starts_with(path, PARQUET) else _read_csv(path, layout, where, table)
    except (pa.ArrowException, OSError, EOFError, UnicodeError, csv.Error, zlib.error) as error:
        problem = UNCLOSED_QUOTE if "straddles" in str(error) else str(error)
        raise SourceChanged(f"{where} cannot be read as a table: {problem}") from error


def _read_csv(path: Path, layout: Layout, where: str, table: str) -> Iterator[Block | Refusal | Notice]:
    ragged: list[Refusal] = []

    def set_aside(row: pacsv.InvalidRow) -> str:
        reason = f"it has {row.actual_columns} cells and the heading has {row.expected_columns}"
        # The reader counts from the first row after the heading, people from the heading.
        ragged.append(Refusal(table, row.number + 1, WHOLE_ROW, None, reason, row.text[:RAW_CHARACTERS]))
        return "skip"

    with _Utf8File(path, layout, where) as file:
        names, next_number = _heading(file, layout), 2
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
    file: "_Utf8File", names: list[str], layout: Layout, set_aside: Callable[[pacsv.InvalidRow], str]
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


def _read_parquet(path: Path) -> Iterator[Block]:
    first = 1
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(BLOCK_ROWS):
            columns = [_as_text(column) for column in batch.columns]
            rows = pa.RecordBatch.from_arrays(columns, names=_unique(batch.schema.names))
            yield Block(rows, pa.array(range(first, first + len(rows))))
            first += len(rows)


def _as_text(column: pa.Array) -> pa.Array:
    if pa.types.is_nested(column.type):
        return pa.array([None if cell is None else str(cell) for cell in column.to_pylist()], pa.string())
    text = column.cast(pa.string())
    return pc.if_else(pc.is_in(text, pa.array(MISSING_VALUES)), None, text)


def _heading(file: "_Utf8File", layout: Layout) -> list[str]:
    """The column names, and `file` then stands at the row after them."""
    start = file.read(HEADING_BYTES)
    text = io.StringIO(start.decode(errors="ignore"), newline="")
    rows = csv.reader(text, delimiter=layout.delimiter, quotechar=layout.quote)
    names = next((row for row in rows if row), [])
    file.unread(start[len(text.getvalue()[: text.tell()].encode()) :])
    return _unique([name.strip() for name in names])


def _unique(names: list[str]) -> list[str]:
    """The names with a number behind a blank or repeated one, so that the first of each keeps its name."""
    return [
        name if name and name not in names[:position] else f"{name} ({position + 1})"
        for position, name in enumerate(names)
    ]


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _starts_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


class _Utf8File:
    """A text file whose bytes come out as UTF-8 without a byte order mark, whatever they are on disk."""

    closed = False

    def __init__(self, path: Path, layout: Layout, where: str) -> None:
        self._where = where
        self._size_on_disk = path.stat().st_size
        self._file = (gzip.open if _starts_with(path, GZIP) else open)(path, "rb")
        self._ahead = b""
        self._is_read = False
        self._inflated_bytes = 0
        encoding = codecs.lookup(layout.encoding).name
        self._is_utf8 = encoding in ("utf-8", "utf-8-sig", "ascii")
        self._decoder = codecs.getincrementaldecoder("utf-8-sig" if self._is_utf8 else encoding)("surrogateescape")
        self.foreign_bytes = 0

    def __enter__(self) -> "_Utf8File":
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()

    def read(self, size: int) -> bytes:
        # A chunk is full until the last one: a row may lie in two chunks, never in three.
        while len(self._ahead) < size and not self._is_read:
            received = self._file.read(size - len(self._ahead))
            self._check_size(len(received))
            self._is_read = not received
            self._ahead += self._as_utf8(received)
        chunk, self._ahead = self._ahead[:size], self._ahead[size:]
        return chunk

    def unread(self, chunk: bytes) -> None:
        self._ahead = chunk + self._ahead

    def is_at_end(self) -> bool:
        while chunk := self.read(BLOCK_BYTES):
            if rows := chunk.lstrip(b"\r\n"):
                self.unread(rows)
                return False
        return True

    def _check_size(self, received_bytes: int) -> None:
        self._inflated_bytes += received_bytes
        if self._inflated_bytes > max(INFLATED_MAX_BYTES, INFLATED_MAX_RATIO * self._size_on_disk):
            raise SourceChanged(f"{self._where} inflates to more than {INFLATED_MAX_RATIO} times its size")

    def _as_utf8(self, received: bytes) -> bytes:
        if self._is_utf8 and received.isascii() and not self._decoder.getstate()[0]:
            return received
        text = self._decoder.decode(received, final=not received)
        try:
            return text.encode()
        except UnicodeEncodeError:
            text, count = re.subn("[\udc80-\udcff]", _as_cp1252, text)
            self.foreign_bytes += count
            return text.encode(errors="replace")


def _as_cp1252(escaped: re.Match[str]) -> str:
    return escaped[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace")
