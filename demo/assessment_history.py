"""When the invented areas were assessed for the Green List: each one's way through the phases, and its versions.

As certificates do, days run relative to the first of this month, so that every assessment has taken place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from demo.chance import uniform
from demo.pipeline import Listing, listings
from demo.sites import Site, sites

NEVER = 0
CERTIFICATE_DAYS = 1826
# The oldest assessment is at most this old.
YEARS_DAYS = 1440
DRAFT_SHARE = 0.05
REVIEWED_CANDIDATES = 0.5
TWICE_EVALUATED = 0.2
# Of the versions that a site may have, from the fewest on: how many sites have no more.
VERSIONS = {
    "green_list": (3, (0.7, 0.9, 0.97, 1.0)),
    "candidate": (3, (0.5, 0.8, 0.93, 1.0)),
    "application": (1, (0.4, 0.8, 1.0)),
    "not_started": (1, (0.85, 1.0)),
}
# Criteria met by the site's own newest assessment: the fewest and the most.
LAST_MET = {"green_list": (17, 17), "candidate": (9, 16), "application": (3, 10), "not_started": (1, 5)}
# How many fewer were met by its first one.
GAIN = {"green_list": (2, 8), "candidate": (2, 6), "application": (1, 4), "not_started": (0, 0)}
SETBACK_SHARE = 0.25
CRITERIA = 17


@dataclass(frozen=True)
class Way:
    """How many days ago a site committed, became a candidate, and was listed; `NEVER` for what has not happened."""

    committed: int
    candidate: int
    listed: int

    def phase(self, back: int) -> str:
        """The phase of the site so many days ago."""
        reached = (("green_list", self.listed), ("candidate", self.candidate), ("application", self.committed))
        return next((phase for phase, since in reached if since and since >= back), "not_started")


@dataclass(frozen=True)
class Assessment:
    """One version of a site's assessment: how many criteria the site itself finds `met`, and who else rated.

    `is_newest` marks the newest that is no draft; `committed_on` is empty before the site has committed.
    """

    site: Site
    version: int
    assessed_on: date
    phase: str
    status: str
    committed_on: date | None
    met: int
    roles: tuple[str, ...]
    is_newest: bool

    @property
    def assessment_id(self) -> str:
        return _assessment_id(self.site, self.version)

    @property
    def supersedes(self) -> str:
        return _assessment_id(self.site, self.version - 1) if self.version > 1 else ""


def assessments(today: date) -> Iterator[Assessment]:
    """Every assessment of every site of the network, each site's oldest first."""
    listed = {listing.site.number: listing for listing in listings(today)}
    for site in sites():
        yield from _history(site, listed.get(site.number), today.replace(day=1))


def _history(site: Site, listing: Listing | None, month: date) -> Iterator[Assessment]:
    way = _way(site, listing, month)
    phase = way.phase(0)
    backs = _days_back(site, way, phase)
    met = _met(site, way, backs)
    committed_on = month - timedelta(way.committed)
    has_draft = _chance("draft", site) < DRAFT_SHARE
    for position, back in enumerate([*backs, 6] if has_draft else backs):
        after = len(backs) - 1 - position
        roles = _roles(site, way.phase(back), after)
        yield Assessment(
            site=site,
            version=position + 1,
            assessed_on=month - timedelta(back),
            phase=way.phase(back),
            status=_status(roles, after),
            committed_on=committed_on if way.committed and way.committed >= back else None,
            met=met[min(position, len(met) - 1)],
            roles=roles,
            is_newest=after == 0,
        )


