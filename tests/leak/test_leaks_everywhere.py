"""Every page and every download, for each role, attacked with all that reaches the browser and the server's log."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from data import access_tokens, engine
from data.access import PUBLIC, Viewer, open_names
from data.engine import View
from demo.network import MASKED
from exports.context import Context
from exports.spec import Spec, TableSpec
from tests.leak import attacks, route
from tests.leak.attacks import Cell
from tests.leak.reader import Received, fetch, read_pages
from tests.servers import running_app
from ui.reader import ROLES

BOUND = ("public", "partner", "site", "reviewer")
CELLS = ("detections_by_month", "alerts_by_month", "incidents_by_quarter")
OLDER_VERSIONS = 15
EXPIRES = date(2099, 12, 31)
API = "/api/v1"
# Each question holds the next one, so that two answers differ by the rows of a day or of some months.
NESTED = (
    ("", "?first=2000-01-02", "?first={begin}", "?first={next_day}"),
    ("", "?last=2099-01-01", "?last={next_day}", "?last={begin}"),
)


@pytest.fixture(scope="module")
def view(demo_store: Path) -> View:
    return engine.latest(str(demo_store / "demo"))


@pytest.fixture(scope="module")
def viewers(view: View) -> dict[str, Viewer]:
    own = frozenset({route.managed_site(view)})
    return {role: Viewer(role, own if role == "site" else frozenset()) for role in (*BOUND, "staff")}


@pytest.fixture(scope="module")
def app(demo_store: Path, viewers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The real app over the demo network, with a token for each role, and its log."""
    folder = tmp_path_factory.mktemp("leaks")
    blocks = [access_tokens.block(token(role), role, viewer, EXPIRES) for role, viewer in viewers.items()]
    (folder / "access.toml").write_text("\n".join(blocks))
    environment = {"T4N_ACCESS": str(folder / "access.toml"), "T4N_AUDIT": str(folder / "audit")}
    with running_app(demo_store, folder / "app.log", environment) as url:
        yield url, folder / "app.log"


def token(role: str) -> str:
    return f"t4n_of-the-{role}-of-the-leak-test"


@pytest.fixture(scope="module")
def seen(app, view: View) -> dict[str, Received]:
    """What each role receives of all pages and downloads; each is read once, when it is first asked for."""
    url, log = app

    class Readers(dict):
        def __missing__(self, role: str) -> Received:
            self[role] = drive(url, view, role, route.links(view))
            self[role].add("log of the server", log.read_bytes())
            return self[role]

    return Readers()


def drive(url: str, view: View, role: str, links: list[tuple[str, str]]) -> Received:
    """All pages, then all downloads of the interface for scripts, then the page as it is before any script runs."""
    received = Received()
    read_pages(url, links, None if role == "public" else ROLES[role], received)
    headers = {} if role == "public" else {"Authorization": f"Bearer {token(role)}"}
    listed = fetch(url, f"{API}/tables", headers)
    received.add("tables", listed)
    addresses = [f"tables/{table['name']}.csv" for table in json.loads(listed)["tables"]]
    addresses += [
        "darwin-core.zip",
        "impact-report.html",
        "openapi.json",
        *([] if role == "public" else ["camtrap-dp.zip"]),
    ]
    for address in addresses:
        received.add(address, fetch(url, f"{API}/{address}", headers))
    received.add("package", fetch(url, f"{API}/package?table=sites&table=detections_by_month&format=xlsx", headers))
    received.add("html", fetch(url, "/"))
    return received


@pytest.mark.parametrize("role", BOUND)
def test_every_page_is_drawn_and_every_button_gives_its_file(seen, role: str) -> None:
    assert seen[role].errors == []


@pytest.mark.parametrize("role", BOUND)
def test_no_place_is_finer_than_the_role_may_know(seen, view: View, viewers, role: str) -> None:
    hidden = route.secrets(view, viewers[role])
    assert len(hidden.places) > 1_000
    assert leaks(seen[role], lambda content: attacks.positions(content, hidden.places)) == {}


@pytest.mark.parametrize("role", BOUND)
def test_no_map_is_fitted_to_true_places(seen, view: View, viewers, role: str) -> None:
    hidden = route.secrets(view, viewers[role])
    assert len(hidden.edges) > 20
    assert leaks(seen[role], lambda content: attacks.positions(content, hidden.edges)) == {}


@pytest.mark.parametrize("role", BOUND)
def test_no_name_and_no_identifier_joins_what_is_told_to_what_is_not(seen, view: View, viewers, role: str) -> None:
    hidden = route.secrets(view, viewers[role])
    assert len(hidden.words) > 500
    assert leaks(seen[role], lambda content: attacks.words(content, hidden.words)) == {}


