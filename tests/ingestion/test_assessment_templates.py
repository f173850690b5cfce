"""The workbooks for assessments and the work plan: guided, prefilled, and read as they were filled in."""

import json
import re
from datetime import date
from pathlib import Path

import openpyxl
import pytest

import ingest
from connectors.assessment_template import TEMPLATE
from connectors.base import Payload, Rows, Source
from connectors.errors import SourceRefused
from connectors.programme import Programme
from connectors.programme_template import TEMPLATE as WORK_PLAN
from data.standards import GREEN_LIST, standard
from tests.connectors.assessment_readings import read_files

GUIDE = Path(ingest.__file__).parent / "docs" / "assessment-template.md"
FIRST_ROW = 3


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "assessment.xlsx"
    assert ingest.main(["template", "green_list", "-o", str(path)]) == ingest.OK
    return path


def fill(sheet, row: int, **cells: object) -> None:
    headings = [cell.value for cell in sheet[1]]
    for name, value in cells.items():
        sheet.cell(row, headings.index(name) + 1).value = value


def test_the_template_names_every_indicator_that_is_described_and_nothing_is_rated(template: Path) -> None:
    sheet = openpyxl.load_workbook(template)[TEMPLATE.sheet]
    place = [cell.value for cell in sheet[1]].index("indicator_id")
    named = [row[place] for row in sheet.iter_rows(FIRST_ROW, values_only=True)]
    assert named == list(standard(GREEN_LIST).indicators)
    with pytest.raises(SourceRefused, match="no row is filled in"):
        read_files(template)


def test_a_filled_template_is_read_as_it_was_filled(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    sheet = book[TEMPLATE.sheet]
    ids = list(standard(GREEN_LIST).indicators)
    fill(sheet, FIRST_ROW, site_id=555500401, assessment_id="v-1", assessment_date=date(2026, 3, 1), phase="candidate")
    fill(sheet, FIRST_ROW, rating="met", evidence_date=date(2025, 12, 31))
    fill(sheet, FIRST_ROW + 1, rating="partly", note="Half of the villages")
    end = sheet.max_row + 1
    fill(sheet, end, indicator_id=ids[1], role="reviewer", rating="not_met")
    fill(sheet, end + 1, indicator_id="3.4.2", role="self", rating="not_applicable")
    book.save(template)
    found = read_files(template)
    assert found.ratings == {
        ("v-1", ids[0], "self"): "met",
        ("v-1", ids[1], "self"): "partly",
        ("v-1", ids[1], "reviewer"): "not_met",
        ("v-1", "GLS-V1.1-3.4.2", "self"): "not_applicable",
    }
    assert found.assessments["v-1"]["assessed_on"] == date(2026, 3, 1)
    assert not found.refused
    assert "stay unknown" in found.notices


def test_a_check_knows_the_criteria_of_the_standard(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.csv"
    heading = "assessment_id,site_id,tool,assessment_date,indicator_id,rating"
    path.write_text(
        f"{heading}\na,7,green_list,2026,GLS-V1.1-3.7.9,met\na,,,,GLS-V1.1-1.7.1,met\na,,,,house rule,met\n"
    )
    assert ingest.main(["check", "assessments", str(path), "--json"]) == ingest.OK
    figures = json.loads(capsys.readouterr().out)["figures"]
    assert figures["unknown_indicators"] == ["GLS-V1.1-1.7.1", "house rule"]
    assert (figures["assessments"], figures["sites"], figures["ratings"]) == (1, 1, 3)


def test_a_check_of_every_kind_of_file_is_shown_to_people(capsys: pytest.CaptureFixture[str]) -> None:
    files = Path(ingest.__file__).parent / "tests" / "payloads" / "assessments" / "files"
    assert ingest.main(["check", "assessments", str(files)]) == ingest.OK
    shown = capsys.readouterr().out
    assert "planning" in shown
    assert "excellent" in shown


def test_the_drop_downs_offer_roles_and_ratings(template: Path) -> None:
    sheet = openpyxl.load_workbook(template)[TEMPLATE.sheet]
    offered = {choices.formula1 for choices in sheet.data_validations.dataValidation}
    assert {'"met,partly,not_met,not_applicable"', '"self,expert_group,reviewer"'} <= offered


def test_the_examples_of_the_guide_are_read_without_complaint(tmp_path: Path) -> None:
    (example,) = re.findall(r"```csv\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "example.csv"
    path.write_text(example)
    found = read_files(path)
    assert len(found.ratings) == 3
    assert not found.refused
    assert not found.notices


@pytest.mark.parametrize("column", [column.name for table in (TEMPLATE, WORK_PLAN) for column in table.columns])
def test_the_guide_explains_every_column(column: str) -> None:
    explained = [line.split("|")[1] for line in GUIDE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    assert any(f"`{column}`" in names for names in explained)


def test_a_filled_work_plan_is_read_as_it_was_filled(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    assert ingest.main(["template", "programme", "-o", str(path)]) == ingest.OK
    book = openpyxl.load_workbook(path)
    sheet = book[WORK_PLAN.sheet]
    fill(sheet, FIRST_ROW, item_id="m1", site_id=7, kind="milestone", title="Tower stands", due_on=date(2026, 6, 30))
    fill(sheet, FIRST_ROW, criterion=3.4)
    book.save(path)
    parsed = Programme().parse(Source("plan", "programme", str(path)), (Payload(path.name, path),))
    (row,) = [row for item in parsed if isinstance(item, Rows) for row in item.rows.to_pylist()]
    assert (row["item_id"], row["site_id"], row["due_on"], row["criterion"]) == ("m1", "7", date(2026, 6, 30), "3.4")
