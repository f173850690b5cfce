"""Scripted connectors in place of the real ones, invented networks, and an issuer of signed assessments."""

from pathlib import Path

import pytest

from connectors import registry
from data import access
from tests.evm_node import deploy
from tests.ingestion.anchoring import NO_CONTRACT, NO_NODE, Office, office
from tests.ingestion.fakes import Repeating, Scripted
from tests.ingestion.submitted import filled, network


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """The connector called `scripted`; one called `repeating` is beside it."""
    whole, repeating = Scripted(), Repeating()
    repeating.answers, repeating.refusals = whole.answers, whole.refusals
    monkeypatch.setattr(registry, "CONNECTORS", (whole, repeating))
    # Queries with hundreds of names are slow to compile, and no test with scripted answers is about names.
    monkeypatch.setattr(access, "open_names", lambda: ("Vulpes vulpes",))
    return whole


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    return str(tmp_path / "store")


@pytest.fixture
def store(store_url: str, tmp_path: Path) -> str:
    """A store that knows the invented sites and nothing else."""
    filled(store_url, network(tmp_path))
    return store_url


@pytest.fixture(scope="module")
def filled_office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An issuer with a filled store and no node; tests only read the store."""
    return office(tmp_path_factory.mktemp("office"), NO_NODE, NO_CONTRACT)


@pytest.fixture
def offline(filled_office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An issuer of one test, whose node does not answer."""
    made = office(tmp_path, NO_NODE, NO_CONTRACT, filled_office.store)
    made.enter(monkeypatch)
    return made


@pytest.fixture
def online(filled_office: Office, evm: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An issuer of one test, with a contract of its own on a real node."""
    made = office(tmp_path, evm, deploy(evm), filled_office.store)
    made.enter(monkeypatch)
    return made
