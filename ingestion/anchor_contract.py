"""Puts the contract on a chain: writes its transaction, sends it, and tells the address that the contract got."""

from dataclasses import replace
from pathlib import Path

from connectors.base import Source
from ingestion import anchor_node
from ingestion.anchor import node_of
from ingestion.anchor_delivery import Account, Confirm, Delivery, Sent, checked_hash
from ingestion.anchor_files import WrongFolder, has_batch, held, read_transaction, write
from ingestion.anchor_node import Mined, NotSent
from ingestion.anchor_transaction import Transaction, to_deploy


def prepare_contract(folder: Path, source: Source, chain_id: int | None = None) -> Transaction:
    """Write the transaction that puts the contract on the chain of the node, or on the one given."""
    with held(folder):
        if has_batch(folder):
            raise WrongFolder(f"there is a batch in {folder}; take another folder for the contract")
        transaction = read_transaction(folder)
        if transaction is None:
            transaction = to_deploy(chain_id) if chain_id else _for_the_node(source)
            write(folder, transaction)
        if transaction.to is not None:
            raise WrongFolder(f"{folder} has a transaction of another kind; take another folder for the contract")
    return transaction


def send_contract(folder: Path, source: Source, account: Account, confirm: Confirm) -> Sent:
    """Put the contract on the chain; `prepare_contract` has written its transaction."""
    with held(folder), node_of(source) as node:
        transaction, found = Delivery(node, folder, None, account, confirm).deliver(_prepared_contract(folder))
        return _sent(str(transaction.tx_hash), found)


def complete_contract(source: Source, tx_hash: str) -> Sent:
    """The address of a contract whose transaction was signed and sent elsewhere."""
    tx_hash = checked_hash(tx_hash)
    with node_of(source) as node:
        found = anchor_node.mined(node, tx_hash, wait_seconds=0)
        if found is None and not anchor_node.is_known(node, tx_hash):
            raise NotSent(f"{source.name}: the node does not know the transaction {tx_hash}")
    if found and not (found.is_success and found.contract):
        raise NotSent(f"{source.name}: the transaction {tx_hash} made no contract")
    return _sent(tx_hash, found)


def _for_the_node(source: Source) -> Transaction:
    with node_of(source) as node:
        transaction = to_deploy(anchor_node.chain_id(node))
        return replace(transaction, gas=anchor_node.gas_estimate(node, transaction) or transaction.gas)


def _prepared_contract(folder: Path) -> Transaction:
    transaction = read_transaction(folder)
    if transaction is None or transaction.to is not None:
        raise WrongFolder(f"{folder} has no transaction that puts the contract on a chain")
    return transaction


def _sent(tx_hash: str, found: Mined | None) -> Sent:
    return Sent(tx_hash, found.block_number, found.contract) if found else Sent(tx_hash)
