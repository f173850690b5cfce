"""Sign-ins that were ended by signing out, in the file `signed-out.json` beside the audit log.

A cookie stays valid wherever a copy of it lies, so what has ended is remembered for as long as a session may last: by
every process that shares the folder, and after a restart. The file holds moments by `data.identity.session_key`.
"""

import functools
import json
import logging
import time
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock, Timeout

from data import audit
from data.access_file import LONGEST_SESSION_S

NAME = "signed-out.json"
LOCK_SECONDS = 5
log = logging.getLogger(__name__)
# What this process ended counts here even while the file cannot be written.
_ended_here: dict[str, float] = {}


def end(key: str) -> None:
    """The reader of this sign-in has signed out. Never raises: where the file cannot be written the log says so."""
    _ended_here[key] = time.time()
    path = audit.folder() / NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock"), timeout=LOCK_SECONDS):
            fresh = path.with_suffix(".new")
            fresh.write_text(json.dumps(_young({**_kept(path), key: _ended_here[key]})), encoding="utf-8")
            # At one stroke, so that nobody reads half a file.
            fresh.replace(path)
    except (OSError, Timeout) as error:
        log.error("a sign-out could not be kept, and is forgotten at a restart: %s", type(error).__name__)


def is_ended(key: str) -> bool:
    """Whether the reader of this sign-in has signed out, in whichever window and process."""
    return key in _young(_ended_here) or key in _young(_kept(audit.folder() / NAME))


def _kept(path: Path) -> Mapping[str, float]:
    try:
        told = path.stat()
    except OSError:
        # Nobody has signed out yet, or `end` has told that the folder cannot be used.
        return {}
    return _read(path, told.st_ino, told.st_mtime_ns)


@functools.lru_cache(maxsize=2)
def _read(path: Path, inode: int, changed_ns: int) -> Mapping[str, float]:
    """The file as it is since it was changed; a file that somebody broke ends no session, and the log says so."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return {str(key): float(at) for key, at in told.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        log.error("%s cannot be read, so earlier sign-outs are forgotten: %s", NAME, type(error).__name__)
        return {}


def _young(ended: Mapping[str, float]) -> dict[str, float]:
    oldest = time.time() - LONGEST_SESSION_S
    return {key: at for key, at in ended.items() if at >= oldest}
