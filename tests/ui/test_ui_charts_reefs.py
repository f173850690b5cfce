"""Figures of reef surveys: what a line joins, what a bar holds, and names that stay text."""

import json
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import coralnet_annotations, coralnet_covers, reefcloud_points
from connectors.mermaid_protocols import METHODS
from data.schema.reefs import METRICS
from metrics import reefs, reefs_now
from tests.metrics.reef_frames import surveys
from tests.pages import invented, invented_reefs
from ui import charts_reefs, maps_reefs, theme
from ui import reef_words as words

MODES = ("light", "dark")
LONG = "Marine reserve of the outer northern islands, station"
COVERS = pd.DataFrame({"metric": [*reefs.COVERS, reefs.OTHER_COVER], "value": [12.0, 5.0, 40.0, 20.0, 3.0, 20.0]})


def means_of(stations: int, methods: tuple[str, ...] = ("benthicpit",), years: range = range(2020, 2024)):
    return reefs.survey_means(
        surveys(
            *(
                {
                    "station": f"Reef {station}",
                    "method": method,
                    "surveyed_on": date(year, 3, 4),
                    "value": 10.0 * station + year - years[0],
                    "value_sd": 4.0,
                    "sample_units": 16,
                }
                for station in range(stations)
                for method in methods
                for year in years
            )
        )
    )


def drawn(figure) -> list:
    """The traces with data, without the entries of the legend."""
    return [trace for trace in figure.data if trace.x and trace.x[0] is not None]


