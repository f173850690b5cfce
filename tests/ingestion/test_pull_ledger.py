"""Pulls of signed records from a real node: what is known of them changes with the chain, not with the records."""

from pathlib import Path
from typing import Any

import pytest

from connectors import http
from data.store import Store
from ingestion.network import Network
from ingestion.outcome import Outcome
from ingestion.pull import pull
from tests import evm_node
from tests.connectors import ledger_records as made
from tests.data.invented import contents


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "BACKOFF_S", 0)


def _pulled(store_url: str, source: Any) -> Outcome:
    (outcome,) = pull(Network((source,)), store_url)
    return outcome


def _outcomes(store_url: str) -> dict[str, str]:
    return {row["assessment_id"]: row["outcome"] for row in contents(Store(store_url), "anchor_checks")}


def _ledger(store_url: str) -> dict[str, Any]:
    (row,) = contents(Store(store_url), "ledgers")
    return row


def test_every_pull_asks_the_ledger_anew(fresh_evm: str, store_url: str, tmp_path: Path) -> None:
    contract = evm_node.deploy(fresh_evm)
    source = made.published(
        tmp_path / "batches",
        made.trust(contract),
        fresh_evm,
        sent=made.anchored(fresh_evm, made.batch_of(contract, 2)),
        waiting=made.batch_of(contract, 1, first=3),
    )
    assert (_pulled(store_url, source).outcome, _pulled(store_url, source).outcome) == ("stored", "stored")
    assert _outcomes(store_url) == {"GL-1": "verified", "GL-2": "verified", "GL-3": "pending"}
    reached_at = _ledger(store_url)["reached_at"]
    evm_node.rpc(fresh_evm, "anvil_reorg", 1, [])
    _pulled(store_url, source)
    removed = dict.fromkeys(("GL-1", "GL-2"), "removed_by_reorganisation")
    assert _outcomes(store_url) == {**removed, "GL-3": "pending"}
    assert _ledger(store_url)["reached_at"] > reached_at


def test_a_node_that_is_down_leaves_what_it_said_and_when(store_url: str, tmp_path: Path) -> None:
    with evm_node.running_node() as url:
        contract = evm_node.deploy(url)
        one = made.anchored(url, made.batch_of(contract, 2))
        source = made.published(tmp_path / "batches", made.trust(contract), url, one=one)
        _pulled(store_url, source)
    before = _ledger(store_url)
    made.published(tmp_path / "batches", made.trust(contract), url, two=made.batch_of(contract, 1, first=3))
    outcome = _pulled(store_url, source)
    assert outcome.outcome == "stored"
    assert any("the ledger could not be asked" in warning for warning in outcome.warnings)
    assert _outcomes(store_url) == {"GL-1": "verified", "GL-2": "verified", "GL-3": "pending"}
    after = _ledger(store_url)
    assert after["problem"] == "ledger: no answer from 127.0.0.1 to /"
    assert before["problem"] is None
    assert (after["reached_at"], after["head_block"]) == (before["reached_at"], before["head_block"])


def test_a_node_of_another_chain_verifies_nothing(store_url: str, tmp_path: Path) -> None:
    with evm_node.running_node(chain_id=5) as url:
        contract = evm_node.deploy(url)
        one = made.anchored(url, made.batch_of(contract, 2))
        source = made.published(tmp_path / "batches", made.trust(contract), url, one=one)
        _pulled(store_url, source)
    assert _outcomes(store_url) == {}
    told = _ledger(store_url)
    assert told["problem"] == "ledger: the node serves chain 5, and chain 31337 is trusted"
    assert told["reached_at"] is None


def test_a_thousand_records_verify_in_one_pull_with_two_requests(
    evm: str, store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = evm_node.deploy(evm)
    batches = {f"b{n}": made.anchored(evm, made.batch_of(contract, 200, first=1_000 * n + 1)) for n in range(5)}
    source = made.published(tmp_path / "batches", made.trust(contract), evm, **batches)
    asked: list[Any] = []
    real = http.Client.ask

    def counted(client: http.Client, path: str, question: Any, limit_bytes: int) -> bytes:
        asked.append(question)
        return real(client, path, question, limit_bytes)

    monkeypatch.setattr(http.Client, "ask", counted)
    _pulled(store_url, source)
    verdicts = _outcomes(store_url)
    assert (len(verdicts), set(verdicts.values())) == (1_000, {"verified"})
    # The chain and its newest block; then events, transaction and block of each batch.
    assert [len(question) for question in asked] == [2, 15]
