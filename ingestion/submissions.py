"""Takes in what people hand in on the pages: a filled assessment, or a reviewer's rating. Nothing is stored unseen.

`check` says what would become of a file, `submit` stores it, `review` stores a single rating. None of them raises for
what people hand in: trouble is told in words.
"""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout

from connectors.base import Source
from data import engine, settings
from data.access import Viewer
from data.engine import View
from ingestion.fault import log_fault
from ingestion.network import Network, NetworkError, read_network
from ingestion.pull import pull_beside
from ingestion.review import NoReview, review_table
from ingestion.submission_files import add_line, add_records, put_back, record_of, write
from ingestion.submission_known import Known, known_of
from ingestion.submission_reading import Reading, read, suffix_of
from ingestion.submission_rules import MAY_NOT, Judged, judge, may_hand_in
from ingestion.submission_source import CONNECTOR, SUBMISSIONS, submissions_folder, submissions_source, tables_folder
from ingestion.templates import TEMPLATES, write_template

LONGEST_WAIT_SECONDS = 120
COLUMNS = ["row", "indicator_id", "role", "rating", "verdict", "reason"]
ALREADY = "stored already, nothing changes"
REVIEWERS = ("reviewer", "staff")


@dataclass(frozen=True)
class Checked:
    """What would become of a file.

    `rows` has the columns of COLUMNS in the order of the file; `verdict` is "stored", "refused" or "no rating".
    `assessments` has assessment_id, site_id, assessed_on, assessed_year and the number of `ratings` to be stored.
    `problems` are why the whole may not be stored. `storable` counts the rows whose verdict is "stored".
    """

    file_name: str
    sha256: str
    rows: pd.DataFrame
    assessments: pd.DataFrame
    notices: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def storable(self) -> int:
        return int(self.rows["verdict"].eq("stored").sum())

    @property
    def can_be_stored(self) -> bool:
        return not self.problems and self.storable > 0


@dataclass(frozen=True)
class Stored:
    """How it ended: `outcome` is "stored", "unchanged" (it was stored before) or "refused", and `sentence` says it."""

    outcome: str
    sentence: str
    sha256: str = ""
    assessment_ids: tuple[str, ...] = ()

    @property
    def is_stored(self) -> bool:
        return self.outcome in ("stored", "unchanged")


@dataclass(frozen=True)
class _Looked:
    """A file as it was read and judged against what the store holds."""

    reading: Reading
    judged: Judged
    known: Known


def check(content: bytes, file_name: str, viewer: Viewer, view: View | None) -> Checked:
    """Read a workbook or CSV table of the Green List template without storing it, and say what would become of it."""
    looked = _look(content, viewer, view)
    judged = looked.judged
    rows = [_verdict(line, judged) for line in looked.reading.lines]
    return Checked(
        file_name,
        _sha256(content),
        pd.DataFrame(rows, columns=COLUMNS),
        _assessments(looked),
        tuple(judged.notices),
        tuple(judged.problems),
    )


def submit(checked: Checked, content: bytes, viewer: Viewer, store_url: str, network: Network | None = None) -> Stored:
    """Store what `check` found good; everything is checked again, for others may have stored something since."""
    if _sha256(content) != checked.sha256:
        return Stored("refused", "This is another file than the one that was checked. Hand it in again.")
    return _take(content, "submission", viewer, store_url, network)


def review(
    view: View,
    assessment_id: str,
    indicator_id: str,
    rating: str,
    note: str,
    viewer: Viewer,
    store_url: str,
    network: Network | None = None,
) -> Stored:
    """Store a reviewer's rating of one indicator; the newest counts, and earlier ones are kept as files."""
    if viewer.role not in REVIEWERS:
        return Stored("refused", "Only reviewers and staff may rate an indicator here.")
    today = _today()
    try:
        known = known_of(view, viewer, [assessment_id], today)
        content = review_table(assessment_id, indicator_id, rating, note, known, today)
    except NoReview as no:
        return Stored("refused", str(no))
    return _take(content, "review", viewer, store_url, network)


