"""Single values as registries and hand-made tables write them: site ids, numbers, links."""

import math
import re
from urllib.parse import urlsplit


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
