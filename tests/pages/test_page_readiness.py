"""The page Readiness: criteria by site and role, what holds sites back, the clock, and what changed."""

import json
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from data.access import ROLES
from tests.pages import invented
from tests.pages import invented_assessments as given
from tests.pages.reading import labels_of, words_of

Open = Callable[..., AppTest]


def heat_map(app: AppTest) -> list[dict]:
    return json.loads(app.get("echarts_chart")[0].proto.spec)["series"][0]["data"]


def states(app: AppTest, site: str) -> dict[str, str]:
    """The state of each criterion of a site, as the heat map tells it."""
    parts = [square["name"].split(" · ") for square in heat_map(app)]
    return {part[1].split(" ")[0]: part[2] for part in parts if part[0] == site}


def test_sites_are_ready_with_all_criteria_only(open_page: Open) -> None:
    app = open_page("readiness", phase=["green_list", "candidate"])
    assert labels_of(app)["Ready: 17 of 17 met"] == "1"
    listed, candidate = states(app, "Aldermere National Park"), states(app, "Brant Bay Reserve")
    assert set(listed.values()) == {"met"}
    assert candidate["3.4"] == "not met"
    assert [criterion for criterion, state in candidate.items() if state != "met"] == ["3.4"]
    assert len(candidate) == 17


def test_what_nobody_rated_is_not_known_and_never_not_met(open_page: Open) -> None:
    app = open_page("readiness", phase="application")
    found = states(app, "Calder Hills")
    assert {state for criterion, state in found.items() if criterion.startswith("1.")} == {"met"}
    assert {state for criterion, state in found.items() if not criterion.startswith("1.")} == {"not known"}


def test_roles_are_never_mixed(open_page: Open) -> None:
    by_site = states(open_page("readiness", phase="candidate"), "Brant Bay Reserve")
    by_group = states(open_page("readiness", phase="candidate", rated_by="expert_group"), "Brant Bay Reserve")
    assert (by_site["1.3"], by_group["1.3"]) == ("met", "not met")
    by_reviewer = open_page("readiness", phase="candidate", rated_by="reviewer")
    assert set(states(by_reviewer, "Brant Bay Reserve").values()) == {"not known"}
    assert labels_of(by_reviewer)["Ready: 17 of 17 met"] == "–"


def test_the_criterion_that_holds_most_sites_back_is_named(open_page: Open) -> None:
    assert labels_of(open_page("readiness"))["Holds back most"] == "3.4"


def test_a_commitment_of_six_years_ago_is_overdue(open_page: Open) -> None:
    app = open_page("readiness")
    # The certificate of the listed site ends in January 2026, ten months before.
    assert labels_of(app)["Overdue"] == "2"
    table = next(frame.value for frame in app.dataframe if "days_left" in frame.value)
    assert table["light"].map(lambda light: "Overdue" in light[0]).sum() == 2


def test_what_changed_this_quarter_is_told(open_page: Open) -> None:
    app = open_page("readiness")
    # A year ago the candidate met 1.3 in part, 20 days ago wholly.
    assert labels_of(app)["Criteria changed"] == "1"
    table = next(frame.value for frame in app.dataframe if "Before" in frame.value)
    assert table[["Site", "Criterion", "Before", "Now"]].values.tolist() == [
        ["Brant Bay Reserve", "1.3", "○ Not met", "● Met"]
    ]


def test_the_table_holds_the_same_as_the_heat_map(open_page: Open) -> None:
    app = open_page("readiness", phase="candidate", view="table")
    table = next(frame.value for frame in app.dataframe if "3.4" in frame.value)
    assert table["3.4"].tolist() == ["○"]
    assert table["met"].tolist() == [16]
    assert table["blocker"].tolist() == ["3.4.9"]


def test_filters_and_order_come_from_the_link(open_page: Open) -> None:
    app = open_page("readiness", phase=["green_list", "candidate", "application"], order="fewest")
    sites = list(dict.fromkeys(square["name"].split(" · ")[0] for square in heat_map(app)))
    assert sites == ["Calder Hills", "Brant Bay Reserve", "Aldermere National Park"]
    app = open_page("readiness", phase=["green_list", "candidate"], region="Africa")
    assert {square["name"].split(" · ")[0] for square in heat_map(app)} == {"Aldermere National Park"}


def test_an_unknown_role_in_the_link_is_named_and_the_page_stands(open_page: Open) -> None:
    app = open_page("readiness", rated_by="king")
    assert "king" in words_of(app)
    assert labels_of(app)["Ready: 17 of 17 met"] == "1"


def test_no_match_is_said(open_page: Open) -> None:
    app = open_page("readiness", phase="none")
    assert "No assessed site" in words_of(app)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_sees_the_page(open_page: Open, role: str) -> None:
    assert not open_page("readiness", role).exception


def test_without_assessments_the_page_says_so(open_page: Open, answers: dict) -> None:
    answers["assessments"] = lambda *asked: given.assessments().head(0)
    answers["ratings"] = lambda *asked: given.ratings().head(0)
    assert "No assessment yet" in words_of(open_page("readiness"))


def test_a_hostile_name_is_text(open_page: Open, answers: dict) -> None:
    sites = given.assessments().assign(site_id=given.NEVER, site_name=invented.HOSTILE).head(1)
    answers["assessments"] = lambda *asked: sites
    app = open_page("readiness", phase="not_started")
    assert not app.exception
    names = {square["name"] for square in heat_map(app)}
    assert not [name for name in names if "{" in name]
