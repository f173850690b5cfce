"""Records of the invented assessments, signed by two invented offices and published in batches, one a month each.

The keys are made of the words below, which anyone may know: they are no secrets, and what they sign proves nothing
outside of the demo. The newest batch waits for its anchor. Assessments older than a year were never signed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from data.standards import GREEN_LIST
from demo.assessment_history import Assessment, assessments
from demo.assessments import TOOL, jurisdiction_of, rated_rows
from demo.ledger_chain import (
    CHAIN_ID,
    CHAIN_NAME,
    CONTRACT,
    Anchor,
    account_of,
    block_after,
    block_hash,
)
from ledger import batch as batches
from ledger.credential import SALT_BYTES, Claims, Rated, sign, unsigned
from ledger.keys import did_of
from ledger.trust import Issuer, Trust

PREFIX = "/ledger/"
FOLDER = f"{PREFIX}batches/"
PATH = f"{FOLDER}index.json"
TRUST_FILE = Path(__file__).with_name("ledger_trust.toml")
NAMED_AS = "https://example.org/demo/ledger/"
PUBLIC_WORDS = "Key of the demo that anyone may know:"
TRUSTED_SINCE = date(2020, 1, 1)
CONFIRMATIONS = 3


@dataclass(frozen=True)
class Office:
    """An invented issuer of records: what its files are called, and at what hour (UTC) of a day it signs."""

    name: str
    file_name: str
    signs_at: int

    @property
    def key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(sha256(f"{PUBLIC_WORDS} {self.name}".encode()).digest())

    @property
    def did(self) -> str:
        return did_of(self.key.public_key())

    @property
    def account(self) -> str:
        return account_of(f"account {self.name}")


# At different hours, so that a block has one anchor at most.
LAND = Office("Cairn Assessment Office", "cairn", 17)
SEA = Office("Tidemark Assessment Office", "tidemark", 19)
OFFICES = (LAND, SEA)


@dataclass(frozen=True)
class Published:
    """All that the ledger's source offers: its files by path, and the anchors of its batches, the oldest first."""

    files: Mapping[str, str]
    anchors: tuple[Anchor, ...]


def trust() -> Trust:
    """The trust file of the demo, which lies at `TRUST_FILE`."""
    issuers = tuple(Issuer(office.name, office.did, office.account, TRUSTED_SINCE) for office in OFFICES)
    return Trust(CHAIN_ID, CONTRACT, issuers, CONFIRMATIONS, CHAIN_NAME)


@cache
def published(today: date) -> Published:
    """Every batch of the last months up to `today`."""
    files: dict[str, str] = {}
    anchors: list[Anchor] = []
    month = today.replace(day=1)
    for (last_day, office), claims in _recorded(month):
        name = f"{last_day:%Y-%m}-{office.file_name}.json"
        is_waiting = last_day == month - timedelta(1) and office is SEA
        day = today - timedelta(1) if is_waiting else last_day
        signed_at = datetime.combine(day, time(office.signs_at, tzinfo=UTC))
        made = batches.build([_signed(one, office, signed_at) for one in claims], CHAIN_ID, CONTRACT)
        block = None if is_waiting else block_after(signed_at)
        sequence = 1 + sum(anchor.sender == office.account for anchor in anchors)
        anchor = Anchor(made.root, len(claims), f"{NAMED_AS}{name}", office.account, sequence, block)
        found = block_hash(block) if block else None
        files[FOLDER + name] = batches.as_json(batches.anchored(made, anchor.tx_hash, block, found))
        anchors.append(anchor)
    names = [path.removeprefix(FOLDER) for path in files]
    return Published({PATH: json.dumps({"batches": names}, indent=1) + "\n", **files}, tuple(anchors))


def batch_file(path: str, today: date) -> str | None:
    """The file at this path; None when there is none."""
    return published(today).files.get(path) if path.startswith(FOLDER) else None


def _recorded(month: date) -> list[tuple[tuple[date, Office], list[Claims]]]:
    """What was signed, by the last day of the month in which the last rating was made and by who signed."""
    a_year_ago = month.replace(year=month.year - 1)
    found: dict[tuple[date, Office], list[Claims]] = {}
    for assessment in assessments(month):
        claims = _claims(assessment, month)
        rated_on = date.fromisoformat(max(rated.rated_on for rated in claims.ratings))
        if assessment.status != "draft" and rated_on >= a_year_ago:
            office = LAND if assessment.site.realm == "terrestrial" else SEA
            found.setdefault((_month_end(rated_on), office), []).append(claims)
    return sorted(found.items(), key=lambda item: (item[0][0], item[0][1].file_name))


def _claims(assessment: Assessment, month: date) -> Claims:
    """What the assessment said when it was signed."""
    return Claims(
        assessment_id=assessment.assessment_id,
        site_id=assessment.site.site_id,
        tool=TOOL,
        method=GREEN_LIST,
        standard_version=GREEN_LIST,
        jurisdiction=jurisdiction_of(assessment.site) or None,
        phase=assessment.phase,
        assessed_on=assessment.assessed_on.isoformat(),
        assessed_year=str(assessment.assessed_on.year),
        supersedes=assessment.supersedes or None,
        ratings=tuple(
            Rated(indicator, role, rating or None, rated_on=rated_on.isoformat())
            for indicator, role, rating, rated_on, *_ in rated_rows(assessment, month)
        ),
    )


def _signed(claims: Claims, office: Office, signed_at: datetime) -> dict[str, Any]:
    """The record, with a salt that is the same whenever the demo is made."""
    salt = sha256(f"Invented salt {claims.assessment_id}".encode()).digest()[:SALT_BYTES]
    return sign(unsigned(claims, office.did, signed_at, salt), office.key, signed_at)


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)
