"""Opens one data version for queries: Ibis tables on DuckDB over exactly the files of that version."""

import tempfile
import threading
from datetime import datetime
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from data.rollups import ROLLUPS
from data.schema import TABLES
from data.store import Store, Version

MEMORY_LIMIT = "2GB"
SPILL_FOLDER = str(Path(tempfile.gettempdir()) / "tech4nature-spill")


class View:
    """Every table of the store at one data version.

    Safe to share between threads: the connection answers one question at a time.
    """

    def __init__(self, store: Store, version: Version) -> None:
        self._version = version
        self._store = store
        self._lock = threading.Lock()
        self._con = connect()
        self._tables: dict[str, ir.Table] = {}

    @property
    def version(self) -> int:
        return self._version.number

    @property
    def committed_at(self) -> datetime:
        return self._version.committed_at

    @property
    def is_complete(self) -> bool:
        """Whether the rollups are up to the raw rows; not while a pull is under way, nor after one was cut off."""
        return not self._version.stale

    def table(self, name: str) -> ir.Table:
        """A raw table or a rollup; one without rows where nothing of the kind was stored yet."""
        with self._lock:
            if name not in self._tables:
                self._tables[name] = open_table(self._con, name, self._store.files(name, self._version))
            return self._tables[name]

    def run(self, question: ir.Expr) -> pd.DataFrame:
        """The answer to an Ibis expression as a frame."""
        with self._lock:
            return self._con.execute(question)


_stores: dict[str, Store] = {}
_views: dict[str, View] = {}
_opening = threading.Lock()


def latest(store_url: str) -> View | None:
    """The newest data version of a store, or None where nothing was stored; kept open until a newer one exists."""
    with _opening:
        store = _stores.setdefault(store_url, Store(store_url))
        version = store.latest()
        if version is None:
            return None
        if store_url not in _views or _views[store_url].committed_at != version.committed_at:
            _views[store_url] = View(store, version)
        return _views[store_url]


def connect() -> ibis.BaseBackend:
    """A fresh engine that reads and shows all times in UTC."""
    con = ibis.duckdb.connect(threads=2, memory_limit=MEMORY_LIMIT, temp_directory=SPILL_FOLDER)
    con.raw_sql("SET TimeZone = 'UTC'")
    con.raw_sql("SET enable_progress_bar = false")
    return con


def open_table(con: ibis.BaseBackend, name: str, files: list[str]) -> ir.Table:
    """The rows of the given files as an Ibis table of the declared shape."""
    if files:
        return con.read_parquet(files, table_name=f"{name}_files", hive_partitioning=True)
    return ibis.memtable(empty_schema_of(name).empty_table())


def empty_schema_of(name: str) -> pa.Schema:
    return TABLES[name].stored_schema if name in TABLES else ROLLUPS[name].schema
