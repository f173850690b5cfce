"""The invented areas as the registry of protected areas answers for them: the records of Protected Planet API v4."""

from datetime import date
from functools import cache
from typing import Any

from demo.chance import uniform
from demo.pipeline import Listing, listings
from demo.sites import CONSERVED_GOVERNANCE, GOVERNANCE, IUCN_CATEGORIES, Site, sites

PER_PAGE = 25
PER_PAGE_MAX = 50
REPEATED_POSITION = 49
DRAWING = {"fill-opacity": 0.7, "stroke-width": 0.05, "stroke": "#40541b", "fill": "#83ad35", "marker-color": "#2B3146"}
REALM_IDS = {"terrestrial": 1, "coastal": 2, "marine": 3}
CATEGORY_IDS = {name: number for number, name in enumerate(dict.fromkeys((*IUCN_CATEGORIES, "Not Applicable")), 1)}
GOVERNANCE_IDS = {name: n for n, name in enumerate(dict.fromkeys((*GOVERNANCE, *CONSERVED_GOVERNANCE)), 1)}
ADDRESS = "https://registry.example"


@cache
def records(today: date) -> tuple[dict[str, Any], ...]:
    """Every area as a record without geometry, in an order of the registry's own, one of them twice.

    The real lists have no order either, so that a row may come again on the next page.
    """
    listing_of = {listing.site: listing for listing in listings(today)}
    drawn = sorted(sites(), key=lambda site: float(uniform("registry order", site.number)))
    drawn.insert(REPEATED_POSITION, drawn[REPEATED_POSITION])
    return tuple(_record(site, listing_of.get(site)) for site in drawn)


@cache
def geometries() -> dict[int, dict[str, Any] | None]:
    """The GeoJSON feature of every area by its id; None where the country restricts it."""
    return {int(site.site_id): _feature(site) for site in sites()}


def search(found: tuple[dict[str, Any], ...], wanted: dict[str, str]) -> list[dict[str, Any]]:
    """The records that answer a search by `country`, `marine` and `is_green_list`.

    `is_green_list` drops the other filters and ignores its value, as the real service does.
    """
    if "is_green_list" in wanted:
        return [record for record in found if record["is_green_list"]]
    kept = list(found)
    if "country" in wanted:
        kept = [record for record in kept if record["parent_iso3"] == wanted["country"]]
    if "marine" in wanted:
        kept = [record for record in kept if record["marine"] == (wanted["marine"] == "true")]
    return kept


def _record(site: Site, listing: Listing | None) -> dict[str, Any]:
    number = int(site.site_id)
    kind = {
        "site_type": "oecm" if site.is_oecm else "pa",
        "realm": {"id": REALM_IDS[site.realm], "name": site.realm.capitalize()},
        "marine": site.realm != "terrestrial",
        "is_oecm": site.is_oecm,
        "oecm_assessment": "Not Reported" if site.is_oecm else "Not Applicable",
    }
    return {
        "site_id": number,
        "site_pid": site.site_id,
        "name_english": site.site_name,
        "name": site.original_name,
        **kind,
        **_size(site),
        **_law(site),
        **_green_list(site, listing),
        "countries": [{"name": site.country.name, "iso_3": site.country.iso3, "id": site.country.iso3}],
        "parent_iso3": site.country.iso3,
        "international_criteria": "Not Applicable",
        "verif": "State Verified",
        "management_plan": "Not Reported",
        "supplementary_info": "Not Applicable",
        "conservation_objectives": "Not Applicable",
        "inland_waters": "Not Reported",
        "sources": [{"id": 1, "title": "Invented areas", "responsible_party": "Not Reported", "year_updated": 2026}],
        "pame_evaluations": [],
        "protected_area_parcels": [
            {"site_id": number, "site_pid": f"{number}_{'ABC'[parcel]}", "name_english": site.site_name}
            for parcel in range(site.parcel_count)
        ],
        "links": {"protected_planet": f"{ADDRESS}/{number}"},
    }


def _size(site: Site) -> dict[str, str]:
    """Areas as decimal strings in km2; the registry has measured none for a point or a restricted area."""
    measured = 1.0 if site.boundary_kind == "polygon" else 0.0
    return {
        "reported_area": f"{site.area_km2:.2f}",
        "reported_marine_area": f"{site.marine_area_km2:.2f}",
        "gis_area": f"{site.area_km2 * measured * (0.97 + 0.06 * uniform('gis area', site.number)):.4f}",
        "gis_marine_area": f"{site.marine_area_km2 * measured:.4f}",
    }


@cache
def _designation_ids() -> dict[str, int]:
    return {name: number for number, name in enumerate(sorted({site.designation for site in sites()}), 1)}


def _law(site: Site) -> dict[str, Any]:
    return {
        "iucn_category": {"id": CATEGORY_IDS[site.iucn_category], "name": site.iucn_category},
        "designation": {
            "id": _designation_ids()[site.designation],
            "name": site.designation,
            "jurisdiction": {"id": 1, "name": "National"},
        },
        "legal_status": {"id": 1, "name": "Established" if site.is_oecm else "Designated"},
        "legal_status_updated_at": f"01/01/{site.status_year}" if site.status_year else None,
        "governance": {"id": GOVERNANCE_IDS[site.governance], "governance_type": site.governance},
        "governance_subtype": "Not Applicable",
        "owner_type": "Not Reported",
        "ownership_subtype": "Not Applicable",
        "management_authority": {"id": 1, "name": f"{site.country.name}: authority of the invented network"},
        "no_take_status": {"id": 1, "name": "Not Reported", "area": "0.0"},
    }


def _green_list(site: Site, listing: Listing | None) -> dict[str, Any]:
    """The status, which the registry knows from candidacy on."""
    if listing is None or listing.status == "Application":
        return {"is_green_list": False, "green_list_status": None, "green_list_url": None}
    expiry = listing.expires_on.isoformat() if listing.expires_on else None
    status = {
        "id": site.number,
        "gl_status": listing.status,
        "gl_expiry": expiry,
        "gl_link": listing.link,
        "status": listing.status,
        "expiry_date": expiry,
        "link": listing.link,
    }
    return {"is_green_list": True, "green_list_status": status, "green_list_url": listing.link}


def _feature(site: Site) -> dict[str, Any] | None:
    if site.boundary_kind == "restricted":
        return None
    if site.boundary_kind == "point":
        geometry = {"type": "Point", "coordinates": [site.longitude, site.latitude]}
    else:
        geometry = {"type": "Polygon", "coordinates": [site.boundary()]}
    return {"type": "Feature", "properties": DRAWING, "geometry": geometry}
