"""An older data version is shown by the rules of today: what was hidden since cannot be had by asking for the past."""

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from data import engine, journal, queries
from data.access import Viewer
from data.engine import View
from data.store import Store, Transaction
from exports import data_package
from exports.context import Context
from exports.spec import Spec, TableSpec
from tests.data import network
from tests.data.invented import put
from tests.data.network import FOX, MANAGER, OPEN_SITE, PARTNER, PUBLIC, SOURCES, STAFF, TIGER, TODAY

OPEN_SOURCE = "open cameras"
# Longer than any row of the network is old, whatever day it is.
FOREVER_DAYS = 36_500
TABLES = ("detections_by_month", "effort_by_month", "deployments", "detections")
OTHER_MANAGER = Viewer("site", frozenset({"200"}))
Rules = Callable[[Transaction, Path], object]


def with_source(**changed: Any) -> Rules:
    rows = [row | changed if row["source"] == OPEN_SOURCE else row for row in SOURCES]
    return lambda transaction, folder: journal.replace_sources(transaction, rows)


def without_source(transaction: Transaction, folder: Path) -> None:
    journal.replace_sources(transaction, [row for row in SOURCES if row["source"] != OPEN_SOURCE])


def with_mask(taxon: str, level: str) -> Rules:
    rows = [{"site_id": OPEN_SITE, "scientific_name": taxon, "level": level}]
    return lambda transaction, folder: put(transaction, journal.CONFIGURED_SITES, {"masks": rows}, folder)


RULES = {
    "an embargo": with_source(embargo_days=FOREVER_DAYS),
    "totals only": with_source(sharing="public-summary"),
    "private": with_source(sharing="private"),
    "no longer configured": without_source,
    "an open taxon is hidden": with_mask(FOX, "hidden"),
    "a sensitive taxon is hidden": with_mask(TIGER, "hidden"),
    "an open taxon is sensitive": with_mask(FOX, "sensitive"),
}


def told(view: View, viewer: Viewer) -> Mapping[str, Any]:
    """All that a package and the pages tell this viewer of the open site."""
    context = Context(view, viewer, is_demo=False)
    offered = queries.merged_tables(view, viewer)
    tables = [TableSpec(name) for name in TABLES if name in offered]
    packed = b"".join(data_package.chunks(Spec.of(context, tables, "csv"), context))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        names = [name for name in archive.namelist() if name.startswith("data/")]
        found: dict[str, Any] = {name: archive.read(name) for name in names}
    assert len(found) == len(tables)
    pages = {
        "days": queries.site_days(view, viewer, OPEN_SITE, TODAY),
        "species": queries.site_species(view, viewer, OPEN_SITE, "2026-01", "2026-06", TODAY),
    }
    return found | {name: frame.to_csv() for name, frame in pages.items()}


@pytest.fixture
def built(tmp_path: Path) -> View:
    return network.built(tmp_path)


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_what_was_hidden_since_is_hidden_in_older_versions_too(built: View, tmp_path: Path, rules: Rules) -> None:
    store, older = Store(str(tmp_path / "store")), built.version
    viewers = (PUBLIC, PARTNER, OTHER_MANAGER)
    before = {viewer: told(built, viewer) for viewer in (PUBLIC, OTHER_MANAGER)}
    with store.transaction() as transaction:
        rules(transaction, tmp_path / "rules")
        transaction.publish()
    newest, then = engine.latest(store.url), engine.at(store.url, older)
    assert newest.version > then.version == older
    for viewer in viewers:
        # No row came or went, so the same rules tell the same of both versions.
        assert told(then, viewer) == told(newest, viewer)
    assert told(then, PUBLIC) != before[PUBLIC], "or the rules would hide nothing"
    assert told(then, OTHER_MANAGER) != before[OTHER_MANAGER]


@pytest.mark.parametrize("viewer", [STAFF, MANAGER], ids=["staff", "manager"])
def test_those_who_see_all_of_the_site_still_have_its_past(built: View, tmp_path: Path, viewer: Viewer) -> None:
    store, before = Store(str(tmp_path / "store")), told(built, viewer)
    with store.transaction() as transaction:
        RULES["private"](transaction, tmp_path / "rules")
        transaction.publish()
    found = told(engine.at(store.url, built.version), viewer)
    assert found["days"] == before["days"]
    assert found["species"] == before["species"]
