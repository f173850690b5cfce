"""Invented answers of the queries about the ledger: really signed records, one for each outcome of a check.

The first record is verified; its batch holds the second, of which the store shows another rating than was signed.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pandas as pd
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from data.access import Viewer
from ledger import batch, bundle
from ledger.canonical import canonical
from ledger.chain import Block, ChainAnswers, Event
from ledger.check import Check, check
from ledger.credential import Claims, Rated, sign, unsigned
from ledger.keys import did_of
from ledger.receipt import Receipt
from ledger.trust import Issuer, Trust
from tests.pages import invented
from ui.ledger_words import OUTCOMES

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CONTRACT, ACCOUNT = f"0x{'c0' * 20}", f"0x{'ac' * 20}"
TX, BLOCK_HASH = f"0x{'7e' * 32}", f"0x{'b1' * 32}"
ISSUER = f"Office {invented.HOSTILE}"
TRUST = Trust(295, CONTRACT, (Issuer(ISSUER, did_of(KEY.public_key()), ACCOUNT, date(2020, 1, 1)),), 3, "Test chain")
SIGNED_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
ANCHORED_AT = datetime(2026, 11, 2, 12, tzinfo=UTC)
REACHED_AT = invented.NOW - timedelta(hours=1)
# One assessment of each outcome; the hostile site's is the one that changed.
CASES = {
    "verified": ("990000001-2025", "990000001"),
    "content_changed": ("990000004-2026", "990000004"),
    "wrong_issuer": ("990000002-2025", "990000002"),
    "not_on_ledger": ("990000003-2025", "990000003"),
    "removed_by_reorganisation": ("990000003-2024", "990000003"),
    "pending": ("990000002-2026", "990000002"),
    "ledger_unreachable": ("990000003-2026", "990000003"),
}
FAILED_STEPS = {
    "content_changed": "held",
    "wrong_issuer": "account",
    "not_on_ledger": "anchor",
    "removed_by_reorganisation": "anchor",
}
REASONS = {outcome: f"Reason of {outcome}." for outcome in CASES}
SIGNED_RATING = Rated("GLS-V1.1-3.4.9", "self", "not_met", rated_on="2026-10-01")


def credential(assessment_id: str, site_id: str) -> dict:
    claims = Claims(assessment_id, site_id, "green_list", "Green List", "GLS-1.1", ratings=(SIGNED_RATING,))
    return sign(unsigned(claims, did_of(KEY.public_key()), SIGNED_AT, bytes(16)), KEY, SIGNED_AT)


BATCH = batch.anchored(
    batch.build([credential(*CASES[outcome]) for outcome in CASES], TRUST.chain_id, CONTRACT), TX, 7, BLOCK_HASH
)
RECORDS = dict(zip(CASES, BATCH.records, strict=True))


def answers_of_node() -> ChainAnswers:
    """What a node says that holds the batch, with enough blocks on top."""
    root = f"0x{BATCH.root.hex()}"
    event = Event(root, ACCOUNT, 1, len(CASES), "https://example.org/batch.json", CONTRACT, TX, 7, BLOCK_HASH)
    return ChainAnswers(
        asked_at=invented.NOW,
        chain_id=TRUST.chain_id,
        head_number=20,
        head_at=invented.NOW,
        events={root: (event,)},
        statuses={TX: 1},
        blocks={7: Block(BLOCK_HASH, ANCHORED_AT)},
    )


@dataclass(frozen=True)
class Source:
    """What `ingestion.ledger_now.ledgers` tells of a ledger, as far as pages look at it."""

    name: str = "test-ledger"
    trust: Trust = TRUST


def check_now(record: dict, receipt: Receipt | None) -> Check:
    """A check against the invented node, in place of `ingestion.ledger_now.check_now`."""
    return check(record, receipt, TRUST, answers_of_node(), invented.TODAY)


def proof_bundle(outcome: str = "verified", trust: Trust = TRUST) -> bytes:
    record, receipt = RECORDS[outcome]
    return bundle.write_bundle(record, receipt, trust, invented.TODAY, True)


def anchors(*outcomes: str) -> pd.DataFrame:
    """A row per outcome, as `queries.anchors` gives it."""
    names = invented.sites().set_index("site_id")["site_name"]
    rows = []
    for outcome in outcomes or tuple(CASES):
        assessment_id, site_id = CASES[outcome]
        receipt = RECORDS[outcome][1]
        is_waiting = outcome == "pending"
        rows.append(
            {
                "assessment_id": assessment_id,
                "site_id": site_id,
                "site_name": names[site_id],
                "source": "test-ledger",
                "issuer_key": TRUST.issuers[0].key,
                "issued_at": SIGNED_AT,
                "digest": f"0x{receipt.digest.hex()}",
                "root": f"0x{receipt.root.hex()}",
                "tx_hash": None if is_waiting else TX,
                "block_number": None if is_waiting else "7",
                "assessed_on": pd.NaT if is_waiting else pd.Timestamp("2026-10-01"),
                "assessed_year": 2026,
                "outcome": outcome,
                "last_outcome": "verified" if outcome == "ledger_unreachable" else None,
                "failed_step": FAILED_STEPS.get(outcome),
                "reason": REASONS[outcome],
                "notes": f"Note {invented.HOSTILE}" if outcome == "wrong_issuer" else None,
                "issuer": ISSUER if outcome == "verified" else None,
                "anchored_at": ANCHORED_AT if outcome == "verified" else pd.NaT,
                "reached_at": REACHED_AT,
                "explorer": "https://explorer.example.org/",
                "superseded_by": "990000001-2026" if outcome == "verified" else None,
                "is_open": True,
            }
        )
    frame = pd.DataFrame(rows)
    moments = ("issued_at", "anchored_at", "reached_at")
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in moments})


def ledgers(problem: str | None = None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "ledger_id": [f"295:{CONTRACT}"],
            "chain_id": ["295"],
            "chain_name": [TRUST.chain_name],
            "contract": [CONTRACT],
            "confirmations": [3],
            "explorer": [None],
            "issuers": [ISSUER],
            "head_block": ["20"],
            "head_at": pd.to_datetime([REACHED_AT], utc=True),
            "reached_at": pd.to_datetime([REACHED_AT], utc=True),
            "problem": pd.Series([problem], dtype="object"),
            "source": ["test-ledger"],
        }
    )


def anchor(viewer: Viewer, assessment_id: str) -> dict | None:
    """One assessment with its record for those who may see its ratings, as `queries.anchor` gives it."""
    rows = anchors()
    found = rows[rows["assessment_id"].eq(assessment_id)]
    if found.empty:
        return None
    row = found.iloc[0].to_dict()
    columns = ["indicator_id", "role", "field", "signed", "held"]
    told = {"credential": None, "receipt": None, "differences": pd.DataFrame(columns=columns, dtype="object")}
    if viewer.role != "public":
        record, receipt = RECORDS[row["outcome"]]
        told["credential"] = canonical(record).decode()
        told["receipt"] = canonical(receipt.as_json()).decode()
        if row["outcome"] == "content_changed":
            differing = [
                (SIGNED_RATING.indicator_id, "self", "rating", "not_met", "met"),
                (None, None, "jurisdiction", "", invented.HOSTILE),
            ]
            told["differences"] = pd.DataFrame(differing, columns=columns)
    return {**row, **told}


def nothing() -> pd.DataFrame:
    """A network without any signed assessment."""
    return anchors().head(0)


def answers() -> dict:
    assert set(CASES) == set(OUTCOMES)
    return {
        "anchors": lambda view, viewer, today: anchors(),
        "anchor": lambda view, viewer, assessment_id, today: anchor(viewer, assessment_id),
        "ledgers": lambda view, viewer, today: ledgers(),
    }
