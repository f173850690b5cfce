"""The rows of one table on their way into a file: chosen columns, blocks of a fixed size, and what was in them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data import queries
from data.queries.merged import Choice, Merged
from data.schema import FLAG, Field
from exports.context import Context
from exports.csv_cells import DEMO_LINE

IS_DEMO = Field("is_demo", FLAG, DEMO_LINE)
ROWS_AT_ONCE = 20_000
# A polygon may have a thousand times the bytes of a point.
POLYGONS_AT_ONCE = 1_000
POSITION = {"point": ("latitude", "longitude"), "polygon": ("geojson",), "": ()}

TYPE_NAMES = (
    (pa.types.is_integer, "integer"),
    (pa.types.is_floating, "number"),
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_date, "date"),
    (pa.types.is_timestamp, "datetime"),
    (pa.types.is_binary, "any"),
)


@dataclass
class Tally:
    """What has passed so far: rows, rows by what was made coarser in them, and the sources they came from."""

    rows: int = 0
    masked: Counter[str] = field(default_factory=Counter)
    sources: set[str] = field(default_factory=set)

    def note(self, batch: pa.RecordBatch) -> None:
        self.rows += len(batch)
        for entry in pc.value_counts(batch["masking"]).to_pylist():
            if entry["values"]:
                self.masked[entry["values"]] += entry["counts"]
        for names in pc.unique(batch["source"]).to_pylist():
            self.sources.update(filter(None, (names or "").split(";")))


@dataclass
class TableRows:
    """One table of an export. `batches` gives its rows once, with the columns of `fields`, and counts them in `tally`.

    `passed` is told how many rows each step brought.
    """

    table: Merged
    fields: tuple[Field, ...]
    read: Callable[[], Iterable[pa.RecordBatch]]
    tally: Tally = field(default_factory=Tally)
    passed: Callable[[int], None] = lambda rows: None

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(one.name, one.type) for one in self.fields])

    @property
    def rows_at_once(self) -> int:
        return POLYGONS_AT_ONCE if self.table.geometry == "polygon" else ROWS_AT_ONCE

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows in blocks of `rows_at_once`, whatever the blocks they were read in."""
        return in_blocks(self._shown(), self.rows_at_once)

    def _shown(self) -> Iterator[pa.RecordBatch]:
        for batch in self.read():
            self.tally.note(batch)
            self.passed(len(batch))
            columns = [_column(batch, one) for one in self.fields]
            yield pa.RecordBatch.from_arrays(columns, schema=self.schema)


def table_rows(
    name: str, columns: Iterable[str], choice: Choice, context: Context, keeps_position: bool = False
) -> TableRows:
    """The chosen rows of one table; without `columns` all columns. Raises KeyError where it is not offered.

    With `keeps_position` the columns that say where a row lies are given in any case.
    """
    table = queries.merged_tables(context.view, context.viewer)[name]

    def read() -> Iterator[pa.RecordBatch]:
        return queries.merged_batches(context.view, context.viewer, name, choice, context.today)

    return TableRows(table, fields_of(table, columns, context.is_demo, keeps_position), read)


def fields_of(table: Merged, columns: Iterable[str], is_demo: bool, keeps_position: bool = False) -> tuple[Field, ...]:
    """The columns that are given, in their order: the chosen ones, the key, `masking`, and in the demo `is_demo`."""
    wanted = set(columns) or set(table.columns)
    wanted |= {*table.key, "masking", *(POSITION[table.geometry] if keeps_position else ())}
    kept = tuple(one for one in table.fields if one.name in wanted)
    return (*kept, IS_DEMO) if is_demo else kept


def type_name(kind: pa.DataType) -> str:
    """The type as the Table Schema of Frictionless names it."""
    for is_kind, name in TYPE_NAMES:
        if is_kind(kind):
            return name
    return "string"


def in_blocks(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """The same rows in blocks of `rows`; the last one may be shorter."""
    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        while len(batch):
            part = batch.slice(0, rows - count)
            batch = batch.slice(len(part))
            waiting.append(part)
            count += len(part)
            if count == rows:
                yield _joined(waiting)
                waiting, count = [], 0
    if waiting:
        yield _joined(waiting)


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return batches[0] if len(batches) == 1 else pa.concat_batches(batches)


def _column(batch: pa.RecordBatch, one: Field) -> pa.Array:
    if one is IS_DEMO:
        return pa.array(np.ones(len(batch), dtype=bool))
    column = batch[one.name]
    if pa.types.is_floating(one.type) and column.null_count < len(column):
        # What is not a number was not measured: nothing, in every format.
        return pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    return column
