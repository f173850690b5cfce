"""The folder of one batch: batch.json, which is published, and transaction.json, which stays with the issuer."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ingestion.anchor_transaction import Transaction, checked_uri, uri_of
from ledger.abi import anchor_call
from ledger.batch import Batch, WrongBatch, as_json, build, read_batch
from ledger.values import WrongValue, address, hash32, hash_text, mapping, optional_text, text, whole

BATCH, TRANSACTION, LOCK = "batch.json", "transaction.json", ".lock"
FORMAT = "tech4nature-ledger-transaction/1"
LONGEST_BYTES = 200_000


class WrongFolder(ValueError):
    """A folder that cannot be used for a batch; the message says what lies there and what to do."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The folder, made where it is not there, for this process alone: two must not send one batch."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK, timeout=0):
            yield
    except Timeout:
        raise WrongFolder(f"another command is at work in {folder}; wait until it has ended") from None
    except OSError as error:
        raise WrongFolder(f"{folder} cannot be written: {error.strerror}") from None


def write(folder: Path, transaction: Transaction, batch: Batch | None = None) -> None:
    """Write both files, each whole or not at all. The batch comes last, so it never lies there without the other."""
    _replace(folder / TRANSACTION, _transaction_json(transaction))
    if batch is not None:
        _replace(folder / BATCH, as_json(batch))


def has_batch(folder: Path) -> bool:
    return (folder / BATCH).is_file()


def read_transaction(folder: Path) -> Transaction | None:
    """The transaction of a folder; None where there is none. Raises WrongFolder for a file that is none."""
    path = folder / TRANSACTION
    if not path.is_file():
        return None
    try:
        told = mapping(json.loads(path.read_text(encoding="utf-8")), "the file")
        if told.get("format") != FORMAT:
            raise WrongValue("format", f"is not {FORMAT}")
        return _transaction(told)
    except (ValueError, RecursionError) as error:
        raise WrongFolder(f"{path} is no transaction that was written here: {error}") from None


def read_anchor(folder: Path) -> tuple[Batch, Transaction]:
    """The batch of a folder and its transaction; raises WrongFolder where they do not belong together."""
    path = folder / BATCH
    if not path.is_file():
        raise WrongFolder(f"there is no batch in {folder}. Make one with --key")
    transaction = read_transaction(folder)
    if transaction is None or transaction.to is None:
        raise WrongFolder(f"{folder} has a {BATCH} and no {TRANSACTION} that anchors it; take another folder")
    try:
        records = read_batch(path.read_bytes())
        again = build([credential for credential, _ in records], transaction.chain_id, transaction.to)
        call = anchor_call(again.root, len(records), checked_uri(uri_of(transaction.data)))
    except (WrongBatch, ValueError) as error:
        raise WrongFolder(f"{path} cannot be used: {error}") from None
    batch = Batch(tuple((credential, receipt) for credential, receipt in records if receipt))
    if unsent(batch) != again or transaction.data != f"0x{call.hex()}":
        raise WrongFolder(f"{path} or {TRANSACTION} was changed after both were made; take another folder")
    return batch, transaction


def unsent(batch: Batch) -> Batch:
    """The batch as it was before it was sent."""
    nowhere = {"tx_hash": None, "block_number": None, "block_hash": None}
    return Batch(tuple((credential, replace(receipt, **nowhere)) for credential, receipt in batch.records))


def _replace(path: Path, content: str) -> None:
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(content, encoding="utf-8")
    partial.replace(path)


def _transaction_json(transaction: Transaction) -> str:
    fields = {
        "chainId": hex(transaction.chain_id),
        "from": transaction.sender,
        "to": transaction.to,
        "value": "0x0",
        "gas": hex(transaction.gas),
        "data": transaction.data,
    }
    document = {
        "format": FORMAT,
        "summary": list(transaction.summary),
        "transaction": {name: value for name, value in fields.items() if value is not None},
        "signed": transaction.signed,
        "tx_hash": transaction.tx_hash,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _transaction(told: Any) -> Transaction:
    fields = mapping(told.get("transaction"), "transaction")
    summary = told.get("summary")
    if not isinstance(summary, list) or not all(isinstance(line, str) for line in summary):
        raise WrongValue("summary", "is not a list of texts")
    if fields.get("value") != "0x0":
        raise WrongValue("value", "is not 0x0; a transaction of the ledger sends no money")
    return Transaction(
        chain_id=whole({"chainId": _number(fields, "chainId")}, "chainId", least=1),
        data=_hex(text(fields, "data", LONGEST_BYTES), "data"),
        gas=_number(fields, "gas"),
        summary=tuple(summary),
        to=address(fields["to"], "to") if fields.get("to") else None,
        sender=address(fields["from"], "from") if fields.get("from") else None,
        signed=_hex(signed, "signed") if (signed := optional_text(told, "signed", LONGEST_BYTES)) else None,
        tx_hash=hash_text(hash32(told["tx_hash"], "tx_hash")) if told.get("tx_hash") else None,
    )


def _number(fields: Any, name: str) -> int:
    value = text(fields, name)
    try:
        return int(value, 16)
    except ValueError:
        raise WrongValue(name, f"{value!r} is not a number such as 0x1a") from None


def _hex(value: str, name: str) -> str:
    try:
        bytes.fromhex(value.removeprefix("0x"))
    except ValueError:
        raise WrongValue(name, "is not in hexadecimal") from None
    return value
