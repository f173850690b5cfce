"""Columns of text become times, numbers and words; what cannot be read is empty, and only that."""

from datetime import UTC, datetime, timedelta, timezone

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.columns import flags, moments, numbers, trimmed, unreadable, words
from data.schema import NUMBER, TEXT, WHOLE, Field

NOON = datetime(2024, 5, 31, 12, tzinfo=UTC)
OFFSETS = st.integers(-56, 56).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
BROKEN = st.sampled_from(
    ["2020-07-29TT05:29:41Z", "2020-06-1921:00:00Z", "", "2024-05-31", "noon", "0000-01-01T00:00Z"]
)


def column(*cells: str | None) -> pa.Array:
    return pa.array(cells, pa.string())


@pytest.mark.parametrize(
    ("written", "offset_min"),
    [
        ("2024-05-31T12:00:00Z", 0),
        ("2024-05-31T20:00:00+08:00", 480),
        ("2024-05-31T20:00:00+0800", 480),
        ("2024-05-31T20:00:00+08", 480),
        ("2024-05-31 06:30:00.000-05:30", -330),
        ("2024-05-31T12:00Z", 0),
        (" 2024-05-31t12:00:00z ", 0),
        ("2024-05-31T12:00:00.000000000Z", 0),
    ],
)
def test_a_moment_is_read_as_it_is_written_in_practice(written: str, offset_min: int) -> None:
    read = moments(column(written))
    assert (read.at[0].as_py(), read.utc_offset_min[0].as_py()) == (NOON, offset_min)
    assert not read.lacks_offset[0].as_py()


@pytest.mark.parametrize(
    "written",
    ["2024-05-31", "2024-13-31T12:00:00Z", "2024-05-31T12:00:00+15:00", "1600-01-01T00:00:00Z", "2024-05-31T25:00:00Z"],
)
def test_a_moment_that_cannot_be_is_empty(written: str) -> None:
    assert moments(column(written)).at.to_pylist() == [None]


def test_a_time_zone_gives_summer_and_winter_their_own_offset() -> None:
    read = moments(column("2024-01-31T13:00:00", "2024-07-31T14:00:00"), "Europe/Brussels")
    assert [moment.hour for moment in read.at.to_pylist()] == [12, 12]
    assert read.utc_offset_min.to_pylist() == [60, 120]
    assert read.lacks_offset.to_pylist() == [True, True]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=OFFSETS),
            BROKEN,
            st.none(),
        ),
        max_size=40,
    )
)
def test_good_moments_survive_beside_broken_ones(cells: list[datetime | str | None]) -> None:
    written = [cell.isoformat() if isinstance(cell, datetime) else cell for cell in cells]
    read = moments(column(*written))
    assert read.at.to_pylist() == [cell if isinstance(cell, datetime) else None for cell in cells]
    for cell, offset_min in zip(cells, read.utc_offset_min.to_pylist(), strict=True):
        if isinstance(cell, datetime):
            assert timedelta(minutes=offset_min) == cell.utcoffset()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.integers(-10, 10**10).map(str), st.sampled_from(["x", "1_0", "inf", "nan ", "1e400"]))))
def test_whole_numbers_survive_beside_other_text(cells: list[str]) -> None:
    read = numbers(column(*cells), Field("count", WHOLE, "", minimum=1))
    numeric = [int(cell) if cell.lstrip("-").isdigit() else 0 for cell in cells]
    assert read.to_pylist() == [number if 1 <= number < 2**31 else None for number in numeric]


def test_a_number_may_be_written_as_a_float_and_must_lie_in_its_range() -> None:
    written = column("12.0", "1.5", " 7 ", "1e2", None, "-1")
    assert numbers(written, Field("count", WHOLE, "", minimum=0)).to_pylist() == [12, None, 7, 100, None, None]
    assert numbers(written, Field("height", NUMBER, "", maximum=7)).to_pylist() == [None, 1.5, 7, None, None, -1]


def test_words_are_known_in_any_case_and_unknown_ones_are_found_again() -> None:
    text = column("Human", " machine ", "crowd", None)
    read = words(text, {"human": "human", "machine": "machine"}, TEXT)
    assert read.to_pylist() == ["human", "machine", None, None]
    assert unreadable(text, read).to_pylist() == [False, False, True, False]
    assert flags(column("TRUE", "0", "maybe", None)).to_pylist() == [True, False, None, None]


def test_blanks_around_a_name_are_no_part_of_it() -> None:
    assert trimmed(column(" d1", "d1", "\t ", None)).to_pylist() == ["d1", "d1", None, None]
