"""A fresh store for each test, and one network that tests only read."""

from pathlib import Path

import pytest

from data.engine import View
from data.store import Store
from tests.data import network


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"))


@pytest.fixture(scope="session")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    return network.built(tmp_path_factory.mktemp("network"))
