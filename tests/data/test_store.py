"""One data version for readers, one writer, and nothing half-done: interrupted, at the same time, compacted."""

import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from data import engine
from data.refresh import refresh
from data.schema import DEPLOYMENTS, DETECTIONS, SITES
from data.store import MOST_FILES_PER_PARTITION, Store, Transaction
from tests.data.invented import Row, contents, deployment, detection, moment, put, site

MAY = moment("2024-05-10T08:00:00")


class Stopped(Exception):
    """Stands for whatever ends a writer."""


def _sites(*ids: str) -> list[Row]:
    return [site(name) for name in ids]


def _store_sites(store: Store, folder: Path, *ids: str) -> None:
    with store.transaction() as transaction:
        put(transaction, "registry", {"sites": _sites(*ids)}, folder)
        transaction.publish()


def _stop_after(store: Store, *steps: Callable[[Transaction], object]) -> None:
    """A transaction that is ended by an error after these steps."""
    with suppress(Stopped), store.transaction() as transaction:
        for step in steps:
            step(transaction)
        raise Stopped


def _stop_between_two_tables(store: Store, folder: Path) -> None:
    _stop_after(
        store,
        lambda transaction: put(transaction, "registry", {"sites": _sites("3")}, folder),
        lambda transaction: put(transaction, "cameras", {"detections": [detection("x", MAY)]}, folder),
    )


def _ids(store: Store) -> list[str]:
    return [row["site_id"] for row in contents(store, "sites")]


def test_a_store_without_a_version_has_nothing(store: Store) -> None:
    assert store.latest() is None
    assert store.files("sites", None) == []
    assert engine.latest(store.url) is None


def test_an_interrupted_writer_is_invisible_and_undone(store: Store, tmp_path: Path) -> None:
    _store_sites(store, tmp_path, "1", "2")
    before = store.latest()
    _stop_between_two_tables(store, tmp_path)
    assert Store(store.url).latest() == before
    assert _ids(store) == ["1", "2"]
    with store.transaction() as transaction:
        transaction.publish()
    assert _ids(store) == ["1", "2"]
    assert contents(store, "detections") == []


def test_after_an_interruption_the_same_rows_are_stored_again(store: Store, tmp_path: Path) -> None:
    _store_sites(store, tmp_path, "1")
    _stop_between_two_tables(store, tmp_path)
    with store.transaction() as transaction:
        done = put(transaction, "cameras", {"detections": [detection("x", MAY)], "sites": _sites("9")}, tmp_path)
        transaction.publish()
    assert [outcome.stored for outcome in done] == [1, 1]
    assert [row["detection_id"] for row in contents(store, "detections")] == ["x"]
    assert _ids(store) == ["1", "9"]


def test_the_very_first_writer_may_be_interrupted(store: Store, tmp_path: Path) -> None:
    _stop_between_two_tables(store, tmp_path)
    assert store.latest() is None
    assert engine.latest(store.url) is None
    _store_sites(store, tmp_path, "1")
    assert _ids(store) == ["1"]
    assert contents(store, "detections") == []


def test_months_that_were_stale_when_a_writer_stopped_are_still_stale(store: Store, tmp_path: Path) -> None:
    with store.transaction() as transaction:
        put(transaction, "cameras", {"detections": [detection("x", MAY)]}, tmp_path)
        transaction.publish()
    _stop_after(store, refresh)
    with store.transaction() as transaction:
        assert transaction.stale == {"detections": ("2024-05",)}
        refresh(transaction)
        transaction.publish()
    assert [row["detections"] for row in contents(store, "site_days")] == [1]
    assert store.latest().stale == {}


def test_a_reader_keeps_its_version_while_a_writer_commits(store: Store, tmp_path: Path) -> None:
    _store_sites(store, tmp_path, "1", "2")
    old = engine.latest(store.url)
    seen = old.table("sites").select("site_id").order_by("site_id")
    _store_sites(store, tmp_path, "3")
    assert old.run(seen)["site_id"].tolist() == ["1", "2"]
    unopened = engine.View(store, old._version)
    assert unopened.run(unopened.table("sites").count()) == 2
    assert engine.latest(store.url).run(engine.latest(store.url).table("sites").count()) == 1


