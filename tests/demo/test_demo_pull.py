"""The invented network as the real connectors read it; only the Brazilian package has rows to refuse."""

import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from connectors.base import Fetched, Parsed, Read, Refusal, Rows, Source
from connectors.errors import SourceUnavailable
from connectors.registry import connector
from demo.cameras import camera_tables
from demo.faults import BAD_DEPLOYMENTS, BAD_OBSERVATIONS
from demo.fauna import PROGRAMMES
from demo.network import DOWN_SOURCE, SOURCES, TOKEN_VARIABLE, network_toml
from demo.pipeline import listings
from demo.server import DEMO_TOKEN, DemoServer
from demo.sites import sites

TODAY = date(2026, 11, 22)
FAULTY_SOURCE = "brazil-floodplain-cameras"
BY_SOURCE = {programme.source: programme for programme in PROGRAMMES}
SOUND_CAMERAS = [name for name in BY_SOURCE if name != FAULTY_SOURCE]


class Network:
    """A running demo server and what the connectors make of it, pulled once per source."""

    def __init__(self, server: DemoServer, workspace: Path) -> None:
        self.server = server
        self._workspace = workspace
        blocks = tomllib.loads(network_toml(server.url))["source"]
        self._blocks = {block["name"]: block for block in blocks}
        self.pull = cache(self._pull)

    def source(self, name: str) -> Source:
        block = self._blocks[name]
        return Source(name, block["connector"], block["location"], block.get("site", ""), block.get("secret", ""))

    def fetch(self, name: str, cursor: dict | None = None) -> Fetched:
        source = self.source(name)
        folder = self._workspace / f"{name}-{len(list(self._workspace.iterdir()))}"
        folder.mkdir()
        return connector(source.connector).fetch(source, cursor or {}, folder)

    def _pull(self, name: str) -> list[Parsed]:
        source = self.source(name)
        return list(connector(source.connector).parse(source, self.fetch(name).payloads))

    def rows(self, name: str, table: str) -> list[dict]:
        return [row for part in self.pull(name) if isinstance(part, Rows) and part.table == table
                for row in part.rows.to_pylist()]  # fmt: skip

    def refusals(self, name: str) -> list[Refusal]:
        return [part for part in self.pull(name) if isinstance(part, Refusal)]


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(TOKEN_VARIABLE, DEMO_TOKEN)
        with DemoServer(TODAY) as server:
            yield Network(server, tmp_path_factory.mktemp("pull"))


@pytest.mark.parametrize("name", [source.name for source in SOURCES])
def test_only_the_brazilian_source_has_refusals(network: Network, name: str) -> None:
    assert bool(network.refusals(name)) == (name == FAULTY_SOURCE)


def test_every_area_arrives_with_what_it_is(network: Network) -> None:
    rows = {row["site_id"]: row for row in network.rows("registry", "sites")}
    assert len(network.rows("registry", "sites")) == 320
    for site in sites():
        row = rows[site.site_id]
        assert (row["site_name"], row["country_iso3"], row["realm"]) == (site.site_name, site.country.iso3, site.realm)
        assert (row["boundary_kind"], row["is_oecm"]) == (site.boundary_kind, site.is_oecm)
        assert row["area_km2"] == pytest.approx(site.area_km2)


def test_boundaries_arrive_where_they_are_published(network: Network) -> None:
    found = {row["site_id"] for row in network.rows("registry", "boundaries")}
    assert found == {site.site_id for site in sites() if site.boundary_kind == "polygon"}


def test_the_dirty_list_is_read_whole(network: Network) -> None:
    found = {row["site_id"]: (row["status"], row["expires_on"]) for row in network.rows("green-list", "listings")}
    assert found == {listing.site.site_id: (listing.status, listing.expires_on) for listing in listings(TODAY)}


def test_registry_and_list_agree_on_the_areas_that_both_know(network: Network) -> None:
    listed = {row["site_id"]: (row["status"], row["expires_on"]) for row in network.rows("green-list", "listings")}
    registered = {row["site_id"]: (row["status"], row["expires_on"]) for row in network.rows("registry", "listings")}
    assert registered
    assert registered == {site_id: listed[site_id] for site_id in registered}


@pytest.mark.parametrize("name", SOUND_CAMERAS)
def test_every_deployment_and_every_animal_event_of_a_sound_package_arrives(network: Network, name: str) -> None:
    sent = camera_tables(BY_SOURCE[name], TODAY)
    deployments = {row["deployment_id"] for row in network.rows(name, "deployments")}
    assert deployments == set(sent["deployments"]["deploymentID"])
    animals = sent["observations"][sent["observations"]["observationType"] == "animal"]
    detections = network.rows(name, "detections")
    assert {row["event_id"] for row in detections} == set(animals["eventID"])
    assert len(detections) == animals["eventID"].nunique()


def test_the_brazilian_source_loses_its_bad_rows_and_no_other(network: Network) -> None:
    sent = camera_tables(BY_SOURCE[FAULTY_SOURCE], TODAY)
    refused = [refusal.table for refusal in network.refusals(FAULTY_SOURCE)]
    assert refused.count("deployments") == BAD_DEPLOYMENTS
    assert len(refused) == BAD_DEPLOYMENTS + BAD_OBSERVATIONS
    assert all(refusal.reason for refusal in network.refusals(FAULTY_SOURCE))
    animals = sent["observations"][sent["observations"]["observationType"] == "animal"]
    detections = {row["detection_id"] for row in network.rows(FAULTY_SOURCE, "detections")}
    assert detections == set(animals["observationID"])


@pytest.mark.parametrize("name", ["registry", "green-list", "amur-cameras", "mexico-forest-cameras"])
def test_a_second_pull_of_the_same_day_finds_nothing_new(network: Network, name: str) -> None:
    first = network.fetch(name)
    assert network.fetch(name, dict(first.cursor)).is_unchanged


def test_every_row_that_was_sent_is_accounted_for(network: Network) -> None:
    sent = camera_tables(BY_SOURCE["kenya-savannah-cameras"], TODAY)
    read = sum(part.count for part in network.pull("kenya-savannah-cameras") if isinstance(part, Read))
    assert read == len(sent["deployments"]) + len(sent["observations"])


def test_a_source_that_is_down_is_unavailable(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.http.BACKOFF_S", 0)
    network.server.take_down(DOWN_SOURCE)
    try:
        with pytest.raises(SourceUnavailable):
            network.fetch(DOWN_SOURCE)
    finally:
        network.server.bring_up(DOWN_SOURCE)
