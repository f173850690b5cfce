"""Field reports of MERMAID say what its API says, although they have no identifiers."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from connectors.errors import SourceChanged, SourceRefused
from tests.connectors.mermaid_answers import Pull, cover, event, pull
from tests.connectors.mermaid_report import place, save, sheets_of
from tests.connectors.registry_answers import refusals

HARD = "Percent cover by benthic category average: Hard coral"
HARD_UNIT = "Percent cover by benthic category: Hard coral"


def read(path: Path, **more: Any) -> Pull:
    return pull(str(path), path.parent / "pull", **more)


def pit(path: Path, *rows: dict[str, Any]) -> Path:
    return save(path / "report.xlsx", {"Benthic PIT SE": rows})


def test_a_report_is_read_with_place_day_depth_and_spread(tmp_path: Path) -> None:
    cells = {
        HARD: "32.50",
        "Percent cover by benthic category standard deviation: Hard coral": 4.33,
        "Depth average": 6.5,
        "Sample unit count": 3,
    }
    row = read(pit(tmp_path, place(**cells))).rows[0]
    assert (row["station"], row["surveyed_on"].isoformat(), row["latitude"], row["longitude"]) == (
        "Reef 1",
        "2024-06-01",
        -8.5,
        122.5,
    )
    assert (row["metric"], row["value"], row["value_sd"]) == ("hard_coral_pct", 32.5, 4.33)
    assert (row["depth_m"], row["sample_units"], row["method"]) == (6.5, 3, "benthicpit")


def test_no_name_of_a_person_no_mail_and_no_note_is_kept(tmp_path: Path) -> None:
    pulled = read(pit(tmp_path, place(**{HARD: 30}), place(Year=1, **{HARD: 900})))
    assert refusals(pulled.parsed)
    for text in (pulled.fetched.payloads[0].path.read_text(), repr(pulled.parsed)):
        assert not [word for word in ("Ada", "Bo ", "@", "notes", "Observers", "closure") if word in text]


@pytest.mark.parametrize("joint", [": ", "_"])
def test_categories_may_be_joined_to_their_title_either_way(tmp_path: Path, joint: str) -> None:
    title = f"Percent cover by benthic category average{joint}Crustose coralline algae"
    assert [row["metric"] for row in read(pit(tmp_path, place(**{title: 8}))).rows] == ["coralline_algae_pct"]


def test_an_empty_cell_is_unknown_and_a_zero_is_zero(tmp_path: Path) -> None:
    soft = "Percent cover by benthic category average: Soft coral"
    rows = read(pit(tmp_path, place(**{HARD: 0, soft: None}), place(Site="Reef 2", **{HARD: 1, soft: 2}))).rows
    values = {(row["station"], row["metric"]): row["value"] for row in rows}
    assert values == {("Reef 1", "hard_coral_pct"): 0, ("Reef 2", "hard_coral_pct"): 1, ("Reef 2", "soft_coral_pct"): 2}


def test_methods_of_one_event_share_its_survey_and_are_averaged_as_one(tmp_path: Path) -> None:
    both = {"benthicpit": cover(10), "benthiclit": cover(20)}
    figures = read(
        save(tmp_path / "report.xlsx", sheets_of(event(1, both), event(2, {"benthicpit": cover(45)})))
    ).figures
    assert (figures["surveys"], figures["hard_coral_pct_mean"]) == (2, 30)


def test_events_of_the_same_name_stay_apart_and_keep_their_identifiers(tmp_path: Path) -> None:
    path = pit(tmp_path, place(**{HARD: 30}), place(**{HARD: 40}), place(Day=2, **{HARD: 50}))
    first = read(path)
    assert sorted(row["value"] for row in first.rows) == [30, 40, 50]
    ids = {row["value"]: row["survey_id"] for row in first.rows}
    assert len(set(ids.values())) == 3
    assert read(path, cursor=first.fetched.cursor).fetched.is_unchanged
    fewer = read(pit(tmp_path, place(**{HARD: 30}), place(Day=2, **{HARD: 51})))
    assert {row["survey_id"] for row in fewer.rows} == {ids[30], ids[50]}


@pytest.mark.parametrize("change", [{"Management name": "Other"}, {"Latitude": -8.6}, {"Site": "Reef 9"}])
def test_place_and_management_tell_events_apart(tmp_path: Path, change: dict[str, Any]) -> None:
    one = read(pit(tmp_path, place(**{HARD: 30}))).rows[0]["survey_id"]
    assert read(pit(tmp_path, place(**{HARD: 30}, **change))).rows[0]["survey_id"] != one


def test_sample_units_alone_are_averaged_with_equal_weight(tmp_path: Path) -> None:
    units = [
        place(Depth=depth, **{HARD_UNIT: hard, "Transect number": number})
        for number, (hard, depth) in enumerate([(10, 4), ("20.00", 5), (60, 9)], 1)
    ]
    lone = place(Site="Reef 2", Depth=3, **{HARD_UNIT: 7})
    pulled = read(save(tmp_path / "report.xlsx", {"Benthic PIT SE": [], "Benthic PIT SU": [*units, lone]}))
    by_station = {row["station"]: row for row in pulled.rows}
    # Mean (10 + 20 + 60) / 3 = 30, squares of the distances 400 + 100 + 900 over n - 1 = 2.
    assert by_station["Reef 1"]["value"] == pytest.approx(30)
    assert by_station["Reef 1"]["value_sd"] == pytest.approx(700**0.5)
    assert (by_station["Reef 1"]["sample_units"], by_station["Reef 1"]["depth_m"]) == (3, pytest.approx(6))
    assert (by_station["Reef 2"]["value"], by_station["Reef 2"]["value_sd"]) == (7, None)
    assert "their mean with equal weight" in pulled.notices


def test_sample_units_do_not_double_the_sample_events(tmp_path: Path) -> None:
    sheets = {"Benthic PIT SU": [place(**{HARD_UNIT: 99})], "Benthic PIT SE": [place(**{HARD: 30})]}
    assert [row["value"] for row in read(save(tmp_path / "report.xlsx", sheets)).rows] == [30]


@pytest.mark.parametrize("wrong", ["many", 150, -5, "1e999"])
def test_a_sample_unit_that_cannot_be_is_refused_and_not_hidden_in_the_mean(tmp_path: Path, wrong: Any) -> None:
    units = [place(**{HARD_UNIT: value}) for value in (10, wrong)]
    fine = place(Site="Reef 2", **{HARD_UNIT: 5})
    pulled = read(save(tmp_path / "report.xlsx", {"Benthic PIT SU": [*units, fine]}))
    assert [row["station"] for row in pulled.rows] == ["Reef 2"]
    field = "benthicpit.percent_cover_benthic_category_avg.Hard coral"
    assert refusals(pulled.parsed) == [("reef_surveys", 1, field)]


def test_observations_alone_are_not_computed(tmp_path: Path) -> None:
    sheets = {"Belt Fish Obs": [place(Count=3)], "Benthic PIT SE": [place(**{HARD: 30})]}
    pulled = read(save(tmp_path / "report.xlsx", sheets))
    assert {row["method"] for row in pulled.rows} == {"benthicpit"}
    assert "Belt Fish: there are observations only" in pulled.notices
    with pytest.raises(SourceChanged, match="no sheet of sample events"):
        read(save(tmp_path / "report.xlsx", {"Belt Fish Obs": [place(Count=3)]}))


def test_a_sheet_without_a_needed_title_is_changed(tmp_path: Path) -> None:
    row = {title: cell for title, cell in place(**{HARD: 3}).items() if title != "Site"}
    with pytest.raises(SourceChanged, match="sheet Benthic PIT SE, has no column Site"):
        read(pit(tmp_path, row))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"Month": 13}, "sample_date"),
        ({"Day": None}, "sample_date"),
        ({"Latitude": 95}, "latitude"),
        ({"Site": None}, "site_name"),
        ({"Depth average": "deep"}, "benthicpit.depth_avg"),
        ({HARD: 101}, "benthicpit.percent_cover_benthic_category_avg.Hard coral"),
    ],
)
def test_a_row_that_cannot_be_is_refused_alone(tmp_path: Path, wrong: dict[str, Any], field: str) -> None:
    pulled = read(pit(tmp_path, place(**{HARD: 30} | wrong), place(Site="Reef 2", **{HARD: 31})))
    assert refusals(pulled.parsed) == [("reef_surveys", 1, field)]
    assert [row["value"] for row in pulled.rows] == [31]


def test_a_folder_of_one_workbook_for_each_method_is_one_set_of_surveys(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    sheets = sheets_of(event(1, {"benthicpit": cover(10), "beltfish": {"biomass_kgha_avg": 200}}))
    for name, rows in sheets.items():
        save(folder / f"{name}.xlsx", {name: rows})
    save(folder / "Benthic PIT SE later.xlsx", {"Benthic PIT SE": [sheets["Benthic PIT SE"][0] | {HARD: 12}]})
    (folder / "~$Belt Fish SE.xlsx").write_bytes(b"held open")
    pulled = read(folder)
    assert {(row["method"], row["value"]) for row in pulled.rows} == {("benthicpit", 12), ("beltfish", 200)}
    assert pulled.figures["surveys"] == 1
    assert "1 sample events stand in more than one workbook" in pulled.notices


def test_workbooks_beside_answers_are_refused(tmp_path: Path) -> None:
    pit(tmp_path, place(**{HARD: 30}))
    (tmp_path / "page.json").write_text("[]")
    with pytest.raises(SourceRefused, match="workbooks and JSON answers"):
        read(tmp_path)


def test_projects_and_countries_choose_among_the_rows(tmp_path: Path) -> None:
    path = pit(tmp_path, place(**{HARD: 30}), place(**{HARD: 31, "Project name": "Other"}))
    pulled = read(path, projects=["invented reefs"], countries=["Atlantis"], site={"Invented Reefs": "1", "Other": "2"})
    assert [(row["value"], row["site_id"]) for row in pulled.rows] == [(30, "1")]


def test_any_other_workbook_is_told_by_its_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(SourceChanged, match="it has: Sheet"):
        read(tmp_path / "other.xlsx")
