"""Every page and every download as the public receives it, searched for all that is not for the public."""

from tests.leak.checks import NothingLeaks, NothingOfFew


class TestThePublic(NothingLeaks, NothingOfFew):
    role = "public"
