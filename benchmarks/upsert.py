"""Upsert of 1 M rows into 100 M, one in ten already there, against finding the new ones and appending them alone."""

import contextlib
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks import fill, generate, report
from benchmarks.generate import Shape
from benchmarks.processes import in_child
from benchmarks.report import Measure
from data.refresh import refresh
from data.schema import DETECTIONS
from data.store import Store
from data.upsert import upsert

STORED_ROWS = 100_000_000
ADDED_ROWS = 1_000_000
REPEATED_SHARE = 0.1
DAYS = 180
END = date(2026, 1, 1)
MOST_TIME = 1.5
MOST_MEMORY_MB = 2048


def main() -> int:
    parser = report.arguments(__doc__)
    parser.add_argument("--rows", type=int, default=STORED_ROWS, help="rows that are there before")
    options = parser.parse_args()
    shape = Shape(options.rows, END, sources=1)
    store = in_child(fill.filled_store, options.folder, shape, False).result
    staged = in_child(_stage, options.folder, shape).result
    runs = {
        step: in_child(step, store, staged, shape.source_name(0)) for step in (_anti_join_and_append, _upsert, _refresh)
    }
    limit, done, rolled_up = runs.values()
    measures = [
        Measure("upsert to committed", done.result, "s", limit.result, MOST_TIME),
        Measure("peak memory of the upsert", done.peak_mb, "MB", target=MOST_MEMORY_MB),
        Measure("peak memory of the limit", limit.peak_mb, "MB"),
        Measure("rollups of the touched months after it", rolled_up.result, "s"),
    ]
    return report.show(f"Upsert of {ADDED_ROWS:,} rows into {options.rows:,}", measures, options.json)


def _stage(folder: Path, shape: Shape) -> Path:
    """Rows of the last `DAYS`: the first tenth is stored already, as it is, the rest is new."""
    *_, newest = fill.blocks(shape, 0)
    stored = newest.slice(len(newest) - int(ADDED_ROWS * REPEATED_SHARE))
    new_count = ADDED_ROWS - len(stored)
    new = generate.detections(shape, 0, new_count, END - timedelta(days=DAYS), DAYS, first=shape.detections)
    into = folder / "staged"
    into.mkdir(exist_ok=True)
    return fill.stage(pa.concat_tables([stored, new]), into, DETECTIONS)


def _anti_join_and_append(store: Path, staged: Path, source: str) -> float:
    """The limit: keep the staged keys that the same months of the source do not have, and append their rows."""
    with _copied(store) as copy, Store(str(copy)).transaction() as transaction:
        files = transaction.files("detections")
        start = time.perf_counter()
        con = duckdb.connect(config={"threads": 2, "memory_limit": "1GB"})
        con.execute("SET TimeZone = 'UTC'")
        con.execute(f"""
            CREATE VIEW staged AS SELECT * EXCLUDE (row_number), '{source}' AS source,
            (md5_number_lower('{source}' || chr(31) || detection_id) >> 1)::BIGINT AS key_hash,
            0::BIGINT AS row_hash, strftime(started_at, '%Y-%m') AS month FROM read_parquet('{staged}')""")
        months = [f"'{month}'" for (month,) in con.sql("SELECT DISTINCT month FROM staged").fetchall()]
        con.read_parquet(files, hive_partitioning=True).create_view("stored")
        new = con.sql(f"""
            SELECT * FROM staged ANTI JOIN (
                SELECT key_hash FROM stored WHERE month IN ({", ".join(months)})
            ) USING (key_hash)""")
        transaction.append("detections", new.to_arrow_reader(100_000), partitioned=True)
        transaction.publish()
        return time.perf_counter() - start


def _upsert(store: Path, staged: Path, source: str) -> float:
    with _copied(store) as copy, Store(str(copy)).transaction() as transaction:
        start = time.perf_counter()
        done = upsert(transaction, DETECTIONS, source, staged, is_whole=False)
        transaction.publish()
        seconds = time.perf_counter() - start
    if done.stored != ADDED_ROWS * (1 - REPEATED_SHARE) or done.unchanged != ADDED_ROWS * REPEATED_SHARE:
        raise RuntimeError(f"the upsert did not tell new rows from stored ones: {done}")
    return seconds


def _refresh(store: Path, staged: Path, source: str) -> float:
    with _copied(store) as copy, Store(str(copy)).transaction() as transaction:
        transaction.clear_stale()
        upsert(transaction, DETECTIONS, source, staged, is_whole=False)
        start = time.perf_counter()
        refresh(transaction)
        return time.perf_counter() - start


@contextlib.contextmanager
def _copied(store: Path) -> Iterator[Path]:
    """A store of the same files that can be written to and thrown away."""
    copy = store.with_name(f"{store.name}-copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(store, copy, copy_function=_linked)
    try:
        yield copy
    finally:
        shutil.rmtree(copy)


def _linked(original: str, copy: str) -> None:
    """Stored files never change, so a link to one is a copy of it."""
    Path(copy).hardlink_to(original)


if __name__ == "__main__":
    sys.exit(main())
