"""What the site profile says about one site, in words and figures; takes the plain facts that the queries give."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from metrics import rates, wildlife
from metrics.green_list import Clock, listing_clock
from metrics.result import Result, nothing
from ui.text import count, day, is_missing, is_true, joined, number, plain

REALM_WORDS = {"terrestrial": "on land", "coastal": "coast", "marine": "sea"}
BOUNDARY_WORDS = {
    "restricted": "The registry does not publish where this site is, so no map is drawn.",
    "point": "The registry publishes only a point for this site, so no boundary is drawn.",
    "polygon": "The boundary is not stored yet; it comes with the next pull of the registry.",
}

Site = Mapping[str, Any]


def caption(site: Site) -> str:
    """Country, category, realm, area and code in one line of Markdown; what is not known is left out."""
    category, area = site["iucn_category"], site["area_km2"]
    return joined(
        [
            "" if is_missing(site["country"]) else plain(site["country"]),
            "" if is_missing(category) else f"IUCN category {plain(category)}",
            "" if is_missing(site["realm"]) else REALM_WORDS.get(site["realm"], plain(site["realm"])),
            "" if is_missing(area) else f"{number(area)} km²",
            f"site code {plain(site['site_id'])}",
        ]
    )


def sensors(site: Site) -> str:
    """What is known of the sensors of a site that has some."""
    newest = site["newest_detection_on"]
    if not is_missing(newest):
        return f"Newest detection {day(newest)}"
    return "Cameras, no days shown" if is_true(site["has_cameras"]) else "Field sensors, no cameras"


def clock(site: Site, today: date) -> Clock:
    """How long the Green List certificate of the site still runs."""
    return listing_clock(site["expires_on"], site["phase"], today, is_true(site["is_expiry_year_only"]))


def boundary_note(site: Site, has_boundary: bool) -> str:
    """Why no boundary is drawn; empty where one is."""
    if has_boundary:
        return ""
    return BOUNDARY_WORDS[site["boundary_kind"]]


def facts(site: Site) -> dict[str, str]:
    """What the registry knows of the site, as label and Markdown value; what it does not say is left out."""
    found = {
        "Original name": site["original_name"],
        "Designation": site["designation"],
        "Governance": site["governance"],
        "Since": None if is_missing(site["status_year"]) else f"{int(site['status_year'])}",
        "Region": site["region"],
        "Kind": "Other effective area-based conservation measure" if is_true(site["is_oecm"]) else "Protected area",
        "Area at sea": f"{number(site['marine_area_km2'])} km²" if is_true(site["marine_area_km2"]) else None,
        "Parcels": count(int(site["parcel_count"]), "parcel") if is_true(site["parcel_count"]) else None,
    }
    return {label: plain(value) for label, value in found.items() if not is_missing(value)}


def effort(totals: Mapping[str, Any]) -> Result:
    """All camera effort of the site."""
    nights, deployments = totals["trap_nights"], totals["deployments"]
    if is_missing(nights) or nights <= 0:
        return nothing("trap nights", "deployments", "no camera effort was recorded", deployments)
    return Result(nights, "trap nights", deployments, "deployments")


def detections(totals: Mapping[str, Any]) -> Result:
    """All detections of the site that the viewer may count."""
    return wildlife.detections_total(totals["detections"], totals["trap_nights"], totals["machine_only"])


def rate(totals: Mapping[str, Any]) -> Result:
    """Detections per 100 trap nights over all data of the site."""
    return rates.detection_rate(totals["detections"], totals["trap_nights"], totals["machine_only"])


def taxa(totals: Mapping[str, Any]) -> Result:
    """Distinct names among the detections that the viewer may count."""
    if not totals["taxa"]:
        return nothing("taxa observed", "detections", "no animal has been named yet", totals["detections"])
    return Result(totals["taxa"], "taxa observed", totals["detections"], "detections")
