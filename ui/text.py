"""Words for people: numbers, dates with their zone, and text from outside made harmless."""

import re
from datetime import date, datetime
from urllib.parse import urlsplit

import pandas as pd

DASH = "–"
_MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")
_LINK_STARTS = re.compile(r"(:(?=[A-Za-z/_+-])|@|\bwww(?=\.))", re.IGNORECASE)
_WORD_JOINER = "\u2060"


def plain(text: object) -> str:
    """Text from outside as Markdown that shows exactly this text, on one line."""
    # Addresses, icons and emoji are recognised after backslashes are gone; an invisible joiner keeps them text.
    unlinked = _LINK_STARTS.sub(rf"\1{_WORD_JOINER}", " ".join(str(text).split()))
    return _MARKDOWN.sub(r"\\\1", unlinked)


def is_missing(value: object) -> bool:
    """Whether a cell of a frame holds nothing: None, NaN, NaT, NA or empty text."""
    return bool(pd.isna(value)) or value == ""


def is_true(value: object) -> bool:
    """Whether a cell holds something that counts as yes; a missing one does not."""
    return not is_missing(value) and bool(value)


def day(value: date | None) -> str:
    """A calendar day, such as 22 Nov 2026."""
    return DASH if is_missing(value) else f"{value.day} {value:%b %Y}"


def month(value: date | None) -> str:
    """A month, such as Nov 2026."""
    return DASH if is_missing(value) else f"{value:%b %Y}"


def moment(value: datetime | None) -> str:
    """A moment with its zone, such as 22 Nov 2026, 18:00 UTC; it must know its zone."""
    if is_missing(value):
        return DASH
    utc = pd.Timestamp(value).tz_convert("UTC")
    return f"{day(utc)}, {utc:%H:%M} UTC"


def number(value: float | None, decimals: int = 0) -> str:
    """A number with grouped thousands."""
    return DASH if is_missing(value) else f"{value:,.{decimals}f}"


def count(value: int, one: str, many: str = "") -> str:
    """A counted noun: 1 site, 320 sites."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def web_address(value: object) -> str | None:
    """The value where it is a http(s) address that a link may lead to, else None."""
    parts = urlsplit(value) if isinstance(value, str) else None
    return value if parts and parts.scheme in ("http", "https") and parts.netloc else None


def joined(parts: list[str]) -> str:
    """The non-empty parts of a caption, with a middle dot between them."""
    return " · ".join(part for part in parts if part)
