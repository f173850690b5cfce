"""Early warnings: how soon they go out, how soon somebody comes, how many are real, and when they come.

Every moment carries a time zone. A warning is detected, sent, acknowledged, answered on the ground (`arrived_at`) and
closed; the animal may reach people meanwhile (`animal_arrived_at`). A step that did not happen is empty.
"""

import math
from datetime import date, datetime

import numpy as np
import pandas as pd

from metrics.rates import NORMAL_97_5, wilson_interval
from metrics.result import Result, nothing
from metrics.survival import product_limit

# Means of 266 events of an elephant warning system in West Bengal, India (preprints.org 202406.2065, version 2).
BENCHMARK_LATENCY_S = 42.0
BENCHMARK_RESPONSE_MIN = 18.2
BENCHMARK_RESPONSE_SD_MIN = 12.4

STEPS = ("sent", "acknowledged", "arrived", "animal_arrived", "closed")
ALMOST = 1e-9


def latency(alerts: pd.DataFrame) -> Result:
    """Alert delay: the median of the seconds from detection to sending.

    Takes `detected_at` and `sent_at`; what was not sent has no delay, and a warning sent before its detection comes
    from a wrong clock and is left out. The interval is that of order statistics (Conover 1999, Practical Nonparametric
    Statistics, section 3.2): it holds the true median with at least 95 %, whatever the distribution, and does not exist
    below 6 warnings.
    """
    return _median(_delays(alerts), "s", "warnings sent", "no warning with both times was recorded")


def latency_p90(alerts: pd.DataFrame) -> Result:
    """Alert delay that 9 of 10 warnings keep to, in seconds: the smallest one that at least 90 % do not exceed.

    Takes `detected_at` and `sent_at`, as `latency` does.
    """
    delays = np.sort(_delays(alerts))
    if not len(delays):
        return nothing("s", "warnings sent", "no warning with both times was recorded")
    # Rounded, since 0.9 times a whole number may come out a hair too high.
    return Result(float(delays[math.ceil(round(0.9 * len(delays), 6)) - 1]), "s", len(delays), "warnings sent")


def response_time(alerts: pd.DataFrame, now: datetime) -> Result:
    """Response time: the minutes after which half of the warnings have responders on the ground.

    The median of `response_quantile`; leaving unanswered warnings out would make a slow response look fast.
    """
    return response_quantile(alerts, now, 0.5)


def response_quantile(alerts: pd.DataFrame, now: datetime, share: float) -> Result:
    """Minutes after which this share (0-1) of the warnings has responders on the ground, by Kaplan and Meier (1958).

    Takes `sent_at`, `arrived_at` and `closed_at` of each warning; only those that were sent count. An unanswered one
    is known to have waited until it was closed, or until `now`, the moment that the data reach. Responders who were
    there before the warning took 0 minutes. The interval is where the log-transformed Greenwood limits cross the share
    (Brookmeyer & Crowley 1982, doi 10.2307/2530286; the default of R's survfit); an end that is not reached is
    infinite. Missing where nobody was seen to arrive, or fewer than the share.
    """
    of = "warnings sent"
    sent = alerts[alerts["sent_at"].notna()]
    is_answered = sent["arrived_at"].notna().to_numpy()
    if not is_answered.any():
        return nothing("min", of, "no arrival of responders was recorded", len(sent))
    until = sent["arrived_at"].fillna(sent["closed_at"]).fillna(pd.Timestamp(now))
    waited = ((until - sent["sent_at"]) / pd.Timedelta(minutes=1)).clip(lower=0).to_numpy()
    curve = product_limit(waited, is_answered)
    curve = curve[curve["events"] > 0]
    times, waiting, error = (curve[name].to_numpy() for name in ("time", "survival", "se_log"))
    reach = NORMAL_97_5 * error
    value = _crossing(times, waiting, 1 - share)
    if math.isinf(value):
        reason = f"fewer than {share:.0%} of the warnings were answered on the ground".replace("%", " %")
        return nothing("min", of, reason, len(sent))
    with np.errstate(invalid="ignore"):
        interval = tuple(_crossing(times, waiting * np.exp(side * reach), 1 - share) for side in (-1, 1))
    return Result(value, "min", len(sent), of, interval=interval)


def lead_time(alerts: pd.DataFrame) -> Result:
    """Lead time: the median of the minutes from sending to the animal's arrival, negative when the warning was late.

    Takes `sent_at` and `animal_arrived_at`; only warnings with both count, so animals that turned away do not. The
    interval is that of `latency`. Our own definition; no published one is known.
    """
    both = alerts["animal_arrived_at"].notna() & alerts["sent_at"].notna()
    lead = (alerts["animal_arrived_at"] - alerts["sent_at"])[both] / pd.Timedelta(minutes=1)
    return _median(
        lead.to_numpy(), "min", "warnings after which an animal came", "no arrival of an animal was recorded"
    )


