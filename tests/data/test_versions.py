"""Opening a data version by its number, now and after newer ones, and reading its rows piece by piece."""

from pathlib import Path

import pytest

from data import engine
from data.engine import VersionGone
from data.store import Store
from tests.data.invented import configured, filled, put, site


@pytest.fixture
def two_versions(store: Store, tmp_path: Path) -> tuple[Store, int, int]:
    first = filled(store, tmp_path, [configured("registry")], {"registry": {"sites": [site("1")]}}).version
    with store.transaction() as transaction:
        put(transaction, "registry", {"sites": [site("1", site_name="Renamed"), site("2")]}, tmp_path)
        transaction.publish()
    return store, first, engine.latest(store.url).version


def sites(view: engine.View) -> set[str]:
    return set(view.run(view.table("sites").select("site_id"))["site_id"])


def test_an_older_version_shows_what_it_showed(two_versions) -> None:
    store, first, second = two_versions
    assert sites(engine.at(store.url, first)) == {"1"}
    assert sites(engine.at(store.url, second)) == {"1", "2"}
    assert engine.at(store.url, second) is engine.latest(store.url)


def test_a_version_that_never_was_or_is_cleaned_up_is_refused(two_versions) -> None:
    store, first, second = two_versions
    with pytest.raises(VersionGone, match=f"no data version {second + 1}"):
        engine.at(store.url, second + 1)
    with pytest.raises(VersionGone, match="no data version"):
        engine.at(str(Path(store.url).parent / "nowhere"), 0)
    (vanished,) = set(store.files("sites", store.version(first))) - set(store.files("sites", store.latest()))
    Path(vanished).unlink()
    with pytest.raises(VersionGone, match="no longer kept"):
        engine.at(store.url, first)
    assert sites(engine.at(store.url, second)) == {"1", "2"}


def test_the_day_of_a_version_is_the_day_of_its_commit(two_versions) -> None:
    view = engine.latest(two_versions[0].url)
    assert view.day == view.committed_at.date()


def test_streamed_answers_are_the_same_as_whole_ones(view: engine.View) -> None:
    t = view.table("detections")
    question = t.filter(t.site_id == "100").select("detection_id", "started_at").order_by("detection_id")
    streamed = [row for batch in view.batches([question, question.limit(2)]) for row in batch.to_pylist()]
    whole = view.run(question).to_dict("records")
    assert [row["detection_id"] for row in streamed] == [row["detection_id"] for row in [*whole, *whole[:2]]]


def test_an_older_version_is_opened_once_and_obeys_the_newest_rules(two_versions, tmp_path: Path) -> None:
    store, first, second = two_versions
    older = engine.at(store.url, first)
    assert engine.at(store.url, first) is older
    assert older.rules.version == second
    with store.transaction() as transaction:
        put(transaction, "registry", {"sites": [site("3")]}, tmp_path / "third")
        transaction.publish()
    again = engine.at(store.url, first)
    assert again.rules.version == engine.latest(store.url).version > second
    assert sites(again) == {"1"}
