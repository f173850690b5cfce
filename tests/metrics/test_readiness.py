"""Readiness: one unmet indicator blocks its criterion, nothing unknown is unmet, and roles never mix."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.schema import ROLES as STORED_ROLES
from metrics.readiness import (
    ROLES,
    criteria_figures,
    criterion_states,
    disagreements,
    mean_rating_pct,
    readiness,
)

laws = settings(deadline=None, max_examples=60)
CRITERIA = ("1.1", "1.2", "3.4")
RATINGS = st.sampled_from(["met", "partly", "not_met", "not_applicable", None])
INDICATORS = st.tuples(st.sampled_from(CRITERIA), st.integers(1, 12))
RATED = st.dictionaries(st.tuples(INDICATORS, st.sampled_from(ROLES)), RATINGS, max_size=30)


def frame(rated: dict) -> pd.DataFrame:
    """Ratings of one assessment, which a reviewer of another criterion keeps from being empty."""
    rows = [
        ("a", "7", f"GLS-V1.1-{criterion}.{number}", criterion, role, rating, None)
        for ((criterion, number), role), rating in rated.items()
    ]
    rows.append(("a", "7", "GLS-V1.1-4.3.1", "4.3", "reviewer", None, None))
    columns = ["assessment_id", "site_id", "indicator_id", "criterion", "role", "rating", "evidence_on"]
    return pd.DataFrame(rows, columns=columns)


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


@laws
@given(RATED, INDICATORS)
def test_one_unmet_indicator_always_blocks_its_criterion(rated, indicator):
    assert states_of(rated | {(indicator, "self"): "not_met"})[indicator[0]] == "not_met"


@laws
@given(RATED, INDICATORS)
def test_one_more_met_indicator_never_lowers_readiness(rated, indicator):
    without = {key: value for key, value in rated.items() if key != (indicator, "self")}
    before = readiness(criterion_states(frame(without), CRITERIA, "self"))
    after = readiness(criterion_states(frame(without | {(indicator, "self"): "met"}), CRITERIA, "self"))
    assert after.met >= before.met
    assert after.not_met == before.not_met


@laws
@given(RATED, RATED)
def test_roles_never_mix(rated, other):
    others = {key: rating for key, rating in other.items() if key[1] != "self"}
    own = {key: rating for key, rating in rated.items() if key[1] == "self"}
    assert states_of(own | others) == states_of(own)


@laws
@given(RATED, st.randoms())
def test_the_order_of_ratings_says_nothing(rated, shuffle):
    items = list(rated.items())
    shuffle.shuffle(items)
    first, second = (criterion_states(frame(dict(rows)), CRITERIA, "self") for rows in (rated.items(), items))
    pd.testing.assert_frame_equal(first, second)


@laws
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
    ratings = frame(self_rated("met", "met")).assign(evidence_on=[date(2024, 5, 1), date(2021, 2, 3), None])
    assert readiness(criterion_states(ratings, CRITERIA, "self")).oldest_evidence_on == date(2021, 2, 3)


def test_figures_tell_each_assessment_and_role_apart():
    rated = self_rated("met") | {(("1.1", 1), "reviewer"): "partly"}
    ratings = pd.concat(
        [frame(rated).assign(assessment_id="new"), frame(self_rated("not_met")).assign(assessment_id="old")]
    )
    assert criteria_figures(ratings, CRITERIA) == {
        "criteria_met": {"new reviewer": 0, "new self": 1, "old reviewer": 0, "old self": 0},
        "criteria_unknown": {"new reviewer": 2, "new self": 2, "old reviewer": 3, "old self": 2},
        "next_blocker": {"new reviewer": "GLS-V1.1-1.1.1", "old self": "GLS-V1.1-1.1.1"},
    }
    assert not any(criteria_figures(ratings.head(0), CRITERIA).values())


def test_the_roles_are_those_of_the_stored_ratings():
    assert ROLES == STORED_ROLES


@pytest.mark.parametrize(
    ("ratings", "state", "unknown"), [(("met",), "unknown", 1), (("met", "met"), "met", 0), (("partly",), "not_met", 1)]
)
def test_an_indicator_of_the_standard_that_nobody_rated_is_unknown(ratings, state, unknown):
    known = pd.DataFrame({"indicator_id": ["GLS-V1.1-1.1.1", "GLS-V1.1-1.1.2"], "criterion": "1.1"})
    found = criterion_states(frame(self_rated(*ratings)), CRITERIA, "self", known).iloc[0]
    assert (found["state"], found["unknown"]) == (state, unknown)


@laws
@given(RATED, st.sets(INDICATORS), INDICATORS)
def test_one_more_met_indicator_never_lowers_readiness_where_the_standard_is_known(rated, known, indicator):
    indicators = pd.DataFrame(
        [(f"GLS-V1.1-{criterion}.{number}", criterion) for criterion, number in sorted(known)],
        columns=["indicator_id", "criterion"],
    )
    without = {key: value for key, value in rated.items() if key != (indicator, "self")}
    before, after = (
        readiness(criterion_states(frame(one), CRITERIA, "self", indicators))
        for one in (without, without | {(indicator, "self"): "met"})
    )
    assert (after.met >= before.met, after.not_met) == (True, before.not_met)


def test_readiness_is_told_as_criteria_out_of_all():
    rated = self_rated("met") | self_rated("not_met", criterion="1.2")
    found = readiness(criterion_states(frame(rated), CRITERIA, "self")).as_result()
    assert (found.value, found.n, found.of) == (1, 3, "criteria")


def test_without_any_rating_there_is_no_readiness_rather_than_none_of_all():
    assert readiness(criterion_states(frame({}), CRITERIA, "self")).as_result().missing


def test_who_has_not_rated_does_not_disagree():
    rated = {
        (("1.1", 10), "self"): "met",
        (("1.1", 10), "reviewer"): "partly",
        (("1.1", 2), "self"): "met",
        (("1.1", 2), "expert_group"): None,
        (("1.2", 1), "self"): "met",
        (("1.2", 1), "expert_group"): "met",
    }
    found = disagreements(frame(rated))
    assert found["indicator_id"].tolist() == [f"GLS-V1.1-{one}" for one in ("1.1.2", "1.1.10", "1.2.1", "4.3.1")]
    assert found["is_disagreed"].tolist() == [False, True, False, False]
    assert found.loc[1, ["self", "reviewer"]].tolist() == ["met", "partly"]
    assert pd.isna(found.loc[1, "expert_group"])


def test_the_mean_is_of_rated_and_applicable_indicators():
    found = mean_rating_pct(frame(self_rated("met", "partly", "not_met", "not_applicable", None)), "self")
    assert (found.value, found.n) == (50, 3)
    assert mean_rating_pct(frame({}), "self").missing
