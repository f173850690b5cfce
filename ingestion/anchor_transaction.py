"""The transaction that anchors a batch, or puts the contract on the chain: what it holds, and what it says to a person.

All that goes on the ledger is made here: the root of the batch, the number of records and an address.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import ledger
from ledger.abi import SELECTOR, WORD, anchor_call
from ledger.batch import Batch
from ledger.values import hash_text

CONTRACT = Path(ledger.__file__).parent / "contract" / "AnchorLog.json"
LONGEST_URI = 300
# Where the length of the address stands in the call, after root, count and the place of the address.
AT_THE_ADDRESS = len(SELECTOR) + 3 * WORD
# What a name must have at least, once only letters and digits are left, so that it is looked for in an address.
SHORTEST_NAME = 5
# Above what was measured; a node that answers says it more exactly.
GAS_OF_AN_ANCHOR, GAS_PER_BYTE, GAS_OF_THE_CONTRACT = 100_000, 40, 400_000


class WrongAddress(ValueError):
    """An address of a batch that must not stand on the ledger; the message says why."""


@dataclass(frozen=True)
class Transaction:
    """An unsigned transaction, and once it was signed the bytes that are sent and their hash.

    `to` is None for the one that puts the contract on the chain. `sender` is the account that must sign it, in lower
    case; `data`, `signed` and `tx_hash` are hexadecimal with 0x.
    """

    chain_id: int
    data: str
    gas: int
    summary: tuple[str, ...]
    to: str | None = None
    sender: str | None = None
    signed: str | None = None
    tx_hash: str | None = None


def checked_uri(uri: str, names: Iterable[str] = ()) -> str:
    """The address itself, if it may stand on the ledger for ever; raises WrongAddress.

    It is a plain https address in ASCII without query, user or port, and names no assessment and no site.
    """
    if not uri:
        return uri
    if len(uri) > LONGEST_URI or not re.fullmatch(r"https://[A-Za-z0-9.-]+(/[A-Za-z0-9._~/-]*)?", uri):
        raise WrongAddress(
            "the address of the batch must be a plain one such as https://ledger.example.org/2026-01.json: https, "
            f"no query, no user, no port, only letters, digits and . _ ~ - /, at most {LONGEST_URI} of them"
        )
    if "." not in (urlsplit(uri).hostname or ""):
        raise WrongAddress("the address of the batch names no host of the web")
    plain = _plain(uri)
    for name in names:
        if len(_plain(name)) >= SHORTEST_NAME and _plain(name) in plain:
            raise WrongAddress(f"the address of the batch names {name!r}, which would stand on the ledger for ever")
    return uri


def to_anchor(batch: Batch, uri: str, sender: str, chain_name: str | None) -> Transaction:
    """The transaction that anchors a batch. `uri` has been checked."""
    receipt = batch.records[0][1]
    data = anchor_call(batch.root, receipt.size, uri)
    summary = (
        f"Anchors a batch of {_count(receipt.size)} on chain {_named(receipt.chain_id, chain_name)}.",
        f"Calls anchor(root, count, uri) of the contract {receipt.contract}.",
        f"Root: {hash_text(batch.root)}. Count: {receipt.size}. Address: {uri or 'none'}.",
        f"Must be signed by the account {sender}. Sends no money. Set the nonce and the price of gas when you sign.",
    )
    gas = GAS_OF_AN_ANCHOR + GAS_PER_BYTE * len(data)
    return Transaction(receipt.chain_id, f"0x{data.hex()}", gas, summary, to=receipt.contract, sender=sender)


def uri_of(data: str) -> str:
    """The address in the data of a transaction that anchors a batch; raises ValueError for other data."""
    told = bytes.fromhex(data.removeprefix("0x"))[AT_THE_ADDRESS:]
    length = int.from_bytes(told[:WORD], "big")
    return told[WORD : WORD + length].decode("ascii")


def to_deploy(chain_id: int) -> Transaction:
    """The transaction that puts the contract on a chain; any account may sign it."""
    compiled = json.loads(CONTRACT.read_text(encoding="utf-8"))
    summary = (
        f"Puts the contract {compiled['contract']} on chain {chain_id} ({compiled['compiler']}).",
        "The contract has no owner: any account may sign this, and none has rights over it afterwards.",
        "Sends no money. Set the nonce and the price of gas when you sign.",
    )
    return Transaction(chain_id, compiled["bytecode"], GAS_OF_THE_CONTRACT, summary)


def _named(chain_id: int, name: str | None) -> str:
    return f"{chain_id} ({name})" if name else str(chain_id)


def _count(size: int) -> str:
    return "1 record" if size == 1 else f"{size:,} records"


def _plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
