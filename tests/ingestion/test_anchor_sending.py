"""Anchors on a real node: sent once whatever happens, and receipts that anyone can check."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import ingest
from data import engine, queries
from data.access import Viewer
from ingestion import anchor_delivery, anchor_node
from tests.evm_node import ACCOUNTS, anchor, deploy, mine, rpc
from tests.ingestion.anchoring import Office, office

Text = pytest.CaptureFixture[str]


def test_a_batch_that_was_sent_verifies_and_its_receipts_are_complete(online: Office, capsys: Text) -> None:
    online.make()
    assert online.outcomes() == ["pending"] * 3
    assert online.send() == ingest.OK
    assert "Anchored in block" in capsys.readouterr().out
    receipts = [record["receipt"] for record in online.batch_json()["records"]]
    mined = rpc(online.url, "eth_getTransactionReceipt", receipts[0]["tx_hash"])
    assert {one["tx_hash"] for one in receipts} == {mined["transactionHash"]}
    assert {(hex(one["block_number"]), one["block_hash"]) for one in receipts} == {
        (mined["blockNumber"], mined["blockHash"])
    }
    assert online.outcomes() == ["verified"] * 3


def test_a_published_batch_is_verified_by_the_next_pull_and_then_nothing_waits(
    tmp_path: Path, evm: str, monkeypatch: pytest.MonkeyPatch, capsys: Text
) -> None:
    made = office(tmp_path, evm, deploy(evm))
    made.enter(monkeypatch)
    assert made.make("--send", "--account", str(made.account)) == ingest.OK
    shutil.copy(made.batch / "batch.json", made.published / "2026-01.json")
    made.pull()
    anchors = queries.anchors(engine.latest(str(made.store)), Viewer("public"), date.today())
    assert dict(zip(anchors["assessment_id"], anchors["outcome"], strict=True)) == dict.fromkeys(
        ("marsh-0", "marsh-1", "valley-1"), "verified"
    )
    assert made.make(folder=tmp_path / "next") == ingest.WRONG_USE
    assert "3 that the public may see in full have one, and 2 others must be named" in capsys.readouterr().err


def test_a_batch_that_is_sent_again_is_not_sent_twice(online: Office) -> None:
    online.make()
    before = online.sent_count()
    online.send()
    told = online.batch_json()
    assert online.send() == ingest.OK
    assert online.sent_count() == before + 1
    assert online.batch_json() == told


def test_a_run_that_stopped_before_the_sending_sends_the_same_bytes_when_told_so(
    online: Office, capsys: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    online.make()
    before = online.sent_count()
    _stopped_at("push", online, monkeypatch)
    told = online.transaction_json()
    assert online.sent_count() == before
    assert online.send() == ingest.WRONG_USE
    assert f"This was sent before as {told['tx_hash']}" in capsys.readouterr().err.replace("\n", " ")
    assert online.sent_count() == before
    assert online.send("--again") == ingest.OK
    assert online.transaction_json() == told
    assert online.outcomes() == ["verified"] * 3


def test_a_run_that_stopped_after_the_sending_is_continued_without_a_question(
    online: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    online.make()
    before = online.sent_count()
    _stopped_at("mined", online, monkeypatch)
    assert [one["receipt"]["block_number"] for one in online.batch_json()["records"]] == [None] * 3
    assert online.send() == ingest.OK
    assert online.sent_count() == before + 1
    assert online.outcomes() == ["verified"] * 3


def test_a_person_at_a_terminal_is_asked_before_something_is_sent_again(
    online: Office, capsys: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    online.make()
    before = online.sent_count()
    _stopped_at("push", online, monkeypatch)
    asked: list[str] = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    for answer, code, sent in (("no", ingest.WRONG_USE, before), ("yes", ingest.OK, before + 1)):
        monkeypatch.setattr("builtins.input", lambda question, answer=answer: asked.append(question) or answer)
        assert online.send() == code
        assert online.sent_count() == sent
    assert "nothing was sent" in capsys.readouterr().err
    assert len(asked) == 2
    assert "the node does not know it. Send it all the same?" in asked[0]


def test_a_batch_that_a_reorganisation_removed_is_sent_again_as_it_was(online: Office, fresh_evm: str) -> None:
    made = online.moved_to(fresh_evm)
    made.make()
    fork = rpc(made.url, "evm_snapshot")
    made.send()
    assert made.outcomes() == ["verified"] * 3
    first = made.transaction_json()
    rpc(made.url, "evm_revert", fork)
    mine(made.url, 3)
    assert made.outcomes() == ["removed_by_reorganisation"] * 3
    assert made.send("--again") == ingest.OK
    assert made.transaction_json() == first
    assert made.outcomes() == ["verified"] * 3


def test_the_receipts_of_a_batch_signed_offline_are_completed(online: Office) -> None:
    online.make()
    tx_hash = online.send_elsewhere()
    assert online.anchor("--sent", tx_hash) == ingest.OK
    assert {one["receipt"]["tx_hash"] for one in online.batch_json()["records"]} == {tx_hash}
    assert online.outcomes() == ["verified"] * 3


def test_a_batch_that_an_offline_signer_has_sent_is_not_sent_again(online: Office) -> None:
    online.make()
    online.send_elsewhere()
    before = online.sent_count()
    assert online.send() == ingest.OK
    assert online.sent_count() == before
    assert online.outcomes() == ["verified"] * 3


def test_a_stranger_who_anchors_the_root_first_does_not_keep_the_office_from_it(online: Office) -> None:
    online.make()
    root = bytes.fromhex(online.batch_json()["records"][0]["receipt"]["root"][2:])
    anchor(online.url, online.contract, root, 3, account=ACCOUNTS[1])
    assert online.send() == ingest.OK
    assert online.outcomes() == ["verified"] * 3


def test_a_transaction_that_waits_for_a_block_is_told_and_completed_later(
    online: Office, fresh_evm: str, capsys: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = online.moved_to(fresh_evm)
    monkeypatch.setattr(anchor_delivery, "WAIT_SECONDS", 0)
    made.make()
    made.make(folder=made.home / "second")
    rpc(made.url, "evm_setAutomine", False)
    assert made.send() == ingest.SOURCE_TROUBLE
    assert "waits for a block" in capsys.readouterr().out
    tx_hash = made.transaction_json()["tx_hash"]
    assert made.outcomes() == ["pending"] * 3
    # Nobody can tell whether the one that waits is this batch, sent by somebody else.
    assert made.send(folder=made.home / "second") == ingest.WRONG_USE
    assert "wait for a block already" in capsys.readouterr().err
    assert made.anchor("--sent", tx_hash) == ingest.SOURCE_TROUBLE
    assert made.outcomes() == ["pending"] * 3
    mine(made.url, 1)
    assert made.anchor("--sent", tx_hash) == ingest.OK
    assert made.outcomes() == ["verified"] * 3


def _stopped_at(step: str, made: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send, and be stopped by Ctrl+C when this step is reached."""

    def stop(*arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as stopped:
        stopped.setattr(anchor_node, step, stop)
        with pytest.raises(KeyboardInterrupt):
            made.send()
