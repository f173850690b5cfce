"""Reef surveys: what they measured per station and day, the newest state of the reefs, and how much was surveyed.

Every frame of surveys holds one figure of one sample event or image per row; `surveyed_on` may be days or moments
and may be empty.
"""

from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

COVER = "hard_coral_pct"
COVERS = (COVER, "soft_coral_pct", "macroalgae_pct", "turf_algae_pct", "coralline_algae_pct")
UNIDENTIFIED_COVER, OTHER_COVER = "unidentified_pct", "other_cover_pct"

Band = Literal["low", "middle", "high"]
# Each band from its lower limit up to the next one, in percent of hard coral; references in `cover_band`.
BANDS: dict[Band, float] = {"low": 0.0, "middle": 10.0, "high": 30.0}

KEY = ["source", "station", "surveyed_on", "method", "metric"]
MEANS = [*KEY, "value", "se", "n", "n_of", "points", "low", "high", "labelled_by", "depth_m"]


def survey_means(surveys: pd.DataFrame) -> pd.DataFrame:
    """The mean of each figure per survey: a station on a day by one method of one source.

    Takes one row per sample event or image: `source`, `station`, `surveyed_on`, `method`, `metric`, `value`,
    `value_sd`, `value_low`, `value_high`, `sample_units`, `points`, `labelled_by` and `depth_m`. Gives a row per
    `source`, `station`, `surveyed_on`, `method` and `metric`: `value` in the unit of the metric, its standard error
    `se`, `n` and what it counts (`n_of`), the sum of `points`, the bounds `low` and `high` where the source gives any,
    `labelled_by` (`both` where people and machines took part) and the mean `depth_m`.

    A single sample event keeps its value, with se = sd / sqrt(n) over its n sample units. Several images or events
    weigh the same: se = sd between them / sqrt(n). With n = 1 there is no standard error. An image without a bound of
    its own enters the mean of the bounds with its value. Surveys of no known day stand last at their station.
    """
    rows = surveys.assign(
        surveyed_on=_days(surveys["surveyed_on"]),
        is_image=surveys["points"].notna() | surveys["labelled_by"].isin(["human", "machine", "both"]),
        **{name: surveys[name].astype("float64") for name in ("value", "value_sd", "depth_m")},
        **{f"filled_{side}": surveys[f"value_{side}"].fillna(surveys["value"]) for side in ("low", "high")},
    )
    groups = rows.groupby(KEY, dropna=False, sort=False)
    means = groups.agg(
        value=("value", "mean"),
        sd=("value", "std"),
        rows=("value", "size"),
        value_sd=("value_sd", "first"),
        sample_units=("sample_units", "first"),
        is_image=("is_image", "all"),
        low=("filled_low", "mean"),
        high=("filled_high", "mean"),
        has_low=("value_low", "count"),
        has_high=("value_high", "count"),
        labellers=("labelled_by", "nunique"),
        labelled_by=("labelled_by", "first"),
        depth_m=("depth_m", "mean"),
    )
    means["points"] = groups["points"].sum(min_count=1).astype("Int64")
    is_one = means["rows"].eq(1)
    means["n"] = means["rows"].astype("Int64").where(~is_one, means["sample_units"].astype("Int64"))
    spread = means["sd"].where(~is_one, means["value_sd"])
    n = means["n"].astype("float64")
    means["se"] = (spread / np.sqrt(n)).where(n > 1)
    means["n_of"] = np.select([means["is_image"], is_one], ["images", "sample units"], "surveys")
    means = means.assign(
        n_of=means["n_of"].astype("str"),
        labelled_by=means["labelled_by"].astype("str").where(means["labellers"] < 2, "both"),
        low=means["low"].where(means["has_low"] > 0),
        high=means["high"].where(means["has_high"] > 0),
    )
    return means.reset_index()[MEANS].sort_values(["station", "surveyed_on", *KEY], ignore_index=True, kind="stable")


def newest(means: pd.DataFrame, metric: str) -> pd.DataFrame:
    """The newest figure of each station: the mean over the methods by which it was measured on its newest day.

    Takes what `survey_means` gives. Gives `station`, `surveyed_on`, `value` in the unit of the metric, its standard
    error `se` (empty where several methods make the value), `high` (how high it may be where labels without a group
    leave that open), `n` (sample units or images together), `methods`, joined by " + ", and the `band` of hard coral
    cover (`cover_band`; empty for other metrics, and where `value` and `high` lie in different bands). Methods that
    measured the same on one day are averaged with equal weight, as the public dashboard of MERMAID does. Modelled
    figures count at stations where nothing was measured. A survey of no known day is never the newest.
    """
    groups = newest_rows(means, metric).groupby("station")
    found = groups.agg(
        surveyed_on=("surveyed_on", "first"),
        value=("value", "mean"),
        se=("se", "first"),
        high=("open_high", "mean"),
        is_open=("is_open", "any"),
        rows=("value", "size"),
    )
    found["n"] = groups["n"].sum(min_count=1).astype("Int64")
    found["methods"] = groups["method"].agg(lambda names: " + ".join(sorted(set(names)))).astype("str")
    found["se"] = found["se"].where(found["rows"] == 1)
    bands = [_band_of(row) if metric == COVER else None for row in found.itertuples()]
    found = found.assign(
        band=pd.Series(bands, index=found.index, dtype="str"), high=found["high"].where(found["is_open"])
    )
    return found.reset_index()[["station", "surveyed_on", "value", "se", "high", "n", "methods", "band"]]


