"""Bundles on another machine against a real EVM node: every outcome that a chain can bring about."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.batch import anchored, build
from ledger.trust import Trust
from tests.evm_node import ACCOUNTS, CHAIN_ID, anchor, deploy, mine, rpc, running_node
from tests.exports.elsewhere import Elsewhere, another_machine
from tests.ledger.invented_records import ISSUER, TRUST, Story, record
from tests.ledger.zips import bundle_of, unzipped, zipped

Found = tuple[int, dict[str, Any]]
Verify = Callable[[bytes, str], Found]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    return another_machine(tmp_path_factory.mktemp("elsewhere"))


@pytest.fixture
def verify(elsewhere: Elsewhere) -> Verify:
    """Check a bundle there by asking a node; gives the exit code and the result."""

    def verified(bundle: bytes, url: str) -> Found:
        (elsewhere.home / "bundle.zip").write_bytes(bundle)
        done = elsewhere.verify("bundle.zip", "--rpc", url, "--json")
        assert done.stderr == ""
        return done.returncode, json.loads(done.stdout)

    return verified


def _anchored(url: str, first: int, account: str = ACCOUNTS[0], confirmations: int = 2) -> Story:
    """Three records that are anchored on the chain of a node, of which the second is told."""
    contract = deploy(url)
    batch = build([record(number) for number in range(first, first + 3)], CHAIN_ID, contract)
    mined = anchor(url, contract, batch.root, 3, account)
    batch = anchored(batch, mined["transactionHash"], int(mined["blockNumber"], 16), mined["blockHash"])
    # The block of a test node is of today, when the issuer must still be valid.
    issuer = replace(ISSUER, address=ACCOUNTS[0], valid_to=None)
    trust = Trust(CHAIN_ID, contract, (issuer,), confirmations, TRUST.chain_name)
    return Story(*batch.records[1], None, trust)


def test_a_bundle_verifies_elsewhere(evm: str, verify: Verify) -> None:
    told = _anchored(evm, first=10)
    mine(evm, 2)
    code, found = verify(bundle_of(told), evm)
    assert (code, found["outcome"], found["issuer"]) == (0, "verified", ISSUER.name)
    assert {step["state"] for step in found["steps"]} == {"passed"}
    block = rpc(evm, "eth_getBlockByNumber", hex(told.receipt.block_number), False)
    inputs = {one["label"]: one["value"] for step in found["steps"] for one in step["inputs"]}
    assert inputs["Block at this height"] == block["hash"]


def test_one_changed_byte_does_not_verify(evm: str, verify: Verify) -> None:
    files = unzipped(bundle_of(_anchored(evm, first=20, confirmations=0)))
    forged = files["credential.json"].replace(b'"not_met"', b'"now_met"')
    code, found = verify(zipped(files | {"credential.json": forged}), evm)
    assert (code, found["outcome"], found["failed_step"]) == (1, "content_changed", "fingerprint")


def test_too_few_blocks_on_top_are_pending(evm: str, verify: Verify) -> None:
    told = _anchored(evm, first=30)
    mine(evm, 1)
    assert verify(bundle_of(told), evm)[0] == 3
    mine(evm, 1)
    assert verify(bundle_of(told), evm)[0] == 0


def test_an_anchor_by_another_account_is_the_wrong_issuer(evm: str, verify: Verify) -> None:
    told = _anchored(evm, first=40, account=ACCOUNTS[1], confirmations=0)
    code, found = verify(bundle_of(told), evm)
    assert (code, found["outcome"], found["failed_step"]) == (1, "wrong_issuer", "account")


def test_a_record_of_a_batch_that_was_not_anchored_is_not_on_the_ledger(evm: str, verify: Verify) -> None:
    told = _anchored(evm, first=50)
    batch = anchored(build([record(60)], CHAIN_ID, told.trust.contract), told.receipt.tx_hash)
    code, found = verify(bundle_of(Story(*batch.records[0], None, told.trust)), evm)
    assert (code, found["outcome"], found["failed_step"]) == (1, "not_on_ledger", "anchor")


def test_a_node_of_another_chain_decides_nothing(evm: str, verify: Verify) -> None:
    told = _anchored(evm, first=70)
    with running_node(chain_id=CHAIN_ID + 1) as other:
        code, found = verify(bundle_of(told), other)
    assert (code, found["outcome"]) == (3, "ledger_unreachable")
    assert f"the node serves chain {CHAIN_ID + 1}" in found["reason"]
    # The same address answers nothing any more.
    code, found = verify(bundle_of(told), other)
    assert (code, found["outcome"]) == (3, "ledger_unreachable")


def test_a_removed_anchor_is_told(fresh_evm: str, verify: Verify) -> None:
    before = rpc(fresh_evm, "evm_snapshot")
    told = _anchored(fresh_evm, first=80, confirmations=0)
    assert verify(bundle_of(told), fresh_evm)[0] == 0
    rpc(fresh_evm, "evm_revert", before)
    mine(fresh_evm, 5)
    code, found = verify(bundle_of(told), fresh_evm)
    assert (code, found["outcome"]) == (1, "removed_by_reorganisation")


def test_the_question_in_the_instructions_finds_the_anchor(evm: str) -> None:
    told = _anchored(evm, first=100)
    readme = unzipped(bundle_of(told))["README.txt"].decode()
    asked = json.loads(re.search(r"-d '(.*?)'", readme, re.DOTALL)[1])
    (log,) = rpc(evm, asked["method"], *asked["params"])
    assert log["transactionHash"] == told.receipt.tx_hash
    assert log["topics"][1] == f"0x{told.receipt.root.hex()}"


def test_ones_own_trust_file_is_asked_about(evm: str, elsewhere: Elsewhere, tmp_path: Path) -> None:
    told = _anchored(evm, first=90, confirmations=0)
    bare = {name: data for name, data in unzipped(bundle_of(told)).items() if name != "trust.toml"}
    (elsewhere.home / "bare.zip").write_bytes(zipped(bare))
    (tmp_path / "own.toml").write_text(told.trust.as_toml())
    assert elsewhere.verify("bare.zip", "--rpc", evm).returncode == 2
    assert elsewhere.verify("bare.zip", "--rpc", evm, "--trust", tmp_path / "own.toml").returncode == 0
