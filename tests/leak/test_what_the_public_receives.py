"""Everything that a public browser receives is searched for what it must not contain."""

import struct

import pandas as pd
import pytest

from data import engine
from tests.leak.hidden import Hidden, off_the_grid, texts
from tests.leak.wire import Visit, visit

PAGES = ("", "overview", "site", "sources", "compare", "impact", "download")
TABS_WITH_PLACES = ("Map", "Effort")
SECRETS = ["location_name", "camera_id", "deployment_id"]


@pytest.fixture(scope="session")
def cameras(demo_store) -> Hidden:
    view = engine.latest(str(demo_store / "demo"))
    rows = view.run(view.table("deployments"))
    positions = off_the_grid(rows)
    assert len(positions) > 100
    return Hidden(positions, texts(rows, SECRETS))


@pytest.fixture(scope="session")
def camera_sites(demo_store) -> list[str]:
    view = engine.latest(str(demo_store / "demo"))
    return sorted(view.run(view.table("deployments").select("site_id").distinct())["site_id"])


def visits(app_url: str, site_ids: list[str], role: str | None) -> list[Visit]:
    every_page = [visit(app_url, page, role=role) for page in PAGES]
    tabs = [("wildlife", f"site={site}&view={tab}") for site in site_ids for tab in TABS_WITH_PLACES]
    profiles = [("site", f"site={site}") for site in site_ids]
    return every_page + [visit(app_url, page, link, role) for page, link in profiles + tabs]


@pytest.mark.parametrize("role", [None, "Partner", "Reviewer"])
def test_nobody_but_staff_receives_a_true_camera_position_or_name(app_url, cameras, camera_sites, role):
    for seen in visits(app_url, camera_sites, role):
        assert seen.errors == []
        assert cameras.positions_in(seen.received) == 0
        assert cameras.names_in(seen.received) == []


def test_the_search_finds_positions_and_names_where_they_are_shown(app_url, cameras, camera_sites):
    """Staff see them, so a search that finds none there could find none anywhere."""
    for site in camera_sites:
        seen = visit(app_url, "site", f"site={site}", role="Staff")
        assert cameras.positions_in(seen.received) > 0
        assert cameras.names_in(seen.received) != []


PLANTED = (b"[44.12345, 131.54321]", b'{"lat":44.1234,"lon":131.5432}', struct.pack("<2d", 44.12345, 131.54321))


@pytest.mark.parametrize("planted", PLANTED)
def test_the_search_finds_a_planted_position(planted):
    camera = pd.DataFrame([{"latitude": 44.12345, "longitude": 131.54321}])
    assert Hidden(camera, []).positions_in(b"{" + planted + b"}") == 1
