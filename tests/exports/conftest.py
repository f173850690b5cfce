"""The files of one invented pack, made once; and an invented data layer for exports."""

import packs
import pytest

from exports.context import Context
from tests.exports import merged_fakes


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    return packs.members(packs.pack())


@pytest.fixture
def faked(monkeypatch: pytest.MonkeyPatch) -> Context:
    """A context of a partner whose data are those of `merged_fakes`."""
    merged_fakes.install(monkeypatch.setattr)
    return merged_fakes.context()
