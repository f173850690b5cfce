"""Tables as one GeoPackage: those with a place as layers, the others as tables of attributes.

GDAL can only write it as a file, so it is made in a folder for temporary files and sent from there.
"""

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC
from pathlib import Path

import pyarrow as pa

from exports.context import Context
from exports.package_geometry import CRS, GEOMETRY, KINDS, Located, located_schema
from exports.package_rows import TableRows


@contextlib.contextmanager
def geopackage_file(tables: Sequence[TableRows], context: Context) -> Iterator[Path]:
    """A GeoPackage with these tables, there as long as it is in use."""
    with tempfile.TemporaryDirectory(prefix="tech4nature-export-") as folder:
        path = Path(folder) / "data.gpkg"
        for rows in tables:
            _add(path, rows)
        _make_timeless(path, context)
        yield path


def _add(path: Path, rows: TableRows) -> None:
    # GDAL takes memory that exports in other formats need for rows.
    import pyogrio

    kind = KINDS.get(rows.table.geometry)
    place = {"geometry_name": GEOMETRY.name, "geometry_type": kind, "crs": CRS} if kind else {}
    failed: list[Exception] = []
    reader = pa.RecordBatchReader.from_batches(located_schema(rows), _watched(rows, failed))
    words = {"IDENTIFIER": rows.name, "DESCRIPTION": f"{rows.table.title}: {rows.table.meaning}"}
    try:
        pyogrio.write_arrow(reader, path, layer=rows.name, driver="GPKG", append=path.exists(), **place, **words)
    except Exception as error:
        # GDAL tells that no more rows came, but not why.
        raise (failed[0] if failed else error) from error


def _watched(rows: TableRows, failed: list[Exception]) -> Iterator[pa.RecordBatch]:
    try:
        yield from map(Located(rows).batch, rows.batches())
    except Exception as error:
        failed.append(error)
        raise


def _make_timeless(path: Path, context: Context) -> None:
    """Set when the layers were changed to the moment of the data version; nothing else in the file is of the clock."""
    changed = f"{context.view.committed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        # Else a trace of the time before is left in the file.
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("UPDATE gpkg_contents SET last_change = ?", (changed,))
