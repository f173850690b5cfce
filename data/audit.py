"""The audit log: who signed in, handed in, took out and reviewed, one line for each, only ever added to.

The log lies in `audit/` of the store's folder, or in the folder that `T4N_AUDIT` names, a file of JSON lines per month.
It holds the account and what was done, and nothing else of a person: no address of a machine, no browser, no content.
Each line carries the hash of the line before it, so that one that was changed or taken out shows in
`ingest.py audit --check`.
"""

import hashlib
import json
import logging
import os
import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from data import settings

FOLDER_VARIABLE = "T4N_AUDIT"
NOBODY = "public"
EVENTS = (
    "sign_in",
    "sign_out",
    "sign_in_refused",
    "upload",
    "download",
    "review",
    "token_used",
)
FACTS = ("tables", "sites", "rows", "format", "role", "outcome", "sha256", "left_out")
# Facts that a question may bring: what does not look so may be anything, and is left out of the log.
SHAPES = {
    "sites": re.compile(r"(?=.*[0-9])[A-Za-z0-9_-]{1,40}"),
    "format": re.compile("[a-z0-9 -]{1,12}"),
    "sha256": re.compile("[0-9a-f]{64}"),
}
NOT_KEPT = "?"
FIRST = "0" * 64
LONGEST_TEXT = 200
MOST_VALUES = 50
# A line is far shorter than this, whatever is in it.
TAIL_BYTES = 128 * 1024
LOCK_SECONDS = 5
# Strangers cannot fill the disk with lines: what is more than this in a minute is only counted.
MOST_OF_NOBODY_PER_MINUTE = 120
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Checked:
    """What a check of the log found: how many lines, the hash of the newest, and what is wrong with which.

    `is_cut` tells that the log begins after lines that are no longer there, as where old months were deleted.
    """

    lines: int
    newest: str
    problems: tuple[str, ...]
    is_cut: bool


class _Strangers:
    """Counts the lines of those who show no account, minute by minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute, self._lines, self._left_out = 0, 0, 0

    def take(self, minute: int) -> int | None:
        """How many lines were left out before this one; None where this one is left out too."""
        with self._lock:
            if minute != self._minute:
                self._minute, self._lines = minute, 0
            if self._lines >= MOST_OF_NOBODY_PER_MINUTE:
                self._left_out += 1
                return None
            self._lines += 1
            left_out, self._left_out = self._left_out, 0
            return left_out


_strangers = _Strangers()
_trouble = ""


def record(event: str, account: str, **facts: Any) -> bool:
    """Add a line; `account` is an e-mail address, the name of a token, or `NOBODY`. Gives whether it was written.

    Never raises: the page that asks goes on, the server's log has the error, and `trouble` tells it to staff. Of
    nobody's lines only so many per minute are written; the next one tells in `left_out` how many were not.
    """
    global _trouble
    if account == NOBODY:
        left_out = _strangers.take(int(time.monotonic() // 60))
        if left_out is None:
            return False
        facts |= {"left_out": left_out} if left_out else {}
    try:
        _write(_described(event, account, facts), datetime.now(UTC))
        _trouble = ""
    except (OSError, Timeout, ValueError) as error:
        # What an error of the system says may hold a path, so the log learns its kind only.
        reason = str(error) if isinstance(error, ValueError) else type(error).__name__
        log.error("the audit log could not be written: %s", reason)
        _trouble = "The audit log cannot be written; the log of the server has the reason."
    return not _trouble


def trouble() -> str:
    """Why the newest line was not written, in a sentence; empty where it was."""
    return _trouble


def folder() -> Path:
    """Where the log lies. A store that is not on this machine has its log beside where the store would be here."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    url = settings.store_url()
    return Path(settings.DEFAULT_STORE if "://" in url else url) / "audit"


def entries(place: Path) -> Iterator[Mapping[str, Any]]:
    """The lines of a log from the oldest on; those that cannot be read are left out."""
    for _, line in _lines(place):
        entry = _read(line)
        if entry is not None:
            yield entry


def check(place: Path) -> Checked:
    """Go through a log and tell what was changed or taken out."""
    problems, previous, count, is_cut = [], None, 0, False
    for where, line in _lines(place):
        count += 1
        entry = _read(line)
        if entry is None:
            problems.append(f"{where} cannot be read")
            continue
        # Read again it must be the same bytes: of a name that stands twice, only the last is hashed.
        if entry["hash"] != _hash_of(entry) or _line_of(entry) != line:
            problems.append(f"{where} was changed")
        if previous is None:
            is_cut = entry["previous"] != FIRST
        elif entry["previous"] != previous:
            problems.append(f"{where} does not follow the line before it: lines were taken out or added")
        previous = entry["hash"]
    return Checked(count, previous or FIRST, tuple(problems), is_cut)


def _described(event: str, account: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    if event not in EVENTS:
        raise ValueError("an event that is not declared")
    if unknown := set(facts) - set(FACTS):
        raise ValueError(f"a fact that is not declared: {min(unknown)}")
    told = {name: _short(_shaped(name, value)) for name, value in facts.items() if value is not None}
    return {"event": event, "account": _short(account or NOBODY), **told}


def _shaped(name: str, value: Any) -> Any:
    """A fact without the texts that it cannot have; somebody may have asked for the data of a person's name."""
    shape = SHAPES.get(name)
    if shape is None:
        return value
    if isinstance(value, str):
        return value if shape.fullmatch(value) else NOT_KEPT
    return sorted({str(one) if shape.fullmatch(str(one)) else NOT_KEPT for one in value})


def _short(value: Any) -> Any:
    """A value as the log keeps it: a number, a text, or a list of texts, none of them long."""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return value[:LONGEST_TEXT]
    if isinstance(value, Iterable):
        texts = sorted(str(one)[:LONGEST_TEXT] for one in value)
        left_out = len(texts) - MOST_VALUES
        return [*texts[:MOST_VALUES], f"and {left_out} more"] if left_out > 0 else texts
    raise ValueError(f"a fact of the kind {type(value).__name__}")


def _write(told: Mapping[str, Any], now: datetime) -> None:
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = place / f"{now:%Y-%m}.jsonl"
    with FileLock(place / ".lock", timeout=LOCK_SECONDS):
        entry = {"at": now.isoformat(timespec="milliseconds"), **told, "previous": _newest_hash(place)}
        line = _line_of({**entry, "hash": _hash_of(entry)})
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if not _ends_whole(path):
                line = b"\n" + line
            if os.write(file, line) < len(line):
                raise OSError("the line was not written whole")
            os.fsync(file)
        finally:
            os.close(file)


def _line_of(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry).encode() + b"\n"


def _hash_of(entry: Mapping[str, Any]) -> str:
    """The hash of all of a line but the hash itself."""
    told = {name: value for name, value in entry.items() if name != "hash"}
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _newest_hash(place: Path) -> str:
    for path in reversed(_months(place)):
        for line in reversed(_tail(path).splitlines()):
            entry = _read(line)
            if entry is not None:
                return entry["hash"]
    return FIRST


def _ends_whole(path: Path) -> bool:
    """Whether nobody was stopped in the middle of a line."""
    tail = _tail(path)
    return not tail or tail.endswith(b"\n")


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL_BYTES))
        return file.read()


def _months(place: Path) -> list[Path]:
    return sorted(place.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9].jsonl"))


def _lines(place: Path) -> Iterator[tuple[str, bytes]]:
    """Each line with its place in words."""
    for path in _months(place):
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                yield f"{path.name}, line {number},", line


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) for key in ("previous", "hash")):
        return None
    return entry
