"""Maps as the browser gets them: what is drawn, how much is sent, and that nothing in them can run."""

import json
import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pages import invented
from ui import maps

TODAY = invented.TODAY
SQUARE = '{"type":"MultiPolygon","coordinates":[[[[10,50],[10.5,50],[10.5,50.2],[10,50]]]]}'
NO_STATIONS = invented.stations().head(0)


def spec(deck) -> dict:
    return json.loads(deck.to_json())


def layers(deck) -> dict:
    return {layer["id"]: layer for layer in spec(deck)["layers"]}


def many_sites(number: int) -> pd.DataFrame:
    sites = invented.sites().head(1).loc[[0] * number]
    return sites.assign(site_id=[str(990000000 + n) for n in range(number)], state="fresh")


def test_every_layer_says_whether_it_can_be_clicked():
    for deck in (
        maps.sites_map(many_sites(3), "phase", "light", "wide"),
        maps.site_map(SQUARE, invented.stations(), 50, 10, "light", 440),
    ):
        assert all(isinstance(layer["pickable"], bool) for layer in spec(deck)["layers"])


def test_only_sites_and_stations_can_be_clicked():
    drawn = layers(maps.site_map(SQUARE, invented.stations(), 50, 10, "light", 440))
    assert [name for name, layer in drawn.items() if layer["pickable"]] == ["stations"]


def test_green_list_sites_are_drawn_last_and_largest():
    sites = invented.sites().assign(position_kind="registry", latitude=1.0, longitude=2.0)
    drawn = spec(maps.sites_map(sites, "phase", "light", "wide"))["layers"]
    assert drawn[-1]["id"] == "sites-green_list"
    assert [layer["getRadius"] for layer in drawn] == sorted(layer["getRadius"] for layer in drawn)


def test_map_of_320_sites_stays_below_60_kb():
    assert len(maps.sites_map(many_sites(320), "phase", "light", "wide").to_json()) < 60_000


def test_no_map_is_zoomed_below_zero():
    for width in maps.WORLD_ZOOM:
        view = spec(maps.sites_map(many_sites(1), "phase", "light", width))["initialViewState"]
        assert view["zoom"] >= 0
        assert view["minZoom"] == 0


def test_name_that_looks_like_an_expression_is_only_text():
    sites = many_sites(1).assign(site_name="@@=alert(1)", country="@@#x")
    row = layers(maps.sites_map(sites, "phase", "light", "wide"))["sites-green_list"]["data"][0]
    assert not any(str(value).startswith("@@") for value in row.values())


def test_tooltips_are_text_and_not_html():
    deck = maps.sites_map(many_sites(1), "phase", "light", "wide")
    assert set(deck._tooltip) == {"text", "style"}


def test_point_of_a_country_is_called_so():
    sites = many_sites(1).assign(position_kind="country")
    row = layers(maps.sites_map(sites, "phase", "light", "wide"))["sites-green_list"]["data"][0]
    assert row["t"] == "Kenya · Green List · shown at the centre of its country"


def test_selection_is_read_from_whichever_layer_was_clicked():
    event = {"selection": {"objects": {"sites-candidate": [], "sites-green_list": [{"i": "7"}]}}}
    assert maps.selected_site(event) == "7"
    assert maps.selected_site({"selection": {"objects": {}}}) is None


def test_circle_of_a_cell_grows_with_its_number_of_sites_by_area():
    cells = pd.DataFrame({"latitude": 0.0, "longitude": 0.0, "phase": "candidate", "site_count": [100, 400]})
    small, large = layers(maps.cells_map(cells, ["candidate"], "light", "wide"))["cells-candidate"]["data"]
    assert large["r"] - 2 == pytest.approx(2 * (small["r"] - 2))


@settings(max_examples=50, deadline=None)
@given(st.floats(-80, 80), st.floats(-179, 179))
def test_scale_bar_has_the_length_that_it_says(latitude, longitude):
    drawn = layers(maps.site_map(None, NO_STATIONS, latitude, longitude, "dark", 300))
    (west, south), (east, _) = drawn["scale-bar"]["data"][0]["p"]
    kilometres = float(drawn["scale-label"]["data"][0]["s"].removesuffix(" km"))
    on_the_ground = math.radians(east - west) * 6371.0 * math.cos(math.radians(south))
    assert on_the_ground == pytest.approx(kilometres, rel=0.05)


def test_site_without_position_and_boundary_still_has_a_map():
    drawn = layers(maps.site_map(None, NO_STATIONS, None, None, "light", 440))
    assert set(drawn) == {"scale-bar", "scale-label"}


def test_coarse_station_is_drawn_with_the_circle_that_holds_it():
    drawn = layers(maps.site_map(None, invented.stations(), -1.2, 37.0, "light", 440))
    assert [row["m"] for row in drawn["station-radius"]["data"]] == [1570]
