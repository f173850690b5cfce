"""The page Wildlife over invented answers: per role, with all labels and with those of people only, with none."""

import csv
import io
import json
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from tests.pages import invented, invented_wildlife
from tests.pages.reading import labels_of, layers_of, words_of
from ui import tables_wildlife, wildlife

CONFIG = Path(__file__).parent.parent.parent / ".streamlit" / "config.toml"
TABS = ("Species", "Community", "Activity", "Map", "Effort")
FIRST = wildlife.first_day("12", invented.TODAY)


def species_of(app) -> pd.DataFrame:
    """The species table of a page by scientific name."""
    return app.dataframe[0].value.set_index("scientific_name")


def figure_of(app) -> dict:
    return json.loads(app.get("plotly_chart")[0].proto.spec)


def test_without_a_link_the_site_of_the_profile_is_shown_for_12_months(open_page):
    app = open_page("wildlife")
    assert not app.exception
    assert app.title[0].value == "Wildlife at Aldermere National Park"
    assert "1 Dec 2025 to 22 Nov 2026" in words_of(app)


def test_only_sites_with_cameras_can_be_chosen(open_page):
    options = open_page("wildlife").selectbox(key="site").options
    assert options[:2] == ["Aldermere National Park, Kenya", "Brant Bay Reserve, France"]
    assert not [option for option in options if "Calder" in option]


def test_link_to_a_site_without_cameras_says_so_and_shows_a_working_default(open_page):
    app = open_page("wildlife", site="990000003")
    assert "Calder Hills has no cameras that you may see" in app.info[0].value
    assert app.title[0].value == "Wildlife at Aldermere National Park"


def test_link_to_no_site_says_so_and_shows_a_working_default(open_page):
    app = open_page("wildlife", site="S9999")
    assert "There is no site with the code “S9999”" in app.error[0].value
    assert app.title[0].value == "Wildlife at Aldermere National Park"


def test_broken_link_shows_the_usual_view(open_page):
    app = open_page("wildlife", period="99", view="Activity", species="Nessie", clock="moon")
    assert not app.exception
    assert len(app.error) == 3
    assert app.segmented_control(key="period").value == "12"


def test_figures_are_those_of_the_records(open_page):
    rows = invented_wildlife.records("staff", FIRST, invented.TODAY)
    nights = invented_wildlife.deployments("staff", FIRST, invented.TODAY)["trap_nights"].sum()
    shown = labels_of(open_page("wildlife", role="staff"))
    assert shown["Detections"] == f"{len(rows):,}"
    assert shown["Species observed"] == "5"  # five names; animals without a name are no species
    assert shown["Trap nights"] == f"{nights:,.0f}"


def test_rate_is_independent_events_per_100_trap_nights(open_page):
    rows = invented_wildlife.records("staff", FIRST, invented.TODAY)
    nights = invented_wildlife.deployments("staff", FIRST, invented.TODAY)["trap_nights"].sum()
    zebra = species_of(open_page("wildlife", role="staff")).loc["Equus quagga"]
    seen = rows["scientific_name"].eq("Equus quagga").sum()  # three days apart: each one an event
    assert zebra["events"] == seen
    assert zebra["rate"] == pytest.approx(100 * seen / nights)
    low, high = (float(edge) for edge in zebra["interval"].split("–"))
    assert low < zebra["rate"] < high
    assert zebra["of_places"] == "1 of 4"
    assert sum(events or 0 for events in zebra["trend"]) == seen


def test_page_says_that_rates_do_not_rank_species(open_page):
    assert "they do not rank species" in words_of(open_page("wildlife"))


def test_switch_changes_every_figure_of_animals_and_says_so(open_page):
    app = open_page("wildlife", role="staff")
    every, all_labels = labels_of(app), species_of(app)
    share = 100 * invented_wildlife.records("staff", FIRST, invented.TODAY)["is_machine"].mean()
    assert f"All labels, {share:.0f} % by a machine only" in words_of(app)
    app.toggle(key="machine").set_value(False).run()
    by_people, people = labels_of(app), species_of(app)
    assert "Labels given by people only" in words_of(app)
    assert "by a machine only" not in words_of(app)
    assert {label for label in every if every[label] != by_people[label]} == {"Species observed", "Detections"}
    assert (people["events"] < all_labels.loc[people.index, "events"]).all()
    assert invented.HOSTILE not in people.index  # only a machine ever saw it
    assert people["by_machine"].eq(0).all()


