"""Every page and every download as partners receive it, searched for all that is not for partners."""

from tests.leak.checks import NothingLeaks


class TestPartners(NothingLeaks):
    role = "partner"
