"""The whole path on a real EVM node: what is anchored there verifies, and each way in which it does not is told."""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from eth_account import Account
from web3 import HTTPProvider, Web3
from web3.exceptions import ContractLogicError

from connectors import http, json_rpc
from connectors.errors import SourceError, SourceUnavailable
from connectors.ledger_rpc import ask
from ledger import abi
from ledger.batch import Batch
from ledger.chain import ChainAnswers, read_answers
from ledger.check import OUTCOMES, Check
from ledger.trust import Trust
from tests import evm_node
from tests.connectors import ledger_records as made


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "BACKOFF_S", 0)


def answers(url: str, trusted: Trust, *batches: Batch) -> ChainAnswers:
    return ask("ledger", url, None, trusted, [receipt for one in batches for _, receipt in one.records])


def looked_up(url: str, one: Batch, trusted: Trust | None = None) -> Check:
    """The check of a batch's first record against what the node says now."""
    trusted = trusted or made.trust(one.records[0][1].contract)
    try:
        return made.checked(one, trusted, answers(url, trusted, one))
    except SourceError as error:
        return made.checked(one, trusted, None, str(error))


@contextmanager
def web3(url: str) -> Iterator[Web3]:
    """The public library that others use, which knows nothing of our code."""
    provider = HTTPProvider(url)
    yield Web3(provider)
    provider._request_session_manager.session_cache.clear()


def test_a_batch_that_others_anchor_with_web3_verifies(evm: str) -> None:
    told = json.loads(evm_node.CONTRACT.read_text())
    with web3(evm) as outside:
        account = outside.eth.accounts[0]
        sent = (
            outside.eth.contract(abi=told["abi"], bytecode=told["bytecode"]).constructor().transact({"from": account})
        )
        address = outside.eth.wait_for_transaction_receipt(sent)["contractAddress"]
        log = outside.eth.contract(address, abi=told["abi"])
        waiting = made.batch_of(address)
        sent = log.functions.anchor(waiting.root, 3, "https://example.org/2026.json").transact({"from": account})
        outside.eth.wait_for_transaction_receipt(sent)
        (event,) = log.events.Anchored.get_logs(from_block=0)
    found = looked_up(evm, waiting)
    assert found.outcome == "verified"
    assert found.event.tx_hash == event["transactionHash"].to_0x_hex()
    assert (found.event.count, found.event.uri, found.event.sequence) == (3, "https://example.org/2026.json", 1)
    assert Web3.keccak(text="Anchored(bytes32,address,uint64,uint32,string)").to_0x_hex() == abi.TOPIC


def test_web3_reads_what_our_call_anchored(evm: str) -> None:
    contract = evm_node.deploy(evm)
    one = made.anchored(evm, made.batch_of(contract))
    with web3(evm) as outside:
        log = outside.eth.contract(
            Web3.to_checksum_address(contract), abi=json.loads(evm_node.CONTRACT.read_text())["abi"]
        )
        (event,) = log.events.Anchored.get_logs(from_block=0)
    assert (event["args"]["root"], event["args"]["count"]) == (one.root, 3)
    assert event["args"]["issuer"].lower() == evm_node.ACCOUNTS[0]


def _verified(url: str) -> Check:
    return looked_up(url, made.anchored(url, made.batch_of(evm_node.deploy(url))))


def _content_changed(url: str) -> Check:
    one = made.anchored(url, made.batch_of(evm_node.deploy(url)))
    (credential, receipt), *others = one.records
    changed = copy.deepcopy(credential)
    changed["credentialSubject"]["ratings"][0]["rating"] = "not_met"
    return looked_up(url, Batch(((changed, receipt), *others)))


def _not_on_ledger(url: str) -> Check:
    contract = evm_node.deploy(url)
    other = evm_node.anchor(url, contract, bytes(32), 1)
    return looked_up(url, made.with_transaction(made.batch_of(contract), other))


def _wrong_issuer(url: str) -> Check:
    waiting = made.batch_of(evm_node.deploy(url))
    return looked_up(url, made.anchored(url, waiting, evm_node.ACCOUNTS[1]))


def _removed(url: str) -> Check:
    one = made.anchored(url, made.batch_of(evm_node.deploy(url)))
    evm_node.mine(url, 3)
    evm_node.rpc(url, "anvil_reorg", 4, [])
    return looked_up(url, one)


