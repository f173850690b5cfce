"""Figures of all species at once: occupancy, active days, accumulation, estimated richness, and what awaits review."""

import math
from typing import Literal

import numpy as np
import pandas as pd

from metrics.rates import NORMAL_97_5, wilson_interval
from metrics.result import Result, nothing

Unit = Literal["place", "day"]
FEWEST_UNITS = 2
UNIT_WORDS = {"place": "stations", "day": "days"}


def local_days(records: pd.DataFrame) -> pd.Series:
    """The day of each record by its camera's clock, or in UTC where that is not known."""
    offset = pd.to_timedelta(records["utc_offset_min"].fillna(0).astype("float64"), unit="min")
    return (records["started_at"] + offset).dt.tz_localize(None).dt.normalize()


def active_days(records: pd.DataFrame) -> pd.DataFrame:
    """Each day on which a deployment recorded a taxon, once: `scientific_name`, `deployment`, `day`."""
    rows = records[["scientific_name", "deployment"]].assign(day=local_days(records))
    return rows.drop_duplicates(ignore_index=True)


def naive_occupancy(records: pd.DataFrame, deployments: pd.DataFrame) -> Result:
    """Share of the stations with effort that have at least one of these records (0-1), not corrected for misses.

    Takes `place` of the records of one taxon, and `place` and `trap_nights` of all deployments. Naive: a station where
    the animal lives and was missed counts as empty, so it is biased low (MacKenzie et al. 2002, doi
    10.1890/0012-9658(2002)083[2248:ESORWD]2.0.CO;2). With the Wilson 95 % interval. Missing without any effort.
    """
    nights = deployments.groupby("place")["trap_nights"].sum()
    working = nights.index[nights > 0]
    if not len(working):
        return nothing("share of stations", "stations", "no camera effort was recorded")
    found = int(pd.Series(records["place"].unique()).isin(working).sum())
    interval = wilson_interval(found, len(working))
    newest = records["started_at"].max() if len(records) else None
    return Result(found / len(working), "share of stations", len(working), "stations", interval, newest)


def active_day_share(records: pd.DataFrame, deployments: pd.DataFrame) -> Result:
    """Share of the trap nights on whose day a deployment has at least one of these records (0-1).

    Takes `deployment`, `started_at`, `utc_offset_min` and `scientific_name` of the records of one taxon, and
    `trap_nights` of all deployments. Lies between RAI and occupancy
    (https://github.com/inbo/camtraptor/issues/184). Missing without any effort.
    """
    nights = float(deployments["trap_nights"].sum())
    if not nights > 0:
        return nothing("share of trap nights", "trap nights", "no camera effort was recorded")
    days = len(active_days(records).drop_duplicates(["deployment", "day"]))
    # A deployment of a day and a half touches three days.
    return Result(min(days / nights, 1.0), "share of trap nights", round(nights), "trap nights")


def accumulation(records: pd.DataFrame, deployments: pd.DataFrame, unit: Unit = "place") -> pd.DataFrame:
    """Species expected in any number of the stations (or days) that worked: sample-based rarefaction, "Mao Tau".

    Takes `place`, `started_at` and `scientific_name` of the records, and `place`, `started_at`, `ended_at` and
    `trap_nights` of the deployments; days are those of UTC. Gives `units` (1 to all that worked), `species` and the
    95 % limits `low` and `high`, whose variance takes the units as a sample of more, with species never seen estimated
    as Chao2 does (Colwell, Mao & Chang 2004, doi 10.1890/03-0557, equations 5 and 6). No extrapolation. The curve
    ignores imperfect detection. Empty below 2 units.
    """
    incidence, total = _incidence(records, deployments, unit)
    if total < FEWEST_UNITS:
        return pd.DataFrame(columns=["units", "species", "low", "high"], dtype="float64")
    seen_in = incidence.astype("int64")
    units = np.arange(1, total + 1)
    # Share of the choices of h units that miss a species found in k of them: C(T-k, h) / C(T, h).
    missed = np.exp(_log_choose(total - seen_in[:, None], units) - _log_choose(np.array(total), units))
    species = (1 - missed).sum(axis=0)
    unseen = _unseen(seen_in, total)
    variance = ((1 - missed) ** 2).sum(axis=0) - species**2 / max(len(seen_in) + unseen, 1)
    spread = NORMAL_97_5 * np.sqrt(np.maximum(variance, 0))
    return pd.DataFrame(
        {"units": units, "species": species, "low": np.maximum(species - spread, 0), "high": species + spread}
    )


def chao2(records: pd.DataFrame, deployments: pd.DataFrame, unit: Unit = "place") -> Result:
    """Chao2: the least number of species that live there, from how many were seen in one and in two units only.

    S + (m-1)/m * Q1^2 / (2 Q2), and with no species in just two units S + (m-1)/m * Q1 (Q1-1) / 2, where m units
    worked and Qk species were seen in k of them. The interval is log-normal and never below what was seen (Chao 1987,
    doi 10.2307/2531532); where the estimate adds no species, it comes from the chance to miss one seen as often as
    those were (both as in Colwell, EstimateS, appendix B, and the R package SpadeR). Stations or days are the units,
    since counts of one animal's visits are not independent (so not Chao1). Takes what `accumulation` takes. Missing
    below 2 units and where no animal was named.
    """
    seen_in, total = _incidence(records, deployments, unit)
    of = UNIT_WORDS[unit]
    if total < FEWEST_UNITS:
        return nothing("species", of, f"fewer than {FEWEST_UNITS} {of} with camera effort", total)
    if not len(seen_in):
        return nothing("species", of, "no animal has been named", total)
    unseen = _unseen(seen_in, total)
    interval = _chao_interval(seen_in, unseen, total) if unseen > 0 else _complete_interval(seen_in, total)
    return Result(len(seen_in) + unseen, "species", total, of, interval)


