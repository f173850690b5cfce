"""JSON from outside, decoded only where it cannot fill the memory."""

import json
import re
from typing import Any

# About a gigabyte at worst: `[],` are three bytes on disk and 64 in memory.
VALUES_MAX = 10_000_000
# Larger ones are no floating-point numbers. In UTF-16 and UTF-32 there are zeros between the digits.
DIGITS_MAX = 300
LONG_NUMBER = re.compile(rb"(?:[0-9]\0{0,3}){301}")


def decode(body: bytes, values_max: int = VALUES_MAX) -> Any:
    """The document of a JSON text in UTF-8, UTF-16 or UTF-32.

    Raises ValueError for what is no JSON, or holds too many values or a number that no other program reads, and
    RecursionError for what is nested too deep.
    """
    if sum(map(body.count, (b",", b"[", b"{"))) > values_max:
        raise ValueError(f"it holds more than {values_max:,} values")
    # Only where it is needed, because it slows the reading of all others.
    return json.loads(body, parse_int=_whole if LONG_NUMBER.search(body) else None)


def _whole(digits: str) -> int:
    if len(digits) > DIGITS_MAX:
        raise ValueError("it holds a number of too many digits")
    return int(digits)
