"""Every page and every download as the manager of a site receives it, searched for all that is not told of others."""

from tests.leak.checks import NothingLeaks, NothingOfFew


class TestManagers(NothingLeaks, NothingOfFew):
    role = "site"
