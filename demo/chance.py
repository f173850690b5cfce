"""Chance that depends on where it is drawn, not on what was drawn before it.

Every cell (site, station, day, species, …) has its own number, so that a past day reads the same whenever it is
generated and nothing depends on the order of generation or on the release of a random number library.
"""

from collections.abc import Sequence
from functools import reduce
from hashlib import blake2b
from typing import TypeVar

import numpy as np

T = TypeVar("T")
SEED = 20260401

_STEP, _FIRST, _SECOND = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def _mix(state: np.ndarray, key: np.ndarray) -> np.ndarray:
    """One round of the SplitMix64 generator (Steele, Lea & Flood 2014, 10.1145/2660193.2660195)."""
    state = state * _STEP + key + _STEP
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    return state ^ (state >> np.uint64(31))


def uniform(topic: str, *keys: int | np.ndarray) -> np.ndarray:
    """Even chance in [0, 1) for every combination of the keys (whole numbers >= 0, broadcast against each other).

    `topic` keeps questions apart that are asked of the same keys.
    """
    question = int.from_bytes(blake2b(topic.encode(), digest_size=8).digest())
    cells = [np.asarray(key, dtype=np.uint64) for key in (question, *keys)]
    with np.errstate(over="ignore"):
        bits = reduce(_mix, cells, np.asarray(SEED, dtype=np.uint64))
    return (bits >> np.uint64(11)).astype(float) / 2.0**53


def normal(topic: str, *keys: int | np.ndarray) -> np.ndarray:
    """Standard normal chance for every combination of the keys (Box & Muller 1958)."""
    radius = np.sqrt(-2 * np.log1p(-uniform(f"{topic}:radius", *keys)))
    return radius * np.cos(2 * np.pi * uniform(f"{topic}:angle", *keys))


def pick(options: Sequence[T], chance: float) -> T:
    """The option on which an even chance falls."""
    return options[int(chance * len(options))]
