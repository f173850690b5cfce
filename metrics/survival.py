"""Survival when some were not followed to the end: the product-limit estimate of Kaplan and Meier, with its limits."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from metrics.rates import NORMAL_97_5


def product_limit(times: ArrayLike, is_event: ArrayLike, counts: ArrayLike | None = None) -> pd.DataFrame:
    """Share (0-1) that is still without the event after each time, by Kaplan & Meier (1958), doi 10.2307/2281868.

    Each entry was followed for a time, at whose end the event happened (`is_event`) or it was last seen without;
    `counts` says for how many alike it stands, else one. Who was last seen at a time is still at risk at that time.
    Gives a row per distinct time: `time`, `at_risk` just before it, `events` at it, `survival` after it, and `se_log`,
    the standard error of the logarithm of survival by Greenwood's formula (1926), infinite once nobody is left.
    """
    times = np.asarray(times, dtype="float64")
    is_event = np.asarray(is_event, dtype=bool)
    counts = np.ones(len(times), dtype="int64") if counts is None else np.asarray(counts, dtype="int64")
    distinct, place = np.unique(times, return_inverse=True)
    leaving, events = (np.zeros(len(distinct), dtype="int64") for _ in range(2))
    np.add.at(leaving, place, counts)
    np.add.at(events, place[is_event], counts[is_event])
    at_risk = leaving[::-1].cumsum()[::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(events > 0, events / (at_risk * (at_risk - events)), 0.0)
        survival = np.cumprod(np.where(events > 0, 1 - events / at_risk, 1.0))
    return pd.DataFrame(
        {
            "time": distinct,
            "at_risk": at_risk,
            "events": events,
            "survival": survival,
            "se_log": np.sqrt(np.cumsum(terms)),
        }
    )


def kaplan_meier(times: ArrayLike, is_event: ArrayLike, counts: ArrayLike | None = None) -> pd.DataFrame:
    """Survival (0-1) after each time with its 95 % limits, by Kaplan & Meier (1958), doi 10.2307/2281868.

    Takes what `product_limit` takes. Gives `time`, `at_risk`, `events`, `survival`, `low` and `high`: Greenwood's
    limits on the scale log(-log), which stay within 0 and 1 (Kalbfleisch & Prentice 2002, The Statistical Analysis of
    Failure Time Data, section 1.4). Before the first event, and once nobody is left, there are no limits. Every entry
    counts as independent of the others.
    """
    curve = product_limit(times, is_event, counts)
    survival, se_log = (curve[name].to_numpy() for name in ("survival", "se_log"))
    has_limits = (survival > 0) & (survival < 1) & np.isfinite(se_log)
    log_survival = np.log(survival, where=has_limits, out=np.full(len(curve), np.nan))
    reach = np.exp(NORMAL_97_5 * se_log / -log_survival, where=has_limits, out=np.full(len(curve), np.nan))
    limits = {"low": np.exp(log_survival * reach), "high": np.exp(log_survival / reach)}
    return curve.drop(columns="se_log").assign(**limits)
