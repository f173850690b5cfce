"""The page Compare over an invented network of twelve sites: peers, ranks and criteria counted by hand.

By hand: nine peers share realm, type and region and are at most four times smaller or larger; seven of them have
cameras, at 4 to 90 detections per 100 nights beside 30 (26.7 to 33.6) of the site itself.
"""

import json
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from data.access import ROLES
from tests.pages import invented
from tests.pages import invented_comparison as given
from tests.pages.reading import labels_of, words_of

Open = Callable[..., AppTest]
TWINS = ("peers_table", "table_cameras", "table_green_list", f"criterion_{given.MISSED}")


@pytest.fixture
def compare(open_page: Open, answers: dict) -> Open:
    """Opens the page over the twelve sites; `opens` names boxes that the reader has opened."""
    answers |= given.of_twelve() | {"network_alerts": lambda view, viewer, today: given.alerts()}

    def opened(role: str = "public", opens: tuple[str, ...] = (), **link: str | list[str]) -> AppTest:
        app = open_page("compare", role=role, **link)
        for box in opens:
            app.session_state[box] = True
        return app.run() if opens else app

    return opened


def tables_of(app: AppTest) -> dict[str, object]:
    return {table.proto.alt: table.value for table in app.dataframe}


def table(app: AppTest, words: str):
    return next(frame for alt, frame in tables_of(app).items() if words in alt)


