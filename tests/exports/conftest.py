"""The files of one invented pack, made once."""

import packs
import pytest


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    return packs.members(packs.pack())
