"""Questions about the tagged animals of one site."""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from pyproj import Transformer

from data import reference
from data.access import Viewer, is_released, seen_position, sees_species, shared
from data.engine import View
from data.queries.shared import sharing, table_for

EARTH_RADIUS_M = 6_371_008.8
SECONDS_PER_DEGREE = 240
FIXES = [
    "animal", "fixed_at", "local_day", "east_m", "north_m", "step_m", "step_h", "latitude", "longitude", "energy_j",
]  # fmt: skip


def site_animals(view: View, viewer: Viewer, site_id: str, today: date) -> pd.DataFrame:
    """Tagged animals of a site with the tag that each carried last; `animal` is a number, `animal_name` for people.

    Names and models are only for who sees all of the site; the public gets the taxon and the kind of collar alone.
    """
    numbered = _numbered(view, viewer, site_id, today)
    t = numbered.left_join(table_for(view, viewer, "individuals").drop("site_id"), ["source", "individual_id"])
    t = t.drop("source_right", "individual_id_right")
    t = t.left_join(_last_collars(view, viewer), ["source", "individual_id"])
    columns = (
        "animal", "individual_id", "individual_name", "scientific_name", "sex", "is_active", "collar_kind", "model",
        "fix_interval_h", "fitted_at", "removed_at",
    )  # fmt: skip
    frame = view.run(t.order_by(t.animal.cast("int64")).select(*columns))
    if viewer.sees_all_of(site_id):
        frame["animal_name"] = frame["individual_name"].fillna(frame["individual_id"])
    else:
        frame["animal_name"] = "Animal " + frame["animal"].astype("str")
        frame["model"] = None
    if not viewer.sees_species_of(site_id):
        hidden = ["sex", "is_active", "fitted_at", "removed_at"]
        frame[hidden] = frame[hidden].head(0).reindex(frame.index)
    frame = frame.drop(columns=["individual_id", "individual_name"])
    return frame.merge(reference.taxa()[["scientific_name", "common_name"]], on="scientific_name", how="left")


def site_fixes(view: View, viewer: Viewer, site_id: str, first: date, last: date, today: date) -> pd.DataFrame:
    """Positions between two days (both included), by animal and time, without those that the source marked as wrong.

    `east_m` and `north_m` are metres around the mean of the animal's positions in an equal-area projection: its shape
    without its place, from which areas can be computed for anybody. `latitude` and `longitude` are exact, on the
    partner grid, or empty. `step_m` is the great-circle distance from the position before and `step_h` the hours
    since; `local_day` is the day by the sun at the animal's longitude. The public counts whole released months only.
    """
    t = _seen_fixes(view, viewer, site_id, today)
    t = t.filter(t.day >= first, t.day <= last)
    if not viewer.sees_species_of(site_id):
        start = t.day.truncate("M").cast("date")
        t = t.filter(start >= first, start + ibis.interval(months=1) <= ibis.literal(last + timedelta(days=1)))
    t = t.inner_join(_numbered(view, viewer, site_id, today).drop("site_id"), ["source", "individual_id"])
    t = _with_steps(t)
    columns = ("animal", "fixed_at", "local_day", "step_m", "step_h", "latitude", "longitude", "energy_j")
    frame = view.run(t.select(*columns).order_by("animal", "fixed_at"))
    east, north = _without_place(frame)
    frame = frame.assign(
        east_m=east,
        north_m=north,
        latitude=seen_position(viewer, site_id, frame["latitude"]),
        longitude=seen_position(viewer, site_id, frame["longitude"]),
    )
    return frame[FIXES]


def site_fix_span(view: View, viewer: Viewer, site_id: str, today: date) -> tuple[date, date] | None:
    """The first and the last local day with a position; None without any, and for viewers who see no day."""
    if not viewer.sees_species_of(site_id):
        return None
    t = _seen_fixes(view, viewer, site_id, today)
    span = view.run(t.aggregate(first=t.local_day.min(), last=t.local_day.max())).iloc[0]
    return None if pd.isna(span["first"]) else (pd.Timestamp(span["first"]).date(), pd.Timestamp(span["last"]).date())


