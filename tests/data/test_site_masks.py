"""What a site asks to hide is as if it had never been stored, for everybody but staff and its managers."""

import ast
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data import access, engine, queries
from data.access import Viewer
from data.engine import View
from data.journal import CONFIGURED_SITES
from data.queries.merged import Choice, merged_batches, merged_tables
from data.queries.shared import COUNT_DETECTIONS, FOLLOW_ANIMALS, NAME_TAXA
from data.store import Store
from tests.data import field_network, network
from tests.data.field_network import ELEPHANT
from tests.data.invented import Row, put
from tests.data.network import FOX, MANAGER, OPEN_SITE, PARTNER, PRIVATE_SITE, PUBLIC, STAFF, TIGER, TODAY

BOUND = (PUBLIC, PARTNER, Viewer("site", frozenset({"200"})))
FIRST, LAST = date(2026, 1, 1), date(2026, 6, 15)
QUERIES = Path(queries.__file__).parent
OF_A_SITE = ("site", "site_days", "site_totals", "site_hours", "site_stations", "site_animals")
OF_A_PERIOD = ("site_records", "site_withheld", "site_deployments", "site_alerts", "site_incidents", "site_fixes")
OF_ALL = (
    *("sites", "newest_days", "monitored_sites", "network_taxa", "network_animals", "network_alerts"),
    *("network_incidents", "network_warning_starts"),
)
FOLLOWING = ("site_alerts", "site_fixes")
MERGED_FOLLOWING = ("individuals", "collars", "fixes", "alerts", "alerts_by_month")
COMPARED = ("camera_effort", "camera_counts", "camera_taxa")


def masked(view: View, folder: Path, level: str, *taxa: str) -> View:
    """The same store with a mask of each taxon at the open site."""
    store = Store(str(folder / "store"))
    rows = [{"site_id": OPEN_SITE, "scientific_name": taxon, "level": level} for taxon in taxa]
    with store.transaction() as transaction:
        put(transaction, CONFIGURED_SITES, {"masks": rows}, folder / "masks")
        transaction.publish()
    return engine.latest(store.url)


def answers(view: View, viewer: Viewer) -> Mapping[str, Any]:
    """Every question about animals, asked of the open site or of the network, and the whole merged dataset."""
    found = {name: getattr(queries, name)(view, viewer, OPEN_SITE, TODAY) for name in OF_A_SITE}
    found |= {name: getattr(queries, name)(view, viewer, OPEN_SITE, FIRST, LAST, TODAY) for name in OF_A_PERIOD}
    found |= {name: getattr(queries, name)(view, viewer, TODAY) for name in OF_ALL}
    found |= {name: getattr(queries, name)(view, viewer, FIRST, LAST, TODAY) for name in COMPARED}
    found["network_days"] = queries.network_days(view, viewer, TODAY, 365)
    found["site_species"] = queries.site_species(view, viewer, OPEN_SITE, "2026-01", "2026-06", TODAY)
    return found | merged(view, viewer, merged_tables(view, viewer))


def of_tagged(view: View, viewer: Viewer) -> Mapping[str, Any]:
    """The questions that follow tagged animals."""
    found = {"site_animals": queries.site_animals(view, viewer, OPEN_SITE, TODAY)}
    found |= {name: getattr(queries, name)(view, viewer, OPEN_SITE, FIRST, LAST, TODAY) for name in FOLLOWING}
    found["network_animals"] = queries.network_animals(view, viewer, TODAY)
    return found | merged(view, viewer, [name for name in MERGED_FOLLOWING if name in merged_tables(view, viewer)])


