"""Charts and map of the page Wildlife: what is drawn, what stays empty, and names that stay text."""

import json
from datetime import date

import h3
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.result import Result, nothing
from tests.pages import invented, invented_wildlife
from ui import charts_wildlife, maps_field, theme, wildlife

CURVE = pd.DataFrame({"units": [1, 2, 3], "species": [2.0, 3.5, 4.0], "low": [1.0, 2.5, 3.0], "high": [3.0, 4.5, 5.0]})
ESTIMATE = Result(6.25, "species", 4, "species", interval=(4.2, 20.0))
DAY = pd.DataFrame({"hour": [0.0, 12.0, 24.0], "density": [0.01, 0.07, 0.01]})
NIGHT = pd.DataFrame({"hour": [0.0, 12.0, 24.0], "density": [0.06, 0.02, 0.06]})
CELL = h3.latlng_to_cell(44.0, 131.5, 6)
RATES = st.lists(st.just(0.0) | st.floats(1e-3, 1e4), min_size=1, max_size=19)


def cells(rates: list[float | None]) -> pd.DataFrame:
    """Neighbouring map cells with these rates."""
    names = h3.grid_disk(CELL, 2)[: len(rates)]
    frame = pd.DataFrame({"cell": names, "places": 1, "trap_nights": 100.0, "detections": 3})
    return frame.assign(rate=pd.array(rates, dtype="Float64"))


def hexagons(frame: pd.DataFrame, mode: str = "light") -> list[dict]:
    deck = json.loads(maps_field.hexagon_map(frame, None, mode, 400).to_json())
    return next(layer for layer in deck["layers"] if layer["id"] == "hexagons")["data"]


def places_in(resolution: int, *spots: tuple[float, float]) -> pd.DataFrame:
    names = [h3.latlng_to_cell(*spot, resolution) for spot in spots]
    return pd.DataFrame({"place": [str(n) for n in range(len(names))], "cell": names})


def test_curve_is_drawn_within_its_band_and_below_the_estimate():
    figure = charts_wildlife.accumulation(CURVE, ESTIMATE, "place", "light")
    low, high, found, estimate = figure.data
    assert (list(low.y), list(high.y), list(found.y)) == ([1, 2.5, 3], [3, 4.5, 5], [2, 3.5, 4])
    assert high.fill == "tonexty"
    assert set(estimate.y) == {6.25}
    assert figure.layout.xaxis.title.text == "Camera stations"


def test_missing_estimate_is_not_drawn():
    figure = charts_wildlife.accumulation(CURVE, nothing("species", "species", "none was named"), "day", "dark")
    assert [trace.name for trace in figure.data] == [None, "95 % interval", "Species found"]


def test_common_part_of_two_activities_is_the_smaller_one_at_each_hour():
    names = {"a": "A", "b": "B"}
    common, first, second = charts_wildlife.activity({"a": DAY, "b": NIGHT}, names, False, "light").data
    assert list(common.y) == [1.0, 2.0, 1.0]
    assert (list(first.y), list(second.y)) == ([1, 7, 1], [6, 2, 6])
    assert first.line.dash != second.line.dash  # colour never stands alone


@pytest.mark.parametrize("name", ["<b>x</b>", "%{customdata} %{x}"])
def test_name_in_a_hover_is_shown_not_obeyed(name):
    (curve,) = charts_wildlife.activity({"a": DAY}, {"a": name}, False, "light").data
    assert "<b>" not in curve.hovertemplate
    assert curve.hovertemplate.count("%{") == 2


def test_month_without_a_night_is_empty_and_not_zero():
    months = pd.DataFrame(
        {
            "place": ["1", "1", "2", "2"],
            "place_name": ["Station 10", "Station 10", "Station 2", "Station 2"],
            "month": [date(2026, 1, 1), date(2026, 2, 1)] * 2,
            "nights": [31.0, 0.0, 15.5, 28.0],
            "share": [1.0, 0.0, 0.5, 1.0],
        }
    )
    squares = charts_wildlife.months_worked(months, "light").data[0]
    assert list(squares.y) == ["Station 2", "Station 10"]
    assert [list(row) for row in squares.z] == [[50, 100], [100, None]]


def test_stations_of_one_name_keep_a_row_each():
    months = pd.DataFrame({"place": ["1", "2", "3"], "place_name": "Gate", "month": date(2026, 1, 1), "nights": 31.0})
    rows = charts_wildlife.months_worked(months.assign(share=1.0), "light").data[0].y
    assert len(set(rows)) == 3


