"""The page Impact over invented answers: always public, by link, with data and with none, and hostile names."""

import io
import json
import re

import pandas as pd
import pytest

from data.access import PUBLIC
from tests.pages import invented, invented_impact
from tests.pages.reading import labels_of, layers_of, words_of

ROLES = ("public", "partner", "reviewer", "site", "staff")


@pytest.fixture(autouse=True)
def field_systems(answers: dict) -> None:
    monitored = answers["monitored_sites"]

    def with_reefs(*asked) -> pd.DataFrame:
        found = monitored(*asked)
        has = found["site_id"].eq(invented_impact.FIELD)
        return found.assign(has_reefs=has, has_outplants=has)

    answers["monitored_sites"] = with_reefs


def about(open_page, subject: str, **link: str):
    """The page at a theme; `theme` itself names the colours that a test opens a page in."""
    app = open_page("impact", **link)
    app.query_params["theme"] = subject
    return app.run()


def charts_of(app) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def everything_sent(app) -> str:
    sent = [element.proto.json for element in app.get("deck_gl_json_chart")]
    sent += [chart.proto.spec for chart in app.get("plotly_chart")]
    return "\n".join([words_of(app), *sent, *labels_of(app).values()])


def plain_words(app) -> str:
    """The words without the backslashes and joiners that keep them from being read as Markdown."""
    return re.sub(r"\\|\u2060", "", words_of(app))


def test_each_figure_says_one_sentence_with_its_sample(open_page):
    app = open_page("impact")
    assert not app.exception
    figures, words = labels_of(app), plain_words(app)
    assert figures["Sites in the network"] == "3 of 4", "the hostile one was neither assessed nor has it sensors"
    assert figures["Area"] == "2,227 km²"  # 3 sites of 742.4 km²
    sent = len(invented_impact.alerts())
    assert figures["Warnings sent"] == str(sent)
    assert f"By 22 Nov 2026, {sent} warnings had been sent at 1 site" in words
    assert "How many people were warned is not known" in words
    assert figures["Animals watched"] == "2 taxa, 6 tagged"
    # By hand: three cohorts of a hundred, of which 60 lived at the last visit.
    assert figures["Reefs"] == "180 of 300 alive"
    assert "78.4 % of planted corals lived after 12 months" in words
    assert figures["Sites advanced"] == "0 of 3", "each was seen on two days, in the same phase"
    assert "sources down: brant-cameras" in words


def test_everybody_sees_the_public_view_of_the_day_of_the_data(open_page, answers):
    asked = []
    for name, answer in list(answers.items()):
        if name.startswith("network_") and name != "network_days":
            answers[name] = lambda view, viewer, today, a=answer: (
                asked.append((viewer, today)) or a(view, viewer, today)
            )
    pages = {role: everything_sent(open_page("impact", role=role)) for role in ROLES}
    # The frame tells a manager whose site it is.
    told = {re.sub(r"Manager of .*\n", "", page) for page in pages.values()}
    assert len(told) == 1
    assert set(asked) == {(PUBLIC, invented.VIEW.day)}
    assert "You see the public view, whoever you are" in pages["staff"]
    assert "as of 22 Nov 2026, data version 7" in pages["staff"]


def test_the_slider_goes_back_in_time(open_page):
    app = open_page("impact", until="2025-Q1")
    assert not app.exception
    figures = labels_of(app)
    assert figures["Sites in the network"] == "1 of 4"
    assert figures["Animals watched"] == "1 taxon"
    assert figures["Sites advanced"] == "–"
    assert "No warning that may be told was sent by then." in plain_words(app)
    reached = {name: len(rows) for name, rows in layers_of(app).items()}
    assert reached == {"reached-unknown": 2, "reached-field": 1}, "the fourth site has no position"
    assert app.select_slider(key="until").value == "2025-Q1"
    app.select_slider(key="until").set_value("2026-Q4").run()
    assert labels_of(app)["Sites in the network"] == "3 of 4"
    assert "until" not in app.query_params


def test_a_chart_keeps_its_axis_and_ends_where_the_slider_stands(open_page):
    early, late = (charts_of(open_page("impact", until=quarter))[0] for quarter in ("2025-Q1", "2026-Q4"))
    assert early["layout"]["xaxis"]["categoryarray"] == late["layout"]["xaxis"]["categoryarray"]
    known = dict(zip(early["data"][0]["x"], early["data"][0]["y"], strict=True))
    assert known["2025-Q1"] == 1
    assert known["2025-Q2"] is None


def test_filters_hold_together_and_say_so(open_page):
    app = open_page("impact", country="KEN")
    assert labels_of(app)["Sites in the network"] == "1 of 2"
    assert "2 sites: Country: Kenya" in plain_words(app)
    app = about(open_page, "certification", country="KEN")
    assert labels_of(app)["Sites in the network"] == "1 of 1"
    app = open_page("impact", supporter=invented_impact.OTHER)
    assert labels_of(app)["Warnings sent"] == "–"
    app = about(open_page, "reefs")
    assert labels_of(app)["Sites in the network"] == "1 of 1"
    app = open_page("impact", pilot=invented_impact.CAMERAS_ONLY)
    assert labels_of(app)["Animals watched"] == "1 taxon"


