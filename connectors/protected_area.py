"""One protected area as the Protected Planet API describes it (v4, and v3 where the names differ).

v3 calls the English name `name` and the original one `original_name`; in v4 `name` is the original one.
Any field but id and name may be missing, because the API withholds fields per token.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.green_list_status import listing_row
from connectors.site_geometry import SiteGeometry, read_geometry
from connectors.values import WrongValue, read_link, read_number, read_site_id
from data.schema import SITES

ID_FIELDS = ("site_id", "wdpa_id", "id")
NAME_FIELDS = ("name_english", "name")
REALMS = SITES.field("realm").allowed


@dataclass
class ProtectedArea:
    """The rows that one area becomes; `problems` says what was left out of them."""

    site: dict[str, Any]
    geometry: SiteGeometry
    problems: list[str] = field(default_factory=list)


def site_id_of(area: Mapping[str, Any]) -> str:
    """The site id as text; raises WrongValue when the area has none."""
    found = next((_text(area[name]) for name in ID_FIELDS if name in area), "")
    return read_site_id("site_id", found)[0]


def read_area(area: Mapping[str, Any]) -> ProtectedArea:
    """Read the site and its boundary; raises WrongValue when the id or the name is missing."""
    site_id = site_id_of(area)
    site_name = next(filter(None, (_text(area.get(name)) for name in NAME_FIELDS)), None)
    if not site_name:
        raise WrongValue("name_english", None, "it is missing")
    geometry = read_geometry(area.get("geojson"))
    parcels = area.get("protected_area_parcels")
    is_v4 = "name_english" in area
    read = ProtectedArea({}, geometry)
    if "geojson" not in area:
        read.problems.append("no boundary was asked for or sent, so that it is shown as restricted")
    if geometry.problem:
        read.problems.append(f"the boundary {geometry.problem}")
    read.site.update(
        site_id=site_id,
        site_name=site_name,
        original_name=_text(area.get("name" if is_v4 else "original_name")) or None,
        country_iso3=country_iso3(area) or None,
        realm=_realm(area, read.problems),
        is_oecm=area["is_oecm"] if isinstance(area.get("is_oecm"), bool) else None,
        iucn_category=_reported(area, "iucn_category", "name"),
        designation=_reported(area, "designation", "name"),
        governance=_reported(area, "governance", "governance_type"),
        status_year=_year(area, read.problems),
        area_km2=_area_km2(area, "reported_area", read.problems),
        marine_area_km2=_area_km2(area, "reported_marine_area", read.problems),
        latitude=geometry.latitude,
        longitude=geometry.longitude,
        boundary_kind=geometry.kind,
        parcel_count=len(parcels) if isinstance(parcels, list) else None,
        registry_url=_link(_part(area, "links", "protected_planet"), "links", read.problems),
    )
    return read


def read_listing(area: Mapping[str, Any], problems: list[str]) -> dict[str, Any] | None:
    """The Green List status of an area, None when it has none; raises WrongValue when it cannot be read."""
    listing = area.get("green_list_status")
    if listing is None:
        return None
    if not isinstance(listing, Mapping):
        raise WrongValue("green_list_status", _text(listing), "it is not an object with status, expiry and link")
    status, expiry, link = (
        next(filter(None, (_text(listing.get(name)) for name in names)), "")
        for names in (("gl_status", "status"), ("gl_expiry", "expiry_date"), ("gl_link", "link"))
    )
    return listing_row(site_id_of(area), status, expiry, _link(link, "gl_link", problems))


def country_iso3(area: Mapping[str, Any]) -> str:
    """The ISO 3166 alpha-3 codes of an area, separated by ';'; empty when it names none."""
    countries = area.get("countries")
    named = [country for country in countries if isinstance(country, Mapping)] if isinstance(countries, list) else []
    return ";".join(filter(None, (_text(country.get("iso_3")) for country in named)))


def _realm(area: Mapping[str, Any], problems: list[str]) -> str | None:
    realm = _part(area, "realm", "name").lower()
    if realm in REALMS:
        return realm
    if realm:
        problems.append(f"the realm {realm!r} is unknown")
    # v3 says only whether any of the site is sea, which leaves open if it is coastal or marine.
    return "terrestrial" if area.get("marine") is False and "realm" not in area else None


def _year(area: Mapping[str, Any], problems: list[str]) -> int | None:
    text = _text(area.get("legal_status_updated_at"))
    if not text:
        return None
    match = re.fullmatch(r"[0-9]{2}/[0-9]{2}/([0-9]{4})", text) or re.fullmatch(r"([0-9]{4})(-[0-9]{2}){2}.*", text)
    if not match:
        problems.append(f"legal_status_updated_at {text[:40]!r} is not a date")
    return int(match[1]) or None if match else None


def _area_km2(area: Mapping[str, Any], name: str, problems: list[str]) -> float | None:
    try:
        return read_number(name, _text(area.get(name)), 0)
    except WrongValue as wrong:
        problems.append(f"{name} {str(wrong.value)[:40]!r} is left out, because {wrong.reason}")
        return None


def _link(text: str, name: str, problems: list[str]) -> str | None:
    try:
        return read_link(name, text)
    except WrongValue as wrong:
        problems.append(f"{name} is left out, because {wrong.reason}")
        return None


def _reported(area: Mapping[str, Any], name: str, part: str) -> str | None:
    found = _part(area, name, part)
    return None if found in ("", "Not Reported") else found


def _part(area: Mapping[str, Any], name: str, part: str) -> str:
    value = area.get(name)
    return _text(value.get(part)) if isinstance(value, Mapping) else ""


def _text(value: Any) -> str:
    if value is None or isinstance(value, (bool, list, Mapping)):
        return ""
    # JSON can hold half of a surrogate pair, which no table can store.
    return str(value).strip().encode(errors="replace").decode()
