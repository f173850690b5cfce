"""What somebody must not receive, and how it might be written in what they do receive."""

import html
import json
import struct
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

import numpy as np
import pandas as pd

from data.access import PARTNER_GRID_DEGREES
from ui.text import plain

DECIMALS = 3
NO_PLACES = pd.DataFrame({"latitude": [], "longitude": []}, dtype="float64")
NO_TIMES = pd.Series([], dtype="datetime64[ns, UTC]")
# Numbers since 1970, of seconds, milliseconds, microseconds and nanoseconds.
SECOND = 1_000_000_000
UNITS_NS = (SECOND, 1_000_000, 1_000, 1)


@dataclass(frozen=True)
class Hidden:
    """True places and edges of maps (`latitude`, `longitude`), names and identifiers, and moments."""

    places: pd.DataFrame = field(default_factory=NO_PLACES.copy)
    edges: pd.DataFrame = field(default_factory=NO_PLACES.copy)
    words: Collection[str] = ()
    times: pd.Series = field(default_factory=NO_TIMES.copy)


def edges(places: pd.DataFrame) -> pd.DataFrame:
    """What a map that fits itself to places tells of them: middle, mean, median and corners of each `group`."""
    found = []
    for _, group in places.groupby("group"):
        axes = group[["latitude", "longitude"]].dropna().drop_duplicates()
        if len(axes) > 1:
            low, high = axes.min(), axes.max()
            found += [(low + high) / 2, axes.mean(), group[["latitude", "longitude"]].mean(), axes.median(), low, high]
            found += [
                pd.Series({"latitude": one["latitude"], "longitude": other["longitude"]})
                for one, other in ((low, high), (high, low))
            ]
    return pd.DataFrame(found, columns=["latitude", "longitude"]).drop_duplicates(ignore_index=True)


def off_the_grid(positions: pd.DataFrame) -> pd.DataFrame:
    """The positions that can be told from the middle of their cell of the partners' grid, on both axes.

    Beside an axis that everybody may know, any number that is like the other one would look like a leak.
    """
    from_centre = positions[["latitude", "longitude"]].mod(PARTNER_GRID_DEGREES).sub(PARTNER_GRID_DEGREES / 2).abs()
    return positions[(from_centre > 10**-DECIMALS).all(axis=1)]


def texts(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """The different texts in some columns."""
    return [
        text for text in pd.unique(frame[list(columns)].astype("object").to_numpy().ravel()) if isinstance(text, str)
    ]


def spellings(word: str) -> set[bytes]:
    """A word as it stands in text, JSON, HTML, Markdown, XML and addresses."""
    shown = (word, plain(word))
    written = {
        *shown,
        *(json.dumps(one)[1:-1] for one in shown),
        *(json.dumps(one, ensure_ascii=False)[1:-1] for one in shown),
    }
    written |= {html.escape(word), html.escape(word, quote=False), quote(word), quote(word, safe="")}
    return {one.encode() for one in written}


def degrees(value: float) -> set[bytes]:
    """A latitude or a longitude as a binary number, in either order of its bytes."""
    return {struct.pack("<d", value), struct.pack(">d", value)}


def side_by_side(latitude: float, longitude: float) -> set[bytes]:
    """A place as two short binary numbers."""
    pairs = (latitude, longitude), (longitude, latitude)
    return {struct.pack(f"{order}2f", *pair) for pair in pairs for order in "<>"}


def since_1970(time_ns: int) -> set[bytes]:
    """A moment as a binary number, whole or not, in any usual unit."""
    counts = [time_ns // unit for unit in UNITS_NS]
    return {struct.pack(form, count) for count in counts for form in ("<q", "<d")}


def codes(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Pairs of degrees, each as one number that is the same for all that are one place to 3 decimals."""
    near = (np.abs(first) <= 180) & (np.abs(second) <= 180)
    whole = [np.rint(axis[near] * 10**DECIMALS).astype("int64") + 200_000 for axis in (first, second)]
    return (whole[0] << 20) + whole[1]
