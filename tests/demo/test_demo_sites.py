"""The invented areas: enough of them, invented, and where land and sea really are."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely

from demo.countries import COUNTRIES, RESTRICTED
from demo.sites import FIRST_SITE_ID, Site, camera_site, sites

LAND = Path(__file__).parents[2] / "ui/static/basemap/land.geojson"
EARTH_RADIUS_KM = 6371.0088
REAL_WDPA_IDS_END = 600_000_000
REGIONS = {
    "Africa",
    "Asia",
    "Europe & Central Asia",
    "Latin America & Caribbean",
    "North America",
    "Oceania",
    "West Asia & North Africa",
}
FAMOUS_NAMES = """
serengeti | masai mara | maasai mara | kruger | okavango | chobe | etosha | virunga | bwindi | amboseli
| tsavo | samburu | laikipia | ngorongoro | selous | hwange | luangwa | kafue | lope | dzanga | niokolo | comoe
| mole | andasibe | ankarana | simien | bale | akagera | nyungwe | yellowstone | yosemite | zion | everglades
| denali | glacier | banff | jasper | kakadu | uluru | kosciuszko | daintree | great barrier | fiordland
| tongariro | galapagos | yasuni | manu | madidi | pantanal | iguazu | iguacu | jau | tayrona | chiribiquete
| corcovado | tortuguero | calakmul | sian ka'an | dzilam | darien | tikal | torres del paine | pyrenees
| gran paradiso | donana | ordesa | camargue | vanoise | bialowieza | sarek | retezat | danube | olympus
| land of the leopard | sikhote | lazovsky | altyn | ustyurt | borjomi | goreme | kackar | jirisan | fuji
| shiretoko | wolong | jiuzhaigou | fanjing | hainan | khao yai | kui buri | huai kha khaeng | nam et | cat tien
| cuc phuong | komodo | tanjung puting | gunung leuser | taman negara | palawan | chitwan | bardia | manas
| hustai | corbett | kaziranga | ranthambore | bandipur | nagarahole | kanha | yala | wilpattu | wadi rum | dana
| sinai | arz | toubkal | ichkeul
"""


def _ring(site: Site) -> np.ndarray:
    return np.array(site.boundary())


def _area_km2(ring: np.ndarray) -> float:
    """Area of a polygon on the sphere by the trapezoids below its edges (Chamberlain & Duquette 2007)."""
    longitude, latitude = np.radians(ring[:-1]).T
    next_longitude, next_latitude = np.radians(ring[1:]).T
    terms = (next_longitude - longitude) * (2 + np.sin(latitude) + np.sin(next_latitude))
    return float(abs(terms.sum()) / 2 * EARTH_RADIUS_KM**2)


def test_the_network_has_320_areas_in_55_or_more_countries_of_all_seven_regions() -> None:
    assert len(sites()) == 320
    assert len({site.country.iso3 for site in sites()}) >= 55
    assert {country.region for country in COUNTRIES} == REGIONS


def test_more_areas_lie_in_asia_africa_and_latin_america_than_elsewhere() -> None:
    by_region = Counter(site.country.region for site in sites())
    assert {region for region, _ in by_region.most_common(3)} == {"Asia", "Africa", "Latin America & Caribbean"}


def test_every_generation_makes_the_same_areas() -> None:
    assert sites.__wrapped__() == sites()


def test_no_name_is_used_twice_and_no_id_could_be_a_real_one() -> None:
    assert len({site.site_name for site in sites()}) == len(sites())
    assert [int(site.site_id) for site in sites()] == list(range(FIRST_SITE_ID, FIRST_SITE_ID + 320))
    assert FIRST_SITE_ID > REAL_WDPA_IDS_END


def test_no_area_bears_the_name_of_a_famous_real_one() -> None:
    names = [f" {name.lower()} " for site in sites() for name in (site.site_name, site.original_name)]
    # A short name counts as a word of its own only: "mole" is not in "molenda".
    words = [name.strip() for name in FAMOUS_NAMES.replace("\n", " ").split("|")]
    famous_words = [word if len(word) > 5 else f" {word} " for word in words]
    assert len(famous_words) > 60
    assert [(famous, name) for famous in famous_words for name in names if famous in name] == []


def test_land_areas_lie_on_land_and_marine_areas_in_the_sea() -> None:
    if not LAND.exists():
        pytest.skip("the base map has not been built")
    features = json.loads(LAND.read_text())["features"]
    land = shapely.union_all([shapely.make_valid(shapely.geometry.shape(feature["geometry"])) for feature in features])
    shapely.prepare(land)

    def share_on_land(realm: str) -> float:
        of_realm = [site for site in sites() if site.realm == realm]
        points = shapely.points([(site.longitude, site.latitude) for site in of_realm])
        return float(shapely.contains(land, points).mean())

    assert share_on_land("terrestrial") >= 0.97
    assert share_on_land("marine") <= 0.1


def test_countries_that_restrict_their_areas_are_restricted_here_too() -> None:
    restricted = {site.country.iso3 for site in sites() if site.boundary_kind == "restricted"}
    assert restricted == set(RESTRICTED)
    assert all(site.boundary_kind == "restricted" for site in sites() if site.country.iso3 in RESTRICTED)


def test_some_areas_are_points_some_have_parcels_and_an_eighth_is_conserved_not_protected() -> None:
    assert 10 <= sum(site.boundary_kind == "point" for site in sites()) <= 20
    assert 5 <= sum(site.parcel_count > 1 for site in sites()) <= 12
    assert 0.08 <= np.mean([site.is_oecm for site in sites()]) <= 0.16


@pytest.mark.parametrize("number", range(0, 320, 16))
def test_a_boundary_is_a_closed_valid_ring_of_the_reported_area(number: int) -> None:
    site = sites()[number]
    ring = _ring(site)
    assert 40 <= len(ring) - 1 <= 80
    assert ring[0].tolist() == ring[-1].tolist()
    assert shapely.Polygon(ring).is_valid
    assert _area_km2(ring) == pytest.approx(site.area_km2, rel=0.05)


def test_marine_area_is_none_on_land_and_everything_at_sea() -> None:
    shares = {"terrestrial": 0.0, "marine": 1.0}
    for site in sites():
        if site.realm in shares:
            assert site.marine_area_km2 == pytest.approx(site.area_km2 * shares[site.realm], abs=0.01)


def test_an_area_with_cameras_is_protected_land() -> None:
    for iso3 in ("RUS", "THA", "MEX", "KEN", "CHE", "BRA", "IND", "AUS"):
        site = camera_site(iso3)
        assert (site.country.iso3, site.realm, site.is_oecm) == (iso3, "terrestrial", False)
