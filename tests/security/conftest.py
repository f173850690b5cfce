"""The demo as a running app with an audit log for each file of tests; files about other apps have their own `app`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import running_app


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the app's log and of its audit log."""
    return tmp_path_factory.mktemp("attacked-demo")


@pytest.fixture(scope="module")
def app(demo_store: Path, place: Path) -> Iterator[str]:
    with running_app(demo_store, place / "app.log", {"T4N_AUDIT": str(place / "audit")}) as url:
        yield url
