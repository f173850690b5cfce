"""Hostile answers in place of every connector's own: each ends with rows or with words, and stays in its folder."""

import json
import shutil
import socket
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from connectors import http
from connectors.base import Connector, Source
from connectors.errors import SourceError
from connectors.registry import CONNECTORS
from ingestion.staging import Staging
from tests.connectors.test_conformance import PAYLOADS, _replay
from tests.security import hostile
from tests.security.hostile import HTML

MOST_UNPACKED_BYTES = 200_000_000
MOST_CHANGES = 25
MOST_BYTES_AGAIN = 50_000

EACH = pytest.mark.parametrize("asked", CONNECTORS, ids=lambda asked: asked.name)
# Its connector asks a node of a chain, whose answers tests/connectors has; here its files alone are hostile.
NODE = {"rpc": "http://127.0.0.1:9"}


@pytest.fixture(scope="module")
def contents() -> dict[str, bytes]:
    return hostile.contents()


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T4N_TEST_KEY", "invented-key")
    monkeypatch.setattr(http, "BACKOFF_S", 0)


class Attack:
    """The recorded answer of one connector, to be changed and read as often as one likes."""

    def __init__(self, asked: Connector, folder: Path, serve) -> None:
        self.asked, self.folder = asked, folder
        answer = shutil.copytree(PAYLOADS / asked.name, folder / "answer")
        described = json.loads((answer / "source.json").read_text())
        location = described["source"].pop("location", "")
        location = serve(_replay(answer, described["replay"])) if "replay" in described else str(answer / location)
        if "node" in described:
            described["source"]["options"] |= NODE
        self.files = [one for one in sorted(answer.rglob("*")) if one.is_file() and one.name != "source.json"]
        self.source = Source(asked.name, asked.name, location, **described["source"])

    def read(self) -> None:
        """Fetch, parse and validate. Raises AssertionError for what must not happen; rows and words may."""
        workspace = self.folder / "pull"
        workspace.mkdir()
        before = self._outside(workspace)
        try:
            fetched = self.asked.fetch(self.source, {}, workspace)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(socket, "socket", None)
                staging = Staging(workspace / "staged")
                staging.fill(self.asked.parse(self.source, fetched.payloads))
            self._check(staging)
        except SourceError as error:
            told = f"{error} {error.advice}"
            assert self.asked.name in told
            assert str(self.folder) not in told, "a message holds a path of this machine"
            assert len(told) < 5_000
        assert self._outside(workspace) == before, "a file was written outside of the workspace"
        unpacked = sum(one.stat().st_size for one in workspace.rglob("*") if one.is_file())
        assert unpacked <= MOST_UNPACKED_BYTES
        shutil.rmtree(workspace)

    def _outside(self, workspace: Path) -> set[Path]:
        return {one for one in self.folder.rglob("*") if not one.is_relative_to(workspace)}

    def _check(self, staging: Staging) -> None:
        assert set(staging.rows) <= set(self.asked.tables)
        for refusal in staging.refusals:
            assert refusal.reason
            assert len(refusal.value or "") + len(refusal.reason) < 5_000
        assert all(len(notice) < 5_000 for notice in staging.notices)


@pytest.fixture
def attack(asked: Connector, tmp_path: Path, serve) -> Attack:
    return Attack(asked, tmp_path, serve)


@EACH
def test_an_answer_that_is_hostile_as_a_whole(attack: Attack, contents: dict[str, bytes]) -> None:
    before = {file: file.read_bytes() for file in attack.files}
    for name, content in contents.items():
        for file in attack.files:
            file.write_bytes(content)
        _read(attack, name)
    for file in attack.files[:2]:
        for kept, own in before.items():
            kept.write_bytes(own)
        for name, content in contents.items():
            # A bomb is as large beside good files as alone.
            if len(content) < MOST_BYTES_AGAIN:
                file.write_bytes(content)
                _read(attack, f"{file.name}: {name}")


@EACH
def test_an_answer_with_one_hostile_value(attack: Attack) -> None:
    for file in attack.files:
        before = file.read_bytes()
        for changed, content in _some(file):
            file.write_bytes(content)
            _read(attack, f"{file.name}: {changed}")
        file.write_bytes(before)


def _some(file: Path) -> Iterator[tuple[str, bytes]]:
    """Some of all changes, spread evenly and always the same ones."""
    every = list(hostile.mutations(file))
    step = max(1, len(every) // MOST_CHANGES)
    # An odd step meets every value, however many there are of each field.
    return islice(every, zlib.crc32(file.name.encode()) % step, None, step + (step + 1) % 2)


def _read(attack: Attack, what: str) -> None:
    try:
        attack.read()
    except Exception as error:
        raise AssertionError(f"{attack.asked.name} with {what}: {type(error).__name__}: {error}") from error


def test_the_attack_sees_a_connector_that_breaks(tmp_path: Path, serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors of the program, files outside and messages with paths are noticed."""
    asked = CONNECTORS[0]
    attack = Attack(asked, tmp_path, serve)
    attack.read()

    def breaks(*_: object) -> None:
        raise KeyError("x")

    def climbs(source: Source, cursor: object, workspace: Path) -> None:
        (workspace.parent / "evil").write_text(HTML)
        raise SourceError(f"{asked.name}: no")

    def tells(source: Source, cursor: object, workspace: Path) -> None:
        raise SourceError(f"{asked.name}: {workspace}")

    for fetch in (breaks, climbs, tells):
        monkeypatch.setattr(type(asked), "fetch", staticmethod(fetch))
        with pytest.raises(AssertionError):
            _read(attack, "a connector that breaks")
        shutil.rmtree(tmp_path / "pull", ignore_errors=True)
