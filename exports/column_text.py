"""Whole columns as text for the exchange formats: words and identifiers from outside, and moments.

The exchange formats are read by programs, but people open their tables in spreadsheets too. So a text from outside is
one line, and one that a spreadsheet would run begins with an apostrophe, as in every other file of ours. No name of
a taxon begins with such a sign, so no good name is changed.
"""

import functools
import hashlib
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from exports.csv_cells import inert, one_line

TEXT = pa.string()
# Whatever `inert` or `one_line` may change, so that most columns are left as they are without looking at each cell.
MAY_CHANGE = (
    r"^[=+\-@＝＋－＠ ]| $|[\x00-\x1f\x7f-\xa0\x{1680}\x{2000}-\x{200a}\x{2028}-\x{202f}\x{205f}\x{2066}-\x{2069}"
    r"\x{3000}\x{fffe}\x{ffff}]|  "
)
HASH_LENGTH = 20


def words(column: pa.Array) -> pa.Array:
    """Text from outside on one line, inert in a spreadsheet; missing where nothing is left of it."""
    column = _where(column, MAY_CHANGE, lambda text: inert(one_line(text)))
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, TEXT), column)


def identifiers(source: pa.Array, own: pa.Array) -> pa.Array:
    """Identifiers that are unique over all sources: `source:identifier`, missing where the source gives none.

    One that is not a line of plain characters is replaced by the start of its SHA-256, so that no two become the same.
    """
    own = _where(own, MAY_CHANGE, lambda text: text if one_line(text) == text else _hash(text))
    return pc.binary_join_element_wise(words(source), own, ":")


def hashes(*columns: pa.Array) -> pa.Array:
    """The start of the SHA-256 of what stands in the columns of each row; each text is hashed once."""
    joined = pc.binary_join_element_wise(*columns, "\x1f", null_handling="replace", null_replacement="\x1e")
    each = joined.dictionary_encode()
    known = pa.array([_hash(text) for text in each.dictionary.to_pylist()], TEXT)
    return known.take(each.indices)


def moments(at: pa.Array, offset_min: pa.Array) -> pa.Array:
    """Moments as ISO 8601 to the second: local with their offset from UTC where it is known, else in UTC with Z."""
    offset = pc.fill_null(offset_min.cast(pa.int64()), 0)
    local_us = pc.add(at.cast(pa.int64()), pc.multiply(offset, 60_000_000))
    local = pc.floor_temporal(local_us.cast(pa.timestamp("us")), unit="second").cast(pa.timestamp("s"))
    each = offset.dictionary_encode()
    ends = pa.array([_offset(minutes) for minutes in each.dictionary.to_pylist()], TEXT).take(each.indices)
    return pc.binary_join_element_wise(pc.strftime(local, format="%Y-%m-%dT%H:%M:%S"), ends, "")


def mapped(column: pa.Array, meaning: Callable[[str], str | None]) -> pa.Array:
    """What each text stands for; missing where it stands for nothing. Each text is asked for once."""
    each = column.cast(TEXT).dictionary_encode()
    meant = pa.array([None if text is None else meaning(text) for text in each.dictionary.to_pylist()], TEXT)
    return meant.take(each.indices)


def vocabulary(*words: str) -> Callable[[str], str | None]:
    """The word of a vocabulary that a text is, whatever its case."""
    known = {word.lower(): word for word in words}
    return lambda text: known.get(text.strip().lower())


def labelled(label: str, column: pa.Array) -> pa.Array:
    """`label:text`, as the formats write what they have no column for; missing where there is no text."""
    plain = _where(words(column), r"\|", lambda text: text.replace("|", "/"))
    return pc.binary_join_element_wise(pa.scalar(f"{label}:"), plain, "")


def listed(*columns: pa.Array, separator: str = " | ") -> pa.Array:
    """What is there of several columns; missing where nothing is."""
    # Not by null_handling="skip", which leaves out rows in which everything is missing.
    return functools.reduce(
        lambda one, more: pc.coalesce(pc.binary_join_element_wise(one, more, separator), one, more), columns
    )


def _where(column: pa.Array, pattern: str, changed: Callable[[str], str]) -> pa.Array:
    """The column with each text that holds the pattern changed."""
    column = column.cast(TEXT)
    is_found = pc.fill_null(pc.match_substring_regex(column, pattern), False)
    if not is_found.true_count:
        return column
    instead = pa.array([changed(text) for text in column.filter(is_found).to_pylist()], TEXT)
    return pc.replace_with_mask(column, is_found, instead)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_LENGTH]


def _offset(minutes: int) -> str:
    if not minutes:
        return "Z"
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