def cover_band(pct: float) -> Band:
    """Band of a hard coral cover in percent: `low` below 10, `middle` from 10 to below 30, `high` from 30 on.

    About 10 % is the least with which corals build more limestone than a reef loses (Perry et al. 2013, doi
    10.1038/ncomms2409; 2018, doi 10.1038/s41586-018-0194-z); 30 % is a precautionary mark (Darling et al. 2019, doi
    10.1038/s41559-019-0953-8). Both limits are those of MERMAID's public dashboard and are still being validated:
    natural cover differs between regions, and a band is no verdict about a reef.
    """
    names = list(BANDS)
    return names[sum(pct >= limit for limit in list(BANDS.values())[1:])]


def composition(means: pd.DataFrame, station: str, surveyed_on: date) -> pd.DataFrame:
    """What covers the sea floor at a station on a day, in percent: `metric` and `value`, together 100.

    Takes what `survey_means` gives. Groups measured by several methods are averaged with equal weight; modelled ones
    count where nothing was measured. What labels without a group leave open is `unidentified_pct`, and all that no
    group covers `other_cover_pct`: sand, rubble, sponges, and groups that the methods do not tell apart. Methods that
    tell different groups may add up to more than 100; hard coral then keeps its value and the rest is scaled down.
    Empty where hard coral is not known.
    """
    is_asked = means["station"].eq(station) & means["surveyed_on"].eq(pd.Timestamp(surveyed_on))
    rows = _measured_first(means[is_asked & means["metric"].isin(COVERS)])
    found = rows.groupby("metric")["value"].mean()
    found = found.reindex([metric for metric in COVERS if metric in found.index])
    if COVER in found.index:
        told, room = float(found.drop(COVER).sum()), max(100 - float(found[COVER]), 0.0)
        if told > room:
            found[found.index != COVER] *= room / told
        rest = max(room - told, 0.0)
        corals = rows[rows["metric"].eq(COVER)]
        unidentified = min(float((corals["open_high"] - corals["value"]).mean()), rest)
        if unidentified > 0:
            found[UNIDENTIFIED_COVER] = unidentified
        found[OTHER_COVER] = rest - max(unidentified, 0.0)
    else:
        found = found.head(0)
    return found.rename_axis("metric").rename("value").reset_index()


def effort(means: pd.DataFrame) -> pd.DataFrame:
    """How much was surveyed per year and method: `surveys` (stations on a day), `stations`, `sample_units`, `points`.

    Takes what `survey_means` gives. `sample_units` are transects, quadrat sets, images or surveys, as `n_of` says;
    empty where no source tells, as are `points`. Surveys of no known day are in no year and left out, and so is what a
    model gave: that was no survey.
    """
    known = means[means["surveyed_on"].notna() & ~is_model(means)]
    keys = ["source", "station", "surveyed_on", "method"]
    each = known.groupby(keys)[["n", "points"]].max().reset_index()
    each = each.assign(year=each["surveyed_on"].dt.year.astype("int64"))
    groups = each.groupby(["year", "method"])
    found = each.drop_duplicates(["station", "surveyed_on", "method"]).groupby(["year", "method"]).size()
    found = found.rename("surveys").to_frame().astype("int64")
    found["stations"] = groups["station"].nunique()
    found["sample_units"] = groups["n"].sum(min_count=1)
    found["points"] = groups["points"].sum(min_count=1)
    return found.reset_index()


def measured(means: pd.DataFrame, metric: str) -> pd.DataFrame:
    """The rows of a metric with a known day: those that were measured, or the modelled ones where none was."""
    found = means[means["metric"].eq(metric) & means["surveyed_on"].notna()]
    modelled = is_model(found)
    return found if modelled.all() else found[~modelled]


def _band_of(station) -> Band | None:
    low = cover_band(station.value)
    return low if not station.is_open or cover_band(station.high) == low else None


def newest_rows(means: pd.DataFrame, metric: str) -> pd.DataFrame:
    """The rows of a metric on the newest day of each station, measured ones where it has any."""
    found = _measured_first(means[means["metric"].eq(metric) & means["surveyed_on"].notna()])
    return found[found["surveyed_on"].eq(found.groupby("station")["surveyed_on"].transform("max"))]


def _measured_first(means: pd.DataFrame) -> pd.DataFrame:
    """The measured rows of each station, or the modelled ones where it has no other, and how high they may be."""
    modelled = is_model(means)
    has_no_other = modelled.groupby(means["station"]).transform("all").astype(bool)
    found = means[~modelled | has_no_other]
    # The bounds of a model are credible ones, and those of a measurement what labels without a group leave open.
    open_high = found["high"].where(~is_model(found) & (found["high"] > found["value"]))
    return found.assign(open_high=open_high.fillna(found["value"]), is_open=open_high.notna())


def is_model(means: pd.DataFrame) -> pd.Series:
    """Which rows a model gave and nobody measured."""
    return means["labelled_by"].eq("model").fillna(False).astype(bool)


def _days(days: pd.Series) -> pd.Series:
    """Days as moments at midnight, whether they come as days, moments or nothing."""
    return pd.to_datetime(days).astype("datetime64[us]").dt.normalize()
