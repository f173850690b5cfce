"""Activity through the day: the sun against almanac times, curves and overlap against integrals of known mixtures."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import activity
from tests.metrics.field_frames import records

TURN = 2 * np.pi
LONDON = (51.5074, -0.1278)
GRID = np.linspace(0, TURN, 20_001)


def at(*moments: str) -> pd.DataFrame:
    starts = pd.Series(pd.to_datetime(list(moments), utc=True), dtype="datetime64[us, UTC]")
    return records(*(("A", "Lynx", 0) for _ in moments)).assign(started_at=starts)


def von_mises(mean: float, kappa: float, at_angle: np.ndarray) -> np.ndarray:
    return np.exp(kappa * np.cos(at_angle - mean)) / (TURN * np.i0(kappa))


def sample(mean: float, kappa: float, count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).vonmises(mean, kappa, count) % TURN


@pytest.mark.parametrize(
    ("moment", "angle"),
    [
        # London, as almanacs give it (UTC): 20 June 2024 03:43 to 20:21, 21 December 2024 08:04 to 15:53.
        ("2024-06-20T03:43", np.pi / 2),
        ("2024-06-20T20:21", 1.5 * np.pi),
        ("2024-12-21T08:04", np.pi / 2),
        ("2024-12-21T15:53", 1.5 * np.pi),
    ],
)
def test_sunrise_is_a_quarter_turn_and_sunset_three(moment, angle):
    found = activity.sun_radians(at(moment), *LONDON)[0]
    # Three minutes of the shortest half day, 7 h 49 min for half a turn.
    assert found == pytest.approx(angle, abs=3 / 469 * np.pi)


def test_noon_and_midnight_by_the_sun_are_half_and_no_turn():
    # On 15 April the equation of time is nearly zero.
    noon, midnight = activity.sun_radians(at("2025-04-15T12:00", "2025-04-15T00:00"), 10.0, 0.0)
    assert noon == pytest.approx(np.pi, abs=0.02)
    assert min(midnight, TURN - midnight) < 0.02


def test_days_without_sunrise_are_left_out():
    assert len(activity.sun_radians(at("2024-06-21T12:00", "2024-12-21T12:00"), 78.0, 15.0)) == 0


def test_clock_time_is_that_of_the_camera_and_wrong_clocks_are_left_out():
    seen = at("2025-03-01T22:00", "2025-03-01T22:00", "2025-03-01T22:00").assign(
        utc_offset_min=pd.array([480, pd.NA, 0], "Int64"), has_clock_issue=[False, False, True]
    )
    assert activity.clock_radians(seen) == pytest.approx([TURN / 4])


def bandwidth_by_search(radians: np.ndarray) -> float:
    """The published formula with its roots searched for, instead of the tables of the code."""
    angle = (np.arange(20_000) + 0.5) * np.pi / 20_000

    def bessel(order: int, x: float) -> float:
        return float(np.mean(np.exp(x * (np.cos(angle) - 1)) * np.cos(order * angle)))

    def root(order: int) -> float:
        length, low, high = abs(np.mean(np.exp(1j * order * radians))), 0.0, 500.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if bessel(order, middle) / bessel(0, middle) < length else (low, middle)
        return low

    kappa = max(root(order) for order in (1, 2, 3))
    return (3 * len(radians) * kappa**2 * bessel(2, 2 * kappa) / (4 * np.sqrt(np.pi) * bessel(0, kappa) ** 2)) ** 0.4


@pytest.mark.parametrize("adjust", [0.8, 1.0])
def test_the_curve_is_the_mean_of_von_mises_kernels_of_the_published_bandwidth(adjust):
    # Whole minutes, so that the bins of the code lose nothing.
    radians = np.rint(sample(2.0, 3.0, 40, seed=4) / TURN * 1440) * TURN / 1440
    concentration = bandwidth_by_search(radians) / adjust
    curve = activity.activity_density(radians, adjust, points=96)
    angles = curve["hour"].to_numpy() / 24 * TURN
    expected = np.mean([von_mises(one, concentration, angles) for one in radians], axis=0) * TURN / 24
    assert curve["density"].to_numpy() == pytest.approx(expected, rel=5e-3, abs=1e-5)


@settings(deadline=None, max_examples=30)
@given(radians=st.lists(st.floats(0, 6.28), min_size=1, max_size=60))
def test_a_curve_holds_all_of_the_activity(radians):
    curve = activity.activity_density(np.array(radians), points=1440)
    assert np.trapezoid(curve["density"], curve["hour"]) == pytest.approx(1, abs=1e-3)
    assert (curve["density"] >= 0).all()
    assert curve["density"].iloc[0] == pytest.approx(curve["density"].iloc[-1])


@pytest.mark.parametrize("shift", [0.0, 0.7, 1.6, np.pi])
def test_large_samples_come_close_to_the_true_overlap(shift):
    truth = np.trapezoid(np.minimum(von_mises(3, 3, GRID), von_mises(3 + shift, 2, GRID)), GRID)
    found = activity.overlap(sample(3, 3, 4_000, seed=1), sample(3 + shift, 2, 4_000, seed=2))
    assert found.value == pytest.approx(truth, abs=0.03)
    assert found.interval[0] <= found.value <= found.interval[1]
    assert found.n == 8_000


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 1_000), count=st.sampled_from([12, 80]), shift=st.floats(0, 6.28))
def test_overlap_is_symmetric_within_0_and_1_and_needs_no_zero_hour(seed, count, shift):
    first, second = sample(1, 2, count, seed), sample(2.5, 1, count, seed + 1)
    found = activity.overlap(first, second)
    assert 0 <= found.value <= 1
    assert activity.overlap(second, first).value == pytest.approx(found.value)
    turned = activity.overlap((first + shift) % TURN, (second + shift) % TURN)
    assert turned.value == pytest.approx(found.value, abs=0.01)


def test_a_taxon_overlaps_wholly_with_itself():
    for count in (20, 200):
        same = sample(4, 1.5, count, seed=9)
        assert activity.overlap(same, same).value == pytest.approx(1)


def test_too_few_records_give_no_overlap():
    found = activity.overlap(np.full(9, 1.0), np.full(50, 1.0))
    assert found.missing == "fewer than 10 records of one of the two"


def test_the_same_records_give_the_same_interval():
    pair = sample(1, 2, 30, seed=5), sample(2, 2, 30, seed=6)
    assert activity.overlap(*pair) == activity.overlap(*pair)
