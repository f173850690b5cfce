"""Readiness: one unmet indicator blocks its criterion, nothing unknown is unmet, and roles never mix."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.readiness import criteria_figures, criterion_states, readiness

CRITERIA = ("1.1", "1.2", "3.4")
ROLES = ("self", "expert_group", "reviewer")
RATINGS = st.sampled_from(["met", "partly", "not_met", "not_applicable", None])
INDICATORS = st.tuples(st.sampled_from(CRITERIA), st.integers(1, 12))
RATED = st.dictionaries(st.tuples(INDICATORS, st.sampled_from(ROLES)), RATINGS, max_size=30)


def frame(rated: dict) -> pd.DataFrame:
    rows = [
        (f"GLS-V1.1-{criterion}.{number}", criterion, role, rating, None)
        for ((criterion, number), role), rating in rated.items()
    ]
    return pd.DataFrame(rows, columns=["indicator_id", "criterion", "role", "rating", "evidence_on"])


def states_of(rated: dict, role: str = "self") -> dict[str, str]:
    states = criterion_states(frame(rated), CRITERIA, role)
    return dict(zip(states["criterion"], states["state"], strict=True))


def self_rated(*ratings: str | None, criterion: str = "1.1") -> dict:
    return {((criterion, number), "self"): rating for number, rating in enumerate(ratings, 1)}


@pytest.mark.parametrize(
    ("ratings", "state"),
    [
        (("met", "met"), "met"),
        (("met", "not_applicable"), "met"),
        (("met", None), "unknown"),
        ((None,), "unknown"),
        ((), "unknown"),
        (("not_applicable",), "unknown"),
        (("met", "partly"), "not_met"),
        (("not_met", None), "not_met"),
    ],
)
def test_a_criterion_is_met_when_all_its_applicable_indicators_are(ratings, state):
    assert states_of(self_rated(*ratings))["1.1"] == state


@given(RATED, INDICATORS)
def test_one_unmet_indicator_always_blocks_its_criterion(rated, indicator):
    assert states_of(rated | {(indicator, "self"): "not_met"})[indicator[0]] == "not_met"


@given(RATED, INDICATORS)
def test_one_more_met_indicator_never_lowers_readiness(rated, indicator):
    without = {key: value for key, value in rated.items() if key != (indicator, "self")}
    before = readiness(criterion_states(frame(without), CRITERIA, "self"))
    after = readiness(criterion_states(frame(without | {(indicator, "self"): "met"}), CRITERIA, "self"))
    assert after.met >= before.met
    assert after.not_met == before.not_met


@given(RATED, RATED)
def test_roles_never_mix(rated, other):
    others = {key: rating for key, rating in other.items() if key[1] != "self"}
    own = {key: rating for key, rating in rated.items() if key[1] == "self"}
    assert states_of(own | others) == states_of(own)


@given(RATED, st.randoms())
def test_the_order_of_ratings_says_nothing(rated, shuffle):
    items = list(rated.items())
    shuffle.shuffle(items)
    first, second = (criterion_states(frame(dict(rows)), CRITERIA, "self") for rows in (rated.items(), items))
    pd.testing.assert_frame_equal(first, second)


@given(RATED)
def test_every_criterion_is_in_one_state(rated):
    found = readiness(criterion_states(frame(rated), CRITERIA, "self"))
    assert found.criteria == len(CRITERIA)
    assert found.is_ready == (found.met == 3)
    assert (found.next_blocker is None) == (found.not_met == 0)


def test_the_next_blocker_is_the_first_in_the_order_of_numbers():
    rated = self_rated(*["met"] * 8, "partly", "not_met") | self_rated("not_met", criterion="3.4")
    assert readiness(criterion_states(frame(rated), CRITERIA, "self")).next_blocker == "GLS-V1.1-1.1.9"


def test_the_oldest_evidence_is_told():
    ratings = frame(self_rated("met", "met")).assign(evidence_on=[date(2024, 5, 1), date(2021, 2, 3)])
    assert readiness(criterion_states(ratings, CRITERIA, "self")).oldest_evidence_on == date(2021, 2, 3)


def test_figures_tell_each_assessment_and_role_apart():
    rated = self_rated("met") | {(("1.1", 1), "reviewer"): "partly"}
    ratings = pd.concat(
        [frame(rated).assign(assessment_id="new"), frame(self_rated("not_met")).assign(assessment_id="old")]
    )
    assert criteria_figures(ratings, CRITERIA) == {
        "criteria_met": {"new reviewer": 0, "new self": 1, "old self": 0},
        "criteria_unknown": {"new reviewer": 2, "new self": 2, "old self": 2},
        "next_blocker": {"new reviewer": "GLS-V1.1-1.1.1", "old self": "GLS-V1.1-1.1.1"},
    }
    assert not any(criteria_figures(ratings.head(0), CRITERIA).values())
