"""Cells of the restoration template: counts, and what a visit found."""

from collections.abc import Mapping
from typing import NamedTuple

from connectors.restoration_template import STATUSES
from connectors.values import WrongValue, whole_of

COUNTS = tuple(f"{status}_count" for status in STATUSES)


class Counts(NamedTuple):
    """Of the fragments planted, how many were found in which state; together they are all."""

    alive: int
    dead: int
    lost: int


def counts_of(cells: Mapping[str, str], planted: int) -> Counts | None:
    """What a visit found among the `planted` fragments, from status or counts; None when the row says neither.

    Two counts leave the third, and one that is all of them leaves none. Raises WrongValue when they do not add up.
    """
    by_status = _from_status(cells["status"], planted)
    by_count = _from_counts(cells, planted)
    if by_status and by_count and by_status != by_count:
        raise WrongValue("status", cells["status"], "the counts of this row say otherwise")
    return by_status or by_count


def _from_status(cell: str, planted: int) -> Counts | None:
    status = cell.strip().casefold()
    if not status:
        return None
    if status not in STATUSES:
        raise WrongValue("status", cell, f"it is not one of {', '.join(STATUSES)}")
    return Counts(*(planted if status == known else 0 for known in STATUSES))


def _from_counts(cells: Mapping[str, str], planted: int) -> Counts | None:
    given = {name: count for name in COUNTS if (count := whole_of(name, cells[name])) is not None}
    if not given:
        return None
    total = sum(given.values())
    missing = [name for name in COUNTS if name not in given]
    if total > planted or (total < planted and not missing):
        name = next(name for name in COUNTS if name in given)
        raise WrongValue(name, cells[name], f"the counts add up to {total}, and fragment_count is {planted}")
    if total < planted and len(missing) > 1:
        raise WrongValue(missing[0], None, "it is missing: two of the three counts are needed")
    # What is missing is the rest: zero for both of two, because the one that is given is then all of them.
    return Counts(*(given.get(name, planted - total) for name in COUNTS))
