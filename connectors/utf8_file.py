"""A text file on disk as UTF-8, whatever its encoding and whether it is packed; a bomb is not unpacked."""

import codecs
import gzip
import re
from pathlib import Path

from connectors.errors import SourceChanged

BLOCK_BYTES = 4_000_000
GZIP = b"\x1f\x8b"
# Tables compress 5 to 30 times; far more is a file made to fill the disk.
INFLATED_MAX_BYTES = 100_000_000
INFLATED_MAX_RATIO = 300


def starts_with(path: Path, magic: bytes) -> bool:
    """Whether a file begins with these bytes."""
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


class Utf8File:
    """A text file whose bytes come out as UTF-8 without a byte order mark, whatever they are on disk."""

    closed = False

    def __init__(self, path: Path, encoding: str, where: str) -> None:
        self._where = where
        self._size_on_disk = path.stat().st_size
        self._file = (gzip.open if starts_with(path, GZIP) else open)(path, "rb")
        self._ahead = b""
        self._is_read = False
        self._inflated_bytes = 0
        encoding = codecs.lookup(encoding).name
        self._is_utf8 = encoding in ("utf-8", "utf-8-sig", "ascii")
        self._decoder = codecs.getincrementaldecoder("utf-8-sig" if self._is_utf8 else encoding)("surrogateescape")
        self.foreign_bytes = 0

    def __enter__(self) -> "Utf8File":
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()

    def read(self, size: int) -> bytes:
        # A chunk is full until the last one: a row may lie in two chunks, never in three.
        while len(self._ahead) < size and not self._is_read:
            received = self._file.read(size - len(self._ahead))
            self._check_size(len(received))
            self._is_read = not received
            self._ahead += self._as_utf8(received)
        chunk, self._ahead = self._ahead[:size], self._ahead[size:]
        return chunk

    def unread(self, chunk: bytes) -> None:
        self._ahead = chunk + self._ahead

    def is_at_end(self) -> bool:
        while chunk := self.read(BLOCK_BYTES):
            if rows := chunk.lstrip(b"\r\n"):
                self.unread(rows)
                return False
        return True

    def _check_size(self, received_bytes: int) -> None:
        self._inflated_bytes += received_bytes
        if self._inflated_bytes > max(INFLATED_MAX_BYTES, INFLATED_MAX_RATIO * self._size_on_disk):
            raise SourceChanged(f"{self._where} inflates to more than {INFLATED_MAX_RATIO} times its size")

    def _as_utf8(self, received: bytes) -> bytes:
        if self._is_utf8 and received.isascii() and not self._decoder.getstate()[0]:
            return received
        text = self._decoder.decode(received, final=not received)
        try:
            return text.encode()
        except UnicodeEncodeError:
            text, count = re.subn("[\udc80-\udcff]", _as_cp1252, text)
            self.foreign_bytes += count
            return text.encode(errors="replace")


def _as_cp1252(escaped: re.Match[str]) -> str:
    return escaped[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace")