def test_the_newest_version_is_found_without_opening_anything_again(store: Store, tmp_path: Path) -> None:
    _store_sites(store, tmp_path, "1")
    view = engine.latest(store.url)
    started = time.perf_counter()
    assert all(engine.latest(store.url) is view for _ in range(20))
    assert (time.perf_counter() - started) / 20 < 0.05
    _store_sites(Store(store.url), tmp_path, "2")
    assert engine.latest(store.url).version == view.version + 1


def test_two_writers_take_turns(store: Store, tmp_path: Path) -> None:
    inside = threading.Semaphore(1)
    overlaps = []

    def write(name: str) -> None:
        own = Store(store.url)
        for number in range(3):
            with own.transaction() as transaction:
                overlaps.append(not inside.acquire(blocking=False))
                put(transaction, name, {"sites": _sites(*(f"{name}{n}" for n in range(number + 1)))}, tmp_path / name)
                transaction.publish()
                inside.release()

    writers = [threading.Thread(target=write, args=(name,)) for name in ("a", "b")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert overlaps == [False] * 6
    assert _ids(store) == ["a0", "a1", "a2", "b0", "b1", "b2"]
    assert store.latest().number == 5


def test_compaction_keeps_the_contents_and_the_readers(store: Store, tmp_path: Path) -> None:
    for number in range(MOST_FILES_PER_PARTITION + 2):
        with store.transaction() as transaction:
            rows = [detection(str(number), MAY), detection(f"{number}-june", moment("2024-06-01T00:00:00"))]
            put(transaction, f"camera {number}", {"detections": rows}, tmp_path)
            transaction.publish()
    before, old = contents(store, "detections"), store.latest()
    with store.transaction() as transaction:
        transaction.compact()
        transaction.publish()
    assert contents(store, "detections") == before
    assert len(store.files("detections", store.latest())) == 2
    assert all(Path(file).is_file() for file in store.files("detections", old))


def test_a_table_that_was_never_written_is_empty_and_of_the_declared_shape(store: Store, tmp_path: Path) -> None:
    _store_sites(store, tmp_path, "1")
    view = engine.latest(store.url)
    frame = view.run(view.table("detections"))
    assert frame.empty
    assert list(frame.columns) == DETECTIONS.stored_schema.names


@pytest.mark.parametrize("folder", ["with blank", "it's größe 资料"])
def test_a_store_may_lie_in_a_folder_of_any_name(folder: str, tmp_path: Path) -> None:
    store = Store(str(tmp_path / folder / "store"))
    start = moment("2024-05-01T00:00:00")
    for count in (1, 2):
        with store.transaction() as transaction:
            rows = {
                SITES.name: _sites("1"),
                DETECTIONS.name: [detection("x", MAY, individual_count=count)],
                DEPLOYMENTS.name: [deployment("d", start, MAY)],
            }
            put(transaction, "cameras", rows, tmp_path)
            refresh(transaction)
            transaction.publish()
    view = engine.latest(store.url)
    assert view.run(view.table("site_days"))["individuals"].tolist() == [2]


@pytest.mark.parametrize("letter", "#%[]*?")
def test_a_folder_that_would_be_misread_is_refused(letter: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="store cannot lie in"):
        Store(str(tmp_path / f"a{letter}b"))


def test_a_store_is_found_from_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _store_sites(Store(".store"), tmp_path, "1")
    assert _ids(Store(str(tmp_path / ".store"))) == ["1"]


def test_a_store_that_is_deleted_and_made_anew_is_read_from_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    reader = Store(str(folder))
    for ids in (("1", "2", "3"), ("4",)):
        shutil.rmtree(folder, ignore_errors=True)
        for number in ids:
            _store_sites(Store(str(folder)), tmp_path, number)
        assert reader.latest().number == len(ids) - 1
        assert set(_ids(reader)) <= set(ids)
    shutil.rmtree(folder)
    assert reader.latest() is None
