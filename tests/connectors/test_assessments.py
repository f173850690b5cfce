"""Assessments in our own table: what each row says, and why one is refused."""

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import SourceChanged, SourceRefused
from data.schema import RATINGS_OF_INDICATORS, ROLES
from tests.connectors.assessment_readings import Reading, read_files

HEADING = "assessment_id,site_id,tool,tool_version,assessment_date,iso3,phase,indicator_id,role,rating,score,score_max"
FIRST = "a-1,555500401,green_list,GLS-1.1,2026-03-01,BEL,candidate,GLS-V1.1-1.1.1,self,met,,"

ReadLines = Callable[..., Reading]


@pytest.fixture
def read(tmp_path: Path) -> ReadLines:
    def read_lines(*lines: str, heading: str = HEADING, site: str | dict[str, str] = "") -> Reading:
        path = tmp_path / "assessment.csv"
        path.write_text("".join(f"{line}\n" for line in (heading, *lines)), encoding="utf-8")
        return read_files(path, site=site)

    return read_lines


def test_an_assessment_and_its_ratings_are_read(read: ReadLines) -> None:
    found = read(FIRST, "a-1,,,,,,,GLS-V1.1-1.1.2,EAGL,Not met,,", "a-1,,,,,,,1.1.3,Reviewer,N/A,,")
    (row,) = found.rows("assessments")
    assert (row["site_id"], row["country_iso3"], row["tool"], row["method"]) == (
        "555500401",
        "BEL",
        "green_list",
        "GLS-1.1",
    )
    assert (row["standard_version"], row["phase"], row["assessed_on"]) == ("GLS-1.1", "candidate", date(2026, 3, 1))
    assert row["assessed_year"] == 2026
    assert found.ratings == {
        ("a-1", "GLS-V1.1-1.1.1", "self"): "met",
        ("a-1", "GLS-V1.1-1.1.2", "expert_group"): "not_met",
        ("a-1", "GLS-V1.1-1.1.3", "reviewer"): "not_applicable",
    }
    assert not found.refused
    assert found.read == 3


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        ("a-1,,,,,,,GLS-V1.1-1.1.2,self,excellent,,", "rating", "met, partly, not_met, not_applicable"),
        ("a-1,,,,,,,GLS-V1.1-1.1.2,self,2,,", "rating", "rated in words"),
        ("a-1,,,,,,,GLS-V1.1-1.1.2,boss,met,,", "role", "self, expert_group, reviewer"),
        ("a-1,,,,,,,,self,met,,", "indicator_id", "missing"),
        ("a-1,,,,,,,GLS-V1.1-1.1.1,self,met,,", "indicator_id", "row 2 has rated it"),
        ("a-1,555500402,,,,,,GLS-V1.1-1.1.2,self,met,,", "site_id", "earlier row"),
        ("a-1,,,,2026-03-02,,,GLS-V1.1-1.1.2,self,met,,", "assessment_date", "earlier row"),
        ("a-1,,,,,,,GLS-V1.1-1.1.2,self,met,,,surplus", "(row)", "more cells"),
        ("a-2,555500402,green_list,,01/03/2026,,,GLS-V1.1-1.1.1,self,met,,", "assessment_date", "not a day"),
        ("a-2,555500402,green_list,,,,,GLS-V1.1-1.1.1,self,met,,", "assessment_date", "no row"),
        ("a-2,5.56E+08,green_list,,2026,,,GLS-V1.1-1.1.1,self,met,,", "site_id", "spreadsheet"),
        ("a-2,,green_list,,2026,,,GLS-V1.1-1.1.1,self,met,,", "site_id", "no configured site"),
    ],
)
def test_a_wrong_row_is_refused_with_its_place_and_the_others_stay(
    read: ReadLines, line: str, field: str, reason: str
) -> None:
    found = read(FIRST, line)
    assert found.refused == [(3, field)]
    assert reason in found.reasons
    assert found.ratings == {("a-1", "GLS-V1.1-1.1.1", "self"): "met"}
    assert found.read == 2


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ("IMET,IMET-v2,2026,,,IMET-v2-PR1,self,101,,", "rating"),
        ("METT,METT-4,2026,,,METT-4-q1,self,,4,", "score"),
        ("METT,METT-4,2026,,,METT-4-q1,self,,2,1", "score"),
        ("METT,METT-4,2026,,,METT-4-q1,self,met,,", "rating"),
        ("METT,METT-4,2026,,,METT-4-q1,self,2,1,3", "score"),
        ("METT,METT-4,2026,,,METT-4-q1,self,-1,,", "rating"),
        ("METT,METT-4,2026,,,METT-4-q1,self,n/a,1,", "score"),
    ],
)
def test_points_stay_within_what_the_tool_gives(read: ReadLines, cells: str, field: str) -> None:
    assert read(FIRST, f"b-1,555500401,{cells}").refused == [(3, field)]


def test_points_are_read_from_the_rating_or_the_score(read: ReadLines) -> None:
    start = "m-1,555500401,METT,METT-4,2024,,,"
    found = read(f"{start}METT-4-q1,,2,,", "m-1,,,,,,,METT-4-q2,,,1.0,3", "m-1,,,,,,,METT-4-q3,,na,,")
    rows = {row["indicator_id"]: (row["rating"], row["score"], row["score_max"]) for row in found.rows("ratings")}
    assert rows["METT-4-q1"] == (None, 2.0, 3.0)
    assert rows["METT-4-q2"] == (None, 1.0, 3.0)
    assert rows["METT-4-q3"][:2] == ("not_applicable", None)
    assert found.assessments["m-1"]["assessed_on"] is None
    assert found.assessments["m-1"]["assessed_year"] == 2024


