"""The connector for signed assessments: what is stored of records, and what of a ledger that does not answer."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors import http, ledger_rows
from connectors.base import Rows, Source
from connectors.errors import SourceChanged
from connectors.ledger import Ledger
from ingestion.network import parse_network
from ledger import batch
from ledger.canonical import digest, parse
from tests.conftest import Reply, Request, Serve
from tests.connectors import ledger_records as made
from tests.connectors.ledger_records import CONTRACT, NOWHERE, fetch, notices, offline, outcomes, read, rows
from tests.connectors.recorded_node import recorded_node

PAYLOAD = Path(__file__).parent.parent / "payloads" / "ledger" / "batches"
TRUST = made.trust(CONTRACT)


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "BACKOFF_S", 0)


def test_a_row_says_what_the_record_says(tmp_path: Path) -> None:
    source = Source("ledger", "ledger", str(PAYLOAD), options={"rpc": NOWHERE, "trust": "trust.toml"})
    parsed = read(source, tmp_path)
    first = rows(parsed, "anchors")[0]
    entry = json.loads((PAYLOAD / "2026-03.json").read_text())["records"][0]
    assert parse(first["credential"]) == entry["credential"]
    assert parse(first["receipt"]) == entry["receipt"]
    assert first["digest"] == entry["receipt"]["digest"] == f"0x{digest(entry['credential']).hex()}"
    assert (first["assessment_id"], first["site_id"]) == ("GL-555500001-2026", "555500001")
    assert (first["tool"], first["phase"], first["assessed_year"]) == ("green_list", "candidate", 2026)
    assert str(first["assessed_on"]) == "2026-03-15"
    assert first["valid_until"] == datetime(2031, 3, 31, tzinfo=UTC)
    assert (first["root"], first["block_number"]) == (entry["receipt"]["root"], "2")
    ratings = [row for row in rows(parsed, "anchored_ratings") if row["assessment_id"] == "GL-555500001-2026"]
    assert [(row["indicator_id"], row["role"], row["rating"]) for row in ratings] == [
        ("GLS-V1.1-1.1.1", "self", "met"),
        ("GLS-V1.1-1.1.2", "self", "partly"),
        ("GLS-V1.1-2.1.1", "reviewer", "not_met"),
    ]
    (imet,) = [row for row in rows(parsed, "anchored_ratings") if row["indicator_id"] == "IMET-C1.1"]
    assert (imet["score"], imet["score_max"], imet["rating"]) == ("62.5", "100", None)


def test_the_recorded_chain_gives_each_record_its_outcome(serve: Serve, tmp_path: Path) -> None:
    url = serve(recorded_node(PAYLOAD.parent / "node.json"))
    source = Source("ledger", "ledger", str(PAYLOAD), options={"rpc": url, "trust": "trust.toml"})
    fetched = fetch(source, tmp_path)
    parsed = list(Ledger().parse(source, fetched.payloads))
    assert outcomes(parsed) == {
        "GL-555500001-2026": "verified",
        "GL-555500002-2026": "content_changed",
        "GL-555500003-2026": "verified",
        "GL-555500005-2026": "pending",
    }
    assert not fetched.is_part
    (ledger,) = rows(parsed, "ledgers")
    assert (ledger["head_block"], ledger["problem"]) == ("5", None)
    assert ledger["reached_at"].isoformat() == fetched.cursor["reached_at"]


def test_a_ledger_that_does_not_answer_changes_no_verdict(tmp_path: Path) -> None:
    source = Source("ledger", "ledger", str(PAYLOAD), options={"rpc": NOWHERE, "trust": "trust.toml"})
    before = {"reached_at": "2026-05-01T10:00:00+00:00", "head_block": "7", "head_at": "2026-05-01T09:59:00+00:00"}
    fetched = fetch(source, tmp_path, before)
    parsed = list(Ledger().parse(source, fetched.payloads))
    assert fetched.is_part
    assert fetched.cursor == before
    assert len(rows(parsed, "anchors")) == 4
    # Only what needs no ledger: the changed record, and the one that waits to be sent.
    assert outcomes(parsed) == {"GL-555500002-2026": "content_changed", "GL-555500005-2026": "pending"}
    (ledger,) = rows(parsed, "ledgers")
    assert ledger["problem"] == "ledger: no answer from 127.0.0.1 to /"
    assert ledger["reached_at"] == datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert (ledger["head_block"], ledger["chain_id"], ledger["confirmations"]) == ("7", "31337", 2)
    assert any("what it said last stays" in text for text in notices(parsed))


def test_a_ledger_that_never_answered_has_no_time(tmp_path: Path) -> None:
    parsed = read(offline(tmp_path / "in", one=made.batch_of(CONTRACT)), tmp_path / "work")
    assert [(row["reached_at"], row["head_at"]) for row in rows(parsed, "ledgers")] == [(None, None)]


def test_batches_come_from_an_index_and_the_key_goes_to_the_node_alone(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("T4N_TEST_KEY", "invented-key")
    files = {
        "/batches/index.json": json.dumps({"batches": ["2026-01.json", "older/2025-12.json"]}),
        "/batches/2026-01.json": batch.as_json(made.batch_of(CONTRACT, 2)),
        "/batches/older/2025-12.json": batch.as_json(made.batch_of(CONTRACT, 2, first=3)),
    }
    keys: dict[str, str | None] = {}

    def answer(request: Request) -> Reply:
        keys[request.path] = request.headers["Authorization"]
        return Reply(files[request.path].encode()) if request.path in files else Reply(status=403)

    url = serve(answer)
    trust = tmp_path / "trust.toml"
    trust.write_text(TRUST.as_toml())
    options = {"rpc": f"{url}/rpc", "trust": str(trust)}
    source = Source("ledger", "ledger", f"{url}/batches/index.json", secret="T4N_TEST_KEY", options=options)
    parsed = read(source, tmp_path / "work")
    assert [row["assessment_id"] for row in rows(parsed, "anchors")] == ["GL-1", "GL-2", "GL-3", "GL-4"]
    assert keys.pop("/rpc") == "Bearer invented-key"
    assert set(keys) == set(files)
    assert set(keys.values()) == {None}
    assert "invented-key" not in str(parsed)


@pytest.mark.parametrize(
    "names",
    [
        ["../secret.json"],
        ["/etc/passwd.json"],
        ["https://evil.example/x.json"],
        ["a.json", "a.json"],
        ["x.txt"],
        [7],
        [],
    ],
)
def test_an_index_leads_nowhere_else(serve: Serve, tmp_path: Path, names: list[Any]) -> None:
    asked: list[str] = []

    def answer(request: Request) -> Reply:
        asked.append(request.path)
        return Reply(json.dumps({"batches": names}).encode())

    source = offline(tmp_path / "in")
    trust = str(tmp_path / "in" / "trust.toml")
    source = Source("ledger", "ledger", f"{serve(answer)}/index.json", options={**source.options, "trust": trust})
    with pytest.raises(SourceChanged, match="batches"):
        fetch(source, tmp_path / "work")
    assert asked == ["/index.json"]


def test_the_index_of_a_folder_is_no_batch(tmp_path: Path) -> None:
    source = offline(tmp_path / "in", one=made.batch_of(CONTRACT))
    (tmp_path / "in" / "index.json").write_text('{"batches": ["one.json"]}')
    assert len(rows(read(source, tmp_path / "work"), "anchors")) == 3


def test_the_newest_record_of_an_assessment_counts_and_a_trusted_key_goes_first(tmp_path: Path) -> None:
    later = made.ISSUED_AT + timedelta(days=30)
    source = offline(
        tmp_path / "in",
        a=made.batch_of(CONTRACT, 2, issued_at=later, rating="partly"),
        b=made.batch_of(CONTRACT, 3),
        c=made.batch_of(CONTRACT, 1, issued_at=later + timedelta(days=1), key=made.STRANGER),
    )
    parsed = read(source, tmp_path / "work")
    assert {row["assessment_id"]: row["issued_at"] for row in rows(parsed, "anchors")} == {
        "GL-1": later,
        "GL-2": later,
        "GL-3": made.ISSUED_AT,
    }
    assert notices(parsed)[-1].startswith("3 records are of an assessment that")


def test_a_batch_that_was_sent_goes_before_the_same_one_that_waits(tmp_path: Path) -> None:
    waiting = made.batch_of(CONTRACT, 1)
    sent = batch.anchored(waiting, "0x" + "11" * 32)
    parsed = read(offline(tmp_path / "in", a=waiting, b=sent, c=waiting), tmp_path / "work")
    assert [row["tx_hash"] for row in rows(parsed, "anchors")] == ["0x" + "11" * 32]


def test_the_trust_file_lies_beside_the_network_file(tmp_path: Path) -> None:
    text = '[[source]]\nname = "l"\nconnector = "ledger"\nlocation = "batches"\noptions = { trust = "trust.toml" }\n'
    (source,) = parse_network(text, folder=tmp_path).sources
    assert source.options["trust"] == str(tmp_path / "trust.toml")


def test_many_records_come_in_several_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.ledger.RECORDS_PER_BLOCK", 2)
    source = offline(tmp_path / "in", one=made.batch_of(CONTRACT, 5))
    fetched = fetch(source, tmp_path / "work")
    blocks = [item for item in Ledger().parse(source, fetched.payloads) if isinstance(item, Rows)]
    assert [len(block.rows) for block in blocks if block.table == "anchors"] == [2, 2, 1]
    assert Ledger().figures(source, fetched.payloads) == {"records": 5, "outcomes": {"pending": 5}}
    assert [block.numbers.to_pylist() for block in blocks if block.table == "anchor_checks"] == [[1, 2], [3, 4], [5]]
    assert Ledger.tables[1:] == ledger_rows.TABLES_OF_RECORDS
