"""Conflicts between people and wildlife: how many per month, and how often before and after warnings started.

A day is the day of the conflict; both ends of a period are included.
"""

import math
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd

from metrics.rates import poisson_interval
from metrics.result import Result, nothing

PERIODS = ("before", "after")
TAIL = 0.025


def incidents_by_month(incidents: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    """Conflicts of each kind per month, from the month of one day to that of another, zeros between.

    Takes `happened_on` and `kind`. Gives `month` (its first day), `kind` and `incidents`; a kind that never happened
    is no row.
    """
    months = pd.date_range(first.replace(day=1), last, freq="MS").date
    month = pd.Series([day.replace(day=1) for day in incidents["happened_on"]], incidents.index, dtype="object")
    found = incidents.assign(month=month).groupby(["month", "kind"]).size()
    every = pd.MultiIndex.from_product([months, sorted(incidents["kind"].unique())], names=["month", "kind"])
    return found.reindex(every, fill_value=0).rename("incidents").reset_index()


def incident_rates(incidents: pd.DataFrame, since: date, first: date, last: date) -> pd.DataFrame:
    """Conflicts per 100 days of each kind, before the first warning (`since`) and from that day on.

    Takes `happened_on` and `kind`. Gives `kind`, `period` (`before` or `after`), `incidents`, `exposure_days` (days of
    the period between `first` and `last`), `per_100_days` and its exact 95 % Poisson interval `low` to `high` (Garwood
    1936, Biometrika 28:437), which takes conflicts as independent of one another. A period without any day has no row.
    A change from one period to the other does not tell its cause: seasons, other measures and how diligently conflicts
    are reported change too.
    """
    counted, exposure = _periods(incidents, since, first, last), _exposure_days(since, first, last)
    counts = counted.groupby(["kind", "period"]).size()
    rows = []
    for kind in sorted(incidents["kind"].unique()):
        for period in (period for period in PERIODS if exposure[period]):
            happened, days = int(counts.get((kind, period), 0)), exposure[period]
            low, high = (100 * edge / days for edge in poisson_interval(happened))
            rows.append((kind, period, happened, days, 100 * happened / days, low, high))
    columns = ["kind", "period", "incidents", "exposure_days", "per_100_days", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def rate_ratio(incidents: pd.DataFrame, since: date, first: date, last: date) -> Result:
    """Conflicts per day from the first warning (`since`) on, as a multiple of those before.

    Takes `happened_on` and `kind`, all kinds together. The interval is the exact one given the number of all conflicts
    (Przyborowski & Wilenski 1940, doi 10.1093/biomet/31.3-4.313, with the limits of Clopper & Pearson; R's
    `poisson.test`). It makes no claim about a cause: what else changed meanwhile is not known. Missing where either
    period has no day, or where nothing happened before.
    """
    unit, of = "times the rate before", "conflicts"
    counted, exposure = _periods(incidents, since, first, last), _exposure_days(since, first, last)
    before, after = (int(counted["period"].eq(period).sum()) for period in PERIODS)
    if not (exposure["before"] and exposure["after"]):
        return nothing(unit, of, "there are no days both before and after the first warning", before + after)
    if not before:
        return nothing(unit, of, "no conflict was recorded before the first warning", after)
    scale = exposure["before"] / exposure["after"]
    interval = tuple(scale * edge / (1 - edge) for edge in _binomial_limits(after, before + after))
    return Result(scale * after / before, unit, before + after, of, interval=interval)


def _periods(incidents: pd.DataFrame, since: date, first: date, last: date) -> pd.DataFrame:
    """The conflicts between two days, with the `period` of each."""
    is_within = np.array([first <= day <= last for day in incidents["happened_on"]], dtype=bool)
    counted = incidents[is_within]
    return counted.assign(period=["after" if day >= since else "before" for day in counted["happened_on"]])


def _exposure_days(since: date, first: date, last: date) -> dict[str, int]:
    end = last + timedelta(days=1)
    turn = min(max(since, first), end)
    return {"before": (turn - first).days, "after": max((end - turn).days, 0)}


def _binomial_limits(part: int, whole: int) -> tuple[float, float]:
    """Exact 95 % limits of a share, by halving (Clopper & Pearson 1934, doi 10.1093/biomet/26.4.404); whole > 0."""
    chances = np.array(
        [math.lgamma(whole + 1) - math.lgamma(k + 1) - math.lgamma(whole - k + 1) for k in range(whole + 1)]
    )
    low = _halved(lambda share: _tail(chances, share, part, whole) > TAIL) if part else 0.0
    high = _halved(lambda share: _tail(chances, share, 0, part) < TAIL) if part < whole else 1.0
    return low, high


def _tail(chances: np.ndarray, share: float, lowest: int, highest: int) -> float:
    """Chance of `lowest` to `highest` hits; `chances` holds the logarithm of the number of ways to each."""
    hits = np.arange(lowest, highest + 1)
    misses = len(chances) - 1 - hits
    return float(np.exp(chances[hits] + hits * math.log(share) + misses * math.log1p(-share)).sum())


def _halved(is_reached: Callable[[float], bool]) -> float:
    """The share (0-1) from which on `is_reached` holds."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if is_reached(middle) else (middle, high)
    return (low + high) / 2
