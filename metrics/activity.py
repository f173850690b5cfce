"""Diel activity: how detections spread over the day by the clock or by the sun, and how far two taxa overlap.

A time of day is an angle from 0 (midnight) to 2 pi. Curves follow the R package overlap (Meredith & Ridout, after
Ridout & Linkie 2009, doi 10.1198/jabes.2009.08038).
"""

import functools

import numpy as np
import pandas as pd

from metrics.result import Result, nothing

TURN = 2 * np.pi
BINS = 1440
MOMENTS = (1, 2, 3)
LARGEST_KAPPA = 500.0
FEWEST_RECORDS = 10
MANY_RECORDS = 50
SAMPLES = 1_000
SEED = 20_090_331
ZENITH_DEGREES = 90.833
DAY_MIN = 1440.0
J2000 = pd.Timestamp("2000-01-01T12:00")


def clock_radians(records: pd.DataFrame) -> np.ndarray:
    """Time of day of each record by the local clock; records whose clock is unknown or was wrong are left out.

    Takes `started_at` (UTC), `utc_offset_min` and `has_clock_issue`.
    """
    told = _with_true_clock(records)
    offset = pd.to_timedelta(told["utc_offset_min"].astype("float64"), unit="min")
    return _minutes_of_day(told["started_at"] + offset) * TURN / DAY_MIN


def sun_radians(records: pd.DataFrame, latitude: float, longitude: float) -> np.ndarray:
    """Time of day of each record by the sun at one point: sunrise at pi/2, sunset at 3 pi/2, whatever the season.

    Takes what `clock_radians` takes, and degrees. Day and night are each stretched to half a turn (Nouvellet et al.
    2012, doi 10.1111/j.1469-7998.2011.00895.x; `sunTime` of the R package overlap), with the sun's position by the
    approximate formulas of the US Naval Observatory (https://aa.usno.navy.mil/faq/sun_approx).
    Days without sunrise or sunset are left out.
    """
    told = _with_true_clock(records)
    declination, equation_min = _sun(told["started_at"])
    solar_min = (_minutes_of_day(told["started_at"]) + equation_min + 4 * longitude) % DAY_MIN
    north = np.radians(latitude)
    cosine = np.cos(np.radians(ZENITH_DEGREES)) / (np.cos(north) * np.cos(declination))
    cosine = cosine - np.tan(north) * np.tan(declination)
    has_both = np.abs(cosine) < 1
    half_day_min = 4 * np.degrees(np.arccos(np.clip(cosine, -1, 1)))[has_both]
    from_noon = solar_min[has_both] - DAY_MIN / 2
    day = np.pi + from_noon / half_day_min * np.pi / 2
    since_sunset = (from_noon - half_day_min) % DAY_MIN
    night = 1.5 * np.pi + since_sunset / (DAY_MIN - 2 * half_day_min) * np.pi
    return np.where(np.abs(from_noon) <= half_day_min, day, night) % TURN


def activity_density(radians: np.ndarray, adjust: float = 1.0, points: int = 128) -> pd.DataFrame:
    """Kernel density of times of day: `hour` (0 to 24, both ends) and `density` per hour, which integrates to 1.

    Von Mises kernels whose concentration follows from the data (Taylor 2008, doi 10.1016/j.csda.2007.11.003; the
    largest of the estimates by the first three trigonometric moments, as `getBandWidth` in overlap), divided by
    `adjust`. Raises ValueError without any time.
    """
    if not len(radians):
        raise ValueError("a density needs at least one time of day")
    curve = _densities(_binned(radians)[None], adjust)[0]
    hours = np.linspace(0, 24, points + 1)
    at = hours / 24 * BINS
    density = np.interp(at, np.arange(BINS + 1), np.append(curve, curve[0]))
    return pd.DataFrame({"hour": hours, "density": density * TURN / 24})


def overlap(first: np.ndarray, second: np.ndarray) -> Result:
    """Area that the activity curves of two taxa share: 0 never at the same hour, 1 alike all day.

    Dhat1 (the smaller of both curves, integrated; `adjust` 0.8), or Dhat4 (curves compared at the records; `adjust` 1)
    where both have more than 50 records (Ridout & Linkie 2009, doi 10.1198/jabes.2009.08038). The 95 % interval is that
    of 1,000 bootstrap samples, moved by their mean difference from the estimate, as `basic0` of overlap. `n` counts
    the records of both. Missing below 10 records of either.
    """
    counts = len(first) + len(second)
    fewest = min(len(first), len(second))
    if fewest < FEWEST_RECORDS:
        return nothing("overlap", "records", f"fewer than {FEWEST_RECORDS} records of one of the two", counts)
    estimate = _dhat4 if fewest > MANY_RECORDS else _dhat1
    both = (_binned(first), _binned(second))
    value = float(estimate(*(counted[None] for counted in both))[0])
    chance = np.random.default_rng(SEED)
    sampled = estimate(*(chance.multinomial(round(one.sum()), one / one.sum(), SAMPLES) for one in both))
    low, high = np.quantile(sampled, [0.025, 0.975]) - (sampled.mean() - value)
    interval = (float(np.clip(low, 0, value)), float(np.clip(high, value, 1)))
    return Result(value, "overlap", counts, "records", interval)


