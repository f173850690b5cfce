"""The invented network's own chain: a block every hour, empty but for the anchors of the published batches.

Hashes are SHA-256 of words and accounts are taken from them, for there is no node behind it that computes anything.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from hashlib import sha256

from ledger.abi import TOPIC, anchor_call
from ledger.values import hash_text

# Neither is in use anywhere else: the first is of the range of the invented sites, the second a hash of words.
CHAIN_ID = 990_000_001
CHAIN_NAME = "Invented chain of the demo"
FIRST_BLOCK_AT = datetime(2020, 1, 1, tzinfo=UTC)
BLOCK_S = 3600
WORD = 32


def hash_of(words: str) -> str:
    """The hash that stands for a block or a transaction of the invented chain."""
    return hash_text(sha256(f"Invented {words}".encode()).digest())


def account_of(words: str) -> str:
    """The account or contract of this name."""
    return f"0x{hash_of(words)[-40:]}"


CONTRACT = account_of("contract")


def block_hash(number: int) -> str:
    return hash_of(f"block {number}")


def block_at(number: int) -> datetime:
    return datetime.fromtimestamp(FIRST_BLOCK_AT.timestamp() + BLOCK_S * number, UTC)


def block_after(moment: datetime) -> int:
    """The number of the first block after a moment."""
    return int((moment - FIRST_BLOCK_AT).total_seconds()) // BLOCK_S + 1


def newest_block(today: date) -> int:
    """The block of midnight (UTC), so that all answers of a day agree."""
    midnight = datetime.combine(today, time(), UTC)
    return int((midnight - FIRST_BLOCK_AT).total_seconds()) // BLOCK_S


@dataclass(frozen=True)
class Anchor:
    """The transaction that anchors one batch; `block` is None while it waits, `sequence` counts those of its sender."""

    root: bytes
    count: int
    uri: str
    sender: str
    sequence: int
    block: int | None

    @cached_property
    def tx_hash(self) -> str:
        return hash_of(f"transaction {self.root.hex()}")

    @property
    def call(self) -> str:
        """What the transaction carries."""
        return f"0x{anchor_call(self.root, self.count, self.uri).hex()}"

    @property
    def topics(self) -> list[str]:
        """The indexed part of the event: its kind, the root, who anchored, and the running number."""
        sender = bytes.fromhex(self.sender[2:]).rjust(WORD, b"\x00")
        return [TOPIC, hash_text(self.root), hash_text(sender), hash_text(_word(self.sequence))]

    @property
    def data(self) -> str:
        """The rest of the event: how many records the batch has, and its name."""
        told = self.uri.encode()
        padded = told + bytes(-len(told) % WORD)
        return f"0x{(_word(self.count) + _word(2 * WORD) + _word(len(told)) + padded).hex()}"


def _word(number: int) -> bytes:
    return number.to_bytes(WORD, "big")
