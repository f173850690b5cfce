"""What monitoring says beside a rating: which figure speaks for which indicator, from what value on, and for how long.

Data never change a rating; they support or question it. README.md beside this file says how evidence.toml is written.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Literal

from data.standards import FOLDER, standard

Verdict = Literal["supports", "questions", "unclear", "stale", "missing"]

EVIDENCE = FOLDER / "evidence.toml"
COMPARISONS = ("at_least", "at_most")


@dataclass(frozen=True)
class EvidenceLink:
    """A figure that speaks for an indicator, or for a criterion where `indicator_id` is empty.

    `figure` is the full name of a function of `metrics`; it supports the rating when
    it is at least, or at most, `threshold` (`unit`) and its data are at most `fresh_days` old. `supports` and
    `questions` are the sentences for the page, and `reason` says where the threshold comes from.
    """

    criterion: str
    indicator_id: str
    figure: str
    comparison: str
    threshold: float
    unit: str
    fresh_days: int
    supports: str
    questions: str
    reason: str

    def verdict(
        self,
        value: float | None,
        newest: datetime | date | None,
        today: date,
        interval: tuple[float, float] | None = None,
    ) -> Verdict:
        """What the figure says of the rating today.

        "missing" without a value; "stale" where its data are older than the limit, or of no known day; "unclear" where
        the 95 % interval has the threshold inside; else "supports" or "questions".
        """
        if value is None:
            return "missing"
        day = newest.date() if isinstance(newest, datetime) else newest
        if day is None or (today - day).days > self.fresh_days:
            return "stale"
        if interval is not None and interval[0] < self.threshold < interval[1]:
            return "unclear"
        is_reached = value >= self.threshold if self.comparison == "at_least" else value <= self.threshold
        return "supports" if is_reached else "questions"


@cache
def evidence_links(path: Path = EVIDENCE) -> tuple[EvidenceLink, ...]:
    """All links between figures and the Green List Standard, in the order of the file.

    Raises ValueError, naming file and entry, for a link that no page could use.
    """
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["link"]
    return tuple(_link(entry, f"{path.name}, link {number}") for number, entry in enumerate(entries, 1))


def _link(entry: dict, where: str) -> EvidenceLink:
    known = standard()
    indicator_id = entry.pop("indicator_id", "")
    if indicator_id and indicator_id not in known.indicators:
        raise ValueError(f"{where}: {indicator_id} is no indicator of {known.standard_id}")
    criterion = known.indicators[indicator_id].criterion if indicator_id else entry.pop("criterion", "")
    try:
        link = EvidenceLink(criterion=criterion, indicator_id=indicator_id, **entry)
    except TypeError as error:
        raise ValueError(f"{where}: a field is missing or not known") from error
    if link.criterion not in known.criteria:
        raise ValueError(f"{where}: {link.criterion or 'nothing'} is no criterion of {known.standard_id}")
    if link.comparison not in COMPARISONS:
        raise ValueError(f"{where}: comparison must be one of {', '.join(COMPARISONS)}")
    if link.fresh_days < 1 or not link.reason:
        raise ValueError(f"{where}: a limit of freshness and a reason are needed")
    return link
