"""Columns of text from outside: one line, inert, and identifiers that never become the same."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.column_text import hashes, identifiers, labelled, listed, mapped, moments, vocabulary, words
from exports.csv_cells import inert, one_line

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
odd = st.sampled_from(["=1", " a", "a ", "a\nb", "a b", "a  b", "\u202ex", "＝x", "NA", "", "'", "a\u00a0b", "-", "|"])
cells = st.lists(st.none() | texts | odd, max_size=12)
offsets = st.none() | st.integers(-14 * 60, 14 * 60)
ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


def column(values: list[str | None]) -> pa.Array:
    return pa.array(values, pa.string())


@given(values=cells)
def test_words_are_what_one_cell_at_a_time_would_be(values: list[str | None]) -> None:
    expected = [None if value is None else inert(one_line(value)) or None for value in values]
    assert words(column(values)).to_pylist() == expected


@given(values=cells, source=st.sampled_from(["cameras", "-a", "b c"]))
def test_identifiers_of_one_source_stay_apart_and_on_one_line(values: list[str | None], source: str) -> None:
    found = identifiers(column([source] * len(values)), column(values)).to_pylist()
    assert [one is None for one in found] == [value is None for value in values]
    assert len(set(found)) == len(set(values))
    for one, value in zip(found, values, strict=True):
        if value is not None:
            assert one_line(one) == one or value == ""
            assert inert(one) == one
            if value == one_line(value):
                assert one == f"{inert(source)}:{value}"


@given(pairs=st.sets(st.tuples(st.sampled_from(["a", "b"]), texts | odd), max_size=10))
def test_identifiers_of_several_sources_stay_apart(pairs: set[tuple[str, str]]) -> None:
    sources, own = [a for a, _ in pairs], [b for _, b in pairs]
    assert len(set(identifiers(column(sources), column(own)).to_pylist())) == len(pairs)


@given(rows=st.lists(st.tuples(st.none() | texts, st.none() | texts), max_size=10))
def test_hashes_tell_rows_apart(rows: list[tuple[str | None, str | None]]) -> None:
    found = hashes(column([a for a, _ in rows]), column([b for _, b in rows])).to_pylist()
    kinds = {(a, b) for a, b in rows if not any({"\x1e", "\x1f"} & set(text or "") for text in (a, b))}
    assert len({one for one, row in zip(found, rows, strict=True) if row in kinds}) == len(kinds)


@given(
    rows=st.lists(
        st.tuples(st.datetimes(datetime(1900, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC)), offsets), max_size=8
    )
)
def test_moments_are_the_same_instants_in_local_time(rows: list[tuple[datetime, int | None]]) -> None:
    at = pa.array([moment for moment, _ in rows], pa.timestamp("us", tz="UTC"))
    found = moments(at, pa.array([minutes for _, minutes in rows], pa.int32())).to_pylist()
    for text, (moment, minutes) in zip(found, rows, strict=True):
        assert ISO.fullmatch(text)
        read = datetime.fromisoformat(text)
        assert read == moment.replace(microsecond=0)
        assert read.utcoffset() == timezone(timedelta(minutes=minutes or 0)).utcoffset(None)


@given(rows=st.lists(st.tuples(*[st.none() | st.sampled_from(["a", "b"])] * 3), max_size=10))
def test_a_list_has_what_is_there_and_no_row_is_lost(rows: list[tuple[str | None, ...]]) -> None:
    found = listed(*(column([row[n] for row in rows]) for n in range(3))).to_pylist()
    assert found == [" | ".join(filter(None, row)) or None for row in rows]


def test_labels_cannot_be_broken_by_their_text() -> None:
    assert labelled("sex", column(["a | b", None, "=x"])).to_pylist() == ["sex:a / b", None, "sex:'=x"]


@pytest.mark.parametrize(("text", "word"), [("Adult", "adult"), (" ADULT ", "adult"), ("old", None), (None, None)])
def test_a_word_of_a_vocabulary_is_found_whatever_its_case(text: str | None, word: str | None) -> None:
    assert mapped(column([text]), vocabulary("adult", "juvenile")).to_pylist() == [word]
