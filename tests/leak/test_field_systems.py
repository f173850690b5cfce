"""Nothing that a browser receives of tagged animals, warnings and conflicts tells more than its reader may know."""

import pandas as pd
import pytest
import shapely

from data import engine
from tests.leak.hidden import DECIMALS, Hidden, off_the_grid, texts
from tests.leak.wire import Visit, visit

PAGES = ("wildlife", "movement", "early_warning", "site")
FIXES_OF_AN_ANIMAL = 40
NEWEST = 3


@pytest.fixture(scope="session")
def view(demo_store):
    return engine.latest(str(demo_store / "demo"))


@pytest.fixture(scope="session")
def animals(view) -> Hidden:
    """Some true positions of every tagged animal, the newest among them, and all that names it or its tag."""
    fixes = view.run(view.table("fixes")).sort_values("fixed_at")
    by_animal = fixes.groupby("individual_id")
    some = pd.concat([by_animal.tail(NEWEST), by_animal.sample(FIXES_OF_AN_ANIMAL, random_state=1)])
    some = _off_the_boundaries(some, view.run(view.table("boundaries")))
    names = texts(view.run(view.table("individuals")), ["individual_id", "individual_name"])
    tags = texts(view.run(view.table("collars")), ["collar_id"])
    return Hidden(off_the_grid(some), [*names, *tags])


@pytest.fixture(scope="session")
def conflicts(view) -> Hidden:
    """Places of warnings, and the villages and identifiers of warnings and conflicts."""
    alerts, incidents = view.run(view.table("alerts")), view.run(view.table("incidents"))
    places = off_the_grid(alerts.dropna(subset=["latitude"])).head(500)
    places = _off_the_boundaries(places, view.run(view.table("boundaries")))
    return Hidden(places, [*texts(alerts, ["alert_id", "place_name"]), *texts(incidents, ["incident_id", "village"])])


@pytest.fixture(scope="session")
def field_sites(view) -> list[str]:
    tables = (view.table(name).select("site_id").distinct() for name in ("fix_days", "alerts", "incidents"))
    return sorted({site for table in tables for site in view.run(table)["site_id"]})


def _off_the_boundaries(positions: pd.DataFrame, boundaries: pd.DataFrame) -> pd.DataFrame:
    """The positions that can be told from a corner of a published boundary."""
    corners = shapely.get_coordinates(shapely.from_geojson(boundaries["geojson"].to_numpy()))
    published = {tuple(corner) for corner in corners.round(DECIMALS)}
    rounded = positions[["longitude", "latitude"]].round(DECIMALS).itertuples(index=False)
    return positions[[tuple(position) not in published for position in rounded]]


def visits(app_url: str, site_ids: list[str], role: str | None) -> list[Visit]:
    return [visit(app_url, page, f"site={site}", role) for page in PAGES for site in site_ids]


@pytest.mark.parametrize("role", [None, "Partner", "Reviewer"])
def test_nobody_but_staff_receives_a_true_position_or_the_name_of_an_animal(
    app_url, animals, conflicts, field_sites, role
):
    for seen in visits(app_url, field_sites, role):
        assert seen.errors == []
        assert animals.positions_in(seen.received) == 0
        assert animals.names_in(seen.received) == []
        assert conflicts.positions_in(seen.received) == 0


def test_the_public_receives_no_village_and_no_identifier(app_url, conflicts, field_sites):
    for seen in visits(app_url, field_sites, None):
        assert conflicts.names_in(seen.received) == []


def test_the_search_finds_animals_and_villages_where_they_are_shown(app_url, animals, conflicts, field_sites):
    """Staff see them, so a search that finds none there could find none anywhere."""
    received = b"".join(seen.received for seen in visits(app_url, field_sites, "Staff"))
    assert animals.positions_in(received) > 0
    assert animals.names_in(received) != []
    assert conflicts.positions_in(received) > 0
    assert conflicts.names_in(received) != []
