"""Figures of tagged animals: which animals were followed, from when to when, and where."""

from typing import Any

import pandas as pd


def fix_figures(fixes: pd.DataFrame, individuals: pd.DataFrame) -> dict[str, Any]:
    """Animals with a counted fix, their taxa, the first and last fix, and the box around all of them.

    Takes `individual_id`, `fixed_at`, `latitude`, `longitude` and `is_outlier` of each fix, and `individual_id`,
    `individual_name` and `scientific_name` of each animal. A fix counts unless the source marked it as an outlier.
    An animal is shown by its name, else by its identifier. Times are UTC in whole seconds; `bbox` is the smallest and
    largest longitude and latitude as west, south, east, north. Without any counted fix there is no time and no box.
    """
    counted = fixes[~fixes["is_outlier"].astype(bool)]
    followed = individuals[individuals["individual_id"].isin(counted["individual_id"])]
    is_described = counted["individual_id"].isin(followed["individual_id"])
    names = followed["individual_name"].fillna(followed["individual_id"])
    figures: dict[str, Any] = {
        "individuals": sorted({*names, *counted.loc[~is_described, "individual_id"]}),
        "taxa": sorted(followed["scientific_name"].dropna().unique()),
        "first": None,
        "last": None,
        "bbox": None,
    }
    if counted.empty:
        return figures
    west_to_east, south_to_north = counted["longitude"], counted["latitude"]
    return figures | {
        "first": _utc(counted["fixed_at"].min()),
        "last": _utc(counted["fixed_at"].max()),
        "bbox": [
            float(west_to_east.min()),
            float(south_to_north.min()),
            float(west_to_east.max()),
            float(south_to_north.max()),
        ],
    }


def _utc(moment: pd.Timestamp) -> str:
    return moment.tz_convert("UTC").strftime("%Y-%m-%dT%H:%M:%SZ")
