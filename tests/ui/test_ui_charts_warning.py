"""Figures of early warnings: what is drawn, what has no end, what stays unknown, and words that stay words."""

import json
import math
from datetime import date, timedelta

import pandas as pd
import pytest

from metrics.result import Result, nothing
from tests.pages import invented, invented_warning
from ui import charts_warning, maps_warning, warning, warning_words


def found(alerts: pd.DataFrame | None = None) -> warning.Warnings:
    alerts = invented_warning.site_alerts() if alerts is None else alerts
    return warning.warnings(alerts, warning.EVER, invented.TODAY, invented.NOW, is_by_month=False)


def traces(figure) -> dict:
    return {trace.name: trace for trace in figure.data}


def test_every_step_that_happened_is_one_sign_and_no_other():
    chain = found().chain
    drawn = traces(charts_warning.chain_timeline(chain, "light"))
    for step, word in charts_warning.STEP_WORDS.items():
        assert len(drawn[word].x) == chain[step].notna().sum()
    assert list(drawn["Not closed"].y) == [0, 1, 2, 3]


def test_line_of_a_warning_that_is_not_closed_runs_to_the_edge():
    figure = charts_warning.chain_timeline(found().chain, "light")
    line = figure.data[0]
    edge = 10 ** (figure.layout.xaxis.range[1] - 0.05)
    assert line.x[1] == pytest.approx(edge)  # the newest warning is unanswered
    assert max(end for end in line.x[3 * 4 + 1 :] if end is not None) < edge


def test_animal_that_came_before_the_detection_stands_at_the_start_with_its_true_time():
    alerts = invented_warning.site_alerts().tail(1)
    alerts = alerts.assign(animal_arrived_at=alerts["detected_at"] - timedelta(minutes=7))
    sign = traces(charts_warning.chain_timeline(found(alerts).chain, "light"))["Animal there"]
    assert list(sign.x) == [charts_warning.SHORTEST_MIN]
    assert sign.customdata[0][1] == "-7.0"


def test_median_stands_beside_the_published_line_with_its_interval():
    figure = charts_warning.against_published(Result(48, "s", 36, "warnings sent", (40, 55)), 42, "s", "light")
    dot = figure.data[0]
    assert (dot.x[0], dot.error_x.array[0], dot.error_x.arrayminus[0]) == (48, 7, 8)
    assert figure.layout.shapes[0].x0 == 42
    assert figure.layout.annotations[0].text == "Published: 42 s"


def test_interval_without_an_upper_end_stops_at_the_edge_of_the_chart():
    figure = charts_warning.against_published(Result(23, "min", 21, "", (16, math.inf)), 18.2, "min", "dark")
    dot = figure.data[0]
    assert dot.x[0] + dot.error_x.array[0] == pytest.approx(figure.layout.xaxis.range[1])


def test_stacked_bars_hold_every_conflict_once():
    conflicts = warning.conflicts_of(invented_warning.site_incidents(), invented_warning.SINCE, is_by_quarter=False)
    bars = charts_warning.incidents_by_kind(conflicts.months, conflicts.since, False, "light").data
    assert {bar.name: sum(bar.y) for bar in bars} == {"Crops": 48, "People killed": 12}
    assert len({bar.marker.color for bar in bars}) == 2


def test_quarter_is_drawn_as_three_months_and_called_so():
    quarters = invented_warning.site_incidents().assign(happened_on=date(2026, 4, 1))
    conflicts = warning.conflicts_of(quarters, None, is_by_quarter=True)
    bar = charts_warning.incidents_by_kind(conflicts.months, None, True, "light").data[0]
    assert (bar.xperiod, bar.customdata[0]) == ("M3", "Quarter from Apr 2026")
    assert conflicts.rates.empty
    assert conflicts.ratio is None


def test_calendar_holds_every_warning_once_in_local_hours():
    warnings = found()
    squares = charts_warning.calendar(warnings.hours, warnings.clock, "light").data[0]
    assert sum(map(sum, squares.z)) == len(warnings.alerts)
    assert warnings.clock == "local time by the sun (UTC+2)"  # 37 degrees east
    assert len(squares.y) == 24


def test_without_any_place_the_hours_are_utc():
    assert found(invented_warning.site_alerts().assign(longitude=float("nan"))).clock == "UTC"


def test_map_holds_only_warnings_with_a_place_and_text_that_cannot_run():
    deck = json.loads(maps_warning.alerts_map(found().alerts, invented.SQUARE, "light", 400).to_json())
    rows = [row for layer in deck["layers"] if layer["id"].startswith("alerts") for row in layer["data"]]
    assert len(rows) == 30
    assert not any(str(value).startswith("@@") for row in rows for value in row.values())


@pytest.mark.parametrize(
    ("name", "words"),
    [("geofence_break", "Crossed a virtual fence"), ("elephant_near_village", "Elephant near village")],
)
def test_kinds_are_told_in_words(name, words):
    assert warning_words.kind(name) == words


@pytest.mark.parametrize(
    ("minutes", "words"), [(-3, "0 min"), (12, "12 min"), (300, "5 h"), (3 * 1440, "3 days"), (47 * 60, "47 h")]
)
def test_time_that_a_warning_was_open_is_told_roughly(minutes, words):
    assert warning_words.age(timedelta(minutes=minutes)) == words


def test_comparison_is_claimed_only_where_the_interval_is_clear_of_the_published_figure():
    for interval, verdict in (
        ((10, 30), "shorter"),
        ((50, 60), "longer"),
        ((40, 50), "no clear difference"),
        (None, "no"),
    ):
        assert f"({verdict}" in warning_words.delay_sentence(Result(30, "s", 9, "warnings sent", interval))
    assert warning_words.delay_sentence(nothing("s", "warnings sent", "no warning was sent")) == "No warning was sent."


def test_late_warning_is_called_too_late():
    assert "too late" in warning_words.lead(Result(-5, "min", 4, ""))
    assert "before the animal" in warning_words.lead(Result(5, "min", 4, ""))


def test_upper_end_out_of_reach_is_not_printed_as_a_number():
    told = warning_words.sample(Result(23, "min", 21, "warnings sent", (16, math.inf)))
    assert told == "n = 21 warnings sent · 95 % interval from 16.0 up"
