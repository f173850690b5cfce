"""Writes the empty workbooks that people fill in, for the connectors that read such a table."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from connectors import assessment_template, programme_template, restoration_template
from connectors.template import Column, Template
from data.standards import GREEN_LIST, standard


def _green_list() -> Template:
    """The assessment table with one row for each indicator that the standard describes."""
    known = standard(GREEN_LIST)
    rows = tuple(
        {
            "tool": "green_list",
            "tool_version": GREEN_LIST,
            assessment_template.INDICATOR: indicator.indicator_id,
            "indicator_text": indicator.text,
        }
        for indicator in known.indicators.values()
    )
    missing = (
        f"{len(rows)} of the {known.indicator_count} generic indicators are publicly known, some by number only, "
        "and stand here; add a row for each other one of yours, with the number that it has."
    )
    return replace(assessment_template.TEMPLATE, rules=(*assessment_template.TEMPLATE.rules, missing), rows=rows)


TEMPLATES: Mapping[str, Template] = {
    "restoration": restoration_template.TEMPLATE,
    "green_list": _green_list(),
    "programme": programme_template.TEMPLATE,
}
GUIDANCE = "How to fill it in"
AUTHOR = "Template"
FIRST_ROW = 3
LAST_ROW = 1_048_576
DAY_FORMAT = "yyyy-mm-dd"
WIDTH = 22
GUIDANCE_WIDTHS = (18, 64, 32, 26)
HEADING = PatternFill("solid", fgColor="E2ECE9")
WRAPPED = Alignment(wrap_text=True, vertical="top")


def write_template(template: Template, path: Path) -> None:
    """Write the workbook to fill in: headings with guidance, drop-downs, day formats, and a sheet that explains them.

    Raises ValueError when the name does not end in .xlsx, or the file exists: it may be filled in already.
    """
    if path.suffix.lower() != ".xlsx":
        raise ValueError(f"{path.name} must end in .xlsx")
    workbook = Workbook()
    _write_table(workbook.active, template)
    _write_guidance(workbook.create_sheet(GUIDANCE), template)
    try:
        with path.open("xb") as file:
            workbook.save(file)
    except FileExistsError as error:
        raise ValueError(f"{path} exists already, and may be filled in; choose another name") from error
    except OSError as error:
        raise ValueError(f"{path} cannot be written ({error.strerror})") from error


def _write_table(sheet: Worksheet, template: Template) -> None:
    sheet.title = template.sheet
    sheet.append([column.name for column in template.columns])
    sheet.append([column.hint for column in template.columns])
    for position, column in enumerate(template.columns, 1):
        letter = get_column_letter(position)
        sheet.column_dimensions[letter].width = WIDTH
        if column.kind == "day":
            sheet.column_dimensions[letter].number_format = DAY_FORMAT
        heading, hint = sheet.cell(1, position), sheet.cell(2, position)
        heading.font, heading.fill = Font(bold=True), HEADING
        heading.comment = Comment(f"{column.meaning}. Example: {column.example}", AUTHOR)
        hint.font, hint.alignment = Font(italic=True, color="595959"), WRAPPED
        if column.allowed:
            sheet.add_data_validation(_choices(column, letter))
    for row in template.rows:
        sheet.append([row.get(column.name) for column in template.columns])
    sheet.freeze_panes = sheet.cell(FIRST_ROW, 2)


def _choices(column: Column, letter: str) -> DataValidation:
    choices = DataValidation("list", formula1=f'"{",".join(column.allowed)}"', allow_blank=True, showErrorMessage=True)
    choices.error = f"Choose one of {', '.join(column.allowed)}"
    choices.add(f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}")
    return choices


def _write_guidance(sheet: Worksheet, template: Template) -> None:
    sheet.append([template.title])
    sheet.append([])
    for rule in template.rules:
        sheet.append([rule])
    sheet.append([])
    sheet.append(["Column", "Meaning", "When to fill it in", "Example"])
    headings = sheet[sheet.max_row]
    for column in template.columns:
        meaning = f"{column.meaning} ({' | '.join(column.allowed)})" if column.allowed else column.meaning
        sheet.append([column.name, meaning, column.needed, column.example])
    for cell in (sheet["A1"], *headings):
        cell.font = Font(bold=True)
    for position, width in enumerate(GUIDANCE_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(position)].width = width
