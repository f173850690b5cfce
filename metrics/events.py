"""Independent events of camera traps, and what is counted in them: relative abundance, the table of species."""

from datetime import date, datetime

import numpy as np
import pandas as pd

from metrics.community import active_days
from metrics.rates import detection_rate
from metrics.result import Result, nothing

COMPARED_TO = ("last_record", "last_independent_record")
COUNTS = ("detections", "events", "individuals", "machine_only", "places")


def mark_independent(
    records: pd.DataFrame, minutes: float = 30, compared_to: str = "last_record", camera: str = "deployment"
) -> pd.Series:
    """Which records start an independent event: at least `minutes` after the one before of the same taxon and camera.

    Takes `started_at`, `ended_at`, `scientific_name` and the column `camera`; a record without an end ends as it
    starts, and animals without a name are one taxon. With `last_record` the gap runs from the latest end so far, so a
    long visit stays one event (`remove_duplicates` of the R package wiutils); with `last_independent_record` from
    the end of the last record that was counted, which counts a visit anew every `minutes` (`deltaTimeComparedTo` of
    `recordTable` in camtrapR). The two give different numbers. O'Brien, Kinnaird & Wibisono 2003, doi
    10.1017/S1367943003003172.
    """
    if compared_to not in COMPARED_TO:
        raise ValueError(f"compared_to is {compared_to!r}; it can be {', '.join(COMPARED_TO)}")
    names = records["scientific_name"].astype("str").fillna("")
    group = pd.Series(pd.factorize(pd.MultiIndex.from_arrays([records[camera], names]))[0], index=records.index)
    start = records["started_at"].to_numpy("datetime64[us]").astype("int64")
    end = records["ended_at"].fillna(records["started_at"]).to_numpy("datetime64[us]").astype("int64")
    # Of records that start together the longest comes first, so that the order of rows changes nothing.
    order = np.lexsort((-end, start, group.to_numpy()))
    gap = int(minutes * 60_000_000)
    mark = _after_any if compared_to == "last_record" else _after_counted
    is_new = np.zeros(len(records), dtype=bool)
    is_new[order] = mark(group.to_numpy()[order], start[order], end[order], gap)
    return pd.Series(is_new, index=records.index)


def independent_events(detections: pd.DataFrame, minutes: float = 30, camera: str = "deployment_id") -> Result:
    """Independent events: records of one taxon at one camera, at least `minutes` after the latest end so far.

    Takes what `mark_independent` takes, of the detections of one source. Missing where nothing was detected.
    """
    if detections.empty:
        return nothing("independent events", "detections", "nothing was detected")
    found = int(mark_independent(detections, minutes, camera=camera).sum())
    return Result(found, "independent events", len(detections), "detections", newest=detections["started_at"].max())


def relative_abundance(
    n_events: int, trap_nights: float | None, n_machine_only: int = 0, newest: datetime | None = None
) -> Result:
    """Relative abundance index (RAI): independent events per 100 trap nights, with the exact 95 % Poisson interval.

    The most used of several indices of that name (Chen, Xiao & Xiao 2019, doi 10.17520/biods.2018327). It depends on
    how easily a species is seen: it is no abundance and does not rank species. Missing below 10 trap nights.
    """
    rate = detection_rate(n_events, trap_nights, n_machine_only, newest)
    unit, of = "events per 100 trap nights", "independent events"
    if rate.missing:
        return nothing(unit, of, rate.missing, n_events)
    return Result(rate.value, unit, n_events, of, rate.interval, newest, rate.machine_share)


