"""The reference tables: complete, plausible, and never more open than the rules of their README."""

import csv
import os
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import Point

from data.reference import FOLDER, countries, taxa

BASEMAP = Path(__file__).parents[1] / "ui" / "static" / "basemap"
REGIONS = {
    "Africa",
    "Asia",
    "Europe & Central Asia",
    "Latin America & Caribbean",
    "North America",
    "Oceania",
    "West Asia & North Africa",
}
# Degrees around the capital (a public atlas) within which the point of a country must lie; all of these are small.
CAPITALS = {
    "BEL": (50.85, 4.35),
    "CRI": (9.93, -84.08),
    "FJI": (-18.14, 178.44),
    "GMB": (13.45, -16.58),
    "GTM": (14.63, -90.51),
    "JAM": (17.97, -76.79),
    "LBN": (33.89, 35.5),
    "LKA": (6.93, 79.85),
    "MDV": (4.18, 73.51),
    "MUS": (-20.16, 57.5),
    "PLW": (7.5, 134.62),
    "RWA": (-1.94, 30.06),
    "TUV": (-8.52, 179.2),
    "WSM": (-13.83, -171.77),
}
HEMISPHERES = {
    "ARG": "SW",
    "AUS": "SE",
    "BRA": "SW",
    "CAN": "NW",
    "CHN": "NE",
    "GBR": "NW",
    "IND": "NE",
    "KEN": "NE",
    "MDG": "SE",
    "MEX": "NW",
    "NZL": "SE",
    "PER": "SW",
    "RUS": "NE",
    "USA": "NW",
    "ZAF": "SE",
}
# Withheld species with the higher taxa that hold them.
HIGHER_TAXA = {
    "Panthera tigris": ("Panthera", "Pantherinae", "Felidae", "Carnivora", "Mammalia", "Chordata", "Animalia"),
    "Elephas maximus": ("Elephas", "Elephantidae", "Proboscidea", "Mammalia"),
    "Rhinoceros unicornis": ("Rhinoceros", "Rhinocerotidae", "Perissodactyla", "Mammalia"),
    "Manis javanica": ("Manis", "Manidae", "Pholidota", "Mammalia"),
    "Gorilla gorilla": ("Gorilla", "Hominidae", "Primates", "Mammalia"),
    "Pseudoryx nghetinhensis": ("Pseudoryx", "Bovidae", "Artiodactyla", "Cetartiodactyla"),
    "Moschus moschiferus": ("Moschus", "Moschidae", "Artiodactyla"),
    "Pteronura brasiliensis": ("Pteronura", "Mustelidae", "Carnivora"),
    "Gyps bengalensis": ("Gyps", "Accipitridae", "Accipitriformes", "Aves"),
    "Vultur gryphus": ("Vultur", "Cathartidae", "Aves"),
    "Rhinoplax vigil": ("Rhinoplax", "Bucerotidae", "Bucerotiformes", "Aves"),
    "Ara macao": ("Ara", "Psittacidae", "Psittaciformes", "Aves"),
    "Astrochelys radiata": ("Astrochelys", "Testudinidae", "Testudines", "Reptilia"),
    "Andrias davidianus": ("Andrias", "Caudata", "Amphibia"),
    "Pristis pristis": ("Pristis", "Elasmobranchii"),
    "Acipenser sinensis": ("Acipenser", "Acipenseridae", "Actinopterygii"),
}
OPENNESS = {"withhold": 0, "generalise": 1, "open": 2}


@pytest.fixture(scope="module")
def sensitivity() -> dict[str, str]:
    return dict(zip(taxa()["scientific_name"], taxa()["sensitivity"], strict=True))


def test_every_country_code_has_one_row():
    codes = countries()["iso3"]
    assert len(codes) == 249
    assert codes.is_unique
    assert codes.str.fullmatch("[A-Z]{3}").all()
    assert countries()["name"].is_unique
    assert not countries()["name"].eq("").any()


def test_only_antarctica_is_outside_the_regions():
    outside = countries()[~countries()["region"].isin(REGIONS)]
    assert list(outside["iso3"]) == ["ATA"]
    assert set(countries()["region"]) - {""} == REGIONS


