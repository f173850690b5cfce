"""Every page and every download as reviewers receive it, searched for all that is not for reviewers."""

from tests.leak.checks import NothingLeaks


class TestReviewers(NothingLeaks):
    role = "reviewer"
