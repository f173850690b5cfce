"""Fixtures of the leak tests: the running app with a token for each role, and what each role must not receive."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from data import access_tokens, engine
from data.access import Viewer
from data.engine import View
from tests.leak import route
from tests.leak.attacks import Leaks, Search
from tests.leak.hidden import Hidden
from tests.leak.received import Received
from tests.leak.withheld import withheld
from tests.servers import running_app

pytest.register_assert_rewrite("tests.leak.checks")
EXPIRES = date(2099, 12, 31)


@pytest.fixture(scope="session")
def store_url(demo_store: Path) -> str:
    return str(demo_store / "demo")


@pytest.fixture(scope="session")
def view(store_url: str) -> View:
    return engine.latest(store_url)


@pytest.fixture(scope="session")
def viewers(view: View) -> dict[str, Viewer]:
    own = frozenset({route.managed_site(view)})
    roles = ("public", "partner", "site", "reviewer", "staff")
    return {role: Viewer(role, own if role == "site" else frozenset()) for role in roles}


@pytest.fixture(scope="session")
def app(demo_store: Path, viewers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The real app over the demo network, with a token for each role, and its log."""
    folder = tmp_path_factory.mktemp("leaks")
    blocks = [
        access_tokens.block(route.token(role), f"leak-test-{role}", viewer, EXPIRES) for role, viewer in viewers.items()
    ]
    (folder / "access.toml").write_text("\n".join(blocks))
    environment = {"T4N_ACCESS": str(folder / "access.toml"), "T4N_AUDIT": str(folder / "audit")}
    with running_app(demo_store, folder / "app.log", environment) as url:
        yield url, folder / "app.log"


@pytest.fixture(scope="class")
def viewer(request: pytest.FixtureRequest, viewers) -> Viewer:
    """The one whom the tests of a class are about."""
    return viewers[request.cls.role]


@pytest.fixture(scope="class")
def received(app, view: View, viewer: Viewer) -> Received:
    """What this viewer receives of all pages and downloads."""
    url, log = app
    received = route.drive(url, view, viewer, route.links(view, viewer.role))
    received.add("log of the server", log.read_bytes())
    return received


@pytest.fixture(scope="class")
def hidden(view: View, viewer: Viewer, store_url: str) -> Hidden:
    return withheld(view, viewer, store_url)


@pytest.fixture(scope="class")
def leaks(received: Received, hidden: Hidden) -> Leaks:
    return Search(hidden).through(received.parts)
