"""The page Early warning over invented answers: per role, per link, with data and with none, and hostile names."""

import json

import pandas as pd
import pytest

from tests.pages import invented, invented_warning
from tests.pages.reading import labels_of, layers_of, words_of

FULL, COARSE = ("staff", "site"), ("partner", "reviewer")


@pytest.fixture(autouse=True)
def sites(answers: dict) -> None:
    answers["monitored_sites"] = lambda view, viewer, today: invented_warning.monitored_sites()


def charts_of(app) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def everything_sent(app) -> str:
    """All that reaches the browser: words, tables, maps and charts."""
    frames = [frame.value.to_csv() for frame in app.dataframe]
    sent = [element.proto.json for element in app.get("deck_gl_json_chart")]
    sent += [chart.proto.spec for chart in app.get("plotly_chart")]
    boxes = [str(box.options) for box in app.selectbox]
    return "\n".join([words_of(app), *frames, *sent, *boxes, *labels_of(app).values()])


@pytest.mark.parametrize("role", FULL + COARSE)
def test_those_who_protect_the_site_see_live_warnings(open_page, role):
    app = open_page("early_warning", role=role)
    assert not app.exception
    assert labels_of(app)["Open warnings"] == "4"
    board = app.dataframe[0].value
    assert board["state"].str[0].head(5).tolist() == [
        "● Open",
        "● Open",
        "◐ Acknowledged",
        "◆ Responders there",
        "○ Closed",
    ]
    assert board["words"].iloc[0] == "Elephant near village"
    assert board["open_for"].iloc[0] == "2 h"
    assert board["priority"].iloc[0] == "▲ High"


def test_key_figures_come_with_sample_and_published_figure(open_page):
    app = open_page("early_warning", role="staff")
    figures = labels_of(app)
    assert figures["Alert delay, median"] == "48 s"
    assert figures["False alarms"] == "32 %"  # 8 of 25 checked
    words = words_of(app)
    assert "n = 37 warnings sent" in words
    assert "published: 42 s" in words
    assert "published: 18.2 min" in words


def test_public_reader_gets_months_and_is_told_why(open_page):
    app = open_page("early_warning")
    assert not app.exception
    assert labels_of(app)["Warnings"] == "39"  # whole months, from 1 November 2025
    assert "Open warnings" not in labels_of(app)
    assert "Live warnings and their places are not shown: they would lead people to the animals." in words_of(app)
    assert not app.get("deck_gl_json_chart")
    assert not app.dataframe


def test_public_reader_gets_no_moment_no_place_and_no_name(open_page):
    app = open_page("early_warning", period="all")
    sent = everything_sent(app)
    for secret in ("Mill village", "Asha", "36.98", "-1.23", "EUR", "120.5", "javascript"):
        assert secret not in sent
    timelines = [chart for chart in charts_of(app) if chart["layout"].get("yaxis", {}).get("ticktext")]
    assert not timelines, "single warnings are not for those who get monthly numbers"
    assert not [chart for chart in charts_of(app) if chart["data"][0]["type"] == "heatmap"]


def test_months_that_the_public_may_not_see_are_not_drawn_as_zero(open_page, answers):
    september = invented_warning.by_month(invented_warning.site_alerts())
    september = september[september["detected_at"].dt.month.eq(9)]
    answers["site_alerts"] = lambda *asked: september
    bars = next(chart for chart in charts_of(open_page("early_warning")) if chart["data"][0].get("xperiod") == "M1")
    assert bars["data"][0]["x"] == ["2026-09-01"]


def test_positions_reach_the_map_as_coarse_as_they_are_given(open_page):
    partner = open_page("early_warning", role="partner")
    positions = {tuple(row["x"]) for name, rows in layers_of(partner).items() if "alerts" in name for row in rows}
    assert positions == {(36.985, -1.235), (36.955, -1.255), (36.915, -1.215)}
    assert "Positions are shown to about 1 km, to protect the animals." in words_of(partner)
    staff = open_page("early_warning", role="staff")
    assert "Positions are shown" not in words_of(staff)
    assert [36.9877, -1.2346] in [row["x"] for row in layers_of(staff)["alerts-open"]]


def test_open_warnings_are_drawn_last_and_on_top(open_page):
    layers = list(layers_of(open_page("early_warning", role="staff")))
    assert [name for name in layers if "alerts" in name] == ["alerts-closed", "alerts-arrived", "alerts-open"]


@pytest.mark.parametrize("role", ["public", "partner", "staff"])
def test_hostile_places_and_kinds_stay_text(open_page, answers, role):
    hostile = invented_warning.seen_alerts

    def answer(view, viewer, *asked):
        return hostile(view, viewer, *asked).assign(kind="<b>@@=alert(1)</b> [x](javascript:alert(1))")

    answers["site_alerts"] = answer
    app = open_page("early_warning", role=role)
    assert not app.exception
    assert "javascript" not in words_of(app)
    assert "<b>" not in "".join(chart.proto.spec for chart in app.get("plotly_chart"))
    if role != "public":
        rows = [row for name, rows in layers_of(app).items() if "alerts" in name for row in rows]
        assert not any(str(value).startswith("@@") for row in rows for value in row.values())


def test_people_behind_conflicts_are_never_named(open_page):
    for role in ("public", "partner", "staff"):
        app = open_page("early_warning", role=role)
        assert invented.HOSTILE not in "\n".join(chart.proto.spec for chart in app.get("plotly_chart"))
        assert "javascript" not in words_of(app)


