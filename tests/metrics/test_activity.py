"""Activity through the day: the sun against almanac times, curves and overlap against integrals of known mixtures."""

from datetime import date

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
    # Two minutes of the shortest day, 7 h 49 min for half a turn.
    assert found == pytest.approx(angle, abs=2 / 469 * np.pi)


def sun_times(day: pd.Timestamp, latitude: float, longitude: float) -> list[pd.Timestamp]:
    """Sunrise and sunset of a day by Meeus's formulas, as NOAA's spreadsheet has them; the code's are shorter."""
    times = []
    for side in (-1, 1):
        moment = day + pd.Timedelta(hours=12 - longitude / 15 + 6 * side)
        for _ in range(3):
            century = (moment.to_julian_date() - 2_451_545) / 36_525
            mean = np.radians((280.46646 + century * (36_000.76983 + 0.0003032 * century)) % 360)
            anomaly = np.radians(357.52911 + century * (35_999.05029 - 0.0001537 * century))
            centre = 1.914602 * np.sin(anomaly) + 0.019993 * np.sin(2 * anomaly) + 0.000289 * np.sin(3 * anomaly)
            apparent = mean + np.radians(centre - 0.00569)
            tilt, drawn_out = np.radians(23.439 - 0.013 * century), 0.016709 - 0.000042 * century
            declination = np.arcsin(np.sin(tilt) * np.sin(apparent))
            y = np.tan(tilt / 2) ** 2
            equation = y * np.sin(2 * mean) - 2 * drawn_out * np.sin(anomaly)
            equation += 4 * drawn_out * y * np.sin(anomaly) * np.cos(2 * mean)
            equation -= y**2 / 2 * np.sin(4 * mean) + 1.25 * drawn_out**2 * np.sin(2 * anomaly)
            north = np.radians(latitude)
            cosine = np.cos(np.radians(90.833)) / (np.cos(north) * np.cos(declination))
            half_day = np.degrees(np.arccos(cosine - np.tan(north) * np.tan(declination)))
            minutes = 720 - 4 * longitude - 4 * np.degrees(equation) + side * 4 * half_day
            moment = day + pd.Timedelta(minutes=float(minutes))
        times.append(moment)
    return times


@settings(deadline=None, max_examples=60)
@given(day=st.dates(date(2010, 1, 1), date(2035, 12, 31)), latitude=st.floats(-55, 55), longitude=st.floats(-180, 180))
def test_the_sun_keeps_within_half_a_minute_of_the_longer_formulas(day, latitude, longitude):
    rise, fall = sun_times(pd.Timestamp(day, tz="UTC"), latitude, longitude)
    found = activity.sun_radians(at(str(rise), str(fall)), latitude, longitude)
    shortest_min = min((fall - rise) / pd.Timedelta(minutes=1), 1440 - (fall - rise) / pd.Timedelta(minutes=1))
    assert found == pytest.approx([np.pi / 2, 1.5 * np.pi], abs=0.5 / shortest_min * np.pi)


def test_at_the_equator_on_the_equinox_day_and_night_are_nearly_equal():
    # 20 March 2024: the sun is 7.4 min late, and seen 3.3 min before it is up.
    found = activity.sun_radians(at("2024-03-20T06:04", "2024-03-20T18:11"), 0.0, 0.0)
    assert found == pytest.approx([np.pi / 2, 1.5 * np.pi], abs=1 / 720 * np.pi)


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


@pytest.mark.parametrize("count", [30, 120])
def test_a_turn_by_whole_minutes_changes_nothing(count):
    first, second = sample(1, 2, count, seed=7), sample(2.5, 1, count, seed=8)
    turn = 397 * TURN / 1440
    turned = activity.overlap(first + turn, second + turn)
    assert turned.value == pytest.approx(activity.overlap(first, second).value, abs=1e-6)


def test_taxa_that_never_meet_hardly_overlap():
    assert activity.overlap(sample(0.5, 40, 100, seed=1), sample(3.6, 40, 100, seed=2)).value < 0.01


def test_no_record_has_no_time_of_day_and_no_curve():
    assert activity.clock_radians(records()).size == 0
    assert activity.sun_radians(records(), 10.0, 20.0).size == 0
    assert activity.overlap(np.array([]), np.array([])).missing
    with pytest.raises(ValueError, match="at least one"):
        activity.activity_density(np.array([]))


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