def merged(view: View, viewer: Viewer, names: Iterable[str]) -> Mapping[str, Any]:
    return {
        f"merged {name}": [
            row for batch in merged_batches(view, viewer, name, Choice(), TODAY) for row in batch.to_pylist()
        ]
        for name in names
    }


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The questions whose answers differ."""
    return [name for name in one if not _same(one[name], other[name])]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, pd.DataFrame):
        return _rows(one) == _rows(other)
    return str(one) == str(other)


def _rows(frame: pd.DataFrame) -> list[str]:
    """The rows as texts; of some questions only a part of the order is promised."""
    return sorted(map(str, frame.astype("object").itertuples(index=False, name=None)))


@pytest.fixture(autouse=True)
def few_open_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Queries with hundreds of names are slow to compile, and which names are open is not what is tested here."""
    monkeypatch.setattr(access, "open_names", lambda: (FOX, "Sus scrofa"))


@pytest.fixture(scope="module")
def cameras(tmp_path_factory: pytest.TempPathFactory) -> tuple[View, View, View]:
    """The cameras as they are, with the tiger hidden at the open site, and without its tigers."""
    whole = network.built(tmp_path_factory.mktemp("whole"))
    folder = tmp_path_factory.mktemp("hidden")
    hidden = masked(network.built(folder), folder, "hidden", TIGER)
    without = network.built(
        tmp_path_factory.mktemp("without"),
        lambda row: row["site_id"] == OPEN_SITE and row["scientific_name"] == TIGER,
    )
    return whole, hidden, without


@pytest.mark.parametrize("viewer", BOUND, ids=lambda viewer: viewer.role)
def test_a_hidden_species_is_as_if_no_camera_had_seen_it(cameras, viewer: Viewer) -> None:
    whole, hidden, without = cameras
    assert differences(answers(hidden, viewer), answers(without, viewer)) == []
    assert TIGER in set(queries.site_species(whole, viewer, OPEN_SITE, "2026-01", "2026-06", TODAY)["scientific_name"])


@pytest.mark.parametrize("viewer", [STAFF, MANAGER], ids=lambda viewer: viewer.role)
def test_staff_and_managers_of_the_site_see_it(cameras, viewer: Viewer) -> None:
    whole, hidden, _ = cameras
    asked = (viewer, OPEN_SITE, FIRST, LAST, TODAY)
    assert _same(queries.site_records(hidden, *asked), queries.site_records(whole, *asked))
    assert _same(*(queries.site_days(one, viewer, OPEN_SITE, TODAY) for one in (hidden, whole)))
    note = queries.site_totals(hidden, viewer, OPEN_SITE, TODAY)["withheld_note"]
    assert note == f"Protected more than elsewhere, as the site asks: {TIGER} (hidden)."


@pytest.mark.parametrize("viewer", [PUBLIC, PARTNER], ids=lambda viewer: viewer.role)
def test_a_hidden_tagged_animal_is_as_if_it_had_no_tag(
    tmp_path_factory: pytest.TempPathFactory, viewer: Viewer
) -> None:
    folder = tmp_path_factory.mktemp("hidden")
    hidden = masked(field_network.built(folder), folder, "hidden", ELEPHANT)
    nothing = field_network.built(tmp_path_factory.mktemp("nothing"), empty=[OPEN_SITE])
    assert differences(answers(hidden, viewer), answers(nothing, viewer)) == []


def without_row(table: str, rows: list[Row]) -> list[Row]:
    return [] if table == "individuals" else rows


def without_name(table: str, rows: list[Row]) -> list[Row]:
    return [row | {"scientific_name": None} if table == "individuals" else row for row in rows]


def counted_elsewhere(table: str, rows: list[Row]) -> list[Row]:
    return [row | {"site_id": PRIVATE_SITE} if table == "individuals" else row for row in rows]


@pytest.mark.parametrize("viewer", [PUBLIC, PARTNER], ids=lambda viewer: viewer.role)
@pytest.mark.parametrize("change", [without_row, without_name, counted_elsewhere])
def test_a_tagged_animal_of_which_the_taxon_is_not_known_may_be_a_hidden_one(
    tmp_path_factory: pytest.TempPathFactory, viewer: Viewer, change
) -> None:
    folder = tmp_path_factory.mktemp("unknown")
    hidden = masked(field_network.built(folder, change=change), folder, "hidden", ELEPHANT)
    fixes = queries.site_fixes(hidden, viewer, OPEN_SITE, FIRST, LAST, TODAY)
    assert fixes.empty
    nothing = field_network.built(tmp_path_factory.mktemp("nothing"), empty=[OPEN_SITE], change=change)
    assert differences(of_tagged(hidden, viewer), of_tagged(nothing, viewer)) == []
    assert len(queries.site_fixes(hidden, STAFF, OPEN_SITE, FIRST, LAST, TODAY)) > 0


