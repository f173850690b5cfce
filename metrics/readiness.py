"""Readiness for the Green List: which criteria are met, which one is in the way, and where the roles disagree.

A rating is one indicator of one assessment by one role: `indicator_id`, `criterion`, `role`, `rating` (`met`, `partly`,
`not_met`, `not_applicable` or empty), `evidence_on`. The Standard lists a site when all criteria are met, so none makes
up for another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

BLOCKING = ("partly", "not_met")
STATES = ["criterion", "state", "met", "applicable", "rated", "unknown", "next_blocker", "oldest_evidence_on"]


@dataclass(frozen=True)
class Readiness:
    """How many criteria are met, not met and not known, the first indicator in the way, and the oldest evidence."""

    met: int
    not_met: int
    unknown: int
    next_blocker: str | None
    oldest_evidence_on: date | None

    @property
    def criteria(self) -> int:
        return self.met + self.not_met + self.unknown

    @property
    def is_ready(self) -> bool:
        return self.met == self.criteria


def criterion_states(ratings: pd.DataFrame, criteria: Sequence[str], role: str) -> pd.DataFrame:
    """Whether each criterion is met as one role sees it; the ratings of other roles do not count.

    Takes ratings of one assessment, and the numbers of all criteria in their order. Gives a row per criterion: `state`,
    the indicators that are `met`, `applicable` and `rated`, how many are `unknown`, the first one in the way
    (`next_blocker`) and the day of the oldest evidence. A criterion is `met` when every applicable indicator is met,
    and at least one is rated; it is `not_met` as soon as one is met in part or not at all, whatever else is not known;
    else it is `unknown`. Not rated is not known, and never "not met".
    """
    own = ratings[ratings["role"].eq(role)]
    rows = [_state(criterion, own[own["criterion"].eq(criterion)]) for criterion in criteria]
    return pd.DataFrame(rows, columns=STATES)


def readiness(states: pd.DataFrame) -> Readiness:
    """The criteria of a site together; takes what `criterion_states` gives.

    The next blocker is the first indicator in the way in the order of the criteria. "17 of 17" is what the Standard
    asks for (https://iucngreenlist.org/standard/global-standard).
    """
    counts = states["state"].value_counts()
    blockers = states["next_blocker"].dropna()
    days = states["oldest_evidence_on"].dropna()
    return Readiness(
        met=int(counts.get("met", 0)),
        not_met=int(counts.get("not_met", 0)),
        unknown=int(counts.get("unknown", 0)),
        next_blocker=None if blockers.empty else str(blockers.iloc[0]),
        oldest_evidence_on=None if days.empty else min(days),
    )


def criteria_figures(ratings: pd.DataFrame, criteria: Sequence[str]) -> dict[str, dict[str, Any]]:
    """How many criteria each role of each assessment finds met, and the first indicator in the way; for JSON.

    Takes ratings of any number of assessments with their `assessment_id`. Gives `criteria_met`, `criteria_unknown` and
    `next_blocker`, each by assessment and role ("valley-2026 self"); what is not in the way of anything has no entry.
    """
    figures: dict[str, dict[str, Any]] = {"criteria_met": {}, "criteria_unknown": {}, "next_blocker": {}}
    for (assessment, role), own in ratings.groupby(["assessment_id", "role"], sort=True):
        found, name = readiness(criterion_states(own, criteria, role)), f"{assessment} {role}"
        figures["criteria_met"][name] = found.met
        figures["criteria_unknown"][name] = found.unknown
        if found.next_blocker:
            figures["next_blocker"][name] = found.next_blocker
    return figures


def _state(criterion: str, ratings: pd.DataFrame) -> tuple:
    ordered = ratings.sort_values("indicator_id", key=lambda ids: ids.map(_order), kind="stable")
    applicable = ordered[ordered["rating"].ne("not_applicable") | ordered["rating"].isna()]
    rated = applicable["rating"].notna()
    is_met = applicable["rating"].eq("met").fillna(False)
    blockers = applicable.loc[applicable["rating"].isin(BLOCKING), "indicator_id"]
    unknown = int((~rated).sum())
    if len(blockers):
        state = "not_met"
    elif len(applicable) and not unknown:
        state = "met"
    else:
        state = "unknown"
    days = applicable["evidence_on"].dropna()
    blocker = blockers.iloc[0] if len(blockers) else None
    oldest = None if days.empty else min(days)
    return criterion, state, int(is_met.sum()), len(applicable), int(rated.sum()), unknown, blocker, oldest


def _order(indicator_id: str) -> tuple:
    """The numbers of an id, so that 1.1.10 comes after 1.1.9."""
    return tuple(int(part) if part.isdigit() else part for part in indicator_id.replace("-", ".").split("."))