def test_an_indicator_without_rating_stays_unknown(read: ReadLines) -> None:
    found = read(FIRST, "a-1,,,,,,,GLS-V1.1-1.1.2,self,,,")
    assert list(found.ratings) == [("a-1", "GLS-V1.1-1.1.1", "self")]
    assert "stay unknown: GLS-V1.1-1.1.2" in found.notices
    assert not found.refused


def test_rows_without_a_name_belong_to_the_only_assessment_of_the_table(read: ReadLines) -> None:
    assert len(read(FIRST, ",,,,,,,GLS-V1.1-1.1.2,self,met,,").ratings) == 2
    unnamed = read(FIRST.removeprefix("a-1"), ",,,,,,,GLS-V1.1-1.1.2,self,met,,")
    assert list(unnamed.assessments) == ["555500401-GLS-1.1-2026-03-01"]
    two = read(FIRST, FIRST.replace("a-1", "a-2"), ",,,,,,,GLS-V1.1-1.1.2,self,met,,")
    assert two.refused == [(4, "assessment_id")]


def test_a_phase_that_nobody_knows_costs_no_rating(read: ReadLines) -> None:
    found = read(FIRST.replace("candidate", "semifinal"))
    assert found.assessments["a-1"]["phase"] is None
    assert "semifinal" in found.notices
    assert len(found.ratings) == 1


def test_two_current_assessments_of_a_site_are_told_until_one_is_replaced(read: ReadLines) -> None:
    newer = FIRST.replace("a-1", "a-2").replace("2026-03-01", "2026-06-01")
    assert "more than one current assessment" in read(FIRST, newer).notices
    replaced = read(f"{FIRST},", f"{newer},a-1", heading=f"{HEADING},supersedes")
    assert "current" not in replaced.notices
    assert len(replaced.assessments) == 2
    assert "not in these files" in read(f"{newer},a-0", heading=f"{HEADING},supersedes").notices


def test_who_reviewed_goes_before_the_role_of_the_assessor(read: ReadLines) -> None:
    heading = HEADING.replace("role", "assessor_role") + ",reviewed_by"
    found = read(f"{FIRST},EAGL", "a-1,,,,,,,GLS-V1.1-1.1.2,self,met,,,", heading=heading)
    assert [key[2] for key in found.ratings] == ["expert_group", "self"]


def test_the_name_of_an_area_leads_to_its_configured_site(read: ReadLines) -> None:
    heading = HEADING.replace("site_id", "site_name")
    found = read(FIRST.replace("555500401", "Invented Valley"), heading=heading, site={"Invented Valley": "7"})
    assert found.assessments["a-1"]["site_id"] == "7"


def test_own_columns_and_unknown_indicators_are_told(read: ReadLines) -> None:
    found = read(f"{FIRST},Inventor", "a-1,,,,,,,house rule 5,self,met,,,Inventor", heading=f"{HEADING},Assessor")
    assert "Assessor" in found.notices
    assert found.figures["unknown_indicators"] == ["house rule 5"]
    assert "Inventor" not in str([*found.rows("assessments"), *found.rows("ratings")])


def test_an_evidence_file_is_named_by_its_sha256(read: ReadLines) -> None:
    heading = f"{HEADING},evidence_url,evidence_sha256,evidence_date"
    found = read(
        f"{FIRST},Minutes,{'AB' * 32},2025-12-31", "a-1,,,,,,,GLS-V1.1-1.1.2,self,met,,,x,abc,", heading=heading
    )
    (rating,) = found.rows("ratings")
    assert (rating["evidence"], rating["evidence_sha256"]) == ("Minutes", "ab" * 32)
    assert rating["evidence_on"] == date(2025, 12, 31)
    assert found.refused == [(3, "evidence_sha256")]


def test_the_figures_count_what_is_stored(read: ReadLines) -> None:
    found = read(
        FIRST.replace("BEL", "BEL; NLD"),
        "a-1,,,,,,,GLS-V1.1-1.1.2,self,met,,",
        "m-1,555500402,METT,METT-4,2024,NLD,,METT-4-q1,,2,,",
    )
    assert {name: found.figures[name] for name in ("assessments", "sites", "countries", "duplicates", "ratings")} == {
        "assessments": 2,
        "sites": 2,
        "countries": 2,
        "duplicates": 0,
        "ratings": 3,
    }
    assert found.figures["by_tool"] == {"METT": 1, "green_list": 1}


def test_another_table_is_refused_by_its_headings(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("coral,day\nx,1\n")
    with pytest.raises(SourceChanged, match=r"network: other.csv.*indicator_id.*coral, day"):
        read_files(path)


def test_an_empty_table_says_that_no_row_is_filled_in(read: ReadLines) -> None:
    with pytest.raises(SourceRefused, match="no row is filled in"):
        read()


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["1.1.1", "2.2.3", "4.1.1"]), st.sampled_from(ROLES), st.sampled_from(RATINGS_OF_INDICATORS)
    ),
    min_size=1,
    max_size=9,
    unique_by=lambda row: row[:2],
)


@settings(max_examples=40, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_every_rating_is_kept_as_it_is_and_the_order_of_rows_changes_nothing(
    rows: list[tuple[str, str, str]], order: random.Random
) -> None:
    start = FIRST.partition("GLS-V1.1-1.1.1")[0]
    lines = [f"{start}GLS-V1.1-{number},{role},{rating},," for number, role, rating in rows]

    def told(shuffled: list[str]) -> dict:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "assessment.csv"
            path.write_text("\n".join([HEADING, *shuffled]))
            return read_files(path).ratings

    assert told(lines) == {("a-1", f"GLS-V1.1-{number}", role): rating for number, role, rating in rows}
    assert told(order.sample(lines, len(lines))) == told(lines)
