"""The Merkle tree of a batch, after RFC 9162, section 2.1, with SHA-256.

Leaves are `SHA-256(00 || entry)`, nodes `SHA-256(01 || left || right)`; the entries of a batch are the 32-byte digests
of its records. A tree of n entries splits at the largest power of two below n.
https://www.rfc-editor.org/rfc/rfc9162#section-2.1
"""

import hashlib
from collections.abc import Sequence


def root(entries: Sequence[bytes]) -> bytes:
    """The hash of the whole tree; that of no entries is the SHA-256 of nothing."""
    if not entries:
        return hashlib.sha256().digest()
    return _levels(entries)[-1][0]


def proofs(entries: Sequence[bytes]) -> list[list[bytes]]:
    """The proof of every entry: the hashes that lead from it to the root, lowest first."""
    levels = _levels(entries)[:-1] if entries else []
    found = []
    for entry in range(len(entries)):
        place, path = entry, []
        for level in levels:
            if place ^ 1 < len(level):
                path.append(level[place ^ 1])
            place //= 2
        found.append(path)
    return found


def root_from(entry: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that an entry at `index` of `size` entries and its proof lead to (RFC 9162, section 2.1.3.2).

    Raises ValueError where the proof has not as many hashes as such an entry needs.
    """
    if not 0 <= index < size:
        raise ValueError(f"there is no entry {index} in a tree of {size}")
    place, last, reached = index, size - 1, _leaf(entry)
    for step in path:
        if last == 0:
            raise ValueError("the proof is longer than the tree is high")
        if place % 2 or place == last:
            reached = _node(step, reached)
            while place % 2 == 0 and place:
                place, last = place // 2, last // 2
        else:
            reached = _node(reached, step)
        place, last = place // 2, last // 2
    if last:
        raise ValueError("the proof is shorter than the tree is high")
    return reached


def _levels(entries: Sequence[bytes]) -> list[list[bytes]]:
    """All hashes of the tree, leaves first; one without a neighbour moves up as it is."""
    levels = [[_leaf(entry) for entry in entries]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        paired = [_node(below[n], below[n + 1]) for n in range(0, len(below) - 1, 2)]
        levels.append(paired + below[len(paired) * 2 :])
    return levels


def _leaf(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
