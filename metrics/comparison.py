"""Figures of one site that are made to be compared with those of its peers: each per effort, and each with its sample.

Rates, response times, coral cover and the like come from the functions that the other pages use; here are the rest.
"""

from datetime import date

import pandas as pd

from metrics.phases import DAYS_PER_MONTH
from metrics.rates import is_effort, share, wilson_interval
from metrics.result import Result, nothing

FEWEST_STATIONS = 5


def active_days_of(n_active_days: int, trap_nights: float | None) -> Result:
    """Share of the trap nights on whose day the camera recorded any animal, in percent, with Wilson's 95 % interval.

    What `active_day_share` gives for the records of all taxa together, from their number of days: each day of each
    deployment counts once. Days that follow each other are alike, so the interval is too narrow. Missing without any
    effort.
    """
    if not is_effort(trap_nights):
        return nothing("% of trap nights", "trap nights", "no camera effort was recorded")
    whole = max(round(trap_nights), 1)
    # A deployment of a day and a half touches three days.
    found = min(n_active_days / trap_nights, 1.0)
    low, high = wilson_interval(min(n_active_days, whole), whole)
    interval = (100 * min(low, found), 100 * max(high, found))
    return Result(100 * found, "% of trap nights", whole, "trap nights", interval)


def machine_only_share(n_machine_only: int, n_detections: int) -> Result:
    """Detections that only a machine labelled, in percent of all, with Wilson's 95 % interval.

    How a site works rather than what lives there. Missing where nothing was detected.
    """
    if not n_detections:
        return nothing("%", "detections", "nothing was detected")
    low, high = wilson_interval(n_machine_only, n_detections)
    part = share(n_machine_only, n_detections)
    return Result(100 * part, "%", n_detections, "detections", (100 * low, 100 * high), machine_share=part)


def taxa_at(curve: pd.DataFrame, stations: int) -> Result:
    """Taxa expected at so many camera stations, by rarefaction, so that sites with more stations do not look richer.

    Takes the `accumulation` of a site over stations: the mean over all choices of that many of its stations, with the
    95 % limits of that curve. Nights per station may differ between sites and animals are missed, so it is no species
    richness. Missing where fewer stations worked: nothing is extrapolated.
    """
    worked = 0 if curve.empty else int(curve["units"].max())
    if worked < stations:
        return nothing(
            "taxa", "stations", f"only {worked} of the {stations} stations compared had camera effort", worked
        )
    row = curve[curve["units"].eq(stations)].iloc[0]
    return Result(float(row["species"]), "taxa", stations, "stations", (float(row["low"]), float(row["high"])))


def days_since_newest(newest: date | None, today: date) -> Result:
    """Days since the newest record that may be seen by its day; missing where there is none.

    A record of the future, from a wrong clock, is of today.
    """
    if pd.isna(newest):
        return nothing("days", "records", "no record may be seen by its day")
    return Result(max((today - newest).days, 0), "days", 1, "newest record", newest=newest)


def months_in_present_phase(spells: pd.DataFrame, today: date) -> pd.DataFrame:
    """Months (of 30.4375 days) that each site has been in the phase in which it is now: `site_id`, `phase`, `months`.

    Takes what `phase_spells` gives. A stay whose start nobody saw has no length and is left out. The start is the first
    day on which the site was seen in the phase, so a stay may be longer by the time between two looks.
    """
    present = spells[spells["ended_on"].isna() & spells["started_on"].notna()]
    days = (pd.Timestamp(today) - pd.to_datetime(present["started_on"])).dt.days
    found = present[["site_id", "phase"]].assign(months=days / DAYS_PER_MONTH)
    return found[found["months"] >= 0].reset_index(drop=True)


def work_done(done: int, items: int) -> Result:
    """Items of the work plan that are done, in percent of all; a count, so it has no interval.

    Missing without a plan. A plan that reaches further ahead has less of it done.
    """
    if not items:
        return nothing("% of items", "items", "there is no work plan")
    return Result(100 * done / items, "% of items", items, "items")


def work_late(late: int, done: int) -> Result:
    """Items of the work plan that are late, in percent of those that are late or done; a count without interval.

    What is not due yet counts in neither. Missing where nothing is late or done.
    """
    if not late + done:
        return nothing("% of items due", "items", "nothing of a work plan is done or late")
    return Result(100 * late / (late + done), "% of items due", late + done, "items done or late")