def _pending(url: str) -> Check:
    contract = evm_node.deploy(url)
    evm_node.rpc(url, "evm_setAutomine", False)
    waiting = made.batch_of(contract)
    data = f"0x{abi.anchor_call(waiting.root, 3, '').hex()}"
    tx_hash = evm_node.rpc(url, "eth_sendTransaction", {"from": evm_node.ACCOUNTS[0], "to": contract, "data": data})
    sent = Batch(tuple((record, replace(receipt, tx_hash=tx_hash)) for record, receipt in waiting.records))
    return looked_up(url, sent)


def _unreachable(url: str) -> Check:
    with evm_node.running_node() as other:
        one = made.anchored(other, made.batch_of(evm_node.deploy(other)))
    return looked_up(other, one)


SCENES: dict[str, tuple[Callable[[str], Check], str]] = {
    "verified": (_verified, "holds its fingerprint"),
    "content_changed": (_content_changed, "changed after its receipt"),
    "not_on_ledger": (_not_on_ledger, "holds no anchor"),
    "wrong_issuer": (_wrong_issuer, "not the signer's"),
    "removed_by_reorganisation": (_removed, "not part of the chain"),
    "pending": (_pending, "waits to be taken into a block"),
    "ledger_unreachable": (_unreachable, "no answer from 127.0.0.1"),
}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_each_outcome_comes_from_a_real_chain(fresh_evm: str, outcome: str) -> None:
    scene, reason = SCENES[outcome]
    found = scene(fresh_evm)
    assert found.outcome == outcome
    assert reason in found.reason


def test_a_record_of_a_stranger_is_of_the_wrong_issuer(evm: str) -> None:
    one = made.anchored(evm, made.batch_of(evm_node.deploy(evm), key=made.STRANGER))
    assert looked_up(evm, one).outcome == "wrong_issuer"


def test_a_stranger_who_anchors_the_same_root_first_changes_nothing(evm: str) -> None:
    waiting = made.batch_of(evm_node.deploy(evm))
    made.anchored(evm, waiting, evm_node.ACCOUNTS[1])
    assert looked_up(evm, made.anchored(evm, waiting)).outcome == "verified"


def test_the_contract_refuses_a_root_twice(evm: str) -> None:
    contract = evm_node.deploy(evm)
    one = made.anchored(evm, made.batch_of(contract))
    assert evm_node.anchor(evm, contract, one.root, 3)["status"] == "0x0"
    with web3(evm) as outside:
        log = outside.eth.contract(
            Web3.to_checksum_address(contract), abi=json.loads(evm_node.CONTRACT.read_text())["abi"]
        )
        with pytest.raises(ContractLogicError, match="dup"):
            log.functions.anchor(one.root, 3, "").call({"from": outside.eth.accounts[0]})
    assert looked_up(evm, one).outcome == "verified"


def test_a_failed_transaction_anchors_nothing(evm: str) -> None:
    contract = evm_node.deploy(evm)
    waiting = made.batch_of(contract)
    data = f"0x{abi.anchor_call(waiting.root, 3, '').hex()}"
    # Too little gas for the contract, though enough for the call.
    sent = {"from": evm_node.ACCOUNTS[0], "to": contract, "data": data, "gas": hex(30_000)}
    mined = evm_node.send(evm, sent)
    assert mined["status"] == "0x0"
    found = looked_up(evm, made.with_transaction(waiting, mined))
    assert (found.outcome, found.failed_step) == ("not_on_ledger", "anchor")
    assert "failed" in found.reason


def test_an_anchor_waits_for_the_blocks_on_top_of_it(evm: str) -> None:
    one = made.anchored(evm, made.batch_of(evm_node.deploy(evm)))
    trusted = made.trust(one.records[0][1].contract, confirmations=3)
    assert looked_up(evm, one, trusted).outcome == "pending"
    evm_node.mine(evm, 2)
    assert looked_up(evm, one, trusted).reason.startswith("Only 2 of 3")
    evm_node.mine(evm, 1)
    assert looked_up(evm, one, trusted).outcome == "verified"


