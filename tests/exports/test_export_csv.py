"""Rows as CSV: read back by another reader they are what they were, and no cell runs."""

import csv
import io
import math
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from exports.csv_cells import SPREADSHEET_STARTS, inert
from exports.package_csv import csv_chunks
from tests.exports.merged_fakes import NASTY

MOMENT = pa.timestamp("us", tz="UTC")
nasty = st.sampled_from([text for text in NASTY if text is not None])
starts = st.sampled_from([*SPREADSHEET_STARTS, *'",\r\n\t ', "'", "a", "é", "🐅", "ÿ", "﹦"])
texts = nasty | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")) | st.text(starts)
moments = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC))


def written(values: list[Any], kind: pa.DataType, at_once: int = 3) -> str:
    """The second column as text, the first being filled so that no line is empty."""
    numbers = pa.array([str(n) for n in range(len(values))], pa.string())
    table = pa.table({"n": numbers, "value": pa.array(values, kind)})
    return b"".join(csv_chunks(["n", "value"], table.to_batches(max_chunksize=at_once))).decode()


def cells(values: list[Any], kind: pa.DataType, at_once: int = 3) -> list[str]:
    header, *lines = csv.reader(io.StringIO(written(values, kind, at_once), newline=""))
    assert header == ["n", "value"]
    assert [line[0] for line in lines] == [str(n) for n in range(len(values))]
    return [line[1] for line in lines]


@given(values=st.lists(texts | st.none()), at_once=st.integers(1, 5))
def test_texts_come_back_with_those_that_would_run_made_inert(values: list[str | None], at_once: int) -> None:
    assert cells(values, pa.string(), at_once) == ["" if value is None else inert(value) for value in values]


@given(values=st.lists(texts, min_size=1))
def test_no_cell_begins_as_a_formula_does(values: list[str]) -> None:
    assert not [cell for cell in cells(values, pa.string()) if cell.startswith(SPREADSHEET_STARTS)]


def test_an_empty_text_is_told_from_nothing_and_lines_end_as_the_standard_says() -> None:
    assert written(["", None, "a"], pa.string()) == 'n,value\r\n0,""\r\n1,\r\n2,a\r\n'


@given(values=st.lists(moments | st.none(), max_size=8))
def test_moments_are_iso_8601_in_utc(values: list[datetime | None]) -> None:
    for value, cell in zip(values, cells(values, MOMENT), strict=True):
        if value is None:
            assert cell == ""
        else:
            assert cell.endswith("Z")
            assert cell[10] == "T"
            assert datetime.fromisoformat(cell) == value
            assert ("." in cell) == bool(value.microsecond)


def test_a_moment_is_written_as_people_expect() -> None:
    assert cells([datetime(2026, 5, 31, 6, 30, tzinfo=UTC)], MOMENT) == ["2026-05-31T06:30:00Z"]


@given(values=st.lists(st.floats() | st.none()))
def test_numbers_come_back_to_the_last_digit(values: list[float | None]) -> None:
    found = cells(values, pa.float64())
    for value, cell in zip(values, found, strict=True):
        assert cell == "" if value is None else float(cell) == value or (math.isnan(value) and cell == "nan")


def test_infinite_numbers_are_named_as_table_schema_names_them() -> None:
    assert cells([math.inf, -math.inf, 1.5], pa.float64()) == ["INF", "-INF", "1.5"]


def test_days_flags_and_whole_numbers_are_plain() -> None:
    assert cells([date(2026, 5, 31), None], pa.date32()) == ["2026-05-31", ""]
    assert cells([True, False, None], pa.bool_()) == ["true", "false", ""]
    assert cells([-5, None, 2**62], pa.int64()) == ["-5", "", str(2**62)]


def test_a_slice_of_a_larger_block_gives_its_own_rows() -> None:
    batch = pa.record_batch({"a": pa.array(["x,1", "=2", "", None, "y"]), "b": pa.array([1.0, None, 3.0, 4.0, 5.0])})
    whole = b"".join(csv_chunks(["a", "b"], [batch])).splitlines()
    parts = b"".join(csv_chunks(["a", "b"], [batch.slice(0, 2), batch.slice(2, 0), batch.slice(2)])).splitlines()
    assert parts == whole


def test_a_table_without_rows_is_its_header() -> None:
    assert written([], pa.string()) == "n,value\r\n"
