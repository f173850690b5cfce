"""The workbook: read back by another library, texts are texts, and nothing in it runs or leads anywhere."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from openpyxl.utils.escape import unescape

from data import queries
from data.queries.merged import Choice
from exports import data_package, package_xlsx
from exports.context import Context, NotOffered
from exports.tables import table_chunks
from tests.exports import merged_fakes
from tests.exports.merged_fakes import NASTY, ROWS, stored


def book(context: Context, *names: str) -> bytes:
    package = b"".join(data_package.chunks(merged_fakes.spec("xlsx", *names), context))
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return archive.read("data/data.xlsx")


def as_written(text: str | None) -> str | None:
    """What a workbook can hold of a text: one sign for the end of a line, and no control signs."""
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign if sign >= " " or sign in "\t\n" else " " for sign in lines) or None


def test_every_table_is_a_sheet_between_an_explanation_and_a_dictionary(faked: Context) -> None:
    opened = openpyxl.load_workbook(io.BytesIO(book(faked)))
    assert opened.sheetnames == ["Read me", *ROWS, "Dictionary"]
    for name in ROWS:
        sheet = opened[name]
        assert [cell.value for cell in sheet[1]] == stored(name).column_names
        assert sheet.max_row == len(ROWS[name]) + 1
    meanings = list(opened["Dictionary"].values)
    assert meanings[0] == ("table", "column", "type", "unit", "meaning")
    assert len(meanings) == 1 + sum(len(stored(name).column_names) for name in ROWS)
    told = [cell for (cell,) in opened["Read me"].values if cell]
    assert any("19 rows: position on a grid" in line for line in told)


def test_cells_hold_what_the_data_layer_gave(faked: Context) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(book(faked, "sites", "detections")))["sites"]
    found = pd.DataFrame(list(sheet.values)[1:], columns=stored("sites").column_names)
    for column in ("site_id", "is_oecm", "status_year", "area_km2", "latitude"):
        assert found[column].astype(object).where(found[column].notna(), None).tolist() == pytest.approx(
            stored("sites")[column].to_pylist()
        )
    days = [None if pd.isna(day) else day.date() for day in found["expires_on"]]
    assert days == stored("sites")["expires_on"].to_pylist()


def test_texts_stay_texts_whatever_stands_in_them(faked: Context) -> None:
    content = book(faked, "sites")
    sheet = openpyxl.load_workbook(io.BytesIO(content))["sites"]
    cells = [row[1] for row in sheet.iter_rows(min_row=2)][: len(NASTY)]
    for cell, text in zip(cells, NASTY, strict=True):
        assert cell.data_type in ("s", "inlineStr", "n")
        assert cell.hyperlink is None
        found = unescape(cell.value) if cell.value else None
        if text is None or not text.startswith("<r>"):
            assert found == as_written(text)
        else:
            assert found == f" {text}"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            inside = archive.read(name)
            assert b"<f>" not in inside, name
            assert b"<hyperlink" not in inside, name
            assert b"externalLink" not in inside, name


def test_moments_are_dates_and_those_before_the_calendar_are_texts(faked: Context) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(book(faked, "detections")))["detections"]
    header = [cell.value for cell in sheet[1]]
    first = dict(zip(header, [cell.value for cell in sheet[2]], strict=True))
    assert first["started_at"] == datetime(2026, 1, 1, 23, 59, 59)
    assert first["ended_at"] == "1899-12-31T01:02:03Z"


def test_an_early_day_and_an_endless_number_are_texts(faked: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {**ROWS["sites"][0], "expires_on": date(1850, 1, 1), "area_km2": float("inf"), "site_name": "x" * 40_000}
    rows = pa.Table.from_pylist([row], schema=stored("sites").schema)
    monkeypatch.setattr(queries, "merged_batches", lambda *asked: iter(rows.to_batches()))
    content = b"".join(table_chunks("sites", (), Choice(), "xlsx", faked))
    sheet = openpyxl.load_workbook(io.BytesIO(content))["sites"]
    header, values = ([cell.value for cell in line] for line in sheet.iter_rows())
    found = dict(zip(header, values, strict=True))
    assert (found["expires_on"], found["area_km2"]) == ("1850-01-01", "INF")
    assert len(found["site_name"]) == 32_767
    assert found["site_name"].endswith("the other formats have all of it)")


def test_a_large_table_is_refused_with_what_to_take_instead(faked: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "merged_count", lambda *asked: 50_000)
    two = merged_fakes.spec("xlsx", "sites", "detections")
    assert data_package.chunks(two, faked)
    monkeypatch.setattr(queries, "merged_count", lambda *asked: 50_001)
    with pytest.raises(NotOffered, match="100,000 rows here, and these are 100,002: take CSV or Parquet"):
        data_package.chunks(two, faked)
    monkeypatch.setattr(queries, "merged_count", lambda *asked: 100_001)
    with pytest.raises(NotOffered, match="take CSV or Parquet"):
        table_chunks("sites", (), Choice(), "xlsx", faked)


def test_a_workbook_of_the_demo_says_so_first(faked: Context) -> None:
    content = b"".join(table_chunks("sites", (), Choice(), "xlsx", replace(faked, is_demo=True)))
    lines = [cell for (cell,) in openpyxl.load_workbook(io.BytesIO(content))["Read me"].values if cell]
    assert lines[2] == "- Demo data: these numbers are made up."


def test_the_library_leaves_no_trace_of_the_clock(faked: Context, tmp_path: Path) -> None:
    opened = openpyxl.load_workbook(io.BytesIO(book(faked, "sites")))
    assert opened.properties.created == faked.view.committed_at.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    assert package_xlsx.MOST_ROWS == 100_000
