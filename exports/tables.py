"""One table of the merged dataset as one file, in each format, and how large a download will be."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from data import queries
from data.queries.merged import Choice
from exports.context import Context
from exports.package_csv import csv_chunks
from exports.package_geometry import FORMATS_WITH_PLACES
from exports.package_geopackage import geopackage_file
from exports.package_parquet import parquet_chunks
from exports.package_rows import TableRows, table_rows
from exports.package_words import Made, dictionary, plain_lines
from exports.package_xlsx import check_size, workbook_file
from exports.spec import Spec, TableSpec, check
from exports.streamed_zip import TEXT_LEVEL

SUFFIXES = {"csv": "csv", "parquet": "parquet", "geoparquet": "parquet", "geopackage": "gpkg", "xlsx": "xlsx"}
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "parquet": "application/vnd.apache.parquet",
    "geoparquet": "application/vnd.apache.parquet",
    "geopackage": "application/geopackage+sqlite3",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SAMPLED_ROWS = 1_000
CHUNK_BYTES = 1024 * 1024


class Estimate(NamedTuple):
    """About how large one table of a download will be: its rows, exactly, and its bytes in the zip, roughly."""

    table: str
    rows: int
    size_bytes: int


def suffix(format: str) -> str:
    """How names of files in this format end."""
    return SUFFIXES[format]


def media_type(format: str) -> str:
    """The media type of a file in this format."""
    return MEDIA_TYPES[format]


def is_one_file(format: str) -> bool:
    """Whether all tables of a package lie in one file."""
    return format in ("geopackage", "xlsx")


def table_file_name(name: str, format: str, context: Context) -> str:
    """The name of the file that `table_chunks` gives."""
    return f"{context.prefix}{name}-v{context.view.version}.{suffix(format)}"


def table_chunks(name: str, columns: Iterable[str], choice: Choice, format: str, context: Context) -> Iterator[bytes]:
    """One table as one file, piece by piece; without `columns` with all columns.

    Raises, before the first piece, ValueError where there is no such table, column or format, and NotOffered where
    this viewer cannot have it; both with a sentence.
    """
    spec = Spec.of(context, [TableSpec(name, tuple(columns))], format, choice)
    check(spec, context)
    rows = rows_of(spec, context)
    if format == "xlsx":
        check_size(count(spec.tables[0], spec, context))
    return written(Made(spec, context, rows), rows)


def rows_of(spec: Spec, context: Context) -> tuple[TableRows, ...]:
    """The tables of a spec, not read yet."""
    keeps_position = spec.format in FORMATS_WITH_PLACES
    return tuple(table_rows(one.name, one.columns, spec.choice, context, keeps_position) for one in spec.tables)


def count(table: TableSpec, spec: Spec, context: Context) -> int:
    """How many rows of one table a spec asks for."""
    return queries.merged_count(context.view, context.viewer, table.name, spec.choice, context.today)


def written(made: Made, rows: Sequence[TableRows]) -> Iterator[bytes]:
    """One file with these tables; a single one, unless the format puts all into one file."""
    format = made.spec.format
    if is_one_file(format):
        with file_of(made, rows) as path:
            yield from file_chunks(path)
        return
    (one,) = rows
    if format == "csv":
        yield from csv_chunks(one.schema.names, one.batches())
    else:
        yield from parquet_chunks(one, made.context, with_places=format in FORMATS_WITH_PLACES)


def file_of(made: Made, rows: Sequence[TableRows]) -> AbstractContextManager[Path]:
    """The file of a format that holds all tables in one; it is there as long as it is in use."""
    if made.spec.format == "geopackage":
        return geopackage_file(rows, made.context)
    return workbook_file(rows, made.context, lambda: plain_lines(made), dictionary(rows, made.spec.format))


def file_chunks(path: Path) -> Iterator[bytes]:
    """A file, piece by piece."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def estimate(spec: Spec, context: Context) -> list[Estimate]:
    """Rows and approximate bytes of each table of a package, from a sample of its first rows.

    Raises ValueError or NotOffered, with a sentence, where the package cannot be made.
    """
    check(spec, context)
    return [_estimate(one, rows, spec, context) for one, rows in zip(spec.tables, rows_of(spec, context), strict=True)]


def _estimate(table: TableSpec, rows: TableRows, spec: Spec, context: Context) -> Estimate:
    total = count(table, spec, context)
    sample = queries.merged_preview(context.view, context.viewer, table.name, spec.choice, context.today, SAMPLED_ROWS)
    # Whole numbers that may be missing come back as numbers with a point.
    read = pa.Table.from_pandas(sample, rows.table.arrow_schema, preserve_index=False, safe=False)
    made = Made(spec, context, ())
    empty, some = (
        _zipped_size(written(made, [replace(rows, read=batches)])) for batches in (lambda: [], read.to_batches)
    )
    of_rows = (some - empty) * total // len(read) if len(read) else 0
    return Estimate(table.name, total, empty + of_rows)


def _zipped_size(chunks: Iterable[bytes]) -> int:
    zipped = zlib.compressobj(TEXT_LEVEL)
    return sum(len(zipped.compress(chunk)) for chunk in chunks) + len(zipped.flush())
