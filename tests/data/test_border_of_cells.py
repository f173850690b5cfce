"""A camera on the border of two grid cells is in one of them, on every page and in every file."""

import math

import ibis
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import access, queries
from data.access import PARTNER_GRID_DEGREES, seen_position
from data.engine import View, connect
from data.queries.merged import Choice, merged_batches
from data.store import Store
from tests.data.invented import configured, deployment, filled, moment, site
from tests.data.network import OPEN_SITE, PARTNER, STAFF, TODAY

START, END = moment("2026-01-01T00:00:00"), moment("2026-02-01T00:00:00")
READINGS = (47.129981, 47.130019, 47.130002)


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    """A place that was read three times around a border, and one that lies on it to the last digit, eleven times."""
    folder = tmp_path_factory.mktemp("border")
    place = {"site_id": OPEN_SITE, "longitude": 131.005}
    rows = [
        deployment(f"spring {n}", START, END, location_id="spring", latitude=latitude, **place)
        for n, latitude in enumerate(READINGS)
    ]
    rows += [deployment(f"ridge {n:02}", START, END, location_id="ridge", latitude=46.77, **place) for n in range(11)]
    sources = [configured("cameras", site_ids=OPEN_SITE)]
    tables = {"deployments": rows, "sites": [site(OPEN_SITE)]}
    return filled(Store(str(folder / "store")), folder, sources, {"cameras": tables})


def downloaded(view: View, viewer) -> pd.DataFrame:
    batches = merged_batches(view, viewer, "deployments", Choice(), TODAY)
    return pd.DataFrame([row for batch in batches for row in batch.to_pylist()])


def test_all_deployments_of_a_place_are_in_the_cell_of_the_first(view: View) -> None:
    found = downloaded(view, PARTNER)
    assert len(found) == 14
    assert found.groupby("location_id")["latitude"].unique().map(list).sort_values().tolist() == [[46.775], [47.125]]


def test_the_map_shows_the_cell_that_the_file_holds(view: View) -> None:
    stations = queries.site_stations(view, PARTNER, OPEN_SITE, TODAY)
    assert sorted(stations["latitude"]) == sorted(downloaded(view, PARTNER)["latitude"].unique())


def test_who_sees_everything_gets_every_reading(view: View) -> None:
    found = downloaded(view, STAFF)
    assert sorted(found["latitude"].unique()) == sorted({*READINGS, 46.77})


@given(cells=st.integers(-8_999, 8_999), beside=st.floats(-2e-9, 2e-9))
def test_a_position_on_a_border_is_in_the_cell_above_however_it_was_computed(cells: int, beside: float) -> None:
    degrees = cells * PARTNER_GRID_DEGREES + beside
    expected = round((cells + 0.5) * PARTNER_GRID_DEGREES, 3)
    (found,) = seen_position(PARTNER, OPEN_SITE, pd.Series([degrees]))
    assert math.isclose(found, expected, abs_tol=1e-9)


def test_both_ways_to_snap_agree() -> None:
    degrees = [46.77, 46.7699999999999, 46.769999, 0.0, -0.005, -0.01, 89.995, -179.99, 131.0049999]
    con = connect()
    try:
        t = ibis.memtable({"degrees": degrees})
        by_query = con.execute(t.mutate(snapped=access.snap(t.degrees).round(3)))["snapped"]
    finally:
        con.disconnect()
    assert by_query.tolist() == seen_position(PARTNER, OPEN_SITE, pd.Series(degrees)).tolist()
