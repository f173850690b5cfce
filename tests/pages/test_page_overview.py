"""The Overview over an invented network: figures, map, filters, links, and what it says when there is nothing."""

import json

import pytest

from tests.pages import invented
from tests.pages.reading import labels_of, layers_of, words_of


def test_key_figures_name_their_denominator(open_page):
    app = open_page("overview")
    assert not app.exception
    figures = labels_of(app)
    assert figures["On the Green List"] == "1 of 4"
    assert figures["Detections, 30 d"] == "200"
    assert figures["Certificates due"] == "1"
    change = next(figure.delta for figure in app.metric if figure.label == "Detections, 30 d")
    assert change == "+11.1 %"  # (200 - 180) / 180


def test_map_draws_every_site_that_has_a_position(open_page):
    layers = layers_of(open_page("overview"))
    drawn = [row["i"] for rows in layers.values() for row in rows]
    assert sorted(drawn) == ["990000001", "990000002", "990000003"]
    assert layers["sites-green_list"][0]["x"] == [36.9877, -1.2346]


def test_site_without_position_is_counted_not_dropped_silently(open_page):
    assert "1 site without a published position cannot be drawn." in words_of(open_page("overview"))


def test_link_with_a_phase_restores_map_and_table(open_page):
    app = open_page("overview", phase="candidate")
    assert list(layers_of(app)) == ["sites-candidate"]
    assert list(app.dataframe[0].value["site_name"]) == ["Brant Bay Reserve"]
    assert app.query_params["phase"] == "candidate"


def test_link_with_an_unknown_phase_says_so_and_shows_everything(open_page):
    app = open_page("overview", phase="finished")
    assert "finished" in app.error[0].value
    assert len(app.dataframe[0].value) == 4
    assert "phase" not in app.query_params


def test_choosing_phases_and_region_writes_a_link(open_page):
    app = open_page("overview")
    app.pills(key="phase").set_value(["green_list", "application"])
    app.multiselect(key="region").set_value(["Africa"]).run()
    assert app.query_params["phase"] == ["application", "green_list"]
    assert app.query_params["region"] == "Africa"
    assert list(app.dataframe[0].value["site_name"]) == ["Aldermere National Park"]


def test_no_phase_at_all_is_a_choice_that_survives_in_the_link(open_page):
    app = open_page("overview")
    app.pills(key="phase").set_value([]).run()
    assert app.query_params["phase"] == "none"
    assert "No site matches these filters" in words_of(open_page("overview", phase="none"))


def test_search_finds_by_country_and_says_when_nothing_matches(open_page):
    app = open_page("overview")
    app.text_input(key="q").set_value("peru").run()
    assert list(app.dataframe[0].value["site_name"]) == ["Calder Hills"]
    app.text_input(key="q").set_value("nowhere").run()
    assert "No site matches these filters" in words_of(app)


def test_colour_by_freshness_shows_the_source_that_is_down(open_page):
    app = open_page("overview", colour="state")
    assert [row["i"] for row in layers_of(app)["sites-down"]] == ["990000002"]
    assert "Down 1" in words_of(app)


def test_selecting_a_site_shows_its_card_and_stays_on_the_page(open_page):
    app = open_page("overview")
    app.session_state["world"] = {"selection": {"objects": {"sites-green_list": [{"i": "990000001"}]}}}
    app.run()
    assert not app.exception
    assert "Certificate overdue since 31 Jan 2026; no renewal is published." in words_of(app)
    assert "Open site profile" in [button.label for button in app.button]


def test_needs_attention_names_the_failing_source_before_the_overdue_certificate(open_page):
    words = words_of(open_page("overview"))
    assert words.index("1 of 1 source cannot be read") < words.index("certificate overdue since 31 Jan 2026")


def test_hostile_site_name_stays_text_everywhere(open_page, answers):
    due = invented.sites().assign(phase="green_list", expires_on=invented.TODAY)
    answers["sites"] = lambda *asked: due
    labels = [link.label for link in open_page("overview").page_link if "javascript" in link.label]
    assert labels
    assert all(r"\[x\]\(javascript" in label and "<img" not in label.replace(r"\<img", "") for label in labels)


@pytest.mark.parametrize(("theme", "style"), [("dark", "dark-world.json"), ("light", "light-world.json")])
def test_map_follows_the_theme_and_asks_no_other_host(open_page, theme, style):
    deck = json.loads(open_page("overview", theme=theme).get("deck_gl_json_chart")[0].proto.json)
    assert deck["mapStyle"] == f"app/static/basemap/{style}"
    assert "http" not in json.dumps(deck)


def test_large_network_sends_cells_instead_of_a_dot_per_site(open_page, answers):
    many = invented.sites().loc[[0] * 5_001].assign(site_id=[str(number) for number in range(5_001)])
    cells = invented.pd.DataFrame(
        {"latitude": [1.0], "longitude": [2.0], "phase": ["green_list"], "site_count": [5_001]}
    )
    answers["sites"], answers["site_cells"] = lambda *asked: many, lambda *asked: cells
    app = open_page("overview")
    assert layers_of(app)["cells-green_list"] == [{"x": [2.0, 1.0], "r": 72.7, "n": "5,001 sites"}]
    assert len(app.dataframe[0].value) == 500
    assert "The first 500 of 5,001 sites." in words_of(app)


def test_network_without_sites_says_where_they_come_from(open_page, answers):
    answers["sites"] = lambda *asked: invented.sites().head(0)
    app = open_page("overview")
    assert not app.exception
    assert "No sites are known yet" in words_of(app)


def test_without_any_sensor_there_is_a_dash_not_a_zero(open_page, answers):
    silent = invented.sites().assign(
        has_sensors=False, has_cameras=False, detections_30d=invented.pd.NA, newest_detection_on=None
    )
    answers["sites"] = lambda *asked: silent
    answers["network_days"] = lambda *asked: invented.network_days().head(0)
    figures = labels_of(open_page("overview"))
    assert figures["Detections, 30 d"] == "–"
    assert figures["Sites reporting"] == "–"