def _way(site: Site, listing: Listing | None, month: date) -> Way:
    if listing is None:
        return Way(NEVER, NEVER, NEVER)
    if listing.status == "Application":
        late = _chance("committed late", site)
        return Way(_committed_days(site, late, 0.06, 0.16, 120), NEVER, NEVER)
    if listing.status == "Candidate":
        committed = _committed_days(site, _chance("committed late", site), 0.11, 0.28, 450)
        return Way(committed, _between("candidate since", site, 345, min(committed - 95, 1200)), NEVER)
    # A list that gives no more than the year of the end has a day in that year.
    listed = _between("listed since", site, 200, 1200)
    if listing.expires_on:
        is_year_only = (listing.expires_on.month, listing.expires_on.day) == (12, 31)
        within = _between("listed within", site, 0, 300) if is_year_only else 0
        listed = max(60, CERTIFICATE_DAYS - (listing.expires_on - month).days + within)
    listed += CERTIFICATE_DAYS if listing.status == "Relisted" else 0
    candidate = listed + _between("candidate for", site, 180, 800)
    return Way(candidate + _between("applied for", site, 150, 800), candidate, listed)


def _committed_days(site: Site, late: float, overdue_share: float, due_soon_share: float, fewest: int) -> int:
    """Days since a site committed: some have had more than five years, some will have soon."""
    if late < overdue_share:
        return _between("committed", site, CERTIFICATE_DAYS + 32, CERTIFICATE_DAYS + 420)
    if late < due_soon_share:
        return _between("committed", site, CERTIFICATE_DAYS - 320, CERTIFICATE_DAYS - 40)
    return _between("committed", site, fewest, CERTIFICATE_DAYS - 380)


def _days_back(site: Site, way: Way, phase: str) -> list[int]:
    """How many days ago each assessment took place, the oldest first; the newest is of today's phase."""
    fewest, shares = VERSIONS[phase]
    chance = _chance("versions", site)
    count = fewest + sum(chance >= share for share in shares)
    since = {"green_list": way.listed, "candidate": way.candidate, "application": way.committed}.get(phase, YEARS_DAYS)
    newest = _between("newest", site, 25, min(330, since - 10))
    gap = min(_between("gap", site, 270, 430), (YEARS_DAYS - newest) // max(1, count - 1))
    shifts = [int(0.3 * gap * (_chance("shift", site, position) - 0.5)) for position in range(1, count - 1)]
    shifts = [0, *shifts, 0] if count > 1 else [0]
    return [newest + gap * position + shifts[position] for position in reversed(range(count))]


def _met(site: Site, way: Way, backs: list[int]) -> list[int]:
    """Criteria that the site finds met each time: more and more, with a setback now and then."""
    phase = way.phase(0)
    last = _between("met", site, *LAST_MET[phase])
    first = max(1, last - _between("gain", site, *GAIN[phase]))
    steps = max(1, len(backs) - 1)
    met = [first + round((last - first) * position / steps) for position in range(len(backs))]
    # A site is listed when all criteria are met, and not before.
    met = [
        CRITERIA if way.phase(back) == "green_list" else min(count, CRITERIA - 1)
        for count, back in zip(met, backs, strict=True)
    ]
    if len(backs) > 2 and _chance("setback", site) < SETBACK_SHARE:
        at = _between("setback at", site, 1, len(backs) - 2)
        met[at] = CRITERIA - 1 if met[at] == CRITERIA else max(1, met[at - 1] - 1)
    return met[:-1] + [last]


def _roles(site: Site, phase: str, after: int) -> tuple[str, ...]:
    """Who rated an assessment that so many newer ones follow; -1 is a draft."""
    if phase not in ("candidate", "green_list") or after not in (0, 1):
        return ("self",)
    if after == 1:
        return ("self", "expert_group") if _chance("evaluated twice", site) < TWICE_EVALUATED else ("self",)
    if phase == "candidate" and _chance("reviewed", site) >= REVIEWED_CANDIDATES:
        return ("self", "expert_group")
    return ("self", "expert_group", "reviewer")


def _status(roles: tuple[str, ...], after: int) -> str:
    if after:
        return "draft" if after < 0 else "superseded"
    return "verified" if "reviewer" in roles else "submitted"


def _assessment_id(site: Site, version: int) -> str:
    return f"{site.site_id}-gl-{version}"


def _chance(topic: str, site: Site, *keys: int) -> float:
    return float(uniform(f"assessments: {topic}", site.number, *keys))


def _between(topic: str, site: Site, low: int, high: int) -> int:
    """A whole number from `low` to `high`."""
    return low + int(_chance(topic, site) * (high - low + 1))
