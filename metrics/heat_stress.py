"""Heat stress on reefs: degree heating weeks, and the figures of a series of days from satellites."""

from typing import Any

import pandas as pd

WINDOW_DAYS = 84
DAYS_PER_WEEK = 7
LOWEST_COUNTED_C = 1.0
PUBLISHED_DECIMALS = 4


def degree_heating_weeks(hotspots_by_day: pd.Series) -> pd.Series:
    """Degree heating weeks (degC-weeks) of each day from the HotSpots (degC) by day.

    The HotSpots of the last 84 days (12 weeks, the day itself included) that are at least 1 degC, summed and divided
    by 7: Liu et al. 2014, Remote Sensing 6(11), 11579-11606 (https://doi.org/10.3390/rs61111579) and
    https://coralreefwatch.noaa.gov/product/5km/methodology.php. Gives every day from the first to the last; a day is
    missing unless the HotSpots of all 84 days are known. Raises ValueError when a day stands twice.
    """
    if hotspots_by_day.empty:
        return pd.Series(dtype="float64", index=pd.DatetimeIndex([]))
    if hotspots_by_day.index.has_duplicates:
        raise ValueError("each day must stand once")
    daily = hotspots_by_day.astype("float64").set_axis(pd.to_datetime(hotspots_by_day.index)).sort_index().asfreq("D")
    counted = daily.where(daily.isna() | daily.ge(LOWEST_COUNTED_C), 0.0)
    return counted.rolling(WINDOW_DAYS, min_periods=WINDOW_DAYS).sum() / DAYS_PER_WEEK


def heat_stress_figures(heat_stress: pd.DataFrame) -> dict[str, Any]:
    """Days of heat stress, their extremes and levels, and how well the degree heating weeks agree with the HotSpots.

    Takes `station`, `day`, `hotspot_c`, `dhw_c_weeks` and `alert_level`; days are counted per station. `missing_days`
    lie between the first and the last day of a station. `dhw_max_on` is the first day of the maximum.
    `dhw_recomputed_max_error` is the largest difference (degC-weeks, to four decimals as published) between stored
    and recomputed degree heating weeks (`degree_heating_weeks`), over the days whose 84 days of HotSpots are all
    known; None where there is no such day.
    """
    figures: dict[str, Any] = dict.fromkeys(
        ("days", "first", "last", "missing_days", "dhw_max", "dhw_max_on", "days_by_level", "dhw_recomputed_max_error")
    )
    levels = heat_stress["alert_level"].dropna().astype(int).value_counts().sort_index()
    figures |= {
        "days": len(heat_stress),
        "missing_days": 0,
        "days_by_level": {str(level): int(days) for level, days in levels.items()},
    }
    if heat_stress.empty:
        return figures
    by_day = heat_stress.assign(day=pd.to_datetime(heat_stress["day"])).sort_values("day", kind="stable")
    spans = by_day.groupby("station")["day"].agg(["min", "max", "size"])
    figures |= {
        "first": _iso(by_day["day"].min()),
        "last": _iso(by_day["day"].max()),
        "missing_days": int(((spans["max"] - spans["min"]).dt.days + 1 - spans["size"]).sum()),
        "dhw_recomputed_max_error": _largest_error(by_day),
    }
    known = by_day.dropna(subset="dhw_c_weeks")
    if known.empty:
        return figures
    highest = known.loc[known["dhw_c_weeks"].idxmax()]
    return figures | {"dhw_max": float(highest["dhw_c_weeks"]), "dhw_max_on": _iso(highest["day"])}


def _largest_error(by_day: pd.DataFrame) -> float | None:
    errors = []
    for _, station in by_day.groupby("station"):
        days = station.set_index("day")
        errors.append((degree_heating_weeks(days["hotspot_c"]) - days["dhw_c_weeks"]).abs().max())
    largest = pd.Series(errors, dtype="float64").max()
    return None if pd.isna(largest) else round(float(largest), PUBLISHED_DECIMALS)


def _iso(day: pd.Timestamp) -> str:
    return day.date().isoformat()
