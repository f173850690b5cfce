"""A small network behind the API, and tokens for each tier."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from data import access_tokens, engine
from data.access import Viewer
from data.engine import View
from tests.data import network

TOKENS = {viewer.role: f"t4n_of-the-{viewer.role}-of-this-test" for viewer in network.EVERYONE}
EXPIRES = date(2099, 12, 31)


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with the network of tests/data; tests only read it."""
    folder = tmp_path_factory.mktemp("small")
    network.built(folder)
    return folder / "store"


@pytest.fixture
def served(small_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> View:
    """The API over the small network, no demo, with a token for each tier; gives its data version."""
    return serve(small_store, tmp_path, monkeypatch)


def serve(store: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> View:
    (folder / "network.toml").touch()
    blocks = [access_tokens.block(TOKENS[one.role], f"the {one.role}", one, EXPIRES) for one in network.EVERYONE]
    (folder / "access.toml").write_text("\n".join(blocks))
    monkeypatch.setenv("T4N_STORE", str(store))
    monkeypatch.setenv("T4N_NETWORK", str(folder / "network.toml"))
    monkeypatch.setenv("T4N_ACCESS", str(folder / "access.toml"))
    return engine.latest(str(store))


def as_role(role: str) -> dict[str, str]:
    """The header with which a tier asks."""
    return {"Authorization": f"Bearer {TOKENS[role]}"} if role != Viewer().role else {}


@pytest.fixture(scope="module")
def served_once(small_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    """As `served`, for tests with many examples."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield serve(small_store, tmp_path_factory.mktemp("served"), monkeypatch)
