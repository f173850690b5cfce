"""Rates and shares with their exact or score intervals, used by every figure that counts something per effort."""

import math
from datetime import datetime

import pandas as pd

from metrics.result import Result, nothing

FEWEST_TRAP_NIGHTS = 10
TAIL = 0.025
NORMAL_97_5 = 1.959963984540054


def detection_rate(
    n_detections: int, trap_nights: float | None, n_machine_only: int | None = 0, newest: datetime | None = None
) -> Result:
    """Detections per 100 trap nights, with the exact 95 % Poisson interval (Garwood 1936, Biometrika 28:437).

    The interval takes detections as independent of one another; visits that follow each other closely make it too
    narrow. The rate depends on how easily a species is seen: it is no abundance and does not rank species (RAI in
    Chen, Xiao & Xiao 2019, doi 10.17520/biods.2018327). Missing below 10 trap nights, where a single detection would
    read as 10 or more per 100 nights. Raises ValueError for a negative number of detections.
    """
    unit = "detections per 100 trap nights"
    if n_detections < 0:
        raise ValueError(f"the number of detections cannot be negative: {n_detections}")
    if not is_effort(trap_nights):
        return nothing(unit, "detections", "no camera effort was recorded", n_detections)
    if trap_nights < FEWEST_TRAP_NIGHTS:
        reason = f"fewer than {FEWEST_TRAP_NIGHTS} trap nights ({trap_nights:.1f}) are too few for a rate"
        return nothing(unit, "detections", reason, n_detections)
    low, high = poisson_interval(n_detections)
    return Result(
        100 * n_detections / trap_nights,
        unit,
        n_detections,
        "detections",
        interval=(100 * low / trap_nights, 100 * high / trap_nights),
        newest=newest,
        machine_share=share(n_machine_only, n_detections),
    )


def poisson_interval(count: int) -> tuple[float, float]:
    """Exact 95 % interval of the mean of a Poisson distribution from one count (Garwood 1936, Biometrika 28:437).

    At the lower limit a count this high or higher has probability 0.025, at the upper one a count this low or lower.
    """
    low = _gamma_quantile(TAIL, count) if count else 0.0
    return low, _gamma_quantile(1 - TAIL, count + 1)


def wilson_interval(part: int, whole: int) -> tuple[float, float]:
    """95 % score interval of a share (Wilson 1927, doi 10.1080/01621459.1927.10502953), within 0 and 1."""
    square = NORMAL_97_5**2
    middle = part + square / 2
    reach = NORMAL_97_5 * math.sqrt(part * (whole - part) / whole + square / 4)
    return max(0.0, (middle - reach) / (whole + square)), min(1.0, (middle + reach) / (whole + square))


def is_effort(trap_nights: float | None) -> bool:
    """Whether any camera effort is known."""
    return not pd.isna(trap_nights) and trap_nights > 0


def share(part: int | None, whole: int) -> float | None:
    """A part of a whole, or None where the part is not known or there is no whole."""
    return part / whole if whole and part is not None else None


def _gamma_quantile(probability: float, shape: int) -> float:
    """The x below which a gamma variable of this whole-number shape and scale 1 lies with this probability."""
    reach = 10 * math.sqrt(shape) + 10
    low, high = max(0.0, shape - reach), shape + reach
    while high - low > 1e-10 * high:
        middle = (low + high) / 2
        if _gamma_cdf(middle, shape) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _gamma_cdf(x: float, shape: int) -> float:
    """Regularised lower incomplete gamma function by its power series (NIST DLMF 8.11.4), every term positive."""
    term = math.exp(shape * math.log(x) - x - math.lgamma(shape + 1)) if x > 0 else 0.0
    total, k = 0.0, shape
    while term > 1e-17 * total:
        total += term
        k += 1
        term *= x / k
    return total
