"""Watching: each source at its own rhythm, through all errors, until it is told to stop."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.base import Source
from connectors.errors import SourceUnavailable
from ingestion import watch
from ingestion.network import Network
from ingestion.pull import pull
from tests.data.invented import detection, moment
from tests.ingestion.fakes import Scripted

PROJECT = Path(__file__).parent.parent.parent
NETWORK = '[[source]]\nname = "north"\nconnector = "camtrap_dp"\nlocation = "absent"\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "network.toml"
    path.write_text(NETWORK)
    return path


@pytest.fixture
def _signals() -> Iterator[None]:
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGTERM, signal.SIGINT)}
    yield
    for sign, handler in before.items():
        signal.signal(sign, handler)


def test_it_stops_when_asked(path: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "T4N_STORE": str(tmp_path / "store"), "T4N_NETWORK": str(path)}
    command = [sys.executable, "ingest.py", "watch"]
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        first = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=60)
    assert "north: refused, 0 rows stored" in first
    assert rest == "Stopped.\n"
    assert process.returncode == 0


@pytest.mark.usefixtures("_signals")
@pytest.mark.parametrize("broken", ["pull", "due_times"])
def test_an_error_of_the_store_is_said_and_survived(
    path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fail(*asked: object, **options: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(watch, broken, fail)
    assert _said_until_the_second_line(path, store_url, monkeypatch) == ["no space left on device"] * 2


@pytest.mark.usefixtures("_signals")
def test_a_file_that_is_wrong_for_a_while_is_survived(
    path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_text("half wri")
    said = _said_until_the_second_line(path, store_url, monkeypatch)
    assert all("not valid TOML" in line for line in said)


def _said_until_the_second_line(path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What it says in two rounds; the last words after a colon where there is one."""
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line if "TOML" in line else line.rsplit(": ", 1)[-1])
        if len(said) == 2:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(watch, "LONGEST_SLEEP", timedelta(milliseconds=10))
    watch.watch(path, store_url, say)
    assert said.pop() == "Stopped."
    return said


def test_a_source_is_due_after_its_refresh_and_sooner_after_trouble(scripted: Scripted, store_url: str) -> None:
    sources = [
        Source("daily", "scripted", "/daily"),
        Source("down", "scripted", "/down"),
        Source("often down", "scripted", "/often", refresh=timedelta(minutes=5)),
        Source("new", "scripted", "/new"),
    ]
    scripted.answers["daily"] = [detection("a", moment("2024-05-10T08:00:00"))]
    scripted.answers |= dict.fromkeys(("down", "often down"), SourceUnavailable("down"))
    before = datetime.now(UTC)
    pull(Network(tuple(sources[:3])), store_url)
    due = watch.due_times(Network(tuple(sources)), store_url)
    waits = {name: (at - before).total_seconds() / 60 for name, at in due.items()}
    assert waits["daily"] == pytest.approx(24 * 60, abs=1)
    assert waits["down"] == pytest.approx(10, abs=1)
    assert waits["often down"] == pytest.approx(5, abs=1)
    assert due["new"] <= datetime.now(UTC)
