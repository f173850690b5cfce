"""The page Assess: an assessment by criterion and role, its evidence, its versions, and what monitoring says."""

from collections.abc import Callable

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data.access import ROLES
from tests.pages import invented
from tests.pages import invented_assessments as given
from tests.pages.reading import labels_of, words_of

Open = Callable[..., AppTest]


def tables(app: AppTest, column: str) -> list[pd.DataFrame]:
    return [frame.value for frame in app.dataframe if column in frame.value]


def test_each_role_has_its_own_count_and_next_blocker(open_page: Open) -> None:
    app = open_page("assess", "staff", site=given.CANDIDATE)
    figures = labels_of(app)
    assert figures["The site itself"] == "16 of 17"
    assert figures["Expert group"] == "15 of 17"
    assert figures["Reviewer"] == "–"
    assert figures["Roles disagree on"] == "1"
    assert "next in the way: 3.4.9" in words_of(app)
    assert "next in the way: 1.3.9" in words_of(app)


def test_a_square_of_the_heat_map_opens_its_component(open_page: Open) -> None:
    app = open_page("assess", "staff", site=given.CANDIDATE, criterion="3.4")
    found = [frame for frame in tables(app, "Indicator, in short") if "3.4.9" in frame["No."].tolist()]
    assert len(found) == 1
    row = found[0].set_index("No.").loc["3.4.9"]
    assert row["The site itself"] == row["Expert group"] == "○ Not met"


def test_indicators_on_which_roles_disagree_are_marked(open_page: Open) -> None:
    app = open_page("assess", "staff", site=given.CANDIDATE, component="1")
    rows = pd.concat(tables(app, "Indicator, in short")).set_index("No.")
    assert rows.index[rows["Agreement"].ne("")].tolist() == ["1.3.9"]


def test_versions_are_kept_and_their_differences_shown(open_page: Open) -> None:
    app = open_page("assess", "staff", site=given.CANDIDATE)
    changed = tables(app, "Before")[0]
    # The site rated 1.3.9 in part a year ago; the expert group has not changed its mind.
    assert changed[["Indicator", "Role", "Before", "Now"]].values.tolist() == [
        ["1.3.9", "The site itself", "◐ Partly met", "● Met"]
    ]
    older = open_page("assess", "staff", site=given.CANDIDATE, version=f"{given.CANDIDATE}-2025")
    assert labels_of(older)["The site itself"] == "15 of 17"


def test_monitoring_stands_beside_the_ratings_and_its_lack_is_said(open_page: Open) -> None:
    app = open_page("assess", "staff", site=given.CANDIDATE, component="3")
    assert "No early warning system of this site reports" in words_of(app)
    reefs = open_page("assess", "staff", site=given.LISTED, component="3")
    # Two stations with 26 and 17 %: Student's interval around 21.5 holds the mark of 10 %.
    assert "The data do not decide" in words_of(reefs)


@pytest.mark.parametrize("role", ROLES)
def test_comments_and_evidence_are_for_those_who_may_read_them(open_page: Open, role: str) -> None:
    app = open_page("assess", role, site=given.CANDIDATE, component="3")
    for twin in app.expander:
        assert not app.exception, twin.label
    said = words_of(app) + "".join(frame.value.to_csv() for frame in app.dataframe)
    assert given.COMMENT not in said or role in ("reviewer", "staff")
    assert ("Comments and evidence are for reviewers" in said) == (role not in ("reviewer", "staff"))


def test_a_public_reader_may_hand_in_nothing(open_page: Open) -> None:
    app = open_page("assess", "public", site=given.CANDIDATE)
    assert "You may do neither" in words_of(app)
    assert not app.get("file_uploader")


@pytest.mark.parametrize("role", ["reviewer", "staff"])
def test_reviewers_may_rate(open_page: Open, role: str) -> None:
    app = open_page("assess", role, site=given.CANDIDATE)
    assert [button.label for button in app.button if "rating" in button.label] == ["Store this rating"]


def test_withheld_ratings_are_said_to_be_withheld(open_page: Open, answers: dict) -> None:
    answers["site_ratings"] = lambda *asked: given.site_ratings(asked[1], given.NEVER)
    answers["ratings"] = lambda *asked: given.ratings().head(0)
    app = open_page("assess", "public", site=given.CANDIDATE)
    assert "shared with partners, reviewers" in words_of(app)
    assert labels_of(app)["The site itself"] == "–"


@pytest.mark.parametrize("link", [{"site": "1"}, {"version": "x"}, {"criterion": "9.9"}, {"component": "9"}])
def test_a_broken_link_leaves_a_page_that_stands(open_page: Open, link: dict) -> None:
    app = open_page("assess", "staff", **({"site": given.CANDIDATE} | link))
    assert not app.exception
    assert labels_of(app)["The site itself"]


def test_without_assessments_the_page_says_so(open_page: Open, answers: dict) -> None:
    answers["assessments"] = lambda *asked: given.assessments().head(0)
    assert "No assessment yet" in words_of(open_page("assess"))


def test_hostile_words_are_text(open_page: Open) -> None:
    app = open_page("assess", "staff", site=given.CANDIDATE, component="3")
    assert invented.HOSTILE not in words_of(app)


def test_assessments_by_other_tools_are_listed_apart(open_page: Open, answers: dict) -> None:
    other = (
        given.assessments()
        .iloc[[2]]
        .assign(assessment_id="mett-1", tool="METT", method="METT", standard_version="METT-4", assessed_year=2024)
    )
    answers["assessments"] = lambda *asked: pd.concat([given.assessments(), other], ignore_index=True)
    app = open_page("assess", "staff", site=given.CANDIDATE)
    listed = tables(app, "Method")[0]
    assert listed[["Method", "Version", "Year"]].values.tolist() == [["METT", "METT-4", 2024]]
    assert labels_of(app)["The site itself"] == "16 of 17"
