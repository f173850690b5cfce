"""The site profile over invented answers: per link, per role, with data and with none."""

import json

import pytest

from tests.pages import invented
from tests.pages.reading import labels_of, layers_of, words_of


def test_link_opens_the_site_with_its_facts(open_page):
    app = open_page("site", site="990000002")
    assert not app.exception
    assert app.title[0].value == "Brant Bay Reserve"
    assert "IUCN category II · on land · 742 km² · site code 990000002" in words_of(app)


def test_without_a_link_the_first_site_with_cameras_is_shown(open_page):
    app = open_page("site")
    assert app.title[0].value == "Aldermere National Park"
    assert "site" not in app.query_params


def test_choosing_another_site_writes_a_link(open_page):
    app = open_page("site")
    app.selectbox(key="site").set_value("990000003").run()
    assert app.title[0].value == "Calder Hills"
    assert app.query_params["site"] == "990000003"


def test_every_second_choice_is_kept_too(open_page):
    app = open_page("site")
    for site_id in ("990000003", "990000002", "990000001", "990000003"):
        app.selectbox(key="site").set_value(site_id).run()
        assert app.selectbox(key="site").value == site_id
        assert app.query_params.get("site", "990000001") == site_id


def test_unknown_site_in_the_link_says_so_and_shows_a_working_default(open_page):
    app = open_page("site", site="S9999")
    assert "There is no site with the code “S9999”" in app.error[0].value
    assert app.title[0].value == "Aldermere National Park"


def test_rate_comes_with_its_interval_and_sample(open_page):
    app = open_page("site")
    assert labels_of(app)["Per 100 nights"] == "16.4"  # 100 * 120 / 730.5
    assert "n = 120 detections · 95 % interval 13.6–19.6 · 33 % labelled by a machine only" in words_of(app)


def test_source_that_is_down_is_said_with_its_last_good_time(open_page):
    app = open_page("site", site="990000002")
    assert "brant\\-cameras" in app.warning[0].value
    assert "You see the copy of 20 Nov 2026, 06:00 UTC" in app.warning[0].value.replace("\\", "")


def test_site_without_sensors_shows_dashes_not_zeros(open_page):
    app = open_page("site", site="990000003")
    assert not app.exception
    assert set(labels_of(app).values()) == {"–"}
    assert "No wildlife yet" in words_of(app)


def test_public_reader_gets_no_camera_position(open_page):
    layers = layers_of(open_page("site"))
    assert "stations" not in layers
    assert "boundary" in layers


@pytest.mark.parametrize("role", ["partner", "site", "reviewer", "staff"])
def test_other_roles_see_the_stations_they_may_see(open_page, role):
    app = open_page("site", role=role)
    assert [row["n"] for row in layers_of(app)["stations"]] == ["Ridge 1", " @@=alert(1)"]


def test_role_in_the_address_bar_changes_nothing(open_page):
    app = open_page("site", view_as="staff", role_="staff")
    assert app.selectbox(key="view_as").value == "public"
    assert "stations" not in layers_of(app)


@pytest.mark.parametrize(
    ("site_id", "reason"),
    [
        ("990000002", "The registry publishes only a point for this site"),
        ("990000003", "The registry does not publish where this site is"),
    ],
)
def test_missing_boundary_is_explained(open_page, site_id, reason):
    assert reason in words_of(open_page("site", site=site_id))


def test_centre_of_the_country_is_not_drawn_as_if_it_were_the_site(open_page):
    assert not open_page("site", site="990000003").get("deck_gl_json_chart")


def test_site_without_any_position_still_has_a_page(open_page):
    app = open_page("site", site="990000004")
    assert not app.exception
    assert r"\[x\]\(javascript" in app.title[0].value


def test_only_web_addresses_become_links(open_page, answers):
    app = open_page("site", site="990000004")
    assert [link.url for link in app.link_button] == []
    assert [link.url for link in open_page("site").link_button] == ["https://example.org/listing"]


def test_species_chart_leaves_out_what_is_withheld_and_says_so(open_page):
    app = open_page("site")
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert figure["data"][0]["y"] == ["<i>&lt;b&gt;Odd&lt;/b&gt;</i>", "Plains zebra"]
    assert "1 sensitive species with too few records to show a number." in words_of(app)


def test_only_the_open_tab_is_computed(open_page):
    assert len(open_page("site").get("plotly_chart")) == 1
    app = open_page("site", tab="Effort")
    assert [len(json.loads(chart.proto.spec)["data"]) for chart in app.get("plotly_chart")] == [1, 1]


def test_hidden_hours_are_explained(open_page, answers):
    answers["site_hours"] = lambda *asked: invented.hours().head(0)
    assert "There is no time of day that you may see" in words_of(open_page("site", tab="Activity"))


def test_every_tab_works_for_a_site_without_sensors(open_page):
    for tab in ("Wildlife", "Activity", "Effort", "Sources"):
        assert not open_page("site", site="990000003", tab=tab).exception


def test_network_without_sites_says_where_they_come_from(open_page, answers):
    answers["sites"] = lambda *asked: invented.sites().head(0)
    app = open_page("site")
    assert not app.exception
    assert "No sites are known yet" in words_of(app)
