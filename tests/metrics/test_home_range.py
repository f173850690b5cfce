"""Home ranges: known shapes have their known area, and too little is said to be too little."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from metrics.home_range import effective_sample_size, kernel_range, minimum_convex_polygon, ranges, to_degrees

laws = settings(deadline=None, max_examples=30)

SQUARE = [(0, 0), (1000, 0), (1000, 1000), (0, 1000)]
POINTS = st.lists(st.tuples(st.integers(-5000, 5000), st.integers(-5000, 5000)), min_size=4, max_size=12, unique=True)
ANIMALS = pd.DataFrame(
    {
        "animal": ["1", "2"],
        "animal_name": ["Zola", "Amani"],
        "scientific_name": ["Panthera leo", pd.NA],
        "common_name": ["Lion", pd.NA],
    }
)


def track(positions: np.ndarray, hours: float = 1, animal: str = "1") -> pd.DataFrame:
    positions = np.asarray(positions, dtype=float).reshape(-1, 2)
    fixed_at = pd.Timestamp("2024-03-01T00:00Z") + pd.to_timedelta(hours * np.arange(len(positions)), unit="h")
    fixes = pd.DataFrame(
        {"animal": animal, "fixed_at": fixed_at, "east_m": positions[:, 0], "north_m": positions[:, 1]}
    )
    return fixes.astype({"animal": "str"})


def in_turn(places: list, fixes: int = 60) -> np.ndarray:
    """All places, visited again and again in an order without memory."""
    order = np.random.default_rng(1).permutation(np.arange(fixes) % len(places))
    return np.array(places, dtype=float)[order]


def normal(n: int, seed: int = 1, spread_m: float = 1000) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, spread_m, (n, 2))


def wander(days: int, crossing_days: float, animals: int, per_day: int = 24) -> np.ndarray:
    """Ornstein-Uhlenbeck walks (exact discretisation), [fix, animal, axis]; position is forgotten at the given rate."""
    memory = math.exp(-1 / (crossing_days * per_day))
    noise = np.random.default_rng(7).normal(size=(days * per_day + 1, animals, 2))
    walks = noise[:1].repeat(len(noise), axis=0)
    for step in range(1, len(noise)):
        walks[step] = memory * walks[step - 1] + math.sqrt(1 - memory**2) * noise[step]
    return 1000 * walks


def turned(positions: np.ndarray, angle: float) -> np.ndarray:
    return positions @ np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])


def area(ring: tuple) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:], strict=False)) / 2


@pytest.mark.parametrize(
    ("corners", "km2"),
    [(SQUARE, 1.0), (SQUARE[:3], 0.5), ([*SQUARE, (500, 500), (500, 1500)], 1.25)],
    ids=["square", "triangle", "house"],
)
def test_a_polygon_that_is_known_has_its_area(corners: list, km2: float) -> None:
    found = minimum_convex_polygon(track(in_turn(corners)), percent=100)
    assert found.area.value == pytest.approx(km2)
    assert (found.area.unit, found.area.n, found.area.newest) == ("km2", 60, pd.Timestamp("2024-03-03T11:00Z"))
    assert set(found.rings[0]) == set(corners) - {(500, 500)}


def test_the_farthest_twentieth_of_the_fixes_is_left_out() -> None:
    positions = in_turn(SQUARE, 40)
    positions[[7, 23]] = [(9000, 500), (500, -9000)]
    assert minimum_convex_polygon(track(positions)).area.value == pytest.approx(1.0)
    assert minimum_convex_polygon(track(positions), percent=100).area.value > 20


@laws
@given(POINTS, st.tuples(st.integers(-9000, 9000), st.integers(-9000, 9000)))
def test_the_polygon_of_all_fixes_holds_them_and_grows_with_each_more(places: list, more: tuple) -> None:
    fixes = track(in_turn([*SQUARE, *places]))
    ring = np.array(minimum_convex_polygon(fixes, percent=100).rings[0])
    side, way = np.diff(ring, axis=0), fixes[["east_m", "north_m"]].to_numpy()[:, None] - ring[:-1]
    assert (side[:, 0] * way[..., 1] - side[:, 1] * way[..., 0] >= -1e-6).all()
    longer = track([*in_turn([*SQUARE, *places]), more])
    areas = [minimum_convex_polygon(each, percent=100).area.value for each in (fixes, longer)]
    assert areas[1] >= areas[0] - 1e-9


@laws
@given(POINTS, st.floats(0, 6), st.integers(-(10**5), 10**5), st.sampled_from([0.1, 2, 30]))
def test_the_area_does_not_depend_on_place_and_direction_and_grows_with_the_square(
    places: list, angle: float, shift: int, scale: float
) -> None:
    positions = in_turn([*SQUARE, *places])
    moved = turned(positions, angle) * scale + shift
    for method, tolerance in ((minimum_convex_polygon, 1e-6), (kernel_range, 0.03)):
        expected = method(track(positions), percent=100 if method is minimum_convex_polygon else 95).area.value
        found = method(track(moved), percent=100 if method is minimum_convex_polygon else 95).area.value
        assert found == pytest.approx(expected * scale**2, rel=tolerance)


@pytest.mark.parametrize("percent", [50, 95])
def test_the_kernel_range_of_a_normal_distribution_is_its_ellipse_widened_by_the_kernel(percent: int) -> None:
    n, spread_m = 100_000, 1000
    variance = spread_m**2 * (1 + n ** (-1 / 3))
    expected_km2 = 2 * math.pi * variance * math.log(1 / (1 - percent / 100)) / 1e6
    assert kernel_range(track(normal(n, spread_m=spread_m)), percent).area.value == pytest.approx(
        expected_km2, rel=0.02
    )


def test_the_kernel_range_of_few_fixes_is_that_of_the_unbinned_kernels() -> None:
    positions = np.concatenate([normal(40), normal(40, seed=2) + (6000, 2000)])[
        np.random.default_rng(3).permutation(80)
    ]
    h = math.sqrt(positions.var(axis=0, ddof=1).mean()) * 80 ** (-1 / 6)
    rng = np.random.default_rng(4)

    def density(places: np.ndarray) -> np.ndarray:
        return np.exp(-((places[:, None] - positions) ** 2).sum(axis=2) / (2 * h**2)).sum(axis=1)

    level = np.quantile(density(positions[rng.integers(80, size=20_000)] + rng.normal(0, h, (20_000, 2))), 0.05)
    low, high = positions.min(axis=0) - 5 * h, positions.max(axis=0) + 5 * h
    share = (density(rng.uniform(low, high, (40_000, 2))) > level).mean()
    expected_km2 = share * np.prod(high - low) / 1e6
    assert kernel_range(track(positions)).area.value == pytest.approx(expected_km2, rel=0.03)


def test_ground_that_an_animal_goes_around_is_a_hole_in_its_range() -> None:
    angle = np.random.default_rng(1).uniform(0, 2 * math.pi, 20_000)
    around = 5000 * np.column_stack([np.cos(angle), np.sin(angle)]) + normal(20_000, spread_m=300)
    found = kernel_range(track(around))
    signed = sorted(area(ring) for ring in found.rings)
    assert [value > 0 for value in signed] == [False, True]
    assert found.area.value == pytest.approx(sum(signed) / 1e6)
    assert all(ring[0] == ring[-1] for ring in found.rings)


def test_one_place_far_away_does_not_make_the_grid_too_large() -> None:
    positions = normal(2000, spread_m=10)
    positions[1000] = (10**6, 10**6)
    found = kernel_range(track(positions))
    assert found.area.value > 0
    assert all(ring[0] == ring[-1] for ring in found.rings)


@pytest.mark.parametrize(("days", "independent"), [(60, 12), (300, 60)])
def test_a_track_is_worth_as_many_positions_as_the_animal_crossed_its_range(days: int, independent: int) -> None:
    walks = wander(days, crossing_days=5, animals=40)
    found = [effective_sample_size(track(walks[:, animal])).value for animal in range(40)]
    assert independent / 1.5 < np.median(found) < independent * 1.5
    assert all(independent / 4 < value < independent * 4 for value in found)


def test_an_animal_on_a_circle_has_the_crossing_time_of_a_cosine() -> None:
    hours = np.arange(20 * 240)
    circle = 1000 * np.column_stack([np.cos(hours * math.pi / 120), np.sin(hours * math.pi / 120)])
    expected = 20 * 2 * math.pi / math.acos(1 / math.e)
    assert effective_sample_size(track(circle)).value == pytest.approx(expected, rel=0.01)


def test_lost_fixes_and_gaps_hardly_change_what_a_track_is_worth() -> None:
    fixes = track(wander(300, crossing_days=5, animals=1)[:, 0])
    is_kept = np.random.default_rng(5).random(len(fixes)) < 0.4
    is_kept[2000:3000] = False
    whole, thinned = effective_sample_size(fixes), effective_sample_size(fixes[is_kept])
    assert thinned.n < 0.4 * whole.n
    assert thinned.value == pytest.approx(whole.value, rel=0.3)


def test_many_fixes_at_a_den_do_not_make_a_long_journey_worth_more() -> None:
    den = track(normal(20 * 144, spread_m=5), hours=1 / 6)
    walk = track(wander(100, crossing_days=5, animals=1)[:, 0])
    walk["fixed_at"] += pd.Timedelta(days=20)
    found = effective_sample_size(pd.concat([den, walk], ignore_index=True))
    assert 120 / 5 / 2 < found.value < 120 / 5 * 3


def test_fixes_without_memory_are_worth_their_number_and_never_more() -> None:
    assert effective_sample_size(track(normal(1000))).value == 1000


def test_more_frequent_fixes_of_the_same_walk_are_worth_no_more() -> None:
    walk = wander(300, crossing_days=5, animals=1)[:, 0]
    often, seldom = effective_sample_size(track(walk)), effective_sample_size(track(walk[::6], hours=6))
    assert often.value == pytest.approx(seldom.value, rel=0.1)


@pytest.mark.parametrize("method", [minimum_convex_polygon, kernel_range])
@pytest.mark.parametrize(
    ("positions", "reason"),
    [
        (normal(29), "fewer than 30 fixes (29)"),
        (normal(0), "fewer than 30 fixes (0)"),
        (np.zeros((50, 2)), "all fixes are of one moment or one position"),
        (np.column_stack([np.arange(500), np.arange(500)]), "worth fewer than 5 independent positions"),
    ],
    ids=["29 fixes", "no fix", "one position", "one journey"],
)
def test_too_little_is_refused_with_the_reason(method, positions: np.ndarray, reason: str) -> None:
    found = method(track(positions))
    assert found.area.value is None
    assert reason in found.area.missing
    assert found.rings == ()


def test_fixes_of_one_moment_have_no_crossing_time() -> None:
    assert "one moment" in effective_sample_size(track(normal(50), hours=0)).missing


def test_fixes_on_one_line_have_no_convex_polygon() -> None:
    found = minimum_convex_polygon(track(in_turn([(0, 0), (1, 1), (2, 2)])))
    assert found.area.missing == "all fixes lie on one line"


def test_each_animal_has_a_row_and_a_range_or_the_reason_why_not() -> None:
    fixes = pd.concat([track(normal(200)), track(normal(5), animal="2")], ignore_index=True)
    rows = ranges(fixes, ANIMALS).set_index("animal")
    assert rows.columns.tolist() == [
        "animal_name", "scientific_name", "common_name", "fixes", "effective_n", "mcp95_km2", "kde95_km2", "kde50_km2",
        "missing", "first", "last",
    ]  # fmt: skip
    alone = fixes[fixes["animal"] == "1"]
    assert rows.loc["1", "mcp95_km2"] == minimum_convex_polygon(alone).area.value
    assert rows.loc["1", "kde95_km2"] == kernel_range(alone).area.value > rows.loc["1", "kde50_km2"]
    assert rows["fixes"].tolist() == [200, 5]
    assert rows["missing"].tolist() == ["", "fewer than 30 fixes (5)"]
    assert rows.loc["2", ["effective_n", "mcp95_km2", "kde95_km2", "kde50_km2"]].isna().all()
    assert rows.loc["2", "last"] == pd.Timestamp("2024-03-01T04:00Z")


def test_an_animal_without_fixes_has_no_dates_and_no_animals_make_no_rows() -> None:
    rows = ranges(track(normal(0)), ANIMALS)
    assert rows["missing"].tolist() == ["fewer than 30 fixes (0)"] * 2
    assert rows[["first", "last"]].isna().all(axis=None)
    assert ranges(track(normal(0)), ANIMALS.iloc[:0]).empty


def test_rings_lie_on_the_map_where_the_fixes_lie() -> None:
    plane = "+proj=laea +lat_0=45 +lon_0=7 +datum=WGS84 +units=m"
    positions = np.random.default_rng(1).uniform(-25_000, 25_000, (500, 2))
    longitude, latitude = Transformer.from_crs(plane, "EPSG:4326", always_xy=True).transform(*positions.T)
    fixes = track(positions).assign(longitude=longitude, latitude=latitude)
    (ring,) = minimum_convex_polygon(fixes, percent=100).rings
    (on_map,) = to_degrees((ring,), fixes)
    back = np.column_stack(Transformer.from_crs("EPSG:4326", plane, always_xy=True).transform(*np.array(on_map).T))
    assert np.hypot(*(back - ring).T).max() < 150
    assert on_map[0] == on_map[-1]


def test_rings_on_both_sides_of_the_180th_meridian_stay_together() -> None:
    fixes = track(SQUARE).assign(longitude=[179.99, -179.99, -179.99, 179.99], latitude=[0.0, 0.0, 0.02, 0.02])
    (on_map,) = to_degrees(((*SQUARE, SQUARE[0]),), fixes)
    assert np.ptp(np.array(on_map)[:, 0]) == pytest.approx(0.02)


def test_without_positions_there_is_nothing_on_the_map() -> None:
    ring = (*SQUARE, SQUARE[0])
    hidden = track(SQUARE).assign(longitude=math.nan, latitude=math.nan)
    assert to_degrees((ring,), hidden) == ()
    assert to_degrees((ring,), hidden.iloc[:0]) == ()
    on_a_line = track([(0, 0), (1, 1), (2, 2)]).assign(longitude=[0, 1, 2], latitude=[0, 1, 2])
    assert to_degrees((ring,), on_a_line) == ()