def _seen_fixes(view: View, viewer: Viewer, site_id: str, today: date) -> ir.Table:
    """The fixes of a site that count and that this viewer may count, with their day in UTC and by the sun."""
    t = table_for(view, viewer, "fixes")
    t = t.filter(t.site_id == site_id, ~t.is_outlier)
    t = t.mutate(day=t.fixed_at.date())
    t = t.filter(shared(viewer, t, sharing(view), today, summary=True))
    if not viewer.sees_species_of(site_id):
        t = t.filter(is_released(t, sharing(view), today))
    sun = (t.longitude * SECONDS_PER_DEGREE).cast("int64").as_interval("s")
    return t.mutate(local_day=(t.fixed_at + sun).date())


def _numbered(view: View, viewer: Viewer, site_id: str, today: date) -> ir.Table:
    """The animals of a site that this viewer may count, with a number each: source, individual_id, site_id, animal."""
    t = table_for(view, viewer, "fix_days")
    t = t.filter(t.site_id == site_id)
    t = t.filter(shared(viewer, t, sharing(view), today, summary=True))
    t = t.filter(is_released(t, sharing(view), today) | sees_species(viewer, t))
    t = t.select("source", "individual_id", "site_id").distinct()
    rank = ibis.dense_rank().over(ibis.window(order_by=[t.source, t.individual_id]))
    return t.mutate(animal=(rank + 1).cast("string"))


def _last_collars(view: View, viewer: Viewer) -> ir.Table:
    """The tag that each animal got last."""
    t = table_for(view, viewer, "collars")
    order = [t.removed_at.isnull().desc(), t.fitted_at.desc(), t.collar_id]
    rank = ibis.row_number().over(ibis.window(group_by=[t.source, t.individual_id], order_by=order))
    t = t.mutate(rank=rank)
    return t.filter(t.rank == 0).select(
        "source", "individual_id", "model", "fix_interval_h", "fitted_at", "removed_at", collar_kind=t.kind
    )


def _with_steps(t: ir.Table) -> ir.Table:
    """Great-circle distance (haversine, Sinnott 1984) and hours from the animal's position before."""
    before = ibis.window(group_by=t.animal, order_by=t.fixed_at)
    t = t.mutate(
        latitude_before=t.latitude.lag().over(before),
        longitude_before=t.longitude.lag().over(before),
        fixed_before=t.fixed_at.lag().over(before),
    )
    north = ((t.latitude - t.latitude_before).radians() / 2).sin()
    east = ((t.longitude - t.longitude_before).radians() / 2).sin()
    half = north**2 + t.latitude.radians().cos() * t.latitude_before.radians().cos() * east**2
    # Rounding may carry it past 1; where there is no position before, it must stay empty.
    half = (half > 1).ifelse(1.0, half)
    distance = 2 * EARTH_RADIUS_M * half.sqrt().asin()
    hours = (t.fixed_at.epoch_seconds() - t.fixed_before.epoch_seconds()) / 3600.0
    return t.mutate(step_m=distance, step_h=hours)


def _without_place(fixes: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """East and north in metres from the middle of each animal's positions, Lambert azimuthal equal-area on WGS84."""
    east, north = np.full(len(fixes), np.nan), np.full(len(fixes), np.nan)
    latitude, longitude = fixes["latitude"].to_numpy(), fixes["longitude"].to_numpy()
    for rows in fixes.groupby("animal").indices.values():
        angle = np.radians(longitude[rows])
        # Positions on both sides of the 180th meridian have their middle there, not at 0 degrees.
        middle = np.degrees(np.arctan2(np.sin(angle).mean(), np.cos(angle).mean()))
        projection = f"+proj=laea +lat_0={latitude[rows].mean():.6f} +lon_0={middle:.6f} +datum=WGS84 +units=m"
        project = Transformer.from_crs("EPSG:4326", projection, always_xy=True)
        east[rows], north[rows] = project.transform(longitude[rows], latitude[rows])
    return east, north
