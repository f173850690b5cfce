"""Links from figures to indicators: each leads to a figure that exists, and none says more than the data do."""

import importlib
import inspect
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.standards import standard
from data.standards.evidence import EVIDENCE, EvidenceLink, evidence_links
from metrics import early_warning
from metrics.result import Result

laws = settings(deadline=None, max_examples=60)
TODAY = date(2026, 11, 22)
LINKS = evidence_links()
EACH = pytest.mark.parametrize("link", LINKS, ids=[link.figure for link in LINKS])
values = st.floats(-1000, 1000)


def named(figure: str) -> EvidenceLink:
    return next(link for link in LINKS if link.figure.endswith(figure))


@EACH
def test_a_link_leads_to_a_figure_with_that_unit(link):
    module_name, name = link.figure.rsplit(".", 1)
    module = importlib.import_module(module_name)
    assert inspect.signature(getattr(module, name)).return_annotation is Result
    assert f'"{link.unit}"' in inspect.getsource(module)


@EACH
def test_a_link_says_why_and_both_ways(link):
    for sentence in (link.supports, link.questions, link.reason):
        assert sentence.endswith((".", ")"))
    assert link.supports != link.questions
    assert link.criterion in standard().criteria


def test_the_linked_criteria_are_those_that_monitoring_can_speak_for():
    assert {link.criterion for link in LINKS} == {"1.3", "2.1", "3.2", "3.4", "3.7", "4.1"}


def test_the_mark_for_responses_is_that_of_the_published_system():
    published = early_warning.BENCHMARK_RESPONSE_MIN + early_warning.BENCHMARK_RESPONSE_SD_MIN
    assert named("response_time").threshold == pytest.approx(published)


@laws
@given(st.sampled_from(LINKS), values, st.floats(0, 50))
def test_a_verdict_is_never_clearer_than_its_interval(link, value, reach):
    sure = link.verdict(value, TODAY, TODAY)
    unsure = link.verdict(value, TODAY, TODAY, (value - reach, value + reach))
    assert sure in ("supports", "questions")
    assert unsure in (sure, "unclear")
    assert (unsure == "unclear") == (abs(value - link.threshold) < reach)


@laws
@given(st.sampled_from(LINKS), values, values)
def test_a_better_value_never_turns_support_into_a_question(link, value, other):
    better = max(value, other) if link.comparison == "at_least" else min(value, other)
    if link.verdict(value, TODAY, TODAY) == "supports":
        assert link.verdict(better, TODAY, TODAY) == "supports"


@EACH
def test_old_data_no_longer_count(link):
    limit = TODAY - timedelta(link.fresh_days)
    assert link.verdict(link.threshold, limit, TODAY) == "supports"
    assert link.verdict(link.threshold, datetime(limit.year, limit.month, limit.day, tzinfo=UTC), TODAY) == "supports"
    assert link.verdict(link.threshold, limit - timedelta(1), TODAY) == "stale"
    assert link.verdict(link.threshold, None, TODAY) == "stale"
    assert link.verdict(None, TODAY, TODAY) == "missing"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            'indicator_id = "GLS-V1.1-1.3.1"',
            'indicator_id = "GLS-V1.1-1.3.9"',
            "link 1: GLS-V1.1-1.3.9 is no indicator",
        ),
        ('indicator_id = "GLS-V1.1-1.3.1"', 'criterion = "1.9"', "link 1: 1.9 is no criterion"),
        ('indicator_id = "GLS-V1.1-1.3.1"\n', "", "link 1: nothing is no criterion"),
        ("threshold = 50\n", "", "link 1: a field is missing"),
        ("threshold = 50\n", "threshold = 50\nweight = 2\n", "link 1: a field is missing or not known"),
        ('"at_least"\nthreshold = 50', '"above"\nthreshold = 50', "link 1: comparison must be one of"),
        ('"%"\nfresh_days = 365', '"%"\nfresh_days = 0', "link 1: a limit of freshness"),
    ],
)
def test_a_link_that_no_page_could_use_is_refused_by_name(tmp_path, old, new, complaint):
    text = EVIDENCE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "links.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=f"links.toml, {complaint}"):
        evidence_links(path)
