"""Searches all that reached a browser for all that is hidden, in one pass over each part."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from tests.leak.hidden import SECOND, UNITS_NS, Hidden, codes, degrees, side_by_side, since_1970, spellings
from tests.leak.needles import Needles
from tests.leak.opened import Part

NEARBY_CHARACTERS = 120
FOLLOWING_LISTS = 4
SHORTEST_LIST = 3
# A point may be escaped, as in Markdown.
NUMBER = re.compile(rb"-?\d{1,3}\\{0,2}\.\d{3,17}")
ONE = rb"(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|null|NaN)"
LIST = re.compile(rb"\[\s*(" + ONE + rb"(?:\s*,\s*" + ONE + rb"){2,})\s*\]")
MOMENT = re.compile(
    rb"\d{4}\\{0,2}-\d\d\\{0,2}-\d\d[T ]\d\d\\{0,2}:\d\d\\{0,2}:\d\d(?:\\{0,2}\.\d+)?(?:\\{0,2}[+-]\d\d\\{0,2}:?\d\d)?"
)
SINCE = re.compile(rb"(?<![\d.])\d{10,19}(?!\d)")
KINDS = ("places", "edges", "words", "times")


@dataclass
class Leaks:
    """What was found of each kind: what leaked, by the place that it was found at."""

    places: dict[str, list[str]] = field(default_factory=dict)
    edges: dict[str, list[str]] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)
    times: dict[str, list[str]] = field(default_factory=dict)


class Search:
    """The search for what is hidden; made once, for any number of parts."""

    def __init__(self, hidden: Hidden) -> None:
        self.sites = {kind: _Places(getattr(hidden, kind)) for kind in ("places", "edges")}
        self.words = {spelt: word for word in hidden.words for spelt in spellings(word)}
        self.times = _Times(hidden.times)
        binary = [needle for places in self.sites.values() for needle in places.needles]
        self.needles = Needles([*binary, *self.words, *self.times.needles])

    def through(self, parts: Iterable[Part]) -> Leaks:
        """All that is found in some parts."""
        leaks = Leaks()
        for part in parts:
            held = self.needles.within(part.content)
            pairs = np.unique(np.concatenate([*_pairs_in_text(part.content), *_pairs_of(part.columns)]))
            found = {kind: places.found(held, pairs) for kind, places in self.sites.items()}
            found["words"] = sorted({self.words[one] for one in held if one in self.words})
            found["times"] = self.times.found(held, part.content)
            for kind, what in found.items():
                if what:
                    getattr(leaks, kind).setdefault(part.where, []).extend(what)
        return leaks


class _Places:
    def __init__(self, places: pd.DataFrame) -> None:
        axes = places[["latitude", "longitude"]].dropna().drop_duplicates().to_numpy("f8")
        self.names = [f"{latitude:.5f} {longitude:.5f}" for latitude, longitude in axes]
        self.needles: dict[bytes, set[tuple[int, str]]] = {}
        for place, (latitude, longitude) in enumerate(axes.tolist()):
            clues = {"latitude": degrees(latitude), "longitude": degrees(longitude)}
            clues["both"] = side_by_side(latitude, longitude)
            for clue, spelt in clues.items():
                for needle in spelt:
                    self.needles.setdefault(needle, set()).add((place, clue))
        self.codes = codes(axes[:, 0], axes[:, 1])

    def found(self, held: set[bytes], pairs: np.ndarray) -> list[str]:
        """The places of which both axes were held, or that stand among pairs of numbers."""
        clues = {clue for one in held & self.needles.keys() for clue in self.needles[one]}
        by_clue = {name: {place for place, clue in clues if clue == name} for name in ("latitude", "longitude", "both")}
        told = by_clue["both"] | (by_clue["latitude"] & by_clue["longitude"])
        told |= set(np.flatnonzero(np.isin(self.codes, pairs)).tolist())
        return sorted(self.names[place] for place in told)


class _Times:
    def __init__(self, times: pd.Series) -> None:
        whole = times.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[ns]").astype("int64")
        self.names = {int(time_ns): str(time) for time_ns, time in zip(whole, times, strict=True)}
        self.needles = {needle: time_ns for time_ns in self.names for needle in since_1970(time_ns)}
        self.by_second = {time_ns // SECOND: time_ns for time_ns in self.names}

    def found(self, held: set[bytes], content: bytes) -> list[str]:
        told = {self.needles[one] for one in held & self.needles.keys()}
        if self.names:
            seconds = _seconds_in_text(content)
            told |= {time_ns for second, time_ns in self.by_second.items() if second in seconds}
        return sorted(self.names[one] for one in told)


def _pairs_in_text(content: bytes) -> list[np.ndarray]:
    """Numbers with 3 decimals or more that follow one another, and those in the same place of two lists."""
    found = [(one.start(), float(one[0].replace(b"\\", b""))) for one in NUMBER.finditer(content)]
    at, values = (np.array([one[axis] for one in found], dtype="f8") for axis in (0, 1))
    near = np.diff(at) <= NEARBY_CHARACTERS
    first, second = values[:-1][near], values[1:][near]
    lists = [_of_list(one[1]) for one in LIST.finditer(content)]
    following = [
        pair
        for place, one in enumerate(lists)
        for pair in _pairs_of([one, *lists[place + 1 : place + FOLLOWING_LISTS]], first_alone=True)
    ]
    return [codes(first, second), codes(second, first), *following]


def _of_list(text: bytes) -> np.ndarray:
    cells = text.replace(b"null", b"nan").replace(b"NaN", b"nan").split(b",")
    return np.array([float(cell) for cell in cells])


def _pairs_of(columns: Iterable[np.ndarray], first_alone: bool = False) -> list[np.ndarray]:
    """What stands in the same place of two columns of the same length."""
    columns = [np.ravel(column) for column in columns]
    found = []
    for place, one in enumerate(columns[:1] if first_alone else columns):
        for other in columns[place + 1 :]:
            if len(one) == len(other):
                found += [codes(one, other), codes(other, one)]
    return found


def _seconds_in_text(content: bytes) -> set[int]:
    """Seconds since 1970 of all moments that a text tells."""
    texts = {one.replace(b"\\", b"").decode() for one in MOMENT.findall(content)}
    parsed = pd.to_datetime(pd.Series(sorted(texts), dtype="str"), format="ISO8601", utc=True, errors="coerce").dropna()
    seconds = set((parsed.dt.tz_localize(None).astype("datetime64[ns]").astype("int64") // SECOND).tolist())
    numbers = {int(one) for one in SINCE.findall(content)}
    return seconds | {number * unit // SECOND for number in numbers for unit in UNITS_NS}