@pytest.mark.parametrize("tab", ["Community", "Activity"])
def test_switch_changes_the_curves_too(open_page, tab):
    app = open_page("wildlife", role="staff", view=tab)
    before = figure_of(app)["data"]
    app.toggle(key="machine").set_value(False).run()
    assert figure_of(app)["data"] != before


def test_switch_changes_the_map_too(open_page):
    app = open_page("wildlife", role="staff", view="Map")
    before = layers_of(app)["hexagons"]
    app.toggle(key="machine").set_value(False).run()
    assert layers_of(app)["hexagons"] != before


def test_period_and_labels_come_from_the_link(open_page):
    app = open_page("wildlife", period="all", machine="false")
    assert "Labels given by people only · 22 Nov 2024 to 22 Nov 2026" in words_of(app)


def test_public_gets_no_rate_place_day_or_hour_of_a_sensitive_species(open_page):
    app = open_page("wildlife")
    lion = species_of(app).loc[invented_wildlife.SHY]
    assert lion[["events", "rate", "interval", "of_places", "active_days", "trend"]].isna().all()
    assert lion["newest"].day == 1
    assert lion["detections"] > 0
    assert "Lion: counted in whole months of at least 5 detections" in words_of(app)
    hours = open_page("wildlife", view="Activity")
    assert "Lion" not in hours.selectbox(key="species").options
    assert "Lion" not in open_page("wildlife", view="Map").selectbox(key="animals").options


@pytest.mark.parametrize("role", ["partner", "reviewer", "site", "staff"])
def test_other_roles_get_every_species_alike(open_page, role):
    app = open_page("wildlife", role=role)
    assert species_of(app)["rate"].notna().all()
    assert "detections" not in species_of(app)  # events say it
    assert "Lion" in open_page("wildlife", role=role, view="Activity").selectbox(key="species").options


def test_withheld_months_are_told_by_name(open_page):
    assert r"are left out of: Cheetah \[x\]\(y\)" in words_of(open_page("wildlife"))
    assert "1 more, too rarely seen for a number" in words_of(open_page("wildlife"))
    assert "are left out of" not in words_of(open_page("wildlife", role="staff"))
    assert "too rarely seen" not in words_of(open_page("wildlife", role="staff"))


def test_red_list_column_stands_only_where_there_is_a_red_list(open_page, answers):
    assert "category" not in species_of(open_page("wildlife"))
    answers["red_list"] = lambda view, viewer: invented_wildlife.red_list()
    categories = species_of(open_page("wildlife", role="partner"))["category"]
    assert categories.dropna().to_dict() == {"Panthera leo": "VU", "Equus quagga": "NT"}


def test_red_list_category_is_never_exported(open_page):
    assert tomllib.loads(CONFIG.read_text())["client"]["disableDataExport"] is True
    assert "category" not in tables_wildlife.CSV_COLUMNS


def test_download_holds_the_table_and_no_cell_that_runs(open_page):
    records, deployments = (
        ask("public", FIRST, invented.TODAY) for ask in (invented_wildlife.records, invented_wildlife.deployments)
    )
    data = wildlife.CameraData(
        records.replace({invented.HOSTILE: "=1+1"}),
        records,
        deployments,
        invented_wildlife.places("public"),
        pd.DataFrame({"observation_type": ["blank"], "row_count": [5]}),
        invented_wildlife.withheld("public"),
    )
    species = wildlife.compose(data, FIRST, invented.TODAY, with_machine=True).species
    text = tables_wildlife.species_csv(species, is_demo=True).decode("utf-8-sig")
    rows = {row["scientific_name"]: row for row in csv.DictReader(io.StringIO(text.split("\r\n", 1)[1], newline=""))}
    assert text.startswith("# Demo data")
    assert rows["'=1+1"]["detections"] == "18"
    assert rows["Panthera leo"]["events_per_100_trap_nights"] == ""
    assert rows["Panthera leo"]["newest_on"].endswith("-01")


def test_hostile_names_are_only_text(open_page):
    app = open_page("wildlife", role="staff", site="990000004")
    assert r"Wildlife at \[x\]\(javascript" in app.title[0].value
    curves = figure_of(open_page("wildlife", role="staff", view="Activity", species=invented.HOSTILE))
    assert curves["data"][0]["name"] == "&lt;b&gt;Odd&lt;/b&gt; =1+1"
    stations = figure_of(open_page("wildlife", role="staff", view="Effort"))["data"][0]["y"]
    assert "&lt;b&gt;Den&lt;/b&gt;" in stations


