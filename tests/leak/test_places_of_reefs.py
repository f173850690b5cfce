"""Nothing that a browser receives of reefs tells the public where they are, or anybody which coral has which tag."""

import pytest

from data import engine
from tests.leak.hidden import Hidden, off_the_grid, texts
from tests.leak.wire import Visit, visit

PAGES = ("reefs", "site")


@pytest.fixture(scope="session")
def view(demo_store):
    return engine.latest(str(demo_store / "demo"))


@pytest.fixture(scope="session")
def stations(view) -> Hidden:
    """The places of all stations off the partners' grid, and what names them, their taxa and nurseries."""
    surveys = view.run(view.table("reef_surveys")).dropna(subset=["latitude"])
    planted, heat = view.run(view.table("outplants")), view.run(view.table("heat_stress"))
    names = {*texts(surveys, ["station"]), *texts(planted, ["station", "scientific_name", "nursery"])}
    return Hidden(off_the_grid(surveys), sorted(names | set(texts(heat, ["station"]))))


@pytest.fixture(scope="session")
def identifiers(view) -> list[str]:
    """Names of images and surveys, and tags of corals: what would join our rows to those of the source."""
    surveys, planted = view.run(view.table("reef_surveys")), view.run(view.table("outplants"))
    return [*texts(surveys, ["survey_id"]), *texts(planted, ["fragment_id"])]


@pytest.fixture(scope="session")
def reef_sites(view) -> list[str]:
    return sorted(view.run(view.table("reef_surveys").select("site_id").distinct())["site_id"])


def visits(app_url: str, site_ids: list[str], role: str | None) -> list[Visit]:
    return [visit(app_url, page, f"site={site}&tab=Reefs", role) for page in PAGES for site in site_ids]


def test_the_public_receives_no_place_and_no_name_of_a_reef(app_url, stations, reef_sites):
    for seen in visits(app_url, reef_sites, None):
        assert seen.errors == []
        assert stations.positions_in(seen.received) == 0
        assert stations.names_in(seen.received) == []


@pytest.mark.parametrize("role", ["Partner", "Reviewer"])
def test_partners_receive_no_true_position(app_url, stations, reef_sites, role):
    for seen in visits(app_url, reef_sites, role):
        assert seen.errors == []
        assert stations.positions_in(seen.received) == 0


@pytest.mark.parametrize("role", [None, "Partner", "Staff"])
def test_nobody_receives_an_identifier_of_an_image_or_a_coral(app_url, identifiers, reef_sites, role):
    received = b"".join(seen.received for seen in visits(app_url, reef_sites, role))
    assert Hidden(None, identifiers).names_in(received) == []


def test_the_search_finds_reefs_where_they_are_shown(app_url, stations, reef_sites):
    """Staff see them, so a search that finds none there could find none anywhere."""
    received = b"".join(seen.received for seen in visits(app_url, reef_sites, "Staff"))
    assert stations.positions_in(received) > 0
    assert stations.names_in(received) != []
