"""How long one client waits for an answer and for all of them, and how much it takes in.

A time limit of a socket begins anew with every byte, so a server that sends one each minute would hold us for months.
Here a clock ends the connections of the client, whatever it waits for.
"""

import socket
import threading
import time

from connectors.errors import SourceRefused, SourceUnavailable

# All answers of one source at one pull.
ALL_BYTES = 40_000_000_000
ALL_S = 6 * 3600
# Connections are kept for a few hosts only, by the client as well.
HOSTS_MAX = 20


class Patience:
    """The limits of one client; raises SourceUnavailable or SourceRefused where one is passed."""

    def __init__(self, source_name: str, all_s: float | None = None) -> None:
        self._source = source_name
        self._all_s = ALL_S if all_s is None else all_s
        self._ends_at = time.monotonic() + self._all_s
        self._left_bytes = ALL_BYTES
        self._twins: dict[str, socket.socket] = {}
        self._timer: threading.Timer | None = None
        self._answer_ends_at = self._ends_at
        self._shown, self._answer_s = "", self._all_s

    def begin(self, shown: str, answer_s: float) -> None:
        """Wait for an answer from now on; `shown` names it."""
        self.end()
        if time.monotonic() >= self._ends_at:
            raise SourceUnavailable(f"{self._source}: it did not send all that it has within {self._all_s:,.0f} s")
        self._shown, self._answer_s = shown, answer_s
        self._answer_ends_at = min(time.monotonic() + answer_s, self._ends_at)
        self._timer = threading.Timer(max(0.0, self._answer_ends_at - time.monotonic()), self._shut)
        self._timer.daemon = True
        self._timer.start()

    def check(self, received_bytes: int = 0) -> None:
        """Go on, after so many more bytes."""
        self._left_bytes -= received_bytes
        if self._left_bytes < 0:
            raise SourceRefused(f"{self._source}: it sends more than {ALL_BYTES / 1e9:,.0f} GB", "Ask it for less.")
        if self.is_over():
            raise SourceUnavailable(f"{self._source}: {self._shown} was not complete after {self._answer_s:g} s")

    def is_over(self) -> bool:
        """Whether the time for the answer has passed."""
        return time.monotonic() >= self._answer_ends_at

    def connected(self, host: str, connection: socket.socket) -> None:
        """A new connection, which the clock may end."""
        if self.is_over():
            raise SourceUnavailable(f"{self._source}: no answer to {self._shown} within {self._answer_s:g} s")
        # A second handle, because encryption takes the first one away.
        if old := self._twins.pop(host, None):
            old.close()
        self._twins[host] = connection.dup()
        if len(self._twins) > HOSTS_MAX:
            self._twins.pop(next(iter(self._twins))).close()

    def end(self) -> None:
        """The answer is here."""
        if self._timer:
            self._timer.cancel()

    def close(self) -> None:
        self.end()
        for twin in self._twins.values():
            twin.close()
        self._twins.clear()

    def _shut(self) -> None:
        for twin in list(self._twins.values()):
            try:
                twin.shutdown(socket.SHUT_RDWR)
            except OSError:
                # It was closed already.
                continue
