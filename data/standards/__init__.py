"""The standards that assessments are made by, as data: components, criteria and indicators of each version.

README.md beside this file says how the files are written.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
GREEN_LIST = "GLS-1.1"
GREEN_LIST_INDICATOR = re.compile(r"GLS-V(?P<version>\d+\.\d+)-(?P<criterion>[1-9]\.[1-9])\.[1-9]\d?", re.ASCII)


@dataclass(frozen=True)
class Indicator:
    """One indicator: its id, the criterion that it belongs to, and what it is about in our own short words."""

    indicator_id: str
    criterion: str
    text: str


@dataclass(frozen=True)
class Criterion:
    """One criterion with its published title, its component, and how many generic indicators a source states."""

    number: str
    component: str
    title: str
    indicator_count: int | None


@dataclass(frozen=True)
class Standard:
    """One version of a standard; `indicators` are those that a public source describes, which need not be all."""

    standard_id: str
    title: str
    version: str
    source: str
    indicator_count: int
    components: Mapping[str, str]
    criteria: Mapping[str, Criterion]
    indicators: Mapping[str, Indicator]

    def is_known(self, indicator_id: str) -> bool:
        """Whether an id has the form of this version and names one of its criteria, described or not."""
        return criterion_of(indicator_id) in self.criteria and indicator_id.startswith(f"GLS-V{self.version}-")


@cache
def standard(standard_id: str = GREEN_LIST) -> Standard:
    """The standard with this id; raises KeyError when there is none, ValueError for a file that contradicts itself."""
    return _all()[standard_id]


def criterion_of(indicator_id: str) -> str | None:
    """The criterion that a Green List indicator names, such as 3.4 of GLS-V1.1-3.4.2; None for any other id."""
    match = GREEN_LIST_INDICATOR.fullmatch(indicator_id)
    return match["criterion"] if match else None


@cache
def _all() -> Mapping[str, Standard]:
    found = [_read(path) for path in sorted(FOLDER.glob("green_list_*.toml"))]
    return {one.standard_id: one for one in found}


def _read(path: Path) -> Standard:
    written = tomllib.loads(path.read_text(encoding="utf-8"))
    components = {entry["number"]: entry["title"] for entry in written["component"]}
    criteria = {entry["number"]: _criterion(entry) for entry in written["criterion"]}
    indicators = {entry["id"]: _indicator(entry) for entry in written["indicator"]}
    _check(path.name, components, criteria, indicators)
    return Standard(
        written["id"],
        written["title"],
        written["version"],
        written["source"],
        written["indicator_count"],
        components,
        criteria,
        indicators,
    )


def _criterion(entry: Mapping[str, Any]) -> Criterion:
    number = entry["number"]
    return Criterion(number, number.split(".")[0], entry["title"], entry.get("indicator_count"))


def _indicator(entry: Mapping[str, Any]) -> Indicator:
    return Indicator(entry["id"], criterion_of(entry["id"]) or "", entry["text"])


def _check(
    name: str,
    components: Mapping[str, str],
    criteria: Mapping[str, Criterion],
    indicators: Mapping[str, Indicator],
) -> None:
    for criterion in criteria.values():
        if criterion.component not in components:
            raise ValueError(f"{name}: criterion {criterion.number} is of no component that the file has")
    for indicator in indicators.values():
        if indicator.criterion not in criteria:
            raise ValueError(f"{name}: indicator {indicator.indicator_id} is of no criterion that the file has")
    for criterion in criteria.values():
        described = sum(indicator.criterion == criterion.number for indicator in indicators.values())
        if criterion.indicator_count is not None and described > criterion.indicator_count:
            raise ValueError(f"{name}: criterion {criterion.number} has more indicators than its count")
