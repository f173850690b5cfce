"""All that reached one browser or one script, with the place that each part came from."""

import hashlib
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from google.protobuf.message import Message

from tests.leak.opened import Part, opened

LONGEST_WAIT_SECONDS = 120


@dataclass
class Received:
    """Everything that was received; what came more than once is kept where it came from first."""

    parts: list[Part] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    known: set[bytes] = field(default_factory=set)

    def add(self, where: str, content: bytes) -> None:
        """Keep some bytes, and all that is wrapped in them."""
        if self.is_new(content):
            self.parts += opened(where, content)

    def is_new(self, content: bytes) -> bool:
        """Whether these bytes come for the first time."""
        digest = hashlib.sha256(content).digest()
        is_new = digest not in self.known
        self.known.add(digest)
        return is_new

    def of(self, beginning: str) -> list[Part]:
        """The parts whose place begins so."""
        return [part for part in self.parts if part.where.startswith(beginning)]

    def files(self, beginning: str) -> dict[str, bytes]:
        """The same by their place, as they came."""
        return {part.where: part.content for part in self.of(beginning)}


def fetch(url: str, address: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> bytes:
    """The answer of the server to one request; raises where it is not the one that was asked for."""
    request = urllib.request.Request(f"{url}{address}", headers=headers or {}, data=body)
    with urllib.request.urlopen(request, timeout=LONGEST_WAIT_SECONDS) as answer:
        return answer.read()


def packed_in(message: Message) -> Iterator[bytes]:
    """The bytes that a message of the server carries in a form of their own, such as tables."""
    for about, value in message.ListFields():
        values: Sequence = value if isinstance(value, Sequence) and not isinstance(value, (bytes, str)) else [value]
        if about.type == about.TYPE_BYTES:
            yield from values
        elif about.type == about.TYPE_MESSAGE:
            for inner in values:
                if isinstance(inner, Message):
                    yield from packed_in(inner)
