"""The step "context" of IMET v2: importance of the area (C1), supports and constraints (C2), threats (C3)."""

from collections.abc import Sequence

from connectors.imet_values import (
    SCORE,
    Modules,
    Record,
    mean,
    number,
    rounded,
    rows_of,
    table_score,
    truth,
    weighted_score,
)

THREATS = ("Impact", "Extension", "Duration", "Probability")
LOWEST_INFLUENCE = -3


def scores(context: Modules, evaluation: Modules) -> dict[str, float | None]:
    """C1 with its parts C11 to C15, C2 (-100 to 100) and C3 (-100 to 0), in percent."""
    parts = {
        "C11": _marked(rows_of(evaluation, "ImportanceClassification"), "SignificativeClassification"),
        "C12": _marked(_included(rows_of(evaluation, "ImportanceSpecies")), "SignificativeSpecies"),
        "C13": _habitats(_included(rows_of(evaluation, "ImportanceHabitats"))),
        "C14": table_score(evaluation, "ImportanceClimateChange"),
        "C15": _services(rows_of(context, "EcosystemServices"), rows_of(evaluation, "ImportanceEcosystemServices")),
    }
    return parts | {
        "C1": rounded(mean(list(parts.values()))),
        "C2": _supports(rows_of(evaluation, "SupportsAndConstraints")),
        "C3": _threats(rows_of(context, "MenacesPressions")),
    }


def _included(records: Sequence[Record]) -> list[Record]:
    return [record for record in records if truth(record.get("IncludeInStatistics"))]


def _marked(records: Sequence[Record], mark: str) -> float | None:
    """The mean of the ratings, in which a marked row counts three times.

    Designations are chosen for the statistics only since newer exports; in older ones a row without mark is left out.
    """
    pairs = []
    for record in records:
        points, weight = number(record.get(SCORE)), number(record.get(mark))
        is_chosen = truth(record["IncludeInStatistics"]) if "IncludeInStatistics" in record else weight is not None
        if points is not None and points >= 0 and is_chosen:
            pairs.append((1 + 2 * (weight or 0), points))
    return weighted_score(pairs)


def _habitats(records: Sequence[Record]) -> float | None:
    rated = [(number(record.get("EvaluationScore2")), number(record.get(SCORE))) for record in records]
    return weighted_score(
        [(1 if w is None else w, points) for w, points in rated if points is not None and points >= 0]
    )


def _services(services: Sequence[Record], ratings: Sequence[Record]) -> float | None:
    """Ratings weighted by how important each service is locally, regionally and globally."""
    weights = {str(record.get("Element")): _service_weight(record) for record in services}
    rated = [(weights.get(str(record.get("Aspect")), 0.0), number(record.get(SCORE))) for record in _included(ratings)]
    return weighted_score([(weight, points) for weight, points in rated if points is not None and points >= 0])


def _service_weight(record: Record) -> float:
    local, regional = number(record.get("Importance")) or 0, number(record.get("ImportanceRegional")) or 0
    world = number(record.get("ImportanceGlobal"))
    return (local + regional / 3 + (0 if world is None else (2 - world) / 4)) / 3


def _supports(records: Sequence[Record]) -> float | None:
    """Influence from -3 to 3, weighted by importance."""
    pairs = [(number(record.get(SCORE)), number(record.get("EvaluationScore2"))) for record in records]
    return weighted_score(
        [
            (importance, influence)
            for importance, influence in pairs
            if importance is not None
            and influence is not None
            and importance >= LOWEST_INFLUENCE
            and influence >= LOWEST_INFLUENCE
        ]
    )


def _threats(records: Sequence[Record]) -> float | None:
    groups: dict[str, list[float | None]] = {}
    for record in records:
        groups.setdefault(str(record.get("group_key")), []).append(_threat(record))
    average = mean([mean(values) for values in groups.values()])
    return None if average is None else rounded(-average * 100 / 3)


def _threat(record: Record) -> float | None:
    """From 0 (none) to 3: 4 less the geometric mean of what each answer leaves of 4."""
    answers = [4 - value for name in THREATS if (value := number(record.get(name))) is not None]
    trend = number(record.get("Trend"))
    if trend is not None:
        answers.append(2.5 - 0.75 * trend)
    if not answers or min(answers) < 0:
        return None
    product = 1.0
    for answer in answers:
        product *= answer
    return 4 - product ** (1 / len(answers))
