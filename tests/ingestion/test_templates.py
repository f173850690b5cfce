"""The empty workbooks of `ingest.py template`: whoever fills one in is guided, and read as they filled it in."""

import re
from datetime import date
from pathlib import Path

import openpyxl
import pytest

import ingest
from connectors.errors import SourceChanged, SourceRefused
from connectors.restoration_template import TEMPLATE
from ingestion.templates import GUIDANCE
from tests.connectors.restoration_records import HEADING, read_files


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "reef.xlsx"
    assert ingest.main(["template", "restoration", "-o", str(path)]) == ingest.OK
    return path


def test_the_empty_template_says_that_no_row_is_filled_in(template: Path) -> None:
    with pytest.raises(SourceRefused, match="no row is filled in"):
        read_files(template)


@pytest.mark.parametrize("keeps_guidance", [True, False])
def test_a_filled_template_is_read_as_it_was_filled(template: Path, keeps_guidance: bool) -> None:
    book = openpyxl.load_workbook(template)
    sheet = book[TEMPLATE.sheet]
    if not keeps_guidance:
        sheet.delete_rows(2)
    first = sheet.max_row + 1
    sheet.append(["C-1", date(2025, 3, 1), "North Reef", "Porites inventa", "Lagoon", 10])
    sheet.append(["C-1", None, None, None, None, None, date(2025, 9, 1), None, 7, 2, 1])
    sheet.append([7, "2025-03-01", "South Reef", None, None, None, date(2025, 9, 1), "dead"])
    sheet.append(["A-2", None, "South Reef", None, None, None, date(2025, 9, 1), "dead"])
    book.save(template)
    found = read_files(template)
    assert found.counts() == {("C-1", "2025-09-01"): (7, 2, 1), ("7", "2025-09-01"): (0, 1, 0)}
    assert found.refused == [(first + 3, "planted_on")]
    assert not found.notices


def test_a_workbook_without_the_table_names_what_it_has(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["coral", "day"])
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(SourceChanged, match="no sheet with a column fragment_id.*coral, day"):
        read_files(tmp_path / "other.xlsx")


def test_the_template_guides_whoever_fills_it_in(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    sheet, guidance = book[TEMPLATE.sheet], book[GUIDANCE]
    headings = [cell.value for cell in sheet[1]]
    assert headings == HEADING.split(",")
    assert all(cell.comment for cell in sheet[1])
    assert sheet.freeze_panes == "B3"
    (choices,) = sheet.data_validations.dataValidation
    assert choices.formula1 == '"alive,dead,lost"'
    assert "H3" in choices.sqref
    explained = [row[0] for row in guidance.iter_rows(values_only=True)]
    assert set(headings) <= set(explained)


def test_a_template_never_replaces_a_file(template: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = template.read_bytes()
    assert ingest.main(["template", "restoration", "-o", str(template)]) == ingest.WRONG_USE
    assert "exists already" in " ".join(capsys.readouterr().err.split())
    assert template.read_bytes() == before
    assert ingest.main(["template", "restoration", "-o", str(template.with_suffix(".csv"))]) == ingest.WRONG_USE
    assert ingest.main(["template", "restoration", "-o", str(template.parent / "no" / "x.xlsx")]) == ingest.WRONG_USE


def test_the_examples_of_the_guide_are_read_without_complaint(tmp_path: Path) -> None:
    guide = Path(ingest.__file__).parent / "docs" / "restoration-template.md"
    examples = re.findall(r"```csv\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
    assert len(examples) == 2
    for number, example in enumerate(examples):
        path = tmp_path / f"{number}.csv"
        path.write_text(example)
        found = read_files(path)
        assert found.rows
        assert not found.refused
        assert not found.notices


def test_the_guide_explains_every_column() -> None:
    guide = Path(ingest.__file__).parent / "docs" / "restoration-template.md"
    assert all(f"| `{column.name}` |" in guide.read_text(encoding="utf-8") for column in TEMPLATE.columns)
