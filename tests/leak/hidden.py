"""What a browser must not receive, and the search for it in the bytes that it did receive."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.access import PARTNER_GRID_DEGREES

NEARBY_CHARACTERS = 60
DECIMALS = 3
NUMBER = re.compile(rb"-?\d{1,3}\.\d{3,17}")


@dataclass(frozen=True)
class Hidden:
    """True positions (`latitude`, `longitude`) and names that only the owner of the data may see."""

    positions: pd.DataFrame
    names: Sequence[str]

    def positions_in(self, seen: bytes) -> int:
        """How many true positions the bytes hold: as text to 3 decimals side by side, or as binary numbers."""
        numbers = [(found.start(), round(float(found[0]), DECIMALS)) for found in NUMBER.finditer(seen)]
        pairs = set()
        for (at, first), (then, second) in zip(numbers, numbers[1:], strict=False):
            if then - at <= NEARBY_CHARACTERS:
                pairs |= {(first, second), (second, first)}
        places = self.positions[["latitude", "longitude"]].drop_duplicates()
        as_text = [
            (round(place.latitude, DECIMALS), round(place.longitude, DECIMALS)) in pairs
            for place in places.itertuples()
        ]
        as_numbers = held(seen, places["latitude"], "<f8") & held(seen, places["longitude"], "<f8")
        return int((as_numbers | as_text).sum())

    def names_in(self, seen: bytes) -> list[str]:
        """The hidden names that the bytes hold."""
        return [name for name in self.names if name.encode() in seen]


def held(seen: bytes, values: pd.Series, dtype: str) -> np.ndarray:
    """Which of the values the bytes hold as binary numbers, wherever these begin."""
    wanted = np.unique(values.to_numpy(dtype))
    width, found = wanted.itemsize, np.zeros(len(wanted), dtype=bool)
    for start in range(width):
        numbers = np.frombuffer(seen, dtype, count=max(len(seen) - start, 0) // width, offset=min(start, len(seen)))
        place = np.searchsorted(wanted, numbers).clip(max=max(len(wanted) - 1, 0))
        if len(wanted):
            found[place[wanted[place] == numbers]] = True
    return np.isin(values.to_numpy(dtype), wanted[found])


def off_the_grid(positions: pd.DataFrame) -> pd.DataFrame:
    """The positions that can be told from the middle of their cell of the partners' grid."""
    from_centre = positions[["latitude", "longitude"]].mod(PARTNER_GRID_DEGREES).sub(PARTNER_GRID_DEGREES / 2).abs()
    return positions[(from_centre > 10**-DECIMALS).any(axis=1)]


def texts(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """The different texts in some columns."""
    return [
        text for text in pd.unique(frame[list(columns)].astype("object").to_numpy().ravel()) if isinstance(text, str)
    ]
