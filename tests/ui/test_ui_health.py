"""State of each source as the pages judge it."""

from tests.pages import invented
from ui import health


def test_source_that_fails_is_named_before_those_that_work():
    judged = health.judged(invented.sources(), invented.NOW)
    assert judged["state"].tolist() == ["down", "fresh", "fresh"]


def test_only_sources_of_the_site_are_its_own():
    assert health.of_site(invented.sources(), "990000002")["source"].tolist() == ["brant-cameras"]


def test_working_source_gives_no_warning():
    judged = health.judged(invented.sources(), invented.NOW)
    assert [state for state, _ in health.warnings(judged)] == ["down"]


def test_source_that_never_answered_is_not_called_fresh():
    sources = invented.sources().assign(last_success_at=None, outcome="unavailable", newest_record_on=None)
    assert set(health.judged(sources, invented.NOW)["state"]) == {"never"}
