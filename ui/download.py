"""What the page Download shares among its parts: choices in the address, and the same question for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st

from data.queries.merged import Choice
from exports.context import NotOffered
from exports.package_xlsx import check_size
from exports.spec import FORMAT_WORDS, Spec, TableSpec
from exports.tables import Estimate
from ui import api, cached, cached_download, client, layout, notices, url
from ui.cached_download import ARCHIVES, Entry
from ui.scope import Scope
from ui.text import count, joined, month, number, plain

STARTS_WITH = ("sites", "detections_by_month", "effort_by_month")
KINDS = FORMAT_WORDS | {"camtrap-dp": "Camtrap DP", "darwin-core": "Darwin Core Archive"}
KIND_NOTES = {
    "csv": "Plain text that every program reads; datapackage.json beside it holds the types.",
    "parquet": "Small and typed, for pandas, R (arrow) and DuckDB.",
    "geoparquet": "As Parquet, with points and polygons for GeoPandas, R (sf) and QGIS.",
    "geopackage": "One file with a layer per table, for QGIS and other GIS.",
    "xlsx": "One workbook with a sheet per table, up to 100,000 rows.",
    "camtrap-dp": "Single detections and deployments in the exchange format of camera traps; tables do not apply.",
    "darwin-core": "Occurrences in the format of GBIF; tables do not apply.",
}
ENDINGS = {"geopackage": "gpkg"}
SITES_BOX, TAXA_BOX, COLUMNS_BOX = 420, 360, 700
ALL = "All"


@dataclass(frozen=True)
class Wanted:
    """What the reader has chosen: a package of tables, or an archive of detections, whose `tables` are empty."""

    kind: str
    tables: tuple[TableSpec, ...]
    choice: Choice

    @property
    def is_archive(self) -> bool:
        return self.kind in ARCHIVES

    def spec(self, scope: Scope) -> Spec:
        """The package as a spec; of an archive there is none."""
        return Spec.of(cached_download.context(scope), self.tables, self.kind, self.choice)

    def question(self) -> str:
        """The address of the same download below that of the API."""
        if self.is_archive:
            return _with_query(f"/{self.kind}.zip", self._filters())
        columns = [("column", f"{one.name}.{column}") for one in self.tables for column in one.columns]
        tables = [("table", one.name) for one in self.tables]
        format = ("format", ENDINGS.get(self.kind, self.kind))
        return _with_query("/package", [*tables, *columns, format, *self._filters()])

    def table_question(self, table: TableSpec, ending: str) -> str:
        """The address of one of its tables as a file."""
        columns = [("column", column) for column in table.columns]
        return _with_query(f"/tables/{table.name}.{ending}", [*columns, *self._filters()])

    def _filters(self) -> list[tuple[str, str]]:
        choice = self.choice
        days = [(name, day.isoformat()) for name, day in (("first", choice.first), ("last", choice.last)) if day]
        return [*(("site", one) for one in choice.sites), *days, *(("taxon", one) for one in choice.taxa)]


def choose_kind() -> str:
    """The format of the tables, or an archive of detections."""
    kind = url.one(
        st.pills,
        "Format",
        list(KINDS),
        key="format",
        default="csv",
        format_func=lambda one: KINDS.get(one, one),
        wrap=True,
        width="content",
    )
    st.caption(KIND_NOTES[kind])
    return kind


def choose_rows(scope: Scope, sites: int) -> Choice:
    """Sites, days and taxa; on a phone all but the sites stay folded."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = _choose_sites(scope, sites)
        if client.width() == "phone":
            with st.popover("Days and taxa", icon=":material/tune:"):
                first, last, taxa = _choose_days_and_taxa(scope)
        else:
            first, last, taxa = _choose_days_and_taxa(scope)
    if first and last and first > last:
        st.error("The first day comes after the last one. You see all days.", icon=":material/event_busy:")
        first = last = None
    return Choice(chosen, first, last, taxa)


def _choose_sites(scope: Scope, sites: int) -> tuple[str, ...]:
    words = ""
    if sites > cached.MOST_NAMES:
        words = st.text_input(
            "Find sites", type="search", max_chars=80, key="find", placeholder="Name, country or code"
        )
    names = cached_download.site_names(scope, words, tuple(st.query_params.get_all("site")))
    return tuple(_several("Sites", "site", names, SITES_BOX))


def _choose_days_and_taxa(scope: Scope) -> tuple[date | None, date | None, tuple[str, ...]]:
    first, last = _day_box("First day", "first"), _day_box("Last day", "last")
    return first, last, tuple(_several("Taxa", "taxon", cached_download.taxa(scope), TAXA_BOX))


def _several(label: str, key: str, names: dict[str, str], width: int) -> list[str]:
    return url.many(
        st.multiselect,
        label,
        list(names),
        key=key,
        format_func=lambda one: names.get(one, one),
        placeholder=ALL,
        width=width,
    )