def precision(alerts: pd.DataFrame) -> Result:
    """Real warnings: confirmed ones in percent of those that were checked, confirmed and false together.

    Takes `outcome`; a warning that nobody checked (`unverified` or empty) counts in neither. The interval is Wilson's
    (1927, doi 10.1080/01621459.1927.10502953).
    """
    confirmed, false = (int(alerts["outcome"].eq(word).sum()) for word in ("confirmed", "false"))
    return _share(confirmed, confirmed + false, "warnings checked", "no outcome of a warning is known here")


def false_alarms(alerts: pd.DataFrame) -> Result:
    """False alarms in percent of the warnings that were checked: what `precision` leaves to 100.

    Takes `outcome`; a warning that nobody checked counts in neither. The interval is Wilson's.
    """
    confirmed, false = (int(alerts["outcome"].eq(word).sum()) for word in ("confirmed", "false"))
    return _share(false, confirmed + false, "warnings checked", "no outcome of a warning is known here")


def acknowledged_share(alerts: pd.DataFrame) -> Result:
    """Warnings that somebody answered, in percent of those sent, with Wilson's interval.

    Takes `sent_at` and `acknowledged_at`. Missing where the source sends no acknowledgement at all.
    """
    sent = alerts[alerts["sent_at"].notna()]
    answered = int(sent["acknowledged_at"].notna().sum())
    if not answered:
        return nothing("%", "warnings sent", "no acknowledgement was recorded", len(sent))
    return _share(answered, len(sent), "warnings sent", "no warning was sent")


def chain(alerts: pd.DataFrame) -> pd.DataFrame:
    """Minutes from detection to each step of each warning, for a timeline; negative where a step came before.

    Takes `alert`, `kind`, `detected_at` and the moment of each step. Gives `alert`, `kind`, `detected_at` and one
    column per step: `sent`, `acknowledged`, `arrived`, `animal_arrived`, `closed`; empty where it did not happen.
    """
    minutes = {step: (alerts[f"{step}_at"] - alerts["detected_at"]) / pd.Timedelta(minutes=1) for step in STEPS}
    return alerts[["alert", "kind", "detected_at"]].assign(**minutes).reset_index(drop=True)


def alerts_by_hour_and_month(alerts: pd.DataFrame, utc_offset_h: float = 0) -> pd.DataFrame:
    """Warnings per month (its first day) and hour (0-23) of detection, in a clock this many hours ahead of UTC.

    Takes `detected_at`. Gives `month`, `hour` and `alerts`; an hour without any is no row.
    """
    local = alerts["detected_at"].dt.tz_convert("UTC").dt.tz_localize(None) + pd.Timedelta(hours=utc_offset_h)
    found = pd.DataFrame({"month": _month(local), "hour": local.dt.hour})
    return found.groupby(["month", "hour"]).size().rename("alerts").reset_index()


def alerts_by_month(alerts: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    """Warnings per month of detection in UTC, from the month of one day to that of another, zeros between.

    Takes `detected_at`. Gives `month` (its first day) and `alerts`.
    """
    months = pd.date_range(first.replace(day=1), last, freq="MS").date
    found = _month(alerts["detected_at"].dt.tz_convert("UTC")).value_counts()
    counts = found.reindex(months, fill_value=0).rename_axis("month").rename("alerts")
    return counts.astype(int).reset_index()


def _delays(alerts: pd.DataFrame) -> np.ndarray:
    seconds = (alerts["sent_at"] - alerts["detected_at"]) / pd.Timedelta(seconds=1)
    return seconds[seconds >= 0].to_numpy()


def _median(values: np.ndarray, unit: str, of: str, reason: str) -> Result:
    if not len(values):
        return nothing(unit, of, reason)
    return Result(float(np.median(values)), unit, len(values), of, interval=_median_interval(np.sort(values)))


def _median_interval(ordered: np.ndarray) -> tuple[float, float] | None:
    """The narrowest pair of values, equally far from both ends, that holds the median in 95 % of samples."""
    n, rank, below = len(ordered), 0, 0.0
    while rank <= n // 2:
        below += math.exp(math.lgamma(n + 1) - math.lgamma(rank + 1) - math.lgamma(n - rank + 1) - n * math.log(2))
        if below > 0.025:
            break
        rank += 1
    return (float(ordered[rank - 1]), float(ordered[n - rank])) if rank else None


def _crossing(times: np.ndarray, shares: np.ndarray, level: float) -> float:
    """The first time at which the share is at the level or below, infinite where it never is.

    Where it lies exactly on the level for a while, the middle of that while, as for the median of an even number.
    """
    reached = np.flatnonzero(shares <= level + ALMOST)
    if not len(reached):
        return math.inf
    below = np.flatnonzero(shares < level - ALMOST)
    is_flat = len(below) and below[0] > reached[0]
    return float((times[reached[0]] + times[below[0]]) / 2 if is_flat else times[reached[0]])


def _share(part: int, whole: int, of: str, reason: str) -> Result:
    if not whole:
        return nothing("%", of, reason)
    low, high = wilson_interval(part, whole)
    return Result(100 * part / whole, "%", whole, of, interval=(100 * low, 100 * high))


def _month(moments: pd.Series) -> pd.Series:
    return (moments.dt.tz_localize(None).dt.to_period("M").dt.start_time).dt.date
