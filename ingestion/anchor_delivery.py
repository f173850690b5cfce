"""Hands a transaction to a node, once, and waits for its block.

The signed bytes are written down before they are sent. A run that was cut off hands over the same bytes again, which a
chain takes once only; and the contract takes a root from an account once only.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from connectors.json_rpc import Node
from ingestion import anchor_node
from ingestion.anchor_account import check_account, signed
from ingestion.anchor_files import WrongFolder, unsent, write
from ingestion.anchor_node import Mined, NotSent
from ingestion.anchor_transaction import Transaction
from ledger.batch import Batch, anchored
from ledger.values import hash32, hash_text

WAIT_SECONDS = 120.0
Account = Callable[[], Any]
Confirm = Callable[[str], bool]


@dataclass(frozen=True)
class Sent:
    """Where a transaction is now: `block_number` is None while it waits for a block."""

    tx_hash: str
    block_number: int | None = None
    contract: str | None = None


@dataclass(frozen=True)
class Delivery:
    """The way of one transaction from its folder to the chain; `batch` is None for the one that makes the contract.

    `account` opens the account that pays, and `confirm` asks before something is sent that may have been sent before.
    """

    node: Node
    folder: Path
    batch: Batch | None
    account: Account
    confirm: Confirm

    def deliver(self, transaction: Transaction) -> tuple[Transaction, Mined | None]:
        """The transaction as it was sent, now or before, and its block; raises NotSent where the chain refused it."""
        if not (transaction.tx_hash and anchor_node.is_known(self.node, transaction.tx_hash)):
            transaction = self._hand_over(transaction)
        found = anchor_node.mined(self.node, str(transaction.tx_hash), WAIT_SECONDS)
        if found and not found.is_success:
            self._forget(transaction)
            told = f"the transaction {transaction.tx_hash} failed in block {found.block_number:,}"
            raise NotSent(f"{self.node.source}: {told}")
        return transaction, found

    def _hand_over(self, transaction: Transaction) -> Transaction:
        before = transaction.tx_hash
        if before and not self.confirm(f"This was sent before as {before}, and the node does not know it."):
            raise WrongFolder("nothing was sent")
        if transaction.signed is None:
            account = self.account()
            check_account(account, transaction)
            terms = anchor_node.terms(self.node, transaction, account.address.lower(), self.confirm)
            transaction = signed(transaction, account, terms)
            write(self.folder, transaction, self.batch and anchored(self.batch, str(transaction.tx_hash)))
        try:
            anchor_node.push(self.node, transaction)
        except NotSent:
            self._forget(transaction)
            raise
        return transaction

    def _forget(self, transaction: Transaction) -> None:
        """Back to what was prepared: the chain refused these bytes, so others must be signed."""
        write(self.folder, replace(transaction, signed=None, tx_hash=None), self.batch and unsent(self.batch))


def checked_hash(tx_hash: str) -> str:
    """The hash of a transaction in lower case; raises WrongValue for anything else."""
    return hash_text(hash32(tx_hash, "the transaction"))
