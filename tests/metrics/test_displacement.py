"""Movement of a day and animals at a standstill: wrong positions make no distance, and a stop is not guessed."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.displacement import daily_displacement, immobility, without_spikes

laws = settings(deadline=None, max_examples=60)

WALK = st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=1, max_size=30)
MIDNIGHT = pd.Timestamp("2024-03-01T00:00Z")


def track(*places: tuple[float, float], animal: str = "1", hours: float = 1, start: float = 0) -> pd.DataFrame:
    """Fixes of one animal at (east, north) in km, so many hours apart, with local days as in UTC."""
    fixed_at = MIDNIGHT + pd.to_timedelta(start + hours * np.arange(len(places)), unit="h")
    metres = 1000 * np.array(places, dtype=float).reshape(-1, 2)
    fixes = pd.DataFrame({"animal": animal, "fixed_at": fixed_at, "east_m": metres[:, 0], "north_m": metres[:, 1]})
    fixes["local_day"] = fixes["fixed_at"].dt.tz_localize(None).dt.floor("D")
    return with_steps(fixes.astype({"animal": "str"}))


def with_steps(fixes: pd.DataFrame) -> pd.DataFrame:
    way = fixes.groupby("animal")[["east_m", "north_m"]].diff()
    hours = fixes.groupby("animal")["fixed_at"].diff() / pd.Timedelta(hours=1)
    return fixes.assign(step_m=np.hypot(way["east_m"], way["north_m"]), step_h=hours)


def speeds_mps(fixes: pd.DataFrame) -> pd.Series:
    return fixes["step_m"] / fixes["step_h"] / 3600


def test_a_position_that_nothing_could_reach_and_leave_is_dropped_and_the_gap_is_one_step() -> None:
    fixes = without_spikes(track((0, 0), (1, 0), (500, 0), (3, 0)))
    assert fixes["east_m"].tolist() == [0, 1000, 3000]
    assert fixes["step_m"].tolist()[1:] == [1000, 2000]
    assert fixes["step_h"].tolist()[1:] == [1, 2]


def test_a_good_position_between_two_spikes_stays() -> None:
    fixes = without_spikes(track((0, 0), (500, 0), (1, 0), (0, 500), (2, 0)))
    assert fixes["east_m"].tolist() == [0, 1000, 2000]


def test_an_animal_that_was_carried_away_and_stayed_keeps_all_its_fixes() -> None:
    fixes = track((0, 0), (1, 0), (500, 0), (501, 0))
    pd.testing.assert_frame_equal(without_spikes(fixes), fixes)


def test_fixes_of_two_animals_are_not_judged_together() -> None:
    fixes = pd.concat([track((0, 0), (500, 0)), track((0, 0), (500, 0), animal="2")], ignore_index=True)
    assert len(without_spikes(fixes)) == 4


@laws
@given(WALK, WALK)
def test_no_spike_is_left_and_steps_still_fit_positions_and_times(first: list, second: list) -> None:
    fixes = pd.concat([track(*first), track(*second, animal="2")], ignore_index=True)
    kept = without_spikes(fixes, fastest_mps=1)
    too_fast = speeds_mps(kept) > 1
    next_too_fast = too_fast.shift(-1, fill_value=False) & kept["animal"].eq(kept["animal"].shift(-1))
    assert not (too_fast & next_too_fast).any()
    pd.testing.assert_frame_equal(with_steps(kept), kept)
    pd.testing.assert_frame_equal(without_spikes(kept, fastest_mps=1), kept)
    ends = fixes.groupby("animal")["fixed_at"].agg(["min", "max"])
    pd.testing.assert_frame_equal(kept.groupby("animal")["fixed_at"].agg(["min", "max"]), ends)


def test_a_day_has_the_length_of_its_way_and_the_distance_between_its_ends() -> None:
    days = daily_displacement(track((0, 0), (1, 0), (1, 1), (0, 1), hours=5))
    assert days.to_dict("records") == [
        {"animal": "1", "day": pd.Timestamp("2024-03-01"), "km": 3.0, "net_km": 1.0, "fixes": 4}
    ]


def test_the_step_over_midnight_belongs_to_neither_day() -> None:
    days = daily_displacement(track((0, 0), (1, 0), (9, 0), (11, 0), start=22), fewest_fixes=2)
    assert days["km"].tolist() == [1.0, 2.0]


def test_a_day_with_too_few_fixes_is_left_out_and_not_zero() -> None:
    assert daily_displacement(track((0, 0), (1, 0), (1, 1))).empty
    assert daily_displacement(track((0, 0), (1, 0), (1, 1)), fewest_fixes=3)["fixes"].tolist() == [3]


@laws
@given(WALK)
def test_the_net_distance_is_never_longer_than_the_way(walk: list) -> None:
    days = daily_displacement(track(*walk, hours=3), fewest_fixes=1)
    assert (days["net_km"] <= days["km"] + 1e-9).all()
    assert days["fixes"].sum() == len(walk)


@laws
@given(WALK)
def test_fewer_fixes_of_the_same_walk_never_make_it_longer(walk: list) -> None:
    every, other = track(*walk, hours=0.5), with_steps(track(*walk, hours=0.5).iloc[::2])
    km, km_of_other = (daily_displacement(fixes, fewest_fixes=1)["km"].sum() for fixes in (every, other))
    assert km_of_other <= km + 1e-9


def test_an_animal_at_one_place_is_immobile_since_it_came_there() -> None:
    still = immobility(track((3, 0), (2, 0), (1, 0), *[(0, 0.001 * (i % 3)) for i in range(20)]))
    assert still["since"].tolist() == [MIDNIGHT + pd.Timedelta(hours=3)]
    assert still["hours"].tolist() == [19.0]


def test_one_stray_position_in_ten_does_not_wake_an_animal() -> None:
    places = [(0.0, 0.0)] * 7 + [(40.0, 0.0)] + [(0.0, 0.0)] * 2
    assert immobility(track(*places))["hours"].tolist() == [9.0]


@pytest.mark.parametrize(
    "places",
    [
        [(0, 0)] * 5,
        [(0, 0)] * 20 + [(i, 0) for i in range(6)],
        [(0, 0), (0.03, 0)] * 10,
        [(0, 0)] * 6 + [(1, 0), (2, 0)],
    ],
    ids=["only 4 hours", "walks again", "to and fro over 30 m", "a quarter of the fixes elsewhere"],
)
def test_an_animal_that_moves_has_no_stop(places: list) -> None:
    moving = immobility(track(*places))
    assert moving["since"].isna().all()
    assert moving["hours"].isna().all()


def test_two_fixes_days_apart_are_no_evidence_of_a_stop() -> None:
    assert immobility(track((0, 0), (0, 0), hours=48))["since"].isna().all()
    assert immobility(track((0, 0), (0, 0), (0, 0), hours=48))["hours"].tolist() == [96.0]


@laws
@given(WALK, st.integers(0, 8))
def test_a_later_walk_of_another_animal_changes_nothing(walk: list, stops: int) -> None:
    resting = track(*walk, *[(0, 0)] * stops)
    both = pd.concat([resting, track((1, 1), (5, 5), animal="2")], ignore_index=True)
    pd.testing.assert_frame_equal(immobility(both).iloc[:1], immobility(resting))


def test_without_fixes_there_are_no_rows() -> None:
    nothing = track().astype({"step_m": float, "step_h": float})
    assert without_spikes(nothing).empty
    assert daily_displacement(nothing).columns.tolist() == ["animal", "day", "km", "net_km", "fixes"]
    assert daily_displacement(nothing).empty
    assert immobility(nothing).columns.tolist() == ["animal", "since", "hours"]
    assert immobility(nothing).empty
