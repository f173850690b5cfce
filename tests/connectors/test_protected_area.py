"""Reading the registry: both versions of its answers, what it withholds, and what cannot be used."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import Read, Refusal
from connectors.errors import SourceChanged, SourceError
from tests.connectors.registry_answers import area, notices, read, read_text, refusals, rows

RECORDED = Path(__file__).parent.parent / "payloads" / "protected_planet" / "page-1.json"


def test_the_recorded_page_reads_as_written() -> None:
    parsed = read_text(RECORDED.read_text())
    valleys, shore, quiet = rows(parsed, "sites")
    assert valleys["original_name"] == "Two Valleys (own language)"
    assert (valleys["area_km2"], valleys["status_year"], valleys["parcel_count"]) == (120.5, 1984, 2)
    assert (valleys["realm"], valleys["iucn_category"], valleys["is_oecm"]) == ("terrestrial", "II", False)
    assert 47 < valleys["latitude"] < 47.6
    assert 11 < valleys["longitude"] < 12
    assert (shore["boundary_kind"], shore["latitude"], shore["longitude"]) == ("point", 46.5, 12.25)
    assert (shore["realm"], shore["iucn_category"], shore["area_km2"]) == ("coastal", None, None)
    assert (quiet["boundary_kind"], quiet["latitude"], quiet["status_year"]) == ("restricted", None, None)
    assert [row["site_id"] for row in rows(parsed, "boundaries")] == ["990000101"]
    assert {row["is_redistributable"] for row in rows(parsed, "boundaries")} == {False}
    (listing,) = rows(parsed, "listings")
    assert (listing["listing_id"], listing["phase"]) == ("two-valleys:2029-12-31", "green_list")
    assert "Site 990000102: reported_area 'unknown' is left out" in notices(parsed)


def test_an_old_answer_names_things_differently() -> None:
    old = {"id": 7, "wdpa_id": 7, "name": "Two Valleys", "original_name": "Zwei T\u00e4ler", "marine": False}
    (row,) = rows(read({**old, "geojson": None, "sub_locations": []}), "sites")
    assert (row["site_id"], row["site_name"], row["original_name"]) == ("7", "Two Valleys", "Zwei T\u00e4ler")
    assert row["realm"] == "terrestrial"
    (row,) = rows(read({**old, "marine": True}), "sites")
    assert row["realm"] is None


def test_only_id_and_name_are_needed() -> None:
    (row,) = rows(read({"site_id": 7, "name_english": "Hill"}), "sites")
    assert {name: value for name, value in row.items() if value is not None} == {
        "site_id": "7",
        "site_name": "Hill",
        "boundary_kind": "restricted",
    }


@pytest.mark.parametrize(("field", "wrong"), [("site_id", None), ("site_id", "5.56E+08"), ("name_english", "")])
def test_an_area_without_id_or_name_is_refused_alone(field: str, wrong: object) -> None:
    unusable = {**area(8), "name": None, field: wrong}
    parsed = read(area(7), unusable)
    assert refusals(parsed) == [("sites", 2, field)]
    assert [row["site_id"] for row in rows(parsed, "sites")] == ["7"]
    assert [item.count for item in parsed if isinstance(item, Read)] == [2]


@pytest.mark.parametrize(
    ("field", "wrong", "column"),
    [
        ("reported_area", "12,5", "area_km2"),
        ("reported_area", "-1", "area_km2"),
        ("reported_marine_area", "NaN", "marine_area_km2"),
        ("legal_status_updated_at", "long ago", "status_year"),
        ("realm", {"name": "Aerial"}, "realm"),
        ("links", {"protected_planet": "javascript:alert(1)"}, "registry_url"),
        ("geojson", {"type": "Polygon", "coordinates": [[[0, 0]]]}, "latitude"),
    ],
)
def test_an_optional_value_that_is_wrong_is_left_out_and_told(field: str, wrong: object, column: str) -> None:
    parsed = read(area(7, **{field: wrong}))
    (row,) = rows(parsed, "sites")
    assert row[column] is None
    assert "Site 7: " in notices(parsed)
    assert refusals(parsed) == []


def test_the_same_problem_of_many_sites_is_one_sentence() -> None:
    parsed = read(*(area(site_id, reported_area="unknown") for site_id in range(1, 41)))
    assert notices(parsed).count("\n") == 0
    assert "Site 1, 2, 3, 4, 5 and 35 more: " in notices(parsed)


@pytest.mark.parametrize(
    "listing", [{"status": "Unheard of"}, {"gl_status": "Listed", "gl_expiry": "soon"}, {"id": 1}, "Listed"]
)
def test_a_green_list_status_that_is_unknown_is_refused_and_the_site_is_kept(listing: object) -> None:
    parsed = read(area(7, green_list_status=listing))
    assert [(table, row) for table, row, _ in refusals(parsed)] == [("listings", 1)]
    assert [row["site_id"] for row in rows(parsed, "sites")] == ["7"]


def test_a_refused_area_is_told_without_its_boundary() -> None:
    long_ring = [[index / 1000, 0] for index in range(1000)]
    parsed = read(area(7), area("x", geojson={"type": "Polygon", "coordinates": [long_ring]}))
    (refusal,) = (item for item in parsed if isinstance(item, Refusal))
    assert json.loads(refusal.raw)["site_id"] == "x"
    assert len(refusal.raw) < 500


@pytest.mark.parametrize("text", ["", "[]", "null", '{"protected_areas": {}}', '{"protected_areas": [1]}', "<html>"])
def test_an_answer_of_another_shape_is_a_changed_source(text: str) -> None:
    with pytest.raises(SourceChanged, match="registry: /v4/protected_areas"):
        read_text(text)


@pytest.mark.parametrize("missing", ["site_id", "name_english"])
def test_a_field_that_no_area_has_is_a_changed_source(missing: str) -> None:
    unnamed = {key: value for key, value in area(7).items() if key not in (missing, "name")}
    with pytest.raises(SourceChanged, match=missing):
        read(unnamed, unnamed)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_no_field_whatever_stops_the_other_areas(data: st.DataObject) -> None:
    recorded = json.loads(RECORDED.read_text())["protected_areas"][0]
    field = data.draw(st.sampled_from(sorted(recorded)))
    inner = recorded[field]
    strange = data.draw(ANYTHING)
    if isinstance(inner, dict) and data.draw(st.booleans()):
        strange = {**inner, data.draw(st.sampled_from(sorted(inner))): strange}
    parsed = read({**recorded, field: strange}, area(7))
    assert "7" in [row["site_id"] for row in rows(parsed, "sites")]
    assert len(rows(parsed, "sites")) + sum(table == "sites" for table, *_ in refusals(parsed)) == 2
    assert all(item.raw.encode() for item in parsed if isinstance(item, Refusal))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_damage_to_a_page_is_more_than_a_source_error(data: st.DataObject) -> None:
    text = RECORDED.read_text()
    at = data.draw(st.integers(0, len(text) - 1))
    damaged = (
        text[:at]
        + data.draw(st.text('{}[]",:0123456789abc \n', max_size=5))
        + text[at + data.draw(st.integers(0, 9)) :]
    )
    with suppress(SourceError):
        assert rows(read_text(damaged), "sites")


def test_the_documented_answer_of_v4_reads_as_documented(samples: Path) -> None:
    sets = json.loads((samples / "truth.json").read_text())["sets"]
    truth = sets["wdpa_v4_doc_sample"]
    parsed = read_text((samples / truth["file"]).read_text())
    (row,) = rows(parsed, "sites")
    assert len(rows(parsed, "sites")) == truth["protected_areas"]
    assert row["site_id"] == str(truth["site_id"])
    assert row["area_km2"] == truth["gis_area_km2"]
    assert row["realm"] == truth["realm"].lower()
    assert row["iucn_category"] == truth["iucn_category"]
    assert row["status_year"] == truth["status_year"]
    (listing,) = rows(parsed, "listings")
    assert (listing["status"], listing["expires_on"]) == ("Green Listed", None)
    assert row["boundary_kind"] == "polygon"
    assert -111.15 < row["longitude"] < -109.83
    assert 44.54 < row["latitude"] < 45.11


def test_the_documented_answers_of_v3_and_v4_are_read_without_losses(samples: Path) -> None:
    for name, names in {
        "v3_sample_0.json": ["Kaniabizo", "Al-Hoceima National Park"],
        "v4_sample_1.json": ["Yellowstone National Park"],
        "v4_sample_2.json": ["Kruger National Park"],
    }.items():
        parsed = read_text((samples / "wdpa" / name).read_text())
        assert [row["site_name"] for row in rows(parsed, "sites")] == names
        assert refusals(parsed) == []
