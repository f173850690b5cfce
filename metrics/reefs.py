"""Reef surveys: what they measured per station and day, the newest state of the reefs, and how much was surveyed.

Every frame of surveys holds one figure of one sample event or image per row; `surveyed_on` may be days or moments
and may be empty.
"""

import math
from collections.abc import Sequence
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from metrics.rates import share
from metrics.result import Result, nothing

COVER = "hard_coral_pct"
COVERS = (COVER, "soft_coral_pct", "macroalgae_pct", "turf_algae_pct", "coralline_algae_pct")
OTHER_COVER = "other_cover_pct"
UNBLEACHED_CLASSES = ("normal_pct", "pale_pct")
BLEACHED_CLASSES = ("bleached_20_pct", "bleached_50_pct", "bleached_80_pct", "bleached_100_pct", "recently_dead_pct")
BLEACHING_CLASSES = UNBLEACHED_CLASSES + BLEACHED_CLASSES

Band = Literal["low", "middle", "high"]
# Each band from its lower limit up to the next one, in percent of hard coral; references in `cover_band`.
BANDS: dict[Band, float] = {"low": 0.0, "middle": 10.0, "high": 30.0}

KEY = ["source", "station", "surveyed_on", "method", "metric"]
MEANS = [*KEY, "value", "se", "n", "n_of", "points", "low", "high", "labelled_by", "depth_m"]
UPPER_TAIL = 0.975
PERCENT = (0.0, 100.0)
NOT_NEGATIVE = (0.0, math.inf)


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
    error `se` (empty where several methods make the value), `n` (sample units or images together), `methods`, joined
    by " + ", and the `band` of hard coral cover (`cover_band`; empty for other metrics). Methods that measured the
    same on one day are averaged with equal weight, as the public dashboard of MERMAID does. A survey of no known day
    is never the newest.
    """
    groups = _newest_rows(means, metric).groupby("station")
    found = groups.agg(
        surveyed_on=("surveyed_on", "first"),
        value=("value", "mean"),
        se=("se", "first"),
        rows=("value", "size"),
    )
    found["n"] = groups["n"].sum(min_count=1).astype("Int64")
    found["methods"] = groups["method"].agg(lambda names: " + ".join(sorted(set(names)))).astype("str")
    found["se"] = found["se"].where(found["rows"] == 1)
    bands = [cover_band(value) if metric == COVER else None for value in found["value"]]
    found["band"] = pd.Series(bands, index=found.index, dtype="str")
    return found.reset_index()[["station", "surveyed_on", "value", "se", "n", "methods", "band"]]


def cover_band(pct: float) -> Band:
    """Band of a hard coral cover in percent: `low` below 10, `middle` from 10 to below 30, `high` from 30 on.

    About 10 % is the least with which corals build more limestone than a reef loses (Perry et al. 2013, doi
    10.1038/ncomms2409; 2018, doi 10.1038/s41586-018-0194-z); 30 % is a precautionary mark (Darling et al. 2019, doi
    10.1038/s41559-019-0953-8). Both limits are those of MERMAID's public dashboard and are still being validated:
    natural cover differs between regions, and a band is no verdict about a reef.
    """
    names = list(BANDS)
    return names[sum(pct >= limit for limit in list(BANDS.values())[1:])]


def hard_coral_now(means: pd.DataFrame) -> Result:
    """Live hard coral in percent of the sea floor: the mean over stations of the newest survey of each.

    Takes what `survey_means` gives. Every station weighs the same, however many images or transects it has. The 95 %
    interval (Student's t over stations, cut at 0 and 100) takes the stations as a random sample of the reef, which
    chosen ones are not; there is none below 2 stations. Newest surveys may lie years apart. Modelled values count
    only where nothing was measured at any station.
    """
    return _now(means, COVER, "%", "no survey of a known day measured the cover of hard coral", PERCENT)


def bleached_now(means: pd.DataFrame) -> Result:
    """Bleached coral colonies in percent: the mean over stations of the newest survey of each.

    Takes what `survey_means` gives. Bleached is meant as in `bleached_pct`: pale colonies do not count, recently dead
    ones do. Stations and interval as in `hard_coral_now`. Bleaching comes and goes within months, so an old survey
    says little about today.
    """
    return _now(means, "bleached_pct", "%", "no survey of a known day counted bleached colonies", PERCENT)


def fish_biomass_now(means: pd.DataFrame) -> Result:
    """Fish biomass in kg per hectare: the mean over stations of the newest survey of each.

    Takes what `survey_means` gives; the biomass is that of the source (length to weight by species, over the area of
    the belt transects). Stations and interval as in `hard_coral_now`. Biomass depends on the day, the observer and the
    species counted, and does not compare across methods.
    """
    return _now(means, "fish_biomass_kgha", "kg/ha", "no survey of a known day counted fish", NOT_NEGATIVE)


def habitat_complexity_now(means: pd.DataFrame) -> Result:
    """Habitat complexity as a score from 0 (flat) to 5 (very rugged): the mean over stations of the newest survey.

    Takes what `survey_means` gives. Scores by eye (Polunin & Roberts 1993, Marine Ecology Progress Series 100:167).
    Stations and interval as in `hard_coral_now`.
    """
    reason = "no survey of a known day scored the complexity of the habitat"
    return _now(means, "habitat_complexity_score", "score (0-5)", reason, (0.0, 5.0))


def bleached_pct(classes: pd.DataFrame) -> pd.Series:
    """Bleached colonies in percent of all, from the seven classes: 20, 50, 80 and 100 % bleached and recently dead.

    Takes a column per class (`BLEACHING_CLASSES`) in percent or as counts. Pale colonies count as not bleached, as in
    the definition of MERMAID (data-mermaid/mermaid-api, `bleachingqc.py`); other definitions exist, so the classes are
    shown too. Missing where a class is unknown, or where there is no colony.
    """
    whole = classes[list(BLEACHING_CLASSES)].sum(axis=1, skipna=False)
    return 100 * classes[list(BLEACHED_CLASSES)].sum(axis=1, skipna=False) / whole.where(whole > 0)


def bleaching_classes(means: pd.DataFrame) -> pd.DataFrame:
    """Coral colonies by bleaching class in percent, at the newest survey of each station that tells all seven.

    Takes what `survey_means` gives. Gives a row per `station`, `surveyed_on` and `class` (from `normal_pct` to
    `recently_dead_pct`) with `pct`, and `bleached_pct` of the whole survey by the function of that name.
    """
    found = means[means["metric"].isin(BLEACHING_CLASSES) & means["surveyed_on"].notna()]
    wide = found.pivot_table(index=["station", "surveyed_on"], columns="metric", values="value")
    wide = wide.reindex(columns=list(BLEACHING_CLASSES)).dropna().sort_index()
    wide = wide[~wide.index.get_level_values("station").duplicated(keep="last")]
    wide.columns.name = "class"
    long = wide.assign(bleached_pct=bleached_pct(wide)).set_index("bleached_pct", append=True).stack()
    long = long.rename("pct").astype("float64").reset_index()
    return long[["station", "surveyed_on", "class", "pct", "bleached_pct"]]


def composition(means: pd.DataFrame, station: str, surveyed_on: date) -> pd.DataFrame:
    """What covers the sea floor at a station on a day, in percent: `metric` and `value`, together 100.

    Takes what `survey_means` gives. Groups measured by several methods are averaged with equal weight. All that no
    group covers is `other_cover_pct`: sand, rubble, sponges, and groups that the methods do not tell apart. Methods
    that tell different groups may add up to more than 100; hard coral then keeps its value and the rest is scaled
    down. Empty where hard coral is not known.
    """
    is_asked = means["station"].eq(station) & means["surveyed_on"].eq(pd.Timestamp(surveyed_on))
    found = means[is_asked & means["metric"].isin(COVERS)].groupby("metric")["value"].mean()
    found = found.reindex([metric for metric in COVERS if metric in found.index])
    if COVER in found.index:
        told, room = float(found.drop(COVER).sum()), max(100 - float(found[COVER]), 0.0)
        if told > room:
            found[found.index != COVER] *= room / told
        found[OTHER_COVER] = max(room - told, 0.0)
    else:
        found = found.head(0)
    return found.rename_axis("metric").rename("value").reset_index()


def effort(means: pd.DataFrame) -> pd.DataFrame:
    """How much was surveyed per year and method: `surveys` (stations on a day), `stations`, `sample_units`, `points`.

    Takes what `survey_means` gives. `sample_units` are transects, quadrat sets, images or surveys, as `n_of` says;
    empty where no source tells, as are `points`. Surveys of no known day are in no year and left out.
    """
    known = means[means["surveyed_on"].notna()]
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
    is_model = found["labelled_by"].eq("model")
    return found if is_model.all() else found[~is_model]


def mean_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """95 % interval of the mean of a sample by Student's t (1908, doi 10.1093/biomet/6.1.1); None below 2 values."""
    n = len(values)
    if n < 2:
        return None
    reach = float(stdtrit(n - 1, UPPER_TAIL) * np.std(values, ddof=1) / math.sqrt(n))
    return float(np.mean(values)) - reach, float(np.mean(values)) + reach


def _now(means: pd.DataFrame, metric: str, unit: str, reason: str, bounds: tuple[float, float]) -> Result:
    rows = measured(means, metric)
    stations = newest(rows, metric)
    if stations.empty:
        return nothing(unit, "stations", reason)
    values = stations["value"].to_numpy()
    interval = mean_interval(values)
    if interval:
        interval = tuple(min(max(edge, bounds[0]), bounds[1]) for edge in interval)
    return Result(
        float(values.mean()),
        unit,
        len(stations),
        "stations",
        interval=interval,
        machine_share=_machine_share(_newest_rows(rows, metric)),
    )


def _newest_rows(means: pd.DataFrame, metric: str) -> pd.DataFrame:
    found = means[means["metric"].eq(metric) & means["surveyed_on"].notna()]
    return found[found["surveyed_on"].eq(found.groupby("station")["surveyed_on"].transform("max"))]


def _machine_share(rows: pd.DataFrame) -> float | None:
    """Share of the stations whose figure only a machine labelled; None where nobody says who labelled."""
    if rows["labelled_by"].isna().all():
        return None
    by_machine = rows["labelled_by"].eq("machine").groupby(rows["station"]).all()
    return share(int(by_machine.sum()), len(by_machine))


def _days(days: pd.Series) -> pd.Series:
    """Days as moments at midnight, whether they come as days, moments or nothing."""
    return pd.to_datetime(days).astype("datetime64[us]").dt.normalize()