def _day_box(label: str, key: str) -> date | None:
    """A day to type; its box has larger parts to touch than those of a calendar."""
    text = st.text_input(
        label, key=key, bind="query-params", placeholder="YYYY-MM-DD", max_chars=10, width=130, help="Year-month-day"
    )
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        st.error(f"“{plain(text[:10])}” is no day such as 2026-05-31. You see all days.", icon=":material/event_busy:")
        return None
    return day


def choose_tables(entries: dict[str, Entry]) -> list[str]:
    """A card with a check box per table; gives the names of the chosen ones."""
    default = [name for name in STARTS_WITH if name in entries]
    return url.many(_cards, "Tables", list(entries), key="table", default=default, entries=entries)


def _cards(label: str, options: Sequence[str], *, default: list[str] | None, key: str, entries: dict[str, Entry]):
    """Check boxes that `ui.url.many` can keep in the address."""
    wanted = st.session_state[key] if default is None else default
    cells = [cell for _ in range(0, len(options), 2) for cell in layout.columns(1, 1)]
    chosen = []
    for name, cell in zip(options, cells, strict=False):
        box, start = f"{key}_{name}", {"value": name in wanted}
        if default is None:
            st.session_state[box], start = name in wanted, {}
        entry = entries[name]
        with cell, st.container(border=True, height="stretch", gap="xxsmall"):
            if st.checkbox(f"**{entry.title}**", key=box, **start):
                chosen.append(name)
            st.caption(f"{entry.meaning}  \n{facts(entry)}")
    st.session_state[key] = chosen
    return chosen


def facts(entry: Entry) -> str:
    """Rows, period and licences of a table, as Markdown."""
    period = ""
    if entry.first:
        period = f"{month(entry.first)} – {month(entry.last)}" if entry.last else f"from {month(entry.first)}"
    return joined([f"**{count(entry.rows, 'row')}**", period, plain(", ".join(entry.licences))])


def choose_columns(entries: dict[str, Entry], names: Sequence[str]) -> tuple[TableSpec, ...]:
    """For each chosen table a list of its columns, which opens; gives the tables as a package knows them."""
    return tuple(TableSpec(name, _columns(name, entries[name])) for name in names)


def _columns(name: str, entry: Entry) -> tuple[str, ...]:
    """The chosen columns of a table; empty for all. While its list is closed they are those of the address."""
    key = f"{name}.column"
    asked = st.query_params.get_all(key)
    known = [column for column in entry.columns if column in asked]
    told = f"{len(known)} of {len(entry.columns)}" if known else f"all {len(entry.columns)}"
    box = st.expander(f"Columns of {entry.title}: {told}", key=f"open_{name}", on_change="rerun")
    if box.open:
        with box:
            known = _several(f"Columns of {entry.title}", key, _told(entry), COLUMNS_BOX)
            st.caption("Its key, and what was made coarser in each row, are given in any case.")
    else:
        notices.unknown_values("column", [column for column in asked if column not in entry.columns])
    return tuple(known) if len(known) < len(entry.columns) else ()


def _told(entry: Entry) -> dict[str, str]:
    return {name: f"{name}: {meaning}" for name, meaning in entry.columns.items()}


def does_not_apply(choice: Choice, chosen: Sequence[Entry]) -> list[str]:
    """Sentences about the filters that some of the chosen tables do not know."""
    told = []
    for is_set, words, knows in (
        (choice.first or choice.last, "Days do", [entry.has_days for entry in chosen]),
        (choice.taxa, "Taxa do", [entry.has_taxa for entry in chosen]),
    ):
        without = [entry.title for entry, is_known in zip(chosen, knows, strict=True) if not is_known]
        if is_set and without:
            told.append(f"{words} not apply to {', '.join(without)}, which you get whole.")
    return told


def too_much(wanted: Wanted, found: Sequence[Estimate]) -> str:
    """Why a package of these rows cannot be made in this format, in a sentence; empty where it can."""
    if wanted.kind == "xlsx":
        try:
            check_size(sum(one.rows for one in found))
        except NotOffered as reason:
            return str(reason)
    return ""


def size(size_bytes: int) -> str:
    """A size in words, such as 3.4 MB."""
    value = float(size_bytes)
    for unit in ("bytes", "kB", "MB"):
        if value < 1000:
            return f"{number(value, 0 if unit == 'bytes' or value >= 100 else 1)} {unit}"
        value /= 1000
    return f"{number(value, 1)} GB"


def api_address() -> str:
    """The address of the API as the reader's browser reaches it."""
    parts = urlsplit(st.context.url or "http://localhost:8501")
    return f"{parts.scheme}://{parts.netloc}{base()}{api.API}"


def base() -> str:
    """What stands before every path of the dashboard on its host."""
    return f"/{(st.get_option('server.baseUrlPath') or '').strip('/')}".rstrip("/")


def _with_query(path: str, query: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(query, quote_via=quote)}" if query else path
