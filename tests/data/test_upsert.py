"""Upserts against a plain dictionary."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.schema import DETECTIONS, SITES, TABLES
from data.store import Store
from data.upsert import LARGE_LOSS_ROWS, LargeLoss, Upserted, upsert
from tests.data.invented import Row, contents, detection, moment, site, staged

MAY = moment("2024-05-10T08:00:00")
STARTS = [MAY, moment("2024-05-31T23:59:59.999999"), moment("2024-06-01T00:00:00"), moment("2023-12-31T12:00:00")]


@dataclass(frozen=True)
class Pull:
    source: str
    is_whole: bool
    rows: tuple[Row, ...]


@st.composite
def _detections(draw: st.DrawFn) -> Row:
    return detection(
        draw(st.sampled_from(["a", "b", "c", "O'Hara", "ü;1"])),
        draw(st.sampled_from(STARTS)),
        individual_count=draw(st.sampled_from([None, 1, 2])),
        event_id=draw(st.sampled_from([None, "1"])),
        behavior=draw(st.sampled_from([None, "1"])),
    )


PULLS = st.lists(
    st.builds(
        Pull,
        st.sampled_from(["north", "south"]),
        st.booleans(),
        st.lists(_detections(), max_size=6).map(tuple),
    ),
    min_size=1,
    max_size=5,
)


@dataclass
class Model:
    """What a store must hold: rows by source and key."""

    rows: dict[tuple[str, str], Row] = field(default_factory=dict)

    def take(self, pull: Pull) -> tuple[dict[str, int], set[str]]:
        """Counts of the outcome, and the months in which anything changed."""
        incoming: dict[tuple[str, str], Row] = {}
        repeated = conflicts = 0
        for row in pull.rows:
            first = incoming.setdefault((pull.source, row["detection_id"]), row)
            repeated += first is not row and first == row
            conflicts += first != row
        before = dict(self.rows)
        retired = [key for key in before if key[0] == pull.source and key not in incoming] if pull.is_whole else []
        stored = [key for key, row in incoming.items() if before.get(key) != row]
        months = {_month(rows[key]) for rows in (before, incoming) for key in stored if key in rows}
        months |= {_month(before[key]) for key in retired}
        self.rows |= incoming
        for key in retired:
            del self.rows[key]
        counts = {
            "stored": len(stored),
            "unchanged": len(incoming) - len(stored),
            "retired": len(retired),
            "repeated": repeated,
            "conflicts": conflicts,
        }
        return counts, months

    def contents(self) -> list[Row]:
        empty = dict.fromkeys(DETECTIONS.columns)
        rows = [{**empty, **row, "source": key[0], "month": _month(row)} for key, row in self.rows.items()]
        return sorted(rows, key=repr)


def _month(row: Row) -> str:
    return row["started_at"].strftime("%Y-%m")


def pulled(store: Store, folder: Path, pull: Pull) -> tuple[Upserted, Mapping[str, tuple[str, ...]]]:
    """One pull of detections: what was done and what became stale."""
    path = staged(DETECTIONS, pull.rows, folder) if pull.rows else None
    with store.transaction() as transaction:
        transaction.clear_stale()
        done = upsert(transaction, DETECTIONS, pull.source, path, pull.is_whole)
        stale = transaction.stale
        transaction.publish()
    return done, stale


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PULLS)
def test_a_store_holds_what_a_dictionary_would_hold(pulls: list[Pull]) -> None:
    with TemporaryDirectory() as folder:
        store, model = Store(f"{folder}/store"), Model()
        for pull in pulls:
            expected, months = model.take(pull)
            done, stale = pulled(store, Path(folder), pull)
            counts = {name: getattr(done, name) for name in ("stored", "unchanged", "retired", "repeated")}
            assert {**counts, "conflicts": len(done.conflicts)} == expected
            assert contents(store, "detections") == model.contents()
            assert set(stale.get("detections", ())) == months
            before = store.latest().tables.get("detections")
            again, stale_again = pulled(store, Path(folder), pull)
            assert (again.stored, again.retired, again.unchanged) == (0, 0, expected["stored"] + expected["unchanged"])
            assert not stale_again
            assert store.latest().tables.get("detections") == before


def test_a_row_that_moves_to_another_month_leaves_its_old_one(store: Store, tmp_path: Path) -> None:
    pulled(store, tmp_path, Pull("north", False, (detection("a", STARTS[0]), detection("b", STARTS[0]))))
    done, stale = pulled(store, tmp_path, Pull("north", False, (detection("a", STARTS[3]),)))
    assert (done.stored, done.unchanged) == (1, 0)
    assert [(row["detection_id"], row["month"]) for row in contents(store, "detections")] == [
        ("a", "2023-12"),
        ("b", "2024-05"),
    ]
    assert stale["detections"] == ("2023-12", "2024-05")


def test_only_months_with_a_change_are_stale(store: Store, tmp_path: Path) -> None:
    rows = tuple(detection(str(n), start) for n, start in enumerate(STARTS))
    pulled(store, tmp_path, Pull("north", True, rows))
    changed = detection("0", STARTS[0], individual_count=7)
    new = detection("new", moment("2025-01-01T00:00:00"))
    _, stale = pulled(store, tmp_path, Pull("north", True, (changed, *rows[1:], new)))
    assert stale == {"detections": ("2024-05", "2025-01")}


def test_rows_lie_in_a_folder_per_month(store: Store, tmp_path: Path) -> None:
    pulled(store, tmp_path, Pull("north", True, tuple(detection(str(n), at) for n, at in enumerate(STARTS))))
    folders = {Path(file).parent.name for file in store.files("detections", store.latest())}
    assert folders == {"month=2023-12", "month=2024-05", "month=2024-06"}


def test_a_conflicting_row_is_given_back_with_its_place_and_content(store: Store, tmp_path: Path) -> None:
    rows = (detection("a", MAY), detection("b", MAY), detection("a", MAY, behavior="grazing"))
    done, _ = pulled(store, tmp_path, Pull("north", True, rows))
    (conflict,) = done.conflicts
    assert (conflict.row, conflict.key) == (3, "a")
    assert "grazing" in conflict.raw
    assert [row["behavior"] for row in contents(store, "detections")] == [None, None]


def test_the_same_key_in_two_sources_is_two_rows(store: Store, tmp_path: Path) -> None:
    for source in ("north", "south"):
        pulled(store, tmp_path, Pull(source, True, (detection("a", MAY),)))
    done, _ = pulled(store, tmp_path, Pull("north", True, ()))
    assert done.retired == 1
    assert [row["source"] for row in contents(store, "detections")] == ["south"]


def test_a_value_in_another_column_is_another_row(store: Store, tmp_path: Path) -> None:
    pulled(store, tmp_path, Pull("north", True, (detection("a", MAY, event_id="1"),)))
    done, _ = pulled(store, tmp_path, Pull("north", True, (detection("a", MAY, behavior="1"),)))
    assert done.stored == 1


def _sites(count: int, first: int = 0) -> list[Row]:
    return [site(str(n)) for n in range(first, first + count)]


def test_losing_most_rows_of_a_source_is_refused_and_leaves_everything(store: Store, tmp_path: Path) -> None:
    many = 2 * LARGE_LOSS_ROWS + 10
    with store.transaction() as transaction:
        upsert(transaction, SITES, "registry", staged(SITES, _sites(many), tmp_path), is_whole=True)
        transaction.publish()
    before, version = contents(store, "sites"), store.latest().number
    with pytest.raises(LargeLoss, match=f"{many - 2} of {many} rows in sites"), store.transaction() as transaction:
        upsert(transaction, SITES, "registry", staged(SITES, _sites(2), tmp_path), is_whole=True)
    assert store.latest().number == version
    assert contents(store, "sites") == before
    with store.transaction() as transaction:
        path = staged(SITES, _sites(2), tmp_path)
        done = upsert(transaction, SITES, "registry", path, is_whole=True, accept_loss=True)
        transaction.publish()
    assert done.retired == many - 2
    assert [row["site_id"] for row in contents(store, "sites")] == ["0", "1"]


def test_a_source_that_sends_only_what_is_new_retires_nothing(store: Store, tmp_path: Path) -> None:
    for first in (0, 150):
        with store.transaction() as transaction:
            path = staged(SITES, _sites(150, first), tmp_path)
            done = upsert(transaction, SITES, "registry", path, is_whole=False)
            transaction.publish()
    assert (done.stored, done.retired) == (150, 0)
    assert len(contents(store, "sites")) == 300


def test_a_store_keeps_the_declared_types(store: Store, tmp_path: Path) -> None:
    pulled(store, tmp_path, Pull("north", True, (detection("a", MAY),)))
    (file,) = store.files("detections", store.latest())
    stored = pq.ParquetFile(file).schema_arrow
    for column in TABLES["detections"].fields:
        assert stored.field(column.name).type == column.type
