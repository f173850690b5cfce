"""Figures, map and figures of the page Movement from invented tracks."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.access import Viewer, seen_rings
from metrics.displacement import daily_displacement
from metrics.home_range import kernel_range
from tests.pages import invented, invented_movement
from ui import charts_movement, maps_tracks, movement

STAFF = Viewer("staff")
ANIMALS = invented_movement.site_animals(STAFF, invented_movement.SITE_ID)
FIXES = invented_movement.fixes()


@pytest.fixture(scope="module")
def found() -> movement.Movement:
    return movement.compose(FIXES, ANIMALS, invented.SQUARE, invented.NOW, lambda rings: seen_rings(STAFF, "1", rings))


def of_one(animal: str) -> pd.DataFrame:
    return FIXES[FIXES["animal"].eq(animal)]


def test_each_animal_is_told_by_colour_and_symbol(found):
    hues = movement.hues(["1", "2", "3"], ["1", "2", "3"], "light")
    figure = charts_movement.daily_distance(found.named_days, hues, "light")
    styles = [(trace.marker.color, trace.marker.symbol) for trace in figure.data[:-1]]
    assert len({colour for colour, _ in styles}) == len({symbol for _, symbol in styles}) == 3


def test_line_is_the_median_of_the_animals_of_each_day(found):
    figure = charts_movement.daily_distance(found.named_days, {}, "light")
    day = figure.data[0].x[50]
    kilometres = found.days.loc[found.days["day"].eq(day), "km"]
    assert figure.data[0].y[50] == pytest.approx(np.median(kilometres), abs=0.005)
    assert figure.data[0].name == "Median of 3 animals"


def test_day_without_positions_is_a_gap_in_the_line(found):
    days = found.named_days
    days = days[days["day"].ne(days["day"].iloc[10])]
    line = charts_movement.daily_distance(days[days["animal"].eq("1")], {}, "light").data[0]
    assert line.y[10] is None


def test_day_that_is_not_over_has_no_distance(found):
    assert found.days["day"].max() == pd.Timestamp(invented.TODAY) - pd.Timedelta(days=1)


def test_markup_in_the_name_of_an_animal_is_shown_not_obeyed(found):
    hue = movement.hues(["2"], ["2"], "dark")
    assert "<img" not in charts_movement.daily_distance(found.named_days, hue, "dark").data[0].name


def test_figures_agree_with_the_fixes(found):
    one = found.of(["1"])
    assert one.positions == invented_movement.HOURS
    assert movement.per_animal_and_day(one).value == pytest.approx(24)
    days_over = daily_displacement(of_one("1"))["km"].iloc[:-1]
    assert movement.km_per_day(one).value == pytest.approx(days_over.median(), rel=1e-6)
    assert movement.home_range(one).value == pytest.approx(kernel_range(of_one("1")).area.value)


def test_animals_without_enough_positions_give_a_reason_and_no_zero(found):
    none = found.of([])
    for figure in (movement.per_animal_and_day, movement.km_per_day, movement.home_range):
        assert figure(none).value is None
        assert figure(none).missing


def test_impossible_positions_count_in_no_figure_and_are_told():
    spiked = of_one("1").reset_index(drop=True)
    spiked.loc[100, ["step_m"]] = spiked.loc[101, ["step_m"]] = 9e6
    spiked.loc[100, "east_m"] = 9e6
    found = movement.compose(spiked, ANIMALS.head(1), None, invented.NOW, list)
    assert (found.positions, found.spikes) == (invented_movement.HOURS - 1, 1)


def test_drawn_outline_has_the_area_of_the_range(found):
    ring = np.array(found.outlines[95]["1"][0][0])
    metres = (ring - ring[0]) * invented_movement.METRES_PER_DEGREE
    metres[:, 0] *= np.cos(np.radians(invented_movement.LATITUDE))
    area_km2 = abs(metres[:-1, 0] @ metres[1:, 1] - metres[1:, 0] @ metres[:-1, 1]) / 2e6
    assert area_km2 == pytest.approx(kernel_range(of_one("1")).area.value, rel=0.1)


def test_track_and_outlines_have_at_most_four_decimals(found):
    drawn = maps_tracks.tracks_map(
        found, movement.hues(["1"], ["1"], "light"), None, list(maps_tracks.SHOWN), "light", 400
    )
    layers = {layer["id"]: layer["data"] for layer in json.loads(drawn.to_json())["layers"]}
    places = np.array([*layers["tracks"][0]["p"], *layers["range"][0]["p"][0], layers["newest-1"][0]["x"]])
    assert (places == places.round(4)).all()


def test_view_stays_where_it_is_when_parts_are_hidden(found):
    views = [
        json.loads(maps_tracks.tracks_map(found, {}, invented.SQUARE, shown, "light", 400).to_json())[
            "initialViewState"
        ]
        for shown in ([], list(maps_tracks.SHOWN))
    ]
    assert views[0] == views[1]


@given(st.integers(0, 3000), st.integers(2, 500))
def test_thinned_track_keeps_its_ends_and_its_bound(length, most):
    track = np.column_stack([np.arange(length) / 1000, np.zeros(length)])
    kept = movement.thinned(track, most)
    assert len(kept) == min(length, most)
    assert (kept[:1] == track[:1]).all()
    assert (kept[-1:] == track[-1:]).all()


def herd(scientific: str, number: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "animal": [f"{scientific}{n}" for n in range(number)],
            "animal_name": "x",
            "scientific_name": scientific,
            "common_name": None,
        }
    )


@pytest.mark.parametrize(
    ("numbers", "total", "by_species"),
    [
        ({"a": 4}, "fewer than 5", ["fewer than 5"]),
        ({"a": 5}, "5", ["5"]),
        ({"a": 7, "b": 2}, "at least 8", ["7", "fewer than 5"]),
        ({"a": 4, "b": 4}, "at least 2", ["fewer than 5", "fewer than 5"]),
        ({"a": 2, "b": 1}, "at least 2", ["fewer than 5", "fewer than 5"]),
        ({"a": 10, "b": 1, "c": 1}, "at least 12", ["10", "fewer than 5", "fewer than 5"]),
        ({"a": 7, "b": 5}, "12", ["7", "5"]),
    ],
)
def test_no_sum_tells_how_many_animals_a_withheld_species_has(numbers, total, by_species):
    animals = pd.concat([herd(name, number) for name, number in numbers.items()], ignore_index=True)
    found = movement.areas(FIXES.head(0), animals)
    assert found.animals == total
    assert found.by_species["animals"].tolist() == by_species


def test_collar_that_stopped_moving_is_named_before_all_others():
    still = of_one("1").reset_index(drop=True)
    still.loc[len(still) - 50 :, ["east_m", "north_m"]] = 0.0
    fixes = pd.concat([still, of_one("2")], ignore_index=True)
    collars = movement.compose(fixes, ANIMALS.head(2), None, invented.NOW, list).collars
    assert collars["state"].tolist() == ["down", "late"]
    assert collars["since"].iloc[0] == still["fixed_at"].iloc[-50]


def test_period_that_ends_earlier_is_judged_by_its_own_end():
    assert movement.until(invented.TODAY, invented.NOW) == invented.NOW
    assert str(movement.until(invented_movement.date(2026, 1, 31), invented.NOW)) == "2026-02-01 00:00:00+00:00"


def test_period_holds_whole_local_days():
    kept = movement.within(FIXES, invented.TODAY, invented.TODAY)
    assert set(kept["local_day"]) == {pd.Timestamp(invented.TODAY)}
    assert kept["fixed_at"].min().date() < invented.TODAY  # the local day begins before midnight UTC
