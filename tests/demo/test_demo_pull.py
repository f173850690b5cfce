"""The invented network as the real connectors read it; three sources have rows to refuse."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from connectors.base import Fetched, Notice, Parsed, Read, Refusal, Rows, Source
from connectors.errors import SourceUnavailable
from connectors.registry import connector
from demo.cameras import camera_tables
from demo.communities import COMMUNITIES
from demo.faults import BAD_DEPLOYMENTS, BAD_OBSERVATIONS
from demo.fauna import PROGRAMMES
from demo.field_events import events
from demo.herds import ALPINE, AMUR, ANIMALS, THAI, herd
from demo.incidents import incidents
from demo.network import DOWN_SOURCE, SOURCES, TOKEN_VARIABLE, network_toml
from demo.pipeline import listings
from demo.server import DEMO_TOKEN, DemoServer
from demo.sites import sites
from demo.tracks import crossings_out, fixes
from demo.warnings import warnings

TODAY = date(2026, 11, 22)
FAULTY_SOURCE = "brazil-floodplain-cameras"
FIELD_SOURCES = [*(community.source for community in COMMUNITIES), AMUR, ALPINE]
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
        where = (block["location"], block.get("site", ""), block.get("secret", ""))
        return Source(name, block["connector"], *where, options=block.get("options", {}))

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
def test_only_three_sources_have_refusals(network: Network, name: str) -> None:
    assert bool(network.refusals(name)) == (name in (FAULTY_SOURCE, THAI, "reef-surveys"))


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


def test_twelve_animals_arrive_with_their_taxon_and_five_of_their_collars_are_kinetic(network: Network) -> None:
    animals = [row for name in FIELD_SOURCES for row in network.rows(name, "individuals")]
    expected = {(animal.name, animal.scientific_name, animal.site.site_id) for animal in ANIMALS if animal.number < 9}
    assert len(animals) == 12
    named = {(row["individual_name"], row["scientific_name"], row["site_id"]) for row in animals}
    assert expected < named
    collars = [row for name in FIELD_SOURCES for row in network.rows(name, "collars")]
    assert Counter(row["kind"] for row in collars) == {"kinetic": 5, "scheduled": 7}
    assert all((row["fix_interval_h"] is None) == (row["kind"] == "kinetic") for row in collars)
    assert all(row["fitted_at"] and not row["removed_at"] for row in collars)


@pytest.mark.parametrize("community", COMMUNITIES, ids=lambda community: community.source)
def test_every_position_of_an_earthranger_animal_arrives_and_wrong_ones_are_marked(network, community) -> None:
    rows = network.rows(community.source, "fixes")
    sent = [fixes(animal, TODAY) for animal in herd(community.source)]
    assert len(rows) == sum(map(len, sent))
    outliers = [row for row in rows if row["is_outlier"]]
    assert bool(sent) <= len(outliers) < 30
    energy_j = sum(row["energy_j"] or 0 for row in rows)
    assert energy_j == pytest.approx(sum(track["energy_j"].sum() for track in sent))


@pytest.mark.parametrize("name", [AMUR, ALPINE])
def test_every_position_of_a_study_arrives_that_has_a_place(network: Network, name: str) -> None:
    rows = network.rows(name, "fixes")
    sent = sum(len(fixes(animal, TODAY)) for animal in herd(name))
    assert 0.99 * sent < len(rows) < sent
    assert sum(row["energy_j"] is not None for row in rows) == sum(row["individual_id"] == "Arvenna" for row in rows)
    assert 0 < sum(row["is_outlier"] for row in rows) < 10


@pytest.mark.parametrize("community", COMMUNITIES, ids=lambda community: community.source)
def test_every_warning_arrives_with_how_it_was_answered(network: Network, community) -> None:
    rows = network.rows(community.source, "alerts")
    sent = warnings(community, TODAY)
    seen = [row for row in rows if row["kind"] == "elephant_detected"]
    assert len(seen) == len(sent)
    for column, step in (("arrived_at", "arrived_s"), ("animal_arrived_at", "animal_arrived_s")):
        assert sum(row[column] is not None for row in seen) == sent[step].notna().sum()
    assert sum(row["closed_at"] is None for row in seen) == sent["closed_s"].isna().sum()
    assert sum(row["acknowledged_at"] is None for row in seen) == sent["acknowledged_s"].isna().sum()
    assert Counter(row["outcome"] or "" for row in seen) == sent["outcome"].value_counts().to_dict()
    assert {row["place_name"] for row in seen} == set(community.villages)
    breaks = [row for row in rows if row["kind"] == "geofence_break"]
    crossed = {(animal.name, len(crossings_out(animal, TODAY))) for animal in herd(community.source)}
    assert len(breaks) == sum(count for _, count in crossed)
    assert all(row["individual_id"] for row in breaks)


def test_alarms_of_animals_that_walked_on_are_closed_and_that_of_the_lost_collar_is_open(network: Network) -> None:
    still = [row for row in network.rows(THAI, "alerts") if row["kind"] == "immobility"]
    assert len(still) > 3
    assert [row["priority"] for row in still if row["closed_at"] is None] == ["high"]


@pytest.mark.parametrize("community", COMMUNITIES, ids=lambda community: community.source)
def test_every_conflict_arrives_with_its_kind_taxon_and_village(network: Network, community) -> None:
    rows = network.rows(community.source, "incidents")
    assert len(rows) == len(incidents(community, TODAY))
    assert {row["kind"] for row in rows} <= {"crop", "property", "livestock", "injury", "death", "animal_death"}
    assert {row["village"] for row in rows} == set(community.villages)
    assert all(row["scientific_name"] for row in rows)
    assert all((row["loss"] is None) == (row["loss_unit"] is None) for row in rows)
    assert sum(row["loss"] is not None for row in rows) > len(rows) / 2


def test_the_event_without_a_time_is_refused_and_reports_of_patrols_are_left_out(network: Network) -> None:
    (refusal,) = network.refusals(THAI)
    assert (refusal.table, refusal.field) == ("alerts", "time")
    reports = [event for event in events(COMMUNITIES[0], TODAY) if event["event_type"] == "snare_found"]
    notices = [part.text for part in network.pull(THAI) if isinstance(part, Notice)]
    assert any(str(len(reports)) in text and "left out" in text for text in notices)


@pytest.mark.parametrize("name", FIELD_SOURCES)
def test_a_later_pull_of_the_same_day_asks_only_for_what_is_new(network: Network, name: str) -> None:
    second = network.fetch(name, dict(network.fetch(name).cursor))
    assert second.is_unchanged or sum(part.path.stat().st_size for part in second.payloads) < 200_000
    assert network.fetch(name, dict(second.cursor)).is_unchanged
