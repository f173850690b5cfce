"""What a browser must not receive, and the search for it in the bytes that it did receive."""

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass

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
        return sum(
            (round(place.latitude, DECIMALS), round(place.longitude, DECIMALS)) in pairs
            or (struct.pack("<d", place.latitude) in seen and struct.pack("<d", place.longitude) in seen)
            for place in places.itertuples()
        )

    def names_in(self, seen: bytes) -> list[str]:
        """The hidden names that the bytes hold."""
        return [name for name in self.names if name.encode() in seen]


def off_the_grid(positions: pd.DataFrame) -> pd.DataFrame:
    """The positions that can be told from the middle of their cell of the partners' grid."""
    from_centre = positions[["latitude", "longitude"]].mod(PARTNER_GRID_DEGREES).sub(PARTNER_GRID_DEGREES / 2).abs()
    return positions[(from_centre > 10**-DECIMALS).any(axis=1)]


def texts(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """The different texts in some columns."""
    return [
        text for text in pd.unique(frame[list(columns)].astype("object").to_numpy().ravel()) if isinstance(text, str)
    ]