def individuals_by_month(records: pd.DataFrame) -> pd.DataFrame:
    """Recognised animals of each taxon per month (UTC), each once a month: known animals, not a population size.

    Takes `individual`, which is empty where the animal was not recognised. Gives `month` (its first day),
    `scientific_name`, `common_name` and `recognised`.
    """
    known = records[records["individual"].notna()]
    month = known["started_at"].dt.tz_localize(None).dt.to_period("M").dt.start_time.dt.date.rename("month")
    keys = [month, known["scientific_name"], known["common_name"]]
    counts = known.groupby(keys, dropna=False)["individual"].nunique()
    return counts.rename("recognised").reset_index()


def review_backlog(records: pd.DataFrame, observation_types: pd.DataFrame) -> Result:
    """Rows that await a person: detections that only a machine labelled, and rows that nobody has classified.

    Takes `is_machine` of all detections, and `observation_type` and `row_count` of what else was recorded; `n` is all
    of these rows. Missing where nothing was recorded.
    """
    rows = observation_types.set_index("observation_type")["row_count"]
    total = len(records) + int(rows.sum())
    if not total:
        return nothing("rows to review", "rows", "nothing was recorded")
    machine = int(records["is_machine"].sum())
    waiting = machine + int(rows.get("unclassified", 0))
    share = machine / len(records) if len(records) else None
    return Result(waiting, "rows to review", total, "rows", machine_share=share)


def _incidence(records: pd.DataFrame, deployments: pd.DataFrame, unit: Unit) -> tuple[np.ndarray, int]:
    """In how many of the units that worked each named species was seen, and how many units worked."""
    named = records[records["scientific_name"].notna()]
    if unit == "place":
        nights = deployments.groupby("place")["trap_nights"].sum()
        working, of = nights.index[nights > 0], named["place"]
    else:
        working, of = _working_days(deployments), named["started_at"].dt.tz_localize(None).dt.normalize()
    seen = pd.DataFrame({"species": named["scientific_name"], "unit": of})
    seen = seen[seen["unit"].isin(working)].drop_duplicates()
    return seen.groupby("species").size().to_numpy(), len(working)


def _working_days(deployments: pd.DataFrame) -> pd.DatetimeIndex:
    """The days (UTC) on which any camera worked."""
    if deployments.empty:
        return pd.DatetimeIndex([])
    deployments = deployments[deployments["trap_nights"] > 0]
    first = deployments["started_at"].dt.tz_localize(None).dt.normalize()
    last = (deployments["ended_at"] - pd.Timedelta(microseconds=1)).dt.tz_localize(None).dt.normalize()
    days = {day for pair in zip(first, last, strict=True) for day in pd.date_range(*pair)}
    return pd.DatetimeIndex(sorted(days))


def _unseen(seen_in: np.ndarray, total: int) -> float:
    """Species that were missed in all units, as Chao2 estimates them."""
    once, twice = _rare(seen_in)
    pairs = once**2 / (2 * twice) if twice else once * (once - 1) / 2
    return (total - 1) / total * pairs


def _rare(seen_in: np.ndarray) -> tuple[int, int]:
    """How many species were seen in one unit only, and how many in two."""
    return int((seen_in == 1).sum()), int((seen_in == 2).sum())


def _chao_variance(seen_in: np.ndarray, unseen: float, total: int) -> float:
    share = (total - 1) / total
    once, twice = _rare(seen_in)
    if twice:
        ratio = once / twice
        return twice * (share / 2 * ratio**2 + share**2 * ratio**3 + share**2 / 4 * ratio**4)
    spread = once * (2 * once - 1) ** 2 - once**4 / (len(seen_in) + unseen)
    return share * once * (once - 1) / 2 + share**2 / 4 * spread


def _chao_interval(seen_in: np.ndarray, unseen: float, total: int) -> tuple[float, float]:
    variance = _chao_variance(seen_in, unseen, total)
    factor = math.exp(NORMAL_97_5 * math.sqrt(math.log1p(variance / unseen**2)))
    return len(seen_in) + unseen / factor, len(seen_in) + unseen * factor


def _complete_interval(seen_in: np.ndarray, total: int) -> tuple[float, float]:
    """Limits where Chao2 adds nothing: a species found in k units had the chance e^-k to be missed (Poisson).

    The lower one is what was seen, which is the estimate: the centre of these limits lies above it.
    """
    missed = np.exp(-seen_in.astype("float64"))
    variance = (missed - missed**2).sum() - (seen_in * missed).sum() ** 2 / total
    found = 1 - missed.mean()
    reach = NORMAL_97_5 * math.sqrt(max(variance, 0.0))
    return float(len(seen_in)), float((len(seen_in) + reach) / found)


def _log_choose(n: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Logarithm of the binomial coefficients, minus infinity where k exceeds n."""
    n, k = np.broadcast_arrays(n, k)
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, int(n.max(initial=1)) + 1)))])
    inside = k <= n
    left = np.where(inside, n - k, 0)
    return np.where(inside, logs[n] - logs[np.where(inside, k, 0)] - logs[left], -np.inf)
