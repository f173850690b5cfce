"""Questions about every site at once, for comparing sites: cameras, reefs, planted corals, newest days.

No row of these answers is shown or given out: figures of sites are made of them, and places, stations and cohorts are
mere numbers. Nothing is counted but what the questions about one site tell the same viewer, so no figure can be
subtracted from one there. Sites are counted alike: who may not see all species at every site gets the open ones alone,
even at their own sites.
"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import pandas as pd

from data.access import Viewer, sees_all, shared
from data.engine import View
from data.queries.shared import masks, seen, seen_on, shared_deployments, sharing, table_for
from data.rollups import camera_place, with_sensitivity

COVER = "hard_coral_pct"
SURVEYED = (
    "source", "surveyed_on", "method", "metric", "value", "value_sd", "value_low", "value_high", "sample_units",
    "points", "labelled_by",
)  # fmt: skip
PLANTED = ("planted_on", "observed_on", "fragment_count", "alive_count", "dead_count", "lost_count")
VISITED = ("reef_surveys", "surveyed_on"), ("outplants", "observed_on")
HAPPENED = ("alerts", "detected_at"), ("incidents", "happened_at")


def counts_all_species(viewer: Viewer) -> bool:
    """Whether this viewer sees all species at every site; else only open ones are compared, at every site."""
    return viewer.role in ("partner", "reviewer", "staff")


def camera_effort(view: View, viewer: Viewer, first: date, last: date, today: date) -> pd.DataFrame:
    """Nights that each camera place of each site worked between two days, both included: site_id, place, trap_nights.

    Cut to what an embargo leaves, as `site_deployments` does, so that effort and records match.
    """
    t = _places(view, viewer, today)
    end = ibis.literal(_end_of(last))
    for name, rule in sharing(view).items():
        if rule.embargo and viewer.role in ("public", "site"):
            is_cut = (t.source == name) & ~sees_all(viewer, t)
            end = is_cut.ifelse(ibis.literal(min(_end_of(last), _end_of(today - rule.embargo))), end)
    begins = ibis.greatest(t.started_at, ibis.literal(pd.Timestamp(first, tz="UTC")))
    nights = (ibis.least(t.ended_at, end).epoch_seconds() - begins.epoch_seconds()) / 86400.0
    t = t.mutate(nights=nights)
    t = t.filter(t.nights > 0)
    return view.run(t.group_by("site_id", "place").aggregate(trap_nights=t.nights.sum()).order_by("site_id", "place"))


def camera_counts(view: View, viewer: Viewer, first: date, last: date, today: date) -> pd.DataFrame:
    """Detections per site between two days: site_id, detections, machine_only, active_days, newest_on.

    A day of a deployment (by its clock) counts once in `active_days`, whatever it recorded.
    """
    t = _detections(view, viewer, first, last, today)
    clock = t.started_at + t.utc_offset_min.fill_null(0).as_interval("m")
    t = t.mutate(clock_day=clock.date())
    days = t.group_by("site_id", "source", "deployment_id", "clock_day").aggregate(
        detections=t.count(), machine_only=t.is_machine.sum().cast("int64"), newest_on=t.day.max()
    )
    sites = days.group_by("site_id").aggregate(
        detections=days.detections.sum().cast("int64"),
        machine_only=days.machine_only.sum().cast("int64"),
        active_days=days.count(),
        newest_on=days.newest_on.max(),
    )
    return _with_days(view.run(sites.order_by("site_id")), "newest_on")


def camera_taxa(view: View, viewer: Viewer, first: date, last: date, today: date) -> pd.DataFrame:
    """Named taxa that each camera place recorded between two days, each once: site_id, place, scientific_name."""
    t = _detections(view, viewer, first, last, today)
    t = t.filter(t.scientific_name.notnull())
    t = t.select("source", "deployment_id", "scientific_name").distinct()
    places = _places(view, viewer, today).select("source", "deployment_id", "site_id", "place")
    t = t.inner_join(places, ["source", "deployment_id"]).select("site_id", "place", "scientific_name").distinct()
    return view.run(t.order_by("site_id", "place", "scientific_name"))


def newest_days(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """The newest day of each site with a record that may be seen by its day: site_id, newest_on.

    Cameras, reef surveys and visits to planted corals, for those who see all species also tagged animals, warnings and
    conflicts; satellites' heat stress is no record of a site.
    """
    all_species = counts_all_species(viewer)
    t = seen(view, viewer, "site_days", today)
    count = t.detections if all_species else t.open_detections
    days = [t.filter(count > 0).select("site_id", "day")]
    days += [seen_on(view, viewer, name, column, today).select("site_id", "day") for name, column in VISITED]
    if all_species:
        days.append(seen(view, viewer, "fix_days", today).select("site_id", "day"))
        days += [_by_day(view, viewer, name, column, today) for name, column in HAPPENED]
    t = ibis.union(*days)
    t = t.filter(t.day <= ibis.literal(today))
    found = t.group_by("site_id").aggregate(newest_on=t.day.max()).order_by("site_id")
    return _with_days(view.run(found), "newest_on")


def reef_cover_rows(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """Every figure of the cover of hard coral of every site, as `site_reef_surveys` gives them, without depths.

    `station` is a number that no other site has.
    """
    t = seen_on(view, viewer, "reef_surveys", "surveyed_on", today)
    t = t.filter(t.metric == COVER)
    t = t.mutate(station=ibis.dense_rank().over(ibis.window(order_by=[t.site_id, t.station])).cast("string"))
    frame = view.run(t.select("site_id", "station", *SURVEYED).order_by("station", "surveyed_on", "method", "value"))
    frame = frame.astype({"sample_units": "Int64", "points": "Int64"}).assign(depth_m=float("nan"))
    return _with_days(frame, "surveyed_on")


def outplant_rows(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """Every visit to every planted coral or cohort of every site, as `site_outplants` gives them, without taxa.

    `cohort` is a number that no other site has.
    """
    t = seen_on(view, viewer, "outplants", "observed_on", today)
    t = t.mutate(cohort=ibis.dense_rank().over(ibis.window(order_by=[t.source, t.fragment_id])))
    frame = view.run(t.select("site_id", "cohort", *PLANTED).order_by("cohort", "observed_on"))
    return _with_days(frame, "planted_on", "observed_on")


def _detections(view: View, viewer: Viewer, first: date, last: date, today: date) -> ir.Table:
    """The detections that are counted, whose months are read alone.

    Those of a source that is no longer configured have no effort beside them, so they are not.
    """
    t = table_for(view, viewer, "detections")
    t = t.filter(t.source.isin(list(sharing(view))), t.month >= f"{first:%Y-%m}", t.month <= f"{last:%Y-%m}")
    t = t.mutate(day=t.started_at.date())
    t = t.filter(t.day >= first, t.day <= last)
    t = with_sensitivity(t.filter(shared(viewer, t, sharing(view), today, summary=False)), masks(view))
    return t if counts_all_species(viewer) else t.filter(~t.is_sensitive)


def _places(view: View, viewer: Viewer, today: date) -> ir.Table:
    """The deployments that are counted, with the number of their place."""
    t = shared_deployments(view, viewer, today, summary=False)
    t = t.filter(t.source.isin(list(sharing(view))))
    rank = ibis.dense_rank().over(ibis.window(order_by=[t.site_id, camera_place(t), t.source]))
    return t.mutate(place=rank.cast("string"))


def _by_day(view: View, viewer: Viewer, name: str, column: str, today: date) -> ir.Table:
    t = table_for(view, viewer, name)
    t = t.select("source", "site_id", day=t[column].date())
    return t.filter(shared(viewer, t, sharing(view), today, summary=False)).select("site_id", "day")


def _with_days(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in names})


def _end_of(day: date) -> pd.Timestamp:
    return pd.Timestamp(day + timedelta(days=1), tz="UTC")
