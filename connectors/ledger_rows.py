"""The rows of one signed record: what it says, what it rates, and what a check of it found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from connectors.base import Rows, raw_json
from connectors.values import WrongValue, read_site_id, whole_of
from data.schema import TABLES
from ledger import credential as records
from ledger.canonical import NotCanonical, canonical
from ledger.chain import ChainAnswers
from ledger.check import Check, check_case
from ledger.credential import Rated, WrongCredential
from ledger.receipt import Receipt
from ledger.steps import Case
from ledger.trust import Trust
from ledger.values import hash_text

RECORD_MAX_BYTES = 1_000_000
RAW_CHARACTERS = 2_000
TABLES_OF_RECORDS = ("anchors", "anchored_ratings", "anchor_checks")
UNREACHABLE = "ledger_unreachable"
SAME_NAMES = ("assessment_id", "tool", "method", "standard_version", "jurisdiction", "phase", "supersedes")


@dataclass(frozen=True)
class Asked:
    """What records are checked against; without `answers` the ledger did not answer, for the reason `problem`."""

    trust: Trust
    answers: ChainAnswers | None
    today: date
    problem: str


@dataclass
class Block:
    """Rows of several records, by table, with the number of the record that each comes from."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in TABLES_OF_RECORDS})
    numbers: dict[str, list[int]] = field(default_factory=lambda: {name: [] for name in TABLES_OF_RECORDS})

    def add(self, number: int, credential: Mapping[str, Any], receipt: Receipt | None, asked: Asked) -> None:
        """The rows of one record; raises WrongValue or WrongCredential, and then none was added."""
        case = Case(credential, receipt, asked.trust, asked.answers, asked.problem)
        anchor = _anchor(case)
        ratings = [_rating(anchor, rated) for rated in case.claims.ratings]
        found = check_case(case, asked.today)
        self._put("anchors", number, [anchor])
        self._put("anchored_ratings", number, ratings)
        # What a ledger that did not answer could have said is not known; what it said last stays.
        if asked.answers is not None or found.outcome != UNREACHABLE:
            self._put("anchor_checks", number, [_checked(anchor, found)])

    def _put(self, table: str, number: int, rows: list[dict[str, Any]]) -> None:
        self.rows[table] += rows
        self.numbers[table] += [number] * len(rows)

    def taken(self) -> list[Rows]:
        """All rows so far, once."""
        blocks = [self._block(name) for name in TABLES_OF_RECORDS if self.rows[name]]
        self.rows, self.numbers = Block().rows, Block().numbers
        return blocks

    def _block(self, name: str) -> Rows:
        rows = self.rows[name]
        table = pa.Table.from_pylist(rows, TABLES[name].arrow_schema)
        return Rows(name, table, pa.array(self.numbers[name], pa.int64()), lambda place: shortened(rows[place]))


def ledger_row(trust: Trust, told: Mapping[str, Any]) -> Rows:
    """The ledger itself; `told` has the last answer and the problem of this look."""
    row = {
        "ledger_id": f"{trust.chain_id}:{trust.contract}",
        "chain_id": str(trust.chain_id),
        "chain_name": trust.chain_name,
        "contract": trust.contract,
        "confirmations": trust.confirmations,
        "explorer": trust.explorer,
        "issuers": "; ".join(dict.fromkeys(issuer.name for issuer in trust.issuers)),
        **told,
    }
    return Rows("ledgers", pa.Table.from_pylist([row], TABLES["ledgers"].arrow_schema))


def shortened(record: Any) -> str:
    """The raw text of a refused record, from its beginning."""
    return raw_json(record)[:RAW_CHARACTERS].encode(errors="replace").decode()


def _anchor(case: Case) -> dict[str, Any]:
    claims, credential, receipt = case.claims, case.credential, case.receipt
    text = _text(case)
    return {
        **{name: getattr(claims, name) for name in SAME_NAMES},
        "site_id": read_site_id("siteId", claims.site_id)[0],
        "issuer_key": _key(credential),
        "issued_at": records.issued_at(credential),
        "valid_until": records.valid_until(credential),
        "assessed_on": _day(claims.assessed_on),
        "assessed_year": whole_of("assessedYear", claims.assessed_year or ""),
        "digest": case.digest,
        "root": hash_text(receipt.root) if receipt else None,
        "tx_hash": receipt.tx_hash if receipt else None,
        "block_number": str(receipt.block_number) if receipt and receipt.block_number is not None else None,
        "credential": text,
        "receipt": canonical(receipt.as_json()).decode() if receipt else None,
    }


def _text(case: Case) -> str:
    """The record in the form that is hashed, which is the one that is kept."""
    try:
        text = case.text
    except NotCanonical as error:
        raise WrongValue("credential", None, str(error)) from None
    if len(text) > RECORD_MAX_BYTES:
        raise WrongValue("credential", None, f"the record is larger than {RECORD_MAX_BYTES / 1e6:g} MB")
    return text.decode()


def _key(credential: Mapping[str, Any]) -> str:
    """The key that signed; where the proof was damaged, whom the record itself names, and the check tells the rest."""
    try:
        return records.signer_of(credential)
    except WrongCredential:
        return records.issuer_of(credential)


def _rating(anchor: Mapping[str, Any], rated: Rated) -> dict[str, Any]:
    return {
        **{name: anchor[name] for name in ("assessment_id", "site_id")},
        **{name: getattr(rated, name) for name in ("indicator_id", "role", "rating", "score", "score_max")},
        "rated_on": _day(rated.rated_on),
    }


def _checked(anchor: Mapping[str, Any], found: Check) -> dict[str, Any]:
    return {
        **{name: anchor[name] for name in ("assessment_id", "site_id", "digest")},
        "outcome": found.outcome,
        "failed_step": found.failed_step,
        "reason": found.reason,
        "notes": "\n".join(found.notes) or None,
        "issuer": found.issuer,
        "anchored_at": found.anchored_at,
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
