"""Invented rows of the stored tables, and the short way to put them into a store."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from data import engine, journal
from data.engine import View
from data.refresh import refresh
from data.schema import TABLES, Table
from data.store import Store, Transaction
from data.upsert import Upserted, upsert

Row = Mapping[str, Any]
BOOKKEEPING = ("key_hash", "row_hash")


def detection(detection_id: str, started_at: datetime, **fields: Any) -> Row:
    return {
        "detection_id": detection_id,
        "site_id": "990000001",
        "deployment_id": "camera-1",
        "level": "event",
        "started_at": started_at,
        "scientific_name": "Vulpes vulpes",
        "classification_method": "human",
        **fields,
    }


def deployment(deployment_id: str, started_at: datetime, ended_at: datetime, **fields: Any) -> Row:
    return {
        "deployment_id": deployment_id,
        "site_id": "990000001",
        "latitude": 47.123456,
        "longitude": 11.654321,
        "started_at": started_at,
        "ended_at": ended_at,
        "trap_nights": (ended_at - started_at).total_seconds() / 86400,
        **fields,
    }


def site(site_id: str, **fields: Any) -> Row:
    return {"site_id": site_id, "site_name": f"Site {site_id}", "boundary_kind": "polygon", **fields}


def configured(source: str, **fields: Any) -> Row:
    return {
        "source": source,
        "connector": "camtrap_dp",
        "title": "Camera traps",
        "site_ids": "990000001",
        "refresh_hours": 24.0,
        "sharing": "public",
        "embargo_days": 0,
        **fields,
    }


def run(source: str, started_at: datetime, **fields: Any) -> Row:
    counts = dict.fromkeys(("rows_read", "rows_stored", "rows_unchanged", "rows_retired", "rows_refused"), 0)
    times = {"started_at": started_at, "finished_at": started_at}
    return {
        "run_id": f"{source} {started_at}",
        "source": source,
        "connector": "camtrap_dp",
        "outcome": "stored",
        **times,
        **counts,
        **fields,
    }


def moment(text: str) -> datetime:
    """A moment in UTC, from an ISO text without offset."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def staged(table: Table, rows: Sequence[Row], folder: Path) -> Path:
    """Rows as ingest stages them, numbered from 1."""
    content = pa.Table.from_pylist(list(rows), schema=table.arrow_schema)
    numbers = pa.array(range(1, len(rows) + 1), pa.int64())
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{table.name}.parquet"
    pq.write_table(content.append_column("row_number", numbers), path)
    return path


def put(transaction: Transaction, source: str, rows: Mapping[str, Sequence[Row]], folder: Path) -> list[Upserted]:
    """Upsert rows of several tables as everything that a source has."""
    return [
        upsert(transaction, TABLES[name], source, staged(TABLES[name], some, folder), is_whole=True)
        for name, some in rows.items()
    ]


def filled(store: Store, folder: Path, sources: Sequence[Row], rows: Mapping[str, Mapping[str, Sequence[Row]]]) -> View:
    """A store with these sources and, by source and table, these rows, with its rollups."""
    with store.transaction() as transaction:
        journal.replace_sources(transaction, sources)
        for source, tables in rows.items():
            put(transaction, source, tables, folder)
        refresh(transaction)
        transaction.publish()
    return engine.latest(store.url)


def contents(store: Store, name: str, without: Sequence[str] = BOOKKEEPING) -> list[Row]:
    """All rows of a table of the newest data version, in an order that depends on nothing else."""
    files = store.files(name, store.latest())
    rows = [row for file in files for row in _read(Path(file))]
    kept = [{key: value for key, value in row.items() if key not in without} for row in rows]
    return sorted(kept, key=repr)


def _read(file: Path) -> list[Row]:
    """The rows of one file with the month of its folder."""
    month = {"month": file.parent.name.removeprefix("month=")} if file.parent.name.startswith("month=") else {}
    return [row | month for row in pq.ParquetFile(file).read().to_pylist()]
