"""Conflicts before and after warnings started, over several sites and in the same seasons; never a claim of a cause."""

import math
from collections.abc import Mapping
from datetime import date

import pandas as pd

from metrics.rates import NORMAL_97_5, poisson_interval
from metrics.result import Result, nothing

STRATA = ["site_id", "season", "before", "before_days", "after", "after_days"]
RATES = ["period", "incidents", "days", "per_100_days", "low", "high"]


def conflict_strata(cells: pd.DataFrame, since: Mapping[str, date], until: date) -> pd.DataFrame:
    """Conflicts of each site and quarter of the year, before and after its first warning, with the days of both.

    Takes `site_id`, `quarter` (its first day), `kind` and `incidents`, and since when each site warns. Gives `site_id`,
    `season` (1 to 4, the quarter of the year), the conflicts `before` and `after` and the days of those quarters. The
    quarter in which warnings started is neither. Only quarters of the year that lie on both sides count, so that a dry
    season is not compared with a wet one. Only kinds of conflict that may be told of every quarter from the first to
    the last on record count: a quarter with fewer than 5 is withheld from the public, and would look like none.
    """
    rows = []
    for site_id, own in cells.groupby("site_id", sort=True):
        if site_id in since:
            rows += _strata_of(site_id, own, since[site_id], until)
    return pd.DataFrame(rows, columns=STRATA)


def conflict_change(strata: pd.DataFrame) -> Result:
    """Conflicts per day since warnings started, as a multiple of those before, over sites and in the same seasons.

    Takes what `conflict_strata` gives. The ratio is that of Mantel and Haenszel over sites and quarters of the year,
    with the interval of Greenland & Robins (1985, doi 10.2307/2530643), which takes conflicts as independent of one
    another; visits of one herd are not, so it is too narrow. It tells no cause: other measures, the weather of a year
    and how diligently conflicts are reported change too. Missing where nothing was recorded on either side.
    """
    unit, of = "times the rate before", "conflicts"
    if strata.empty:
        return nothing(
            unit, of, "no site has the same quarters of the year on record before and after warnings started"
        )
    n = int(strata[["before", "after"]].to_numpy().sum())
    days = strata["before_days"] + strata["after_days"]
    after = float((strata["after"] * strata["before_days"] / days).sum())
    before = float((strata["before"] * strata["after_days"] / days).sum())
    if not before:
        return nothing(unit, of, "no conflict was recorded before warnings started", n)
    if not after:
        return Result(0.0, unit, n, of)
    both = (strata["before"] + strata["after"]) * strata["before_days"] * strata["after_days"] / days**2
    reach = NORMAL_97_5 * math.sqrt(float(both.sum()) / (after * before))
    ratio = after / before
    return Result(ratio, unit, n, of, interval=(ratio * math.exp(-reach), ratio * math.exp(reach)))


def conflict_rates(strata: pd.DataFrame) -> pd.DataFrame:
    """Conflicts per 100 days before and after warnings started: `period`, `incidents`, `days`, `per_100_days`.

    Takes what `conflict_strata` gives; the days of several sites add up. With the exact 95 % Poisson interval `low` to
    `high` (Garwood 1936, Biometrika 28:437), which takes conflicts as independent of one another.
    """
    rows = []
    for period in ("before", "after") if len(strata) else ():
        incidents, days = int(strata[period].sum()), int(strata[f"{period}_days"].sum())
        low, high = (100 * edge / days for edge in poisson_interval(incidents))
        rows.append((period, incidents, days, 100 * incidents / days, low, high))
    return pd.DataFrame(rows, columns=RATES)


def _strata_of(site_id: str, cells: pd.DataFrame, since: date, until: date) -> list[tuple]:
    cells = cells.assign(quarter=pd.PeriodIndex(pd.to_datetime(cells["quarter"]), freq="Q"))
    cells = cells[cells["quarter"].dt.end_time <= pd.Timestamp(until) + pd.Timedelta(days=1)]
    if cells.empty:
        return []
    every = pd.period_range(cells["quarter"].min(), cells["quarter"].max(), freq="Q")
    wide = cells.pivot_table(index="quarter", columns="kind", values="incidents", aggfunc="sum").reindex(every)
    counts = wide.loc[:, wide.notna().all()]
    if counts.empty or not len(counts.columns):
        return []
    table = pd.DataFrame(
        {
            "season": every.quarter,
            "incidents": counts.sum(axis=1).astype("int64").to_numpy(),
            "days": (every.end_time.normalize() - every.start_time).days + 1,
            "before": every.end_time < pd.Timestamp(since),
            "after": every.start_time >= pd.Timestamp(since),
        }
    )
    sides = {
        period: table[table[period]].groupby("season")[["incidents", "days"]].sum() for period in ("before", "after")
    }
    seasons = sides["before"].index.intersection(sides["after"].index)
    names = [(period, name) for period in sides for name in ("incidents", "days")]
    return [
        (site_id, int(season), *(int(sides[period].at[season, name]) for period, name in names)) for season in seasons
    ]
