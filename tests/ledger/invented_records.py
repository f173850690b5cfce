"""Records of invented assessments, signed and batched, and what a node would answer about them.

Nothing is random: keys, salts and hashes are the same in every run.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.batch import Batch, anchored, build
from ledger.chain import Block, ChainAnswers, Event
from ledger.check import Check, check
from ledger.credential import Claims, Rated, sign, unsigned
from ledger.keys import did_of
from ledger.receipt import Receipt
from ledger.trust import Issuer, Trust
from ledger.values import hash_text

CHAIN_ID = 31337
CONTRACT = "0x5fbdb2315678afecb367f032d93f642f64180aa3"
ACCOUNT, OTHER_ACCOUNT = f"0x{'a1' * 20}", f"0x{'b2' * 20}"
TX, BLOCK, OTHER_BLOCK = (hash_text(bytes([n]) * 32) for n in (0x71, 0xB1, 0xB2))
HEIGHT, CONFIRMATIONS = 100, 3
ISSUED_AT = datetime(2026, 3, 31, 12, tzinfo=UTC)
MINED_AT = datetime(2026, 4, 1, 8, tzinfo=UTC)
TODAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
KEY, OTHER_KEY = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
DID, OTHER_DID = did_of(KEY.public_key()), did_of(OTHER_KEY.public_key())
ISSUER = Issuer("Example Secretariat", DID, ACCOUNT, date(2026, 1, 1), date(2027, 12, 31))
TRUST = Trust(CHAIN_ID, CONTRACT, (ISSUER,), CONFIRMATIONS, "Example chain", "https://explorer.example.org")


def claims(number: int = 1, **changed: Any) -> Claims:
    """The content of one assessment with two ratings."""
    ratings = (
        Rated("1.1", "self", "met", "3", "3", "2026-03-01"),
        Rated("1.2", "reviewer", "not_met", rated_on="2026-03-20"),
    )
    told = Claims(
        assessment_id=f"example-{number}",
        site_id=f"55500000{number}",
        tool="green_list",
        method="Green List",
        standard_version="1.1",
        phase="candidate",
        assessed_on="2026-03-15",
        assessed_year="2026",
        ratings=ratings,
    )
    return replace(told, **changed)


def record(
    number: int = 1,
    key: Ed25519PrivateKey = KEY,
    issuer: str | None = None,
    issued_at: datetime = ISSUED_AT,
    valid_until: datetime | None = None,
    **changed: Any,
) -> dict[str, Any]:
    """A signed record; `issuer` is who it says that it is from."""
    salt = bytes([number % 256]) * 16
    issuer = issuer or did_of(key.public_key())
    return sign(unsigned(claims(number, **changed), issuer, issued_at, salt, valid_until), key, issued_at)


@dataclass(frozen=True)
class Story:
    """One record with its receipt and the answers of a node, to be changed and checked."""

    credential: Mapping[str, Any]
    receipt: Receipt | None
    answers: ChainAnswers | None
    trust: Trust = TRUST

    @property
    def outcome(self) -> str:
        return self.check().outcome

    def check(self, today: date = TODAY, unreachable: str = "") -> Check:
        return check(self.credential, self.receipt, self.trust, self.answers, today, unreachable)


def batch_of(*credentials: Mapping[str, Any]) -> Batch:
    """An anchored batch of these records, or of five when none are given."""
    chosen = credentials or tuple(record(number) for number in range(1, 6))
    return anchored(build(chosen, CHAIN_ID, CONTRACT), TX, HEIGHT, BLOCK)


def event_of(batch: Batch, **changed: Any) -> Event:
    """The event with which a batch was anchored."""
    told = Event(hash_text(batch.root), ACCOUNT, 1, len(batch.records), "", CONTRACT, TX, HEIGHT, BLOCK)
    return replace(told, **changed)


def answers_of(*events: Event, **changed: Any) -> ChainAnswers:
    """A node that has these events in the block of the receipt, with enough blocks on top."""
    by_root: dict[str, tuple[Event, ...]] = {}
    for event in events:
        by_root[event.root] = (*by_root.get(event.root, ()), event)
    told = ChainAnswers(
        asked_at=NOW,
        chain_id=CHAIN_ID,
        head_number=HEIGHT + CONFIRMATIONS,
        head_at=NOW,
        events=by_root,
        statuses={event.tx_hash: 1 for event in events},
        blocks={HEIGHT: Block(BLOCK, MINED_AT)},
    )
    return replace(told, **changed)


def story(*credentials: Mapping[str, Any], index: int = 0, **changed: Any) -> Story:
    """A record that verifies, unless something is changed."""
    batch = batch_of(*credentials)
    credential, receipt = batch.records[index]
    told = Story(credential, receipt, answers_of(event_of(batch)))
    return replace(told, **changed)
