"""Planted corals: how many live how long after planting, and their state month by month.

Every frame of outplants holds a row per cohort and visit: `cohort`, `station`, `scientific_name`, `planted_on`,
`observed_on`, and of its `fragment_count` the `alive_count`, `dead_count` and `lost_count` found by then. Days may come
as days or moments; a row without one of them, or without a count, takes no part. A cohort to which nobody has come back
has one row on the day of planting.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from metrics.result import Result, nothing
from metrics.survival import kaplan_meier

DAYS_PER_MONTH = 30.4375
# Survival that a review of coral restoration reports, and what it says of how long projects were followed
# (Boström-Einarsson et al. 2020, doi 10.1371/journal.pone.0226631).
PUBLISHED_SURVIVAL_PCT = (60.0, 70.0)
PUBLISHED_FOLLOW_UP = "60 % of projects were monitored for less than 18 months"
TOLERANCE_MONTHS = 1.0

COUNTS = ["fragment_count", "alive_count", "dead_count", "lost_count"]
CURVE = ["months", "at_risk", "survival_pct", "low", "high"]


@dataclass(frozen=True)
class Totals:
    """Planted fragments by their state at the last visit: alive, dead, lost or not visited yet, together `planted`.

    `taxa` and `stations` are counted; `last_visit` is the newest visit after planting.
    """

    planted: int
    alive: int
    dead: int
    lost: int
    taxa: int
    stations: int
    first_planted: date | None
    last_visit: date | None
    unvisited: int


def survival_curve(outplants: pd.DataFrame) -> pd.DataFrame:
    """Share of the planted corals that live, by months since planting (30.4375 days), by Kaplan & Meier (1958).

    Gives `months` from 0 to the end of the longest follow-up, `at_risk` (fragments still followed just before),
    `survival_pct` and its 95 % limits `low` and `high` (`kaplan_meier`), all in percent; empty where nobody has seen
    any coral again. After planting there are no limits until the first death. A death counts at the visit that found
    it, so between visits the curve stands too high. Lost fragments, detached or without tag, count until they were
    last seen and then neither as alive nor as dead (censored), and living ones until their last visit. Found again, a
    fragment counts as the later visit says. Should lost fragments die more often than others, survival is overrated.

    Fragments of one cohort share site, day and colony, and so their fate: the limits, which take each fragment as
    independent, are too narrow. Published survival is 60 to 70 %, of projects mostly followed for less than 18 months
    (Boström-Einarsson et al. 2020, doi 10.1371/journal.pone.0226631).
    """
    fates = _fates(outplants)
    if not (fates["days"] > 0).any():
        return pd.DataFrame(columns=CURVE, dtype="float64").astype({"at_risk": "int64"})
    curve = kaplan_meier(fates["days"], fates["is_dead"], fates["count"])
    percents = {name: 100 * curve[column] for name, column in zip(CURVE[2:], ("survival", "low", "high"), strict=True)}
    curve = curve.assign(months=curve["time"] / DAYS_PER_MONTH, **percents)[CURVE]
    if curve["months"].iloc[0] > 0:
        planted = pd.DataFrame({"months": [0.0], "at_risk": curve["at_risk"].iloc[:1]})
        curve = pd.concat([planted.assign(survival_pct=100.0, low=100.0, high=100.0), curve], ignore_index=True)
    is_start = curve["months"].eq(0) & curve["survival_pct"].eq(100)
    return curve.assign(**{name: curve[name].mask(is_start, 100.0) for name in ("low", "high")})


def survival_at(outplants: pd.DataFrame, months: float) -> Result:
    """Planted corals alive so many months after planting, in percent, with the 95 % interval of `survival_curve`.

    Visits seldom fall on the day, so one up to a month late counts: what it found dead may have died before, and what
    it found alive lived then. `n` counts the fragments still followed a month before, or ever followed where all had
    died by then. Missing where no visit fell within a month of that time, unless all had died: a much later one would
    leave survival too high. What holds for the curve holds here: lost fragments are censored, and the interval is too
    narrow as fragments of a cohort share their fate.
    """
    curve, fates, of = survival_curve(outplants), _fates(outplants), "fragments followed"
    if curve.empty:
        return nothing("%", of, "nobody has seen a planted coral again yet")
    reached = curve[curve["months"] <= months + TOLERANCE_MONTHS].iloc[-1]
    followed = curve[curve["months"] >= months - TOLERANCE_MONTHS]
    if followed.empty and reached["survival_pct"] > 0:
        longest = curve["months"].iloc[-1]
        return nothing("%", of, f"no planted coral was followed for {months:g} months, only for {longest:.1f}")
    if len(followed) and followed["months"].iloc[0] > months + TOLERANCE_MONTHS:
        return nothing("%", of, f"nobody looked at planted corals about {months:g} months after planting")
    n = int(followed["at_risk"].iloc[0] if len(followed) else fates.loc[fates["days"] > 0, "count"].sum())
    low, high = reached["low"], reached["high"]
    interval = (float(low), float(high)) if low < high else None
    return Result(float(reached["survival_pct"]), "%", n, of, interval=interval)


def follow_up(outplants: pd.DataFrame) -> Result:
    """Months that planted corals were followed: from planting until last seen alive or found dead, the median.

    A month has 30.4375 days; a fragment to which nobody has come back, or that was lost before the first visit, counts
    with 0. Survival means little without it: in a review 60 % of the projects were monitored for less than 18 months
    (Boström-Einarsson et al. 2020, doi 10.1371/journal.pone.0226631).
    """
    fates = _fates(outplants).sort_values("days")
    n = int(fates["count"].sum())
    if not (fates["days"] > 0).any():
        return nothing("months", "fragments", "nobody has seen a planted coral again yet", n)
    followed = fates["days"].to_numpy() / DAYS_PER_MONTH
    ranks = fates["count"].to_numpy().cumsum()
    # The middle one, or the mean of the middle two.
    middle = [followed[np.searchsorted(ranks, rank)] for rank in ((n + 1) // 2, n // 2 + 1)]
    return Result(float(np.mean(middle)), "months", n, "fragments")


def alive_by_month(outplants: pd.DataFrame) -> pd.DataFrame:
    """State of all planted corals at the end of each month, from the first planting to the last visit.

    Gives `month` (its first day), the fragments `planted` until then, those `alive`, `dead` and `lost`, and `alive_pct`
    of those that are alive or dead. Each cohort stays as its last visit left it, and counts as alive until the first:
    deaths appear in the month that found them. `alive_pct` is empty where all are lost. Unlike `survival_curve` it goes
    by the calendar and mixes cohorts of all ages.
    """
    visits = _visits(outplants)
    if visits.empty:
        empty = pd.DataFrame(columns=["month", "planted", "alive", "dead", "lost", "alive_pct"], dtype="float64")
        return empty.astype({"month": "object"})
    states = visits[COUNTS[1:]]
    before = states.groupby(visits["cohort"]).shift()
    is_first = before["alive_count"].isna()
    planted = pd.DataFrame({"alive_count": visits["fragment_count"], "dead_count": 0, "lost_count": 0})
    steps = (states - before.where(~is_first, planted)).astype("int64")
    changes = pd.concat(
        [
            planted.assign(planted=visits["fragment_count"], month=_month(visits["planted_on"]))[is_first],
            steps.assign(planted=0, month=_month(visits["observed_on"])),
        ]
    )
    changes = changes.groupby("month").sum()
    every = pd.period_range(changes.index.min(), changes.index.max(), freq="M")
    months = changes.reindex(every, fill_value=0).cumsum()
    months.columns = [name.removesuffix("_count") for name in months.columns]
    known = months["alive"] + months["dead"]
    months = months.assign(month=every.start_time.date, alive_pct=100 * months["alive"] / known.where(known > 0))
    return months[["month", "planted", "alive", "dead", "lost", "alive_pct"]].reset_index(drop=True)


def totals(outplants: pd.DataFrame) -> Totals:
    """How many corals were planted and what became of them, as the last visit of each cohort found it.

    Counts fragments; those to which nobody has come back are `unvisited` and in no other state. `taxa` is 0 where no
    taxon is told.
    """
    visits = _visits(outplants)
    last = visits.drop_duplicates("cohort", keep="last")
    is_visited = last["is_visit"]
    seen = last[is_visited]
    visited_on = visits.loc[visits["is_visit"], "observed_on"].max()
    planted_on = visits["planted_on"].min()
    return Totals(
        planted=int(last["fragment_count"].sum()),
        **{name.removesuffix("_count"): int(seen[name].sum()) for name in COUNTS[1:]},
        unvisited=int(last.loc[~is_visited, "fragment_count"].sum()),
        taxa=int(last["scientific_name"].nunique()),
        stations=int(last["station"].nunique()),
        first_planted=None if pd.isna(planted_on) else planted_on.date(),
        last_visit=None if pd.isna(visited_on) else visited_on.date(),
    )


def _visits(outplants: pd.DataFrame) -> pd.DataFrame:
    """Complete rows by cohort and day, with the `days` since planting and whether somebody had come back."""
    found = outplants.assign(
        **{name: pd.to_datetime(outplants[name]).astype("datetime64[us]") for name in ("planted_on", "observed_on")}
    )
    found = found.dropna(subset=["cohort", "planted_on", "observed_on", *COUNTS]).astype(dict.fromkeys(COUNTS, "int64"))
    found = found.sort_values(["cohort", "observed_on"], kind="stable", ignore_index=True)
    days = (found["observed_on"] - found["planted_on"]).dt.days.clip(lower=0)
    return found.assign(days=days, is_visit=(days > 0) | (found["alive_count"] < found["fragment_count"]))


def _fates(outplants: pd.DataFrame) -> pd.DataFrame:
    """How many fragments were followed for how many days, and whether they were then found dead."""
    visits = _visits(outplants)
    cohorts = visits["cohort"]
    # What a later visit takes back was never so: the gone are those that stay gone.
    gone = visits[["dead_count", "lost_count"]][::-1].groupby(cohorts[::-1]).cummin()[::-1]
    new = gone.groupby(cohorts).diff().fillna(gone).astype("int64")
    before = visits.groupby("cohort")["days"].shift(fill_value=0)
    last = ~cohorts.duplicated(keep="last")
    parts = [
        pd.DataFrame({"days": visits["days"], "is_dead": True, "count": new["dead_count"]}),
        pd.DataFrame({"days": before, "is_dead": False, "count": new["lost_count"]}),
        pd.DataFrame({"days": visits["days"], "is_dead": False, "count": visits["alive_count"]})[last],
    ]
    fates = pd.concat(parts, ignore_index=True)
    return fates[fates["count"] > 0]


def _month(days: pd.Series) -> pd.Series:
    return days.dt.to_period("M")
