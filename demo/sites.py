"""The 320 invented areas of the demo network: what they are called, what they are, and where they lie."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from demo.chance import normal, pick, uniform
from demo.countries import COUNTRIES, RESTRICTED, Box, Country
from demo.names import designation_of, original_name, place_names

# The registry's own ids end far below this number, so an invented area can never be taken for a real one.
FIRST_SITE_ID = 990_000_001
KM_PER_DEGREE = 111.195
BOUNDARY_VERTICES = 60
OECM_SHARE = 0.12
IUCN_CATEGORIES = ("Ia", "Ib", "II", "III", "IV", "IV", "V", "V", "VI", "Not Reported", "Not Assigned")
GOVERNANCE = (
    "Federal or national ministry or agency",
    "Federal or national ministry or agency",
    "Sub-national ministry or agency",
    "Government-delegated management",
    "Collaborative governance",
    "Joint governance",
    "Non-profit organisations",
)
CONSERVED_GOVERNANCE = ("Indigenous peoples", "Local communities", "Local communities", "Individual landowners")
# The first area of these countries has cameras: (longitude, latitude, km2) in the habitat that its fauna needs.
CAMERA_AREAS = {
    "RUS": (134.9, 45.6, 2650.0),
    "THA": (99.9, 15.9, 1480.0),
    "MEX": (-89.6, 19.2, 1930.0),
    "KEN": (37.6, 0.9, 870.0),
    "CHE": (8.9, 46.75, 310.0),
    "BRA": (-57.0, -17.2, 2210.0),
    "IND": (75.4, 13.4, 860.0),
    "AUS": (148.6, -37.1, 540.0),
}


@dataclass(frozen=True)
class Site:
    """One invented area. `boundary_kind` is what the registry publishes: polygon, point or restricted."""

    number: int
    site_name: str
    original_name: str
    designation: str
    country: Country
    realm: str
    is_oecm: bool
    iucn_category: str
    governance: str
    status_year: int
    area_km2: float
    marine_area_km2: float
    longitude: float
    latitude: float
    boundary_kind: str
    parcel_count: int

    @property
    def site_id(self) -> str:
        return str(FIRST_SITE_ID - 1 + self.number)

    def edge_km(self, angle: np.ndarray) -> np.ndarray:
        """Distance in km from the centre to the boundary in the directions `angle` (radians, from east)."""
        waves = np.arange(2, 6)
        height = 0.16 * normal("boundary height", self.number, waves) / waves**0.5
        shift = 2 * np.pi * uniform("boundary shift", self.number, waves)
        shape = 1 + np.clip(height, -0.2, 0.2) @ np.cos(np.multiply.outer(waves, angle) + shift[:, None])
        # A circle of radius r has the area of this curve: half the integral of its squared radius.
        return shape * np.sqrt(self.area_km2 / np.pi / (1 + np.sum(np.clip(height, -0.2, 0.2) ** 2) / 2))

    def place(self, east_km: np.ndarray, north_km: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Longitudes and latitudes of points given in km from the centre."""
        km_per_degree_east = KM_PER_DEGREE * np.cos(np.radians(self.latitude))
        return self.longitude + east_km / km_per_degree_east, self.latitude + north_km / KM_PER_DEGREE

    def boundary(self) -> list[list[float]]:
        """The closed ring of the boundary, counterclockwise, [longitude, latitude] to 4 decimals."""
        angle = np.linspace(0, 2 * np.pi, BOUNDARY_VERTICES, endpoint=False)
        edge = self.edge_km(angle)
        ring = np.column_stack(self.place(edge * np.cos(angle), edge * np.sin(angle))).round(4).tolist()
        return [*ring, ring[0]]


@cache
def sites() -> tuple[Site, ...]:
    """All areas of the network, in the order of their ids; always the same."""
    places = {country.sound: iter(place_names(country.sound)) for country in COUNTRIES}
    made: list[Site] = []
    for country in COUNTRIES:
        for position in range(country.site_count):
            made.append(_site(country, len(made) + 1, next(places[country.sound]), is_first=position == 0))
    return tuple(made)


@cache
def camera_site(iso3: str) -> Site:
    """The area with cameras of one of the countries in `CAMERA_AREAS`."""
    return next(site for site in sites() if site.country.iso3 == iso3)


def _site(country: Country, number: int, place: str, is_first: bool) -> Site:
    has_cameras = is_first and country.iso3 in CAMERA_AREAS
    realm = "terrestrial" if has_cameras else _realm(country, number)
    is_oecm = not has_cameras and bool(uniform("oecm", number) < OECM_SHARE)
    designation = designation_of(country, realm, is_oecm, number)
    box = country.land if realm == "terrestrial" else country.sea
    longitude, latitude, area_km2 = CAMERA_AREAS[country.iso3] if has_cameras else _position(box, number)
    boundary_kind = _boundary_kind(country, number, has_cameras)
    governance = CONSERVED_GOVERNANCE if is_oecm or "Community" in designation else GOVERNANCE
    marine_share = {"terrestrial": 0.0, "coastal": 0.4, "marine": 1.0}[realm]
    return Site(
        number=number,
        site_name=f"{place} {designation}",
        original_name=original_name(country.sound, place, designation),
        designation=designation,
        country=country,
        realm=realm,
        is_oecm=is_oecm,
        iucn_category=_iucn_category(designation, is_oecm, number),
        governance=pick(governance, uniform("governance", number)),
        status_year=_status_year(number),
        area_km2=area_km2,
        marine_area_km2=round(area_km2 * marine_share, 2),
        longitude=longitude,
        latitude=latitude,
        boundary_kind=boundary_kind,
        parcel_count=2 + number % 2 if boundary_kind == "polygon" and uniform("parcels", number) < 0.03 else 0,
    )


def _realm(country: Country, number: int) -> str:
    if country.sea is None:
        return "terrestrial"
    chance = uniform("realm", number)
    return "marine" if chance < 0.2 else "coastal" if chance < 0.36 else "terrestrial"


def _status_year(number: int) -> int:
    """A year, or 0 as the registry writes an unknown one."""
    return int(1958 + 64 * uniform("status year", number) ** 0.7) if uniform("year known", number) > 0.02 else 0


def _iucn_category(designation: str, is_oecm: bool, number: int) -> str:
    if is_oecm:
        return "Not Applicable"
    return "II" if "National Park" in designation else pick(IUCN_CATEGORIES, uniform("iucn", number))


def _position(box: Box, number: int) -> tuple[float, float, float]:
    """A point in the box and a log-normal area in km2, at most a third of the box and 15,000 km2."""
    west, south, east, north = box
    longitude = west + (east - west) * uniform("longitude", number)
    latitude = south + (north - south) * uniform("latitude", number)
    box_km2 = (east - west) * (north - south) * KM_PER_DEGREE**2 * np.cos(np.radians(latitude))
    area_km2 = np.exp(np.log(280) + 1.5 * normal("area", number))
    area_km2 = np.clip(area_km2, 1.5, min(box_km2 / 3, 15_000))
    return round(float(longitude), 4), round(float(latitude), 4), round(float(area_km2), 2)


def _boundary_kind(country: Country, number: int, has_cameras: bool) -> str:
    if country.iso3 in RESTRICTED:
        return "restricted"
    return "point" if not has_cameras and uniform("point only", number) < 0.05 else "polygon"
