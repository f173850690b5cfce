"""Comparing sites sends no place, no name of a camera, no note and no count that the viewer may not see elsewhere."""

import re

import pytest

from data import engine
from data.access import open_names
from tests.leak.hidden import Hidden, off_the_grid, texts
from tests.leak.wire import Visit, visit

WIDE = "same=realm&size=any"
PLACES = ["location_name", "camera_id", "deployment_id"]
DETECTIONS = re.compile(rb"n = ([\d,]+) detections")


@pytest.fixture(scope="session")
def view(demo_store):
    return engine.latest(str(demo_store / "demo"))


@pytest.fixture(scope="session")
def cameras(view) -> Hidden:
    rows = view.run(view.table("deployments"))
    return Hidden(off_the_grid(rows), texts(rows, PLACES))


@pytest.fixture(scope="session")
def words(view) -> Hidden:
    """What people wrote for reviewers and for those who work with a site, and the names of sensitive taxa."""
    written = texts(view.run(view.table("ratings")), ["note", "evidence"]) + texts(
        view.run(view.table("work_items")), ["note"]
    )
    taxa = set(texts(view.run(view.table("species_months").select("scientific_name").distinct()), ["scientific_name"]))
    return Hidden(None, [*written, *sorted(taxa - set(open_names()))])


@pytest.fixture(scope="session")
def camera_sites(view) -> list[str]:
    return sorted(view.run(view.table("deployments").select("site_id").distinct())["site_id"])


def compared(app_url: str, site_id: str, role: str | None = None) -> Visit:
    return visit(app_url, "compare", f"site={site_id}&{WIDE}", role)


def told(seen: Visit) -> set[bytes]:
    """The numbers of detections that the page says its rates rest on."""
    return set(DETECTIONS.findall(seen.received))


def test_places_and_words_reach_nobody_who_compares(app_url, cameras, words, camera_sites):
    for role in (None, "Partner", "Staff"):
        for site_id in camera_sites:
            seen = compared(app_url, site_id, role)
            assert seen.errors == []
            assert cameras.positions_in(seen.received) == 0
            assert cameras.names_in(seen.received) == []
            assert words.names_in(seen.received) == []


def test_the_counts_of_staff_do_not_reach_the_public_after_them(app_url, camera_sites):
    for site_id in camera_sites:
        public, staff = told(compared(app_url, site_id)), told(compared(app_url, site_id, "Staff"))
        assert staff, "staff see what every camera site counts, so a search that finds none would find none anywhere"
        assert told(compared(app_url, site_id)) == public
        assert staff.isdisjoint(public), "staff count sensitive species too"
