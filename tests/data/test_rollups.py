"""Rollups against the same sums in plain Python and pandas."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from data import engine, reference
from data.engine import connect
from data.refresh import rebuild, refresh
from data.rollups import ROLLUPS
from data.schema import TABLES
from data.store import Store
from tests.data.invented import Row, contents, deployment, detection, moment, put

OPEN, OTHER_OPEN, SENSITIVE, UNKNOWN = "Vulpes vulpes", "Sus scrofa", "Panthera tigris", "Invented beast"
MOMENTS = st.datetimes(
    datetime(2024, 1, 29), datetime(2024, 3, 2), timezones=st.just(moment("2024-01-01T00:00:00").tzinfo)
)
DAY_S = 86_400


@pytest.fixture(scope="module")
def con() -> Iterator[ibis.BaseBackend]:
    opened = connect()
    yield opened
    opened.disconnect()


def built(con: ibis.BaseBackend, name: str, rows: Sequence[Row]) -> list[Row]:
    """A rollup of rows as the store holds them."""
    rollup = ROLLUPS[name]
    raw = pa.Table.from_pylist(list(rows), schema=TABLES[rollup.made_from].stored_schema)
    result = rollup.build(ibis.memtable(raw)).select(*rollup.schema.names)
    return con.to_pyarrow(result.cast(ibis.Schema.from_pyarrow(rollup.schema))).to_pylist()


@st.composite
def _stored_detections(draw: st.DrawFn) -> Row:
    started_at = draw(MOMENTS | st.sampled_from([moment("2024-02-01T00:00:00"), moment("2024-01-31T23:59:59.999999")]))
    return {
        **detection(draw(st.uuids()).hex, started_at),
        "source": draw(st.sampled_from(["north", "south"])),
        "site_id": draw(st.sampled_from(["1", "2"])),
        "deployment_id": draw(st.sampled_from(["d1", "d2"])),
        "month": started_at.strftime("%Y-%m"),
        "scientific_name": draw(st.sampled_from([OPEN, OTHER_OPEN, SENSITIVE, UNKNOWN, None])),
        "candidate_names": draw(st.sampled_from([None, "", OPEN, f"{OPEN}; {OTHER_OPEN}", f"{OPEN};{SENSITIVE}"])),
        "individual_count": draw(st.none() | st.integers(1, 9)),
        "classification_method": draw(st.sampled_from([None, "human", "machine"])),
        "utc_offset_min": draw(st.sampled_from([None, 0, 480, -570, 840, -840])),
    }


def _open_names() -> set[str]:
    with (reference.FOLDER / "taxa.csv").open(encoding="utf-8", newline="") as file:
        return {line["scientific_name"] for line in csv.DictReader(file) if line["sensitivity"] == "open"}


def _is_sensitive(row: Row) -> bool:
    names = [row["scientific_name"], *(row["candidate_names"] or "").split(";")]
    return row["scientific_name"] is None or not {name.strip() for name in names if name.strip()} <= _open_names()


def _enriched(rows: Sequence[Row]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            **row,
            "scientific_name": row["scientific_name"] or "",
            "is_sensitive": _is_sensitive(row),
            "individuals": row["individual_count"] or 1,
            "is_machine": row["classification_method"] == "machine",
            "day": row["started_at"].date(),
        }
        for row in rows
    )


def _groups(frame: pd.DataFrame, *keys: str) -> dict[tuple[Any, ...], pd.DataFrame]:
    return {key: group for key, group in frame.groupby(list(keys))}


def _counts(group: pd.DataFrame) -> tuple[int, int, int]:
    return len(group), group["individuals"].sum(), group["is_machine"].sum()


def _by(rows: Sequence[Row], *keys: str) -> dict[tuple[Any, ...], Row]:
    found = {tuple(row[key] if row[key] is not None else "" for key in keys): row for row in rows}
    assert len(found) == len(rows)
    return found


# Few examples of many rows: most of the time goes into compiling the query.
several = settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def test_the_invented_names_are_what_their_names_say() -> None:
    assert {OPEN, OTHER_OPEN} <= _open_names()
    assert not {SENSITIVE, UNKNOWN} & _open_names()


@several
@given(rows=st.lists(_stored_detections(), min_size=1, max_size=40))
def test_days_count_detections_and_the_open_ones_apart(con: ibis.BaseBackend, rows: list[Row]) -> None:
    keys = ("source", "site_id", "day")
    found = _by(built(con, "site_days", rows), *keys)
    expected = _groups(_enriched(rows), *keys)
    assert set(found) == set(expected)
    for key, group in expected.items():
        row = found[key]
        assert (row["detections"], row["individuals"], row["machine_only"]) == _counts(group)
        is_open = group[~group["is_sensitive"]]
        assert (row["open_detections"], row["open_individuals"], row["open_machine_only"]) == _counts(is_open)
        assert row["newest_at"] == group["started_at"].max()
        assert row["month"] == row["day"].strftime("%Y-%m")


@several
@given(rows=st.lists(_stored_detections(), min_size=1, max_size=40))
def test_months_count_each_taxon_and_its_sensitive_rows_apart(con: ibis.BaseBackend, rows: list[Row]) -> None:
    keys = ("source", "site_id", "month", "scientific_name", "is_sensitive")
    found = _by(built(con, "species_months", rows), *keys)
    expected = _groups(_enriched(rows), *keys)
    assert set(found) == set(expected)
    for key, group in expected.items():
        row = found[key]
        assert (row["detections"], row["individuals"], row["machine_only"]) == _counts(group)
        assert row["newest_at"] == group["started_at"].max()


@several
@given(rows=st.lists(_stored_detections(), min_size=1, max_size=40))
def test_hours_are_local_and_left_out_where_the_offset_is_unknown(con: ibis.BaseBackend, rows: list[Row]) -> None:
    keys = ("source", "site_id", "month", "scientific_name", "is_sensitive", "hour")
    expected = Counter(
        (
            *(row["source"], row["site_id"], row["month"], row["scientific_name"] or "", _is_sensitive(row)),
            (row["started_at"] + timedelta(minutes=row["utc_offset_min"])).hour,
        )
        for row in rows
        if row["utc_offset_min"] is not None
    )
    found = _by(built(con, "species_hours", rows), *keys)
    assert {key: row["detections"] for key, row in found.items()} == expected


@several
@given(rows=st.lists(_stored_detections(), min_size=1, max_size=40))
def test_deployments_count_their_sensitive_detections(con: ibis.BaseBackend, rows: list[Row]) -> None:
    keys = ("source", "site_id", "deployment_id", "month")
    found = _by(built(con, "deployment_months", rows), *keys)
    expected = _groups(_enriched(rows), *keys)
    counts = {key: (row["detections"], row["sensitive_detections"]) for key, row in found.items()}
    assert counts == {key: (len(group), group["is_sensitive"].sum()) for key, group in expected.items()}


def test_a_name_without_letters_or_case_is_not_open(con: ibis.BaseBackend) -> None:
    names = [OPEN.upper(), f" {OPEN}", "", "%"]
    rows = [
        {**detection(name, moment("2024-02-01T00:00:00"), scientific_name=name), "source": "north", "month": "2024-02"}
        for name in names
    ]
    assert all(row["is_sensitive"] for row in built(con, "species_months", rows))


DEPLOYMENTS = st.lists(
    st.tuples(
        st.datetimes(datetime(1999, 12, 1), datetime(2060, 1, 1)),
        st.timedeltas(timedelta(0), timedelta(days=100)),
        st.sampled_from(["one place", "another place", None]),
    ),
    min_size=1,
    max_size=12,
)


def _stored_deployments(spans: Sequence[tuple[datetime, timedelta, str | None]]) -> list[Row]:
    zone = moment("2024-01-01T00:00:00").tzinfo
    return [
        {
            **deployment(f"d{n}", start.replace(tzinfo=zone), start.replace(tzinfo=zone) + length, location_id=place),
            "source": "north",
        }
        for n, (start, length, place) in enumerate(spans)
    ]


def _months_of(row: Row) -> dict[str, float]:
    """Nights of one deployment by month, walking from one month's first day to the next."""
    nights, at = {}, row["started_at"]
    while True:
        following = (at.replace(day=1) + timedelta(days=32)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        until = min(following, row["ended_at"])
        nights[at.strftime("%Y-%m")] = (until - at).total_seconds() / DAY_S
        if until == row["ended_at"]:
            return nights
        at = until


@several
@given(spans=DEPLOYMENTS)
@example(spans=[(datetime(2024, 1, 31, 12), timedelta(days=1.5), "one place")])
@example(spans=[(datetime(2024, 1, 1), timedelta(days=31), "one place")])
@example(spans=[(datetime(2024, 2, 1), timedelta(0), None)])
@example(spans=[(datetime(2024, 1, 31, 23, 59, 59, 999999), timedelta(microseconds=2), None)])
def test_effort_is_split_by_month_and_none_is_lost(con: ibis.BaseBackend, spans: list[Any]) -> None:
    rows = _stored_deployments(spans)
    found = _by(built(con, "effort_months", rows), "month")
    # Those that name no place stand at the same position, so they share one.
    by_row = [(row["location_id"] or "the position", _months_of(row)) for row in rows]
    assert {month for (month,) in found} == {month for _, months in by_row for month in months}
    for (month,), effort in found.items():
        here = [(place, months[month]) for place, months in by_row if month in months]
        assert effort["trap_nights"] == pytest.approx(sum(nights for _, nights in here), abs=2 / DAY_S * len(rows))
        assert effort["deployments"] == len(here)
        assert effort["stations"] == len({place for place, _ in here})
    total = sum(effort["trap_nights"] for effort in found.values())
    assert total == pytest.approx(sum(row["trap_nights"] for row in rows), rel=1e-6, abs=2 / DAY_S * len(rows))


def _pull(store: Store, folder: Path, rows: Sequence[Row], spans: Sequence[Any]) -> None:
    deployments = [{**row} for row in _stored_deployments(spans)]
    counts = [
        {"site_id": "1", "deployment_id": "d0", "day": day, "observation_type": kind, "row_count": number}
        for number, (day, kind) in enumerate([(row["started_at"].date(), "blank") for row in rows[:1]], 3)
    ]
    with store.transaction() as transaction:
        put(
            transaction, "north", {"detections": rows, "deployments": deployments, "observation_counts": counts}, folder
        )
        refresh(transaction)
        transaction.publish()


def test_recomputing_what_changed_gives_the_same_as_recomputing_everything(store: Store, tmp_path: Path) -> None:
    starts = [moment("2024-01-05T10:00:00"), moment("2024-02-05T10:00:00"), moment("2024-03-05T10:00:00")]
    first = [detection(str(n), at, scientific_name=OPEN) for n, at in enumerate(starts)]
    _pull(store, tmp_path, first, [(datetime(2024, 1, 1), timedelta(days=80), "place")])
    before = {name: contents(store, name) for name in ROLLUPS}
    second = [detection("0", starts[1], scientific_name=SENSITIVE), first[2], detection("new", starts[2])]
    _pull(store, tmp_path, second, [(datetime(2024, 2, 1), timedelta(days=3), None)])
    refreshed = {name: contents(store, name) for name in ROLLUPS}
    assert [name for name in ROLLUPS if refreshed[name] == before[name]] == ["species_hours", "fix_days"]
    assert {row["month"] for row in refreshed["site_days"]} == {"2024-02", "2024-03"}
    version = rebuild(store)
    assert {name: contents(store, name) for name in ROLLUPS} == refreshed
    assert engine.latest(store.url).version == version.number