def test_calendar_has_a_square_per_day_and_none_where_no_camera_worked():
    days = pd.DataFrame({"day": [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)], "cameras": [3, 0, 2]})
    squares = charts_wildlife.cameras_per_day(days, "dark").data[0]
    assert list(squares.y) == ["2026-02", "2026-03"]
    assert [row[26:28] for row in squares.z][0] == [3, None]
    assert squares.z[1][0] == 2
    assert squares.zmax == 3


def test_rarer_species_are_summed_as_others():
    rows = [(date(2026, 1, 1), f"Species {n}", None, 10 - n) for n in range(7)]
    frame = pd.DataFrame(rows, columns=["month", "scientific_name", "common_name", "recognised"])
    bars = charts_wildlife.individuals_by_month(frame, "light").data
    assert [bar.name for bar in bars][-1] == "Others"
    assert sum(sum(bar.y) for bar in bars) == frame["recognised"].sum()
    assert len({bar.marker.color for bar in bars}) == 6


@given(RATES)
def test_classes_are_few_and_the_last_one_holds_the_highest_rate(rates):
    ends = maps_field.steps(cells(rates))
    assert len(ends) <= maps_field.CLASSES
    assert not ends or ends[-1] >= max(rates) * (1 - 1e-5)
    assert ends == sorted(set(ends))


def test_colour_of_a_hexagon_follows_its_rate():
    frame = cells([None, 0.0, 1.0, 9.9])
    missing, none, low, high = (row["c"][:3] for row in hexagons(frame))
    sequence = [theme.rgba(colour)[:3] for colour in theme.PALETTES["light"].sequence]
    assert none == sequence[0]
    assert sequence.index(low) < sequence.index(high) == len(sequence) - 1
    assert missing == theme.rgba(theme.PALETTES["light"].muted)[:3]


def test_legend_names_every_class_that_is_drawn():
    words = " ".join(maps_field.legend(cells([None, 0.0, 1.0, 9.9]), "light"))
    for part in ("too little effort", "none", "up to 2", "up to 10"):
        assert part in words


def test_hexagon_tells_its_sample():
    row = hexagons(cells([3.0]))[0]
    assert row["n"] == "3.0 per 100 trap nights"
    assert row["t"] == "3 detections in 100 trap nights at 1 station"


def test_map_of_100_cells_stays_below_30_kb():
    deck = maps_field.hexagon_map(cells([1.5] * 10).loc[list(range(10)) * 10], None, "light", 400)
    assert len(deck.to_json()) < 30_000


def test_cells_that_would_be_too_small_to_see_are_drawn_wider():
    near, far = places_in(8, (44.0, 131.5), (44.01, 131.5)), places_in(8, (44.0, 131.5), (44.9, 131.5))
    assert wildlife.large_enough(near)["cell"].tolist() == near["cell"].tolist()
    wider = wildlife.large_enough(far)["cell"]
    assert {h3.get_resolution(cell) for cell in wider} == {6}
    assert [h3.cell_to_parent(cell, 6) for cell in far["cell"]] == wider.tolist()


def test_places_without_a_published_point_are_not_drawn():
    assert wildlife.large_enough(pd.DataFrame({"place": ["1"], "cell": [None]})).empty


@pytest.mark.parametrize(
    ("period", "today", "first"),
    [
        ("12", date(2026, 11, 22), date(2025, 12, 1)),
        ("24", date(2026, 1, 31), date(2024, 2, 1)),
        ("12", date(2026, 12, 31), date(2026, 1, 1)),
        ("all", date(2026, 1, 31), wildlife.BEGINNING),
    ],
)
def test_period_begins_with_a_whole_month(period, today, first):
    assert wildlife.first_day(period, today) == first


def test_rate_of_a_cell_is_that_of_its_places():
    records, deployments = (
        ask("staff", date(2025, 12, 1), invented.TODAY)
        for ask in (invented_wildlife.records, invented_wildlife.deployments)
    )
    types = pd.DataFrame({"observation_type": ["blank"], "row_count": [5]})
    data = wildlife.CameraData(
        records, records, deployments, invented_wildlife.places("staff"), types, invented_wildlife.withheld("staff")
    )
    found = wildlife.compose(data, date(2025, 12, 1), invented.TODAY, with_machine=True)
    for name in ("", "Equus quagga"):
        drawn = wildlife.map_cells(found, name)
        counted = records[records["scientific_name"].eq(name)] if name else records
        assert drawn["detections"].sum() == len(counted)
        assert drawn["rate"].tolist() == pytest.approx((100 * drawn["detections"] / drawn["trap_nights"]).tolist())
    assert found.cells["trap_nights"].sum() == pytest.approx(deployments["trap_nights"].sum())
