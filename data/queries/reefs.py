"""Questions about the reefs of one site: surveys, stations, planted corals, heat stress."""

from datetime import date

import ibis
import ibis.expr.types as ir
import pandas as pd

from data.access import Viewer, seen_position
from data.engine import View
from data.queries.shared import seen_on

SURVEYED = (
    "source", "station", "surveyed_on", "method", "metric", "value", "value_sd", "value_low", "value_high",
    "sample_units", "points", "labelled_by", "depth_m",
)  # fmt: skip
PLANTED = (
    "cohort", "station", "scientific_name", "nursery", "planted_on", "observed_on", "fragment_count", "alive_count",
    "dead_count", "lost_count",
)  # fmt: skip
HEATED = ("station", "day", "sst_c", "hotspot_c", "dhw_c_weeks", "alert_level", "scale", "cell_distance_km")


def site_reef_surveys(view: View, viewer: Viewer, site_id: str, today: date) -> pd.DataFrame:
    """Every figure of every survey or image at a site, by station and day; for the public stations are numbers."""
    frame = view.run(_surveys(view, viewer, site_id, today).select(*SURVEYED))
    frame = _without_names(frame, view, viewer, site_id, today)
    frame["surveyed_on"] = pd.to_datetime(frame["surveyed_on"])
    frame = frame.astype({"sample_units": "Int64", "points": "Int64"})
    return frame.sort_values(["station", "surveyed_on", "method", "metric"], ignore_index=True)


def site_reef_stations(view: View, viewer: Viewer, site_id: str, today: date) -> pd.DataFrame:
    """Where the surveyed stations are: station, latitude, longitude; exact, on the partner grid, or empty."""
    t = _surveys(view, viewer, site_id, today)
    places = t.group_by("station").aggregate(latitude=t.latitude.median(), longitude=t.longitude.median())
    frame = _without_names(view.run(places), view, viewer, site_id, today)
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
    return _without_names(frame, view, viewer, site_id, today)


def site_heat_stress(view: View, viewer: Viewer, site_id: str, today: date) -> pd.DataFrame:
    """Heat stress at a site per station and day, by day; for the public stations are numbers."""
    t = _at(view, viewer, site_id, "heat_stress", "day", today)
    frame = view.run(t.select(*HEATED).order_by("station", "day"))
    frame["day"] = pd.to_datetime(frame["day"])
    if not viewer.sees_species_of(site_id):
        frame["station"] = "Satellite station " + (pd.factorize(frame["station"])[0] + 1).astype(str).astype(object)
    return frame.astype({"alert_level": "Int64"})


def _at(view: View, viewer: Viewer, site_id: str, table: str, column: str, today: date) -> ir.Table:
    t = seen_on(view, viewer, table, column, today)
    return t.filter(t.site_id == site_id)


def _surveys(view: View, viewer: Viewer, site_id: str, today: date) -> ir.Table:
    return _at(view, viewer, site_id, "reef_surveys", "surveyed_on", today)


def _outplants(view: View, viewer: Viewer, site_id: str, today: date) -> ir.Table:
    return _at(view, viewer, site_id, "outplants", "observed_on", today)


def _without_names(frame: pd.DataFrame, view: View, viewer: Viewer, site_id: str, today: date) -> pd.DataFrame:
    """The frame with stations as numbers for who may not know places: a name leads to the reef.

    Surveys and planted corals share the numbers.
    """
    if viewer.sees_species_of(site_id):
        return frame
    parts = (_surveys(view, viewer, site_id, today), _outplants(view, viewer, site_id, today))
    names = sorted({name for part in parts for name in view.run(part.select("station").distinct())["station"]})
    numbers = {name: f"Reef {number}" for number, name in enumerate(names, 1)}
    return frame.assign(station=frame["station"].map(numbers).astype("str"))
