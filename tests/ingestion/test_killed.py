"""A pull that is killed at any moment costs time, never data."""

import multiprocessing
import signal
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from connectors.base import Source
from data.rollups import ROLLUPS
from data.schema import TABLES
from data.store import Store
from ingestion.network import Network
from ingestion.pull import pull
from tests.data.invented import Row, contents
from tests.ingestion.packages import write_package

PACKAGES = {"north": 600, "south": 300}
KILLS = 3
LEFT_OUT = ("run_id", "key_hash", "row_hash")


@pytest.fixture(scope="module")
def forked() -> multiprocessing.context.ForkServerContext:
    """Starts processes that have everything imported, so that a kill meets the pull and not the imports."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ingestion.pull"])
    return context


def _network(folder: Path, edition: int) -> Network:
    for name, events in PACKAGES.items():
        write_package(folder / name, name, events, edition)
    return Network(
        tuple(Source(name, "camtrap_dp", str(folder / name), site="990000001") for name in PACKAGES),
        ({"id": "990000001", "name": "Two Valleys"},),
    )


def _state(url: str) -> dict[str, list[Row]]:
    """Everything stored, except which runs there were and when."""
    return {name: contents(Store(url), name, LEFT_OUT) for name in (*TABLES, *ROLLUPS) if name != "runs"}


def _started(context: multiprocessing.context.ForkServerContext, network: Network, url: str) -> BaseProcess:
    process = context.Process(target=pull, args=(network, url))
    process.start()
    return process


@pytest.mark.parametrize("edition", [1, 2], ids=["first pull", "changed packages"])
def test_a_store_that_was_killed_several_times_ends_as_one_that_never_was(
    forked: multiprocessing.context.ForkServerContext, tmp_path: Path, edition: int
) -> None:
    calm, killed = str(tmp_path / "calm"), str(tmp_path / "killed")
    for earlier in range(1, edition):
        for url in (calm, killed):
            pull(_network(tmp_path, earlier), url)
    network = _network(tmp_path, edition)
    begun = time.perf_counter()
    undisturbed = _started(forked, network, calm)
    undisturbed.join()
    seconds = time.perf_counter() - begun
    assert undisturbed.exitcode == 0
    exits = []
    for number in range(KILLS):
        process = _started(forked, network, killed)
        process.join(seconds * (number + 0.5) / KILLS)
        process.kill()
        process.join()
        exits.append(process.exitcode)
    assert exits[0] == -signal.SIGKILL
    outcomes = pull(network, killed)
    assert not any(outcome.is_trouble for outcome in outcomes)
    assert _state(killed) == _state(calm)
    rows = sum(row["row_count"] for row in contents(Store(killed), "observation_counts"))
    sent = sum(len((tmp_path / name / "observations.csv").read_text().splitlines()) - 1 for name in PACKAGES)
    assert len(contents(Store(killed), "detections")) + rows == sent
