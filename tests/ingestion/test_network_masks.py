"""What a site asks to protect: read from network.toml, refused where it is unclear, and stored without a pull."""

import re
from pathlib import Path

import pytest

from data import engine
from data.store import Store
from ingestion.configuration import store_configuration
from ingestion.network import NetworkError, parse_network

MASK = '[[mask]]\nsite = "990000001"\nscientific_name = "Panthera tigris"\nlevel = "hidden"\n'


def stored(store: Store) -> list[tuple[str, str, str]]:
    view = engine.latest(store.url)
    rows = view.run(view.table("masks").select("site_id", "scientific_name", "level"))
    return sorted(rows.itertuples(index=False, name=None))


def test_masks_are_read_once_each() -> None:
    sensitive = MASK.replace("Panthera tigris", "Lutra").replace("hidden", "sensitive")
    network = parse_network(MASK + sensitive + MASK)
    assert network.masks == (("990000001", "Panthera tigris", "hidden"), ("990000001", "Lutra", "sensitive"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (MASK.replace('"990000001"', "990000001"), "mask 1: site must be a site id in quotes"),
        (MASK.replace('site = "990000001"\n', ""), "mask 1: site must be a site id in quotes"),
        (MASK.replace("Panthera tigris", "tiger"), "mask 1: scientific_name must be a taxon"),
        (MASK.replace("Panthera tigris", ""), "mask 1: scientific_name must be a taxon"),
        (MASK.replace("Panthera tigris", "Panthera tigris; Panthera"), "mask 1: scientific_name must be a taxon"),
        (MASK.replace("Panthera tigris", "Felidae"), "mask 1: Felidae is above a genus"),
        (MASK.replace("Panthera tigris", "Nobodyidae"), "mask 1: Nobodyidae is above a genus"),
        (MASK.replace("Panthera tigris", "Carnivora"), "mask 1: Carnivora is above a genus"),
        (MASK.replace('"hidden"', '"secret"'), "mask 1 (Panthera tigris): level is 'secret'"),
        (MASK.replace('level = "hidden"', ""), "mask 1 (Panthera tigris): level is None"),
        (f"{MASK}until = 2027-01-01", "mask 1 has an unknown key 'until'"),
        (MASK + MASK.replace("hidden", "sensitive"), "masks Panthera tigris at site 990000001 in two ways"),
        (MASK.replace("[[mask]]", "[mask]"), "write each mask as a block that starts with [[mask]]"),
    ],
)
def test_a_mask_that_is_unclear_is_refused(text: str, words: str) -> None:
    with pytest.raises(NetworkError, match=re.escape(words)):
        parse_network(text)


def test_a_mask_comes_and_goes_with_the_file(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"))
    store_configuration(store, parse_network(MASK), tmp_path / "work")
    first = engine.latest(store.url)
    assert stored(store) == [("990000001", "Panthera tigris", "hidden")]
    store_configuration(store, parse_network(MASK), tmp_path / "work")
    assert engine.latest(store.url).version == first.version
    store_configuration(store, parse_network(MASK.replace("hidden", "sensitive")), tmp_path / "work")
    assert stored(store) == [("990000001", "Panthera tigris", "sensitive")]
    store_configuration(store, parse_network(""), tmp_path / "work")
    assert stored(store) == []
