"""Values of records, receipts and trust files, read strictly: everything in them comes from outside."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

LONGEST_TEXT = 300
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})")


class WrongValue(ValueError):
    """A field that is missing or is not what it should be: `field` and the reason, also as the message."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field} {reason}")
        self.field, self.reason = field, reason


def mapping(value: Any, field: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise WrongValue(field, "is not an object with names")
    return value


def text(data: Mapping[str, Any], name: str, longest: int = LONGEST_TEXT) -> str:
    value = optional_text(data, name, longest)
    if value is None:
        raise WrongValue(name, "is missing")
    return value


def optional_text(data: Mapping[str, Any], name: str, longest: int = LONGEST_TEXT) -> str | None:
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise WrongValue(name, "is not a text")
    if not value.strip() or len(value) > longest:
        raise WrongValue(name, f"is empty or longer than {longest} letters")
    return value


def whole(data: Mapping[str, Any], name: str, least: int = 0, most: int = 2**53 - 1) -> int:
    value = data.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise WrongValue(name, f"is not a whole number from {least} to {most}")
    return value


def day(data: Mapping[str, Any], name: str) -> str | None:
    """A day as its ISO text; a date of a TOML file is taken too."""
    value = data.get(name)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    value = optional_text(data, name)
    if value is None:
        return None
    try:
        is_day = date.fromisoformat(value).isoformat() == value
    except ValueError:
        is_day = False
    if not is_day:
        raise WrongValue(name, f"{value!r} is not a day such as 2026-03-31")
    return value


def moment(data: Mapping[str, Any], name: str) -> datetime:
    """A moment in UTC, from a text such as 2026-03-31T12:00:00Z."""
    value = text(data, name)
    try:
        if MOMENT.fullmatch(value):
            return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise WrongValue(name, f"{value!r} is not a moment such as 2026-03-31T12:00:00Z")


def moment_text(value: datetime) -> str:
    """The moment as records have it: in UTC, to the second."""
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def hash32(value: Any, field: str) -> bytes:
    """The 32 bytes of a hash in hexadecimal with 0x."""
    if not isinstance(value, str) or not re.fullmatch("0x[0-9a-fA-F]{64}", value):
        raise WrongValue(field, "is not a hash of 32 bytes such as 0x00ff...")
    return bytes.fromhex(value[2:])


def hash_text(value: bytes) -> str:
    return f"0x{value.hex()}"


def address(value: Any, field: str) -> str:
    """An account or contract of an EVM chain, in lower case."""
    if not isinstance(value, str) or not re.fullmatch("0x[0-9a-fA-F]{40}", value):
        raise WrongValue(field, "is not an address of 20 bytes such as 0x00ff...")
    return value.lower()


def one_line(value: str) -> str:
    """Text from outside on one line, each sign that is not seen as its code: it cannot pretend to be our words."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in value)
