"""Published points: snapped for everybody, and with a radius that really holds the cameras of the site."""

import math

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import Geod

from data import reference
from exports.darwin_core_countries import ISO2, country_code
from exports.darwin_core_places import PUBLIC_GRID_M, point, snapped
from exports.darwin_core_taxa import KINGDOM, taxon_of
from tests.exports.archives import countries

EARTH = Geod(ellps="WGS84")
latitudes = st.floats(-75, 75)
longitudes = st.floats(-180, 180, exclude_max=True)


def placed(latitude: float, longitude: float, area_km2: float | None, kind: str = "registry") -> dict:
    return point({"latitude": latitude, "longitude": longitude, "area_km2": area_km2, "position_kind": kind})


@given(latitude=latitudes, longitude=longitudes)
def test_a_snapped_point_is_the_middle_of_its_cell(latitude: float, longitude: float) -> None:
    north, east = snapped(latitude, 90), snapped(longitude, 180)
    assert abs(north - latitude) <= 0.05 + 1e-9
    assert abs(east - longitude) <= 0.05 + 1e-9
    assert round(north * 100) % 10 == round(east * 100) % 10 == 5
    assert (snapped(north, 90), snapped(east, 180)) == (north, east)


@pytest.mark.parametrize(("degrees", "limit", "expected"), [(90, 90, 89.95), (180, 180, 179.95), (-180, 180, -179.95)])
def test_a_point_at_the_edge_stays_on_the_earth(degrees: float, limit: int, expected: float) -> None:
    assert snapped(degrees, limit) == expected


@given(
    latitude=latitudes,
    longitude=longitudes,
    area_km2=st.floats(0.01, 100_000),
    longer=st.floats(1, 4),
    turned=st.floats(0, 360),
    along=st.floats(0, 2 * math.pi),
)
def test_the_radius_holds_every_camera_of_a_site_up_to_four_times_as_long_as_wide(
    latitude: float, longitude: float, area_km2: float, longer: float, turned: float, along: float
) -> None:
    """A camera on the edge of an ellipse of this area around the true point; the radius is around the snapped one."""
    width = math.sqrt(area_km2 / (math.pi * longer))
    x, y = longer * width * math.cos(along), width * math.sin(along)
    azimuth = turned + math.degrees(math.atan2(y, x))
    east, north, _ = EARTH.fwd(longitude, latitude, azimuth, 1_000 * math.hypot(x, y))
    told = placed(latitude, longitude, area_km2)
    _, _, away_m = EARTH.inv(told["decimalLongitude"], told["decimalLatitude"], east, north)
    assert away_m <= told["coordinateUncertaintyInMeters"]


def test_the_radius_is_the_published_one_and_the_extent() -> None:
    """100 pi km2 have a circle of 10 km radius; Chapman's 0.1 degrees add 15,691 m."""
    assert placed(0, 0, 100 * math.pi)["coordinateUncertaintyInMeters"] == 15_691 + 2 * 10_000
    assert placed(0, 0, 0)["coordinateUncertaintyInMeters"] == PUBLIC_GRID_M == 15_691


def test_without_an_area_there_is_no_radius_and_without_a_point_no_position() -> None:
    assert placed(1, 2, None)["coordinateUncertaintyInMeters"] is None
    assert placed(1, 2, 10, "country") == placed(math.nan, math.nan, 10, "none") == {}


def test_country_codes_are_those_of_the_standard() -> None:
    assert set(ISO2) == set(reference.countries()["iso3"])
    assert set(ISO2.values()) == set(countries())
    assert len(set(ISO2.values())) == len(ISO2)


def test_country_codes_belong_to_the_countries_of_that_name() -> None:
    """Wherever the time zone database writes a name as our reference does, the codes must be those of one country."""
    codes = {name: code for code, name in countries().items()}
    known = reference.countries()
    both = known[known["name"].isin(codes)]
    assert len(both) > 180
    wrong = both[both["iso3"].map(ISO2) != both["name"].map(codes)]
    assert wrong.empty, wrong


@pytest.mark.parametrize("iso3", ["AUT;DEU", "ABNJ", "", None, "XXX"])
def test_a_site_in_several_countries_or_in_none_has_no_code(iso3: str | None) -> None:
    assert country_code(iso3) is None


@given(name=st.sampled_from(list(reference.taxa()["scientific_name"])))
def test_a_known_taxon_is_an_animal_with_its_rank(name: str) -> None:
    row: pd.Series = reference.taxa().set_index("scientific_name").loc[name]
    told = taxon_of(name)
    assume(told)
    assert (told["kingdom"], told["taxonRank"]) == (KINGDOM, row["rank"])
    assert told.get("class", "") == row["class"]


def test_nothing_is_said_of_a_taxon_that_is_not_known() -> None:
    assert taxon_of("Invented beast") == {}
