"""The same questions to every connector.

A connector joins by one folder tests/payloads/<name>/ with its recorded answer (invented, of the real shape) and a
source.json:

- `source`: the fields of `connectors.base.Source`; `location` is relative to the folder
- `replay`: for an API, instead of `location`: address -> {"file", "headers"}, served on this machine; a request is
  answered by the first address with its path whose query it holds
- `node`: a file with the answers of a node that is asked by JSON-RPC, a list of {"method", "params", "result"}; it is
  served on this machine, and its address is the option `rpc`
- `renamed`: {"file", "field"}: a required field, by the name that it has in that file
"""

import json
import random
import re
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from connectors.base import Connector, Fetched, Parsed, Read, Refusal, Rows, Source
from connectors.errors import SourceChanged, SourceError
from connectors.registry import CONNECTORS, connector
from data.schema import TABLES
from tests.conftest import Reply, Request, Serve
from tests.connectors.recorded_node import recorded_node

PAYLOADS = Path(__file__).parent.parent / "payloads"
GARBAGE = {
    "web page": b"<!DOCTYPE html><html><body>Please log in</body></html>",
    "nothing": b"",
    "random bytes": random.Random(1).randbytes(500),
    "other JSON": b'{"detail": "moved"}',
}

pytestmark = pytest.mark.parametrize("asked", CONNECTORS, ids=lambda asked: asked.name)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T4N_TEST_KEY", "invented-key")


@pytest.fixture
def answer(asked: Connector, tmp_path: Path) -> Path:
    """A copy of the recorded answer that a test may change."""
    return shutil.copytree(PAYLOADS / asked.name, tmp_path / "answer")


@pytest.fixture
def source(asked: Connector, answer: Path, serve: Serve) -> Source:
    described = json.loads((answer / "source.json").read_text())
    location = described["source"].pop("location", "")
    location = serve(_replay(answer, described["replay"])) if "replay" in described else str(answer / location)
    if "node" in described:
        described["source"]["options"]["rpc"] = serve(recorded_node(answer / described["node"]))
    return Source(asked.name, asked.name, location, **described["source"])


def _replay(answer: Path, addresses: dict[str, Any]) -> Callable[[Request], Reply]:
    def reply(request: Request) -> Reply:
        for address, recorded in addresses.items():
            parts = urlsplit(address)
            if parts.path == request.path and dict(parse_qsl(parts.query)).items() <= request.query.items():
                return Reply((answer / recorded["file"]).read_bytes(), headers=recorded.get("headers", {}))
        return Reply(status=404)

    return reply


def fetch(asked: Connector, source: Source, workspace: Path, cursor: dict[str, Any] | None = None) -> Fetched:
    workspace.mkdir()
    return asked.fetch(source, cursor or {}, workspace)


