"""The standards that assessments are made by, as data: components, criteria and indicators of each version.

README.md beside this file says how the files are written; `data.standards.evidence` reads what monitoring says of them.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent
JURISDICTIONS = FOLDER / "jurisdictions"
STANDARD_FILES = ("green_list_*.toml", "mett_*.toml", "imet_*.toml")
GREEN_LIST = "GLS-1.1"
GREEN_LIST_INDICATOR = re.compile(r"GLS-V(?P<version>\d+\.\d+)-(?P<criterion>[1-9]\.[1-9])\.[1-9]\d?", re.ASCII)
LONGEST_TEXT = 90

Basis = Literal["stated", "unknown"]


@dataclass(frozen=True)
class Component:
    """One component with its published title, and how many indicators a source counts in it; None where none does."""

    number: str
    title: str
    indicator_count: int | None = None
    count_note: str = ""


@dataclass(frozen=True)
class Criterion:
    """One criterion, or step of IMET: its published title, its component, and how many indicators a source states.

    `indicator_count` is None where no source states it; `count_note` says what is known then.
    """

    number: str
    component: str
    title: str
    indicator_count: int | None = None
    count_note: str = ""

    @property
    def count_known(self) -> bool:
        return self.indicator_count is not None


@dataclass(frozen=True)
class Indicator:
    """One indicator or question: its id, its criterion ("" where the tool has none), and what it asks in our words.

    `basis` is "unknown" where a source proves that there is one but none says what it asks. `is_generic` is False for
    what a jurisdiction added or reworded. `number` is that of a METT question; a score runs from `low` to `high`, both
    None where the rating is in words.
    """

    indicator_id: str
    criterion: str
    text: str
    is_generic: bool = True
    basis: Basis = "stated"
    number: int | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Standard:
    """One version of a standard; `indicators` are those that an open source tells of, which need not be all.

    `jurisdiction` is empty for the generic indicators. `numbered` is what stands before the numbers of questions that
    no open source lists.
    """

    standard_id: str
    tool: str
    title: str
    version: str
    source: str
    indicator_count: int
    components: Mapping[str, Component]
    criteria: Mapping[str, Criterion]
    indicators: Mapping[str, Indicator]
    jurisdiction: str = ""
    numbered: str = ""
    left_out: Mapping[str, str] = field(default_factory=dict)

    def is_known(self, indicator_id: str) -> bool:
        """Whether the standard has this indicator, or may: a Green List id of this version needs only a criterion."""
        if indicator_id in self.left_out:
            return False
        if indicator_id in self.indicators:
            return True
        if self.numbered:
            number = indicator_id.removeprefix(self.numbered)
            return number in {str(one) for one in range(1, self.indicator_count + 1)} and number != indicator_id
        return criterion_of(indicator_id) in self.criteria and indicator_id.startswith(f"GLS-V{self.version}-")


@cache
def standards() -> Mapping[str, Standard]:
    """Every standard by its id; raises ValueError, naming file and entry, for a file that contradicts itself."""
    found = [_read(path) for pattern in STANDARD_FILES for path in sorted(FOLDER.glob(pattern))]
    return {one.standard_id: one for one in found}


def standard(standard_id: str = GREEN_LIST) -> Standard:
    """The standard with this id; raises KeyError when there is none."""
    return standards()[standard_id]


@cache
def adapted(standard_id: str, jurisdiction: str, on: date | None = None, folder: Path = JURISDICTIONS) -> Standard:
    """The standard as a jurisdiction has adapted it, by the newest of its files in force on a day, or at all.

    Where no file is known these are the generic indicators, and `jurisdiction` of the answer is empty. Raises
    ValueError, naming file and entry, for a file that does not fit its standard.
    """
    files = []
    for path in sorted(folder.glob("*.toml")):
        entry = tomllib.loads(path.read_text(encoding="utf-8"))
        if (entry["standard"], entry["jurisdiction"]) == (standard_id, jurisdiction):
            files.append((entry["since"], path.name, entry))
    in_force = [file for file in files if on is None or file[0] <= on]
    if not in_force:
        return standard(standard_id)
    _, name, entry = max(in_force, key=lambda file: file[:2])
    return _adapt(standard(standard_id), entry, name)


def criterion_of(indicator_id: str) -> str | None:
    """The criterion that a Green List indicator names, such as 3.4 of GLS-V1.1-3.4.2; None for any other id."""
    match = GREEN_LIST_INDICATOR.fullmatch(indicator_id)
    return match["criterion"] if match else None


def _read(path: Path) -> Standard:
    written = tomllib.loads(path.read_text(encoding="utf-8"))
    components = [Component(**entry) for entry in written.get("component", ())]
    criteria = [Criterion(component=_component(entry), **entry) for entry in written.get("criterion", ())]
    indicators = [_indicator(entry, written) for entry in written["indicator"]]
    found = Standard(
        standard_id=written["id"],
        tool=written["tool"],
        title=written["title"],
        version=written["version"],
        source=written["source"],
        indicator_count=written["indicator_count"],
        components={one.number: one for one in components},
        criteria={one.number: one for one in criteria},
        indicators={one.indicator_id: one for one in indicators},
        numbered=written.get("numbered", ""),
    )
    for kind, read, kept in (
        ("a component", components, found.components),
        ("a criterion", criteria, found.criteria),
        ("an indicator", indicators, found.indicators),
    ):
        if len(read) != len(kept):
            raise ValueError(f"{path.name}: {kind} stands there twice")
    _check(path.name, found)
    return found


def _component(entry: Mapping[str, Any]) -> str:
    return entry["number"].split(".")[0] if "." in entry["number"] else ""


def _indicator(entry: Mapping[str, Any], written: Mapping[str, Any], is_generic: bool = True) -> Indicator:
    return Indicator(
        entry["id"],
        entry.get("criterion", criterion_of(entry["id"]) or ""),
        entry["text"],
        is_generic,
        entry.get("basis", "stated"),
        entry.get("number"),
        entry.get("score_min", written.get("score_min")),
        entry.get("score_max", written.get("score_max")),
    )


def _check(name: str, found: Standard) -> None:
    for criterion in found.criteria.values():
        if criterion.component and criterion.component not in found.components:
            raise ValueError(f"{name}: criterion {criterion.number} is of no component that the file has")
    for indicator in found.indicators.values():
        if found.criteria and indicator.criterion not in found.criteria:
            raise ValueError(f"{name}: indicator {indicator.indicator_id} is of no criterion that the file has")
        if not 0 < len(indicator.text) <= LONGEST_TEXT:
            raise ValueError(f"{name}: the text of {indicator.indicator_id} has not 1 to {LONGEST_TEXT} letters")
    for criterion in found.criteria.values():
        listed = sum(indicator.criterion == criterion.number for indicator in found.indicators.values())
        if criterion.indicator_count is not None and listed != criterion.indicator_count:
            raise ValueError(f"{name}: criterion {criterion.number} has {listed} indicators, not as many as it counts")


def _adapt(generic: Standard, entry: Mapping[str, Any], name: str) -> Standard:
    """The generic standard with what the file of a jurisdiction adds, rewords and leaves out."""
    left_out = {one["id"]: one["reason"] for one in entry.get("leaves_out", ())}
    reworded = {one["id"]: _indicator(one, {}, is_generic=False) for one in entry.get("replaces", ())}
    added = {one["id"]: _indicator(one, {}, is_generic=False) for one in entry.get("adds", ())}
    for indicator_id in (*left_out, *reworded):
        if not generic.is_known(indicator_id):
            raise ValueError(f"{name}: {generic.standard_id} has no indicator {indicator_id}")
    for indicator_id in added:
        if indicator_id in generic.indicators or not generic.is_known(indicator_id):
            raise ValueError(f"{name}: {indicator_id} cannot be added to {generic.standard_id}")
    if twice := (left_out.keys() & (reworded.keys() | added.keys())) | (reworded.keys() & added.keys()):
        raise ValueError(f"{name}: {', '.join(sorted(twice))} stands in two lists")
    every = {**generic.indicators, **reworded, **added}
    kept = {one: every[one] for one in sorted(every, key=_place) if one not in left_out}
    counts = {
        number: replace(one, indicator_count=sum(indicator.criterion == number for indicator in kept.values()))
        if one.count_known
        else one
        for number, one in generic.criteria.items()
    }
    more = sum(one not in generic.indicators for one in added) - len(left_out)
    found = replace(
        generic,
        indicator_count=generic.indicator_count + more,
        criteria=counts,
        indicators=kept,
        jurisdiction=entry["jurisdiction"],
        left_out=left_out,
    )
    _check(name, found)
    return found


def _place(indicator_id: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part) if part.isdecimal() else 0, part) for part in re.split(r"[.-]", indicator_id))
