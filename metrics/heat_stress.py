"""Heat stress on reefs: degree heating weeks, their state now and by year, and the figures of a series of days."""

from typing import Any

import pandas as pd

from metrics.result import Result, nothing

WINDOW_DAYS = 84
DAYS_PER_WEEK = 7
LOWEST_COUNTED_C = 1.0
PUBLISHED_DECIMALS = 4
CURRENT_DAYS = 14
# Degree heating weeks from which significant bleaching is likely, and from which severe bleaching and deaths are
# (Liu et al. 2014, doi 10.3390/rs61111579; https://coralreefwatch.noaa.gov/product/5km/methodology.php).
SIGNIFICANT_DHW = 4.0
SEVERE_DHW = 8.0


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


def dhw_now(heat_stress: pd.DataFrame) -> Result:
    """Heat stress now in degC-weeks: the highest degree heating weeks of any station on its newest day.

    Takes `station`, `day` and `dhw_c_weeks`. From 4 on significant bleaching is likely, from 8 on severe bleaching and
    deaths of corals (`degree_heating_weeks`, with its source). It is the heat at the surface of a satellite cell of
    about 5 km, not at the coral, and no forecast. A station whose newest day is more than 14 days older than that of
    another tells nothing of now and is left out.
    """
    unit, of = "degC-weeks", "stations"
    known = _known(heat_stress)
    if known.empty:
        return nothing(unit, of, "no degree heating weeks are known")
    last = known.drop_duplicates("station", keep="last")
    newest = last["day"].max()
    last = last[last["day"] >= newest - pd.Timedelta(days=CURRENT_DAYS)]
    return Result(float(last["dhw_c_weeks"].max()), unit, len(last), of, newest=newest.date())


def dhw_by_year(heat_stress: pd.DataFrame) -> pd.DataFrame:
    """Highest degree heating weeks (degC-weeks) of each station and calendar year: `station`, `year`, `dhw_max`.

    Takes `station`, `day` and `dhw_c_weeks`. A year without any is no row. In the south the warm season crosses the
    turn of the year, so one event may stand in two years.
    """
    known = _known(heat_stress)
    years = known["day"].dt.year.astype("int64").rename("year")
    return known.groupby(["station", years])["dhw_c_weeks"].max().rename("dhw_max").reset_index()


def days_by_level(heat_stress: pd.DataFrame) -> pd.DataFrame:
    """Days per calendar year and bleaching alert level, each station's counted: `year`, `alert_level`, `days`.

    Takes `day` and `alert_level`, on the scale of the source (0 no stress, 1 watch, 2 warning, from 3 on alerts). A
    level that no day reached is no row. Days are those of all stations together, so more stations give more days.
    """
    known = heat_stress[heat_stress["alert_level"].notna()]
    years = pd.to_datetime(known["day"]).astype("datetime64[us]").dt.year.astype("int64").rename("year")
    levels = known["alert_level"].astype("int64")
    return known.groupby([years, levels]).size().rename("days").reset_index()


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


def _known(heat_stress: pd.DataFrame) -> pd.DataFrame:
    """Days with known degree heating weeks, oldest first."""
    known = heat_stress[heat_stress["dhw_c_weeks"].notna()]
    days = pd.to_datetime(known["day"]).astype("datetime64[us]")
    return known.assign(day=days, dhw_c_weeks=known["dhw_c_weeks"].astype("float64")).sort_values("day", kind="stable")


def _largest_error(by_day: pd.DataFrame) -> float | None:
    errors = []
    for _, station in by_day.groupby("station"):
        days = station.set_index("day")
        errors.append((degree_heating_weeks(days["hotspot_c"]) - days["dhw_c_weeks"]).abs().max())
    largest = pd.Series(errors, dtype="float64").max()
    return None if pd.isna(largest) else round(float(largest), PUBLISHED_DECIMALS)


def _iso(day: pd.Timestamp) -> str:
    return day.date().isoformat()
