"""Chance by place: the ground on which a past day never changes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from demo.chance import normal, pick, uniform

KEYS = st.lists(st.integers(0, 2**40), min_size=1, max_size=4)


@given(keys=KEYS)
def test_chance_lies_in_the_unit_interval_and_is_the_same_when_asked_again(keys: list[int]) -> None:
    chance = uniform("topic", *keys)
    assert 0 <= chance < 1
    assert chance == uniform("topic", *keys)


@given(stations=st.integers(1, 8), days=st.integers(1, 8), first=st.integers(0, 10**6))
def test_a_cell_has_the_same_chance_alone_as_in_any_grid(stations: int, days: int, first: int) -> None:
    station, day = np.meshgrid(np.arange(stations), first + np.arange(days), indexing="ij")
    grid = uniform("topic", station, day)
    assert grid[-1, -1] == uniform("topic", stations - 1, first + days - 1)


def test_neighbouring_cells_are_independent_and_evenly_spread() -> None:
    chance = uniform("topic", 7, np.arange(20_000))
    counts = np.histogram(chance, bins=10, range=(0, 1))[0]
    # 99.99 % bounds of a binomial count of 20,000 at 0.1, and of a correlation of 20,000 pairs.
    assert np.all(np.abs(counts - 2000) < 166)
    assert abs(np.corrcoef(chance[1:], chance[:-1])[0, 1]) < 0.028
    assert abs(np.corrcoef(chance, uniform("other topic", 7, np.arange(20_000)))[0, 1]) < 0.028


def test_normal_chance_has_mean_zero_and_deviation_one() -> None:
    chance = normal("topic", np.arange(20_000))
    assert abs(chance.mean()) < 0.028
    assert abs(chance.std() - 1) < 0.02


@given(options=st.lists(st.integers(), min_size=1), chance=st.floats(0, 1, exclude_max=True))
def test_every_chance_falls_on_an_option(options: list[int], chance: float) -> None:
    assert pick(options, chance) in options