def read(asked: Connector, source: Source, fetched: Fetched) -> list[Parsed]:
    """Parse without any network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "socket", None)
        return list(asked.parse(source, fetched.payloads))


@pytest.fixture
def parsed(asked: Connector, source: Source, tmp_path: Path) -> list[Parsed]:
    return read(asked, source, fetch(asked, source, tmp_path / "pull"))


def test_it_says_what_it_is(asked: Connector) -> None:
    assert re.fullmatch("[a-z][a-z0-9_]*", asked.name)
    assert connector(asked.name) is asked
    assert len(asked.title.split()) >= 2
    assert asked.tables
    assert set(asked.tables) <= set(TABLES)


def test_it_has_a_recorded_answer(asked: Connector) -> None:
    assert (PAYLOADS / asked.name / "source.json").is_file()


def test_its_answer_becomes_rows_of_the_tables_it_names(asked: Connector, parsed: list[Parsed]) -> None:
    blocks = [item for item in parsed if isinstance(item, Rows)]
    assert {block.table for block in blocks if len(block.rows)} == set(asked.tables)
    for block in blocks:
        assert block.rows.schema.equals(TABLES[block.table].arrow_schema)


def test_required_fields_are_filled_and_limits_are_kept(parsed: list[Parsed]) -> None:
    for block in (item for item in parsed if isinstance(item, Rows)):
        for field in TABLES[block.table].fields:
            values = block.rows[field.name].to_pylist()
            assert not (field.required and None in values), f"{block.table}.{field.name}"
            present = [value for value in values if value is not None]
            assert not field.allowed or set(present) <= set(field.allowed)
            assert field.minimum is None or all(value >= field.minimum for value in present)
            assert field.maximum is None or all(value <= field.maximum for value in present)


def test_keys_are_unique(asked: Connector, parsed: list[Parsed]) -> None:
    for table in asked.tables:
        blocks = [item.rows for item in parsed if isinstance(item, Rows) and item.table == table]
        keys = [tuple(row[name] for name in TABLES[table].key) for block in blocks for row in block.to_pylist()]
        assert keys
        assert len(set(keys)) == len(keys)


def test_every_row_can_be_found_again_in_the_answer(parsed: list[Parsed]) -> None:
    for block in (item for item in parsed if isinstance(item, Rows) and item.numbers is not None):
        numbers = block.numbers.to_pylist()
        assert len(numbers) == len(block.rows)
        assert all(number >= 1 for number in numbers)
        assert all(block.raw(position) for position in range(len(block.rows)) if block.raw)


def test_a_refused_row_is_explained(asked: Connector, parsed: list[Parsed]) -> None:
    for refusal in (item for item in parsed if isinstance(item, Refusal)):
        assert refusal.table in asked.tables
        assert refusal.row >= 1
        assert refusal.field
        assert len(refusal.reason.split()) >= 2
        assert refusal.raw


def test_it_says_how_many_rows_were_sent(parsed: list[Parsed]) -> None:
    refused = {(item.table, item.row) for item in parsed if isinstance(item, Refusal)}
    assert sum(item.count for item in parsed if isinstance(item, Read)) >= max(1, len(refused))


def test_reading_twice_gives_the_same(asked: Connector, source: Source, tmp_path: Path) -> None:
    fetched = fetch(asked, source, tmp_path / "pull")
    assert _plain(read(asked, source, fetched)) == _plain(read(asked, source, fetched))


def _plain(parsed: list[Parsed]) -> list[object]:
    return [(item.table, item.rows.to_pylist()) if isinstance(item, Rows) else item for item in parsed]


def test_asking_again_finds_nothing_new(asked: Connector, source: Source, tmp_path: Path) -> None:
    first = fetch(asked, source, tmp_path / "first")
    assert json.loads(json.dumps(dict(first.cursor))) == dict(first.cursor)
    again = fetch(asked, source, tmp_path / "again", dict(first.cursor))
    assert again.is_unchanged or _contents(again) == _contents(first)


def _contents(fetched: Fetched) -> list[tuple[str, bytes]]:
    return [(payload.name, payload.path.read_bytes()) for payload in fetched.payloads]


def test_a_renamed_field_is_named(asked: Connector, answer: Path, source: Source, tmp_path: Path) -> None:
    renamed = json.loads((answer / "source.json").read_text())["renamed"]
    file = answer / renamed["file"]
    before = file.read_bytes()
    file.write_bytes(before.replace(renamed["field"].encode(), b"something_else"))
    assert file.read_bytes() != before
    with pytest.raises(SourceChanged) as caught:
        read(asked, source, fetch(asked, source, tmp_path / "pull"))
    assert renamed["field"].lower() in str(caught.value).lower()
    assert asked.name in str(caught.value)


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_a_source_error(
    asked: Connector, answer: Path, source: Source, tmp_path: Path, garbage: bytes
) -> None:
    for file in answer.rglob("*"):
        if file.is_file() and file.name != "source.json":
            file.write_bytes(garbage)
    with pytest.raises(SourceError) as caught:
        read(asked, source, fetch(asked, source, tmp_path / "pull"))
    assert asked.name in str(caught.value)
    assert caught.value.advice


def test_a_source_that_is_not_there_is_a_source_error(asked: Connector, source: Source, tmp_path: Path) -> None:
    absent = Source(asked.name, asked.name, str(tmp_path / "absent"), options=source.options)
    with pytest.raises(SourceError, match=asked.name):
        fetch(asked, absent, tmp_path / "pull")
