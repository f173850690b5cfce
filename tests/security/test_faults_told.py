"""An error that nobody foresaw: readers learn which source and what to do, the log where, and neither of them a key."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from connectors import registry
from connectors.base import Connector, Fetched, Parsed, Payload, Source
from connectors.errors import SourceRefused
from data import engine, queries
from data.access import Viewer
from ingestion.network import Network
from ingestion.pull import pull

KEY = "s3cret/key+of=ours"
ADDRESS = f"https://reefs.example/v1?token={KEY}"


class Faulty(Connector):
    """Raises what it is given, while it asks or while it reads."""

    name = "faulty"
    title = "Faulty answers"
    tables = ("detections",)

    def __init__(self, error: Exception, is_parse: bool) -> None:
        self.error, self.is_parse = error, is_parse

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        if not self.is_parse:
            raise self.error
        (workspace / "answer").touch()
        return Fetched((Payload("answer", workspace / "answer"),))

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        raise self.error
        yield


def errors(folder: Path) -> list[Exception]:
    return [
        KeyError(KEY),
        FileNotFoundError(2, "No such file or directory", str(folder / "secret.csv")),
        PermissionError(13, "Permission denied", str(folder)),
        ValueError(f"cannot read {folder}/x of {ADDRESS}"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
        RecursionError("maximum recursion depth exceeded"),
        MemoryError(),
        SourceRefused(f"reefs: the server says: the key {KEY} is not known", f"Ask for {KEY}."),
    ]


@pytest.mark.parametrize("is_parse", [False, True])
@pytest.mark.parametrize("number", range(8))
def test_what_a_page_shows_of_an_error_holds_no_path_and_no_key(
    number: int, is_parse: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    error = errors(tmp_path)[number]
    monkeypatch.setenv("T4N_TEST_KEY", KEY)
    monkeypatch.setattr(registry, "CONNECTORS", (Faulty(error, is_parse),))
    source = Source("reefs", "faulty", "https://reefs.example", site="990000001", secret="T4N_TEST_KEY")
    store = str(tmp_path / "store")
    (outcome,) = pull(Network((source,), ()), store)
    assert outcome.is_trouble
    view = engine.latest(store)
    shown = queries.sources(view, Viewer("staff"), view.committed_at.date()).to_dict("records")
    told = f"{outcome.error} {outcome.advice} {json.dumps(shown, default=str)}"
    for hidden in (KEY, str(tmp_path), "token="):
        assert hidden not in told
    assert outcome.error.startswith("reefs: ")
    assert outcome.advice
    assert KEY not in caplog.text
    if not isinstance(error, SourceRefused):
        assert type(error).__name__ in outcome.error
        assert "in fetch" in caplog.text or "in parse" in caplog.text
