"""What the page Download tells before anything is built, put together once per data version and viewer; see cached.py.

Rows are counted by the very query that the package counts with, as of the day of the data version.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from data import queries
from data.queries.merged import Choice, Merged
from exports import camtrap_dp, darwin_core
from exports.context import Context, NotOffered
from exports.csv_cells import one_line
from exports.package_geometry import FORMATS_WITH_PLACES
from exports.package_rows import fields_of
from exports.package_words import NOT_STATED, Made, citation
from exports.spec import Spec, TableSpec
from exports.tables import Estimate, estimate
from ui import cached
from ui.scope import Scope

PREVIEW_ROWS = 50
LONGEST_CELL = 120
EVERYTHING = Choice()
ARCHIVES = {"camtrap-dp": camtrap_dp, "darwin-core": darwin_core}


@dataclass(frozen=True)
class Entry:
    """One table as it can be chosen. `first` and `last` say from when to when its rows are, as far as it is known."""

    name: str
    title: str
    meaning: str
    columns: dict[str, str]
    rows: int
    first: date | None
    last: date | None
    sources: tuple[str, ...]
    licences: tuple[str, ...]
    has_days: bool
    has_taxa: bool


def context(scope: Scope) -> Context:
    """What exports are made from: the same data, viewer and notice of the demo as on the page."""
    return Context(scope.view, scope.viewer, scope.is_demo)


def catalogue(scope: Scope) -> dict[str, Entry]:
    """The tables that the viewer may download, each with its rows, period and licences."""
    return _catalogue(*cached.key(scope), scope)


@st.cache_data(max_entries=20, show_spinner="Counting the rows of each table…")
def _catalogue(store: str, version: int, viewer: tuple, _scope: Scope) -> dict[str, Entry]:
    own = context(_scope)
    known = queries.sources(own.view, own.viewer, own.today).set_index("source")["licence"].to_dict()
    return {name: _entry(table, own, known) for name, table in _tables(own).items()}


def withheld(scope: Scope) -> dict[str, str]:
    """The titles of the tables that the viewer may not download, each with the reason."""
    return cached.ask("merged_withheld", scope)


def taxa(scope: Scope) -> dict[str, str]:
    """The taxa that the viewer may choose, by scientific name, each with its English name where there is one."""
    return _taxa(*cached.key(scope), scope)


@st.cache_data(max_entries=20, show_spinner=False)
def _taxa(store: str, version: int, viewer: tuple, _scope: Scope) -> dict[str, str]:
    own = context(_scope)
    found: dict[str, str] = {}
    for name, table in _tables(own).items():
        if not table.taxon or table.is_by_month:
            continue
        for frame in _frames(own, name):
            common = frame["common_name"] if "common_name" in frame else pd.Series(None, frame.index, dtype="str")
            pairs = zip(frame[table.taxon], common, strict=True)
            found |= {taxon: english for taxon, english in dict.fromkeys(pairs) if isinstance(taxon, str)}
    names = {taxon: one_line(english) for taxon, english in found.items()}
    return {taxon: f"{names[taxon]} ({taxon})" if names[taxon] else taxon for taxon in sorted(names)}


def site_names(scope: Scope, words: str, kept: tuple[str, ...]) -> dict[str, str]:
    """Site ids with name and country for a picker: those that contain the words, and the `kept` ones."""
    names = cached.site_names(scope, words, "")
    for site_id in kept:
        if site_id not in names:
            names |= {one: name for one, name in cached.site_names(scope, site_id, site_id).items() if one == site_id}
    return names


def estimates(scope: Scope, spec: Spec) -> list[Estimate]:
    """Rows and approximate bytes of each table of a package."""
    return [_estimate(*cached.key(scope), _alone(spec, place), scope) for place in range(len(spec.tables))]


@st.cache_data(max_entries=500, show_spinner="Counting the chosen rows…")
def _estimate(store: str, version: int, viewer: tuple, spec: str, _scope: Scope) -> Estimate:
    return estimate(Spec.from_json(spec), context(_scope))[0]


def preview(scope: Scope, spec: Spec, name: str) -> pd.DataFrame:
    """The first rows of one table of a package, with the columns that it will have; long texts are cut."""
    place = [table.name for table in spec.tables].index(name)
    return _preview(*cached.key(scope), _alone(spec, place), scope)


@st.cache_data(max_entries=100, show_spinner=False)
def _preview(store: str, version: int, viewer: tuple, spec: str, _scope: Scope) -> pd.DataFrame:
    own, asked = context(_scope), Spec.from_json(spec)
    (chosen,) = asked.tables
    keeps_position = asked.format in FORMATS_WITH_PLACES
    fields = fields_of(_tables(own)[chosen.name], chosen.columns, own.is_demo, keeps_position)
    rows = queries.merged_preview(own.view, own.viewer, chosen.name, asked.choice, own.today, PREVIEW_ROWS)
    shown = rows.assign(is_demo=True) if own.is_demo else rows
    shown = shown[[field.name for field in fields]]
    return shown.assign(**{name: shown[name].map(_cut) for name in shown.select_dtypes(["object", "str"])})


def owners(scope: Scope, entries: dict[str, Entry], names: tuple[str, ...]) -> list[dict[str, str]]:
    """The sources of some tables with licence and citation."""
    used = set().union(*(entries[name].sources for name in names if name in entries))
    return _owners(*cached.key(scope), tuple(sorted(used)), scope)


@st.cache_data(max_entries=100, show_spinner=False)
def _owners(store: str, version: int, viewer: tuple, used: tuple[str, ...], _scope: Scope) -> list[dict[str, str]]:
    own = context(_scope)
    made = Made(Spec.of(own, [TableSpec("sites")], "csv"), own, ())
    known = queries.sources(own.view, own.viewer, own.today)
    return [
        {
            "source": row["source"],
            "licence": one_line(row["licence"]) or NOT_STATED,
            "citation": citation(made, row),
        }
        for row in known[known["source"].isin(used)].to_dict("records")
    ]


def refusal(scope: Scope, kind: str, choice: Choice) -> str:
    """Why the viewer cannot have these rows as one of `ARCHIVES`, in a sentence; empty where they can."""
    return _refusal(*cached.key(scope), kind, choice, scope)


@st.cache_data(max_entries=100, show_spinner="Looking for detections…")
def _refusal(store: str, version: int, viewer: tuple, kind: str, choice: Choice, _scope: Scope) -> str:
    try:
        ARCHIVES[kind].chunks(choice, context(_scope))
    except NotOffered as reason:
        return str(reason)
    return ""


def _alone(spec: Spec, place: int) -> str:
    """One table of a package as a package of its own, which asks the same of it."""
    return Spec(
        (spec.tables[place],),
        spec.format,
        spec.tier,
        spec.data_version,
        spec.choice,
        spec.tier_sites,
        spec.committed_at,
    ).to_json()


def _tables(own: Context) -> dict[str, Merged]:
    return queries.merged_tables(own.view, own.viewer)


def _frames(own: Context, name: str) -> Iterator[pd.DataFrame]:
    for batch in queries.merged_batches(own.view, own.viewer, name, EVERYTHING, own.today):
        yield batch.to_pandas()


def _entry(table: Merged, own: Context, known: dict[str, str]) -> Entry:
    extent = queries.merged_extent(own.view, own.viewer, table.name, own.today)
    licences = {one_line(known.get(source)) or "licence not stated" for source in extent.sources}
    return Entry(
        name=table.name,
        title=table.title,
        meaning=table.meaning,
        columns={
            field.name: f"{field.meaning} ({field.unit})" if field.unit else field.meaning for field in table.fields
        },
        rows=extent.rows,
        first=extent.first,
        last=extent.last,
        sources=extent.sources,
        licences=tuple(sorted(licences)),
        has_days=bool(table.day),
        has_taxa=bool(table.taxon),
    )


def _cut(cell: object) -> object:
    return f"{cell[:LONGEST_CELL]}…" if isinstance(cell, str) and len(cell) > LONGEST_CELL else cell
