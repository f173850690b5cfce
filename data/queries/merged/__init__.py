"""The merged dataset: every table that people may download, masked for the viewer who asks.

Rows come in a fixed order, so that the same question about the same data version has the same answer to the byte.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data import reference
from data.access import Viewer
from data.engine import View
from data.queries.merged import cameras, certification, movement, places, reefs, warning
from data.queries.merged.table import COMMON_NAME, Choice, Merged, Part, chosen

__all__ = [
    "Choice",
    "Extent",
    "Merged",
    "merged_batches",
    "merged_count",
    "merged_extent",
    "merged_preview",
    "merged_tables",
    "merged_withheld",
]

ALL = (
    *places.TABLES,
    *cameras.TABLES,
    *movement.TABLES,
    *warning.TABLES,
    *reefs.TABLES,
    *certification.TABLES,
)


def merged_tables(view: View, viewer: Viewer) -> dict[str, Merged]:
    """The tables that this viewer may download, by name."""
    return {table.name: table for table in ALL if not table.withheld or _sees_rows(viewer)}


def merged_withheld(view: View, viewer: Viewer) -> dict[str, str]:
    """The tables that this viewer may not download, each with the reason in a sentence."""
    return {} if _sees_rows(viewer) else {table.name: table.withheld for table in ALL if table.withheld}


def merged_batches(view: View, viewer: Viewer, name: str, choice: Choice, today: date) -> Iterator[pa.RecordBatch]:
    """The chosen rows of one table with all its columns, some ten thousand at once.

    Raises KeyError where this viewer may not download the table.
    """
    table = merged_tables(view, viewer)[name]
    for part in table.parts(view, viewer, choice, today):
        part = chosen(part, table, choice)
        if isinstance(part, ir.Table):
            for batch in view.batches(_questions(view, part, table)):
                yield from _declared(pa.Table.from_batches([batch]), table).to_batches()
        else:
            yield from _declared(_from_frame(_in_order(part, table), table), table).to_batches()


def merged_count(view: View, viewer: Viewer, name: str, choice: Choice, today: date) -> int:
    """How many rows of one table are chosen. Raises KeyError where this viewer may not download the table."""
    table = merged_tables(view, viewer)[name]
    parts = (chosen(part, table, choice) for part in table.parts(view, viewer, choice, today))
    return sum(int(view.run(part.count())) if isinstance(part, ir.Table) else len(part) for part in parts)


@dataclass(frozen=True)
class Extent:
    """How much of a table somebody may have: its rows, its first and last day where it has days, and its sources."""

    rows: int
    first: date | None
    last: date | None
    sources: tuple[str, ...]


def merged_extent(view: View, viewer: Viewer, name: str, today: date) -> Extent:
    """How much of one table there is. Raises KeyError where this viewer may not download the table."""
    table = merged_tables(view, viewer)[name]
    parts = [_extent_of(view, part, table) for part in table.parts(view, viewer, Choice(), today)]
    days = pd.to_datetime(pd.Series([day for _, edges, _ in parts for day in edges], dtype="object").dropna(), utc=True)
    sources = {source for _, _, names in parts for one in names if one for source in one.split(";")}
    first, last = (None, None) if days.empty else (days.min().date(), days.max().date())
    return Extent(sum(rows for rows, _, _ in parts), first, last, tuple(sorted(sources)))


def merged_preview(view: View, viewer: Viewer, name: str, choice: Choice, today: date, rows: int) -> pd.DataFrame:
    """The first rows that `merged_batches` gives."""
    table = merged_tables(view, viewer)[name]
    found = table.arrow_schema.empty_table()
    for part in table.parts(view, viewer, choice, today):
        part = chosen(part, table, choice)
        if isinstance(part, ir.Table):
            frames = (view.run(question.limit(rows)) for question in _questions(view, part, table))
        else:
            frames = iter([_in_order(part, table).head(rows)])
        while len(found) < rows and (frame := next(frames, None)) is not None:
            found = pa.concat_tables([found, _declared(_from_frame(frame, table), table)])
    return found.slice(0, rows).to_pandas()


def _extent_of(view: View, part: Part, table: Merged) -> tuple[int, list, list]:
    """The rows of a part, its first and last day or month, and the sources that its rows name."""
    if not isinstance(part, ir.Table):
        days = part[table.day].dropna() if table.day else part.head(0)
        edges = [days.min(), days.max()] if len(days) else []
        return len(part), edges, list(part["source"].dropna().unique())
    asked = {"rows": part.count()}
    if table.day:
        asked |= {"first": part[table.day].min(), "last": part[table.day].max()}
    found = view.run(part.aggregate(**asked)).iloc[0]
    sources = view.run(part.select("source").distinct())["source"]
    return int(found["rows"]), [found[edge] for edge in ("first", "last") if edge in found], list(sources.dropna())


def _sees_rows(viewer: Viewer) -> bool:
    """Whether there may be a site of which this viewer sees single records."""
    return viewer.role != "public" and (viewer.role != "site" or bool(viewer.sites))


def _questions(view: View, part: ir.Table, table: Merged) -> Iterator[ir.Table]:
    """The rows in order, all at once or month by month."""
    order, columns = _order(table), [name for name in table.columns if name in part.columns]
    if not table.is_by_month:
        yield part.select(*columns).order_by(*order)
        return
    for month in sorted(view.run(part.select("month").distinct())["month"]):
        yield part.filter(part.month == month).select(*columns).order_by(*order)


def _order(table: Merged) -> list[str]:
    """The columns that rows are ordered by; all of them where a table has no key, so that the order is total."""
    return list(dict.fromkeys([*table.order, *(table.key or table.columns)]))


def _in_order(frame: pd.DataFrame, table: Merged) -> pd.DataFrame:
    return frame.sort_values(_order(table), ignore_index=True)


def _from_frame(frame: pd.DataFrame, table: Merged) -> pa.Table:
    names = [name for name in table.columns if name in frame]
    schema = pa.schema([table.arrow_schema.field(name) for name in names])
    return pa.Table.from_pandas(frame[names], schema=schema, preserve_index=False, safe=False)


def _declared(rows: pa.Table, table: Merged) -> pa.Table:
    """The rows with the columns and types of the table; English names are looked up here."""
    if COMMON_NAME.name in table.columns:
        rows = rows.append_column(COMMON_NAME.name, _common_names(rows["scientific_name"]))
    return rows.select(table.columns).cast(table.arrow_schema)


def _common_names(names: pa.ChunkedArray) -> pa.ChunkedArray:
    known = reference.taxa()[["scientific_name", "common_name"]].dropna().drop_duplicates("scientific_name")
    place = pc.index_in(names.cast(pa.string()), value_set=pa.array(known["scientific_name"], pa.string()))
    return pc.take(pa.array(known["common_name"], pa.string()), place)
