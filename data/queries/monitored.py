"""Which sites have field systems, and how much of each a viewer may count."""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import pandas as pd

from data.access import FEWEST_SHOWN, Viewer, is_released, sees_species, shared
from data.engine import View
from data.queries import network
from data.queries.shared import seen, seen_on, shared_deployments, sharing, table_for
from data.rollups import camera_place

WINDOW = timedelta(days=365)
FLAGS = {
    "cameras": "has_cameras",
    "animals_in_all": "has_collars",
    "warnings": "has_alerts",
    "incidents": "has_incidents",
    "reef_days": "has_reefs",
    "corals_planted": "has_outplants",
    "heat_days": "has_heat_stress",
}


def monitored_sites(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """One row per site with a field system that this viewer may count, by name: cameras, animals, warnings, reefs.

    `cameras` counts camera places, `animals` tagged animals (empty, with `animals_few`, where the public would learn
    of fewer than 5 of a taxon) and `alerts` the warnings of the last 365 days (for the public: of the released months
    of this time from the first day of the first one, and of each kind only months with at least 5).
    `reef_surveys` counts stations surveyed on a day, without modelled ones, `corals_planted` the fragments.
    """
    counts = [
        _cameras(view, viewer, today),
        _animals(view, viewer, today),
        _alerts(view, viewer, today),
        _incidents(view, viewer, today),
        _reef_surveys(view, viewer, today),
        _corals_planted(view, viewer, today),
        _heat_days(view, viewer, today),
    ]
    frame = pd.concat([view.run(count).set_index("site_id") for count in counts], axis=1).rename_axis("site_id")
    sites = network.placed_sites(view)
    names = view.run(sites.filter(sites.site_id.isin(list(frame.index))).select("site_id", "site_name", "country"))
    frame = frame.join(names.set_index("site_id"), how="inner").reset_index()
    frame = frame.assign(**{flag: frame[count].fillna(0).gt(0) for count, flag in FLAGS.items()})
    few = frame["fewest"].lt(FEWEST_SHOWN).fillna(False) & frame["has_collars"] & ~frame["is_full"].eq(True)
    frame = frame.assign(animals=frame["animals_in_all"].mask(few), animals_few=few)
    counted = ["cameras", "animals", "alerts", "reef_surveys", "corals_planted"]
    frame = frame.astype(dict.fromkeys(counted, "Int64"))
    columns = ["site_id", "site_name", "country", "animals_few", *counted, *FLAGS.values()]
    return frame.loc[frame[list(FLAGS.values())].any(axis=1), columns].sort_values("site_name", ignore_index=True)


def _cameras(view: View, viewer: Viewer, today: date) -> ir.Table:
    t = shared_deployments(view, viewer, today)
    t = t.select("source", "site_id", place=camera_place(t)).distinct()
    return t.group_by("site_id").aggregate(cameras=t.count())


def _animals(view: View, viewer: Viewer, today: date) -> ir.Table:
    t = seen(view, viewer, "fix_days", today, summary=True)
    t = t.filter(is_released(t, sharing(view), today) | sees_species(viewer, t))
    t = t.mutate(is_full=sees_species(viewer, t)).select("source", "site_id", "individual_id", "is_full").distinct()
    known = table_for(view, viewer, "individuals").select("source", "individual_id", "scientific_name")
    t = t.left_join(known, ["source", "individual_id"])
    taxa = t.group_by("site_id", "scientific_name").aggregate(animals=t.count(), is_full=t.is_full.any())
    # The sum of all taxa less those that are told would give away a taxon of few animals.
    return taxa.group_by("site_id").aggregate(
        animals_in_all=taxa.animals.sum().cast("int64"), fewest=taxa.animals.min(), is_full=taxa.is_full.any()
    )


def _alerts(view: View, viewer: Viewer, today: date) -> ir.Table:
    t = table_for(view, viewer, "alerts")
    t = t.mutate(day=t.detected_at.date())
    t = t.filter(shared(viewer, t, sharing(view), today, summary=True))
    is_all_seen = sees_species(viewer, t)
    t = t.mutate(is_all_seen=is_all_seen)
    t = t.filter(t.is_all_seen | is_released(t, sharing(view), today))
    first = today - WINDOW + timedelta(days=1)
    # A month that the window cuts would tell single days of it by subtraction, so for the public it counts as a whole.
    is_recent = ibis.ifelse(t.is_all_seen, t.day >= first, t.month >= first.strftime("%Y-%m"))
    cells = t.group_by("site_id", "month", "kind", "is_all_seen").aggregate(
        warnings=t.count(), recent=is_recent.sum().cast("int64")
    )
    is_shown = cells.is_all_seen | (cells.warnings >= FEWEST_SHOWN)
    return cells.group_by("site_id").aggregate(
        warnings=cells.warnings.sum().cast("int64"), alerts=cells.recent.sum(where=is_shown).cast("int64")
    )


def _incidents(view: View, viewer: Viewer, today: date) -> ir.Table:
    t = table_for(view, viewer, "incidents")
    t = t.mutate(day=t.happened_at.date())
    t = t.filter(shared(viewer, t, sharing(view), today, summary=True))
    t = t.mutate(month=t.day.strftime("%Y-%m"))
    t = t.filter(is_released(t, sharing(view), today) | sees_species(viewer, t))
    return t.group_by("site_id").aggregate(incidents=t.count())


def _reef_surveys(view: View, viewer: Viewer, today: date) -> ir.Table:
    t = seen_on(view, viewer, "reef_surveys", "surveyed_on", today, summary=True)
    t = t.mutate(is_measured=(t.labelled_by != "model").fill_null(True))
    t = t.group_by("site_id", "source", "station", "surveyed_on").aggregate(is_measured=t.is_measured.any())
    return t.group_by("site_id").aggregate(
        reef_surveys=t.is_measured.sum().cast("int64"), reef_days=t.count().cast("int64")
    )


def _corals_planted(view: View, viewer: Viewer, today: date) -> ir.Table:
    t = seen_on(view, viewer, "outplants", "observed_on", today, summary=True)
    t = t.select("source", "site_id", "fragment_id", "fragment_count").distinct()
    return t.group_by("site_id").aggregate(corals_planted=t.fragment_count.sum().cast("int64"))


def _heat_days(view: View, viewer: Viewer, today: date) -> ir.Table:
    t = seen_on(view, viewer, "heat_stress", "day", today, summary=True)
    return t.group_by("site_id").aggregate(heat_days=t.count())
