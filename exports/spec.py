"""What somebody wants to download, as a file that gives the same package again.

A spec names tables, columns, rows, a file format, the data version and the tier of who asked. It may come from
anywhere, so everything in it is checked; nobody gets more by writing another tier into it than they may see.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Self

from data import queries
from data.access import ROLES, Viewer
from data.queries.merged import ALL, Choice
from exports.context import Context, NotOffered
from exports.csv_cells import one_line

FORMATS = ("csv", "parquet", "geoparquet", "geopackage", "xlsx")
FORMAT_WORDS = {
    "csv": "CSV",
    "parquet": "Parquet",
    "geoparquet": "GeoParquet",
    "geopackage": "GeoPackage",
    "xlsx": "Excel",
}
SPEC_VERSION = 1
MOST_SITES = MOST_TAXA = 1_000
MOST_LETTERS = 500_000
LONGEST_NAME = 200
HIGHEST_VERSION = 2**53
MOMENT = "a moment such as 2026-05-31T12:00:00+00:00"
DECLARED = {table.name: table for table in ALL}
REQUIRED = ("spec_version", "data_version", "format", "tier", "tables")
OPTIONAL = ("committed_at", "tier_sites", "sites", "first", "last", "taxa")


@dataclass(frozen=True)
class TableSpec:
    """One table; without `columns` all of them. Its key and `masking` are given in any case."""

    name: str
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.name not in DECLARED:
            raise ValueError(f"there is no table {_quoted(self.name)}; there are {', '.join(DECLARED)}")
        known = DECLARED[self.name].columns
        if unknown := [name for name in self.columns if name not in known]:
            raise ValueError(f"the table {self.name} has no column {_quoted(unknown[0])}; it has {', '.join(known)}")
        object.__setattr__(self, "columns", tuple(name for name in known if name in self.columns))


@dataclass(frozen=True)
class Spec:
    """A download: which rows of which tables, in which format, of which data version, for whom.

    `committed_at` tells the store from others that have a data version of the same number. The order in which tables,
    columns, sites and taxa are named does not matter. Raises ValueError, with a sentence, where something is wrong.
    """

    tables: tuple[TableSpec, ...]
    format: str
    tier: str
    data_version: int
    choice: Choice = field(default_factory=Choice)
    tier_sites: tuple[str, ...] = ()
    committed_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.tables:
            raise ValueError("a package needs at least one table")
        names = [table.name for table in self.tables]
        if len(set(names)) < len(names):
            raise ValueError("a table is named twice")
        if self.format not in FORMATS:
            raise ValueError(f"there is no format {_quoted(self.format)}; there are {', '.join(FORMATS)}")
        if self.tier not in ROLES:
            raise ValueError(f"there is no tier {_quoted(self.tier)}; there are {', '.join(ROLES)}")
        if self.tier_sites and self.tier != "site":
            raise ValueError("only the tier site has sites of its own (tier_sites)")
        if not 0 <= self.data_version < HIGHEST_VERSION:
            raise ValueError("data_version is a number from 0")
        _check_choice(self.choice)
        _check_names("tier_sites", self.tier_sites, MOST_SITES)
        choice = replace(self.choice, sites=_in_order(self.choice.sites), taxa=_in_order(self.choice.taxa))
        order = list(DECLARED)
        object.__setattr__(self, "tables", tuple(sorted(self.tables, key=lambda table: order.index(table.name))))
        object.__setattr__(self, "choice", choice)
        object.__setattr__(self, "tier_sites", _in_order(self.tier_sites))

    @classmethod
    def of(cls, context: Context, tables: Iterable[TableSpec], format: str, choice: Choice | None = None) -> Self:
        """The spec of what this viewer asks of this data version now; without a choice of all rows."""
        asked = cls(tuple(tables), format, context.viewer.role, context.view.version, choice or Choice())
        return asked.for_viewer(context)

    @property
    def viewer(self) -> Viewer:
        """Who asked."""
        return Viewer(self.tier, frozenset(self.tier_sites))

    def for_viewer(self, context: Context) -> Self:
        """The same question asked by this viewer of this data version."""
        viewer, view = context.viewer, context.view
        own = tuple(viewer.sites) if viewer.role == "site" else ()
        now = {"data_version": view.version, "committed_at": view.committed_at}
        return replace(self, tier=viewer.role, tier_sites=own, **now)

    def to_json(self) -> str:
        """The spec as text; the same spec gives the same text."""
        choice = self.choice
        told = {
            "spec_version": SPEC_VERSION,
            "data_version": self.data_version,
            "committed_at": self.committed_at and self.committed_at.astimezone(UTC).isoformat(),
            "format": self.format,
            "tier": self.tier,
            "tier_sites": list(self.tier_sites),
            "tables": [{"name": table.name, "columns": list(table.columns)} for table in self.tables],
            "sites": list(choice.sites),
            "first": choice.first and choice.first.isoformat(),
            "last": choice.last and choice.last.isoformat(),
            "taxa": list(choice.taxa),
        }
        return json.dumps(told, ensure_ascii=False, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The spec that `to_json` wrote, or one that somebody sends. Raises ValueError with a sentence."""
        if len(text) > MOST_LETTERS:
            raise ValueError(f"a spec has at most {MOST_LETTERS:,} letters")
        try:
            told = json.loads(text, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise ValueError("this is no JSON in UTF-8") from error
        return cls.from_parsed(told)

    @classmethod
    def from_parsed(cls, told: Any) -> Self:
        """The spec that stands in a JSON object. Raises ValueError with a sentence."""
        _check_keys(told, "a spec", REQUIRED, OPTIONAL)
        if told["spec_version"] != SPEC_VERSION or told["spec_version"] is True:
            raise ValueError(f"spec_version must be {SPEC_VERSION}")
        if type(told["data_version"]) is not int:
            raise ValueError("data_version is a number from 0")
        if not isinstance(told["tables"], list):
            raise ValueError("tables is a list of objects with name and columns")
        names = {key: _names(told, key) for key in ("tier_sites", "sites", "taxa")}
        choice = Choice(names["sites"], _day(told, "first"), _day(told, "last"), names["taxa"])
        return cls(
            tables=tuple(map(_table, told["tables"])),
            format=_text(told, "format"),
            tier=_text(told, "tier"),
            data_version=told["data_version"],
            choice=choice,
            tier_sites=names["tier_sites"],
            committed_at=_moment(told),
        )


def check(spec: Spec, context: Context) -> None:
    """See that this package can be made here for this viewer.

    Raises ValueError where the spec is of another data version or store, NotOffered where it is of another tier, or
    this viewer may not download one of its tables; both with a sentence.
    """
    view, viewer = context.view, context.viewer
    if spec.data_version != view.version:
        raise ValueError(f"the spec is of data version {spec.data_version}, and this is version {view.version}")
    if spec.committed_at is not None and spec.committed_at != view.committed_at:
        raise ValueError(f"data version {view.version} of this store is another one than the spec was made from")
    if spec.viewer != Viewer(viewer.role, viewer.sites if viewer.role == "site" else frozenset()):
        raise NotOffered(f"The spec was made for the tier {spec.tier}, and this is the tier {viewer.role}.")
    offered, withheld = queries.merged_tables(view, viewer), queries.merged_withheld(view, viewer)
    for table in spec.tables:
        if table.name not in offered:
            raise NotOffered(withheld.get(table.name, f"The table {table.name} is not offered."))


def _check_choice(choice: Choice) -> None:
    _check_names("sites", choice.sites, MOST_SITES)
    _check_names("taxa", choice.taxa, MOST_TAXA)
    if choice.first and choice.last and choice.first > choice.last:
        raise ValueError(f"the first day, {choice.first}, comes after the last one, {choice.last}")


def _check_names(what: str, names: tuple[str, ...], most: int) -> None:
    if len(names) > most:
        raise ValueError(f"{what} are at most {most:,}")
    for name in names:
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise ValueError(f"{what} are texts of 1 to {LONGEST_NAME} letters that can be printed")


def _check_keys(told: Any, what: str, required: Iterable[str], optional: Iterable[str]) -> None:
    if not isinstance(told, Mapping):
        raise ValueError(f"{what} is a JSON object")
    if missing := [key for key in required if key not in told]:
        raise ValueError(f"{what} needs {missing[0]}")
    if unknown := [key for key in told if key not in {*required, *optional}]:
        raise ValueError(f"{what} has no {_quoted(unknown[0])}")


def _table(told: Any) -> TableSpec:
    _check_keys(told, "a table of a spec", ("name",), ("columns",))
    return TableSpec(_text(told, "name"), _names(told, "columns"))


def _text(told: Mapping[str, Any], key: str) -> str:
    if not isinstance(told[key], str):
        raise ValueError(f"{key} is a text")
    return told[key]


def _names(told: Mapping[str, Any], key: str) -> tuple[str, ...]:
    names = told.get(key)
    if names is None:
        return ()
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{key} is a list of texts")
    return tuple(names)


def _day(told: Mapping[str, Any], key: str) -> date | None:
    if told.get(key) is None:
        return None
    try:
        day = date.fromisoformat(told[key])
    except (TypeError, ValueError) as error:
        raise ValueError(f"{key} is a day such as 2026-05-31") from error
    if day.isoformat() != told[key]:
        raise ValueError(f"{key} is a day such as 2026-05-31")
    return day


def _moment(told: Mapping[str, Any]) -> datetime | None:
    if told.get("committed_at") is None:
        return None
    try:
        moment = datetime.fromisoformat(told["committed_at"])
        # Far from today, the way to UTC leaves the calendar.
        utc = moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"committed_at is {MOMENT}") from error
    if moment.tzinfo is None:
        raise ValueError(f"committed_at is {MOMENT}")
    return utc


def _no_number(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def _quoted(text: object) -> str:
    """A name from outside, short enough for a sentence."""
    words = one_line(text)
    return repr(words if len(words) <= 40 else f"{words[:40]}…")
