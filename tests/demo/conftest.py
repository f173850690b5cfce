"""What several tests of the demo share: its reef sources, pulled once."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from functools import cache
from typing import Any

import pytest

from demo.server import DemoServer
from tests.demo.pulled_reefs import TODAY, Reefs


@pytest.fixture(scope="session")
def reefs_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The reef sources as of a day; the servers run until the last test."""
    with ExitStack() as running:

        @cache
        def of(today: date) -> Reefs:
            return Reefs(running.enter_context(DemoServer(today)), tmp_path_factory.mktemp("reefs"))

        yield of


@pytest.fixture
def reefs(reefs_of: Any) -> Reefs:
    """The reef sources as of `TODAY`."""
    return reefs_of(TODAY)
