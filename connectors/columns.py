"""Typing whole columns of text: times, numbers, fixed vocabularies; and telling what could not be read.

A whole column is cast at once. Where that fails it is halved until only the cells that fail are read one by one.
A cell that cannot be read becomes empty; `unreadable` finds it again.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa
import pyarrow.compute as pc

from connectors.base import Notice, Refusal, Source
from connectors.errors import SourceRefused
from connectors.tabular import Block
from data.schema import MOMENT, NUMBER, WHOLE, Field

READ_ONE_BY_ONE = 8
EARLIEST = pa.scalar(datetime(1900, 1, 1, tzinfo=UTC), MOMENT)
LATEST = pa.scalar(datetime(2200, 1, 1, tzinfo=UTC), MOMENT)
OFFSET_MAX_MIN = 840
CHARACTERS_OF_MINUTE = len("2020-01-01T00:00")
EXAMPLES = 3
EXAMPLE_CHARACTERS = 40
FLAGS = {"true": True, "false": False, "t": True, "f": False, "1": True, "0": False, "yes": True, "no": False}


@dataclass(frozen=True)
class Moments:
    """Times in UTC, the offset in minutes that each was written with, and whether none was written."""

    at: pa.Array
    utc_offset_min: pa.Array
    lacks_offset: pa.Array


def moments(text: pa.Array, time_zone: str | None = None) -> Moments:
    """ISO 8601 dates with a time of day, from 1900 to 2199, as UTC.

    A time without an offset is read in `time_zone` (IANA name); without that it is read as UTC, and its offset
    stays empty.
    """
    parts = list(_moments_of_parts(text, time_zone))
    at, offset, lacks = (pa.concat_arrays([part[place] for part in parts]) for place in range(3))
    is_possible = pc.and_(pc.and_(pc.greater_equal(at, EARLIEST), pc.less(at, LATEST)), _is_possible(offset))
    if is_possible.true_count < len(at) - at.null_count:
        at = pc.if_else(is_possible, at, pa.scalar(None, MOMENT))
    return Moments(at, offset, lacks)


def time_zone_of(source: Source) -> str | None:
    """The IANA name in the option `time_zone`, None without it; raises SourceRefused when there is no such zone."""
    name = source.options.get("time_zone")
    if name is None:
        return None
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as error:
        message = f"{source.name}: {name!r} is not a time zone"
        raise SourceRefused(message, "Set `time_zone` to an IANA name such as Asia/Shanghai.") from error
    return name


def lacking_offset(time_zone: str | None) -> str:
    """How `Tally` calls times without an offset."""
    return f"times without an offset from UTC, read as {time_zone or 'UTC'}"


def _is_possible(offset: pa.Array) -> pa.Array:
    return pc.fill_null(pc.less_equal(pc.abs(offset), OFFSET_MAX_MIN), True)


def _moments_of_parts(text: pa.Array, time_zone: str | None) -> Iterator[tuple[pa.Array, pa.Array, pa.Array]]:
    for attempt in (_with_offset, _without_offset):
        try:
            yield attempt(text, time_zone)
            return
        except pa.ArrowInvalid:
            continue
    if len(text) == 1:
        yield _one_moment(text, time_zone)
        return
    middle = len(text) // 2
    yield from _moments_of_parts(text[:middle], time_zone)
    yield from _moments_of_parts(text[middle:], time_zone)


def _with_offset(text: pa.Array, _: str | None) -> tuple[pa.Array, pa.Array, pa.Array]:
    at = text.cast(MOMENT)
    # Only the end is looked at: in files of one zone it takes few different values.
    ends = pc.binary_slice(text.cast(pa.binary()), -6, None)
    return at, mapped(ends, _offset_min, WHOLE), _repeated(False, len(text))


def _offset_min(end: bytes) -> int | None:
    match = re.search(rb"([+-])(\d\d):?(\d\d)?$", end)
    if not match:
        return 0
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    return -minutes if match[1] == b"-" else minutes


def _without_offset(text: pa.Array, time_zone: str | None) -> tuple[pa.Array, pa.Array, pa.Array]:
    if pc.any(pc.less(pc.binary_length(text), CHARACTERS_OF_MINUTE)).as_py():
        raise pa.ArrowInvalid("a date without a time of day")
    local = text.cast(pa.timestamp("us"))
    # An hour that the clocks skip or repeat is read as the earlier of the two.
    at = pc.assume_timezone(local, time_zone or "UTC", ambiguous="earliest", nonexistent="earliest").cast(MOMENT)
    if time_zone is None:
        return at, pa.nulls(len(text), WHOLE), pc.is_valid(text)
    ahead_us = pc.subtract(local.cast(pa.int64()), at.cast(pa.int64()))
    return at, pc.divide(ahead_us, 60_000_000).cast(WHOLE), pc.is_valid(text)


def _one_moment(text: pa.Array, time_zone: str | None) -> tuple[pa.Array, pa.Array, pa.Array]:
    """A time that the fast reader does not know, such as one with blanks around or nanoseconds."""
    written = text[0].as_py().strip().upper()
    try:
        if len(written) >= CHARACTERS_OF_MINUTE:
            moment = datetime.fromisoformat(written)
            attempt = _with_offset if moment.tzinfo else _without_offset
            return attempt(pa.array([moment.isoformat()]), time_zone)
    except ValueError:
        pass
    return pa.nulls(1, MOMENT), pa.nulls(1, WHOLE), _repeated(False, 1)


def numbers(text: pa.Array, field: Field) -> pa.Array:
    """Numbers within the range that `field` allows; whole numbers, also written `12.0`, where its type says so."""
    values = _numbers(text)
    is_allowed = pc.is_finite(values)
    if field.minimum is not None:
        is_allowed = pc.and_(is_allowed, pc.greater_equal(values, field.minimum))
    if field.maximum is not None:
        is_allowed = pc.and_(is_allowed, pc.less_equal(values, field.maximum))
    if field.type == WHOLE:
        is_allowed = pc.and_(is_allowed, pc.and_(pc.equal(pc.floor(values), values), pc.less(values, 2**31)))
    if is_allowed.true_count < len(values) - values.null_count:
        values = pc.if_else(is_allowed, values, pa.scalar(None, NUMBER))
    return values.cast(field.type)


def _numbers(text: pa.Array) -> pa.Array:
    try:
        return text.cast(NUMBER)
    except pa.ArrowInvalid:
        if len(text) <= READ_ONE_BY_ONE:
            return pa.array([_number(cell) for cell in text.to_pylist()], NUMBER)
    middle = len(text) // 2
    return pa.concat_arrays([_numbers(text[:middle]), _numbers(text[middle:])])


def _number(cell: str | None) -> float | None:
    is_number = cell and re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", cell, re.ASCII)
    return float(cell) if is_number else None


def words(text: pa.Array, vocabulary: Mapping[str, Any], type_: pa.DataType) -> pa.Array:
    """What each word stands for, whatever its case and the blanks around it; empty for a word not listed."""
    return mapped(text, lambda word: vocabulary.get(word.strip().lower()), type_)


def has_few_decimals(block: Block) -> pa.Array:
    """True where `latitude` and `longitude` have at most 3 decimals, as when they were rounded on purpose."""
    is_fine = [pc.match_substring_regex(block.column(name), r"\.\d{3}\d*[1-9]") for name in ("latitude", "longitude")]
    return pc.invert(pc.or_(*is_fine))


def flags(text: pa.Array) -> pa.Array:
    """True or false, written in any of the usual ways."""
    return words(text, FLAGS, pa.bool_())


def trimmed(text: pa.Array) -> pa.Array:
    """The text without blanks around it; empty when nothing is left."""
    return mapped(text, lambda cell: cell.strip() or None, pa.string())


def mapped(column: pa.Array, meaning: Callable[[Any], Any], type_: pa.DataType) -> pa.Array:
    """`meaning` of every value, asked once for each different one; missing stays missing."""
    if column.null_count == len(column):
        return pa.nulls(len(column), type_)
    encoded = column.dictionary_encode()
    values = encoded.dictionary.to_pylist()
    meanings = [meaning(value) for value in values]
    if meanings == values and column.type == type_:
        return column
    return pa.array(meanings, type_).take(encoded.indices)


def unreadable(text: pa.Array, typed: pa.Array) -> pa.Array:
    """True where something was written and nothing could be read."""
    return pc.and_(pc.is_valid(text), pc.is_null(typed))


def _repeated(value: bool, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(value), count)


@dataclass(frozen=True)
class Check:
    """A reason to refuse rows: the field that is wrong and the rows in which it is."""

    field: str
    is_wrong: pa.Array
    reason: str


def refuse(block: Block, table: str, checks: Sequence[Check]) -> tuple[pa.Array, list[Refusal]]:
    """Which rows pass all checks, and one Refusal, for the first check failed, for each other row."""
    is_good = _repeated(True, len(block))
    refusals = []
    for check in checks:
        is_wrong = pc.and_(is_good, pc.fill_null(check.is_wrong, False))
        if is_wrong.true_count:
            refusals.extend(_refusals(block, table, check, is_wrong))
            is_good = pc.and_not(is_good, is_wrong)
    return is_good, refusals


def _refusals(block: Block, table: str, check: Check, is_wrong: pa.Array) -> Iterator[Refusal]:
    column = block.column(check.field)
    for position in pc.indices_nonzero(is_wrong).to_pylist():
        value = column[position].as_py()
        row = block.numbers[position].as_py()
        yield Refusal(table, row, block.own_name(check.field), value, check.reason, block.raw(position))


class Tally:
    """Soft problems of one answer, counted by kind with a few examples, to be told at the end."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, list[str]] = {}

    def add(self, what: str, is_affected: pa.Array, text: pa.Array | None = None) -> None:
        """Count the rows affected; `text` is the column from which the examples come."""
        if not is_affected.true_count:
            return
        self._counts[what] += is_affected.true_count
        examples = self._examples.setdefault(what, [])
        if text is not None and len(examples) < EXAMPLES:
            seen = text.filter(is_affected).slice(0, 100).drop_null().unique().to_pylist()
            new = [example for value in seen if (example := repr(value[:EXAMPLE_CHARACTERS])) not in examples]
            examples.extend(new[: EXAMPLES - len(examples)])

    def read(self, block: Block, name: str, typed: pa.Array) -> pa.Array:
        """`typed` as it is, after counting the cells of an optional column that could not be read."""
        text = block.column(name)
        self.add(f"{block.own_name(name)} could not be read and is left empty", unreadable(text, typed), text)
        return typed

    def notices(self) -> Iterator[Notice]:
        for what, count in self._counts.items():
            examples = ", ".join(self._examples[what])
            yield Notice(f"{what}: {count} rows" + (f" (such as {examples})" if examples else ""))
