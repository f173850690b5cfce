"""A zip that is sent while it is made, so that it may be larger than memory and than the disk.

Nothing in it depends on the clock or the machine: the same members give the same bytes.
"""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

CHUNK_BYTES = 256 * 1024
# Rows take about a third of their size at any level; the higher ones only take longer.
TEXT_LEVEL = 1
# Of what is compressed already: kept as it is, yet with an end that a reader finds while it reads on.
STORED_LEVEL = 0
LARGE_BYTES = 2**31 - 2**20
FIRST_YEAR_OF_ZIP = 1980


@dataclass
class Member:
    """One file of a zip. `size` and `sha256` are known once it was sent.

    `is_large` where it may have `LARGE_BYTES` or more: some old programs cannot read what large members need.
    """

    name: str
    chunks: Iterable[bytes]
    level: int = TEXT_LEVEL
    is_large: bool = False
    size: int = 0
    sha256: str = ""


def zip_chunks(members: Iterable[Member], made_at: datetime) -> Iterator[bytes]:
    """The zip of these members; each is asked for when the one before it was sent."""
    sent = _Sent()
    with zipfile.ZipFile(sent, "w") as archive:
        for member in members:
            yield from _added(archive, member, made_at, sent)
    yield sent.taken()


def _added(archive: zipfile.ZipFile, member: Member, made_at: datetime, sent: "_Sent") -> Iterator[bytes]:
    hashed = hashlib.sha256()
    with archive.open(_entry(member, made_at), "w", force_zip64=member.is_large) as entry:
        for chunk in member.chunks:
            hashed.update(chunk)
            member.size += len(chunk)
            for first in range(0, len(chunk), CHUNK_BYTES):
                entry.write(chunk[first : first + CHUNK_BYTES])
                if sent.waiting >= CHUNK_BYTES:
                    yield sent.taken()
    member.sha256 = hashed.hexdigest()


def _entry(member: Member, made_at: datetime) -> zipfile.ZipInfo:
    at = made_at.astimezone(UTC).timetuple()[:6]
    entry = zipfile.ZipInfo(member.name, max(at, (FIRST_YEAR_OF_ZIP, 1, 1, 0, 0, 0)))
    entry.compress_type, entry._compresslevel = zipfile.ZIP_DEFLATED, member.level
    # As on Linux on every machine: a plain file that all may read.
    entry.create_system, entry.external_attr = 3, 0o100644 << 16
    return entry


class _Sent:
    """Where the zip is written to: a pipe without a way back, from which the written bytes are taken."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.waiting = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self.waiting += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts, self.waiting = [], 0
        return taken
