"""The step "inputs" of IMET v2: information, staff, budget and equipment."""

from collections.abc import Sequence

from connectors.imet_values import (
    SCORE,
    Modules,
    Record,
    grouped_score,
    mean,
    number,
    rounded,
    rows_of,
    weighted_score,
)

BUDGET_SCORES = {0: 0.0, 1: 12.5, 2: 37.5, 3: 60.0, 4: 80.0, 5: 100.0}
STAFF_POINTS = 12
SECURED_POINTS = 5


def scores(context: Modules, evaluation: Modules) -> dict[str, float | None]:
    """I1 to I5, in percent."""
    return {
        "I1": grouped_score(evaluation, "InformationAvailability"),
        "I2": _staff(rows_of(evaluation, "Staff")),
        "I3": _budget(rows_of(evaluation, "BudgetAdequacy")),
        "I4": _secured_budget(rows_of(evaluation, "BudgetSecurization")),
        "I5": _equipment(rows_of(context, "Equipments"), rows_of(evaluation, "ManagementEquipmentAdequacy")),
    }


def _staff(records: Sequence[Record]) -> float | None:
    """Capacity (of 3) times number (of 4) of each kind of staff; one that is not rated counts as nothing."""
    shares = [
        (number(record.get("StaffCapacityAdequacy")) or 0) * (number(record.get("StaffNumberAdequacy")) or 0)
        for record in records
    ]
    average = mean(shares)
    return None if average is None else rounded(average / STAFF_POINTS * 100)


def _budget(records: Sequence[Record]) -> float | None:
    return BUDGET_SCORES.get(int(number(records[0].get(SCORE)) or 0)) if records else None


def _secured_budget(records: Sequence[Record]) -> float | None:
    years, rating = (number(records[0].get(name)) if records else None for name in ("Percentage", SCORE))
    if years is None or rating is None:
        return None
    return rounded((years / SECURED_POINTS + rating / 3) / 2 * 100)


def _equipment(equipment: Sequence[Record], needs: Sequence[Record]) -> float | None:
    """Mean adequacy of each group, weighted by 1 + its importance; a group that is not rated counts as nothing."""
    importance = {str(record.get("Equipment")): number(record.get("Importance")) or 0 for record in needs}
    groups: dict[str, list[float | None]] = {}
    for record in equipment:
        groups.setdefault(str(record.get("group_key")), []).append(number(record.get("AdequacyLevel")))
    return weighted_score([(1 + importance.get(group, 0), mean(levels) or 0) for group, levels in groups.items()])