def test_a_tagged_animal_that_is_known_to_be_something_else_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("other")
    before = field_network.built(folder)
    after = masked(before, folder, "hidden", TIGER)
    asked = (PARTNER, OPEN_SITE, FIRST, LAST, TODAY)
    assert len(queries.site_fixes(before, *asked)) > 0
    assert _same(queries.site_fixes(after, *asked), queries.site_fixes(before, *asked))


def test_an_older_data_version_hides_an_animal_that_was_named_since(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("named")
    before = field_network.built(folder, change=without_row)
    number, source = before.version, f"collars {OPEN_SITE}"
    store = Store(str(folder / "store"))
    animal = {"individual_id": "animal-1", "site_id": OPEN_SITE, "scientific_name": ELEPHANT}
    with store.transaction() as transaction:
        put(transaction, source, {"individuals": [animal]}, folder / "named")
        transaction.publish()
    masked(before, folder, "hidden", ELEPHANT)
    older = engine.at(store.url, number)
    assert older.version == number
    assert queries.site_fixes(older, PARTNER, OPEN_SITE, FIRST, LAST, TODAY).empty


def test_a_species_that_is_sensitive_at_one_site_is_told_there_as_sensitive_ones_are(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("sensitive")
    before = network.built(folder)
    assert queries.site_days(before, PUBLIC, OPEN_SITE, TODAY)["detections"].tolist() == [3]
    after = masked(before, folder, "sensitive", FOX)
    # The three foxes of June are neither released nor five.
    assert queries.site_days(after, PUBLIC, OPEN_SITE, TODAY).empty
    species = queries.site_species(after, PUBLIC, OPEN_SITE, "2026-01", "2026-06", TODAY)
    assert FOX not in set(species["scientific_name"])
    assert queries.site_days(after, PARTNER, OPEN_SITE, TODAY)["detections"].sum() == 25
    elsewhere = queries.site_days(after, PUBLIC, network.EMBARGOED_SITE, TODAY)
    assert elsewhere.equals(queries.site_days(before, PUBLIC, network.EMBARGOED_SITE, TODAY))


def test_an_older_data_version_hides_what_is_hidden_now(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("older")
    before = network.built(folder)
    number, url = before.version, str(folder / "store")
    assert TIGER in set(queries.camera_taxa(before, PARTNER, FIRST, LAST, TODAY)["scientific_name"])
    masked(before, folder, "hidden", TIGER)
    older = engine.at(url, number)
    assert older.version == number
    assert TIGER not in set(queries.camera_taxa(older, PARTNER, FIRST, LAST, TODAY)["scientific_name"])


@pytest.mark.parametrize("path", sorted(QUERIES.rglob("*.py")), ids=lambda path: path.stem)
def test_questions_read_tables_about_animals_with_the_masks_of_sites(path: Path) -> None:
    """`view.table` of such a table would pass them by; what only staff is told may."""
    about_animals = {*NAME_TAXA, *FOLLOW_ANIMALS, *COUNT_DETECTIONS}
    read = {
        (node.name, constant.value)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "view.table"
        for constant in call.args
        if isinstance(constant, ast.Constant)
    }
    allowed = {
        "shared.py": {("_is_other", "individuals"), ("_counted_anew", "detections")},
        "sources.py": {("_rows_held", "site_days")},
        "reefs.py": {("_numbers", "outplants")},
    }
    assert {pair for pair in read if pair[1] in about_animals} == allowed.get(str(path.relative_to(QUERIES)), set())
