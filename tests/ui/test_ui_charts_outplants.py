"""Figures of planted corals and heat stress: one time axis, gaps that stay gaps, and every day of stress once."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import heat_stress, outplants
from tests.pages import invented_reefs
from ui import charts_outplants, theme

MODES = ("light", "dark")


def days(values: list[float | None], start: str = "2024-01-01", station: str = "Reef 1") -> pd.DataFrame:
    when = pd.date_range(start, periods=len(values), freq="D")
    return pd.DataFrame({"station": station, "day": when, "dhw_c_weeks": pd.Series(values, dtype="float64")})


def levels(*rows: tuple[int, int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["year", "alert_level", "days"])


def told(figure) -> list[str]:
    return [label.text for label in figure.layout.annotations]


@pytest.mark.parametrize("mode", MODES)
def test_survival_and_heat_share_the_one_time_axis(mode):
    months = outplants.alive_by_month(invented_reefs.outplants())
    figure = charts_outplants.survival_over_heat(months, invented_reefs.heat(), mode)
    alive, heat = figure.data
    assert {trace.xaxis or "x" for trace in figure.data} == {"x"}
    assert (alive.yaxis, heat.yaxis or "y") == ("y2", "y")
    assert figure.layout.yaxis.domain[1] < figure.layout.yaxis2.domain[0], "the charts stand above one another"
    assert {line.yref or "y" for line in figure.layout.shapes} == {"y"}, "the thresholds belong to the heat"
    assert [line.y0 for line in figure.layout.shapes] == [heat_stress.SIGNIFICANT_DHW, heat_stress.SEVERE_DHW]
    assert alive.x[0] == "2023-09-30"
    assert alive.x[-1] == "2025-08-31"


def test_share_alive_is_told_with_the_lost_apart():
    months = outplants.alive_by_month(invented_reefs.outplants())
    alive = charts_outplants.survival_over_heat(months, invented_reefs.heat(), "light").data[0]
    living, dead, lost = alive.customdata[-1]
    assert (living, dead, lost) == (180, 84, 36)  # three cohorts of 60, 28 and 12
    assert alive.y[-1] == round(100 * 180 / (180 + 84), 1)


def test_without_heat_no_threshold_is_drawn_over_the_survival():
    months = outplants.alive_by_month(invented_reefs.outplants())
    figure = charts_outplants.survival_over_heat(months, days([]), "light")
    assert len(figure.data) == 1
    assert not figure.layout.shapes
    assert told(figure) == ["No heat stress is known for these days"]


def test_a_day_shows_the_hottest_of_its_stations():
    both = pd.concat([days([1.0, 6.0]), days([2.0, 5.0], station="Reef 2")])
    assert list(charts_outplants.heat(both, "light").data[0].y) == [2.0, 6.0]


def test_days_of_which_nothing_is_known_are_a_gap_and_not_zero():
    known = days([1.0] * 40).drop(index=range(2, 39))
    line = charts_outplants.heat(known, "light").data[0]
    assert list(line.x) == ["2024-01-01", "2024-01-02", "2024-02-08", "2024-02-09"]
    assert list(line.y) == [1.0, 1.0, None, 1.0]


def test_days_that_come_twice_a_week_are_joined():
    twice = days([1.0] * 28).iloc[[0, 3, 7, 10, 14, 17, 21, 24]]
    line = charts_outplants.heat(twice, "light").data[0]
    assert list(line.y) == [1.0] * 8


def test_what_comes_by_week_is_joined_and_called_so():
    weeks = days([1.0] * 70).iloc[::7]  # 1 January 2024 is a Monday
    line = charts_outplants.heat(weeks, "light").data[0]
    assert list(line.x) == [day.date().isoformat() for day in weeks["day"]]
    assert list(line.y) == [1.0] * 10
    assert "Highest of the week" in line.hovertemplate


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3 * charts_outplants.MOST_DAYS), st.lists(st.integers(0, 20), min_size=1, max_size=40))
def test_long_series_keep_the_highest_of_each_week_and_say_so(more, cycle):
    length = charts_outplants.MOST_DAYS + more
    values = [float(cycle[place % len(cycle)]) for place in range(length)]
    line = charts_outplants.heat(days(values), "light").data[0]
    assert len(line.x) <= length / 7 + 2
    assert "Highest of the week" in line.hovertemplate
    by_day = dict(zip(pd.date_range("2024-01-01", periods=length), values, strict=True))
    for start, highest in zip(line.x, line.y, strict=True):
        week = pd.date_range(start, periods=7)
        assert highest == max(by_day[day] for day in week if day in by_day)


def test_short_series_are_drawn_by_day():
    line = charts_outplants.heat(days([1.0] * charts_outplants.MOST_DAYS), "light").data[0]
    assert len(line.x) == charts_outplants.MOST_DAYS
    assert "week" not in line.hovertemplate.replace("°C-weeks", "")


def test_week_without_any_known_day_is_a_gap():
    values = [1.0] * (charts_outplants.MOST_DAYS + 60)
    known = days(values).drop(index=range(100, 140))
    line = charts_outplants.heat(known, "light").data[0]
    assert None in line.y


def test_curve_is_a_step_within_its_limits_beside_the_published_band():
    curve = outplants.survival_curve(invented_reefs.outplants())
    figure = charts_outplants.survival_steps(curve, "light")
    low, high, alive = figure.data
    assert alive.line.shape == low.line.shape == high.line.shape == "hv"
    assert list(alive.y) == [pytest.approx(share, abs=0.01) for share in curve["survival_pct"]]
    limits = dict(zip(low.x, zip(low.y, high.y, strict=True), strict=True))
    for month, share in zip(alive.x, alive.y, strict=True):
        if month in limits:
            assert limits[month][0] <= share <= limits[month][1]
    assert not any(math.isnan(edge) for edge in [*low.y, *high.y])
    band = figure.layout.shapes[0]
    assert (band.y0, band.y1) == outplants.PUBLISHED_SURVIVAL_PCT
    assert told(figure) == ["Published: 60 to 70 %"]


def test_bars_hold_every_day_of_stress_once_and_none_without():
    counted = levels((2023, 0, 300), (2023, 1, 40), (2024, 1, 20), (2024, 4, 7), (2025, 0, 365))
    figure = charts_outplants.heat_years(counted, "station-day", "light")
    assert {bar.name: sum(bar.y) for bar in figure.data} == {"1 Watch": 60, "4 Alert 2": 7}
    assert [bar.text for bar in figure.data] == ["1", "4"], "the number stands in the bar, beside its colour"
    first, last = figure.layout.xaxis.range
    assert first < 2023 < 2025 < last, "a calm year keeps its place"


def test_level_beyond_the_known_scales_is_still_drawn():
    figure = charts_outplants.heat_years(levels((2024, 7, 5), (2024, 9, 6)), "station-day", "dark")
    assert {bar.name: sum(bar.y) for bar in figure.data} == {"7 Alert 5": 5, "Level 9": 6}


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        (levels((2023, 0, 365), (2025, 0, 300)), "No day of 2023 to 2025 reached alert level 1"),
        (levels((2025, 0, 300)), "No day of 2025 reached alert level 1"),
        (levels(), "No alert level is known"),
    ],
)
def test_calm_years_are_told_in_words(counted, words):
    figure = charts_outplants.heat_years(counted, "station-day", "light")
    assert not figure.data
    assert told(figure) == [words]


@pytest.mark.parametrize("mode", MODES)
def test_nothing_to_draw_is_no_error(mode):
    nothing = invented_reefs.outplants().head(0)
    months, curve = outplants.alive_by_month(nothing), outplants.survival_curve(nothing)
    assert not charts_outplants.survival_over_heat(months, days([]), mode).data[0].x
    assert not charts_outplants.survival_steps(curve, mode).data[2].x
    for unknown in (days([]), days([None, None])):
        assert told(charts_outplants.heat(unknown, mode)) == ["No heat stress is known"]


@pytest.mark.parametrize("mode", MODES)
def test_levels_keep_apart_by_colour_and_are_outlined_in_the_muted_colour(mode):
    figure = charts_outplants.heat_years(levels(*((2024, level, 1) for level in range(1, 8))), "station-day", mode)
    assert len({bar.marker.color for bar in figure.data}) == 7
    assert {bar.marker.line.color for bar in figure.data} == {theme.PALETTES[mode].muted}
