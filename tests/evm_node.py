"""A real EVM node for tests: anvil (Foundry), from npm, with a chain of its own on this machine.

`evm` is one node for all tests of a process: they only add to its chain. `fresh_evm` is a node for one test, which
may reorganise its chain. Where npm is absent or cannot install anvil, tests that need a node are skipped.
"""

import functools
import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from ledger.abi import anchor_call
from tests.servers import free_port

PACKAGE = "@foundry-rs/anvil"
VERSION = "1.7.1"
CHAIN_ID = 31337
CONTRACT = Path(__file__).parent.parent / "ledger" / "contract" / "AnchorLog.json"
INSTALL_SECONDS = 180
START_SECONDS = 30
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
    arguments = [f"--port={port}", f"--chain-id={chain_id}", "--host=127.0.0.1", "--silent"]
    process = subprocess.Popen(
        [_anvil(), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(10)


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


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            rpc(url, "eth_chainId")
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise AssertionError("anvil did not start")


def _anvil() -> str:
    """The program of the node; skips the test where it cannot be had."""
    program, problem = _installed()
    if program is None:
        pytest.skip(problem)
    return str(program)


@functools.cache
def _installed() -> tuple[Path | None, str]:
    """The program, installed once and kept between runs, or why there is none."""
    npm = shutil.which("npm")
    if npm is None:
        return None, "npm, which installs the EVM node anvil, is not on this machine"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "tech4nature-tests" / f"anvil-{VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "install.lock"):
        if (program := _program_in(folder)) is None:
            command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), f"{PACKAGE}@{VERSION}"]
            try:
                subprocess.run(command, capture_output=True, timeout=INSTALL_SECONDS, check=True)
            except subprocess.SubprocessError as error:
                return None, f"npm could not install the EVM node anvil: {type(error).__name__}"
            program = _program_in(folder)
    return program, "npm has no EVM node anvil for this kind of machine"


def _program_in(folder: Path) -> Path | None:
    # The program itself, not the script around it, which it would outlive.
    return next(folder.glob(f"node_modules/{PACKAGE}-*/bin/anvil*"), None)