def test_points_are_on_the_globe_and_not_the_empty_point():
    assert countries()["latitude"].between(-90, 90).all()
    assert countries()["longitude"].between(-180, 180).all()
    assert not (countries()["latitude"].eq(0) & countries()["longitude"].eq(0)).any()
    assert not countries().duplicated(["latitude", "longitude"]).any()


@pytest.mark.parametrize(("iso3", "hemisphere"), HEMISPHERES.items())
def test_a_country_lies_in_its_hemispheres(iso3, hemisphere):
    row = countries().set_index("iso3").loc[iso3]
    assert ("N" if row["latitude"] > 0 else "S") + ("E" if row["longitude"] > 0 else "W") == hemisphere


@pytest.mark.parametrize(("iso3", "capital"), CAPITALS.items())
def test_the_point_of_a_small_country_is_near_its_capital(iso3, capital):
    row = countries().set_index("iso3").loc[iso3]
    assert (row["latitude"], row["longitude"]) == pytest.approx(capital, abs=2)


def test_country_points_lie_on_land_or_on_an_island_too_small_for_the_map():
    land = gpd.read_file(BASEMAP / "land.geojson").geometry.union_all()
    at_sea = {row.iso3 for row in countries().itertuples() if land.distance(Point(row.longitude, row.latitude)) > 0.05}
    assert at_sea <= {"BVT", "CCK", "CXR", "TKL", "TUV", "UMI"}


def test_taxa_are_unique_and_sorted():
    names = taxa()["scientific_name"]
    assert names.is_unique
    assert names.is_monotonic_increasing
    assert names.eq(names.str.strip()).all()


def test_every_taxon_has_an_allowed_sensitivity_and_a_reason():
    assert set(taxa()["sensitivity"]) == set(OPENNESS)
    assert not taxa()[["common_name", "rank", "reason"]].eq("").any(axis=None)


def test_rank_agrees_with_the_number_of_words_in_the_name():
    words = taxa()["scientific_name"].str.split().str.len()
    expected = taxa()["rank"].map({"species": 2, "subspecies": 3}).fillna(1)
    assert (words == expected).all()


def test_a_genus_with_a_withheld_species_is_withheld(sensitivity):
    withheld = [name for name, value in sensitivity.items() if value == "withhold" and len(name.split()) == 2]
    assert len(withheld) > 150
    assert [name for name in withheld if sensitivity.get(name.split()[0]) != "withhold"] == []


def test_a_subspecies_is_not_more_open_than_its_species(sensitivity):
    domestic = set(taxa().loc[taxa()["reason"] == "domestic", "scientific_name"])
    subspecies = [name for name in sensitivity if len(name.split()) == 3 and name not in domestic]
    for name in subspecies:
        species = " ".join(name.split()[:2])
        assert OPENNESS[sensitivity[name]] <= OPENNESS[sensitivity[species]], name


@pytest.mark.parametrize("species", HIGHER_TAXA)
def test_a_higher_taxon_of_a_withheld_species_is_never_open(species, sensitivity):
    assert sensitivity[species] == "withhold"
    assert {taxon for taxon in HIGHER_TAXA[species] if sensitivity[taxon] == "open"} == set()


def test_the_class_of_a_withheld_species_is_not_open(sensitivity):
    classes = set(taxa().loc[taxa()["sensitivity"] == "withhold", "class"])
    assert {name for name in classes if sensitivity.get(name, "withhold") == "open"} == set()


def test_no_red_list_category_is_copied():
    text = (FOLDER / "taxa.csv").read_text(encoding="utf-8").lower()
    categories = ("critically endangered", "endangered", "vulnerable", "near threatened", "least concern")
    assert [category for category in categories if category in text] == []


def test_common_animals_of_the_published_camera_trap_example_are_open(sensitivity):
    samples = os.environ.get("T4N_SAMPLES")
    if not samples:
        pytest.skip("T4N_SAMPLES is not set")
    with (Path(samples) / "camtrap_dp/tdwg_example_1.0.2/observations.csv").open(encoding="utf-8") as file:
        named = {row["scientificName"] for row in csv.DictReader(file)} - {""}
    assert {"Anas platyrhynchos", "Vulpes vulpes"} <= named
    assert {name for name in named if sensitivity[name] != "open"} == {"Aves", "Homo sapiens"}
