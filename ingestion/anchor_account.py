"""The account that pays for an anchor: read from a file that only its owner may read, used for one signature."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ingestion.anchor_transaction import Transaction
from ledger.keys import OTHERS

LARGEST_BYTES = 20_000
NOT_INSTALLED = (
    "sending needs the package eth-account, which is not installed. "
    "Run: pip install -r requirements-anchor.txt, or sign transaction.json with another wallet and use --sent"
)


class AccountRefused(ValueError):
    """An account that is not used; the message says why and what to do, and never holds a key."""


@dataclass(frozen=True)
class Terms:
    """What a node says that a transaction needs now: its number in the account, its gas, and the price in wei."""

    nonce: int
    gas: int
    gas_price_wei: int


def read_account(path: Path, password: Callable[[], str]) -> Any:
    """The account of a file: an Ethereum keystore (JSON), whose password is asked for, or a key in hexadecimal.

    Raises AccountRefused, also where others may read the file.
    """
    accounts = _accounts()
    try:
        if path.stat().st_mode & OTHERS:
            raise AccountRefused(f"others on this machine may read {path}. Run: chmod 600 {path}")
        with path.open(encoding="utf-8") as file:
            content = file.read(LARGEST_BYTES).strip()
    except OSError as error:
        raise AccountRefused(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        content = ""
    try:
        key = accounts.decrypt(json.loads(content), password()) if content.startswith("{") else content
        return accounts.from_key(key)
    except AccountRefused:
        raise
    # Whatever the library says may hold the key, so its words are left out.
    except Exception:
        if content.startswith("{"):
            problem = f"{path} cannot be opened: the password is wrong, or it is no Ethereum keystore"
        else:
            problem = f"{path} holds neither an Ethereum keystore (JSON) nor a key of 32 bytes in hexadecimal"
    raise AccountRefused(problem)


def check_account(account: Any, transaction: Transaction) -> None:
    """Raise AccountRefused for an account whose anchors readers would refuse."""
    if transaction.sender and account.address.lower() != transaction.sender:
        raise AccountRefused(
            f"the account {account.address} is not the one of the issuer in the trust file, {transaction.sender}; "
            "an anchor from it would be judged as one of a wrong issuer"
        )


def signed(transaction: Transaction, account: Any, terms: Terms) -> Transaction:
    """The transaction with the bytes to be sent and their hash."""
    fields = {
        "chainId": transaction.chain_id,
        "nonce": terms.nonce,
        "gas": terms.gas,
        "gasPrice": terms.gas_price_wei,
        "value": 0,
        "data": transaction.data,
    }
    if transaction.to:
        fields["to"] = bytes.fromhex(transaction.to.removeprefix("0x"))
    done = account.sign_transaction(fields)
    return replace(transaction, signed=f"0x{bytes(done.raw_transaction).hex()}", tx_hash=f"0x{bytes(done.hash).hex()}")


def _accounts() -> Any:
    try:
        from eth_account import Account
    except ImportError:
        raise AccountRefused(NOT_INSTALLED) from None
    return Account