def test_a_transaction_that_went_into_another_block_verifies(fresh_evm: str) -> None:
    contract = evm_node.deploy(fresh_evm)
    waiting = made.batch_of(contract)
    signed = Account.sign_transaction(
        {
            "to": Web3.to_checksum_address(contract),
            "data": abi.anchor_call(waiting.root, 3, ""),
            "nonce": 1,
            "gas": 500_000,
            "gasPrice": 2_000_000_000,
            "chainId": evm_node.CHAIN_ID,
        },
        evm_node.FIRST_KEY,
    ).raw_transaction.to_0x_hex()
    tx_hash = evm_node.rpc(fresh_evm, "eth_sendRawTransaction", signed)
    before = evm_node.rpc(fresh_evm, "eth_getTransactionReceipt", tx_hash)
    evm_node.mine(fresh_evm, 3)
    evm_node.rpc(fresh_evm, "anvil_reorg", 4, [[signed, 2]])
    after = evm_node.rpc(fresh_evm, "eth_getTransactionReceipt", tx_hash)
    assert after["blockNumber"] != before["blockNumber"]
    found = looked_up(fresh_evm, made.with_transaction(waiting, before))
    assert found.outcome == "verified"
    assert any("not in the one of the receipt" in note for note in found.notes)


def test_a_root_that_was_anchored_again_after_a_reorganisation_verifies(fresh_evm: str) -> None:
    waiting = made.batch_of(evm_node.deploy(fresh_evm))
    one = made.anchored(fresh_evm, waiting)
    evm_node.rpc(fresh_evm, "anvil_reorg", 1, [])
    assert looked_up(fresh_evm, one).outcome == "removed_by_reorganisation"
    evm_node.mine(fresh_evm, 2)
    made.anchored(fresh_evm, waiting)
    assert looked_up(fresh_evm, one).outcome == "verified"


def test_a_node_of_another_chain_says_nothing_of_ours() -> None:
    with evm_node.running_node(chain_id=5) as other:
        waiting = made.batch_of(evm_node.deploy(other))
        one = made.anchored(other, waiting)
        trusted = made.trust(one.records[0][1].contract)
        found = answers(other, trusted, one)
    assert (found.chain_id, found.events, found.blocks) == (5, {}, {})
    told = made.checked(one, trusted, found)
    assert (told.outcome, "chain 5" in told.reason) == ("ledger_unreachable", True)


def test_a_node_that_is_down_is_unavailable() -> None:
    with evm_node.running_node() as url:
        contract = evm_node.deploy(url)
    with pytest.raises(SourceUnavailable, match="ledger: no answer from 127.0.0.1"):
        answers(url, made.trust(contract), made.batch_of(contract))


def test_a_log_that_others_have_filled_is_read_up_to_a_size(fresh_evm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Strangers anchor the same root in the same block, with the longest addresses that the contract takes."""
    waiting = made.batch_of(evm_node.deploy(fresh_evm))
    evm_node.rpc(fresh_evm, "evm_setAutomine", False)
    asked = {"to": waiting.records[0][1].contract, "gas": hex(500_000)}
    for account in reversed(evm_node.ACCOUNTS):
        data = f"0x{abi.anchor_call(waiting.root, 3, 'x' * 2_000).hex()}"
        sent = evm_node.rpc(fresh_evm, "eth_sendTransaction", {**asked, "from": account, "data": data})
    evm_node.mine(fresh_evm, 1)
    one = made.with_transaction(waiting, evm_node.rpc(fresh_evm, "eth_getTransactionReceipt", sent))
    found = looked_up(fresh_evm, one)
    assert (found.outcome, found.event.issuer_address) == ("verified", evm_node.ACCOUNTS[0])
    monkeypatch.setattr(json_rpc, "ANSWER_MAX_BYTES", 10_000)
    found = looked_up(fresh_evm, one)
    assert found.outcome == "ledger_unreachable"
    assert "ledger: / is larger than" in found.reason


def test_answers_can_be_kept_and_read_again(evm: str) -> None:
    one = made.anchored(evm, made.batch_of(evm_node.deploy(evm)))
    found = answers(evm, made.trust(one.records[0][1].contract), one)
    assert read_answers(found.as_json()) == found


def test_ten_thousand_records_need_one_request(evm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten batches of a thousand records: ten roots, ten transactions and ten blocks, in one request after the first."""
    contract = evm_node.deploy(evm)
    asked: list[Any] = []
    real = http.Client.ask

    def counted(client: http.Client, path: str, question: Any, limit_bytes: int) -> bytes:
        asked.append(question)
        return real(client, path, question, limit_bytes)

    monkeypatch.setattr(http.Client, "ask", counted)
    ten = [made.anchored(evm, made.batch_of(contract, 2, first=10 * n + 1)) for n in range(10)]
    receipts = [replace(one.records[0][1], index=n, size=1_000) for one in ten for n in range(1_000)]
    found = ask("ledger", evm, None, made.trust(contract), receipts)
    assert len(found.events) == 10
    assert [len(question) for question in asked] == [2, 30]
