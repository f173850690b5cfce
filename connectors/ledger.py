"""Signed assessments that are anchored on a ledger, and what the ledger says of them now.

A record is a W3C Verifiable Credential; its batch is anchored by one event on an EVM chain. See docs/verifying.md.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.base import Connector, Fetched, Notice, Parsed, Payload, Read, Refusal, Rows, Source
from connectors.errors import SourceError
from connectors.ledger_files import TRUST, entries_of, fetch_batches, fetch_trust, read_trust_of, receipts_of
from connectors.ledger_rows import Asked, Block, ledger_row, shortened
from connectors.ledger_rpc import ask
from connectors.options import refused
from connectors.package_places import is_url
from connectors.secret import secret_of
from connectors.values import WrongValue
from ledger import credential as records
from ledger.batch import WrongBatch, one_record
from ledger.chain import ChainAnswers, read_answers
from ledger.credential import WrongCredential
from ledger.receipt import Receipt
from ledger.trust import Trust

ANSWERS = "answers of the ledger"
RECORDS_PER_BLOCK = 1_000
LAST_ANSWER = ("reached_at", "head_block", "head_at")
Ranked = tuple[bool, datetime, bool, bool]


class Ledger(Connector):
    """Reads batches as `ingest.py anchor` writes them: one file, a folder of them, or the address of an index.

    The ledger is asked anew at every pull, whether the records changed or not. Where it does not answer, the records
    are stored all the same, and the ledger's row says why.

    Options: `rpc`, the address of a node that answers JSON-RPC; `trust`, the file that says which chain and contract
    count and which issuers are trusted. The key goes to the node alone.
    """

    name = "ledger"
    title = "Signed assessments on a ledger"
    tables = ("ledgers", "anchors", "anchored_ratings", "anchor_checks")
    is_whole = True
    file_options = (TRUST,)

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        rpc = source.options.get("rpc")
        if not isinstance(rpc, str) or not is_url(rpc):
            raise refused(source, "rpc", "the address of a node", '"https://mainnet.hashio.io/api"')
        token = secret_of(source)
        trusted = fetch_trust(source, workspace)
        trust = read_trust_of(source, trusted)
        batches = fetch_batches(source, workspace)
        receipts = {receipt for payload in batches for receipt in receipts_of(source, payload)}
        told = {"asked_at": datetime.now(UTC).isoformat(), **{name: cursor.get(name, "") for name in LAST_ANSWER}}
        answers, problem = _ask(source, rpc, token, trust, receipts)
        if answers is not None:
            told |= {
                "asked_at": answers.asked_at.isoformat(),
                "reached_at": answers.asked_at.isoformat(),
                "head_block": str(answers.head_number),
                "head_at": answers.head_at.isoformat(),
            }
        asked = _kept(answers, {**told, "problem": problem}, workspace)
        payloads = (trusted, asked, *batches)
        return Fetched(payloads, {name: told[name] for name in LAST_ANSWER}, is_part=answers is None)

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        trusted, told, *batches = payloads
        asked = _asked(read_trust_of(source, trusted), told)
        if asked.problem:
            yield Notice(f"the ledger could not be asked, so what it said last stays: {asked.problem}")
        yield _ledger(asked, told)
        newest, older = _newest(source, batches, asked.trust)
        if older:
            yield Notice(f"{older} records are of an assessment that a newer record is of too, and are left out")
        for payload in batches:
            yield from _read(source, payload, asked, newest)

    def figures(self, source: Source, payloads: tuple[Payload, ...]) -> dict[str, Any]:
        """How many `records` there are, and what was found of how many."""
        checks: Counter[str] = Counter()
        count = 0
        for item in self.parse(source, payloads):
            if isinstance(item, Rows) and item.table == "anchor_checks":
                checks.update(item.rows["outcome"].to_pylist())
            count += len(item.rows) if isinstance(item, Rows) and item.table == "anchors" else 0
        return {"records": count, "outcomes": dict(sorted(checks.items()))}


def _ask(
    source: Source, rpc: str, token: str | None, trust: Trust, receipts: Iterable[Receipt]
) -> tuple[ChainAnswers | None, str]:
    """What the node answered, or why there is nothing that counts."""
    try:
        answers = ask(source.name, rpc, token, trust, receipts)
    except SourceError as error:
        return None, str(error)
    if answers.chain_id != trust.chain_id:
        return None, f"{source.name}: the node serves chain {answers.chain_id}, and chain {trust.chain_id} is trusted"
    return answers, ""


def _kept(answers: ChainAnswers | None, told: Mapping[str, str], workspace: Path) -> Payload:
    """The answers as a payload, without the moment of the question, so that the same ones have the same bytes."""
    path = workspace / "answers.json"
    path.write_bytes(b"null" if answers is None else replace(answers, asked_at=answers.head_at).as_json())
    return Payload(ANSWERS, path, told)


def _asked(trust: Trust, told: Payload) -> Asked:
    text = told.path.read_bytes()
    answers = None if text == b"null" else read_answers(text)
    return Asked(trust, answers, datetime.fromisoformat(told.meta["asked_at"]).date(), told.meta["problem"])


def _ledger(asked: Asked, told: Payload) -> Rows:
    reached_at, head_block, head_at = (told.meta[name] or None for name in LAST_ANSWER)
    return ledger_row(
        asked.trust,
        {
            "reached_at": datetime.fromisoformat(reached_at) if reached_at else None,
            "head_block": head_block,
            "head_at": datetime.fromisoformat(head_at) if head_at else None,
            "problem": asked.problem or None,
        },
    )


def _newest(source: Source, batches: Iterable[Payload], trust: Trust) -> tuple[dict[str, tuple[str, int]], int]:
    """Where the record that counts for each assessment stands, and how many others there are.

    A record that names a trusted key goes before any other, then the newest, then the one that was anchored.
    """
    best: dict[str, tuple[Ranked, tuple[str, int]]] = {}
    keys = {issuer.key for issuer in trust.issuers}
    others = 0
    for payload in batches:
        for number, entry in enumerate(entries_of(source, payload), start=1):
            if (name := _name(entry)) is None:
                continue
            rank = _rank(entry, keys)
            others += name in best
            if name not in best or best[name][0] < rank:
                best[name] = (rank, (payload.name, number))
    return {name: place for name, (_, place) in best.items()}, others


def _name(entry: Any) -> str | None:
    """The assessment of an entry that was not looked at yet; None where it names none."""
    name = _inside(entry, "credential", "credentialSubject", "assessmentId")
    return name if isinstance(name, str) else None


def _rank(entry: Any, keys: set[str]) -> Ranked:
    key = str(_inside(entry, "credential", "proof", "verificationMethod")).partition("#")[0]
    try:
        issued_at = records.issued_at(_inside(entry, "credential") or {})
    except WrongCredential:
        issued_at = datetime.min.replace(tzinfo=UTC)
    is_mined = _inside(entry, "receipt", "block_hash") is not None
    return key in keys, issued_at, is_mined or _inside(entry, "receipt", "tx_hash") is not None, is_mined


def _inside(entry: Any, *names: str) -> Any:
    for name in names:
        entry = entry.get(name) if isinstance(entry, Mapping) else None
    return entry


def _read(source: Source, payload: Payload, asked: Asked, newest: Mapping[str, tuple[str, int]]) -> Iterator[Parsed]:
    entries = entries_of(source, payload)
    yield Read(len(entries))
    block = Block()
    for number, entry in enumerate(entries, start=1):
        try:
            credential, receipt = one_record(entry, number)
            # One that names no assessment is refused there.
            if (name := _name(entry)) is None or newest[name] == (payload.name, number):
                block.add(number, credential, receipt, asked)
        except WrongBatch as wrong:
            yield Refusal("anchors", number, "(record)", None, f"{wrong} ({payload.name})", shortened(entry))
        except (WrongCredential, WrongValue) as wrong:
            reason = f"{wrong.reason} ({payload.name})"
            yield Refusal("anchors", number, wrong.field, None, reason, shortened(entry))
        if number % RECORDS_PER_BLOCK == 0:
            yield from block.taken()
    yield from block.taken()
