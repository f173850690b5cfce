"""Ingest of camera-trap rows, from CSV to committed and rolled up, against reading and writing the same rows alone.

The limit is what no ingest can do without: a typed parse of the CSV by pyarrow and a Delta write of the rows.
"""

import shutil
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import write_deltalake
from pyarrow import csv

from benchmarks import report
from benchmarks.package import sites_by_location, written_package
from benchmarks.processes import in_child
from benchmarks.report import Measure
from connectors.base import Source
from data.store import WRITER
from ingestion.network import Network
from ingestion.pull import pull

ROWS = 10_000_000
MOST_TIME = 2.0
MOST_MEMORY_MB = 2048


def main() -> int:
    parser = report.arguments(__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    options = parser.parse_args()
    package = in_child(_write_package, options.folder, options.rows).result
    limit = in_child(_parse_and_write, package, options.folder / "limit")
    ingest = in_child(_ingest, package, options.folder / "ingested", options.rows)
    rows = f"{options.rows:,} rows"
    measures = [
        Measure(f"ingest, {rows}", ingest.seconds, "s", limit.seconds, MOST_TIME),
        Measure("peak memory of the ingest", ingest.peak_mb, "MB", target=MOST_MEMORY_MB),
        Measure("rows a second", options.rows / ingest.seconds, "rows/s"),
    ]
    return report.show(f"Ingest of {rows}", measures, options.json)


def _write_package(folder: Path, rows: int) -> Path:
    return written_package(folder, rows)[0]


def _parse_and_write(package: Path, into: Path) -> None:
    shutil.rmtree(into, ignore_errors=True)
    moment = pa.timestamp("us", tz="UTC")
    types = {"eventStart": moment, "eventEnd": moment, "count": pa.int32(), "classificationProbability": pa.float64()}
    rows = csv.read_csv(package / "observations.csv", convert_options=csv.ConvertOptions(column_types=types))
    rows = rows.append_column("month", pc.strftime(rows["eventStart"], "%Y-%m"))
    empty = [name for name in rows.column_names if pa.types.is_null(rows[name].type)]
    write_deltalake(into, rows.drop_columns(empty), partition_by=["month"], writer_properties=WRITER)


def _ingest(package: Path, store: Path, rows: int) -> None:
    shutil.rmtree(store, ignore_errors=True)
    site = sites_by_location(written_package(package.parent, rows)[1])
    (outcome,) = pull(Network((Source("cameras", "camtrap_dp", str(package), site),)), str(store))
    if outcome.outcome != "stored" or outcome.rows_read < rows:
        raise RuntimeError(f"the ingest did not store everything: {outcome}")


if __name__ == "__main__":
    sys.exit(main())
