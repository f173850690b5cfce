"""Parquet files from outside, in batches that fit into memory whatever the file makes of a few bytes."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from connectors.errors import SourceChanged
from connectors.utf8_file import INFLATED_MAX_BYTES, INFLATED_MAX_RATIO

BATCH_ROWS = 30_000
BATCH_MAX_BYTES = 500_000_000


def parquet_batches(path: Path, where: str) -> Iterator[pa.RecordBatch]:
    """The rows of a file; texts come as dictionaries, because one may stand in every row.

    Raises SourceChanged where they would be too large in memory, and what pyarrow raises for a damaged file.
    """
    with pq.ParquetFile(path) as file:
        _check_sizes(file.metadata, path.stat().st_size, where)
        schema = file.metadata.schema
        columns = [schema.column(number) for number in range(len(schema))]
        texts = [column.path for column in columns if column.physical_type == "BYTE_ARRAY"]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        for batch in file.iter_batches(BATCH_ROWS):
            if sum(map(_bytes_of, batch.columns)) > BATCH_MAX_BYTES:
                raise _too_large(where)
            yield batch


def _check_sizes(metadata: pq.FileMetaData, bytes_on_disk: int, where: str) -> None:
    # What a damaged file says of single columns may end the whole process when it is asked for.
    inflated_bytes = sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))
    if inflated_bytes > max(INFLATED_MAX_BYTES, INFLATED_MAX_RATIO * bytes_on_disk):
        raise _too_large(where)


def _bytes_of(column: pa.Array) -> int:
    """How large a column is as plain text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        lengths = pc.binary_length(column.dictionary).take(column.indices)
        return len(column) + (pc.sum(lengths).as_py() or 0)
    if pa.types.is_map(kind):
        return column.nbytes + _bytes_of(column.keys) + _bytes_of(column.items)
    if pa.types.is_struct(kind):
        return sum(map(_bytes_of, column.flatten()))
    return column.nbytes + (_bytes_of(column.flatten()) if pa.types.is_nested(kind) else 0)


def _too_large(where: str) -> SourceChanged:
    return SourceChanged(f"{where} is too large when unpacked", "Send it as CSV, packed with gzip.")
