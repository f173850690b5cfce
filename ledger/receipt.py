"""The receipt of a record: where in which batch it stands, and where on the ledger that batch was anchored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.values import WrongValue, address, hash32, hash_text, mapping, whole

FIELDS = {
    "digest", "chain_id", "contract", "tx_hash", "block_number", "block_hash", "root", "index", "size", "proof",
}  # fmt: skip
LARGEST_BATCH = 2**32 - 1
# A proof in a tree of LARGEST_BATCH records.
LONGEST_PROOF = 32


class WrongReceipt(WrongValue):
    """A document that is no receipt: which field, and why."""


@dataclass(frozen=True)
class Receipt:
    """`digest`, `root` and the hashes of `proof` have 32 bytes; the transaction is None while the batch was not sent.

    The block may be None where the batch was sent and nobody has looked yet which block took it.
    """

    digest: bytes
    root: bytes
    index: int
    size: int
    proof: tuple[bytes, ...]
    chain_id: int
    contract: str
    tx_hash: str | None = None
    block_number: int | None = None
    block_hash: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The receipt as it is published."""
        return {
            "digest": hash_text(self.digest),
            "chain_id": self.chain_id,
            "contract": self.contract,
            "tx_hash": self.tx_hash,
            "block_number": self.block_number,
            "block_hash": self.block_hash,
            "root": hash_text(self.root),
            "index": self.index,
            "size": self.size,
            "proof": [hash_text(step) for step in self.proof],
        }


def read_receipt(data: Any) -> Receipt:
    """The receipt of a JSON document; raises WrongReceipt."""
    try:
        return _read(mapping(data, "receipt"))
    except WrongValue as wrong:
        raise WrongReceipt(wrong.field, wrong.reason) from None


def _read(data: Mapping[str, Any]) -> Receipt:
    if unknown := sorted(set(data) - FIELDS):
        raise WrongValue(str(unknown[0])[:100], "is not a field of a receipt")
    path = data.get("proof")
    if not isinstance(path, list) or len(path) > LONGEST_PROOF:
        raise WrongValue("proof", f"is not a list of at most {LONGEST_PROOF} hashes")
    size = whole(data, "size", least=1, most=LARGEST_BATCH)
    has_block = data.get("block_number") is not None
    if has_block != (data.get("block_hash") is not None) or (has_block and data.get("tx_hash") is None):
        raise WrongValue("block_number", "stands without the transaction or the hash of its block")
    return Receipt(
        digest=hash32(data.get("digest"), "digest"),
        root=hash32(data.get("root"), "root"),
        index=whole(data, "index", most=size - 1),
        size=size,
        proof=tuple(hash32(step, "proof") for step in path),
        chain_id=whole(data, "chain_id", least=1),
        contract=address(data.get("contract"), "contract"),
        tx_hash=_optional_hash(data, "tx_hash"),
        block_number=whole(data, "block_number") if has_block else None,
        block_hash=_optional_hash(data, "block_hash"),
    )


def _optional_hash(data: Mapping[str, Any], name: str) -> str | None:
    return None if data.get(name) is None else hash_text(hash32(data[name], name))
