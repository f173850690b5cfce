"""The sign-ins that this process knows: which it has noted in the audit log, and which were ended by signing out.

A cookie stays valid wherever a copy of it lies, so signing out is remembered here until the session's time is over.
"""

import threading
import time

from data.access_file import MOST_SESSION_HOURS

SECONDS_KEPT = MOST_SESSION_HOURS * 3600


class SignIns:
    """Keys of sign-ins (`data.identity.session_key`), each kept for the longest time that a session may last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._noted: dict[str, tuple[str, float]] = {}
        self._ended: dict[str, float] = {}

    def note(self, key: str, state: str) -> bool:
        """Keep the state of a sign-in, such as its role; gives whether it is another than before."""
        with self._lock:
            self._forget()
            before, _ = self._noted.get(key, ("", 0.0))
            self._noted[key] = (state, time.monotonic())
            return state != before

    def end(self, key: str) -> None:
        """The reader has signed out."""
        with self._lock:
            self._ended[key] = time.monotonic()

    def is_ended(self, key: str) -> bool:
        """Whether the reader has signed out, in whichever window."""
        with self._lock:
            return key in self._ended

    def _forget(self) -> None:
        oldest = time.monotonic() - SECONDS_KEPT
        self._noted = {key: kept for key, kept in self._noted.items() if kept[1] >= oldest}
        self._ended = {key: since for key, since in self._ended.items() if since >= oldest}


SIGN_INS = SignIns()
