"""Scores of IMET against values worked out by hand from the formulas that the tool has published."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.imet_scores import scores
from connectors.imet_values import rounded


def score(name: str, evaluation: dict[str, Any], context: dict[str, Any] | None = None) -> float | None:
    """One indicator of an assessment that holds these modules alone."""
    steps = scores(context or {}, evaluation)
    return next(indicators[name] for indicators in steps.values() if name in indicators)


def rows(field: str, *values: Any) -> list[dict[str, Any]]:
    return [{field: value} for value in values]


def grouped(field: str, **groups: list[Any]) -> list[dict[str, Any]]:
    return [{"group_key": group, field: value} for group, values in groups.items() for value in values]


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("C14", "ImportanceClimateChange"),
        ("P1", "RegulationsAdequacy"),
        ("P2", "DesignAdequacy"),
        ("P6", "Objectives"),
        ("PR2", "HRmanagementPolitics"),
        ("PR3", "HRmanagementSystems"),
        ("PR12", "EnvironmentalEducation"),
        ("PR15", "NaturalResourcesMonitoring"),
        ("PR16", "ResearchAndMonitoring"),
        ("PR17", "ClimateChangeMonitoring"),
        ("OP1", "WorkProgramImplementation"),
        ("OP2", "AchievedResults"),
        ("OC1", "AchievedObjectives"),
    ],
)
def test_a_table_is_the_mean_of_its_answers_of_three_points(name: str, module: str) -> None:
    # (3 + 2 + 0) / 3 of 3 points; not applicable and unanswered are left out, numbers may be texts.
    assert score(name, {module: rows("EvaluationScore", 3, "2", 0, -99, "-99", None)}) == 55.56
    assert score(name, {module: rows("EvaluationScore", -99, None)}) is None
    assert score(name, {}) is None


def test_administration_is_rated_to_four_points() -> None:
    assert score("PR5", {"AdministrativeManagement": rows("EvaluationScore", 4, 3, -99)}) == 87.5


@pytest.mark.parametrize(
    ("name", "module", "field"),
    [
        ("I1", "InformationAvailability", "EvaluationScore"),
        ("PR7", "ManagementActivities", "EvaluationScore"),
        ("PR8", "LawEnforcementImplementation", "Adequacy"),
        ("PR9", "IntelligenceImplementation", "Adequacy"),
        ("PR11", "AssistanceActivities", "EvaluationScore"),
        ("PR13", "VisitorsManagement", "EvaluationScore"),
        ("PR14", "VisitorsImpact", "EvaluationScore"),
        ("OC3", "LifeQualityImpact", "EvaluationScore"),
    ],
)
def test_groups_are_averaged_first(name: str, module: str, field: str) -> None:
    # Groups of 2 and of (0 + 1) / 2, so 1.25 of 3 points; the plain mean of the answers would be 1.5.
    answers = grouped(field, group0=[2, 2, 2, 2, -99], group1=[0, 1], **({} if name == "PR8" else {"group2": [-99]}))
    assert score(name, {module: answers}) == 41.67


def test_designations_species_and_habitats_are_weighted() -> None:
    classes = [
        {"EvaluationScore": 3, "SignificativeClassification": True},
        {"EvaluationScore": 1, "SignificativeClassification": False},
        {"EvaluationScore": 2, "SignificativeClassification": None},
    ]
    # A marked one counts three times: (3 x 3 + 1) / 4 of 3 points.
    assert score("C11", {"ImportanceClassification": classes}) == 83.33
    chosen = [
        {"EvaluationScore": 3, "SignificativeSpecies": 1, "IncludeInStatistics": 1},
        {"EvaluationScore": 0, "SignificativeSpecies": None, "IncludeInStatistics": True},
        {"EvaluationScore": 0, "SignificativeSpecies": 0, "IncludeInStatistics": 0},
    ]
    assert score("C12", {"ImportanceSpecies": chosen}) == 75.0
    habitats = [
        {"EvaluationScore": 3, "EvaluationScore2": 2, "IncludeInStatistics": 1},
        {"EvaluationScore": 0, "EvaluationScore2": None, "IncludeInStatistics": 1},
    ]
    # 2 x 3 over the weights 2 + 1, of 3 points.
    assert score("C13", {"ImportanceHabitats": habitats}) == 66.67


def test_services_are_weighted_by_their_importance() -> None:
    services = [
        {"Element": "Water", "Importance": 1, "ImportanceRegional": 3, "ImportanceGlobal": -2},
        {"Element": "Wood", "Importance": 0, "ImportanceRegional": None, "ImportanceGlobal": 0},
    ]
    ratings = [
        {"Aspect": "Water", "EvaluationScore": 3, "IncludeInStatistics": 1},
        {"Aspect": "Wood", "EvaluationScore": 0, "IncludeInStatistics": 1},
        {"Aspect": "Wind", "EvaluationScore": 0, "IncludeInStatistics": 1},
    ]
    # Weights (1 + 1 + 1) / 3 = 1 and (0 + 0 + 1/2) / 3 = 1/6, none for what the context does not name: 1 / (7/6).
    assert score("C15", {"ImportanceEcosystemServices": ratings}, {"EcosystemServices": services}) == 85.71


def test_supports_and_threats_run_negative_and_are_moved_in_their_step() -> None:
    supports = [
        {"EvaluationScore": 2, "EvaluationScore2": -3},
        {"EvaluationScore": 1, "EvaluationScore2": 3},
        {"EvaluationScore": -99, "EvaluationScore2": 3},
        {"EvaluationScore": 1, "EvaluationScore2": None},
    ]
    # (2 x -3 + 1 x 3) / 3 of 3 points.
    evaluation = {"SupportsAndConstraints": supports}
    assert score("C2", evaluation) == -33.33
    threats = [
        {"group_key": "group0", "Impact": 3, "Extension": 0, "Trend": 2},
        {"group_key": "group1", "Duration": 0, "Probability": None},
        {"group_key": "group2"},
    ]
    # Geometric mean of 1, 4 and 2.5 - 1.5 = 1 is the cube root of 4; the second group is no threat at all.
    expected = -((4 - 4 ** (1 / 3)) + 0) / 2 * 100 / 3
    context = {"MenacesPressions": threats}
    assert score("C3", evaluation, context) == round(expected, 2)
    step = scores(context, evaluation)["global"]["context"]
    assert step == pytest.approx((-33.33 / 2 + 50 + round(expected, 2) + 100) / 2, abs=0.05)


def test_a_score_of_exactly_nothing_adds_nothing_as_in_the_published_code() -> None:
    threats = {"MenacesPressions": [{"group_key": "group0", "Impact": 0}]}
    assert scores(threats, {})["global"]["context"] == 0.0


def test_boundaries_and_plans() -> None:
    marked = [{"Boundaries": 6, "EvaluationScore": 3}, {"Boundaries": 3, "EvaluationScore": None}]
    # Half of (1 + 1/2) / 2 for the marks, half of 3/3 for the one rating.
    assert score("P3", {"BoundaryLevel": marked}) == 87.5
    assert score("P3", {"BoundaryLevel": [{"Boundaries": 6, "EvaluationScore": None}]}) is None
    plan = [
        {
            "PlanExistence": True,
            "PlanUptoDate": 1,
            "PlanApproved": "0",
            "PlanImplemented": None,
            "VisionAdequacy": 3,
            "PlanAdequacyScore": "2",
        }
    ]
    assert score("P4", {"ManagementPlan": plan}) == score("P5", {"WorkPlan": plan}) == 70.0


@pytest.mark.parametrize(("answer", "expected"), [(0, 0), (1, 12.5), (2, 37.5), (3, 60), (4, 80), (5, 100), (None, 0)])
def test_the_budget_has_its_own_scale(answer: int | None, expected: float) -> None:
    assert score("I3", {"BudgetAdequacy": rows("EvaluationScore", answer)}) == expected


def test_staff_secured_budget_and_equipment() -> None:
    staff = [{"StaffCapacityAdequacy": 3, "StaffNumberAdequacy": 4}, {"StaffCapacityAdequacy": 3}]
    assert score("I2", {"Staff": staff}) == 50.0
    assert score("I4", {"BudgetSecurization": [{"Percentage": 5, "EvaluationScore": 1}]}) == 66.67
    equipment = {"Equipments": grouped("AdequacyLevel", group0=[3, 1], group1=[3])}
    needs = {"ManagementEquipmentAdequacy": [{"Equipment": "group0", "Importance": 3}]}
    # Weights 4 and 1: (4 x 2 + 1 x 3) / 5 of 3 points.
    assert score("I5", needs, equipment) == 73.33


def test_competence_falls_back_on_how_many_are_there() -> None:
    staff = [
        {
            "Function": "Rangers",
            "ExpectedPermanent": 10,
            "ActualPermanent": 4,
            "ActualPermanentPartnersOrCommunities": 1,
        }
    ]
    competence = [
        {"Theme": "Rangers", "EvaluationScore": None, "PercentageLevel": 2},
        {"Theme": "Guides", "EvaluationScore": 3, "PercentageLevel": 3},
    ]
    weight = 1 + math.log(10)
    # Half of those needed are there: ceil(4 x 0.5 - 1) = 1 point, and 2 of 3 points for the share.
    expected = 100 / 6 * (weight * (1 + 2) + 6) / (weight + 1)
    found = score("PR1", {"StaffCompetence": competence}, {"ManagementStaff": staff})
    assert found == pytest.approx(expected, abs=0.005)


def test_the_other_processes() -> None:
    governance = [{"EvaluationScoreGovernace": 2, "EvaluationScoreLeadership": 1}]
    assert score("PR4", {"GovernanceLeadership": governance}) == 50.0
    maintenance = [
        {"AdequacyLevel": 2, "EvaluationScore": 3},
        {"AdequacyLevel": 1, "EvaluationScore": 0},
        {"AdequacyLevel": 3, "EvaluationScore": -99},
    ]
    assert score("PR6", {"EquipmentMaintenance": maintenance}) == 66.67
    cooperation = [
        {"group_key": "group0", "Cooperation": 3, "MPInvolvement": 1, "BAInvolvement": 1},
        {"group_key": "group1", "Cooperation": None, "EEInvolvement": 1, "MPIImplementation": 1},
    ]
    assert score("PR10", {"StakeholderCooperation": cooperation}) == 50.0
    assert score("PR18", {"EcosystemServices": rows("EvaluationScore", 3, 0, -99)}) == 50.0


def test_domination_of_the_area() -> None:
    land = [{"Patrol": 2, "RapidIntervention": None, "AirVehicles": True, "Planes": False}]
    # 2 + 1 of the 3 + 1 + 1 that were answered.
    assert score("OP3", {"AreaDomination": land}) == 60.0
    sea = [
        {"group_key": "group0", "Patrol": 3, "DetectionRemoteSensing": 1},
        {"group_key": "group1", "Patrol": 0},
        {"group_key": "group2", "RapidIntervention": 3},
        {"group_key": "group3", "RapidIntervention": 0},
    ]
    # Sanctuary 100, no-take zone 0, the others 50.
    assert score("OP4", {"AreaDominationMPA": sea}) == 50.0


def test_conservation_trends_take_part_with_condition_and_trend_alone() -> None:
    trends = [
        {"group_key": "group0", "Condition": 3, "Trend": -3},
        {"group_key": "group1", "Condition": 2, "Trend": 1},
        {"group_key": "group1", "Condition": -99, "Trend": 3},
        {"group_key": "group1", "Condition": 1},
    ]
    # Groups 0 and 1.5, so 0.75 of 3 points.
    evaluation = {"KeyConservationTrend": trends}
    assert score("OC2", evaluation) == 25.0
    assert scores({}, evaluation)["global"]["outcomes"] == 62.5


def test_steps_and_the_index_are_means_of_what_is_known() -> None:
    evaluation = {
        "RegulationsAdequacy": rows("EvaluationScore", 3),
        "DesignAdequacy": rows("EvaluationScore", 1),
        "HRmanagementPolitics": rows("EvaluationScore", 0),
        "AchievedObjectives": rows("EvaluationScore", 2),
    }
    overall = scores({}, evaluation)["global"]
    # (100 + 33.33) / 2 to one decimal; then (66.7 + 0 + 66.7) / 3.
    assert overall == {
        "context": None,
        "planning": 66.7,
        "inputs": None,
        "process": 0.0,
        "outputs": None,
        "outcomes": 66.7,
        "imet_index": 44.47,
    }


@given(st.lists(st.sampled_from([0, 1, 2, 3, -99, None]), max_size=12))
def test_scores_stay_between_0_and_100(answers: list[int | None]) -> None:
    found = score("PR16", {"ResearchAndMonitoring": rows("EvaluationScore", *answers)})
    assert found is None or 0 <= found <= 100
    assert (found is None) == all(answer in (None, -99) for answer in answers)


def test_halves_are_rounded_away_from_zero() -> None:
    assert [rounded(value) for value in (0.125, -0.125, 1.005, 2.675)] == [0.13, -0.13, 1.01, 2.68]
