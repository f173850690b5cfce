"""A streamed zip that ends with the SHA-256 of each of its files."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from exports.streamed_zip import Member, zip_chunks

SUMS = "SHA256SUMS"
# A table with this many rows is written as a large member: below, its rows would need 4 kB each to be one.
LARGE_ROWS = 500_000


def summed_zip(members: Iterable[Member], made_at: datetime) -> Iterator[bytes]:
    """The zip of these members and of SHA256SUMS, which `sha256sum -c` reads."""
    return zip_chunks(_with_sums(members), made_at)


def _with_sums(members: Iterable[Member]) -> Iterator[Member]:
    sent: list[Member] = []
    for member in members:
        yield member
        sent.append(member)
    lines = (f"{one.sha256}  {one.name}\n" for one in sorted(sent, key=lambda one: one.name))
    yield Member(SUMS, ["".join(lines).encode()])
