"""Lists of evaluations in all their heading generations, and tables of METT scores."""

import json
from pathlib import Path

import openpyxl
import pytest

from connectors.errors import SourceChanged
from tests.connectors.assessment_readings import read_files

GENERATIONS = {
    "first": "id,protected_area,countries,methodology,year,url",
    "second": "evaluation_id,wdpa_id,iso3,methodology,year,url",
    "template": "evaluation_id,site_id,iso3,methodology,year,url",
    "capitals": "ASMT_ID,SITE_ID,ISO3,METHOD,ASMT_YEAR,ASMT_URL",
}
QUESTIONS = [
    "Legal status",
    "Protected area regulations",
    "Law enforcement",
    "Protected area objectives",
    "Protected area design",
    "Protected area boundary demarcation",
    "Management plan",
    "Regular work plan",
    "Resource inventory",
]


@pytest.mark.parametrize("heading", GENERATIONS.values(), ids=GENERATIONS)
def test_every_generation_of_headings_gives_the_same(tmp_path: Path, heading: str) -> None:
    path = tmp_path / "pame.csv"
    path.write_bytes(f"\ufeff{heading}\n64,555500401,BEL;NLD,METT,2009,For storage only\n".encode())
    found = read_files(path)
    (row,) = found.rows("assessments")
    assert (row["assessment_id"], row["site_id"], row["country_iso3"]) == ("64", "555500401", "BEL;NLD")
    assert (row["tool"], row["method"], row["assessed_year"], row["url"]) == ("METT", "METT", 2009, None)
    assert (found.figures["sites"], found.figures["countries"]) == (1, 2)


def test_a_list_without_ids_and_with_a_nameless_column_is_read(tmp_path: Path) -> None:
    path = tmp_path / "pame.csv"
    path.write_text(
        "site_id,iso3,method,yr_ass,\n7,BEL,METT,2016,\n7,BEL,METT,2016,\n7,BEL,METT,2017,\n8,KEN,IMET,0,\n"
    )
    found = read_files(path)
    assert [row["assessed_year"] for row in found.rows("assessments")] == [2016, 2017, None]
    assert found.figures["duplicates"] == 1
    assert (found.figures["sites"], found.figures["countries"]) == (2, 2)
    assert found.figures["by_tool"] == {"IMET": 1, "METT": 2}
    assert "no year" in found.notices
    assert "repeat" in found.notices


def test_what_spreadsheets_did_to_ids_is_refused_and_parcels_are_their_site(tmp_path: Path) -> None:
    path = tmp_path / "pame.csv"
    ids = ["5.56+e8", "5.56E+08", "", "999999999", "555500401_A", "12;13", "14.0"]
    path.write_text(
        "\n".join(["ASMT_ID,SITE_ID,METHOD,ASMT_YEAR", *(f"{n},{i},METT,2016" for n, i in enumerate(ids, 1))])
    )
    found = read_files(path)
    assert found.refused == [(row, "site_id") for row in (2, 3, 4, 5)]
    assert {name: row["site_id"] for name, row in found.assessments.items()} == {
        "5": "555500401",
        "6": "12",
        "6:13": "13",
        "7": "14",
    }
    assert found.figures["sites"] == 4


def test_an_id_that_stands_twice_costs_nothing_that_is_another_assessment(tmp_path: Path) -> None:
    path = tmp_path / "pame.csv"
    path.write_text("id,wdpa_id,method,year\n1,7,METT,2016\n1,7,METT,2016\n1,8,METT,2016\n1,7,METT,2019\n")
    found = read_files(path)
    assert set(found.assessments) == {"1", "1:8"}
    assert found.figures["duplicates"] == 3
    assert found.refused == [(5, "evaluation_id")]


def test_the_published_list_is_counted_as_its_truth(samples: Path) -> None:
    truth = json.loads((samples / "truth.json").read_text(encoding="utf-8"))["sets"]["pame_test"]
    found = read_files(samples / truth["file"])
    years = [row["assessed_year"] for row in found.rows("assessments")]
    assert found.read == len(years) == truth["rows"]
    assert found.figures["by_method"] == truth["by_methodology"]
    assert found.figures["sites"] == truth["distinct_wdpa_ids"]
    assert (min(years), max(years)) == (truth["year_min"], truth["year_max"])


def test_a_workbook_of_scores_finds_its_sites_on_another_sheet(tmp_path: Path) -> None:
    path = tmp_path / "scores.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["Assessment.ID", *(f"{n} {name}" for n, name in enumerate(QUESTIONS, 1)), "12 Staff numbers"])
    book.active.append([11, 3, 2, 1, 0, None, "N/A", 2, 2, 5, 1])
    sites = book.create_sheet("Sites")
    sites.append(["Assessment.ID", "WDPA ID", "Country", "Year"])
    sites.append([11, 555500401, "BEL", 2005])
    book.save(path)
    found = read_files(path)
    (row,) = found.rows("assessments")
    assert (row["site_id"], row["standard_version"], row["assessed_year"]) == ("555500401", "METT-1", 2005)
    scores = {name.removeprefix("METT-1-"): value for (_, name, _), value in found.ratings.items()}
    assert scores == {
        "legal_status": 3.0,
        "pa_regulations": 2.0,
        "law_enforcement": 1.0,
        "pa_objectives": 0.0,
        "pa_boundary_demarcation": "not_applicable",
        "management_plan": 2.0,
        "regular_work_plan": 2.0,
        "staff_numbers": 1.0,
    }
    assert found.refused == [(2, "resource_inventory")]


@pytest.mark.parametrize(
    ("extra", "version"),
    [
        ("12 Staff numbers", "METT-1"),
        ("13 Staff numbers", "METT-3"),
        ("protection_systems", "METT-3"),
        ("access assessment", "METT-1"),
        ("30. Monitoring and evaluation", "METT-1"),
        ("26 Monitoring", "METT-3"),
    ],
)
def test_the_version_is_told_by_the_questions_that_moved(tmp_path: Path, extra: str, version: str) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(f"wdpa_id,year,{','.join(QUESTIONS)},{extra}\n7,2010{',1' * (len(QUESTIONS) + 1)}\n")
    found = read_files(path)
    assert found.assessments[f"{version}-7-2010"]["standard_version"] == version
    assert len(found.ratings) == len(QUESTIONS) + 1


def test_questions_of_the_newest_version_are_told_apart_by_number(tmp_path: Path) -> None:
    path = tmp_path / "METT-4 scores.csv"
    path.write_text(f"wdpa_id,year,{','.join(f'Q{n}' for n in range(1, 39))}\n7,2022{',2' * 37},NA\n")
    found = read_files(path)
    assert len(found.ratings) == 38
    assert found.ratings["METT-4-7-2022", "METT-4-q38", "self"] == "not_applicable"
    assert found.figures["unknown_indicators"] == []


def test_a_question_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(f"wdpa_id,year,{','.join(QUESTIONS)},Legal status\n7,2010{',1' * (len(QUESTIONS) + 1)}\n")
    with pytest.raises(SourceChanged, match="more than one column for legal_status"):
        read_files(path)
