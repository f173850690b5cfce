"""Times of a Wildlife Insights export: local, without a zone, and at times re-saved by a spreadsheet."""

import re
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from connectors.columns import Moments, Tally, lacking_offset, mapped, moments
from data.schema import MOMENT, TEXT

_SLASHED = re.compile(
    r"\s*(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AP]M)?)?\s*",
    re.IGNORECASE | re.ASCII,
)
MINUTE_US = 60_000_000


def is_day_first(texts: Iterable[str | None]) -> bool:
    """Whether dates with slashes are D/M/Y: a first number above 12 says so, if no second one does the opposite."""
    parts = [match.groups() for text in texts if text and (match := _SLASHED.fullmatch(text))]
    return any(int(part[0]) > 12 for part in parts) and not any(int(part[1]) > 12 for part in parts)


def local_moments(text: pa.Array, zone: str | None, day_first: bool, tally: Tally) -> Moments:
    """The times in UTC, read in `zone`; a date alone is its midnight, a spreadsheet's date is read as stated."""
    is_slashed = pc.fill_null(pc.match_substring(text, "/"), False)
    order = "day/month/year" if day_first else "month/day/year"
    tally.add(f"dates re-saved by a spreadsheet, read as {order}", is_slashed, text)
    read = moments(mapped(text, lambda cell: _iso(cell, day_first), TEXT), zone)
    tally.add(lacking_offset(zone), pc.and_(read.lacks_offset, pc.is_valid(read.at)), text)
    if zone:
        tally.add("times in an hour that the clocks repeat, read as its first pass", _is_repeated(read, zone), text)
    return read


def _is_repeated(read: Moments, zone: str) -> pa.Array:
    local_us = pc.add(read.at.cast(pa.int64()), pc.multiply(read.utc_offset_min.cast(pa.int64()), MINUTE_US))
    local = local_us.cast(pa.timestamp("us"))
    last = pc.assume_timezone(local, zone, ambiguous="latest", nonexistent="earliest").cast(MOMENT)
    return pc.fill_null(pc.greater(last, read.at), False)


def _iso(text: str, day_first: bool) -> str:
    """The text as ISO 8601 where it is a known spelling, else as it is."""
    text = text.strip()
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return f"{text}T00:00:00"
    match = _SLASHED.fullmatch(text)
    if not match:
        return text
    first, second, year, hour, minute, seconds, half = match.groups()
    month, day = (second, first) if day_first else (first, second)
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half.upper() == "PM" else 0)
    year = f"20{year}" if len(year) == 2 else year
    return f"{year}-{int(month):02}-{int(day):02}T{hours:02}:{minute or '00'}:{seconds or '00'}"
