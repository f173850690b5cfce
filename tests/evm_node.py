"""A real EVM node for tests: anvil (Foundry), from npm, with a chain of its own on this machine.

`evm` is one node for all tests of a process: they only add to its chain. `fresh_evm` is a node for one test, which
may reorganise its chain. Where npm is absent or cannot install anvil, tests that need a node are skipped.
"""

import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ledger.abi import anchor_call
from tests import npm
from tests.servers import free_port, running

PACKAGE = "@foundry-rs/anvil"
VERSION = "1.7.1"
CHAIN_ID = 31337
CONTRACT = Path(__file__).parent.parent / "ledger" / "contract" / "AnchorLog.json"
ANSWER_SECONDS = 30
# The first accounts that anvil makes from its published phrase "test test ... junk"; the node holds their keys.
ACCOUNTS = (
    "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
    "0x70997970c51812dc3a010c7d01b50e0d17dc79c8",
    "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc",
)
# The key of the first one, printed in anvil's own manual: it protects nothing.
FIRST_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"


class RpcError(Exception):
    """The node answered with an error."""


@pytest.fixture(scope="session")
def evm() -> Iterator[str]:
    """The address of a node whose chain the tests of this process share."""
    with running_node() as url:
        yield url


@pytest.fixture
def fresh_evm() -> Iterator[str]:
    """The address of a node for this test alone."""
    with running_node() as url:
        yield url


@contextmanager
def running_node(chain_id: int = CHAIN_ID, port: int | None = None) -> Iterator[str]:
    """A node with an empty chain; gives its address once it answers, and ends it afterwards."""
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    with running([_anvil(), f"--port={port}", f"--chain-id={chain_id}", "--host=127.0.0.1", "--silent"], url):
        yield url


def rpc(url: str, method: str, *params: Any) -> Any:
    """The result of one JSON-RPC call; raises RpcError where the node refuses it."""
    asked = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = urllib.request.Request(url, asked, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as response:
        answer = json.load(response)
    if "error" in answer:
        raise RpcError(f"{method}: {answer['error']['message']}")
    return answer["result"]


def deploy(url: str) -> str:
    """Put the contract of `ledger/contract` on the chain; gives its address in lower case."""
    bytecode = json.loads(CONTRACT.read_text())["bytecode"].removeprefix("0x")
    mined = send(url, {"from": ACCOUNTS[0], "data": f"0x{bytecode}"})
    return mined["contractAddress"].lower()


def anchor(url: str, contract: str, root: bytes, count: int, account: str = ACCOUNTS[0]) -> dict[str, Any]:
    """Anchor a root; gives the receipt of the transaction, whose status is 0x0 where the contract refused it."""
    data = f"0x{anchor_call(root, count, '').hex()}"
    # With a limit given the node does not try the call first, so a failing one is mined too.
    return send(url, {"from": account, "to": contract, "data": data, "gas": hex(500_000)})


def send(url: str, transaction: dict[str, str]) -> dict[str, Any]:
    """Send a transaction from an account of the node; gives its receipt."""
    tx_hash = rpc(url, "eth_sendTransaction", transaction)
    end = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < end:
        if receipt := rpc(url, "eth_getTransactionReceipt", tx_hash):
            return receipt
        time.sleep(0.01)
    raise AssertionError(f"{tx_hash} was not mined")


def mine(url: str, blocks: int) -> None:
    """Put empty blocks on top of the chain."""
    rpc(url, "anvil_mine", hex(blocks))


def _anvil() -> str:
    """The program of the node; skips the test where it cannot be had."""
    # The program itself, not the script around it, which it would outlive.
    program = next(npm.installed(PACKAGE, VERSION).glob(f"{PACKAGE}-*/bin/anvil*"), None)
    if program is None:
        pytest.skip("npm has no EVM node anvil for this kind of machine")
    return str(program)
