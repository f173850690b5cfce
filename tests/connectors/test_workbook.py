"""Workbooks become rows of text, and one that is made to fill the memory is refused before anything is built."""

import io
import tracemalloc
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import workbook
from connectors.errors import SourceRefused
from connectors.workbook import read_workbook

SHARED = "xl/sharedStrings.xml"
SHARED_TYPE = (
    f'<Override PartName="/{SHARED}" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ADVICE = "save it again as .xlsx, or save the sheet as CSV"


def saved(path: Path, sheets: Mapping[str, list[list]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def changed(path: Path, parts: Mapping[str, bytes]) -> Path:
    """The workbook with some parts in place of its own, or beside them."""
    with zipfile.ZipFile(path) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()} | dict(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in kept.items():
            archive.writestr(name, content)
    return path


def sheet_xml(rows: str, before: str = "", declared: str = "") -> bytes:
    return f'{before}<worksheet xmlns="{MAIN}">{declared}<sheetData>{rows}</sheetData></worksheet>'.encode()


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return saved(tmp_path / "small.xlsx", {"Reef": [["name", "count"], ["a", 1]]})


def refused(path: Path) -> SourceRefused:
    with pytest.raises(SourceRefused, match="reef: file") as caught:
        read_workbook(path, "reef: file")
    assert ADVICE in caught.value.advice
    return caught.value


def test_every_kind_of_cell_is_the_text_that_a_csv_file_would_have(tmp_path: Path) -> None:
    row = ["  text ", 12, 12.0, 2.5, 0.1 + 0.2, True, date(2026, 3, 1), datetime(2026, 3, 1, 8, 30), None, "=1+1", ""]
    path = saved(tmp_path / "book.xlsx", {"One": [row, [], ["last"]], "Two": []})
    assert read_workbook(path, "reef") == {
        "One": [
            ["  text ", "12", "12", "2.5", "0.3", "TRUE", "2026-03-01", "2026-03-01T08:30:00"],
            [],
            ["last"],
        ],
        "Two": [],
    }


@given(st.lists(st.lists(st.integers(-(10**14), 10**14) | st.dates(date(1901, 1, 1)), min_size=1), max_size=4))
def test_numbers_and_days_come_back_as_they_were_written(rows: list[list]) -> None:
    file = io.BytesIO()
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(file)
    assert workbook._sheets(file, "reef") == {"Sheet": [[str(cell) for cell in row] for row in rows]}


def test_a_formula_gives_the_value_stored_with_it(small: Path) -> None:
    row = '<row r="1"><c r="A1"><f>40+2</f><v>42</v></c><c r="B1" t="str"><f>"a"&amp;"b"</f><v>ab</v></c></row>'
    assert read_workbook(changed(small, {SHEET: sheet_xml(row)}), "reef") == {"Reef": [["42", "ab"]]}


def test_a_wrong_size_of_a_sheet_takes_no_memory(small: Path) -> None:
    declared = '<dimension ref="A1:XFD1048576"/>'
    row = '<row r="2"><c r="B2"><v>7</v></c></row>'
    path = changed(small, {SHEET: sheet_xml(row, declared=declared)})
    tracemalloc.start()
    try:
        assert read_workbook(path, "reef") == {"Reef": [[], ["", "7"]]}
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_macros_and_links_to_other_files_are_passed_over(small: Path) -> None:
    parts = {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0macro", "xl/externalLinks/externalLink1.xml": b"<externalLink/>"}
    assert read_workbook(changed(small, parts), "reef") == {"Reef": [["name", "count"], ["a", "1"]]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "[Content_Types].xml"])
def test_entities_are_refused_in_every_part(small: Path, part: str, encoding: str) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>'
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    content = f"{head}{bomb}<worksheet>&c;</worksheet>".encode(encoding)
    assert "entities" in str(refused(changed(small, {part: content})))


def test_a_part_that_unpacks_to_too_much_is_refused(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "UNZIPPED_MAX_BYTES", 50_000)
    assert "too large when unpacked" in str(refused(changed(small, {"xl/media/image1.png": bytes(60_000)})))


def test_a_part_that_understates_its_size_is_refused(small: Path) -> None:
    content = b"0" * 60_000
    path = changed(small, {"xl/media/image1.png": content})
    stated = path.read_bytes().replace(len(content).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(stated)
    refused(path)


def test_a_row_without_end_is_refused_before_it_is_built(small: Path) -> None:
    nested = "<row/>" + "<c/>" * (workbook.ELEMENTS_MAX // 2)
    for inside in ("<c/>" * (workbook.ELEMENTS_MAX + 1), nested * 3):
        assert "too large" in str(refused(changed(small, {SHEET: sheet_xml(f"<row>{inside}</row>")})))


@pytest.mark.parametrize("start", ["<!--", "<c r='"])
def test_a_tag_without_end_is_refused(small: Path, start: str) -> None:
    endless = "x" * (workbook.TAG_MAX_BYTES + 2 * workbook.CHUNK_BYTES)
    assert "too large" in str(refused(changed(small, {SHEET: sheet_xml(f"<row>{start}{endless}")})))


@pytest.mark.parametrize("is_shared", [True, False])
@pytest.mark.parametrize("runs", [1, 3])
def test_a_text_that_is_longer_than_excel_allows_is_refused(
    small: Path, monkeypatch: pytest.MonkeyPatch, is_shared: bool, runs: int
) -> None:
    def workbook_of(letters: int) -> Path:
        ends = [letters * place // runs for place in range(runs + 1)]
        text = "".join(f"<r><t>{'x' * (end - start)}</t></r>" for start, end in pairwise(ends))
        cell = '<c t="s"><v>0</v></c>' if is_shared else f'<c t="inlineStr"><is>{text}</is></c>'
        texts = f'<sst xmlns="{MAIN}"><si>{text}</si></sst>'.encode()
        parts = {SHEET: sheet_xml(f"<row>{cell * 2}</row>"), SHARED: texts, "[Content_Types].xml": types}
        return changed(small, parts)

    with zipfile.ZipFile(small) as archive:
        types = archive.read("[Content_Types].xml").replace(b"</Types>", SHARED_TYPE.encode() + b"</Types>")

    # The limit is Microsoft's: "Total number of characters that a cell can contain".
    assert read_workbook(workbook_of(32_767), "reef") == {"Reef": [["x" * 32_767] * 2]}
    monkeypatch.setattr(workbook, "_sheets", lambda *_: pytest.fail("it was built"))
    assert "32,767 letters" in str(refused(workbook_of(32_768)))


def test_a_long_remark_beside_the_cells_is_passed_over(small: Path) -> None:
    remarks = f"<comments><commentList><comment><text><t>{'x' * 40_000}</t></text></comment></commentList></comments>"
    path = changed(small, {"xl/comments1.xml": remarks.encode()})
    assert read_workbook(path, "reef") == {"Reef": [["name", "count"], ["a", "1"]]}


def test_more_rows_cells_or_columns_than_the_limits_are_refused(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "CELLS_MAX", 200_000)
    far_row = f'<row r="{workbook.ROWS_MAX + 1}"><c><v>1</v></c></row>'
    assert "1,000,000 rows" in str(refused(changed(small, {SHEET: sheet_xml(far_row)})))
    far_column = '<row r="1"><c r="BXY1"><v>1</v></c></row>'
    assert "2,000 columns" in str(refused(changed(small, {SHEET: sheet_xml(far_column)})))
    wide = "".join(f'<row r="{number}"><c r="ZZZ{number}"/></row>' for number in range(1, 13))
    assert "cells" in str(refused(changed(small, {SHEET: sheet_xml(wide)})))


@pytest.mark.parametrize("start", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html>", b"", b"PK\x03\x04rest is lost"])
def test_what_is_no_workbook_is_refused_with_what_to_do(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "file.xlsx"
    path.write_bytes(start + bytes(600 if start else 0))
    refused(path)


def test_an_old_or_locked_file_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert "old .xls file or is locked with a password" in str(refused(path))


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_a_damaged_part_is_a_refusal(small: Path, part: str) -> None:
    refused(changed(small, {part: b"<broken"}))
