"""The rules of the restoration template: what each row says, and whether the rows of a fragment agree."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from connectors.base import Notice, Refusal
from connectors.filled_template import Filled, raw_of
from connectors.restoration_values import Counts, counts_of
from connectors.small_csv import Row
from connectors.values import WrongValue, day_of, whole_of

TABLE = "outplants"
SHOWN = 5
FACTS = ("planted_on", "station", "fragment_count")
NAMES = ("scientific_name", "nursery")


@dataclass(frozen=True)
class Outplant:
    """A fragment or cohort on one visit, or on the day of planting where nobody has come back (not `is_visit`)."""

    fragment_id: str
    observed_on: date
    station: str
    planted_on: date
    scientific_name: str | None
    nursery: str | None
    fragment_count: int
    alive_count: int
    dead_count: int
    lost_count: int
    is_visit: bool
    row: Row


@dataclass
class Found:
    """What the rows of all tables come to."""

    outplants: tuple[Outplant, ...] = ()
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


@dataclass(frozen=True)
class _Placed:
    """A row and how messages call it: by its number, and by its table where there are several."""

    row: Row
    table: str


@dataclass
class _Fragment:
    """All rows with one identifier, and what the first of them that says so states."""

    fragment_id: str
    facts: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    rows: list[_Placed] = field(default_factory=list)
    has_two_names: bool = False


def read_fragments(tables: Iterable[Filled]) -> Found:
    """Every visit that can be stored, the rows that cannot be with their reasons, and what is odd.

    What a fragment is (planted when and where, how many) is taken from the first row that says so; a later row that
    says otherwise is refused. A fragment without any visit gives one row, all alive on the day of planting.
    """
    tables = list(tables)
    found = Found()
    fragments: dict[str, _Fragment] = {}
    for table in tables:
        for row in table.rows:
            placed = _Placed(row, f" ({table.where})" if len(tables) > 1 else "")
            try:
                _add(placed, fragments)
            except WrongValue as wrong:
                found.refusals.append(_refusal(placed, wrong))
    outplants: list[Outplant] = []
    falling = []
    for fragment in fragments.values():
        own = _visits(fragment, found)
        outplants += own
        if any(later.dead_count < earlier.dead_count for earlier, later in zip(own, own[1:], strict=False)):
            falling.append(fragment.fragment_id)
    found.outplants = tuple(outplants)
    found.notices += _notices(falling, "have fewer dead on a later visit, and dead corals do not come back")
    mixed = [fragment.fragment_id for fragment in fragments.values() if fragment.has_two_names]
    found.notices += _notices(mixed, "have two species or nurseries; the first is kept")
    return found


def _add(placed: _Placed, fragments: dict[str, _Fragment]) -> None:
    """Put the row to its fragment; raises WrongValue when it cannot be read or contradicts an earlier one."""
    row = placed.row
    if row.surplus:
        raise WrongValue("(row)", None, f"it has {len(row.surplus)} more cells than the heading")
    fragment_id = row.cells["fragment_id"].strip()
    if not fragment_id:
        raise WrongValue("fragment_id", None, "it is missing")
    fragment = fragments.setdefault(fragment_id, _Fragment(fragment_id))
    said = {name: value for name in FACTS if (value := _fact(name, row.cells[name])) is not None}
    for name, value in said.items():
        if not _is_same(value, fragment.facts.get(name, value)):
            raise WrongValue(name, row.cells[name], f"an earlier row of this fragment says {fragment.facts[name]}")
    fragment.facts = said | fragment.facts
    for name in NAMES:
        text = row.cells[name].strip()
        if text:
            fragment.has_two_names |= not _is_same(text, fragment.names.setdefault(name, text))
    fragment.rows.append(placed)


def _fact(name: str, cell: str) -> date | int | str | None:
    if name == "planted_on":
        return day_of(name, cell)
    return whole_of(name, cell, lowest=1) if name == "fragment_count" else " ".join(cell.split()) or None


def _is_same(value: Any, other: Any) -> bool:
    return value.casefold() == other.casefold() if isinstance(value, str) else value == other


def _visits(fragment: _Fragment, found: Found) -> list[Outplant]:
    """The visits of a fragment in the order of their days, or the one row of a fragment that nobody visited."""
    visits: dict[date, Outplant] = {}
    planting: Outplant | None = None
    for placed in fragment.rows:
        try:
            outplant = _outplant(fragment, placed.row)
            if not outplant.is_visit:
                if planting:
                    raise WrongValue("fragment_id", fragment.fragment_id, f"row {planting.row.line} has planted it")
                planting = outplant
            elif outplant.observed_on in visits:
                earlier = visits[outplant.observed_on].row.line
                raise WrongValue("observed_on", placed.row.cells["observed_on"], f"row {earlier} is of the same visit")
            else:
                visits[outplant.observed_on] = outplant
        except WrongValue as wrong:
            found.refusals.append(_refusal(placed, wrong))
    if not visits:
        return [planting] if planting else []
    return [visits[day] for day in sorted(visits)]


def _outplant(fragment: _Fragment, row: Row) -> Outplant:
    for name in ("planted_on", "station"):
        if name not in fragment.facts:
            raise WrongValue(name, None, "no row of this fragment says it")
    planted_on, planted = fragment.facts["planted_on"], fragment.facts.get("fragment_count", 1)
    observed_on = day_of("observed_on", row.cells["observed_on"])
    counts = counts_of(row.cells, planted)
    if counts and observed_on is None:
        raise WrongValue("observed_on", None, "it is missing, although the row says what was found")
    if observed_on and not counts:
        raise WrongValue("status", None, "it is missing: give a status, or two of the counts")
    if observed_on and observed_on < planted_on:
        raise WrongValue("observed_on", row.cells["observed_on"], f"it is before the planting on {planted_on}")
    return Outplant(
        fragment.fragment_id,
        observed_on or planted_on,
        fragment.facts["station"],
        planted_on,
        fragment.names.get("scientific_name"),
        fragment.names.get("nursery"),
        planted,
        *(counts or Counts(planted, 0, 0)),
        is_visit=observed_on is not None,
        row=row,
    )


def _refusal(placed: _Placed, wrong: WrongValue) -> Refusal:
    return Refusal(TABLE, placed.row.line, wrong.field, wrong.value, wrong.reason + placed.table, raw_of(placed.row))


def _notices(fragment_ids: list[str], what: str) -> list[Notice]:
    shown = ", ".join(fragment_ids[:SHOWN]) + (", …" if len(fragment_ids) > SHOWN else "")
    return [Notice(f"{len(fragment_ids)} fragments or cohorts {what}: {shown}")] if fragment_ids else []
