"""Green List status, phase and expiry, in the spellings that registry and published list have used.

Phases are those of the IUCN Green List Standard: application, candidate, green_list.
"""

import re
from datetime import date
from typing import Any
from urllib.parse import unquote, urlsplit

from connectors.values import WrongValue

STATUSES = {
    "application": ("Application", "application"),
    "applicant": ("Application", "application"),
    "candidate": ("Candidate", "candidate"),
    "listed": ("Green Listed", "green_list"),
    "greenlisted": ("Green Listed", "green_list"),
    "relisted": ("Relisted", "green_list"),
}
DATE_FORMS = (
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})", re.ASCII),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII),
    re.compile(r"(?P<day>\d{2})-(?P<month>\d{2})-(?P<year>\d{4})", re.ASCII),
)


def listing_row(site_id: str, status: str, expiry: str, link: str | None) -> dict[str, Any]:
    """One row of the table `listings`, without parcels; raises WrongValue for an unknown status or date.

    Sites of one application share the listing: its id is the last part of the link and the expiry date. A listing
    that ends on 31 December is marked: the registry has published only the year since March 2026.
    """
    name, phase = _read_status(status)
    expires_on = _read_expiry(expiry)
    return {
        "listing_id": _listing_id(site_id, link, expires_on),
        "site_id": site_id,
        "status": name,
        "phase": phase,
        "expires_on": expires_on,
        "is_expiry_year_only": (expires_on.month, expires_on.day) == (12, 31) if expires_on else None,
        "link": link,
    }


def _read_status(text: str) -> tuple[str, str]:
    letters = "".join(letter for letter in text.lower() if letter.isalpha())
    if letters not in STATUSES:
        raise WrongValue("status", text, "it is not a known Green List status" if letters else "it is missing")
    return STATUSES[letters]


def _read_expiry(text: str) -> date | None:
    text = text.strip()
    if not text:
        return None
    for form in DATE_FORMS:
        if match := form.fullmatch(text):
            try:
                return date(int(match["year"]), int(match["month"]), int(match["day"]))
            except ValueError:
                break
    raise WrongValue("expiry_date", text, "it is not a date of the form 20291231, 2029-12-31 or 31-12-2029")


def _listing_id(site_id: str, link: str | None, expires_on: date | None) -> str:
    last_part = unquote(urlsplit(link).path).rstrip("/").rpartition("/")[2] if link else ""
    slug = re.sub(r"[\W_]+", "-", last_part.lower()).strip("-")
    return f"{slug}:{expires_on or 'none'}" if slug else f"site-{site_id}"
