"""Pulls every source: fetch and parse several at once, then commit one source after another.

One source's rows, its run, its refused rows and its cursor become visible together; a source that fails
leaves its last good data and a run that says why.
"""

import hashlib
import json
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from connectors import registry
from connectors.base import Connector, Fetched, Refusal, Source
from connectors.errors import SourceChanged, SourceError
from data import engine, journal
from data.raw import RawStore
from data.refresh import refresh
from data.schema import TABLES
from data.store import Store, Transaction
from data.upsert import LargeLoss, Upserted, upsert
from ingestion.configuration import add_source, store_configuration
from ingestion.fault import log_fault, without_key
from ingestion.network import Network
from ingestion.outcome import Outcome, Progress
from ingestion.staging import LONGEST_WORDS, Staging
from ingestion.submission_source import SUBMISSIONS, with_submissions
from ingestion.taxa import with_taxa

AT_ONCE = 4
COMPACT_EVERY = 25
# Letters of a refused row that are shown; the answer as received is kept whole.
LONGEST_RAW = 10_000
UNEXPECTED = "This is a fault of the program; the log of the pull says more. Report it with the message above."


@dataclass
class _Fetched:
    """What a worker brings back for the commit."""

    outcome: Outcome
    staging: Staging | None = None
    cursor: Mapping[str, Any] | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    is_whole: bool = False


def pull(
    network: Network,
    store_url: str,
    only: str | None = None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    accept_loss: bool = False,
    again: bool = False,
) -> list[Outcome]:
    """Pull the sources of a network, or the one named `only`, into a store.

    With `again` everything is read, whatever the cursors say. Never raises for trouble with a source:
    that is in its Outcome.
    """
    store = Store(store_url)
    wanted = [source for source in with_submissions(network, store_url).sources if only in (None, source.name)]
    sources = [source for source in wanted if source.name != SUBMISSIONS]
    outcomes: list[Outcome] = []
    with _workspace(store) as workspace, ThreadPoolExecutor(AT_ONCE) as workers:
        cursors = {} if again else journal.last_cursors(engine.latest(store_url))
        sources = with_taxa(sources, engine.latest(store_url))
        raw = RawStore(store_url)
        store_configuration(store, network, workspace)
        jobs = [
            workers.submit(_fetch_and_parse, source, cursors.get(source.name, {}), workspace / str(n), raw)
            for n, source in enumerate(sources)
        ]
        late_runs: list[_Fetched] = []
        on_progress(Progress(0, len(sources), ""))
        for job in as_completed(jobs):
            fetched = job.result()
            if fetched.staging:
                _commit(store, fetched, accept_loss)
                if len(outcomes) % COMPACT_EVERY == COMPACT_EVERY - 1:
                    _compact(store)
            else:
                late_runs.append(fetched)
            outcomes.append(fetched.outcome)
            on_progress(Progress(len(outcomes), len(sources), fetched.outcome.source.name))
        _finish(store, late_runs)
    outcomes += [pull_beside(source, store_url, accept_loss, again) for source in wanted if source.name == SUBMISSIONS]
    order = {source.name: n for n, source in enumerate(wanted)}
    return sorted(outcomes, key=lambda outcome: order[outcome.source.name])


def pull_beside(source: Source, store_url: str, accept_loss: bool = False, again: bool = False) -> Outcome:
    """Pull one source whatever other pull goes on, so that nobody who hands in a file waits for the cameras.

    Two pulls of it never overlap: what the first has read would be stored after the second. Other sources stay
    configured as they are.
    """
    store = Store(store_url)
    with _workspace(store, f".work-{source.name}") as workspace:
        add_source(store, source)
        last = {} if again else journal.last_cursors(engine.latest(store_url)).get(source.name, {})
        fetched = _fetch_and_parse(source, last, workspace / "0", RawStore(store_url))
        if fetched.staging:
            _commit(store, fetched, accept_loss)
        _finish(store, [] if fetched.staging else [fetched], registry.connector(source.connector).tables)
    return fetched.outcome


@contextmanager
def _workspace(store: Store, name: str = ".work") -> Iterator[Path]:
    """A folder for downloads and staged rows; one pull of a name at a time, and what a stopped one left is removed."""
    root = Path(store.url) / name if store.is_local else Path(tempfile.mkdtemp())
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root.with_name(f"{root.name}.lock")):
        shutil.rmtree(root)
        root.mkdir()
        try:
            yield root
        finally:
            shutil.rmtree(root, ignore_errors=True)


def _fetch_and_parse(source: Source, last: Mapping[str, Any], workspace: Path, raw: RawStore) -> _Fetched:
    result = _Fetched(Outcome(source, datetime.now(UTC)))
    workspace.mkdir(parents=True)
    connector = registry.connector(source.connector)
    try:
        cursor = last.get("cursor", {}) if last.get("configured") == _fingerprint(source) else {}
        answer = connector.fetch(source, cursor, workspace)
        result.is_whole = connector.is_whole and not answer.is_part
        result.cursor = {"configured": _fingerprint(source), "cursor": dict(answer.cursor)}
        if answer.is_unchanged:
            result.outcome.outcome = "unchanged"
        else:
            with ThreadPoolExecutor(1) as keeper:
                kept = keeper.submit(_keep, raw, answer)
                result.staging = _stage(connector, source, answer, workspace)
            result.answers = kept.result()
    except SourceError as error:
        _note_trouble(result.outcome, error.outcome, str(error), error.advice)
    except Exception as error:  # one source's fault must not stop the others
        # What such an error says may hold a path, an address or a key, and a page shows what is noted here.
        log_fault(source, error)
        _note_trouble(result.outcome, "failed", f"{source.name}: {type(error).__name__} while reading it", UNEXPECTED)
    if result.outcome.is_trouble:
        result.staging = None
    return result