def relative_luminance(colour: str) -> float:
    shares = [part / 255 for part in theme.rgba(colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in shares]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """Contrast of two colours as WCAG 2.2 defines it."""
    dark, light = sorted((relative_luminance(one), relative_luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_line_joins_surveys_of_one_station_and_one_method():
    lines = drawn(charts_reefs.cover_over_time(means_of(3, ("benthicpit", "benthiclit")), "light"))
    assert len(lines) == 3 * 2
    assert all(len({told[0] for told in line.customdata}) == 1 for line in lines)
    symbols = {(line.customdata[0][0], line.marker.symbol) for line in lines}
    assert len(symbols) == 2, "each method has a sign of its own"
    assert len({line.line.color for line in lines}) == 3, "each station has a colour of its own"


def test_error_bar_is_the_standard_error_and_is_left_out_where_there_is_none():
    one = means_of(1, years=range(2020, 2021))
    assert list(drawn(charts_reefs.cover_over_time(one, "light"))[0].error_y.array) == [1.0]  # 4 / sqrt(16)
    without = charts_reefs.cover_over_time(one.assign(se=float("nan")), "light")
    assert list(drawn(without)[0].error_y.array) == [None]
    assert drawn(without)[0].customdata[0][2] == ""


def test_each_station_is_named_once_in_the_legend():
    figure = charts_reefs.cover_over_time(means_of(3, ("benthicpit", "benthiclit")), "dark")
    named = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert named == ["Reef 0", "Reef 1", "Reef 2", "Line intercept transect", "Point intercept transect"]


def test_mean_of_many_stations_is_drawn_per_year_and_never_over_methods():
    figure = charts_reefs.cover_over_time(means_of(7, ("benthicpit", "benthiclit")), "light")
    accent = theme.PALETTES["light"].accent
    lines = [trace for trace in drawn(figure) if trace.line.color == accent]
    assert [line.customdata[0][0] for line in lines] == ["Line intercept transect", "Point intercept transect"]
    for line in lines:
        assert list(line.y) == [30.0, 31.0, 32.0, 33.0]  # stations 0, 10, ... 60, and one more each year
        assert {told[1] for told in line.customdata} == {"7 stations"}
    others = {trace.line.color for trace in drawn(figure)} - {accent}
    assert others == {theme.PALETTES["light"].states["never"]}


def test_limits_of_the_bands_are_drawn_and_told():
    figure = charts_reefs.cover_over_time(means_of(1), "light")
    assert [(line.y0, line.y1) for line in figure.layout.shapes] == [(10, 10), (30, 30)]
    assert [label.text for label in figure.layout.annotations] == ["10 %", "30 %"]


def test_survey_of_no_known_day_is_not_drawn():
    means = reefs.survey_means(surveys({"surveyed_on": None}, {"surveyed_on": date(2024, 5, 1)}))
    (line,) = drawn(charts_reefs.cover_over_time(means, "light"))
    assert list(line.x) == ["2024-05-01"]


def test_pair_of_bars_holds_each_cover_and_sums_to_100():
    figure = charts_reefs.composition_pair(COVERS, COVERS.iloc[::-1], "1 Mar 2014", "1 Mar 2024", "light")
    assert [trace.name for trace in figure.data] == [
        "Hard coral", "Soft coral", "Macroalgae", "Turf algae", "Coralline algae", "Other",
    ]  # fmt: skip
    assert [sum(parts) for parts in zip(*(trace.x for trace in figure.data), strict=True)] == [100.0, 100.0]
    assert [label.text for label in figure.layout.annotations] == ["1 Mar 2014", "1 Mar 2024"]


def test_one_day_beside_itself_stays_two_bars():
    figure = charts_reefs.composition_pair(COVERS, COVERS, "1 Mar 2014", "1 Mar 2014", "light")
    assert all(len(set(trace.y)) == 2 for trace in figure.data)


def test_bleaching_classes_of_a_station_sum_to_100():
    classes = reefs_now.bleaching_classes(reefs.survey_means(invented_reefs.surveys()))
    figure = charts_reefs.bleaching_bars(classes, "dark")
    assert [trace.name for trace in figure.data] == [words.METRIC_WORDS[name] for name in reefs_now.BLEACHING_CLASSES]
    assert [sum(parts) for parts in zip(*(trace.x for trace in figure.data), strict=True)] == [100.0, 100.0]


def test_stations_whose_short_names_are_the_same_stay_apart_and_keep_their_names():
    names = [f"Marine reserve of the outer islands, {side} side, by the station 1" for side in ("lee", "wind")]
    classes = pd.DataFrame({"station": names, "class": "pale_pct", "pct": 100.0})
    figure = charts_reefs.bleaching_bars(classes, "light")
    assert len({label.text for label in figure.layout.annotations}) == 1
    pale = figure.data[1]
    assert (list(pale.y), list(pale.customdata)) == ([0, 1], names)


def test_short_name_keeps_the_number_at_its_end():
    means = reefs.survey_means(surveys({"station": f"{LONG} 1"}, {"station": f"{LONG} 2"}))
    figure = charts_reefs.cover_over_time(means, "light")
    named = [trace.name for trace in drawn(figure)]
    assert [name[-1] for name in named] == ["1", "2"]
    assert all(len(name) <= charts_reefs.LONGEST_NAME for name in named)
    assert [trace.customdata[0][1] for trace in drawn(figure)] == [f"{LONG} 1", f"{LONG} 2"]


def test_effort_holds_every_survey_once():
    effort = reefs.effort(means_of(3, ("benthicpit", "invented method")))
    figure = charts_reefs.effort_bars(effort, "light")
    assert {bar.name: sum(bar.y) for bar in figure.data} == {"Point intercept transect": 12, "invented method": 12}
    assert len({bar.marker.color for bar in figure.data}) == 2


@settings(max_examples=60, deadline=None)
@given(st.integers(1950, 2026), st.integers(0, 100))
def test_years_have_few_whole_labels(first, span):
    axis = charts_reefs.years_axis(pd.Series([first, first + span]), theme.PALETTES["light"])
    assert isinstance(axis["dtick"], int)
    assert span / axis["dtick"] < 8


@pytest.mark.parametrize("mode", MODES)
def test_nothing_to_draw_is_no_error(mode):
    nothing = reefs.survey_means(surveys())
    assert not drawn(charts_reefs.cover_over_time(nothing, mode))
    assert not charts_reefs.composition_pair(COVERS.head(0), COVERS.head(0), "then", "now", mode).data
    assert not drawn(charts_reefs.bleaching_bars(reefs_now.bleaching_classes(nothing), mode))
    assert not charts_reefs.effort_bars(reefs.effort(nothing), mode).data


def test_hostile_names_are_no_markup_and_no_template():
    hostile = "<img src=x onerror=alert(1)> %{x}"
    means = reefs.survey_means(surveys({"station": hostile, "method": hostile}))
    classes = pd.DataFrame({"station": [hostile], "class": ["pale_pct"], "pct": [100.0]})
    for figure in (
        charts_reefs.cover_over_time(means, "light"),
        charts_reefs.effort_bars(reefs.effort(means), "light"),
        charts_reefs.bleaching_bars(classes, "light"),
    ):
        assert "<img" not in json.dumps(figure.to_plotly_json(), default=list)
        assert not any("img" in (trace.hovertemplate or "") for trace in figure.data)
        assert not any(trace.meta for trace in figure.data), "Plotly reads names as templates where there is meta"


@pytest.mark.parametrize("mode", MODES)
def test_signs_stand_out_from_the_page_and_parts_have_an_outline_that_does(mode):
    page = theme.PALETTES[mode].page
    assert all(contrast(colour, page) >= 3 for colour in words.band_colours(mode).values())
    for stations in (2, 7):
        lines = drawn(charts_reefs.cover_over_time(means_of(stations), mode))
        assert all(contrast(line.line.color, page) >= 3 for line in lines)
    for part in charts_reefs.composition_pair(COVERS, COVERS, "then", "now", mode).data:
        assert contrast(part.marker.line.color, page) >= 3


def test_every_metric_band_and_method_of_the_connectors_has_words():
    assert set(METRICS) <= set(words.METRIC_WORDS)
    assert reefs_now.BLEACHING_CLASSES == words.BLEACHING_CLASSES
    assert {*reefs.COVERS, reefs.OTHER_COVER} <= set(words.COVERS)
    for mode in MODES:
        assert len(charts_reefs.COVER_COLOURS[mode]) == len(words.COVERS)
        assert len(charts_reefs.CLASS_COLOURS[mode]) == len(words.BLEACHING_CLASSES)
    for by_band in (words.BAND_WORDS, words.BAND_GLYPHS, words.BAND_LIGHTS):
        assert list(by_band) == list(reefs.BANDS)
    named = [module.METHOD for module in (coralnet_annotations, coralnet_covers, reefcloud_points)]
    assert all(words.method(name) != name for name in [*METHODS, *named])
    assert words.method("ReefCloud model, tier 4") == "ReefCloud model, tier 4"


@pytest.mark.parametrize(
    ("level", "told"), [(0, "0 No stress"), (2, "2 Warning"), (4, "4 Alert 2"), (7, "7 Alert 5"), (9, "Level 9")]
)
def test_alert_levels_are_told_with_their_number(level, told):
    assert words.level(level) == told


def stations(**more) -> pd.DataFrame:
    frame = pd.DataFrame({"station": ["A", "B", "C", "D"], "latitude": -20.1, "longitude": [57.1, 57.2, 57.3, 57.4]})
    frame = frame.assign(
        band=["low", "middle", "high", None],
        value=[4.0, 15.0, 44.0, None],
        surveyed_on=pd.to_datetime(["2026-03-01", "2026-03-01", "2026-03-01", None]),
    )
    return frame.assign(**more)


def dots_of(deck) -> dict:
    return {layer["id"]: layer for layer in json.loads(deck.to_json())["layers"] if layer["id"].startswith("reefs-")}


def test_map_tells_band_by_colour_size_and_words():
    drawn = dots_of(maps_reefs.stations_map(stations(), invented.SQUARE, "light", 400))
    told = {name: layer["data"][0]["t"] for name, layer in drawn.items()}
    assert told == {
        "reefs-low": "▼ 4.0 % hard coral · 1 Mar 2026",
        "reefs-middle": "◆ 15.0 % hard coral · 1 Mar 2026",
        "reefs-high": "▲ 44.0 % hard coral · 1 Mar 2026",
        "reefs-unknown": "No cover measured",
    }
    for feature in ("getRadius", "getFillColor"):
        assert len({str(layer[feature]) for layer in drawn.values()}) == 4
    assert drawn["reefs-low"]["getRadius"] < drawn["reefs-middle"]["getRadius"] < drawn["reefs-high"]["getRadius"]


def test_station_name_on_the_map_cannot_run():
    drawn = dots_of(maps_reefs.stations_map(stations(station="@@=alert(1)"), None, "dark", 400))
    rows = [row for layer in drawn.values() for row in layer["data"]]
    assert len(rows) == 4
    assert not any(str(value).startswith("@@") for row in rows for value in row.values())


def test_map_without_any_station_is_drawn():
    assert not dots_of(maps_reefs.stations_map(stations().head(0), invented.SQUARE, "light", 400))