def charts_of(app: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def everything_sent(app: AppTest) -> str:
    frames = [frame.value.to_csv() for frame in app.dataframe]
    sent = [chart.proto.spec for chart in app.get("plotly_chart")]
    return "\n".join([words_of(app), *frames, *sent, *(box.label for box in app.expander)])


def test_peers_are_told_with_their_rules_and_what_each_rule_costs(compare: Open) -> None:
    app = compare()
    assert not app.exception
    assert app.title[0].value == "My reserve beside its peers"
    words = words_of(app)
    assert "**9 peers**: on land, protected areas, area 25 to 400 km² (up to 4 times smaller or larger)" in words
    assert "in Africa" in words
    assert "10 without realm, 9 without type, 10 without size, 9 without region" in words
    assert "1 site of unknown area" in words
    assert labels_of(app)["Peers"] == "9"


def test_a_link_relaxes_the_rules_that_it_names_and_no_others(compare: Open) -> None:
    assert labels_of(compare(same=["realm", "region"], size="any"))["Peers"] == "10"
    assert labels_of(compare(same="none", size="any"))["Peers"] == "11"
    assert labels_of(compare(size="2"))["Peers"] == "7"
    assert labels_of(compare(same=["realm", "type", "region", "category", "phase"]))["Peers"] == "9"


def test_reader_changes_the_rules_and_the_address_follows(compare: Open) -> None:
    app = compare()
    next(group for group in app.button_group if group.label.startswith("Area")).set_value("any").run()
    assert labels_of(app)["Peers"] == "10"
    assert app.query_params["size"] in ("any", ["any"])


def test_a_rank_is_a_range_where_intervals_overlap(compare: Open) -> None:
    words = words_of(compare())
    assert "**Detections: 30.0 per 100 trap nights** · between 3rd and 6th highest of 8, the intervals overlap" in words
    assert "95 % interval 26.7 to 33.6 · peers' median 30.5, middle half 19.5 to 40.5" in words
    assert "7 of 9 peers measure it · n = 300 detections" in words
    assert "**Age of the newest record: 0 days** · 1st lowest of 8" in words


def test_criteria_that_are_not_known_keep_a_rank_open(compare: Open) -> None:
    app = compare()
    assert labels_of(app)["Criteria met"] == "15 of 17"
    words = words_of(app)
    assert "**Criteria met: 15 of 17** · between 8th and 10th highest of 10, what is not known could change it" in words
    assert "known to lie in 15 to 16" in words


def test_what_few_peers_measure_is_not_compared(compare: Open) -> None:
    app = compare()
    rows = table(app, "figure").set_index("Figure")
    assert rows.loc["Response time, median", ["This site", "Peers that measure it"]].tolist() == ["19.0 min", "0"]
    assert rows.loc["Items done", ["This site", "Peers that measure it"]].tolist() == ["0 % of items", "3"]
    assert "Neither this site nor a peer has anything that you may see of: reefs" in words_of(app)
    assert labels_of(app)["Figures to compare"] == "6 of 13"


def test_a_strip_shows_every_peer_the_median_and_the_site_with_its_interval(compare: Open) -> None:
    cameras = charts_of(compare())[0]
    ticks, site = cameras["data"][:2]
    assert sorted(ticks["x"]) == [4, 10, 29, 30.5, 31, 50, 90]
    assert site["x"] == [30]
    assert site["error_x"]["arrayminus"][0] == pytest.approx(30 - 26.70, abs=0.01)
    assert site["error_x"]["array"][0] == pytest.approx(33.59 - 30, abs=0.01)
    median = next(shape for shape in cameras["layout"]["shapes"] if shape["type"] == "line")
    assert median["x0"] == pytest.approx(30.5)
    assert [one["text"] for one in cameras["layout"]["annotations"]][0] == "Detections, per 100 trap nights"


def test_every_strip_says_in_words_what_it_shows(compare: Open) -> None:
    for chart in compare().get("plotly_chart"):
        assert "median of" in chart.proto.alt
        assert "this site" in chart.proto.alt


def test_the_table_beneath_a_chart_holds_the_same_with_intervals(compare: Open) -> None:
    rows = table(compare(opens=TWINS), "8 sites: Detections")
    assert rows["Site"].iloc[0] == "My reserve", "the site itself comes first"
    assert sorted(rows["Rate, per 100 trap nights"]) == [4, 10, 29, 30, 30.5, 31, 50, 90]
    assert rows["Rate, low"].iloc[0] == pytest.approx(26.7, abs=0.05)
    assert len(table(compare(opens=TWINS), "9 peers")) == 9


def test_taxa_are_compared_at_as_many_stations_as_all_have(compare: Open) -> None:
    app = compare()
    assert f"taxa at {given.STATIONS} stations each" in words_of(app)
    assert "**Seen with equal effort: 1.0 taxa**" in words_of(app)


def test_a_missed_criterion_names_who_meets_it_what_they_did_and_whom_to_ask(compare: Open) -> None:
    app = compare(opens=TWINS)
    label = next(box.label for box in app.expander if box.label.startswith("**3.4"))
    assert "met by 7 of 9 peers · 3 work items" in label
    peers = table(app, "that meet criterion 3.4").set_index("site_name")
    assert len(peers) == 7
    assert list(peers.index[:2]) == ["Reserve 3", invented.HOSTILE], "those that worked for it come first"
    assert peers.loc["Reserve 3", ["items", "address", "route"]].tolist() == [
        2, f"mailto:{given.OFFICE}", "Office of the site",
    ]  # fmt: skip
    assert peers.loc["Reserve 4", ["items", "address", "route"]].tolist() == [0, given.PROGRAMME, "Programme office"]
    work = table(app, "of peers for criterion 3.4")
    assert list(zip(work["title"], work["progress"], strict=True)) == [
        ("=Sirens(1)", "done"), ("Sirens on the fence", "done"), (invented.HOSTILE, "under_way"),
    ]  # fmt: skip
    assert work["solution"].iloc[0] == "Sirens on the fence"
    assert set(work["technology"]) == {"sirens"}
    assert labels_of(app)["Met by a peer"] == "1"
    words = words_of(app)
    assert "Of the other peers, 2 do not meet it and of 0 it is not known" in words
    assert "not the same as not met: 4.1" in words


def test_links_lead_to_the_assessment_and_the_work_plan_of_the_criterion(compare: Open) -> None:
    links = [link.proto for link in compare(opens=TWINS).get("page_link")]
    found = {(link.page, link.query_string) for link in links}
    assert ("assess", f"site={given.MINE}&criterion=3.4") in found
    assert ("work_plan", "criterion=3.4") in found


@pytest.mark.parametrize(("link", "peers"), [({"site": given.WITHOUT_AREA}, 0), ({"site": given.AT_SEA}, 0)])
def test_too_few_peers_are_answered_with_the_rule_to_relax(compare: Open, link: dict, peers: int) -> None:
    app = compare(**link)
    assert not app.exception
    words = words_of(app)
    assert labels_of(app)["Peers"] == str(peers)
    assert "Not enough peers" in words
    assert "Take back one rule" in words
    assert not app.get("plotly_chart")


def test_an_area_that_the_registry_does_not_tell_is_told(compare: Open) -> None:
    words = words_of(compare(site=given.WITHOUT_AREA))
    assert "The registry does not tell the area of this site" in words
    assert "Take back one rule: size (10 peers)" in words
    assert "the same size" in words


def test_a_role_that_has_not_rated_compares_no_criteria(compare: Open) -> None:
    app = compare(rated_by="reviewer")
    assert labels_of(app)["Criteria met"] == "–"
    assert "No rating by this role" in words_of(app)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_sees_the_page_and_what_is_compared_for_it(compare: Open, role: str) -> None:
    app = compare(role=role)
    assert not app.exception
    is_open_only = role in ("public", "site")
    assert ("only species that anyone may see in detail" in words_of(app)) == is_open_only


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({"site": "no-such-site"}, "no site with the code"),
        ({"site": "<img src=x>"}, "no site with the code"),
        ({"same": "planet"}, "asks for peers have the same"),
        ({"size": "3"}, "asks for area"),
        ({"rated_by": "king"}, "asks for criteria rated by"),
    ],
)
def test_broken_link_to_a_comparison_is_answered(compare: Open, link: dict, words: str) -> None:
    app = compare(**link)
    assert not app.exception
    assert words in words_of(app)


