"""Everything that a public browser receives is searched for what it must not contain."""

import re
import struct
from dataclasses import dataclass

import pandas as pd
import pytest

from data import engine
from data.access import PARTNER_GRID_DEGREES
from tests.leak.wire import Visit, visit

PAGES = ("", "overview", "site", "sources")
NEARBY_CHARACTERS = 60
DECIMALS = 3
NUMBER = re.compile(rb"-?\d{1,3}\.\d{3,17}")
SECRETS = ["location_name", "camera_id", "deployment_id"]


@dataclass(frozen=True)
class Cameras:
    """The true positions and names of all cameras of the demo."""

    rows: pd.DataFrame

    def positions_in(self, seen: bytes) -> int:
        """How many true positions the bytes hold: as text to 3 decimals side by side, or as binary numbers."""
        numbers = [(found.start(), round(float(found[0]), DECIMALS)) for found in NUMBER.finditer(seen)]
        pairs = set()
        for (at, first), (then, second) in zip(numbers, numbers[1:], strict=False):
            if then - at <= NEARBY_CHARACTERS:
                pairs |= {(first, second), (second, first)}
        places = self.rows[["latitude", "longitude"]].drop_duplicates()
        return sum(
            (round(place.latitude, DECIMALS), round(place.longitude, DECIMALS)) in pairs
            or (struct.pack("<d", place.latitude) in seen and struct.pack("<d", place.longitude) in seen)
            for place in places.itertuples()
        )

    def names_in(self, seen: bytes) -> list[str]:
        names = pd.unique(self.rows[SECRETS].astype("object").to_numpy().ravel())
        return [name for name in names if isinstance(name, str) and name.encode() in seen]


@pytest.fixture(scope="session")
def cameras(demo_store) -> Cameras:
    view = engine.latest(str(demo_store / "demo"))
    rows = view.run(view.table("deployments"))
    from_centre = rows[["latitude", "longitude"]].mod(PARTNER_GRID_DEGREES).sub(PARTNER_GRID_DEGREES / 2).abs()
    # A camera in the middle of its cell of the partners' grid cannot be told from the middle.
    rows = rows[(from_centre > 10**-DECIMALS).any(axis=1)]
    assert len(rows) > 100
    return Cameras(rows)


@pytest.fixture(scope="session")
def camera_sites(cameras: Cameras) -> list[str]:
    return sorted(cameras.rows["site_id"].unique())


def visits(app_url: str, site_ids: list[str], role: str | None) -> list[Visit]:
    every_page = [visit(app_url, page, role=role) for page in PAGES]
    return every_page + [visit(app_url, "site", f"site={site}", role) for site in site_ids]


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
    camera = {
        "latitude": 44.12345,
        "longitude": 131.54321,
        "location_name": "x",
        "camera_id": "y",
        "deployment_id": "z",
    }
    assert Cameras(pd.DataFrame([camera])).positions_in(b"{" + planted + b"}") == 1
