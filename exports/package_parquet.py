"""Rows as Parquet, sent while they are written; as GeoParquet where they have a place."""

import itertools
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from data.schema import Field
from exports.context import Context
from exports.csv_cells import DEMO_LINE
from exports.package_geometry import Located, located_fields
from exports.package_rows import TableRows

# A group of rows is held in memory until it is whole.
BLOCKS_OF_A_GROUP = 2


def parquet_chunks(rows: TableRows, context: Context, with_places: bool) -> Iterator[bytes]:
    """The file of one table; with `with_places` as GeoParquet 1.1 where the table says where its rows lie."""
    is_located = with_places and bool(rows.table.geometry)
    located, sent = Located(rows), _Sent()
    schema = _described(located_fields(rows) if is_located else rows.fields, rows, context)
    batches = map(located.batch, rows.batches()) if is_located else rows.batches()
    writer = pq.ParquetWriter(pa.PythonFile(sent, "w"), schema, compression="zstd", compression_level=3)
    while group := list(itertools.islice(batches, BLOCKS_OF_A_GROUP)):
        table = pa.Table.from_batches(group).cast(schema)
        writer.write_table(table, row_group_size=len(table))
        # Else Arrow keeps what it freed for a larger group that never comes.
        pa.default_memory_pool().release_unused()
        yield from sent.taken()
    if is_located:
        writer.add_key_value_metadata({"geo": located.geoparquet()})
    writer.close()
    yield from sent.taken()


def _described(fields: tuple[Field, ...], rows: TableRows, context: Context) -> pa.Schema:
    """The columns with what they mean, for readers that show it."""
    columns = [pa.field(one.name, one.type, metadata=_meaning(one)) for one in fields]
    about = {"title": rows.table.title, "description": rows.table.meaning, "data_version": str(context.view.version)}
    return pa.schema(columns, metadata=about | ({"demo": DEMO_LINE} if context.is_demo else {}))


def _meaning(one: Field) -> dict[str, str]:
    return {"description": one.meaning} | ({"unit": one.unit} if one.unit else {})


class _Sent:
    """Where a file is written to that is sent piece by piece."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """The pieces are taken after the end too."""

    def taken(self) -> list[bytes]:
        taken, self._parts = self._parts, []
        return taken
