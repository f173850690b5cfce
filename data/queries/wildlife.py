"""Questions about the camera traps of one site, record by record: what the wildlife figures are computed from.

No row of these answers is shown or given out: places, deployments and recognised animals are mere numbers here, and
what a viewer may not count is not in them.
"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from data import access, reference
from data.access import FEWEST_SHOWN, Viewer, is_released, sees_species, shared
from data.engine import View
from data.queries.shared import masks, registry_rows, sharing, table_for
from data.rollups import camera_place, with_sensitivity

UNPLACED = "0"
RECORDS = (
    "place", "deployment", "started_at", "ended_at", "utc_offset_min", "scientific_name", "individual_count",
    "is_machine", "individual", "has_clock_issue", "is_generalised",
)  # fmt: skip


def site_records(view: View, viewer: Viewer, site_id: str, first: date, last: date, today: date) -> pd.DataFrame:
    """Detections between two days (both included), in order of time.

    `place`, `deployment` and `individual` are numbers without meaning outside one data version. Taxa that are
    `is_generalised` appear with whole released months only, of which each holds at least 5 detections, and `is_machine`
    is false for them, whoever labelled them.
    """
    t = _judged(view, viewer, site_id, today)
    is_shown = ~t.is_generalised | (t.is_released & (t.in_month >= FEWEST_SHOWN) & _is_whole_month(t, first, last))
    t = t.filter(t.day >= first, t.day <= last, is_shown)
    t = t.left_join(_places(view, viewer, site_id, today), ["source", "deployment_id"])
    number = ibis.dense_rank().over(ibis.window(order_by=[t.source, t.individual_id]))
    is_known = t.individual_id.notnull() & ~t.is_generalised
    t = t.mutate(
        place=ibis.coalesce(t.place, ibis.literal(UNPLACED)),
        deployment=ibis.dense_rank().over(ibis.window(order_by=[t.source, t.deployment_id])).cast("string"),
        individual=is_known.ifelse(number.cast("string"), ibis.null("string")),
        # Who labelled a month's few records would split them into fewer still.
        is_machine=t.is_machine & ~t.is_generalised,
        has_clock_issue=t.has_timestamp_issues.fill_null(False),
    )
    frame = view.run(t.select(*RECORDS).order_by("started_at", "place", "scientific_name"))
    frame = frame.astype({"utc_offset_min": "Int64", "individual_count": "Int64"})
    names = reference.taxa()[["scientific_name", "common_name"]]
    return frame.merge(names, on="scientific_name", how="left")


def site_withheld(view: View, viewer: Viewer, site_id: str, first: date, last: date, today: date) -> pd.DataFrame:
    """Generalised taxa of which months are missing in `site_records`: scientific_name, common_name, months.

    A month is missing for having fewer than 5 detections; one that is not yet released is not counted here.
    """
    t = _judged(view, viewer, site_id, today)
    is_few = t.is_generalised & t.is_released & (t.in_month < FEWEST_SHOWN) & _is_whole_month(t, first, last)
    t = t.filter(is_few, t.scientific_name.notnull())
    frame = view.run(t.group_by("scientific_name").aggregate(months=t.month.nunique()).order_by("scientific_name"))
    return frame.merge(reference.taxa()[["scientific_name", "common_name"]], on="scientific_name", how="left")


def site_deployments(view: View, viewer: Viewer, site_id: str, first: date, last: date, today: date) -> pd.DataFrame:
    """Camera effort between two days: place, place_name, deployment, started_at, ended_at, trap_nights, reason fields.

    Starts and ends are cut to the asked days, and to what an embargo leaves, so that effort and records match.
    Names of places and how cameras worked are the owner's words, only for who sees all of the site.
    """
    t = _shared_places(view, viewer, site_id, today)
    t = t.mutate(deployment=ibis.dense_rank().over(ibis.window(order_by=[t.source, t.deployment_id])).cast("string"))
    columns = ("source", "place", "name", "deployment", "started_at", "ended_at", "camera_functioning")
    frame = view.run(t.select(*columns).order_by("place", "started_at"))
    begin = pd.Timestamp(first, tz="UTC")
    end = pd.Timestamp(last + timedelta(days=1), tz="UTC")
    limits = {
        name: min(end, _embargo_end(viewer, site_id, rule.embargo, today)) for name, rule in sharing(view).items()
    }
    started = frame["started_at"].clip(lower=begin)
    limit = pd.to_datetime(frame["source"].map(limits), utc=True)
    ended = frame["ended_at"].where(frame["ended_at"] < limit, limit)
    nights = (ended - started) / pd.Timedelta(days=1)
    frame = frame.assign(started_at=started, ended_at=ended, trap_nights=nights, place_name=frame["name"])
    if not viewer.sees_all_of(site_id):
        frame = frame.assign(place_name="Place " + frame["place"], camera_functioning=None)
    columns = ["place", "place_name", "deployment", "started_at", "ended_at", "trap_nights", "camera_functioning"]
    return frame.loc[nights > 0, columns].reset_index(drop=True)


def site_places(view: View, viewer: Viewer, site_id: str, today: date) -> pd.DataFrame:
    """The map cell (H3) of each camera place at the resolution that this viewer may see: place, cell."""
    t = _shared_places(view, viewer, site_id, today)
    t = t.group_by("place").aggregate(latitude=t.latitude.mean(), longitude=t.longitude.mean())
    frame = view.run(t.order_by("place"))
    if not viewer.sees_species_of(site_id):
        frame = frame.assign(**_published_point(view, site_id))
    cells = access.cells(viewer, site_id, frame["latitude"], frame["longitude"])
    return pd.DataFrame({"place": frame["place"], "cell": cells})


def red_list(view: View, viewer: Viewer) -> pd.DataFrame:
    """Red List category per taxon: scientific_name, category, year_published, population_trend, link.

    Its terms forbid redistribution: shown, never exported; a source that is not public is shown to staff only.
    """
    t = view.table("red_list")
    open_to_all = [name for name, rule in sharing(view).items() if rule.level == "public" or viewer.role == "staff"]
    t = t.filter(t.source.isin(open_to_all))
    columns = ("scientific_name", "category", "year_published", "population_trend", "link")
    return view.run(t.select(*columns).order_by("scientific_name")).drop_duplicates("scientific_name")


def _judged(view: View, viewer: Viewer, site_id: str, today: date) -> ir.Table:
    """The shared detections of a site with what decides whether they are shown: `is_generalised`, `in_month`, …"""
    t = table_for(view, viewer, "detections")
    t = t.filter(t.site_id == site_id)
    t = t.mutate(day=t.started_at.date())
    t = with_sensitivity(t.filter(shared(viewer, t, sharing(view), today, summary=False)), masks(view))
    month = ibis.window(group_by=[t.source, t.month, t.scientific_name, t.is_sensitive])
    return t.mutate(
        is_generalised=t.is_sensitive & ~sees_species(viewer, t),
        is_released=is_released(t, sharing(view), today),
        in_month=t.count().over(month),
    )


def _is_whole_month(t: ir.Table, first: date, last: date) -> ir.BooleanValue:
    """Whether the month lies wholly between the days: parts of months would tell single days by subtraction."""
    start = t.day.truncate("M").cast("date")
    return (start >= first) & (start + ibis.interval(months=1) <= ibis.literal(last + timedelta(days=1)))


def _places(view: View, viewer: Viewer, site_id: str, today: date) -> ir.Table:
    t = _shared_places(view, viewer, site_id, today)
    return t.select("source", "deployment_id", "place", "has_timestamp_issues")


def _shared_places(view: View, viewer: Viewer, site_id: str, today: date) -> ir.Table:
    """The deployments of a site whose records this viewer may count, with the number and name of their place."""
    t = view.table("deployments")
    t = t.filter(t.site_id == site_id)
    t = t.mutate(
        day=t.started_at.date(),
        spot=camera_place(t),
        name=ibis.coalesce(t.location_name, t.location_id, t.deployment_id),
    )
    t = t.filter(shared(viewer, t, sharing(view), today, summary=False))
    rank = ibis.dense_rank().over(ibis.window(order_by=[t.spot, t.source]))
    return t.mutate(place=(rank + 1).cast("string"))


def _published_point(view: View, site_id: str) -> dict[str, float | None]:
    t = registry_rows(view, "sites")
    point = view.run(t.filter(t.site_id == site_id, t.latitude.notnull()).select("latitude", "longitude").limit(1))
    return {axis: point[axis].iloc[0] if len(point) else np.nan for axis in ("latitude", "longitude")}


def _embargo_end(viewer: Viewer, site_id: str, embargo: timedelta, today: date) -> pd.Timestamp:
    """The moment from which on an embargo hides the records of a source from this viewer."""
    is_bound = viewer.role in ("public", "site") and not viewer.sees_all_of(site_id)
    last = today - embargo if is_bound else today
    return pd.Timestamp(last + timedelta(days=1), tz="UTC")