def test_no_site_in_all_groups_has_a_state_of_its_own(open_page):
    app = about(open_page, "reefs", country="PER")
    assert not app.exception
    assert "No site is in all of these groups" in words_of(app)
    assert not app.metric
    assert not app.get("download_button"), "there is nothing to report"


@pytest.mark.parametrize(
    "link",
    [
        {"until": "2019-Q9"},
        {"country": "ATLANTIS"},
        {"pilot": "007"},
        {"supporter": "nobody"},
    ],
    ids=lambda link: next(iter(link)),
)
def test_broken_links_are_answered_with_the_usual_view(open_page, link):
    app = open_page("impact", **link)
    assert not app.exception
    assert "which does not exist here" in words_of(app)
    assert labels_of(app)["Sites in the network"] == "3 of 4"


def test_unknown_theme_is_answered_too(open_page):
    app = about(open_page, "<img src=x>")
    assert not app.exception
    assert "which does not exist here" in words_of(app)
    assert r"“\<img src\=x\>”" in words_of(app), "as text"


def test_method_and_table_are_one_click_away(open_page):
    app = open_page("impact")
    assert "it is no union" not in words_of(app).lower()
    app.session_state["how_area"] = True
    app.session_state["area_table"] = True
    app.run()
    assert "It is no union" in words_of(app)
    table = app.dataframe[0].value
    assert list(table.columns) == ["Quarter", "Land", "Sea"]
    assert table["Quarter"].iloc[0] == "2026-Q4"


def test_before_and_after_claims_no_cause(open_page):
    words = plain_words(open_page("impact"))
    assert "proves no cause" in words
    # By hand: July to December 2024 and 2025, 50 and 28 conflicts in 184 days each; January to June 19 and 12 in 181.
    assert "11.0 conflicts per 100 days were recorded after the first warning and 18.9 before it" in words
    assert round(100 * 40 / 365, 1) == 11.0
    assert round(100 * 69 / 365, 1) == 18.9
    assert "0.58 times" in words


def test_where_no_field_system_sends_anything_nothing_is_zero(open_page, answers):
    answers |= invented_impact.empty_answers()
    app = open_page("impact")
    assert not app.exception
    figures = labels_of(app)
    assert [figures[name] for name in ("Warnings sent", "Animals watched", "Reefs")] == ["–"] * 3
    assert "Nothing measured, so there is nothing to draw." in words_of(app)
    assert "Before and after" not in [header.value for header in app.header]


def test_no_site_at_all(open_page, answers):
    empty = {name: answers[name] for name in ("sites", "assessments", "ratings", "monitored_sites", "work_items")}
    for name, answer in empty.items():
        answers[name] = lambda *asked, a=answer: a(*asked).head(0)
    answers |= invented_impact.empty_answers()
    app = open_page("impact")
    assert not app.exception
    assert "No sites are known yet" in words_of(app)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_hostile_names_stay_text(open_page, theme):
    app = open_page("impact", theme=theme, supporter=invented_impact.SUPPORTER)
    assert not app.exception
    assert "<img" not in "".join(json.dumps(chart) for chart in charts_of(app))
    assert "[x](javascript" not in words_of(app), "as Markdown it would be a link"
    assert "Lantern Fund" in words_of(app)


@pytest.mark.parametrize("format_name", ["html", "pdf"])
def test_the_report_has_the_figures_of_the_page(open_page, format_name):
    from exports import impact_report
    from exports.impact_records import Filters
    from ui import cached_impact, impact, scope

    app = open_page("impact", until="2026-Q1")
    held = scope.Scope("store", invented.VIEW, PUBLIC, invented.NOW, True)
    filters = Filters(until="2026-Q1")
    made = impact.report(held, filters, format_name)
    assert made == impact.report(held, filters, format_name)
    found = impact_report.compose(cached_impact.impact(held, filters), invented.VIEW, True)
    told = {one.title: one.headline for one in found.figures[1:]}
    assert told == labels_of(app)
    assert len(app.get("download_button")) == 2
    if format_name == "html":
        assert all(one in made.decode() for one in told.values())
    else:
        assert io.BytesIO(made).read(5) == b"%PDF-"


def test_a_network_of_very_many_sites_is_drawn_as_circles():
    from exports.impact import STATES
    from ui import maps, maps_impact

    many = maps.MOST_DOTS + 10
    places = pd.DataFrame(
        {
            "site_name": "x", "country": "y", "position_kind": "registry", "state": list(STATES)[1],
            "latitude": [10.0 + n / many for n in range(many)], "longitude": 20.5,
        }
    )  # fmt: skip
    deck = json.loads(maps_impact.reached_map(places, "light", "wide").to_json())
    assert [(layer["id"], len(layer["data"])) for layer in deck["layers"]] == [("reached-assessed", 1)]
    assert deck["layers"][0]["data"][0]["n"] == f"{many:,} sites"


def test_map_shows_the_part_of_the_world_that_was_chosen(open_page):
    def zoom(app) -> float:
        return json.loads(app.get("deck_gl_json_chart")[0].proto.json)["initialViewState"]["zoom"]

    assert zoom(open_page("impact")) < 1
    assert zoom(open_page("impact", pilot=invented_impact.CAMERAS_ONLY)) == 5