def template() -> bytes:
    """The empty workbook to fill in."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "green_list.xlsx"
        write_template(TEMPLATES["green_list"], path)
        return path.read_bytes()


def _look(content: bytes, viewer: Viewer, view: View | None) -> _Looked:
    today = _today()
    # Who may hand in nothing shall not make us open files.
    reading = read(content) if may_hand_in(viewer) else Reading()
    replaced = (facts["supersedes"] for facts in reading.assessments.values())
    known = known_of(view, viewer, {*reading.assessments, *filter(None, replaced)}, today)
    return _Looked(reading, judge(reading, known, viewer, today), known)


def _verdict(line: Any, judged: Judged) -> tuple[Any, ...]:
    said = (line.row, line.indicator_id, line.role, line.rating)
    if reason := judged.reasons.get(line.row):
        return (*said, "refused", reason)
    if line.values is None:
        return (*said, "no rating", "")
    return (*said, "stored", ALREADY if line.row in judged.already else "")


def _assessments(looked: _Looked) -> pd.DataFrame:
    kept = looked.judged.new.keys() | looked.judged.already
    counts = Counter(line.values["assessment_id"] for line in looked.reading.lines if line.row in kept)
    facts = ("assessment_id", "site_id", "assessed_on", "assessed_year")
    rows = [
        (*(values[name] for name in facts), counts[values["assessment_id"]])
        for values in looked.reading.assessments.values()
    ]
    return pd.DataFrame(rows, columns=[*facts, "ratings"])


def _take(content: bytes, kind: str, viewer: Viewer, store_url: str, network: Network | None) -> Stored:
    """Check and store a file while nobody else does, and note in the log how it ended."""
    if not may_hand_in(viewer):
        return Stored("refused", MAY_NOT)
    if "://" in store_url:
        return Stored("refused", "The store is on another machine, where files that are handed in cannot be kept.")
    folder = submissions_folder(store_url)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=LONGEST_WAIT_SECONDS):
            stored = _take_now(content, viewer, store_url, network)
            return _noted(stored, kind, viewer, folder)
    except Timeout:
        return Stored("refused", "Another file is being stored just now. Try again in a minute; nothing was changed.")
    except OSError as error:
        return Stored("refused", f"The store cannot be written ({error.strerror}). Nothing was changed.")


def _take_now(content: bytes, viewer: Viewer, store_url: str, network: Network | None) -> Stored:
    looked = _look(content, viewer, engine.latest(store_url))
    judged, sha256 = looked.judged, _sha256(content)
    names = tuple(dict.fromkeys(looked.reading.assessments))
    if judged.problems:
        return Stored("refused", " ".join(judged.problems), sha256, names)
    if not judged.new:
        return Stored("unchanged", "All of this is stored already; nothing was changed.", sha256, names)
    source = _source(network, store_url)
    if source is None:
        told = f"network.toml names another source {SUBMISSIONS!r}, so what is handed in cannot be stored. Rename it."
        return Stored("refused", told, sha256, names)
    if trouble := _keep(content, looked, viewer, store_url, source):
        return Stored("refused", trouble, sha256, names)
    of = ", ".join(dict.fromkeys(values["assessment_id"] for values in judged.new.values()))
    told = f"{_count(len(judged.new), 'rating')} of {of} stored."
    if judged.reasons:
        told += f" Not stored: {_count(len(judged.reasons), 'refused row')}."
    return Stored("stored", told, sha256, names)


def _keep(content: bytes, looked: _Looked, viewer: Viewer, store_url: str, source: Source) -> str:
    """Keep the file and pull it into the store; where that fails everything is as before, and the answer says why."""
    folder, name = submissions_folder(store_url), f"{_sha256(content)}{suffix_of(content)}"
    received = folder / "received" / name
    write(received, content)
    before: Mapping[Path, bytes | None] = {}
    try:
        before = add_records(tables_folder(store_url), _records(looked))
        outcome = pull_beside(source, store_url)
        trouble = f"{outcome.error}. {outcome.advice}" if outcome.is_trouble else ""
    except Exception as error:
        # What it says may hold a path of this machine, which is for the log alone.
        log_fault(source, error)
        said = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        trouble = f"The log of the server says why ({said})."
    # What counts is what the store holds now, whatever went wrong on the way.
    if not _judged_again(looked, viewer, store_url).new:
        return ""
    put_back(before)
    with suppress(Exception):
        # What came into the store without taking effect leaves it again; what stands in the way was told above.
        pull_beside(source, store_url)
    refused = folder / "refused" / name
    refused.parent.mkdir(exist_ok=True)
    received.replace(refused)
    return f"It could not be stored, and nothing was changed; the file is kept. {trouble}".strip()


def _records(looked: _Looked) -> list[dict[str, str]]:
    """The new ratings as rows of the template, each with what its assessment is."""
    records = []
    for rating in looked.judged.new.values():
        name = rating["assessment_id"]
        stored = looked.known.assessments.get(name)
        held_by = stored["source"] if stored and stored["source"] != SUBMISSIONS else ""
        records.append(record_of(stored or looked.reading.assessments[name], rating, held_by))
    return records


def _judged_again(looked: _Looked, viewer: Viewer, store_url: str) -> Judged:
    today = _today()
    known = known_of(engine.latest(store_url), viewer, looked.reading.assessments, today)
    return judge(looked.reading, known, viewer, today)


def _source(network: Network | None, store_url: str) -> Source | None:
    """The source as network.toml names it, or as it is by itself; None when the name is taken by another one."""
    sources = (network or _current_network()).sources
    named = next((source for source in sources if source.name == SUBMISSIONS), None)
    if named is None:
        return submissions_source(store_url)
    is_ours = named.connector == CONNECTOR and Path(named.location).absolute() == tables_folder(store_url).absolute()
    return named if is_ours else None


def _current_network() -> Network:
    """The network of this machine; one without sources for the demo, and where network.toml cannot be read."""
    try:
        return Network(()) if settings.is_demo() else read_network(settings.network_path())
    except NetworkError:
        # The store knows its sources; what is handed in waits for nobody who mends the file.
        return Network(())


def _noted(stored: Stored, kind: str, viewer: Viewer, folder: Path) -> Stored:
    line = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "kind": kind,
        "role": viewer.role,
        "sites": sorted(viewer.sites),
        "sha256": stored.sha256,
        "assessments": stored.assessment_ids,
        "outcome": stored.outcome,
        "told": stored.sentence,
    }
    try:
        add_line(folder / "log.jsonl", line)
    except OSError as error:
        return replace(stored, sentence=f"{stored.sentence} The log could not be written ({error.strerror}).")
    return stored


def _count(number: int, name: str) -> str:
    return f"{number:,} {name}" if number == 1 else f"{number:,} {name}s"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _today() -> date:
    return datetime.now(UTC).date()
