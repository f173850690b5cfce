"""Scripted connectors in place of the real ones."""

from pathlib import Path

import pytest

from connectors import registry
from data import access
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
