"""The committed contract: it is what its source compiles to, and on a real node it does what its README says."""

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from web3 import Web3

from ledger import abi
from tests import npm
from tests.evm_node import ACCOUNTS, RpcError, anchor, deploy, rpc, send

FOLDER = Path(__file__).parents[2] / "ledger" / "contract"
COMPILED = json.loads((FOLDER / "AnchorLog.json").read_text(encoding="utf-8"))
COMPILER, VERSION = "solc", "0.8.37"
COMPILE_SECONDS = 180
OFFICE, STRANGER = ACCOUNTS[0], ACCOUNTS[1]
ROOT, OTHER_ROOT = bytes.fromhex("aa" * 32), bytes.fromhex("bb" * 32)


def test_the_source_compiles_to_just_the_committed_bytes() -> None:
    again = subprocess.run(
        ["node", str(FOLDER / "compile.js")],
        env={**os.environ, "NODE_PATH": str(npm.installed(COMPILER, VERSION))},
        capture_output=True,
        timeout=COMPILE_SECONDS,
        check=True,
    )
    assert json.loads(again.stdout) == COMPILED


def test_the_committed_bytes_are_of_the_committed_source() -> None:
    source = (FOLDER / COMPILED["source"]).read_bytes()
    assert hashlib.sha256(source).hexdigest() == COMPILED["source_sha256"]
    assert COMPILED["settings"]["evmVersion"] == "paris"
    assert COMPILED["settings"]["optimizer"]["enabled"]


def test_our_call_and_our_event_are_those_of_the_compiled_contract() -> None:
    """Computed by web3.py from the ABI, so that neither can drift from the contract."""
    contract = Web3().eth.contract(abi=COMPILED["abi"])
    by_web3 = contract.encode_abi("anchor", args=[ROOT, 7, "https://ledger.example.org/7.json"])
    assert by_web3 == f"0x{abi.anchor_call(ROOT, 7, 'https://ledger.example.org/7.json').hex()}"
    assert contract.events.Anchored().topic == abi.TOPIC


def _events(url: str, contract: str) -> list[dict[str, Any]]:
    asked = {"address": contract, "topics": [abi.TOPIC], "fromBlock": "0x0", "toBlock": "latest"}
    return [abi.read_event(log) for log in rpc(url, "eth_getLogs", asked)]


def test_the_anchors_of_an_issuer_are_counted_from_one(evm: str) -> None:
    contract = deploy(evm)
    assert anchor(evm, contract, ROOT, 3)["status"] == "0x1"
    assert anchor(evm, contract, OTHER_ROOT, 4)["status"] == "0x1"
    assert anchor(evm, contract, OTHER_ROOT, 5, account=STRANGER)["status"] == "0x1"
    told = [(event.root, event.issuer_address, event.sequence, event.count) for event in _events(evm, contract)]
    root, other = f"0x{ROOT.hex()}", f"0x{OTHER_ROOT.hex()}"
    assert told == [(root, OFFICE, 1, 3), (other, OFFICE, 2, 4), (other, STRANGER, 1, 5)]


def test_an_issuer_anchors_a_root_once(evm: str) -> None:
    contract = deploy(evm)
    anchor(evm, contract, ROOT, 3)
    with pytest.raises(RpcError, match="dup"):
        rpc(evm, "eth_call", _call(contract, ROOT, 3, ""), "latest")
    assert anchor(evm, contract, ROOT, 3)["status"] == "0x0"
    assert len(_events(evm, contract)) == 1


def test_a_stranger_who_anchors_a_root_first_does_not_block_its_issuer(evm: str) -> None:
    contract = deploy(evm)
    anchor(evm, contract, ROOT, 3, account=STRANGER)
    assert anchor(evm, contract, ROOT, 3)["status"] == "0x1"
    assert [event.issuer_address for event in _events(evm, contract)] == [STRANGER, OFFICE]


def test_an_address_that_makes_the_log_too_long_is_refused(evm: str) -> None:
    contract = deploy(evm)
    rpc(evm, "eth_call", _call(contract, ROOT, 1, "x" * 2_000), "latest")
    with pytest.raises(RpcError, match="uri"):
        rpc(evm, "eth_call", _call(contract, ROOT, 1, "x" * 2_001), "latest")


def test_the_documented_costs_are_those_of_the_node(evm: str) -> None:
    document = (FOLDER.parents[1] / "docs" / "ledger.md").read_text(encoding="utf-8")
    table = document.split("| transaction | gas |\n|---|---|\n")[1].split("\n\n")[0]
    told = [int(line.split("|")[2].replace(" ", "")) for line in table.splitlines()]
    made = send(evm, {"from": OFFICE, "data": COMPILED["bytecode"]})
    lengths = (0, 0, 47, 300)
    calls = [_call(made["contractAddress"], bytes([n + 1] * 32), 3, "x" * length) for n, length in enumerate(lengths)]
    used = [int(mined["gasUsed"], 16) for mined in (made, *(send(evm, call) for call in calls))]
    # A byte that is zero costs less, and roots have some by chance.
    assert used == pytest.approx(told, abs=50)


def test_it_takes_no_money(evm: str) -> None:
    contract = deploy(evm)
    with pytest.raises(RpcError, match="revert"):
        rpc(evm, "eth_call", {**_call(contract, ROOT, 1, ""), "value": "0x1"}, "latest")
    with pytest.raises(RpcError, match="revert"):
        rpc(evm, "eth_call", {"from": OFFICE, "to": contract, "value": "0x1"}, "latest")


def _call(contract: str, root: bytes, count: int, uri: str) -> dict[str, str]:
    return {"from": OFFICE, "to": contract, "data": f"0x{abi.anchor_call(root, count, uri).hex()}"}