def test_a_network_of_few_sites_has_not_enough_peers(open_page: Open) -> None:
    app = open_page("compare")
    assert not app.exception
    assert "Not enough peers" in words_of(app)


def test_a_network_without_sites_says_so(open_page: Open, answers: dict) -> None:
    answers["sites"] = lambda *asked: invented.sites().head(0)
    app = open_page("compare")
    assert not app.exception
    assert "No sites are known yet" in words_of(app)


def test_a_network_without_any_figure_says_so(compare: Open, answers: dict) -> None:
    for name in ("camera_effort", "camera_counts", "camera_taxa", "newest_days", "network_alerts", "work_items"):
        given_now = answers[name]
        answers[name] = lambda *asked, given_now=given_now: given_now(*asked).head(0)
    for name in ("assessments", "ratings"):
        answers[name] = lambda *asked, name=name: getattr(given, name)().head(0)
    app = compare()
    assert not app.exception
    assert labels_of(app)["Figures to compare"] == "0 of 13"
    assert not app.get("plotly_chart")
    assert "Neither this site nor a peer has anything that you may see of" in words_of(app)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_hostile_names_of_peers_stay_text(open_page: Open, compare: Open, theme: str) -> None:
    app = open_page("compare", theme=theme, site=given.HOSTILE)
    assert not app.exception
    assert "[x](javascript" not in app.title[0].value
    assert "<img" not in "".join(json.dumps(chart) for chart in charts_of(app))


def test_every_figure_of_a_comparison_says_how_it_is_computed(compare: Open) -> None:
    app = compare()
    assert all(figure.help for figure in app.metric)
    lines = [one for one in app.markdown if one.value.startswith("**") and "peers measure it" in one.value]
    assert len(lines) == 6
    assert all(one.proto.help for one in lines)


def test_difference_is_never_called_a_cause(compare: Open) -> None:
    words = words_of(compare())
    assert "A difference is no cause" in words
    assert "Work that was done does not mean that it is why" in words_of(compare(opens=TWINS))
