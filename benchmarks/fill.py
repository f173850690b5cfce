"""Fills a store with an invented network through the same upsert, rollups and compaction as a pull."""

import json
import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import assessments, field, generate, reefs
from benchmarks.generate import Shape
from data import journal
from data.refresh import refresh
from data.schema import (
    ALERTS,
    ASSESSMENTS,
    BOUNDARIES,
    COLLARS,
    DEPLOYMENTS,
    DETECTIONS,
    FIXES,
    HEAT_STRESS,
    INCIDENTS,
    INDIVIDUALS,
    LISTINGS,
    OUTPLANTS,
    RATINGS,
    REEF_SURVEYS,
    SITES,
    Table,
)
from data.store import Store, Transaction
from data.upsert import upsert

ROWS_AT_ONCE = 2_500_000
REGISTRY = "registry"
DONE = "filled"


def filled_store(folder: Path, shape: Shape, with_rollups: bool = True) -> Path:
    """The store of this shape below `folder`: made now, unless it was made before."""
    numbers = (shape.detections, shape.sites, shape.sources, shape.cameras_per_site, shape.fixes, shape.reef_images)
    size = "-".join(map(str, numbers))
    store = folder / f"store-{size}-{shape.end.isoformat()}"
    if (store / DONE).exists():
        return store
    shutil.rmtree(store, ignore_errors=True)
    _fill(Store(str(store)), shape, with_rollups)
    (store / DONE).touch()
    return store


def stage(rows: pa.Table, folder: Path, table: Table) -> Path:
    """Rows as a pull would stage them: a Parquet file with their row numbers."""
    path = folder / f"{table.name}.parquet"
    numbers = pa.array(range(1, len(rows) + 1), pa.int64())
    pq.write_table(rows.append_column("row_number", numbers), path, compression="lz4")
    return path


def _fill(store: Store, shape: Shape, with_rollups: bool) -> None:
    with store.transaction() as transaction:
        _configure(transaction, shape)
        folder = Path(store.url)
        for table in (SITES, LISTINGS, BOUNDARIES):
            rows = getattr(generate, table.name)(shape)
            upsert(transaction, table, REGISTRY, stage(rows, folder, table), is_whole=True)
        for source in range(shape.sources):
            _add_source(transaction, shape, source, folder)
        if shape.fixes:
            for table in (INDIVIDUALS, COLLARS, FIXES, ALERTS, INCIDENTS):
                rows = getattr(field, table.name)(shape)
                upsert(transaction, table, field.NAME, stage(rows, folder, table), is_whole=True)
        if shape.reef_images:
            for table in (REEF_SURVEYS, OUTPLANTS, HEAT_STRESS):
                rows = getattr(reefs, table.name)(shape)
                upsert(transaction, table, field.NAME, stage(rows, folder, table), is_whole=True)
            for table in (ASSESSMENTS, RATINGS):
                rows = getattr(assessments, table.name)(shape)
                upsert(transaction, table, field.NAME, stage(rows, folder, table), is_whole=True)
        if with_rollups:
            refresh(transaction)
        transaction.compact()
        transaction.publish()


def _add_source(transaction: Transaction, shape: Shape, source: int, folder: Path) -> None:
    name = shape.source_name(source)
    cameras = generate.deployments(shape, source)
    upsert(transaction, DEPLOYMENTS, name, stage(cameras, folder, DEPLOYMENTS), is_whole=False)
    for rows in blocks(shape, source):
        upsert(transaction, DETECTIONS, name, stage(rows, folder, DETECTIONS), is_whole=False)


def blocks(shape: Shape, source: int) -> Iterator[pa.Table]:
    """The detections of one source, a stretch of time after the other."""
    count = shape.detections // shape.sources
    blocks = max(1, -(-count // ROWS_AT_ONCE))
    for block in range(blocks):
        first, end = count * block // blocks, count * (block + 1) // blocks
        first_day, end_day = shape.days * block // blocks, shape.days * (block + 1) // blocks
        start = shape.start + timedelta(days=first_day)
        yield generate.detections(shape, source, end - first, start, end_day - first_day, first)


def _configure(transaction: Transaction, shape: Shape) -> None:
    """The sources as configured, each with one good pull."""
    names = {shape.source_name(n): generate.site_ids(shape.sites_of(n)).to_pylist() for n in range(shape.sources)}
    if shape.fixes:
        names[field.NAME] = generate.site_ids([field.SITE]).to_pylist()
    journal.replace_sources(
        transaction,
        [_source(REGISTRY, "protected_planet", []), *(_source(name, "camtrap_dp", ids) for name, ids in names.items())],
    )
    journal.add_runs(transaction, [_run(name, shape) for name in [REGISTRY, *names]])


def _source(name: str, connector: str, site_ids: list[str]) -> dict:
    return {
        "source": name,
        "connector": connector,
        "title": "Invented source",
        "site_ids": ";".join(site_ids) or None,
        "refresh_hours": 6.0,
        "sharing": "public",
        "embargo_days": 0,
    }


def _run(name: str, shape: Shape) -> dict:
    at = datetime(shape.end.year, shape.end.month, shape.end.day, tzinfo=UTC)
    rows = shape.detections // shape.sources
    counts = {f"rows_{what}": 0 for what in ("unchanged", "retired", "refused")}
    return {
        **counts,
        "run_id": uuid.uuid5(uuid.NAMESPACE_URL, name).hex,
        "source": name,
        "connector": "camtrap_dp",
        "started_at": at,
        "finished_at": at + timedelta(seconds=30),
        "outcome": "stored",
        "rows_read": rows,
        "rows_stored": rows,
        "cursor": json.dumps({}),
    }
