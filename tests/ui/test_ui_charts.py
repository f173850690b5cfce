"""Figures from frames: what is drawn, what stays empty, and names that stay text."""

import pandas as pd
import pytest

from metrics.green_list import pipeline
from tests.pages import invented
from ui import charts


def test_species_are_sorted_with_the_most_seen_on_top():
    figure = charts.species_bars(invented.species(), "light")
    assert list(figure.data[0].y)[-1] == "Plains zebra"
    assert list(figure.data[1].text) == ["30", "90"]


def test_parts_of_a_species_bar_sum_to_its_detections():
    person, machine = charts.species_bars(invented.species(), "light").data
    assert [p + m for p, m in zip(person.x, machine.x, strict=True)] == [30, 90]
    assert machine.marker.pattern.shape == "/"


def test_withheld_species_is_left_out_rather_than_drawn_as_zero():
    figure = charts.species_bars(invented.species(), "light")
    assert "Lion" not in figure.data[0].y


def test_month_without_cameras_stays_an_empty_place_on_the_time_axis():
    figure = charts.effort_by_month(invented.effort(), "light")
    assert figure.layout.xaxis.type == "date"
    assert list(figure.data[0].x) == ["2026-07-01", "2026-08-01", "2026-11-01"]
    assert figure.layout.yaxis.title.text == "Trap nights"


def test_activity_of_each_species_sums_to_one_hundred_percent():
    figure = charts.activity_by_hour(invented.hours(), "dark")
    assert [sum(row) for row in figure.data[0].z] == pytest.approx([100, 100], abs=0.5)
    assert list(figure.data[0].y) == ["Plains zebra", "<i>Vulpes vulpes</i>"]
    assert figure.data[0].z[0][6] == 75  # 30 of 40 detections at 6 o'clock


def test_observation_types_are_named_in_words():
    types = pd.DataFrame({"observation_type": ["blank", "human"], "row_count": [500, 20]})
    assert list(charts.observation_types(types, "light").data[0].y) == ["Person", "Blank"]


def test_pipeline_bars_hold_every_site_once_and_no_total_row():
    sites = invented.sites()
    spec = charts.pipeline_by_region(pipeline(sites), "light")
    rows = spec["data"]["values"]
    assert sum(row["sites"] for row in rows) == len(sites)
    assert {row["region"] for row in rows} == set(sites["region"])
    assert spec["encoding"]["y"]["sort"][0] == "Africa"


@pytest.mark.parametrize("name", ["<b>x</b>", '<a href="javascript:alert(1)">x</a>'])
def test_markup_in_a_species_name_is_shown_not_obeyed(name):
    assert "<b>" not in charts.species_name(name, None)
    assert "<a" not in charts.species_name(None, name)


def test_colours_follow_the_theme():
    light, dark = (charts.effort_by_month(invented.effort(), mode).data[0].marker.color for mode in ("light", "dark"))
    assert light != dark
