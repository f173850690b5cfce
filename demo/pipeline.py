"""Where the invented areas stand in the Green List process, and the list as it is published.

The list has the dirt that the real one had in its releases of 2021 to 2025, in small doses: three forms of date,
three spellings, a trailing blank, a parcel's suffix and a comma that nobody quoted.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from demo.chance import uniform
from demo.sites import Site, sites

LISTED_COUNT = 83
CANDIDATE_COUNT = 64
APPLICATION_COUNT = 70
RELISTED_SHARE = 0.14
# Days from the first of this month; the year-only ones of both groups are added below.
OVERDUE_DAYS = (-45, -260)
DUE_DAYS = (48, 95, 133, 170, 214, 262)
OVERDUE_YEAR_ONLY_COUNT = 2
DUE_YEAR_ONLY_COUNT = 4
WITHOUT_EXPIRY_COUNT = 2
HEADING = "site_id,status,expiry_date,url"


@dataclass(frozen=True)
class Listing:
    """The Green List status of one area; several areas may share `link` and `expires_on`."""

    site: Site
    status: str
    expires_on: date | None
    link: str


@cache
def listings(today: date) -> tuple[Listing, ...]:
    """Every area that has at least applied; the rest of the network has not started.

    Certificates run relative to the first of this month, so that the clock moves while a month lasts.
    """
    drawn = sorted(sites(), key=lambda site: float(uniform("phase", site.number)))
    listed = sorted(drawn[:LISTED_COUNT], key=lambda site: site.number)
    candidates = drawn[LISTED_COUNT:][:CANDIDATE_COUNT]
    applicants = drawn[LISTED_COUNT + CANDIDATE_COUNT :][:APPLICATION_COUNT]
    leads = {area.number: group[0] for group in multi_site_groups(listed) for area in group}
    single = [site for site in listed if leads.get(site.number, site) is site]
    order = sorted(single, key=lambda site: float(uniform("expiry order", site.number)))
    expiry_of = {site.number: _expires_on(position, site, today) for position, site in enumerate(order)}
    made = [Listing(site, "Candidate", None, _link(site)) for site in candidates]
    made += [Listing(site, "Application", None, _link(site)) for site in applicants]
    for site in listed:
        lead = leads.get(site.number, site)
        status = "Relisted" if uniform("relisted", lead.number) < RELISTED_SHARE else "Green Listed"
        made.append(Listing(site, status, expiry_of[lead.number], _link(lead)))
    return tuple(sorted(made, key=lambda listing: listing.site.number))


def multi_site_groups(listed: list[Site]) -> tuple[list[Site], list[Site]]:
    """Three areas of the first country that has three listed ones, and two of the next that has two."""
    by_country: dict[str, list[Site]] = {}
    for site in listed:
        by_country.setdefault(site.country.iso3, []).append(site)
    three = next(group[:3] for group in by_country.values() if len(group) >= 3)
    two = next(group[:2] for group in by_country.values() if len(group) >= 2 and group[0] not in three)
    return three, two


def green_list_csv(today: date) -> str:
    """The published list, one line per listed, candidate or applying area."""
    rows = [
        [one.site.site_id, one.status, f"{one.expires_on:%Y%m%d}" if one.expires_on else "", one.link]
        for one in listings(today)
    ]
    _add_faults(rows)
    return "\n".join([HEADING, *(",".join(row) for row in rows)]) + "\n"


def _add_faults(rows: list[list[str]]) -> None:
    """Write some cells of some lines as careless hands have written them."""
    certified = [row for row in rows if row[2]]
    times_linked = Counter(row[3] for row in rows)
    single = [row for row in certified if times_linked[row[3]] == 1]
    for row in [row for row in certified if row[1] == "Green Listed"][7:24:16]:
        row[1] = "Green Listed "
    for row in [row for row in certified if row[1] == "Relisted"][1:3]:
        row[1] = "Re-Listed"
    for row in certified[4:40:12]:
        row[2] = f"{row[2][6:]}-{row[2][4:6]}-{row[2][:4]}"
    for row in certified[9:60:12]:
        row[2] = f"{row[2][:4]}-{row[2][4:6]}-{row[2][6:]}"
    single[15][0] += "_A"
    single[31][3] = single[31][3].replace("-", ",-", 1)


def _expires_on(position: int, site: Site, today: date) -> date | None:
    """The last day of the certificate that stands at `position` in the drawn order."""
    this_month = today.replace(day=1)
    days = (*OVERDUE_DAYS, *DUE_DAYS)
    if position < len(days):
        return this_month + timedelta(days=days[position])
    position -= len(days)
    if position < OVERDUE_YEAR_ONLY_COUNT:
        return date(today.year - 1 - position, 12, 31)
    position -= OVERDUE_YEAR_ONLY_COUNT
    if position < DUE_YEAR_ONLY_COUNT:
        return date(today.year, 12, 31)
    if position < DUE_YEAR_ONLY_COUNT + WITHOUT_EXPIRY_COUNT:
        return None
    chance = uniform("expiry", site.number)
    if position % 2:
        return date(today.year + 2 + int(3 * chance), 12, 31)
    return this_month + timedelta(days=int(420 + 1300 * chance))


def _link(site: Site) -> str:
    plain = unicodedata.normalize("NFKD", site.site_name).encode("ascii", "ignore").decode().lower()
    return f"https://greenlist.example/sites/{re.sub(r'[^a-z0-9]+', '-', plain)}/"
