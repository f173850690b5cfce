"""Scores of an IMET v2 assessment from its exported modules, by IMET's own formulas: the six steps and the index.

Facts from the published code of the tool (github.com/imettool/imet-core, src/Services/Scores/Functions: V2Scores,
_Scores, CommonFunctions and CustomFunctions/V2). What it does with empty answers is kept as it is there.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors import imet_context, imet_inputs, imet_process
from connectors.imet_values import Modules, grouped_score, mean, number, rounded, rows_of, table_score, truth

PERCENT = 100.0
PLAN_POINTS = 10
PLAN_CHECKS = ("PlanExistence", "PlanUptoDate", "PlanApproved", "PlanImplemented")
PLAN_RATINGS = ("VisionAdequacy", "PlanAdequacyScore")
PATROLS = ("Patrol", "RapidIntervention")
STEPS = ("context", "planning", "inputs", "process", "outputs", "outcomes")
INDEX = "imet_index"

Scores = dict[str, float | None]


def scores(context: Modules, evaluation: Modules) -> dict[str, Scores]:
    """The scores of each indicator by step, and under `global` those of the six steps and the index.

    Percent; from -100 to 0 for C3 and from -100 to 100 for C2, OC2 and OC3. None where there is nothing to score.
    """
    steps: dict[str, Scores] = {
        "context": imet_context.scores(context, evaluation),
        "planning": {
            "P1": table_score(evaluation, "RegulationsAdequacy"),
            "P2": table_score(evaluation, "DesignAdequacy"),
            "P3": _boundaries(rows_of(evaluation, "BoundaryLevel")),
            "P4": _plan(rows_of(evaluation, "ManagementPlan")),
            "P5": _plan(rows_of(evaluation, "WorkPlan")),
            "P6": table_score(evaluation, "Objectives"),
        },
        "inputs": imet_inputs.scores(context, evaluation),
        "process": imet_process.scores(context, evaluation),
        "outputs": {
            "OP1": table_score(evaluation, "WorkProgramImplementation"),
            "OP2": table_score(evaluation, "AchievedResults"),
            "OP3": _area_domination(rows_of(evaluation, "AreaDomination")),
            "OP4": _marine_domination(rows_of(evaluation, "AreaDominationMPA")),
        },
        "outcomes": {
            "OC1": table_score(evaluation, "AchievedObjectives"),
            "OC2": _conservation_trend(rows_of(evaluation, "KeyConservationTrend")),
            "OC3": grouped_score(evaluation, "LifeQualityImpact"),
        },
    }
    overall: Scores = {step: _STEP_SCORES[step](steps[step]) for step in STEPS}
    overall[INDEX] = rounded(mean(list(overall.values())))
    return steps | {"global": overall}


def _plain_step(digits: int) -> Callable[[Scores], float | None]:
    return lambda indicators: rounded(mean(list(indicators.values())), digits)


def _signed_step(shifts: Mapping[str, tuple[float, float]]) -> Callable[[Scores], float | None]:
    """The mean of indicators of which some run negative: each is multiplied and moved to run from 0 to 100.

    A score of exactly 0 adds 0, not the middle of the scale, as in the published code.
    """

    def step(indicators: Scores) -> float | None:
        present = {name: value for name in shifts if (value := indicators[name]) is not None}
        moved = (shifts[name][0] * value + shifts[name][1] if value else 0.0 for name, value in present.items())
        return rounded(sum(moved) / len(present), 1) if present else None

    return step


_STEP_SCORES: Mapping[str, Callable[[Scores], float | None]] = {
    "context": _signed_step({"C1": (1, 0), "C2": (0.5, 50), "C3": (1, 100)}),
    "planning": _plain_step(1),
    "inputs": _plain_step(1),
    "process": _plain_step(1),
    "outputs": _plain_step(2),
    "outcomes": _signed_step({"OC1": (1, 0), "OC2": (0.5, 50), "OC3": (0.5, 50)}),
}


def _boundaries(records: Sequence[Mapping[str, Any]]) -> float | None:
    """Half for the marked share of the boundary (of 6), half for the mean rating (of 3) of those rated."""
    rated = [record for record in records if number(record.get("EvaluationScore")) is not None]
    if not rated:
        return None
    marked = sum((number(record.get("Boundaries")) or 0) / 6 for record in records) / len(records)
    ratings = sum(max(0.0, number(record["EvaluationScore"]) or 0) / 3 for record in rated) / len(rated)
    return rounded((marked + ratings) / 2 * PERCENT)


def _plan(records: Sequence[Mapping[str, Any]]) -> float | None:
    if not records:
        return None
    checks = sum(truth(records[0].get(name)) for name in PLAN_CHECKS)
    ratings = sum(int(number(records[0].get(name)) or 0) for name in PLAN_RATINGS)
    return rounded(PERCENT * (checks + ratings) / PLAN_POINTS)


def _area_domination(records: Sequence[Mapping[str, Any]]) -> float | None:
    return rounded(_domination(records[0], ("AirVehicles", "Planes"))) if records else None


def _marine_domination(records: Sequence[Mapping[str, Any]]) -> float | None:
    """The mean of sanctuary (its first row), no-take zones, and buffer and other zones.

    As published before the percent slipped below the fraction bar (which gave scores below 0.01); a zone of which
    nothing is rated does not count.
    """
    means = ("DetectionRemoteSensing", "SpecialMeansRapidIntervention")
    zones = [(str(record.get("group_key")), _domination(record, means)) for record in records]
    sanctuary = next((value for group, value in zones if group == "group0"), None)
    no_take = mean([value for group, value in zones if group == "group1"])
    others = mean([value for group, value in zones if group in ("group2", "group3")])
    return rounded(mean([sanctuary, no_take, others]))


def _domination(record: Mapping[str, Any], means: Sequence[str]) -> float | None:
    """Patrols (of 3 points each) and special means (of 1 each) as percent of what those answered can reach."""
    patrols = [value for name in PATROLS if (value := number(record.get(name))) is not None]
    special = [truth(record[name]) for name in means if record.get(name) is not None]
    possible = 3 * len(patrols) + len(special)
    return PERCENT * (sum(patrols) + sum(special)) / possible if possible else None


def _conservation_trend(records: Sequence[Mapping[str, Any]]) -> float | None:
    """The mean over groups of condition and trend, each from -3 to 3; rows that lack one of them are left out."""
    groups: dict[str, list[tuple[float, float]]] = {}
    for record in records:
        condition, trend = number(record.get("Condition")), number(record.get("Trend"))
        if condition is not None and trend is not None and -99 not in (condition, trend):
            groups.setdefault(str(record.get("group_key")), []).append((condition, trend))
    means = [sum(condition + trend for condition, trend in group) / 2 / len(group) for group in groups.values()]
    average = mean(means)
    return None if average is None else rounded(average * PERCENT / 3)
