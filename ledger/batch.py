"""A batch: records that are anchored together, each with its receipt; published as one JSON file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ledger import merkle
from ledger.canonical import NotCanonical, digest, parse
from ledger.receipt import Receipt, WrongReceipt, read_receipt

FORMAT = "tech4nature-ledger-batch/1"
MOST_RECORDS = 100_000


class WrongBatch(ValueError):
    """A text that is no batch; the message says where and why."""


@dataclass(frozen=True)
class Batch:
    """Signed records with their receipts, in the order of the tree's leaves."""

    records: tuple[tuple[Mapping[str, Any], Receipt], ...]

    @property
    def root(self) -> bytes:
        return self.records[0][1].root


def build(credentials: Sequence[Mapping[str, Any]], chain_id: int, contract: str) -> Batch:
    """The batch of these records; their receipts name no transaction yet. Raises ValueError for no records."""
    if not credentials:
        raise ValueError("a batch has at least one record")
    digests = [digest(credential) for credential in credentials]
    root, size = merkle.root(digests), len(digests)
    receipts = [
        Receipt(entry, root, index, size, tuple(path), chain_id, contract.lower())
        for index, (entry, path) in enumerate(zip(digests, merkle.proofs(digests), strict=True))
    ]
    return Batch(tuple(zip(credentials, receipts, strict=True)))


def anchored(batch: Batch, tx_hash: str, block_number: int | None = None, block_hash: str | None = None) -> Batch:
    """The batch with the transaction that anchors it, and with its block once that is known."""
    told = {"tx_hash": tx_hash, "block_number": block_number, "block_hash": block_hash}
    return Batch(tuple((credential, replace(receipt, **told)) for credential, receipt in batch.records))


def as_json(batch: Batch) -> str:
    """The batch as it is published."""
    records = [{"credential": credential, "receipt": receipt.as_json()} for credential, receipt in batch.records]
    return json.dumps({"format": FORMAT, "records": records}, ensure_ascii=False, indent=1) + "\n"


def read_batch(text: str | bytes) -> list[tuple[Any, Receipt | None]]:
    """The records of a published batch with their receipts; a record is not looked at here.

    Raises WrongBatch.
    """
    return [one_record(entry, number) for number, entry in enumerate(read_entries(text), start=1)]


def read_entries(text: str | bytes) -> list[Any]:
    """The entries of a published batch as they came; raises WrongBatch."""
    try:
        data = parse(text)
    except NotCanonical as error:
        raise WrongBatch(str(error)) from None
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        raise WrongBatch(f"this is no batch of records: its format is not {FORMAT}")
    entries = data.get("records")
    if not isinstance(entries, list) or len(entries) > MOST_RECORDS:
        raise WrongBatch(f"the batch has no list of at most {MOST_RECORDS:,} records")
    return entries


def one_record(entry: Any, number: int) -> tuple[Any, Receipt | None]:
    """The record and the receipt of one entry; raises WrongBatch with its number."""
    if not isinstance(entry, Mapping) or not isinstance(entry.get("credential"), Mapping):
        raise WrongBatch(f"record {number}: there is no credential")
    try:
        receipt = None if entry.get("receipt") is None else read_receipt(entry["receipt"])
    except WrongReceipt as wrong:
        raise WrongBatch(f"record {number}: its receipt's {wrong}") from None
    return entry["credential"], receipt
