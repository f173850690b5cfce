"""Specs: the same question is the same text, and whatever is wrong is refused with a sentence."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.access import Viewer
from data.queries.merged import Choice
from exports.context import Context, NotOffered
from exports.spec import DECLARED, FORMATS, Spec, TableSpec, check
from tests.exports import merged_fakes

GOOD = {
    "spec_version": 1,
    "data_version": 7,
    "format": "csv",
    "tier": "public",
    "tables": [{"name": "sites", "columns": ["site_name", "country"]}],
    "sites": ["100"],
    "first": "2026-01-01",
    "last": "2026-05-31",
    "taxa": ["Vulpes vulpes"],
}
names = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=200)
days = st.dates() | st.none()
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    tables = []
    for name in draw(st.lists(st.sampled_from(list(DECLARED)), min_size=1, unique=True)):
        columns = draw(st.lists(st.sampled_from(DECLARED[name].columns), unique=True))
        tables.append(TableSpec(name, tuple(columns)))
    first, last = draw(days), draw(days)
    if first and last and first > last:
        first, last = last, first
    choice = Choice(tuple(draw(st.lists(names))), first, last, tuple(draw(st.lists(names))))
    tier, own = draw(st.sampled_from([("public", ()), ("staff", ()), ("site", ("100", "9"))]))
    moment = draw(st.datetimes(timezones=st.just(UTC)) | st.none())
    return Spec(tuple(tables), draw(st.sampled_from(FORMATS)), tier, draw(st.integers(0, 10**6)), choice, own, moment)


@given(spec=specs())
def test_a_spec_comes_back_from_its_text(spec: Spec) -> None:
    assert Spec.from_json(spec.to_json()) == spec
    assert Spec.from_json(spec.to_json().encode()).to_json() == spec.to_json()


@given(spec=specs())
def test_the_order_in_which_things_are_named_does_not_matter(spec: Spec) -> None:
    choice = replace(spec.choice, sites=spec.choice.sites[::-1] * 2, taxa=spec.choice.taxa[::-1])
    turned = [replace(table, columns=table.columns[::-1]) for table in reversed(spec.tables)]
    assert replace(spec, choice=choice, tables=tuple(turned)).to_json() == spec.to_json()


def test_a_good_spec_says_what_it_says() -> None:
    spec = Spec.from_json(json.dumps(GOOD))
    assert spec.tables == (TableSpec("sites", ("site_name", "country")),)
    assert spec.choice == Choice(("100",), date(2026, 1, 1), date(2026, 5, 31), ("Vulpes vulpes",))
    assert spec.viewer == Viewer("public")


WRONG: list[tuple[str, Any, str]] = [
    ("spec_version", 2, "spec_version"),
    ("spec_version", True, "spec_version"),
    ("data_version", True, "data_version"),
    ("data_version", -1, "data_version"),
    ("data_version", 10**30, "data_version"),
    ("data_version", "7", "data_version"),
    ("format", "exe", "no format 'exe'"),
    ("format", ["csv"], "format is a text"),
    ("tier", "root", "no tier 'root'"),
    ("tier_sites", ["100"], "only the tier site"),
    ("tables", [], "at least one table"),
    ("tables", {"name": "sites"}, "tables is a list"),
    ("tables", ["sites"], "a JSON object"),
    ("tables", [{"name": "runs"}], "no table 'runs'"),
    ("tables", [{"name": "sites; DROP TABLE x"}], "no table"),
    ("tables", [{"name": "sites", "columns": ["secret"]}], "no column 'secret'"),
    ("tables", [{"name": "sites", "columns": "site_id"}], "columns is a list"),
    ("tables", [{"name": "sites", "where": "1=1"}], "no 'where'"),
    ("tables", [{"name": "sites"}, {"name": "sites"}], "named twice"),
    ("sites", "100", "sites is a list"),
    ("sites", [100], "sites is a list"),
    ("sites", [""], "sites are texts"),
    ("sites", ["a\nb"], "sites are texts"),
    ("sites", ["\ud800"], "sites are texts"),
    ("sites", ["x" * 201], "sites are texts"),
    ("sites", [str(n) for n in range(1001)], "at most 1,000"),
    ("taxa", [str(n) for n in range(1001)], "at most 1,000"),
    ("first", "2026-13-01", "first is a day"),
    ("first", "20260101", "first is a day"),
    ("first", 20260101, "first is a day"),
    ("last", "2025-12-31", "comes after"),
    ("committed_at", "2026-01-01T00:00:00", "committed_at"),
    ("committed_at", "0001-01-01T00:00:00+23:00", "committed_at"),
    ("committed_at", 5, "committed_at"),
    ("is_demo", True, "no 'is_demo'"),
]


@pytest.mark.parametrize(("key", "value", "words"), WRONG, ids=[f"{n} {one[0]}" for n, one in enumerate(WRONG)])
def test_what_is_wrong_is_refused_with_a_sentence(key: str, value: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refused:
        Spec.from_json(json.dumps({**GOOD, key: value}))
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize("key", ["spec_version", "data_version", "format", "tier", "tables"])
def test_what_is_missing_is_named(key: str) -> None:
    with pytest.raises(ValueError, match=f"a spec needs {key}"):
        Spec.from_json(json.dumps({name: value for name, value in GOOD.items() if name != key}))


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, "NaN", '{"data_version": NaN}', b"\xff\xfe", "1" * 10_000, "x" * 500_001, "null"]
)
def test_what_is_no_spec_at_all_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError, match="JSON|letters"):
        Spec.from_json(text)


@given(key=st.sampled_from([*GOOD, "tier_sites", "committed_at", "other"]), value=anything)
def test_nothing_that_is_sent_breaks_more_than_its_own_question(key: str, value: Any) -> None:
    try:
        spec = Spec.from_json(json.dumps({**GOOD, key: value}))
    except ValueError:
        return
    assert Spec.from_json(spec.to_json()) == spec


def test_a_spec_gives_nobody_more_than_they_may_see(faked: Context) -> None:
    staff = replace(merged_fakes.spec("csv"), tier="staff")
    with pytest.raises(NotOffered, match="made for the tier staff, and this is the tier partner"):
        check(staff, faked)
    check(staff.for_viewer(faked), faked)
    assert staff.for_viewer(faked).tier == "partner"
    with pytest.raises(NotOffered, match="told to those who protect them"):
        check(Spec.of(faked, [TableSpec("fixes")], "csv"), faked)
    with pytest.raises(NotOffered, match="not offered"):
        check(Spec.of(faked, [TableSpec("heat_stress")], "csv"), faked)


def test_a_spec_of_another_version_or_store_is_refused(faked: Context) -> None:
    spec = merged_fakes.spec("csv")
    with pytest.raises(ValueError, match="of data version 8, and this is version 7"):
        check(replace(spec, data_version=8), faked)
    with pytest.raises(ValueError, match="another one than the spec was made from"):
        check(replace(spec, committed_at=datetime(2020, 1, 1, tzinfo=UTC)), faked)
    check(replace(spec, committed_at=None), faked)


def test_a_manager_s_spec_names_their_sites(faked: Context) -> None:
    manager = replace(faked, viewer=Viewer("site", frozenset({"9", "100"})))
    spec = Spec.of(manager, [TableSpec("sites")], "csv")
    assert spec.viewer == manager.viewer
    check(Spec.from_json(spec.to_json()), manager)
    with pytest.raises(NotOffered, match="tier site"):
        check(spec, replace(manager, viewer=Viewer("site", frozenset({"9"}))))
