import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import rates

laws = settings(deadline=None, max_examples=60)
nights = st.floats(rates.FEWEST_TRAP_NIGHTS, 1e6)


def test_rate_is_per_hundred_trap_nights_with_its_interval():
    rate = rates.detection_rate(5, trap_nights=50)
    assert rate.value == 10
    assert rate.interval == pytest.approx((2 * 1.623, 2 * 11.668), abs=0.001)
    assert rate.n == 5


@pytest.mark.parametrize("effort", [None, float("nan"), pd.NA, 0, 9.9])
def test_too_little_effort_gives_a_reason_and_no_rate(effort):
    rate = rates.detection_rate(3, trap_nights=effort)
    assert rate.value is None
    assert rate.missing
    assert rate.n == 3


def test_a_negative_number_of_detections_is_refused():
    with pytest.raises(ValueError, match="-1"):
        rates.detection_rate(-1, trap_nights=100)


# Exact limits as printed in tables of the Poisson mean (Garwood 1936, Biometrika 28:437, and later ones).
@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        (0, 0, 3.689),
        (1, 0.0253, 5.572),
        (5, 1.623, 11.668),
        (10, 4.795, 18.390),
        (100, 81.364, 121.627),
    ],
)
def test_poisson_limits_agree_with_the_published_table(count, low, high):
    assert rates.poisson_interval(count) == pytest.approx((low, high), abs=0.0006)


def chance_of_at_most(count, mean):
    if mean == 0:
        return 1.0
    return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1))


@laws
@given(count=st.integers(1, 2_000))
def test_poisson_limits_leave_two_and_a_half_percent_on_each_side(count):
    low, high = rates.poisson_interval(count)
    assert chance_of_at_most(count - 1, low) == pytest.approx(0.975, abs=1e-6)
    assert chance_of_at_most(count, high) == pytest.approx(0.025, abs=1e-6)


@laws
@given(count=st.integers(0, 5_000), effort=nights)
def test_twice_the_effort_halves_the_rate_and_its_interval(count, effort):
    once, twice = rates.detection_rate(count, effort), rates.detection_rate(count, 2 * effort)
    assert twice.value == pytest.approx(once.value / 2)
    assert twice.interval == pytest.approx((once.interval[0] / 2, once.interval[1] / 2))


@laws
@given(count=st.integers(1, 1_000), effort=nights, times=st.integers(2, 20))
def test_the_interval_holds_the_rate_and_narrows_with_more_data(count, effort, times):
    little, much = rates.detection_rate(count, effort), rates.detection_rate(times * count, times * effort)
    assert little.interval[0] < little.value < little.interval[1]
    assert much.interval[1] - much.interval[0] < little.interval[1] - little.interval[0]
