"""The species of the store reach the sources that are asked about them, and no other source."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from connectors import registry
from connectors.base import Connector, Fetched, Notice, Parsed, Payload, Source
from data.store import Store
from ingestion.network import Network
from ingestion.pull import pull
from tests.data.invented import configured, detection, filled, moment
from tests.ingestion.fakes import Scripted

MAY = moment("2024-05-10T08:00:00")
ASKING = Source("asking", "asking", "https://red-list.example")


class Asking(Connector):
    """Notes which species it was given."""

    name = "asking"
    title = "A list of species"
    tables = ("red_list",)
    wants_taxa = True

    def __init__(self) -> None:
        self.given: list[tuple[str, ...]] = []

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        self.given.append(source.taxa)
        return Fetched(cursor=cursor, is_unchanged=True)

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        yield Notice("nothing to read")


@pytest.fixture
def asking(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> Asking:
    connector = Asking()
    monkeypatch.setattr(registry, "CONNECTORS", (*registry.CONNECTORS, connector))
    return connector


def test_it_is_given_the_species_of_cameras_and_collars_once_each(
    asking: Asking, store_url: str, tmp_path: Path
) -> None:
    seen = ("Vulpes vulpes", "Vulpes vulpes", "Aves", "Canis lupus familiaris", None, "Meles meles")
    detections = [detection(f"d{n}", MAY, scientific_name=name) for n, name in enumerate(seen)]
    animals = [
        {"individual_id": name, "site_id": "1", "scientific_name": name}
        for name in ("Loxodonta africana", "Meles meles")
    ]
    rows = {"north": {"detections": detections, "individuals": animals}}
    filled(Store(store_url), tmp_path / "staged", [configured("north")], rows)
    pull(Network((ASKING,)), store_url)
    assert asking.given == [("Loxodonta africana", "Meles meles", "Vulpes vulpes")]


def test_before_the_first_pull_it_is_given_none(asking: Asking, store_url: str) -> None:
    pull(Network((ASKING,)), store_url)
    assert asking.given == [()]


def test_a_source_that_wants_no_species_is_given_none(
    asking: Asking, scripted: Scripted, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Source] = []
    scripted.answers["north"] = [detection("a", MAY)]
    real = scripted.fetch

    def noting(source: Source, *more: Any) -> Fetched:
        given.append(source)
        return real(source, *more)

    monkeypatch.setattr(scripted, "fetch", noting)
    for _ in range(2):
        pull(Network((Source("north", "scripted", "/north", site="990000001"), ASKING)), store_url)
    assert [source.taxa for source in given] == [(), ()]
    assert asking.given == [(), ("Vulpes vulpes",)]
