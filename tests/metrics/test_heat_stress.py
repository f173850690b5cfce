"""Heat stress: twelve weeks of HotSpots of at least 1 degC, and never a figure where a day is not known."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.heat_stress import days_by_level, degree_heating_weeks, dhw_by_year, dhw_now, heat_stress_figures

FIRST = date(2001, 1, 1)
HOTSPOT = st.one_of(st.none(), st.floats(0, 8))


def series(values: list[float | None], first: date = FIRST) -> pd.Series:
    return pd.Series(values, [first + timedelta(days) for days in range(len(values))], dtype="float64")


def frame(rows: list[tuple]) -> pd.DataFrame:
    columns = ["station", "day", "hotspot_c", "dhw_c_weeks", "alert_level"]
    return pd.DataFrame(rows, columns=columns).astype({"dhw_c_weeks": "float64", "alert_level": "float64"})


def test_one_week_of_one_degree_is_one_degree_heating_week() -> None:
    assert degree_heating_weeks(series([0.0] * 77 + [1.0] * 7)).iloc[-1] == pytest.approx(1)


def test_two_degrees_for_four_weeks_are_eight_degree_heating_weeks() -> None:
    assert degree_heating_weeks(series([2.0] * 28 + [0.0] * 56)).iloc[-1] == pytest.approx(8)


def test_a_hotspot_below_one_degree_adds_nothing_and_one_of_one_degree_does() -> None:
    assert degree_heating_weeks(series([0.9999] * 84)).iloc[-1] == 0
    assert degree_heating_weeks(series([0.0] * 83 + [1.0])).iloc[-1] == pytest.approx(1 / 7)


def test_a_hotspot_counts_on_84_days_and_not_on_the_next() -> None:
    weeks = degree_heating_weeks(series([0.0] * 83 + [7.0] + [0.0] * 84))
    assert weeks.dropna().round(9).tolist() == [1.0] * 84 + [0.0]


def test_nothing_is_said_before_84_days_are_known() -> None:
    assert degree_heating_weeks(series([3.0] * 83)).isna().all()


def test_a_missing_day_leaves_the_84_days_from_it_unknown() -> None:
    hotspots = series([0.0] * 200)
    weeks = degree_heating_weeks(hotspots.drop(FIRST + timedelta(100)))
    unknown = weeks[weeks.isna()].index
    assert len(weeks) == 200
    assert unknown.tolist() == list(weeks.index[:83]) + list(weeks.index[100:184])


def test_a_day_that_stands_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="once"):
        degree_heating_weeks(pd.Series([1.0, 2.0], [FIRST, FIRST]))


@given(st.lists(HOTSPOT, max_size=200))
def test_every_day_is_the_sum_over_its_own_window(values: list[float | None]) -> None:
    weeks = degree_heating_weeks(series(values))
    for place, found in enumerate(weeks.tolist()):
        window = values[max(0, place - 83) : place + 1]
        if len(window) < 84 or None in window:
            assert pd.isna(found)
        else:
            assert found == pytest.approx(sum(value for value in window if value >= 1) / 7, abs=1e-9)


def test_figures_of_stored_days() -> None:
    rows = [("Reef", day, 2.0, None, None) for day in series([0.0] * 83).index]
    rows += [("Reef", FIRST + timedelta(83), 2.0, 24.1, 4.0), ("Reef", FIRST + timedelta(86), 0.0, 24.1, 2.0)]
    assert heat_stress_figures(frame(rows)) == {
        "days": 85,
        "first": "2001-01-01",
        "last": "2001-03-28",
        "missing_days": 2,
        "dhw_max": 24.1,
        "dhw_max_on": "2001-03-25",
        "days_by_level": {"2": 1, "4": 1},
        "dhw_recomputed_max_error": 0.1,
    }


def test_stations_are_never_summed_together() -> None:
    rows = [(name, day, 2.0, None, None) for name in ("A", "B") for day in series([0.0] * 83).index]
    rows += [("A", FIRST + timedelta(83), 2.0, 24.0, 4.0), ("B", FIRST + timedelta(84), 2.0, 24.0, 4.0)]
    figures = heat_stress_figures(frame(rows))
    assert (figures["missing_days"], figures["dhw_recomputed_max_error"]) == (1, 0.0)


def test_without_days_there_is_no_figure() -> None:
    figures = heat_stress_figures(frame([]))
    assert (figures["days"], figures["missing_days"], figures["days_by_level"]) == (0, 0, {})
    assert [figures[name] for name in ("first", "last", "dhw_max", "dhw_max_on", "dhw_recomputed_max_error")] == [
        None
    ] * 5


def test_days_without_degree_heating_weeks_have_no_maximum() -> None:
    figures = heat_stress_figures(frame([("Reef", FIRST, 0.0, None, None)]))
    assert (figures["days"], figures["dhw_max"], figures["dhw_recomputed_max_error"]) == (1, None, None)


def test_heat_now_is_that_of_the_hottest_station_on_its_own_newest_day() -> None:
    rows = [("A", FIRST, 0.0, 9.0, 4.0), ("A", FIRST + timedelta(1), 0.0, 5.0, 3.0), ("B", FIRST, 0.0, 6.0, 3.0)]
    rows += [("B", FIRST + timedelta(2), 0.0, None, None)]
    now = dhw_now(frame(rows))
    assert (now.value, now.n, now.newest) == (6, 2, date(2001, 1, 2))
    assert dhw_now(frame(rows[-1:])).missing
    old = [("Old", FIRST - timedelta(15), 0.0, 13.0, 4.0)]
    assert dhw_now(frame(old + rows)).value == 6, "what was measured weeks ago is not now"
    still = [("Old", FIRST - timedelta(13), 0.0, 13.0, 4.0)]
    assert dhw_now(frame(still + rows)).value == 13, "14 days before the newest still count"
    assert dhw_now(frame([])).missing


@given(st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 900), HOTSPOT, st.integers(0, 5)), max_size=40))
def test_years_hold_every_day_once_and_its_highest_weeks(found: list[tuple]) -> None:
    days = [(name, FIRST + timedelta(day), 0.0, weeks, level) for name, day, weeks, level in found]
    heat = frame(days).astype({"alert_level": "Int64"})
    levels, years = days_by_level(heat), dhw_by_year(heat)
    assert levels["days"].sum() == len(days)
    for row in levels.itertuples():
        assert row.days == sum((day.year, level) == (row.year, row.alert_level) for _, day, _, _, level in days)
    known = {(name, day.year) for name, day, _, weeks, _ in days if weeks is not None}
    assert set(zip(years["station"], years["year"], strict=True)) == known
    for row in years.itertuples():
        weeks = [weeks for name, day, _, weeks, _ in days if (name, day.year) == (row.station, row.year)]
        assert row.dhw_max == max(value for value in weeks if value is not None)


def test_a_day_without_level_is_in_no_year() -> None:
    heat = frame([("A", FIRST, 0.0, 1.0, None)])
    assert days_by_level(heat).empty
    assert dhw_by_year(heat.assign(dhw_c_weeks=None)).empty