def test_two_species_are_compared_in_words(open_page):
    link = {"species": "Equus quagga", "with": "Crocuta crocuta"}
    app = open_page("wildlife", role="staff", view="Activity", **link)
    assert [trace["name"] for trace in figure_of(app)["data"]] == ["Common to both", "Plains zebra", "Spotted hyena"]
    assert "**Overlap 0.0" in words_of(app)  # one by day, one by night
    assert "95 % interval" in words_of(app)


def test_species_with_few_events_has_no_curve_but_a_reason(open_page):
    app = open_page("wildlife", role="staff", view="Activity", species=invented_wildlife.FEW)
    assert not app.get("plotly_chart")
    assert "4 independent events with a known hour are too few for a curve" in words_of(app)


def test_sun_time_marks_sunrise_and_sunset(open_page):
    app = open_page("wildlife", view="Activity", clock="sun")
    assert [line["x0"] for line in figure_of(app)["layout"]["shapes"]] == [6, 18]
    assert "shapes" not in figure_of(open_page("wildlife", view="Activity"))["layout"]


@pytest.mark.parametrize(
    ("role", "hexagons", "words"),
    [
        ("public", 1, "one hexagon, about 45 km across"),
        ("partner", 3, "about 6 km across"),
        ("staff", 4, "1 km across"),
    ],
)
def test_map_is_as_fine_as_the_role_allows_and_says_so(open_page, role, hexagons, words):
    app = open_page("wildlife", role=role, view="Map")
    cells = layers_of(app)["hexagons"]
    assert len(cells) == len({row["h"] for row in cells}) <= hexagons
    assert words in words_of(app)


def test_effort_is_by_station_only_for_those_who_may_see_stations(open_page):
    public = open_page("wildlife", view="Effort")
    assert "Working cameras per day" in words_of(public)
    assert not public.dataframe
    assert "1 interruption, 40 nights in all" in words_of(public)
    staff = open_page("wildlife", role="staff", view="Effort")
    assert "Ridge 1" in figure_of(staff)["data"][0]["y"]
    assert staff.dataframe[0].value["reason"].tolist() == ["batteryDepletion"]


def test_recognised_animals_are_drawn_where_there_are_any(open_page):
    assert "Recognised animals" in words_of(open_page("wildlife", role="staff", view="Community"))
    assert "Recognised animals" not in words_of(open_page("wildlife", view="Community"))


def test_site_that_shares_totals_only_says_so(open_page):
    app = open_page("wildlife", site="990000002")
    assert not app.exception
    assert "share totals only" in words_of(app)
    assert not app.metric


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_works_where_cameras_saw_nothing(open_page, answers, tab):
    answers["site_records"] = lambda *asked: invented_wildlife.records("staff", FIRST, invented.TODAY).head(0)
    app = open_page("wildlife", role="staff", view=tab)
    assert not app.exception
    assert labels_of(app)["Detections"] == "0"
    assert labels_of(app)["Species observed"] == "–"


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_works_where_no_camera_worked_in_the_period(open_page, answers, tab):
    def long_ago(view, viewer, site_id, first, last, today):
        rows = invented_wildlife.records(viewer.role, wildlife.BEGINNING, last)
        return rows if first == wildlife.BEGINNING else rows.head(0)

    answers["site_records"] = long_ago
    answers["site_deployments"] = lambda *asked: invented_wildlife.deployments("staff", FIRST, invented.TODAY).head(0)
    app = open_page("wildlife", role="staff", view=tab)
    assert not app.exception
    assert "no camera in this period" in words_of(app)
    assert labels_of(app)["Detections"] == "–"


def test_only_the_open_tab_is_drawn(open_page):
    app = open_page("wildlife", role="staff")
    assert not app.get("plotly_chart")
    assert not app.get("deck_gl_json_chart")


def test_network_without_cameras_says_where_they_come_from(open_page, answers):
    answers["monitored_sites"] = lambda *asked: invented_wildlife.monitored_sites().assign(has_cameras=False)
    app = open_page("wildlife")
    assert not app.exception
    assert "No wildlife yet" in words_of(app)
