"""What a node of the ledger answered: all that a check needs, and nothing that it would have to believe."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from ledger.canonical import NotCanonical, canonical, parse


@dataclass(frozen=True)
class Event:
    """One anchor on the ledger: `root`, hashes and addresses are hexadecimal texts in lower case with 0x."""

    root: str
    issuer_address: str
    sequence: int
    count: int
    uri: str
    contract: str
    tx_hash: str
    block_number: int
    block_hash: str


@dataclass(frozen=True)
class Block:
    """The block that stands at a height now: its hash and its time (UTC)."""

    hash: str
    at: datetime


@dataclass(frozen=True)
class ChainAnswers:
    """The state of one chain at `asked_at`, for the receipts that were asked about.

    `events` has every anchor of a root in the trusted contract, by root; `statuses` has 0 or 1 for each transaction
    that is in a block, `waiting` those that the node knows and that are in none. `blocks` has the block at each height
    that a receipt or an event names, where the chain is that high.
    """

    asked_at: datetime
    chain_id: int
    head_number: int
    head_at: datetime
    events: Mapping[str, tuple[Event, ...]] = field(default_factory=dict)
    statuses: Mapping[str, int] = field(default_factory=dict)
    waiting: frozenset[str] = frozenset()
    blocks: Mapping[int, Block] = field(default_factory=dict)

    def as_json(self) -> bytes:
        """The answers as a document that `read_answers` understands."""
        return canonical(
            {
                "asked_at": self.asked_at.isoformat(),
                "chain_id": self.chain_id,
                "head_number": self.head_number,
                "head_at": self.head_at.isoformat(),
                "events": {root: [asdict(event) for event in found] for root, found in self.events.items()},
                "statuses": dict(self.statuses),
                "waiting": sorted(self.waiting),
                "blocks": {str(height): [block.hash, block.at.isoformat()] for height, block in self.blocks.items()},
            }
        )


def read_answers(text: str | bytes) -> ChainAnswers:
    """The answers of a document that `as_json` wrote; raises ValueError for any other."""
    try:
        data: Mapping[str, Any] = parse(text)
        names = [one.name for one in fields(Event)]
        return ChainAnswers(
            asked_at=_moment(data["asked_at"]),
            chain_id=int(data["chain_id"]),
            head_number=int(data["head_number"]),
            head_at=_moment(data["head_at"]),
            events={
                root: tuple(Event(**{name: event[name] for name in names}) for event in found)
                for root, found in data["events"].items()
            },
            statuses={tx_hash: int(status) for tx_hash, status in data["statuses"].items()},
            waiting=frozenset(data["waiting"]),
            blocks={int(height): Block(found[0], _moment(found[1])) for height, found in data["blocks"].items()},
        )
    except (NotCanonical, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"these are no answers of a ledger: {type(error).__name__} {error}") from None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
