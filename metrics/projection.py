"""When a site may meet all criteria: a range of quarters from its own pace and that of similar sites, or a reason."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

DAYS_PER_QUARTER = 365.25 / 4
CRITERIA = 17
FEWEST_ASSESSMENTS = 3
SHORTEST_DAYS = 365
OLDEST_DAYS = 730
FEWEST_SIMILAR = 4
MOST_QUARTERS = 80
NOT_ENOUGH = "not enough history"


@dataclass(frozen=True)
class Projection:
    """Quarters until a site may meet all criteria: from `quarters_low` to `quarters_high`, or the `reason` for none.

    `quarters_high` is None where the slower pace never gets there, or not within 20 years. `basis` says which paces the
    range comes from.
    """

    quarters_low: int | None
    quarters_high: int | None
    basis: str
    reason: str = ""

    @property
    def sentence(self) -> str:
        if self.quarters_low is None:
            return f"No projection: {self.reason}."
        if self.quarters_low == 0:
            return "All criteria are met."
        if self.quarters_high is None:
            return f"{_quarters(self.quarters_low)} or more until all criteria are met; the slower pace sees no end."
        if self.quarters_low == self.quarters_high:
            return f"About {_quarters(self.quarters_low)} until all criteria are met."
        return f"{self.quarters_low} to {_quarters(self.quarters_high)} until all criteria are met."


def projection(history: pd.DataFrame, similar: pd.DataFrame, today: date, criteria: int = CRITERIA) -> Projection:
    """The range of quarters from today until a site may meet all criteria, if things go on as they went.

    Takes `assessed_on` and `met` (criteria met) of each assessment of the site by one role, and the same with `site_id`
    of similar sites. A pace is the criteria gained per quarter. Those of the site itself are the straight line through
    all its assessments (least squares) and its gain over the newest year or more; of similar sites, where 4 or more
    have history enough, the quartiles of their straight lines. The criteria still to be met, divided by the fastest and
    by the slowest of these paces, are the two ends.

    History is enough with 3 assessments on different days over at least a year, the newest at most two years old, and a
    criterion gained. The last criteria are often the hardest, criteria may be lost again, and what was merely unknown
    before counts as gained: take it as a sense of scale and no promise. Our own method; no published one is known.
    """
    own = _dated(history, today)
    if own.empty:
        return Projection(None, None, "", f"{NOT_ENOUGH}, since there is no dated assessment")
    remaining = criteria - int(own.iloc[-1])
    if remaining <= 0:
        return Projection(0, 0, "all criteria are met at the newest assessment")
    if reason := _lack(own, today):
        return Projection(None, None, "", reason)
    paces = [_pace(own), _recent_pace(own)]
    basis = f"own pace in {len(own)} assessments: {_pace_text(paces)} criteria a quarter"
    others = [_pace(dated) for dated in _histories(similar, today) if _is_long_enough(dated)]
    if len(others) >= FEWEST_SIMILAR:
        quartiles = [float(pace) for pace in np.quantile(others, (0.25, 0.75))]
        basis += f"; middle half of {len(others)} similar sites: {_pace_text(quartiles)}"
        paces += quartiles
    else:
        basis += f"; fewer than {FEWEST_SIMILAR} similar sites have history enough"
    low = max(1, math.floor(remaining / max(paces)))
    high = math.ceil(remaining / min(paces)) if min(paces) > 0 else math.inf
    if low > MOST_QUARTERS:
        return Projection(None, None, basis, "at its pace it would take more than 20 years")
    return Projection(low, None if high > MOST_QUARTERS else int(high), basis)


def _dated(history: pd.DataFrame, today: date) -> pd.Series:
    """Criteria met by day until today, in the order of time; of several on one day the fewest."""
    days = pd.to_datetime(history["assessed_on"])
    known = history.assign(day=days)[(days <= pd.Timestamp(today)) & history["met"].notna()]
    return known.groupby("day")["met"].min().astype("float64").sort_index()


def _histories(similar: pd.DataFrame, today: date) -> list[pd.Series]:
    return [_dated(rows, today) for _, rows in similar.groupby("site_id", sort=True)]


def _is_long_enough(dated: pd.Series) -> bool:
    return len(dated) >= FEWEST_ASSESSMENTS and (dated.index[-1] - dated.index[0]).days >= SHORTEST_DAYS


def _lack(own: pd.Series, today: date) -> str:
    """Why the history of a site allows no projection, or nothing."""
    if len(own) < FEWEST_ASSESSMENTS:
        return f"{NOT_ENOUGH}, since only {len(own)} of {FEWEST_ASSESSMENTS} dated assessments are there"
    if not _is_long_enough(own):
        return f"{NOT_ENOUGH}, since the assessments lie within one year"
    if (pd.Timestamp(today) - own.index[-1]).days > OLDEST_DAYS:
        return f"{NOT_ENOUGH}, since the newest assessment is more than two years old"
    if _pace(own) <= 0 or own.iloc[-1] <= own.iloc[0]:
        return "no criterion has been gained so far"
    return ""


def _pace(dated: pd.Series) -> float:
    """Slope of the straight line through the assessments, in criteria per quarter."""
    quarters = (dated.index - dated.index[0]).days.to_numpy() / DAYS_PER_QUARTER
    apart = quarters - quarters.mean()
    return float((apart * (dated - dated.mean()).to_numpy()).sum() / (apart**2).sum())


def _recent_pace(dated: pd.Series) -> float:
    """Gain per quarter since the newest assessment that is at least a year older than the last."""
    before = dated[dated.index <= dated.index[-1] - pd.Timedelta(days=SHORTEST_DAYS)]
    quarters = (dated.index[-1] - before.index[-1]).days / DAYS_PER_QUARTER
    return float((dated.iloc[-1] - before.iloc[-1]) / quarters)


def _pace_text(paces: Sequence[float]) -> str:
    low, high = (f"{pace:.1f}" for pace in (min(paces), max(paces)))
    return low if low == high else f"{low} to {high}"


def _quarters(count: int) -> str:
    return f"{count} quarter{'' if count == 1 else 's'}"