def test_rates_before_and_after_claim_no_cause(open_page):
    app = open_page("early_warning", role="staff")
    table = next(frame.value for frame in app.dataframe if "Per 100 days" in frame.value)
    crops = table[table["Kind"].eq("Crops")].set_index("Period")
    assert crops["Days"].to_dict() == {"Before": 318, "After": 391}  # 1 Oct 2024 to 14 Aug 2025; to 9 Sep 2026
    assert crops["Conflicts"].sum() == 48
    assert "A change after the start is no proof that the warnings caused it" in words_of(app)
    assert "times as often as before" in words_of(app)


def test_public_reader_gets_quarters_and_no_rates(open_page):
    app = open_page("early_warning")
    stacked = charts_of(app)[-1]
    assert {trace["xperiod"] for trace in stacked["data"]} == {"M3"}
    assert "rates before and after would be wrong" in words_of(app)
    assert "times as often as before" not in words_of(app)


def test_start_of_the_warnings_is_marked(open_page):
    for role, start in (("staff", "15 Aug 2025"), ("public", "Aug 2025")):
        stacked = charts_of(open_page("early_warning", role=role))[-1]
        assert stacked["layout"]["annotations"][0]["text"] == f"Warnings since {start}"


def test_link_restores_site_and_period(open_page):
    app = open_page("early_warning", role="staff", site="990000002", period="90d")
    assert app.selectbox(key="site").value == "990000002"
    assert app.segmented_control(key="period").value == "90d"
    assert app.query_params["period"] == "90d"


def test_shorter_period_counts_fewer_warnings(open_page):
    periods = ("90d", "12", "all")
    counts = [len(open_page("early_warning", role="staff", period=p).dataframe[0].value) for p in periods]
    assert counts == [9, 37, 40]


def test_broken_link_is_named_and_the_usual_view_shown(open_page):
    app = open_page("early_warning", role="staff", site="[x](javascript:alert(1))", period="soon")
    assert not app.exception
    assert len(app.error) == 2
    assert app.selectbox(key="site").value == "990000001"
    assert "site" not in app.query_params


def test_site_without_warnings_still_shows_its_conflicts(open_page):
    app = open_page("early_warning", role="staff", site="990000002")
    assert not app.exception
    assert "No warnings yet" in words_of(app)
    assert "60 conflicts, all years" in words_of(app)
    assert "so there is no before and after" in words_of(app)
    assert not labels_of(app)


def test_site_without_conflict_reports_is_not_called_peaceful(open_page, answers):
    answers["site_incidents"] = lambda *asked: invented_warning.site_incidents().head(0)
    answers["monitored_sites"] = lambda *asked: invented_warning.monitored_sites().assign(has_incidents=False).head(1)
    app = open_page("early_warning", role="staff")
    assert "No report does not mean that nothing happened." in words_of(app)


@pytest.mark.parametrize(("role", "told"), [("public", "There is no month of this period"), ("staff", "No warning in")])
def test_nothing_to_show_in_a_period_is_explained(open_page, answers, role, told):
    nothing = invented_warning.by_month(invented_warning.site_alerts()).head(0)
    answers["site_alerts"] = lambda *asked: nothing
    answers["site_incidents"] = lambda *asked: invented_warning.site_incidents().head(0)
    app = open_page("early_warning", role=role)
    assert not app.exception
    assert told in words_of(app)
    assert ("Not shown here" in words_of(app)) == (role == "public")


def test_network_without_any_warning_says_where_they_come_from(open_page, answers):
    answers["monitored_sites"] = lambda *asked: invented_warning.monitored_sites().head(0)
    app = open_page("early_warning")
    assert not app.exception
    assert "No site sends warnings yet" in words_of(app)


def test_system_that_tells_only_detections_shows_dashes_with_reasons(open_page, answers):
    bare = invented_warning.site_alerts()
    steps = {moment: pd.NaT for moment in invented_warning.MOMENTS[1:]}
    bare = bare.assign(**{name: pd.Series(never, bare.index, bare["sent_at"].dtype) for name, never in steps.items()})
    answers["site_alerts"] = lambda *asked: bare.assign(outcome=None, priority=None, place_name=None)
    app = open_page("early_warning", role="staff")
    assert not app.exception
    figures = labels_of(app)
    assert (figures["Alert delay, median"], figures["Response, median"], figures["False alarms"]) == ("–", "–", "–")
    assert "No outcome of a warning is known here." in words_of(app)


def test_every_chart_has_words_and_a_table(open_page):
    app = open_page("early_warning", role="staff")
    charts = app.get("plotly_chart")
    assert all(chart.proto.alt for chart in charts)
    twins = ["speed_table", "chain_table", "calendar_table", "incidents_table"]
    for key in twins:
        app.session_state[key] = True
    app.run()
    assert not app.exception
    headings = [set(frame.value.columns) for frame in app.dataframe]
    assert {"Measure", "Published mean"} <= set().union(*headings)
    assert {"Sent, min", "Hour", "Kind"} <= set().union(*headings)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_follow_the_theme(open_page, theme):
    app = open_page("early_warning", role="staff", theme=theme)
    squares = next(chart for chart in charts_of(app) if chart["data"][0]["type"] == "heatmap")
    first = squares["data"][0]["colorscale"][0][1]
    assert first == {"light": "#EAF4F1", "dark": "#12302D"}[theme]


def test_answers_of_one_viewer_are_not_shown_to_another(open_page):
    staff, public = (everything_sent(open_page("early_warning", role=role)) for role in ("staff", "public"))
    assert "Mill village" in staff
    assert "Mill village" not in public
