"""Finds which of many byte strings some bytes hold, wherever these begin, in one pass over them."""

from collections.abc import Iterable

import numpy as np

LONG, SHORT = 8, 4
# A table of one flag for each value of this many bits of a product says at once of most places that nothing is there.
BITS = 22
MIX = {LONG: np.uint64(0x9E3779B97F4A7C15), SHORT: np.uint32(0x9E3779B1)}


class Needles:
    """Byte strings of at least `SHORT` bytes to look for, all at once."""

    def __init__(self, wanted: Iterable[bytes]) -> None:
        wanted = set(wanted)
        if too_short := [one for one in wanted if len(one) < SHORT]:
            raise ValueError(f"{too_short[0]!r} is too short to look for")
        self._tails = [
            _Tails(LONG, [one for one in wanted if len(one) >= LONG]),
            _Tails(SHORT, [one for one in wanted if len(one) < LONG]),
        ]

    def within(self, content: bytes) -> set[bytes]:
        """Those that the content holds."""
        return {one for tails in self._tails for one in tails.within(content)}


class _Tails:
    """Byte strings of which each is known by its last bytes, read as a number."""

    def __init__(self, width: int, wanted: list[bytes]) -> None:
        self.width, self.dtype = width, np.dtype(f"<u{width}")
        self.by_tail: dict[int, list[bytes]] = {}
        for one in wanted:
            self.by_tail.setdefault(int.from_bytes(one[-width:], "little"), []).append(one)
        self.tails = np.sort(np.array(list(self.by_tail), self.dtype))
        self.is_wanted = np.zeros(1 << BITS, dtype=bool)
        self.is_wanted[self._places(self.tails)] = True

    def within(self, content: bytes) -> set[bytes]:
        found: set[bytes] = set()
        for start in range(min(self.width, len(content) - self.width + 1) if len(self.tails) else 0):
            numbers = np.frombuffer(content, self.dtype, (len(content) - start) // self.width, start)
            maybe = np.flatnonzero(self.is_wanted[self._places(numbers)])
            maybe = maybe[np.isin(numbers[maybe], self.tails)]
            for place, tail in zip(maybe.tolist(), numbers[maybe].tolist(), strict=True):
                end = start + (place + 1) * self.width
                # What does not begin within the content is compared with less than its length.
                found.update(one for one in self.by_tail[tail] if content[max(0, end - len(one)) : end] == one)
        return found

    def _places(self, numbers: np.ndarray) -> np.ndarray:
        return (numbers * MIX[self.width]) >> self.dtype.type(self.width * 8 - BITS)
