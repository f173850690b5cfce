"""The app with sign-in, and people who come to it."""

from collections.abc import Callable

import pytest

from tests.oidc.installation import ACCESS, Installation
from tests.oidc.person import Person


@pytest.fixture
def app(installation: Installation) -> Installation:
    """The app with the access file of these tests."""
    installation.write_access(ACCESS)
    return installation


@pytest.fixture
def person(app: Installation) -> Callable[[], Person]:
    """Somebody new, with an empty browser."""
    return lambda: Person(app.url)