def _keep(raw: RawStore, answer: Fetched) -> Mapping[str, str]:
    return {payload.name: raw.keep(payload.path) for payload in answer.payloads}


def _stage(connector: Connector, source: Source, answer: Fetched, workspace: Path) -> Staging:
    staging = Staging(workspace / "staged")
    staging.fill(connector.parse(source, answer.payloads))
    return staging


def _note_trouble(outcome: Outcome, kind: str, error: str, advice: str) -> None:
    error, advice = without_key(outcome.source, error), without_key(outcome.source, advice)
    outcome.outcome, outcome.error, outcome.advice = kind, error[:LONGEST_WORDS], advice[:LONGEST_WORDS]


def _fingerprint(source: Source) -> str:
    """Changes when the configuration changes what a pull would store."""
    site = source.site if isinstance(source.site, str) else sorted(source.site.items())
    parts = [source.connector, source.location, site, sorted(source.options.items(), key=str)]
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:16]


def _commit(store: Store, fetched: _Fetched, accept_loss: bool) -> None:
    outcome, connector = fetched.outcome, registry.connector(fetched.outcome.source.connector)
    try:
        with store.transaction() as transaction:
            refusals = list(fetched.staging.refusals)
            for name in connector.tables:
                done = upsert(
                    transaction,
                    TABLES[name],
                    outcome.source.name,
                    fetched.staging.file(name),
                    fetched.is_whole,
                    accept_loss,
                    [refusal.raw for refusal in fetched.staging.refusals if refusal.table == name],
                )
                _add(outcome, done)
                refusals += _refused_repeats(name, done)
            outcome.rows_read = fetched.staging.rows_read
            outcome.refused = len({(refusal.table, refusal.row, refusal.raw) for refusal in refusals})
            outcome.warnings = tuple(without_key(outcome.source, notice) for notice in fetched.staging.notices)
            run_id = _add_run(transaction, fetched)
            journal.replace_refused(
                transaction,
                outcome.source.name,
                _refused_rows(refusals, run_id, outcome.source.name),
                fetched.is_whole,
            )
            transaction.publish()
    except LargeLoss as loss:
        # What was counted on the way was undone with the transaction.
        fetched.outcome = Outcome(outcome.source, outcome.started_at)
        name = outcome.source.name
        _note_trouble(
            fetched.outcome,
            SourceChanged.outcome,
            f"{name}: {loss}; nothing was changed",
            f"If the source really shrank, run `python ingest.py pull --source {name!r} --accept-loss`.",
        )
        with store.transaction() as transaction:
            _add_run(transaction, fetched)
            transaction.publish()


def _add(outcome: Outcome, done: Upserted) -> None:
    outcome.stored += done.stored
    outcome.unchanged += done.unchanged + done.repeated
    outcome.retired += done.retired


def _refused_repeats(table: str, done: Upserted) -> list[Refusal]:
    key = ", ".join(TABLES[table].key)
    reason = "has the same key as an earlier row, with other content"
    return [Refusal(table, repeat.row, key, repeat.key, reason, repeat.raw) for repeat in done.conflicts]


def _refused_rows(refusals: Sequence[Refusal], run_id: str, source: str) -> list[Mapping[str, Any]]:
    more = {"run_id": run_id, "source": source}
    return [{**vars(refusal), "raw": refusal.raw[:LONGEST_RAW], **more} for refusal in refusals]


def _add_run(transaction: Transaction, fetched: _Fetched) -> str:
    run = _run_row(fetched)
    journal.add_runs(transaction, [run])
    return run["run_id"]


def _run_row(fetched: _Fetched) -> Mapping[str, Any]:
    outcome = fetched.outcome
    outcome.finished_at = datetime.now(UTC)
    return {
        "run_id": uuid.uuid4().hex,
        "source": outcome.source.name,
        "connector": outcome.source.connector,
        "started_at": outcome.started_at,
        "finished_at": outcome.finished_at,
        "outcome": outcome.outcome,
        "rows_read": outcome.rows_read,
        "rows_stored": outcome.stored,
        "rows_unchanged": outcome.unchanged,
        "rows_retired": outcome.retired,
        "rows_refused": outcome.refused,
        "error": outcome.error or None,
        "advice": outcome.advice or None,
        "warnings": "\n".join(outcome.warnings) or None,
        "cursor": None if outcome.is_trouble or fetched.cursor is None else json.dumps(fetched.cursor),
        "answers": json.dumps(dict(fetched.answers)) if fetched.answers else None,
    }


def _compact(store: Store) -> None:
    """Merge small files while a long pull goes on: every further commit looks through all of them."""
    with store.transaction() as transaction:
        transaction.compact()
        transaction.publish()


def _finish(store: Store, late_runs: Sequence[_Fetched], touched: Sequence[str] | None = None) -> None:
    """One commit for the pulls that brought no rows, the rollups of what the others touched, and compaction.

    With `touched` tables, what another pull that goes on has touched is left for it to finish.
    """
    with store.transaction() as transaction:
        journal.add_runs(transaction, [_run_row(fetched) for fetched in late_runs])
        if touched is None or set(transaction.stale) <= set(touched):
            refresh(transaction)
        transaction.compact()
        transaction.clean_up()
        transaction.publish()