def _with_true_clock(records: pd.DataFrame) -> pd.DataFrame:
    return records[records["utc_offset_min"].notna() & ~records["has_clock_issue"].astype(bool)]


def _minutes_of_day(moments: pd.Series) -> np.ndarray:
    local = moments.dt.tz_localize(None)
    return ((local - local.dt.normalize()) / pd.Timedelta(minutes=1)).to_numpy(dtype="float64")


def _sun(moments: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Declination (radians) and equation of time (minutes), to about an arc minute within two centuries of 2000."""
    days = ((moments.dt.tz_localize(None) - J2000) / pd.Timedelta(days=1)).to_numpy(dtype="float64")
    anomaly = np.radians((357.529 + 0.98560028 * days) % 360)
    mean = (280.459 + 0.98564736 * days) % 360
    longitude = np.radians(mean + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly))
    tilt = np.radians(23.439 - 0.00000036 * days)
    ascension = np.degrees(np.arctan2(np.cos(tilt) * np.sin(longitude), np.cos(longitude)))
    behind = (mean - ascension + 180) % 360 - 180
    return np.arcsin(np.sin(tilt) * np.sin(longitude)), 4 * behind


def _binned(radians: np.ndarray) -> np.ndarray:
    """Number of times in each of 1,440 bins, centred on the minutes of a day."""
    bins = np.rint(np.asarray(radians) % TURN * BINS / TURN).astype("int64") % BINS
    return np.bincount(bins, minlength=BINS).astype("float64")


def _densities(counts: np.ndarray, adjust: float) -> np.ndarray:
    """The density (per radian) at each bin, for each row of counts."""
    concentration = _concentrations(counts) / adjust
    angle = np.arange(BINS) * TURN / BINS
    kernel = np.exp(concentration[:, None] * (np.cos(angle) - 1))
    kernel /= kernel.sum(axis=1, keepdims=True) * TURN / BINS
    smooth = np.fft.irfft(np.fft.rfft(counts, axis=1) * np.fft.rfft(kernel, axis=1), BINS, axis=1)
    return np.maximum(smooth, 0) / counts.sum(axis=1, keepdims=True)


def _concentrations(counts: np.ndarray) -> np.ndarray:
    """Concentration of the kernel for each row of counts: (3 n k^2 I2(2k) / (4 sqrt(pi) I0(k)^2))^(2/5)."""
    total = counts.sum(axis=1)
    turns = np.exp(1j * np.outer(np.arange(BINS) * TURN / BINS, MOMENTS))
    lengths = np.abs(counts @ turns) / total[:, None]
    kappas, ratios, factors = _bessel_tables()
    estimates = [np.interp(lengths[:, n], ratios[n], kappas) for n in range(len(MOMENTS))]
    kappa = np.maximum(np.max(estimates, axis=0), kappas[1])
    factor = np.interp(kappa, kappas, factors)
    return (3 * total * kappa**2 * factor / (4 * np.sqrt(np.pi))) ** 0.4


@functools.cache
def _bessel_tables() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Concentrations k, the ratios Ij(k) / I0(k) for each moment j, and I2(2k) / I0(k)^2, by numerical integration."""
    kappas = np.concatenate([[0.0], np.geomspace(1e-4, LARGEST_KAPPA, 4_000)])
    angle = (np.arange(1_024) + 0.5) * np.pi / 1_024

    def scaled(order: int, of: np.ndarray) -> np.ndarray:
        return (np.exp(np.outer(of, np.cos(angle) - 1)) * np.cos(order * angle)).mean(axis=1)

    zero = scaled(0, kappas)
    ratios = np.array([scaled(order, kappas) / zero for order in MOMENTS])
    return kappas, ratios, scaled(2, 2 * kappas) / zero**2


def _dhat1(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    smaller = np.minimum(_densities(first, 0.8), _densities(second, 0.8))
    return np.minimum(smaller.sum(axis=1) * TURN / BINS, 1)


def _dhat4(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    curves = _densities(first, 1.0), _densities(second, 1.0)
    halves = []
    for counts, own, other in ((first, *curves), (second, *curves[::-1])):
        share = np.minimum(1, np.divide(other, own, out=np.ones_like(own), where=own > 0))
        halves.append((counts * share).sum(axis=1) / counts.sum(axis=1))
    return (halves[0] + halves[1]) / 2
