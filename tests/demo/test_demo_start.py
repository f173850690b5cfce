"""When the demo's store is filled: at the first start, on a new day, and after a start that was cut off."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from data import engine, journal, settings
from data.store import Store
from demo import ledger_rpc, start
from demo.ledger_chain import CHAIN_ID
from demo.network import DOWN_SOURCE, LEDGER_SOURCE
from ingestion.network import parse_network
from tests.data.invented import run
from tests.evm_node import rpc


@pytest.fixture(autouse=True)
def answering(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ends the invented systems that a start leaves running."""
    monkeypatch.setattr(start, "_server", None)
    monkeypatch.setattr(settings, "_demo_network", None)
    yield
    if start._server is not None:
        start._server.__exit__()


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> list[settings.Preparation]:
    """What the pages were told while the store was filled; the filling itself is left out."""
    told: list[settings.Preparation] = []
    monkeypatch.setattr(start, "fill", lambda store_url, on_progress: told.append(settings.preparation()))
    monkeypatch.setattr(settings, "_preparation", None)
    return told


@pytest.fixture
def holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets the demo's store be of an age, or empty; `later` is a source that somebody fed today."""

    def hold(age: timedelta | None, is_complete: bool = True, later: str = "") -> None:
        view = None
        if age is not None:
            store = Store(str(tmp_path / "store"))
            now = datetime.now(UTC)
            with store.transaction() as transaction:
                runs = [run(DOWN_SOURCE, now - age)] + ([run(later, now)] if later else [])
                journal.add_runs(transaction, runs)
                transaction.publish()
            found = engine.latest(store.url)
            view = SimpleNamespace(is_complete=is_complete, table=found.table, run=found.run)
        monkeypatch.setattr(start.engine, "latest", lambda store_url: view)

    return hold


def test_a_store_that_was_filled_today_is_shown_at_once(filled, holds) -> None:
    holds(timedelta(0))
    assert start.ensure() is None
    assert filled == []


@pytest.mark.parametrize(
    ("age", "is_complete", "is_first"),
    [(None, True, True), (timedelta(days=1), True, False), (timedelta(0), False, True)],
    ids=["empty", "of yesterday", "cut off"],
)
def test_any_other_store_is_filled_behind_the_pages(filled, holds, age, is_complete, is_first) -> None:
    holds(age, is_complete)
    start.ensure().join(10)
    assert [told.is_first for told in filled] == [is_first]
    assert settings.preparation() is None


def test_what_somebody_hands_in_does_not_make_the_demo_one_of_today(filled, holds) -> None:
    holds(timedelta(days=1), later="submissions")
    start.ensure().join(10)
    assert [told.is_first for told in filled] == [False]


def test_a_demo_that_cannot_be_filled_says_why(filled, holds, monkeypatch: pytest.MonkeyPatch) -> None:
    holds(None)

    def fails(store_url: str, on_progress: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(start, "fill", fails)
    start.ensure().join(10)
    assert "no space left" in settings.preparation().error


@pytest.mark.parametrize("age", [None, timedelta(0)], ids=["empty", "filled today"])
def test_the_invented_ledger_goes_on_answering_while_the_pages_are_shown(filled, holds, age) -> None:
    holds(age)
    for thread in (start.ensure(), start.ensure()):
        if thread is not None:
            thread.join(10)
    sources = {source.name: source for source in parse_network(settings.demo_network()).sources}
    node = sources[LEDGER_SOURCE].options["rpc"]
    assert node == start._server.url + ledger_rpc.PATH
    assert int(rpc(node, "eth_chainId"), 16) == CHAIN_ID
