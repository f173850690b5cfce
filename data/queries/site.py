"""Questions about one site."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from data import reference
from data.access import FEWEST_SHOWN, PARTNER_GRID_DEGREES, Viewer, sees_species, snap
from data.engine import View
from data.queries import network
from data.queries.shared import (
    masks,
    registry_rows,
    seen,
    shared_deployments,
    table_for,
    visible_days,
    visible_species_months,
)
from data.rollups import at_place, camera_place

# Chapman (2020): a grid of 0.01 degrees adds this to the uncertainty of a position; where none is told, 30 m are taken.
PARTNER_RADIUS_M = 1_570
UNTOLD_RADIUS_M = 30
COUNTS = ["detections", "individuals", "machine_only"]
WITHHELD = (
    "Sensitive and unknown species are counted by whole months that ended at least 30 days ago, "
    "and camera positions are not shown, to protect the animals."
)
WITHHELD_PARTNER = "Camera positions are shown to about 1 km to protect the animals."
# Said of every site alike, so that the sentence does not tell where something is hidden.
ON_REQUEST = "A species that a site asks to hide is told to its managers and staff alone, and counted nowhere else."


def site(view: View, viewer: Viewer, site_id: str, today: date) -> Mapping[str, Any] | None:
    """Everything known of one site, or None where there is none; `co_listed` names sites of the same listing."""
    all_sites = network.sites(view, viewer, today)
    found = all_sites[all_sites["site_id"] == site_id]
    if found.empty:
        return None
    facts = found.iloc[0].to_dict()
    same = all_sites["listing_id"].notna() & (all_sites["listing_id"] == facts["listing_id"])
    facts["co_listed"] = sorted(set(all_sites.loc[same, "site_id"]) - {site_id})
    return facts


def site_boundary(view: View, viewer: Viewer, site_id: str) -> str | None:
    """The polygon that the registry publishes, as a GeoJSON geometry, or None."""
    t = registry_rows(view, "boundaries")
    rows = view.run(t.filter(t.site_id == site_id).select("geojson").limit(1))
    return None if rows.empty else rows["geojson"].iloc[0]


def site_days(view: View, viewer: Viewer, site_id: str, today: date) -> pd.DataFrame:
    """Detections per day: day, detections, individuals, machine_only."""
    t = _at(visible_days(view, viewer, today), site_id)
    return view.run(
        t.group_by("day")
        .aggregate(detections=t.detections.sum(), individuals=t.individuals.sum(), machine_only=t.machine_only.sum())
        .order_by("day")
    )


def site_species(
    view: View, viewer: Viewer, site_id: str, first_month: str, last_month: str, today: date
) -> pd.DataFrame:
    """Detections per taxon between two months (`2026-01`, both included), most often seen first.

    Of `is_generalised` taxa this viewer sees released months only, and of those only months with at least 5
    detections; where no month has as many, `is_suppressed` is true and the counts are empty.
    """
    t = _at(visible_species_months(view, viewer, today), site_id)
    t = t.filter(t.month >= first_month, t.month <= last_month)
    is_masked = t.is_sensitive & ~sees_species(viewer, t)
    shown = ~is_masked | (t.detections >= FEWEST_SHOWN)
    newest = is_masked.ifelse(t.newest_at.truncate("M"), t.newest_at)
    counted = t.group_by("scientific_name").aggregate(
        **{name: t[name].sum(where=shown).cast("int64") for name in COUNTS},
        newest=newest.max(where=shown).date(),
        is_generalised=is_masked.any(),
    )
    frame = view.run(counted).astype(dict.fromkeys(COUNTS, "Int64"))
    frame["is_suppressed"] = frame["detections"].isna()
    # Who labelled a month's few records would split them into fewer still.
    frame.loc[frame["is_generalised"], "machine_only"] = pd.NA
    frame["newest"] = pd.to_datetime(frame["newest"]).dt.date
    frame = frame.merge(reference.taxa()[["scientific_name", "common_name"]], on="scientific_name", how="left")
    return frame.sort_values(
        ["detections", "scientific_name"], ascending=[False, True], na_position="last", ignore_index=True
    )


def site_effort(view: View, viewer: Viewer, site_id: str, today: date) -> pd.DataFrame:
    """Effort per month: month (its first day), trap_nights, stations, deployments."""
    t = _at(seen(view, viewer, "effort_months", today, summary=True), site_id)
    frame = view.run(
        t.group_by("month")
        .aggregate(trap_nights=t.trap_nights.sum(), stations=t.stations.sum(), deployments=t.deployments.sum())
        .order_by("month")
    )
    return frame.assign(month=pd.to_datetime(frame["month"], format="%Y-%m").dt.date)


def site_totals(view: View, viewer: Viewer, site_id: str, today: date) -> Mapping[str, Any]:
    """Detections, individuals, taxa and effort of all time, as this viewer may count them, and what is withheld.

    What `site_species` suppresses is not in the counts either, since the rest of a sum would tell it. Nor is
    `machine_only` told (None) where `site_species` leaves it empty for a taxon.
    """
    t = _at(visible_species_months(view, viewer, today, summary=True), site_id)
    is_masked = t.is_sensitive & ~sees_species(viewer, t)
    shown = ~is_masked | (t.detections >= FEWEST_SHOWN)
    counts = view.run(
        t.aggregate(
            **{name: t[name].sum(where=shown).fill_null(0).cast("int64") for name in COUNTS},
            taxa=t.scientific_name.nunique(),
            is_masked=(shown & is_masked).any().fill_null(False),
            first_month=t.month.min(),
            last_month=t.month.max(),
        )
    ).iloc[0]
    effort = site_effort(view, viewer, site_id, today)
    places = _at(shared_deployments(view, viewer, today), site_id)
    return {
        **{name: int(counts[name]) for name in ("detections", "individuals", "taxa")},
        "machine_only": None if counts["is_masked"] else int(counts["machine_only"]),
        "first_month": counts["first_month"],
        "last_month": counts["last_month"],
        "trap_nights": float(effort["trap_nights"].sum()) if len(effort) else None,
        "deployments": int(view.run(places.count())),
        "withheld_note": _withheld(view, viewer, site_id),
    }


def site_stations(view: View, viewer: Viewer, site_id: str, today: date) -> pd.DataFrame:
    """Camera stations: station, latitude, longitude, radius_m, trap_nights, detections; none for the public.

    Partners and reviewers get positions on a fixed grid and numbers instead of names.
    """
    t = _at(shared_deployments(view, viewer, today), site_id)
    if not viewer.sees_species_of(site_id):
        t = t.limit(0)
    found = table_for(view, viewer, "deployment_months")
    found = found.filter(found.site_id == site_id)
    found = found.group_by("source", "deployment_id").aggregate(detections=found.detections.sum().cast("int64"))
    t = t.left_join(found, ["source", "deployment_id"])
    t = t.mutate(
        place=camera_place(t),
        name=ibis.coalesce(t.location_name, t.location_id, t.deployment_id),
        **at_place(t),
    )
    stations = t.group_by("source", "place").aggregate(
        station=t.name.max(),
        latitude=t.latitude.max(),
        longitude=t.longitude.max(),
        radius_m=t.coordinate_uncertainty_m.max(),
        trap_nights=t.trap_nights.sum(),
        detections=t.detections.sum().fill_null(0).cast("int64"),
    )
    if viewer.sees_all_of(site_id):
        return view.run(stations.order_by("station")).drop(columns=["source", "place"])
    return _coarse_stations(
        view.run(
            stations.mutate(latitude=snap(stations.latitude), longitude=snap(stations.longitude)).order_by("place")
        )
    )


def site_hours(view: View, viewer: Viewer, site_id: str, today: date) -> pd.DataFrame:
    """Detections per local hour and taxon: hour, scientific_name, common_name, detections."""
    t = _at(seen(view, viewer, "species_hours", today), site_id)
    if not viewer.sees_species_of(site_id):
        t = t.filter(~t.is_sensitive)
    t = t.group_by("scientific_name", "hour").aggregate(detections=t.detections.sum().cast("int64"))
    frame = view.run(t.order_by("scientific_name", "hour"))
    return frame.merge(reference.taxa()[["scientific_name", "common_name"]], on="scientific_name", how="left")


def site_observation_types(view: View, viewer: Viewer, site_id: str, today: date) -> pd.DataFrame:
    """Rows that are not detections, by type: observation_type, row_count."""
    t = _at(seen(view, viewer, "observation_months", today, summary=True), site_id)
    return view.run(
        t.group_by("observation_type").aggregate(row_count=t.row_count.sum().cast("int64")).order_by("observation_type")
    )


def _at(t: ir.Table, site_id: str) -> ir.Table:
    return t.filter(t.site_id == site_id)


def _coarse_stations(stations: pd.DataFrame) -> pd.DataFrame:
    numbered = [f"Place {n}" for n in range(1, len(stations) + 1)]
    radius = stations["radius_m"].fillna(UNTOLD_RADIUS_M) + PARTNER_RADIUS_M
    decimals = len(str(PARTNER_GRID_DEGREES / 2).split(".")[1])
    rounded = stations[["latitude", "longitude"]].round(decimals)
    return stations.assign(station=numbered, radius_m=radius, **rounded).drop(columns=["source", "place"])


def _withheld(view: View, viewer: Viewer, site_id: str) -> str:
    """What is made coarser or left out of the site's data, in words; to who sees all, what others are not told."""
    if viewer.sees_all_of(site_id):
        asked = [f"{mask.scientific_name} ({mask.level})" for mask in masks(view).taxa if mask.site_id == site_id]
        return f"Protected more than elsewhere, as the site asks: {', '.join(asked)}." if asked else ""
    return f"{WITHHELD_PARTNER if viewer.sees_species_of(site_id) else WITHHELD} {ON_REQUEST}"
