"""The state of the reefs of one site at their newest surveys: living coral, bleaching, fish, complexity.

All take what `metrics.reefs.survey_means` gives.
"""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from metrics.rates import share
from metrics.reefs import COVER, is_model, measured, newest, newest_rows
from metrics.result import Result, nothing

UNBLEACHED_CLASSES = ("normal_pct", "pale_pct")
BLEACHED_CLASSES = ("bleached_20_pct", "bleached_50_pct", "bleached_80_pct", "bleached_100_pct", "recently_dead_pct")
BLEACHING_CLASSES = UNBLEACHED_CLASSES + BLEACHED_CLASSES
UPPER_TAIL = 0.975
# Values that are equal but for rounding.
NO_SPREAD = 1e-9
PERCENT = (0.0, 100.0)
NOT_NEGATIVE = (0.0, math.inf)


def hard_coral_now(means: pd.DataFrame) -> Result:
    """Live hard coral in percent of the sea floor: the mean over stations of the newest survey of each.

    Takes what `survey_means` gives. Every station weighs the same, however many images or transects it has. The 95 %
    interval (Student's t over stations, cut at 0 and 100) takes the stations as a random sample of the reef, which
    chosen ones are not; there is none below 2 stations or where all have the same value. Newest surveys may lie years
    apart. Modelled values count only where nothing was measured at any station, and have no interval: tiers of a model
    lie within one another and are no sample.
    """
    return _now(means, COVER, "%", "no survey of a known day measured the cover of hard coral", PERCENT)


def open_cover(means: pd.DataFrame) -> Result:
    """How high the cover of `hard_coral_now` may be, in percent, where labels without a group leave it open.

    The mean over the same stations of the upper bound, which counts every point of such a label as hard coral; a
    station without any counts with its cover. Missing where every label has a group.
    """
    stations = newest(measured(means, COVER), COVER)
    is_open = stations["high"].notna()
    if not is_open.any():
        return nothing("%", "stations", "every label has a group")
    return Result(float(stations["high"].fillna(stations["value"]).mean()), "%", len(stations), "stations")


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


def mean_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """95 % interval of the mean of a sample by Student's t (1908, doi 10.1093/biomet/6.1.1).

    None below 2 values, and where all are equal: that is no certainty.
    """
    n = len(values)
    if n < 2 or np.ptp(values) < NO_SPREAD:
        return None
    reach = float(stdtrit(n - 1, UPPER_TAIL) * np.std(values, ddof=1) / math.sqrt(n))
    return float(np.mean(values)) - reach, float(np.mean(values)) + reach


def _now(means: pd.DataFrame, metric: str, unit: str, reason: str, bounds: tuple[float, float]) -> Result:
    rows = measured(means, metric)
    stations = newest(rows, metric)
    if stations.empty:
        return nothing(unit, "stations", reason)
    values = stations["value"].to_numpy()
    # Tiers of a model lie within one another, so their values are no sample.
    interval = None if is_model(rows).all() else mean_interval(values)
    if interval:
        interval = tuple(min(max(edge, bounds[0]), bounds[1]) for edge in interval)
    return Result(
        float(values.mean()),
        unit,
        len(stations),
        "stations",
        interval=interval,
        newest=stations["surveyed_on"].max().date(),
        machine_share=_machine_share(newest_rows(rows, metric)),
    )


def _machine_share(rows: pd.DataFrame) -> float | None:
    """Share of the stations whose figure only a machine labelled; None where nobody says who labelled."""
    if rows["labelled_by"].isna().all():
        return None
    by_machine = rows["labelled_by"].eq("machine").fillna(False).astype(bool).groupby(rows["station"]).all()
    return share(int(by_machine.sum()), len(by_machine))
