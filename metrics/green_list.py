"""IUCN Green List figures: how long a certificate still runs, and how many sites stand in each phase."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

PHASES = ("not_started", "application", "candidate", "green_list")
LISTED_STATUSES = ("Green Listed", "Relisted")
ALL_REGIONS = "All regions"
UNKNOWN_REGION = "Region not known"
DUE_SOON_DAYS = 365
MONTHS_FROM_MIDTERM_TO_EXPIRY = 30


@dataclass(frozen=True)
class Clock:
    """How long the certificate of a site still runs.

    `state` is `current`, `due_soon` (at most 365 days left), `overdue`, `no_expiry` (listed, without a published end)
    or `not_listed`. `days_left` counts to the last day of the certificate and is negative after it. `sentence` says
    it in words. `midterm_review_on` is the middle of the five-year certificate.
    """

    state: str
    days_left: int | None
    sentence: str
    midterm_review_on: date | None = None


def listing_clock(expires_on: date | None, phase: str, today: date, is_expiry_year_only: bool = False) -> Clock:
    """Days left on a Green List certificate, which is valid up to and including its last day.

    A certificate runs for five years with a mid-term review (https://iucngreenlist.org/standard/global-standard), so
    the review is set 2.5 years before the end. Overdue means that the published date has passed and no renewal is
    published; it does not say that the site lost its listing. Where only the year is published the end is 31 December.
    """
    ends_on = None if pd.isna(expires_on) else pd.Timestamp(expires_on).date()
    days_left = None if ends_on is None else (ends_on - today).days
    state = _clock_state(phase, days_left)
    if state == "not_listed":
        return Clock(state, None, "Not on the Green List.")
    if ends_on is None:
        return Clock(state, None, "On the Green List; no end of the certificate is published.")
    midterm = pd.Timestamp(ends_on) - pd.DateOffset(months=MONTHS_FROM_MIDTERM_TO_EXPIRY)
    note = " (only the year is published)" if is_expiry_year_only else ""
    if days_left < 0:
        sentence = f"Certificate overdue since {_day_text(ends_on)}{note}; no renewal is published."
    else:
        sentence = f"Certificate ends {_day_text(ends_on)}{note}, {_in_days(days_left)}."
    return Clock(state, days_left, sentence, midterm.date())


def clocks(listings: pd.DataFrame, today: date) -> pd.DataFrame:
    """The listings with `clock_state` and `days_left` (days, empty where there is no end), as in `listing_clock`.

    Takes `phase` and `expires_on`; the columns are added to a copy.
    """
    left = (pd.to_datetime(listings["expires_on"]) - pd.Timestamp(today)).dt.days.astype("Int64")
    left = left.mask(listings["phase"].ne("green_list"))
    states = [
        _clock_state(phase, None if pd.isna(days) else days)
        for phase, days in zip(listings["phase"], left, strict=True)
    ]
    return listings.assign(clock_state=pd.Series(states, index=listings.index, dtype="str"), days_left=left)


def pipeline(sites: pd.DataFrame) -> pd.DataFrame:
    """Number of sites per region and Green List phase, zeros included.

    Takes `region` and `phase` of each site; a site without region counts under "Region not known". Gives `region`, one
    column per phase, and `total`; the last row holds all regions. Raises ValueError for a phase that the Green List
    process does not have.
    """
    unknown = sorted(set(sites["phase"].dropna()) - set(PHASES))
    if unknown or sites["phase"].isna().any():
        raise ValueError(f"phase must be one of {', '.join(PHASES)}; found {', '.join(unknown) or 'an empty one'}")
    region = sites["region"].astype("str").fillna(UNKNOWN_REGION)
    counts = pd.DataFrame({phase: sites["phase"].eq(phase).groupby(region).sum() for phase in PHASES}).astype(int)
    counts.loc[ALL_REGIONS] = counts.sum()
    return counts.assign(total=counts.sum(axis=1)).rename_axis("region").reset_index()


def green_list_figures(listings: pd.DataFrame, today: date) -> dict[str, Any]:
    """Summary of a Green List table, as plain values for JSON.

    Takes `status` and `expires_on`. `by_status` counts the rows of each status. Of the rows that are "Green Listed"
    or "Relisted", `current` have an end that is today or later, `overdue` one that has passed, `without_expiry` none.
    """
    listed = clocks(listings[listings["status"].isin(LISTED_STATUSES)].assign(phase="green_list"), today)
    states = listed["clock_state"]
    by_status = listings["status"].value_counts().sort_index()
    return {
        "by_status": {status: int(rows) for status, rows in by_status.items()},
        "current": int(states.isin(["current", "due_soon"]).sum()),
        "overdue": int(states.eq("overdue").sum()),
        "without_expiry": int(states.eq("no_expiry").sum()),
    }


def _clock_state(phase: str, days_left: int | None) -> str:
    if phase != "green_list":
        return "not_listed"
    if days_left is None:
        return "no_expiry"
    if days_left < 0:
        return "overdue"
    return "due_soon" if days_left <= DUE_SOON_DAYS else "current"


def _day_text(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _in_days(days: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days:,} days")
