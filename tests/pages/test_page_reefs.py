"""The page Reefs over invented answers: per role, per link, with data and with none, and hostile names."""

import json

import pytest

from tests.pages import invented, invented_reefs
from tests.pages.reading import labels_of, layers_of, words_of

FULL, COARSE = ("staff", "site"), ("partner", "reviewer")


@pytest.fixture(autouse=True)
def sites(answers: dict) -> None:
    answers["monitored_sites"] = lambda view, viewer, today: invented_reefs.monitored_sites()


def charts_of(app) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def dots_of(app) -> list[dict]:
    return [row for name, layer in layers_of(app).items() if name.startswith("reefs-") for row in layer]


def everything_sent(app) -> str:
    """All that reaches the browser: words, tables, maps and charts."""
    frames = [frame.value.to_csv() for frame in app.dataframe]
    sent = [element.proto.json for element in app.get("deck_gl_json_chart")]
    sent += [chart.proto.spec for chart in app.get("plotly_chart")]
    boxes = [str(box.options) for box in app.selectbox]
    return "\n".join([words_of(app), *frames, *sent, *boxes, *labels_of(app).values()])


def test_key_figures_come_with_their_sample(open_page):
    app = open_page("reefs", role="staff")
    assert not app.exception
    figures = labels_of(app)
    assert figures["Hard coral, newest"] == "21.5 %"  # 26 and 17
    assert figures["Change, % points"] == "+6.5"  # 8 to 26, and 20 to 15 by the same method
    assert figures["Corals bleached"] == "25.0 %"
    assert figures["Heat, °C-weeks"] == "0.0"
    words = words_of(app)
    assert "◆ 10 to 30 % · n = 2 stations" in words
    assert "1 station · 22 Nov 2026" in words
    assert "No clear change" in words, "an interval that holds 0 is no rise"


@pytest.mark.parametrize("role", FULL + COARSE)
def test_those_who_protect_the_site_see_stations(open_page, role):
    app = open_page("reefs", role=role)
    assert not app.exception
    assert set(app.dataframe[0].value["station"]) == {invented_reefs.PLANTED, invented.HOSTILE}
    dots = dots_of(app)
    assert len(dots) == 2
    exact = [round(invented_reefs.LONGITUDE, 4), round(invented_reefs.LATITUDE, 4)]
    assert dots[0]["x"] == (exact if role in FULL else [57.655, -20.125])


def test_the_public_sees_one_dot_and_no_name(open_page):
    app = open_page("reefs")
    assert not app.exception
    sent = everything_sent(app)
    for secret in ("Zulu", "Hidden bay", "Acropora", "Raft", "20.12", "57.65", "javascript"):
        assert secret not in sent
    dots = dots_of(app)
    site = invented.sites().iloc[0]
    assert [dot["x"] for dot in dots] == [pytest.approx([site["longitude"], site["latitude"]], abs=1e-4)]
    assert "withheld, to protect rare corals" in words_of(app)
    assert labels_of(app)["Hard coral, newest"] == "21.5 %", "the public may know how the reef does"


def test_restoration_is_told_with_its_follow_up_and_the_published_share(open_page):
    app = open_page("reefs", role="staff")
    words = words_of(app)
    # By hand: 98 followed at month 3, 8 die; 82 followed at month 12, 12 die.
    assert "After 12 months 78.4 % are alive" in words
    assert round(100 * (90 / 98) * (70 / 82), 1) == 78.4
    assert "followed for 24 months (median)" in words
    assert "60 to 70 %" in words
    assert "+12.7 percentage points" in words
    facts = app.table[0].value.to_csv()
    for figure in ("300", "180", "84", "36"):
        assert figure in facts


def test_survival_and_heat_share_one_time_axis(open_page):
    app = open_page("reefs", role="staff")
    both = next(chart for chart in charts_of(app) if "yaxis2" in chart["layout"])
    assert len(both["data"]) == 2
    assert "xaxis2" not in both["layout"]
    assert {trace.get("xaxis", "x") for trace in both["data"]} == {"x"}


def test_a_reef_then_and_now_follows_the_link(open_page):
    app = open_page("reefs", role="staff", station=invented_reefs.PLANTED, then="2024-03-01", now="2025-03-01")
    assert not app.exception
    assert [box.value for box in app.selectbox if box.label in ("Station", "Then", "Now")] == [
        invented_reefs.PLANTED,
        "2024-03-01",
        "2025-03-01",
    ]
    pair = next(chart for chart in charts_of(app) if chart["layout"].get("barmode") == "stack")
    hard = next(trace for trace in pair["data"] if trace["name"] == "Hard coral")
    assert hard["x"] == [12.0, 18.0]
    assert [sum(parts) for parts in zip(*(trace["x"] for trace in pair["data"]), strict=True)] == [100.0, 100.0]


def test_two_methods_are_never_joined_and_warned_of(open_page):
    app = open_page("reefs", role="staff", station=invented.HOSTILE)
    assert "The two surveys used different methods" in words_of(app)
    cover = charts_of(app)[0]
    lines = [trace for trace in cover["data"] if trace["mode"] == "lines+markers"]
    assert sorted(len(trace["x"]) for trace in lines) == [1, 3, 4]


def test_a_site_with_heat_alone_shows_heat(open_page):
    app = open_page("reefs", role="staff", site=invented_reefs.HEAT_SITE)
    assert not app.exception
    assert [header.value for header in app.header] == ["Heat stress"]
    assert labels_of(app)["Hard coral, newest"] == "–"
    assert len(app.get("plotly_chart")) == 2


def test_no_reefs_at_all(open_page, answers):
    answers["monitored_sites"] = lambda *asked: invented_reefs.monitored_sites().head(0)
    app = open_page("reefs")
    assert not app.exception
    assert "No reef data yet" in words_of(app)


@pytest.mark.parametrize(
    "link", [{"site": "no-such-site"}, {"then": "yesterday"}, {"station": "<img src=x>"}, {"now": "2019-01-01"}]
)
def test_broken_links_are_answered(open_page, link):
    app = open_page("reefs", role="staff", **link)
    assert not app.exception
    assert labels_of(app)["Hard coral, newest"] == "21.5 %"


def test_hostile_names_stay_text(open_page):
    sent = everything_sent(open_page("reefs", role="staff"))
    charts = "".join(json.dumps(chart) for chart in charts_of(open_page("reefs", role="staff")))
    assert "<img" not in charts
    assert "[x](javascript" in sent, "the name itself is shown, as text"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_numbers_table_names_method_and_source(open_page, theme):
    app = open_page("reefs", role="staff", theme=theme)
    numbers = app.dataframe[-1].value
    assert set(numbers["Source"]) == {"invented-surveys"}
    assert {"Point intercept transect", "Line intercept transect", "Colony counts", "Fish belt transect"} == set(
        numbers["Method"]
    )


def test_site_profile_has_a_tab_about_reefs(open_page):
    app = open_page("site", role="staff", site=invented_reefs.REEF_SITE, tab="Reefs")
    assert not app.exception
    assert "21.5 %" in "".join(table.value.to_csv() for table in app.table)
