"""The step "process" of IMET v2: PR1 to PR18, most of them means of a module's answers."""

import math
from collections.abc import Sequence

from connectors.imet_values import (
    NOT_APPLICABLE,
    SCORE,
    Modules,
    Record,
    grouped_score,
    mean,
    number,
    rounded,
    rows_of,
    table_score,
    weighted_score,
)

INVOLVEMENT = ("MPInvolvement", "BAInvolvement", "EEInvolvement", "MPIImplementation")
ADMINISTRATION_POINTS = 4


def scores(context: Modules, evaluation: Modules) -> dict[str, float | None]:
    """PR1 to PR18, in percent."""
    return {
        "PR1": _competence(rows_of(context, "ManagementStaff"), rows_of(evaluation, "StaffCompetence")),
        "PR2": table_score(evaluation, "HRmanagementPolitics"),
        "PR3": table_score(evaluation, "HRmanagementSystems"),
        "PR4": _governance(rows_of(evaluation, "GovernanceLeadership")),
        "PR5": table_score(evaluation, "AdministrativeManagement", ADMINISTRATION_POINTS),
        "PR6": _maintenance(rows_of(evaluation, "EquipmentMaintenance")),
        "PR7": grouped_score(evaluation, "ManagementActivities"),
        "PR8": grouped_score(evaluation, "LawEnforcementImplementation", "Adequacy", ("group0", "group1")),
        "PR9": grouped_score(evaluation, "IntelligenceImplementation", "Adequacy"),
        "PR10": _cooperation(rows_of(evaluation, "StakeholderCooperation")),
        "PR11": grouped_score(evaluation, "AssistanceActivities"),
        "PR12": table_score(evaluation, "EnvironmentalEducation"),
        "PR13": grouped_score(evaluation, "VisitorsManagement"),
        "PR14": grouped_score(evaluation, "VisitorsImpact"),
        "PR15": table_score(evaluation, "NaturalResourcesMonitoring"),
        "PR16": table_score(evaluation, "ResearchAndMonitoring"),
        "PR17": table_score(evaluation, "ClimateChangeMonitoring"),
        "PR18": _services(rows_of(evaluation, "EcosystemServices")),
    }


def _competence(staff: Sequence[Record], records: Sequence[Record]) -> float | None:
    """Competence and the share of staff that has it, of 3 points each.

    A kind of staff that was not rated is rated by how many of those needed are there, and weighs by how many are.
    """
    present = {str(record.get("Function")): _staff_weight(record) for record in staff}
    weights = points = 0.0
    for record in records:
        rating, weight = number(record.get(SCORE)), 1.0
        share = number(record.get("PercentageLevel"))
        if rating is None and (known := present.get(str(record.get("Theme")))):
            rating, weight = known
        weights += weight
        points += weight * (int(rating or 0) + (share or 0))
    return rounded(100 / 6 * points / weights) if weights > 0 else None


def _staff_weight(record: Record) -> tuple[float, float]:
    """The rating (0 to 3) and the weight of a kind of staff; no weight where none is needed."""
    needed = int(number(record.get("ExpectedPermanent")) or 0)
    if needed <= 0:
        return 3.0, 0.0
    there = number(record.get("ActualPermanent")) or 0
    there += number(record.get("ActualPermanentPartnersOrCommunities")) or 0
    ratio = min(1.0, there / needed)
    return (math.ceil(ratio * 4 - 1) if ratio > 0 else 0.0), 1 + math.log(needed)


def _governance(records: Sequence[Record]) -> float | None:
    if not records:
        return None
    names = ("EvaluationScoreGovernace", "EvaluationScoreLeadership")
    return rounded(sum(int(number(record.get(name)) or 0) for record in records for name in names) / 6 * 100)


def _maintenance(records: Sequence[Record]) -> float | None:
    rated = [(number(record.get("AdequacyLevel")) or 0, number(record.get(SCORE))) for record in records]
    return weighted_score(
        [(weight, int(points)) for weight, points in rated if points is not None and points != NOT_APPLICABLE]
    )


def _cooperation(records: Sequence[Record]) -> float | None:
    """Cooperation weighted by involvement; what is not rated or not applicable counts as nothing."""
    pairs = []
    for record in records:
        weight = sum(number(record.get(name)) or 0 for name in INVOLVEMENT)
        points = number(record.get("Cooperation")) or 0
        pairs.append((weight, 0 if points == NOT_APPLICABLE else points))
    return weighted_score(pairs)


def _services(records: Sequence[Record]) -> float | None:
    """The mean answer; nothing, and not "unknown", where there are rows without any answer."""
    if not records:
        return None
    answers = [value for record in records if (value := number(record.get(SCORE))) != NOT_APPLICABLE]
    return rounded((mean(answers) or 0) * 100 / 3)
