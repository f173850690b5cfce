"""Single values as registries and hand-made tables write them: site ids, numbers, days, links."""

import math
import re
from datetime import date
from urllib.parse import urlsplit

YEARS = (1900, 2100)


class WrongValue(ValueError):
    """A value that cannot be used: the field it stands in, the value, and why."""

    def __init__(self, field: str, value: str | None, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.value = value
        self.reason = reason


def read_site_id(field: str, text: str) -> tuple[str, str | None]:
    """The WDPA site id and, where the text names one (`306793_A`), the parcel.

    Raises WrongValue for anything else, such as the `5.56E+08` that a spreadsheet makes of a long id.
    """
    match = re.fullmatch(r"([1-9][0-9]{0,11})(?:_([A-Za-z0-9]+))?", text.strip())
    if not match:
        reason = (
            "it is missing" if not text.strip() else "it is not a WDPA site id (digits; a spreadsheet may change it)"
        )
        raise WrongValue(field, text, reason)
    return match[1], match[2]


def read_number(field: str, text: str, lowest: float, highest: float = math.inf) -> float | None:
    """A decimal number from `lowest` to `highest`, None when blank; raises WrongValue for anything else."""
    if not text.strip():
        return None
    try:
        number = float(text)
    except ValueError:
        raise WrongValue(field, text, "it is not a number (write 1234.5)") from None
    if not math.isfinite(number) or not lowest <= number <= highest:
        limits = f"from {lowest:g} to {highest:g}" if highest < math.inf else f"of at least {lowest:g}"
        raise WrongValue(field, text, f"it is not a number {limits}")
    return number


def read_link(field: str, text: str) -> str | None:
    """A web address, None when blank; raises WrongValue when it is not one that a page may link to."""
    link = text.strip()
    if not link:
        return None
    try:
        parts = urlsplit(link)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_web = False
    if not is_web or re.search(r"[\s<>\"\x00-\x1f\x7f]", link):
        raise WrongValue(field, text, "it is not an http or https address")
    return link


def day_of(field: str, cell: str) -> date | None:
    """The day of an ISO date or moment, None when blank; raises WrongValue for any other way to write it."""
    text = cell.strip()
    if not text:
        return None
    match = re.fullmatch(r"(\d{4}-\d{2}-\d{2})([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?", text, re.ASCII)
    try:
        day = date.fromisoformat(match[1]) if match else None
    except ValueError:
        day = None
    if day is None:
        raise WrongValue(field, cell, "it is not a day as 2026-03-01 (or a cell with a real date in Excel)")
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise WrongValue(field, cell, f"its year is not between {YEARS[0]} and {YEARS[1]}")
    return day


def whole_of(field: str, cell: str, lowest: int = 0) -> int | None:
    """A whole number, None when blank; raises WrongValue for anything else."""
    text = cell.strip()
    if not text:
        return None
    match = re.fullmatch(r"(\d{1,9})([.,]0+)?", text, re.ASCII)
    if not match or int(match[1]) < lowest:
        raise WrongValue(field, cell, f"it is not a whole number of at least {lowest}")
    return int(match[1])
