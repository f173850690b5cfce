"""The shape of a figure of the page Impact: sentence, chart, sample and method, and the time that it is told of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from exports import impact_words as words
from exports.impact_records import Records
from metrics.impact import has_come
from metrics.result import Result

FAILED = ("unavailable", "refused", "changed", "failed")
# What each figure is fed by; a connector that is in none of these counts for every figure.
CONNECTORS = {
    "area": ("protected_planet", "site_list"),
    "warned": ("earthranger", "cap"),
    "animals": ("camtrap_dp", "wildlife_insights", "megadetector", "earthranger", "movebank"),
    "reef": ("restoration", "coralnet", "mermaid", "reefcloud"),
    "advanced": ("assessments", "green_list", "protected_planet"),
}
SENSED = frozenset(name for names in CONNECTORS.values() for name in names)
BY_MONTH = ("warned", "animals")
BESIDE = frozenset({"programme", "red_list", "coral_reef_watch"})


@dataclass(frozen=True)
class Chart:
    """Numbers over time: `kind` is bars (stacked) or lines; each of `series` has a value per quarter, or None."""

    kind: str
    title: str
    unit: str
    quarters: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]

    @property
    def is_empty(self) -> bool:
        return not any(value for _, values in self.series for value in values)

    @property
    def alt(self) -> str:
        """What the chart shows, for those who do not see it."""
        told = []
        for name, values in self.series:
            known = [
                (quarter, value) for quarter, value in zip(self.quarters, values, strict=True) if value is not None
            ]
            if known:
                first, last = known[0], known[-1]
                told.append(f"{name}: {words.short(first[1])} in {first[0]}, {words.short(last[1])} in {last[0]}")
        return f"{self.title}. {'; '.join(told) or 'Nothing measured'}."


@dataclass(frozen=True)
class Figure:
    """One figure: its headline and the one sentence, what else is to be known, and what both rest on.

    `results` are the values that the sentence was made of, by name; `methods` the metrics that gave them.
    """

    key: str
    title: str
    headline: str
    sentence: str
    caveat: str
    results: tuple[tuple[str, Result], ...]
    chart: Chart
    sample: str
    methods: tuple[Callable, ...]


@dataclass(frozen=True)
class Span:
    """The time that figures are told of: the quarters drawn, each with its last day, and the last day that counts."""

    quarters: dict[str, date]
    until: date

    def series(self, values: Sequence[float | None]) -> tuple[float | None, ...]:
        """Values per quarter, without those of the time after; None is not known."""
        return tuple(
            round(float(value), 1) if end <= self.until and value is not None else None
            for end, value in zip(self.quarters.values(), values, strict=True)
        )

    def grown(self, values: Sequence[float]) -> tuple[float | None, ...]:
        """Running totals per quarter; before the first record nothing is known, which is not zero."""
        return self.series([value or None for value in values])


def sources_down(sources: pd.DataFrame, key: str) -> list[str]:
    """The sources that feed a figure and failed at their last pull, by name."""
    feeds = CONNECTORS.get(key, SENSED)
    counts = sources["connector"].isin(feeds) | ~sources["connector"].isin(SENSED | BESIDE)
    return sorted(sources.loc[counts & sources["outcome"].isin(FAILED), "source"])


def sample(found: Records, key: str, results: Sequence[Result], since: date | None, span: Span) -> str:
    """What a figure rests on, in words."""
    return words.sample(results, since, span.until, sources_down(found.sources, key), key in BY_MONTH)


def since(*days: pd.Series) -> date | None:
    """The earliest of these days."""
    firsts = [pd.Timestamp(own.min()) for own in days if own.notna().any()]
    return min(first.date() for first in firsts) if firsts else None


def until(frame: pd.DataFrame, column: str, last: date) -> pd.DataFrame:
    """The rows of which the day in a column has come."""
    return frame[has_come(frame[column], last)]
