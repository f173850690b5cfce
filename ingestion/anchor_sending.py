"""Sends a prepared transaction once, and completes the receipts when the ledger holds it.

The ledger is asked first, so a batch that it holds already is not sent again, whoever sent it.
"""

from dataclasses import replace
from pathlib import Path

from connectors.base import Source
from connectors.errors import SourceRefused
from connectors.ledger_rpc import ask
from connectors.secret import secret_of
from ingestion.anchor import node_of, trust_of
from ingestion.anchor_delivery import Account, Confirm, Delivery, Sent, checked_hash
from ingestion.anchor_files import WrongFolder, held, read_anchor, unsent, write
from ingestion.anchor_node import NotSent
from ingestion.anchor_transaction import Transaction
from ledger.batch import Batch, anchored
from ledger.chain import ChainAnswers, Event
from ledger.trust import Trust
from ledger.values import hash_text


def send(folder: Path, source: Source, account: Account, confirm: Confirm) -> Sent:
    """Sign the transaction of a batch, send it, wait for its block and complete the receipts.

    Nothing is sent where the ledger holds the batch already. `confirm` is asked before something is sent that may have
    been sent before. Raises SourceError for trouble with the node or the chain, ValueError for wrong use.
    """
    trust = trust_of(source)
    with held(folder):
        batch, transaction = read_anchor(folder)
        _check_ledger(transaction, trust)
        if done := _completed(folder, batch, transaction, _answers(source, trust, batch)):
            return done
        with node_of(source) as node:
            transaction, found = Delivery(node, folder, batch, account, confirm).deliver(transaction)
        if found is None:
            return Sent(str(transaction.tx_hash))
        batch = anchored(batch, str(transaction.tx_hash))
        done = _completed(folder, batch, transaction, _answers(source, trust, batch))
    if done is None:
        raise NotSent(f"{source.name}: {transaction.tx_hash} is in a block, and the contract told of no anchor")
    return done


def complete(folder: Path, source: Source, tx_hash: str) -> Sent:
    """Complete the receipts of a batch whose transaction was signed and sent elsewhere."""
    trust, tx_hash = trust_of(source), checked_hash(tx_hash)
    with held(folder):
        batch, transaction = read_anchor(folder)
        _check_ledger(transaction, trust)
        named = anchored(unsent(batch), tx_hash)
        answers = _answers(source, trust, named)
        if answers.statuses.get(tx_hash) == 1 and not answers.events:
            # Its block may have come after the node was asked for the newest one.
            answers = _answers(source, trust, named)
        if done := _completed(folder, batch, transaction, answers):
            return done
        if tx_hash in answers.waiting:
            write(folder, replace(transaction, tx_hash=tx_hash), named)
            return Sent(tx_hash)
    others = answers.events.get(hash_text(batch.root), ())
    if others:
        problem = f"the batch was anchored by {others[0].issuer_address}, and the trust file names {transaction.sender}"
    elif tx_hash not in answers.statuses:
        problem = f"the node does not know the transaction {tx_hash}"
    elif answers.statuses[tx_hash] == 0:
        problem = f"the transaction {tx_hash} failed"
    else:
        problem = f"the transaction {tx_hash} does not anchor this batch in the trusted contract"
    raise NotSent(f"{source.name}: {problem}")


def _completed(folder: Path, batch: Batch, transaction: Transaction, answers: ChainAnswers) -> Sent | None:
    """Write the receipts where the ledger holds the batch by the right account; None where it does not."""
    event = next((one for one in answers.events.get(hash_text(batch.root), ()) if _is_ours(one, transaction)), None)
    if event is None:
        return None
    done = anchored(batch, event.tx_hash, event.block_number, event.block_hash)
    is_same = event.tx_hash == transaction.tx_hash
    told = replace(transaction, tx_hash=event.tx_hash, signed=transaction.signed if is_same else None)
    write(folder, told, done)
    return Sent(event.tx_hash, event.block_number)


def _is_ours(event: Event, transaction: Transaction) -> bool:
    return event.issuer_address == transaction.sender


def _answers(source: Source, trust: Trust, batch: Batch) -> ChainAnswers:
    # All records of a batch have one root and one transaction.
    receipt = batch.records[0][1]
    answers = ask(source.name, str(source.options.get("rpc")), secret_of(source), trust, [receipt])
    if answers.chain_id != trust.chain_id:
        raise SourceRefused(
            f"{source.name}: the node serves chain {answers.chain_id}, and chain {trust.chain_id} is trusted",
            "Set `rpc` of this source in network.toml to a node of the trusted chain.",
        )
    return answers


def _check_ledger(transaction: Transaction, trust: Trust) -> None:
    if (transaction.chain_id, transaction.to) != (trust.chain_id, trust.contract):
        raise WrongFolder("the batch was made for another chain or contract than the trust file names now")
