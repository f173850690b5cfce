"""What is asked of a node to send a transaction: its terms, to take it, and in which block it is."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connectors.errors import SourceRefused
from connectors.json_rpc import Node, NotAnswered
from ingestion.anchor_account import Terms
from ingestion.anchor_transaction import Transaction
from ledger.abi import quantity
from ledger.values import WrongValue, address, hash32, hash_text

# So much more than the node says now: prices rise, and gas differs a little from block to block.
MORE_PERCENT = 20
POLL_SECONDS = 1.0
DUPLICATE = "dup"


class NotSent(SourceRefused):
    """A node did not take a transaction, or the chain refused it; nothing was anchored by it."""

    advice = "Nothing was anchored. Correct this, then run the command again."


@dataclass(frozen=True)
class Mined:
    """A transaction in a block: whether it succeeded, and the contract that it made, if any."""

    is_success: bool
    block_number: int
    block_hash: str
    contract: str | None


def chain_id(node: Node) -> int:
    return _quantity(node, node.results([("eth_chainId", [])])[0], "eth_chainId")


def terms(node: Node, transaction: Transaction, sender: str, may_follow: Callable[[str], bool]) -> Terms:
    """What the transaction needs now. Raises NotSent where it would fail, or where another of the account waits.

    `may_follow` is asked before a transaction is put behind one that waits: that may be this batch, sent elsewhere.
    """
    calls = [
        ("eth_chainId", []),
        ("eth_getTransactionCount", [sender, "latest"]),
        ("eth_getTransactionCount", [sender, "pending"]),
        ("eth_gasPrice", []),
    ]
    serves, in_blocks, nonce, price_wei = (
        _quantity(node, found, call[0]) for found, call in zip(node.results(calls), calls, strict=True)
    )
    if serves != transaction.chain_id:
        raise NotSent(f"{node.source}: the node serves chain {serves} instead of {transaction.chain_id}")
    told = f"{nonce - in_blocks} transaction(s) of {sender} wait for a block already."
    if nonce > in_blocks and not may_follow(f"{told} One may be this batch, sent elsewhere."):
        raise NotSent(f"{node.source}: {told}", "Wait until they are in a block, then run the command again.")
    if transaction.to and node.results([("eth_getCode", [transaction.to, "latest"])])[0] in ("0x", None):
        raise NotSent(f"{node.source}: there is no contract at {transaction.to}; correct it in the trust file")
    gas = _gas(node, transaction, sender)
    if isinstance(gas, NotAnswered):
        raise NotSent(f"{node.source}: the transaction would fail: {_explained(gas.message)}")
    return Terms(nonce, gas, _more(price_wei))


def gas_estimate(node: Node, transaction: Transaction) -> int | None:
    """The gas that the node reckons with; None where it cannot say, as for an account that has no money yet."""
    gas = _gas(node, transaction, transaction.sender)
    return None if isinstance(gas, NotAnswered) else gas


def _gas(node: Node, transaction: Transaction, sender: str | None) -> int | NotAnswered:
    fields = {"from": sender, "to": transaction.to, "data": transaction.data}
    call = {name: value for name, value in fields.items() if value is not None}
    found = node.try_all([("eth_estimateGas", [call])])[0]
    return found if isinstance(found, NotAnswered) else _more(_quantity(node, found, "eth_estimateGas"))


def push(node: Node, transaction: Transaction) -> None:
    """Hand the signed bytes to the node; they may be handed over twice. Raises NotSent where it does not take them."""
    answer = node.try_all([("eth_sendRawTransaction", [transaction.signed])])[0]
    if isinstance(answer, NotAnswered) and not is_known(node, transaction.tx_hash):
        raise NotSent(f"{node.source}: the node did not take the transaction: {_explained(answer.message)}")


def is_known(node: Node, tx_hash: str | None) -> bool:
    """Whether the transaction is in a block, or waits for one."""
    return node.results([("eth_getTransactionByHash", [tx_hash])])[0] is not None


def mined(node: Node, tx_hash: str, wait_seconds: float) -> Mined | None:
    """The block of a transaction, waited for at most so long; None while it is in none."""
    end = time.monotonic() + wait_seconds
    while True:
        receipt = node.results([("eth_getTransactionReceipt", [tx_hash])])[0]
        if receipt is not None:
            return _mined(node, receipt)
        if time.monotonic() >= end:
            return None
        time.sleep(POLL_SECONDS)


def _mined(node: Node, receipt: Any) -> Mined:
    try:
        made = receipt.get("contractAddress")
        return Mined(
            is_success=quantity(receipt.get("status"), "status") == 1,
            block_number=quantity(receipt.get("blockNumber"), "blockNumber"),
            block_hash=hash_text(hash32(receipt.get("blockHash"), "blockHash")),
            contract=address(made, "contractAddress") if made else None,
        )
    except (WrongValue, ValueError, AttributeError):
        raise node.changed("the node answered eth_getTransactionReceipt with something else") from None


def _quantity(node: Node, value: Any, method: str) -> int:
    try:
        return quantity(value, method)
    except ValueError as error:
        raise node.changed(f"the node's answer cannot be read: {error}") from None


def _more(number: int) -> int:
    return number + number * MORE_PERCENT // 100


def _explained(message: str) -> str:
    """The node's words, and for the contract's own refusal what it means."""
    is_duplicate = message.rstrip().endswith(DUPLICATE) or f'"{DUPLICATE}"' in message
    return f"{message} (this account has anchored the batch before)" if is_duplicate else message
