"""The sign-ins that this process has noted in the audit log, each in the state in which it was noted last."""

import threading
import time

from data.access_file import LONGEST_SESSION_S


class SignIns:
    """Keys of sign-ins (`data.identity.session_key`), each kept for the longest time that a session may last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._noted: dict[str, tuple[str, float]] = {}

    def note(self, key: str, state: str) -> bool:
        """Keep the state of a sign-in, such as its role; gives whether it is another than before."""
        now = time.monotonic()
        with self._lock:
            self._noted = {key: kept for key, kept in self._noted.items() if kept[1] >= now - LONGEST_SESSION_S}
            before, _ = self._noted.get(key, ("", 0.0))
            self._noted[key] = (state, now)
            return state != before


SIGN_INS = SignIns()
