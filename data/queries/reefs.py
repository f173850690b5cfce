"""Questions about the reefs of one site: surveys, stations, planted corals, heat stress."""

import hmac
import math
from datetime import date

import ibis
import ibis.expr.types as ir
import pandas as pd

from data.access import Viewer, seen_position
from data.engine import View
from data.queries.shared import seen_on, store_secret

SURVEYED = (
    "source", "station", "surveyed_on", "method", "metric", "value", "value_sd", "value_low", "value_high",
    "sample_units", "points", "labelled_by", "depth_m",
)  # fmt: skip
PLANTED = (
    "cohort", "station", "scientific_name", "nursery", "planted_on", "observed_on", "fragment_count", "alive_count",
    "dead_count", "lost_count",
)  # fmt: skip
ALL_STATIONS = "All stations"
HEATED = ("station", "day", "sst_c", "hotspot_c", "dhw_c_weeks", "alert_level", "scale", "cell_distance_km")


def site_reef_surveys(view: View, viewer: Viewer, site_id: str, today: date) -> pd.DataFrame:
    """Every figure of every survey or image at a site, by station and day.

    For the public stations are numbers and depths are empty: with a chart of the sea a depth narrows the place. It
    gets nothing of sources that share totals only.
    """
    frame = view.run(_surveys(view, viewer, site_id, today).select(*SURVEYED))
    if not viewer.sees_species_of(site_id):
        frame["depth_m"] = math.nan
    frame = _without_names(frame, view, viewer, site_id)
    frame["surveyed_on"] = pd.to_datetime(frame["surveyed_on"])
    frame = frame.astype({"sample_units": "Int64", "points": "Int64"})
    return frame.sort_values(["station", "surveyed_on", "method", "metric"], ignore_index=True)


def site_reef_stations(view: View, viewer: Viewer, site_id: str, today: date) -> pd.DataFrame:
    """Where the surveyed stations are: station, latitude, longitude; exact, on the partner grid, or empty."""
    t = _surveys(view, viewer, site_id, today)
    places = t.group_by("station").aggregate(latitude=t.latitude.median(), longitude=t.longitude.median())
    frame = _without_names(view.run(places), view, viewer, site_id)
    for axis in ("latitude", "longitude"):
        frame[axis] = seen_position(viewer, site_id, frame[axis])
    return frame.sort_values("station", ignore_index=True)


def site_outplants(view: View, viewer: Viewer, site_id: str, today: date) -> pd.DataFrame:
    """Every visit to every planted coral or cohort of a site; `cohort` is a number.

    The public gets neither taxon nor nursery: a taxon that is not known to be open is sensitive.
    """
    t = _outplants(view, viewer, site_id, today)
    order = ibis.window(order_by=[t.source, t.fragment_id])
    t = t.mutate(cohort=ibis.dense_rank().over(order))
    frame = view.run(t.select(*PLANTED).order_by("cohort", "observed_on"))
    if not viewer.sees_species_of(site_id):
        frame[["scientific_name", "nursery"]] = None
    for name in ("planted_on", "observed_on"):
        frame[name] = pd.to_datetime(frame[name])
    return _without_names(frame, view, viewer, site_id)


def site_heat_stress(view: View, viewer: Viewer, site_id: str, today: date) -> pd.DataFrame:
    """Heat stress at a site per station and day, by day.

    The public gets the highest of all stations per week (`is_by_week`), to half a degree-week: exact days would tell
    which cell of the satellite's grid a station lies in. How far that cell is from the station is only for who sees
    all of the site, since it would tell the place.
    """
    t = _at(view, viewer, site_id, "heat_stress", "day", today)
    is_by_week = not viewer.sees_species_of(site_id)
    if is_by_week:
        t = _by_week(t)
    frame = view.run(t.select(*HEATED).order_by("station", "day"))
    if not viewer.sees_all_of(site_id):
        frame["cell_distance_km"] = math.nan
    frame["day"] = pd.to_datetime(frame["day"])
    return frame.astype({"alert_level": "Int64"}).assign(is_by_week=is_by_week)


def _by_week(t: ir.Table) -> ir.Table:
    """The highest of all stations per week, dated to its Monday."""
    t = t.mutate(week=t.day.truncate("W").cast("date"))
    weeks = t.group_by("week", "scale").aggregate(
        dhw_c_weeks=(2 * t.dhw_c_weeks.max()).round() / 2, alert_level=t.alert_level.max()
    )
    nothing = ibis.null("float64")
    return weeks.mutate(
        station=ibis.literal(ALL_STATIONS), day=weeks.week, sst_c=nothing, hotspot_c=nothing, cell_distance_km=nothing
    )


def _at(view: View, viewer: Viewer, site_id: str, table: str, column: str, today: date) -> ir.Table:
    t = seen_on(view, viewer, table, column, today)
    return t.filter(t.site_id == site_id)


def _surveys(view: View, viewer: Viewer, site_id: str, today: date) -> ir.Table:
    return _at(view, viewer, site_id, "reef_surveys", "surveyed_on", today)


def _outplants(view: View, viewer: Viewer, site_id: str, today: date) -> ir.Table:
    return _at(view, viewer, site_id, "outplants", "observed_on", today)


def _without_names(frame: pd.DataFrame, view: View, viewer: Viewer, site_id: str) -> pd.DataFrame:
    """The frame with stations as numbers for who may not know places: a name leads to the reef."""
    if viewer.sees_species_of(site_id):
        return frame
    return frame.assign(station=frame["station"].map(_numbers(view, site_id)).astype("str"))


def _numbers(view: View, site_id: str) -> dict[str, str]:
    """A number for each station of a site, surveyed or planted, whoever asks.

    Their order comes from a secret of the store, since that of the names would tell the names.
    """
    tables = (view.table("reef_surveys"), view.table("outplants"))
    names = {
        name
        for t in tables
        for name in view.run(t.filter(t.site_id == site_id).select("station").distinct())["station"]
    }
    secret = f"{store_secret(view)} {site_id}".encode()
    order = sorted(names, key=lambda name: hmac.digest(secret, name.encode(), "sha256"))
    return {name: f"Reef {number}" for number, name in enumerate(order, 1)}
