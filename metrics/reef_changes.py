"""How the cover of reefs changed: between the surveys of a station, over all stations, and where corals were planted.

All take what `metrics.reefs.survey_means` gives; surveys of no known day take no part.
"""

import math
from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from metrics.reefs import COVER, measured
from metrics.reefs_now import NO_SPREAD, UPPER_TAIL, mean_interval
from metrics.result import Result, nothing

UNIT = "percentage points"
SERIES = ["source", "station", "method"]
ENDS = ("first", "last")
CHANGES = [*SERIES, "first_on", "last_on", "first", "last", "change", "low", "high", "is_clear"]


def cover_change(means: pd.DataFrame, metric: str = COVER) -> pd.DataFrame:
    """Change of a cover from the first to the last survey of each station by the same method, in percentage points.

    Takes what `survey_means` gives. Gives a row per `source`, `station` and `method` with at least two surveys:
    `first_on`, `last_on`, the covers `first` and `last` in percent, `change`, its 95 % limits `low` and `high` from the
    standard errors of both surveys (Welch 1947, doi 10.1093/biomet/34.1-2.28), and `is_clear` where they leave out 0.
    There are no limits where a survey has no standard error, or neither varies. They take images or transects as drawn
    at random at each survey, and say nothing about the years between. Values of different methods are never compared,
    and modelled ones are left out where anything was measured.
    """
    rows = measured(means, metric).sort_values(["station", "method", "surveyed_on"], kind="stable")
    rows = rows[[*SERIES, "surveyed_on", "value", "se", "n"]].astype({"se": "float64", "n": "float64"})
    first, last = (rows.drop_duplicates(SERIES, keep=end) for end in ENDS)
    pairs = first.merge(last, on=SERIES, suffixes=("_first", "_last"))
    pairs = pairs[pairs["surveyed_on_first"] < pairs["surveyed_on_last"]].reset_index(drop=True)
    change = pairs["value_last"] - pairs["value_first"]
    samples = (pairs[name] for name in ("se_first", "n_first", "se_last", "n_last"))
    limits = [_welch(*row) or (math.nan, math.nan) for row in zip(change, *samples, strict=True)]
    low, high = np.array(limits, dtype="float64").reshape(-1, 2).T
    renamed = {f"{name}_{end}": end + more for name, more in (("surveyed_on", "_on"), ("value", "")) for end in ENDS}
    pairs = pairs.rename(columns=renamed).assign(change=change, low=low, high=high)
    return pairs.assign(is_clear=(pairs["low"] > 0) | (pairs["high"] < 0))[CHANGES]


def change_of_stations(changes: pd.DataFrame) -> Result:
    """Mean change of hard coral cover over the stations, from the first to the last survey, in percentage points.

    Takes what `cover_change` gives. Every station weighs the same; the methods of one station are averaged. The 95 %
    interval (Student's t over stations) takes the stations as a random sample of the reef; there is none below 2
    stations or where all changed alike. Stations may have been followed over different years. A change does not tell
    its cause.
    """
    if changes.empty:
        return nothing(UNIT, "stations", "no station was surveyed twice by the same method")
    by_station = changes.groupby("station")["change"].mean().to_numpy()
    return Result(float(by_station.mean()), UNIT, len(by_station), "stations", interval=mean_interval(by_station))


def baci(means: pd.DataFrame, planted_since: Mapping[str, date]) -> Result:
    """How much more hard coral cover changed where corals were planted than at other stations, in percentage points.

    Before-after-control-impact: (impact after - impact before) - (control after - control before), as in Stewart-Oaten,
    Murdoch & Parker 1986 (doi 10.2307/1939815), with several stations on both sides as Underwood 1994 (doi
    10.2307/1942110) asks. Takes what `survey_means` gives, and of each planted station the day since when. Before is
    before the first planting anywhere; after is since then or, of a planted station, since its own planting: its
    surveys in between count as neither. Stations are the replicates: of each the mean of the surveys after minus that
    of the surveys before, by the same method, counts once. The 95 % interval is Welch's (1947, doi
    10.1093/biomet/34.1-2.28) and needs 2 stations on each side, and some that differ. Missing where either side has no
    station surveyed both before and after. Nobody chose the stations at random, so the difference may have other
    causes.
    """
    rows = measured(means, COVER)
    first = pd.Timestamp(min(planted_since.values()))
    own = rows["station"].map({station: pd.Timestamp(day) for station, day in planted_since.items()}).fillna(first)
    is_before, is_after = rows["surveyed_on"] < first, rows["surveyed_on"] >= own
    rows = rows.assign(is_after=is_after)[is_before | is_after]
    sides = rows.groupby([*SERIES, "is_after"])["value"].mean().unstack("is_after").reindex(columns=[False, True])
    changes = (sides[True] - sides[False]).dropna().groupby("station").mean()
    is_impact = changes.index.isin(list(planted_since))
    impact, control = changes[is_impact].to_numpy(), changes[~is_impact].to_numpy()
    of = f"stations, {len(impact)} of them planted"
    for side, name in ((impact, "planted"), (control, "other")):
        if not len(side):
            return nothing(UNIT, of, f"no {name} station was surveyed both before and after", len(changes))
    effect = float(impact.mean() - control.mean())
    errors = [(_standard_error(side), len(side)) for side in (impact, control)]
    return Result(effect, UNIT, len(changes), of, interval=_welch(effect, *errors[0], *errors[1]))


def _standard_error(values: np.ndarray) -> float:
    return float(np.std(values, ddof=1) / math.sqrt(len(values))) if len(values) > 1 else math.nan


def _welch(difference: float, se_a: float, n_a: float, se_b: float, n_b: float) -> tuple[float, float] | None:
    """95 % limits of a difference of two means, with the degrees of freedom of Welch and Satterthwaite.

    None where either side is one value, and where nothing varies: that is no certainty.
    """
    if not (se_a >= 0 and se_b >= 0 and n_a > 1 and n_b > 1):
        return None
    total = math.hypot(se_a, se_b)
    if total < NO_SPREAD:
        return None
    freedom = 1 / ((se_a / total) ** 4 / (n_a - 1) + (se_b / total) ** 4 / (n_b - 1))
    reach = float(stdtrit(freedom, UPPER_TAIL)) * total
    return difference - reach, difference + reach
