"""How long sites stay in each phase of the Green List process, and which days are due: compliance, review, renewal."""

import math
from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd

from metrics.green_list import DUE_SOON_DAYS, PHASES, Clock, listing_clock
from metrics.result import Result, nothing
from metrics.survival import kaplan_meier

YEARS_TO_COMPLY = 5
DAYS_PER_MONTH = 30.4375
WAITING_PHASES = ("application", "candidate")
LISTED = "green_list"
WAITS = ["phase", "months", "at_risk", "moved_on", "still_in_phase_pct", "low", "high"]
DEADLINES = ["site_id", "deadline", "due_on", "days_left", "state"]


def commitment_clock(committed_on: date | None, phase: str, today: date) -> Clock:
    """Days left of the five years in which a site that has committed to the Standard is to comply with it.

    The five years run from the day of signature (IUCN Green List portal, https://iucn.force.com/greenlist); a site may
    commit again. `state` is `current`, `due_soon` (at most 365 days left), `overdue`, `not_committed` (no day is
    known), or `listed`, where the certificate counts instead (`listing_clock`). Overdue says that the five years are
    over without a listing, not that the site was turned down.
    """
    if phase == LISTED:
        return Clock("listed", None, "On the Green List: the clock of the certificate counts.")
    if pd.isna(committed_on):
        return Clock("not_committed", None, "No day of commitment is known.")
    due = (pd.Timestamp(committed_on) + pd.DateOffset(years=YEARS_TO_COMPLY)).date()
    days = (due - today).days
    day_text = f"{due.day} {due:%b %Y}"
    if days < 0:
        return Clock("overdue", days, f"The five years to comply ended on {day_text}.")
    return Clock(_due_state(days), days, f"All criteria are to be met by {day_text}: {days:,} days left.")


def deadlines(sites: pd.DataFrame, today: date) -> pd.DataFrame:
    """Days that are due or overdue in the Green List process, the most pressing first.

    Takes `site_id`, `phase`, `committed_on` and `expires_on` of each site. Gives `site_id`, `deadline`, `due_on`,
    `days_left` (negative once passed) and `state`. `comply` is the end of the five years from commitment, of sites that
    are not listed yet (`commitment_clock`); `renewal` is the last day of the certificate and `midterm_review` the
    middle of it, of listed ones (`listing_clock`). A review whose day has gone is `passed`: whether it was held is not
    published.
    """
    rows = [row for site in sites.to_dict("records") for row in _deadlines(site, today)]
    found = pd.DataFrame(rows, columns=DEADLINES).astype({"days_left": "int64"})
    return found.sort_values(["due_on", "site_id", "deadline"], kind="stable", ignore_index=True)


def phase_spells(seen: pd.DataFrame) -> pd.DataFrame:
    """The stays of sites in phases, from the days on which each was seen in one.

    Takes `site_id`, `phase` and `seen_on`. Gives `site_id`, `phase`, `started_on` and `ended_on`, empty while the site
    is still there. A stay starts when the site is first seen in the phase and ends when it is first seen in another, so
    its length is uncertain by the time between two looks; one that was there at the first look has an empty start.
    """
    rows = seen.dropna(subset=["phase", "seen_on"]).assign(seen_on=lambda found: pd.to_datetime(found["seen_on"]))
    # On one day the furthest phase counts, so that the order of rows says nothing.
    rank = rows["phase"].map({phase: place for place, phase in enumerate(PHASES)})
    rows = rows.assign(rank=rank).sort_values(["site_id", "seen_on", "rank"], kind="stable")
    rows = rows.drop_duplicates(["site_id", "seen_on"], keep="last")
    rows = rows[rows["phase"].ne(rows.groupby("site_id")["phase"].shift())]
    first = ~rows["site_id"].duplicated()
    spells = rows.assign(
        ended_on=rows.groupby("site_id")["seen_on"].shift(-1).dt.date,
        started_on=rows["seen_on"].mask(first).dt.date,
    )
    return spells[["site_id", "phase", "started_on", "ended_on"]].reset_index(drop=True)


