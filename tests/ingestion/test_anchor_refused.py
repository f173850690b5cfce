"""What is not sent, and what is not believed: wrong chains, changed files, transactions that failed or of others."""

import json

import pytest

import ingest
from ingestion import anchor_files, anchor_node
from ingestion.anchor_account import Terms
from tests.evm_node import ACCOUNTS, anchor, rpc, running_node
from tests.ingestion.anchoring import NO_CONTRACT, NO_NODE, Office

Text = pytest.CaptureFixture[str]
OFFICE, STRANGER = ACCOUNTS[0], ACCOUNTS[1]


def test_a_transaction_that_does_not_anchor_the_batch_completes_nothing(online: Office, capsys: Text) -> None:
    online.make()
    told = online.batch_json()
    root = bytes.fromhex(told["records"][0]["receipt"]["root"][2:])
    other = anchor(online.url, online.contract, bytes(32), 3)["transactionHash"]
    failed = anchor(online.url, online.contract, bytes(32), 3)["transactionHash"]
    cases = {"0x" + "ab" * 32: "does not know", other: "does not anchor this batch", failed: "failed"}
    for tx_hash, reason in cases.items():
        assert online.anchor("--sent", tx_hash) == ingest.SOURCE_TROUBLE
        assert reason in capsys.readouterr().err.replace("\n", " ")
    foreign = anchor(online.url, online.contract, root, 3, account=STRANGER)["transactionHash"]
    assert online.anchor("--sent", foreign) == ingest.SOURCE_TROUBLE
    assert f"anchored by {STRANGER}" in capsys.readouterr().err.replace("\n", " ")
    assert online.batch_json() == told


def test_a_transaction_that_fails_on_the_chain_is_forgotten_and_a_new_one_can_be_sent(
    online: Office, capsys: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    online.make()
    told = (online.batch_json(), online.transaction_json())
    with monkeypatch.context() as little:
        little.setattr(anchor_node, "terms", lambda *_: Terms(online.sent_count(), 30_000, 10**10))
        assert online.send() == ingest.SOURCE_TROUBLE
    shown = capsys.readouterr().err.replace("\n", " ")
    assert "failed in block" in shown
    assert "Nothing was anchored." in shown
    assert (online.batch_json(), online.transaction_json()) == told
    assert online.send() == ingest.OK
    assert online.outcomes() == ["verified"] * 3


def test_what_the_node_does_not_take_was_not_sent(
    online: Office, capsys: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    online.make()
    told = (online.batch_json(), online.transaction_json())
    with monkeypatch.context() as wrong:
        wrong.setattr(anchor_node, "terms", lambda *_: Terms(0, 100_000, 10**10))
        assert online.send() == ingest.SOURCE_TROUBLE
    assert "did not take the transaction: nonce too low" in capsys.readouterr().err.replace("\n", " ")
    assert (online.batch_json(), online.transaction_json()) == told


def test_a_node_that_is_down_and_one_of_another_chain_get_nothing(online: Office, capsys: Text) -> None:
    online.make()
    told = (online.batch_json(), online.transaction_json())
    online.network(NO_NODE)
    assert online.send() == ingest.SOURCE_TROUBLE
    assert "no answer from 127.0.0.1" in capsys.readouterr().err.replace("\n", " ")
    with running_node(chain_id=4242) as elsewhere:
        online.network(elsewhere)
        assert online.send() == ingest.SOURCE_TROUBLE
        assert int(rpc(elsewhere, "eth_getTransactionCount", OFFICE, "latest"), 16) == 0
    assert "serves chain 4242" in capsys.readouterr().err.replace("\n", " ")
    assert (online.batch_json(), online.transaction_json()) == told


def test_money_is_not_spent_where_there_is_no_contract(online: Office, capsys: Text) -> None:
    online.trust(contract=NO_CONTRACT)
    online.make()
    before = online.sent_count()
    assert online.send() == ingest.SOURCE_TROUBLE
    assert "there is no contract at" in capsys.readouterr().err
    assert online.sent_count() == before


def test_a_batch_of_another_ledger_than_is_trusted_now_is_not_sent(online: Office, capsys: Text) -> None:
    online.make()
    online.trust(contract=NO_CONTRACT)
    assert online.send() == ingest.WRONG_USE
    assert "another chain or contract" in capsys.readouterr().err


def test_a_batch_or_transaction_that_was_changed_is_not_sent(online: Office, capsys: Text) -> None:
    online.make()
    before = online.sent_count()
    good = {name: (online.batch / name).read_text(encoding="utf-8") for name in ("batch.json", "transaction.json")}
    root = json.loads(good["batch.json"])["records"][0]["receipt"]["root"][2:]
    changes = [
        ("batch.json", '"partly"', '"met"'),
        ("transaction.json", root, "ab" * 32),
        ("transaction.json", '"0x0"', '"0x1"'),
    ]
    for name, old, new in changes:
        assert old in good[name]
        (online.batch / name).write_text(good[name].replace(old, new), encoding="utf-8")
        assert online.send() == ingest.WRONG_USE
        assert name in capsys.readouterr().err
        (online.batch / name).write_text(good[name], encoding="utf-8")
    assert online.sent_count() == before


def test_two_commands_are_not_at_work_in_one_folder(online: Office, capsys: Text) -> None:
    online.make()
    before = online.sent_count()
    with anchor_files.held(online.batch):
        assert online.send() == ingest.WRONG_USE
    assert "another command is at work" in capsys.readouterr().err
    assert online.sent_count() == before