@pytest.mark.parametrize("role", ["public", "site"])
def test_no_moment_of_a_sensitive_animal_or_of_people_is_told(seen, view: View, viewers, role: str) -> None:
    hidden = route.secrets(view, viewers[role])
    assert len(hidden.times) > 1_000
    assert leaks(seen[role], lambda content: attacks.moments(content, hidden.times)) == {}


@pytest.mark.parametrize("role", ["public", "site"])
def test_no_cell_counts_few(seen, viewers, role: str) -> None:
    assert attacks.few(cells_of_others(seen[role].of("tables/"), viewers[role]), open_names()) == []


@pytest.mark.parametrize("role", ["public", "site"])
def test_no_two_answers_differ_by_few(app, view: View, viewers, role: str) -> None:
    assert [
        found for wide, narrow in overlapping(app[0], view, role, viewers[role]) for found in few(wide, narrow)
    ] == []


def test_no_two_data_versions_differ_by_few(app, view: View, demo_store: Path) -> None:
    """Packages can be asked of older versions; the newest pulls brought single sources."""
    answers = [packed(app[0], view, number) for number in range(view.version - OLDER_VERSIONS, view.version + 1)]
    assert len(answers[-1]) > 50
    assert any(len(older) < len(answers[-1]) for older in answers), "or no source of cells would have come since"
    assert [found for older in answers for found in attacks.subtracted(answers[-1], older, open_names())] == []
    assert attacks.words("".join(str(answers)).encode(), [taxon for _, taxon, _ in MASKED]) == []


def test_the_attacks_succeed_on_what_staff_receive(app, view: View, viewers) -> None:
    """Staff may know all of it, so an attack that finds nothing there could find nothing anywhere."""
    url, _ = app
    received = drive(url, view, "staff", [link for link in route.links(view) if link[0] in ("site", "movement")])
    hidden = route.secrets(view, viewers["public"])
    assert received.errors == []
    assert leaks(received, lambda content: attacks.positions(content, hidden.places)) != {}
    assert leaks(received, lambda content: attacks.positions(content, hidden.edges)) != {}
    assert len(attacks.words(received.everything, hidden.words)) > 100
    assert len(attacks.moments(received.everything, hidden.times)) > 100
    assert attacks.few(attacks.cells(received.of("tables/")), open_names()) != []
    assert any(few(wide, narrow) for wide, narrow in overlapping(url, view, "staff", viewers["staff"]))


def leaks(received: Received, attack) -> dict[str, list[str]]:
    """What an attack finds, by the place that it came from."""
    found = {where: attack(content) for where, content in received.parts}
    return {where: what for where, what in found.items() if what}


def overlapping(url: str, view: View, role: str, viewer: Viewer) -> Iterator[tuple[list[Cell], list[Cell]]]:
    """Answers to pairs of questions of which one holds the other."""
    begin = view.day.replace(year=view.day.year - 1, day=1)
    for chain in NESTED:
        filters = [one.format(begin=begin, next_day=begin.replace(day=2)) for one in chain]
        answers = [asked(url, role, viewer, one) for one in filters]
        assert len(answers[0]) > 50
        yield from itertools.combinations(answers, 2)


def few(wide: list[Cell], narrow: list[Cell]) -> list[str]:
    return attacks.subtracted(wide, narrow, open_names())


def asked(url: str, role: str, viewer: Viewer, window: str) -> list[Cell]:
    """The counts of all tables that have some, through one filter."""
    headers = {} if role == "public" else {"Authorization": f"Bearer {token(role)}"}
    return cells_of_others({one: fetch(url, f"{API}/tables/{one}.csv{window}", headers) for one in CELLS}, viewer)


def packed(url: str, view: View, version: int) -> list[Cell]:
    """The counts in a package of one data version, as the public may have it."""
    spec = json.loads(Spec.of(Context(view, PUBLIC, True), [TableSpec(name) for name in CELLS], "csv").to_json())
    body = json.dumps({**spec, "data_version": version, "committed_at": None}).encode()
    received = Received()
    received.add("package", fetch(url, f"{API}/package", {"Content-Type": "application/json"}, body))
    tables = {where: content for where, content in received.parts if where.endswith(".csv")}
    return [replace(cell, table=cell.table.rpartition("/")[2]) for cell in attacks.cells(tables)]


def cells_of_others(tables: dict[str, bytes], viewer: Viewer) -> list[Cell]:
    return [cell for cell in attacks.cells(tables) if cell.of[0] not in viewer.sites]