def time_in_phase(spells: pd.DataFrame, today: date) -> pd.DataFrame:
    """Share of sites still in a phase so many months after they entered it, by Kaplan & Meier (1958).

    Takes `site_id`, `phase`, `started_on` and `ended_on` (empty while the site is there) of each stay. Gives, for the
    phases in which sites wait (application, candidate), `phase`, `months` (of 30.4375 days), `at_risk` (sites in the
    phase until then), `moved_on` (to a later phase), `still_in_phase_pct` and its 95 % limits `low` and `high`
    (`kaplan_meier`). Sites still waiting count until today, and those that fell back or started again until they left:
    leaving them out would make the wait look short. Stays of no known start take no part. Sites differ in size and
    means, so this is what happened in the network and no promise for one site.
    """
    followed = _followed(spells, today)
    curves = [_curve(followed, phase) for phase in WAITING_PHASES if followed["phase"].eq(phase).any()]
    if not curves:
        return pd.DataFrame(columns=WAITS)
    return pd.concat(curves, ignore_index=True)[WAITS]


def months_in_phase(spells: pd.DataFrame, today: date, phase: str) -> Result:
    """Months after which half of the sites have moved on from a phase to a later one, counting those that still wait.

    Takes what `time_in_phase` takes. The interval is where its limits reach one half (Brookmeyer & Crowley 1982, doi
    10.2307/2530286); an end that is not reached is infinite. Missing where fewer than half have moved on.
    """
    followed = _followed(spells, today)
    n = int(followed["phase"].eq(phase).sum())
    if not n:
        return nothing("months", "stays", "no site is known to have entered the phase")
    curve = _curve(followed, phase)
    value = _first_below_half(curve, "still_in_phase_pct")
    if math.isinf(value):
        return nothing("months", "stays", "fewer than half of the sites have moved on so far", n)
    limits = (_first_below_half(curve, "low"), _first_below_half(curve, "high"))
    return Result(value, "months", n, "stays", interval=(min(limits[0], value), limits[1]))


def _due_state(days: int) -> str:
    return "due_soon" if days <= DUE_SOON_DAYS else "current"


def _deadlines(site: Mapping, today: date) -> list[tuple]:
    listing = listing_clock(site["expires_on"], site["phase"], today)
    commitment = commitment_clock(site["committed_on"], site["phase"], today)
    found = [("comply", commitment.days_left, commitment.state), ("renewal", listing.days_left, listing.state)]
    if listing.midterm_review_on:
        days = (listing.midterm_review_on - today).days
        found.append(("midterm_review", days, "passed" if days < 0 else _due_state(days)))
    due = {name: today + timedelta(days) for name, days, _ in found if days is not None}
    return [(site["site_id"], name, due[name], days, state) for name, days, state in found if name in due]


def _followed(spells: pd.DataFrame, today: date) -> pd.DataFrame:
    """How many months each stay was followed, and whether the site then moved on to a later phase."""
    known = spells.dropna(subset=["started_on"])
    started, ended = (pd.to_datetime(known[name]) for name in ("started_on", "ended_on"))
    known = known.assign(started=started, ended=ended.where(ended <= pd.Timestamp(today)))
    known = known[known["started"] <= pd.Timestamp(today)].sort_values(["site_id", "started", "ended"])
    rank = known["phase"].map({phase: place for place, phase in enumerate(PHASES)})
    later = rank.groupby(known["site_id"]).shift(-1)
    days = (known["ended"].fillna(pd.Timestamp(today)) - known["started"]).dt.days
    # Where a site went that no later stay tells of is taken as onwards.
    return known.assign(
        months=days.clip(lower=0) / DAYS_PER_MONTH, is_moved_on=known["ended"].notna() & ~(later <= rank)
    )


def _curve(followed: pd.DataFrame, phase: str) -> pd.DataFrame:
    stays = followed[followed["phase"].eq(phase)]
    curve = kaplan_meier(stays["months"], stays["is_moved_on"])
    percents = {name: 100 * curve[name] for name in ("low", "high")}
    return curve.rename(columns={"time": "months", "events": "moved_on"}).assign(
        phase=phase, still_in_phase_pct=100 * curve["survival"], **percents
    )


def _first_below_half(curve: pd.DataFrame, name: str) -> float:
    reached = curve.loc[curve[name] <= 50, "months"]
    return float(reached.iloc[0]) if len(reached) else math.inf
