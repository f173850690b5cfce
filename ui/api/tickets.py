"""Files that wait to be fetched: each has a ticket that nobody can guess, and is gone after a while.

The page Download builds a file on disk, so that a large one is never held in memory, and gives its ticket to the
reader. Whoever has the ticket may fetch the file; it says nothing of who asked for it or what is in it.
"""

import atexit
import hashlib
import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RANDOM_BYTES = 32
SECONDS_KEPT = 15 * 60
MOST_FILES = 40
MOST_BYTES = 8 * 1024**3
FOLDER = "tech4nature-download-"
# What a process that was killed left behind is older than any file that still waits.
SECONDS_OF_A_LEFTOVER = 24 * 3600


@dataclass(frozen=True)
class Waiting:
    """A file that waits to be fetched. `until` is a moment of the clock that only goes forward.

    `facts` are what the audit log tells of it each time that it is fetched; `is_good` asks whether who had it built
    still has the role that it was built for.
    """

    path: Path
    name: str
    media_type: str
    size: int
    owner: str
    until: float
    facts: Mapping[str, Any]
    is_good: Callable[[], bool]


class Tickets:
    """The files that wait, by ticket; safe to share between threads.

    An owner has one file at most: a new one takes the place of the former. Where there are too many or too much, the
    oldest go first.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, folder: str | None = None) -> None:
        self._clock, self._folder = clock, folder
        self._lock = threading.Lock()
        self._waiting: dict[str, Waiting] = {}
        self._timer: threading.Timer | None = None
        self._is_swept = False

    def place(self, name: str) -> Path:
        """A path for a new file that only this process may read; `discard` takes it away again."""
        self._sweep_leftovers()
        path = Path(tempfile.mkdtemp(prefix=FOLDER, dir=self._folder)) / "file"
        path.touch(0o600)
        return path

    def offer(
        self,
        path: Path,
        name: str,
        media_type: str,
        owner: str,
        facts: Mapping[str, Any] | None = None,
        is_good: Callable[[], bool] = lambda: True,
    ) -> str:
        """Let a file of `place` be fetched under a name; gives its ticket."""
        ticket = secrets.token_urlsafe(RANDOM_BYTES)
        until = self._clock() + SECONDS_KEPT
        waiting = Waiting(path, name, media_type, path.stat().st_size, owner, until, facts or {}, is_good)
        with self._lock:
            for mark in [mark for mark, one in self._waiting.items() if one.owner == owner]:
                self._drop(mark)
            self._waiting[_mark(ticket)] = waiting
            self._keep_within_limits()
            self._wake_up()
        return ticket

    def find(self, ticket: str) -> Waiting | None:
        """The file of a ticket, or None where there is none, or none any more."""
        with self._lock:
            self._drop_expired()
            return self._waiting.get(_mark(ticket))

    def discard(self, path: Path) -> None:
        """Take away a file of `place` that was not offered."""
        shutil.rmtree(path.parent, ignore_errors=True)

    def clear(self) -> None:
        """Take all files away."""
        with self._lock:
            for mark in list(self._waiting):
                self._drop(mark)
            if self._timer is not None:
                self._timer.cancel()

    def _keep_within_limits(self) -> None:
        while len(self._waiting) > 1:
            size = sum(one.size for one in self._waiting.values())
            if len(self._waiting) <= MOST_FILES and size <= MOST_BYTES:
                return
            self._drop(next(iter(self._waiting)))

    def _drop(self, mark: str) -> None:
        self.discard(self._waiting.pop(mark).path)

    def _drop_expired(self) -> None:
        now = self._clock()
        for mark in [mark for mark, one in self._waiting.items() if one.until <= now]:
            self._drop(mark)

    def _wake_up(self) -> None:
        """Come back when the next file is due, so that it goes though nobody asks."""
        if self._timer is not None:
            self._timer.cancel()
        if self._waiting:
            seconds = max(min(one.until for one in self._waiting.values()) - self._clock(), 0)
            self._timer = threading.Timer(seconds + 1, self._woken)
            self._timer.daemon = True
            self._timer.start()

    def _woken(self) -> None:
        with self._lock:
            self._drop_expired()
            self._wake_up()

    def _sweep_leftovers(self) -> None:
        """Once, take away what processes left behind that were killed."""
        with self._lock:
            was_swept, self._is_swept = self._is_swept, True
        if was_swept:
            return
        limit, own = time.time() - SECONDS_OF_A_LEFTOVER, getattr(os, "getuid", int)()
        for folder in Path(self._folder or tempfile.gettempdir()).glob(f"{FOLDER}*"):
            try:
                found = folder.lstat()
            except OSError:
                continue
            if found.st_uid == own and found.st_mtime < limit and not folder.is_symlink():
                shutil.rmtree(folder, ignore_errors=True)


def _mark(ticket: str) -> str:
    """What a ticket is looked up by, so that the time of the look-up tells nothing of tickets."""
    return hashlib.sha256(ticket.encode("utf-8", "surrogatepass")).hexdigest()


TICKETS = Tickets()
atexit.register(TICKETS.clear)
