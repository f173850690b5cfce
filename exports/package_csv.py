"""Rows as CSV (RFC 4180, UTF-8), a block of rows at a time without a loop over rows.

Times are in UTC (ISO 8601), an empty text is "" and what is missing is nothing. Cells that a spreadsheet would run are
made inert as `exports.csv_cells.inert` does it.
"""

import functools
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exports.csv_cells import SPREADSHEET_STARTS

DAY_S = 86_400
LINE_END = "\r\n"
TEXT = pa.large_string()
COMMA, NEW_LINE, QUOTE, APOSTROPHE, NOTHING = (pa.scalar(sign, TEXT) for sign in (",", LINE_END, '"', "'", ""))
QUOTED_SIGNS = ('"', ",", "\r", "\n")
NEEDS_QUOTES = "[" + "".join(QUOTED_SIGNS) + "]"
WOULD_RUN = f"^[{''.join(SPREADSHEET_STARTS).replace('-', '')}-]"
# Of signs with several bytes the first one; where no cell begins with any of these, none needs a closer look.
FIRST_BYTES = np.unique([start.encode()[0] for start in SPREADSHEET_STARTS]).astype(np.uint8)
INFINITE = {"inf": "INF", "-inf": "-INF"}


def csv_chunks(names: Iterable[str], batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """The header, then the rows block by block."""
    header = pa.array(list(names), TEXT)
    yield (",".join(_quoted(_inert(header)).to_pylist()) + LINE_END).encode()
    for batch in batches:
        if len(batch):
            yield _lines(batch)


def _lines(batch: pa.RecordBatch) -> bytes:
    pieces = []
    for column in batch.columns:
        pieces += [*_cells(column), COMMA]
    lines = pc.binary_join_element_wise(*pieces[:-1], NEW_LINE, NOTHING, null_handling="replace", null_replacement="")
    _, _, text = lines.buffers()
    starts = _starts(lines)
    return text.slice(starts[0], starts[-1] - starts[0]).to_pybytes()


def _cells(column: pa.Array) -> list[pa.Array]:
    """The texts of a column's cells, in pieces that follow each other; nothing where it holds nothing."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        return _moments(column)
    if pa.types.is_floating(kind):
        return [_numbers(column)]
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return [_texts(column.cast(TEXT))]
    return [column.cast(TEXT)]


def _moments(column: pa.Array) -> list[pa.Array]:
    """Such as 2026-05-31T06:30:00Z; with parts of a second where there are any.

    Days and times of day are looked up, which is many times faster than to write each moment.
    """
    micros = column.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64())
    seconds, rest = np.divmod(micros.fill_null(0).to_numpy(), 1_000_000)
    if rest.any():
        is_whole = pa.array(rest == 0)
        whole = column.cast(pa.timestamp("s", tz="UTC"), safe=False).cast(TEXT)
        words = pc.if_else(is_whole, whole, column.cast(TEXT))
        return [pc.replace_substring(words, " ", "T", max_replacements=1)]
    missing = np.zeros(len(column), dtype=bool) if column.null_count == 0 else column.is_null().to_numpy(False)
    day, second = np.divmod(seconds, DAY_S)
    days = pa.array(day.astype(np.int32), pa.date32(), mask=missing).dictionary_encode()
    names = pc.binary_join_element_wise(days.dictionary.cast(TEXT), pa.scalar("T", TEXT), NOTHING)
    return [names.take(days.indices), _clocks().take(pa.array(second.astype(np.int32), mask=missing))]


@functools.cache
def _clocks() -> pa.Array:
    """Each second of a day as it is written."""
    return pa.array((f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}Z" for s in range(DAY_S)), TEXT)


def _numbers(column: pa.Array) -> pa.Array:
    words = column.cast(TEXT)
    if pc.any(pc.is_inf(column), skip_nulls=True).as_py():
        for ours, theirs in INFINITE.items():
            words = pc.if_else(pc.equal(words, ours), pa.scalar(theirs, TEXT), words)
    return words


def _texts(column: pa.Array) -> pa.Array:
    return _quoted(_inert(column))


def _inert(column: pa.Array) -> pa.Array:
    """With an apostrophe before text that a spreadsheet would run."""
    _, _, text = column.buffers()
    if text is None:
        return column
    starts = _starts(column)
    first = np.frombuffer(text, dtype=np.uint8)[starts[:-1][np.diff(starts) > 0]]
    if not np.isin(first, FIRST_BYTES).any():
        return column
    would_run = pc.match_substring_regex(column, WOULD_RUN)
    return pc.if_else(would_run, pc.binary_join_element_wise(APOSTROPHE, column, NOTHING), column)


def _quoted(column: pa.Array) -> pa.Array:
    """In quotes where a cell is empty or holds a sign that means something in CSV."""
    _, _, text = column.buffers()
    starts = _starts(column)
    needs_quotes = pc.equal(pc.binary_length(column), 0)
    if text is not None:
        held = text.slice(starts[0], starts[-1] - starts[0]).to_pybytes()
        if any(sign.encode() in held for sign in QUOTED_SIGNS):
            needs_quotes = pc.or_(needs_quotes, pc.match_substring_regex(column, NEEDS_QUOTES))
    if not pc.any(needs_quotes, skip_nulls=True).as_py():
        return column
    doubled = pc.replace_substring(column, '"', '""')
    return pc.if_else(needs_quotes, pc.binary_join_element_wise(QUOTE, doubled, QUOTE, NOTHING), column)


def _starts(column: pa.Array) -> np.ndarray:
    """Where each text begins in the buffer of a large_string array, and where the last one ends."""
    _, offsets, _ = column.buffers()
    if offsets is None:
        return np.zeros(1, dtype=np.int64)
    return np.frombuffer(offsets, dtype=np.int64)[column.offset : column.offset + len(column) + 1]