def species_figures(records: pd.DataFrame, deployments: pd.DataFrame) -> pd.DataFrame:
    """Every taxon with its figures, most events first; animals without a name are one row.

    Takes records as `mark_independent` does, with `place`, `common_name`, `individual_count`, `is_machine`,
    `utc_offset_min` and `is_generalised`, and deployments with `place` and `trap_nights`. Gives `scientific_name`,
    `common_name`, `detections`, `events`, `individuals` (a missing count stands for one), `machine_only`, `rate` with
    `rate_low` and `rate_high` (RAI), `places` (with effort and a record), `occupancy` (naive, 0-1), `active_day_share`
    (0-1), `newest` (day) and `is_generalised`.
    """
    nights = deployments.groupby("place")["trap_nights"].sum()
    working = nights.index[nights > 0]
    rows = records.assign(
        scientific_name=records["scientific_name"].astype("object"),
        is_event=mark_independent(records) if len(records) else pd.Series(dtype=bool),
        animals=records["individual_count"].fillna(1).astype("int64"),
        at=records["place"].where(records["place"].isin(working)),
    )
    figures = rows.groupby("scientific_name", dropna=False, sort=False, as_index=False).agg(
        common_name=("common_name", "first"),
        detections=("started_at", "size"),
        events=("is_event", "sum"),
        individuals=("animals", "sum"),
        machine_only=("is_machine", "sum"),
        places=("at", "nunique"),
        newest=("started_at", "max"),
        is_generalised=("is_generalised", "any"),
    )
    figures = figures.astype(dict.fromkeys(COUNTS, "int64"))
    total = float(nights.sum())
    rates = [relative_abundance(count, total) for count in figures["events"]]
    days = active_days(rows).groupby("scientific_name", dropna=False).size()
    share = (figures["scientific_name"].map(days).astype("float64") / total).clip(upper=1) if total > 0 else np.nan
    figures = figures.assign(
        rate=pd.array([rate.value for rate in rates], "Float64"),
        rate_low=pd.array([rate.interval[0] if rate.interval else None for rate in rates], "Float64"),
        rate_high=pd.array([rate.interval[1] if rate.interval else None for rate in rates], "Float64"),
        occupancy=pd.array(figures["places"] / len(working) if len(working) else [None] * len(figures), "Float64"),
        active_day_share=pd.array(share, "Float64") if total > 0 else pd.array([None] * len(figures), "Float64"),
        newest=figures["newest"].dt.date if len(figures) else None,
    )
    return figures.sort_values(["events", "scientific_name"], ascending=[False, True], ignore_index=True)


def events_by_month(records: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    """Independent events of each named taxon per month (UTC), with zeros for the months between that have none.

    Takes what `mark_independent` takes. Gives `scientific_name`, `month` (its first day) and `events`, for every month
    that the days from `first` to `last` touch.
    """
    months = pd.period_range(first, last, freq="M", name="month")
    named = records[records["scientific_name"].notna()]
    counted = named[mark_independent(named)] if len(named) else named
    month = counted["started_at"].dt.tz_localize(None).dt.to_period("M").rename("month")
    table = counted.groupby(["scientific_name", month]).size().unstack(fill_value=0)
    names = pd.Index(sorted(named["scientific_name"].unique()), name="scientific_name")
    table = table.reindex(index=names, columns=months, fill_value=0)
    rows = table.stack().rename("events").reset_index()
    return rows.assign(month=rows["month"].dt.start_time.dt.date, events=rows["events"].astype("int64"))


def _after_any(group: np.ndarray, start: np.ndarray, end: np.ndarray, gap: int) -> np.ndarray:
    """Records that begin at least the gap after the latest end of all earlier ones of their group."""
    latest = pd.Series(end).groupby(group).cummax().to_numpy()
    is_first = np.ones(len(group), dtype=bool)
    is_first[1:] = group[1:] != group[:-1]
    since = np.full(len(group), gap)
    since[1:] = start[1:] - latest[:-1]
    return is_first | (since >= gap)


def _after_counted(group: np.ndarray, start: np.ndarray, end: np.ndarray, gap: int) -> np.ndarray:
    """Records that begin at least the gap after the end of the last counted one of their group."""
    is_new = np.zeros(len(group), dtype=bool)
    counted_group, free_from = -1, 0
    for row, (of, begin) in enumerate(zip(group.tolist(), start.tolist(), strict=True)):
        if of != counted_group or begin >= free_from:
            is_new[row] = True
            counted_group, free_from = of, int(end[row]) + gap
    return is_new
