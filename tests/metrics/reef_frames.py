"""Invented reef surveys as the queries give them."""

from datetime import date

import pandas as pd

from metrics.reefs import COVER

DAY = date(2024, 5, 1)
SURVEY = {
    "source": "reef-surveys",
    "station": "Reef",
    "surveyed_on": DAY,
    "method": "benthicpit",
    "metric": COVER,
    "value": 20.0,
    "value_sd": None,
    "value_low": None,
    "value_high": None,
    "sample_units": None,
    "points": None,
    "labelled_by": None,
    "depth_m": None,
}
TYPES = dict.fromkeys(("source", "station", "method", "metric", "labelled_by"), "str")
TYPES |= dict.fromkeys(("value", "value_sd", "value_low", "value_high", "depth_m"), "float64")
TYPES |= {"sample_units": "Int64", "points": "Int64"}


def surveys(*rows: dict) -> pd.DataFrame:
    """Surveys that differ from SURVEY in what each row names."""
    found = pd.DataFrame([SURVEY | row for row in rows], columns=list(SURVEY)).astype(TYPES)
    return found.assign(surveyed_on=pd.Series([row.get("surveyed_on", DAY) for row in rows], dtype="object"))


def image(value: float, labelled_by: str | None = "human", **more) -> dict:
    """One labelled image."""
    kind = {"method": "CoralNet annotations", "sample_units": 1, "points": 50, "labelled_by": labelled_by}
    return {"value": value} | kind | more
