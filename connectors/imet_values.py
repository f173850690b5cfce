"""Rows of IMET modules, and the arithmetic that all its formulas share."""

import math
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

NOT_APPLICABLE = -99
POINTS = 3
# No score has as many digits, nor could it be rounded.
TOO_LARGE = 1e15
SCORE = "EvaluationScore"

Record = Mapping[str, Any]
Modules = Mapping[str, Any]


def rows_of(modules: Modules, name: str) -> list[Record]:
    """The rows of a module; none when the export does not have it."""
    rows = modules.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def number(value: Any) -> float | None:
    """A number, also written as text or as true and false; None when there is none."""
    try:
        read = float(value) if isinstance(value, bool | int | float | str) else None
    except (ValueError, OverflowError):
        return None
    return read if read is not None and math.isfinite(read) else None


def truth(value: Any) -> bool:
    """Whether a box is ticked, written as true, 1 or their texts."""
    return str(value).strip().lower() in ("true", "t", "1", "1.0")


def mean(values: Sequence[float | None]) -> float | None:
    """The mean of those that are known; None when none is."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def rounded(value: float | None, digits: int = 2) -> float | None:
    """Rounded half away from zero on the decimal digits, as PHP does; None for None, and for what no answers give."""
    if value is None or not abs(value) < TOO_LARGE:
        return None
    return float(Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def table_score(modules: Modules, name: str, points: int = POINTS) -> float | None:
    """The mean of the answers of a module as percent of the `points` of each; what is not applicable is left out."""
    average = mean(_answers(rows_of(modules, name), SCORE))
    return None if average is None else rounded(average / points * 100)


def grouped_score(modules: Modules, name: str, field: str = SCORE, groups: Sequence[str] = ()) -> float | None:
    """As `table_score`, but the mean within each group comes first; of all groups, or of the named ones."""
    by_group: dict[str, list[Record]] = {}
    for record in rows_of(modules, name):
        by_group.setdefault(str(record.get("group_key")), []).append(record)
    chosen = [rows for group, rows in by_group.items() if not groups or group in groups]
    average = mean([mean(_answers(rows, field)) for rows in chosen])
    return None if average is None else rounded(average / POINTS * 100)


def weighted_score(pairs: Sequence[tuple[float, float]]) -> float | None:
    """The mean of pairs of weight and points as percent of 3 points; None when the weights are nothing."""
    weights = sum(weight for weight, _ in pairs)
    if weights <= 0:
        return None
    return rounded(sum(weight * points for weight, points in pairs) / weights * 100 / POINTS)


def _answers(records: Sequence[Record], field: str) -> list[float | None]:
    return [value for record in records if (value := number(record.get(field))) != NOT_APPLICABLE]
