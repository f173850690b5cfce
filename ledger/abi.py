"""The contract's one call and one event, as the bytes of an EVM chain.

`anchor(bytes32 root, uint32 count, string uri)` and
`Anchored(bytes32 indexed root, address indexed issuer, uint64 indexed seq, uint32 count, string uri)`; encoding after
https://docs.soliditylang.org/en/latest/abi-spec.html.
"""

import re
from collections.abc import Mapping
from typing import Any

from ledger.chain import Event
from ledger.values import address, hash32, hash_text

WORD = 32
LONGEST_URI_BYTES = 2_000
# The first 4 bytes of the Keccak-256 of the call, and the Keccak-256 of the event.
SELECTOR = bytes.fromhex("2c4a5689")
TOPIC = "0x2bdc7fa1073ae7b794537d5cee008ce91cee29b8a8d5124b9a7273628652f163"


def anchor_call(root: bytes, count: int, uri: str) -> bytes:
    """The data of a transaction that anchors a root."""
    told = uri.encode()
    padded = told + bytes(-len(told) % WORD)
    return SELECTOR + root + _word(count) + _word(3 * WORD) + _word(len(told)) + padded


def read_event(log: Mapping[str, Any]) -> Event:
    """The event of a log entry as a node gives it; raises ValueError where it is no such event."""
    topics, data = log.get("topics"), _bytes(log.get("data"))
    if not isinstance(topics, list) or len(topics) != 4 or topics[0] != TOPIC:
        raise ValueError("the log entry is not an anchor")
    issuer = hash32(topics[2], "topics[2]")
    if any(issuer[:12]) or len(data) < 3 * WORD:
        raise ValueError("the log entry is not an anchor")
    length = int.from_bytes(data[2 * WORD : 3 * WORD], "big")
    if int.from_bytes(data[WORD : 2 * WORD], "big") != 2 * WORD or length > LONGEST_URI_BYTES:
        raise ValueError("the log entry of an anchor is not encoded as it should be")
    told = data[3 * WORD : 3 * WORD + length]
    if len(told) != length:
        raise ValueError("the log entry of an anchor breaks off")
    return Event(
        root=hash_text(hash32(topics[1], "topics[1]")),
        issuer_address=address(f"0x{issuer[12:].hex()}", "topics[2]"),
        sequence=int.from_bytes(hash32(topics[3], "topics[3]"), "big"),
        count=int.from_bytes(data[:WORD], "big"),
        uri=told.decode("utf-8", errors="replace"),
        contract=address(log.get("address"), "address"),
        tx_hash=hash_text(hash32(log.get("transactionHash"), "transactionHash")),
        block_number=quantity(log.get("blockNumber"), "blockNumber"),
        block_hash=hash_text(hash32(log.get("blockHash"), "blockHash")),
    )


def quantity(value: Any, field: str) -> int:
    """A number as JSON-RPC writes it, such as 0x1a; raises ValueError for anything else."""
    if not isinstance(value, str) or not re.fullmatch("0x[0-9a-fA-F]{1,16}", value):
        raise ValueError(f"{field} is not a number such as 0x1a")
    return int(value, 16)


def _bytes(value: Any) -> bytes:
    if not isinstance(value, str) or not value.startswith("0x"):
        raise ValueError("the data of the log entry are not in hexadecimal")
    return bytes.fromhex(value[2:])


def _word(number: int) -> bytes:
    return number.to_bytes(WORD, "big")
