"""Opens one data version for queries: Ibis tables on DuckDB over exactly the files of that version."""

import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from data.rollups import ROLLUPS
from data.schema import TABLES
from data.store import Store, Version

MEMORY_LIMIT = "2GB"
# With less, DuckDB cannot put a month of 10 million rows in order.
STREAM_MEMORY_LIMIT = "160MB"
STREAMED_ROWS = 20_000
SPILL_FOLDER = str(Path(tempfile.gettempdir()) / "tech4nature-spill")


class VersionGone(LookupError):
    """A data version cannot be opened any more; the message says why."""


class View:
    """Every table of the store at one data version.

    Safe to share between threads: the connection answers one question at a time.
    """

    def __init__(self, store: Store, version: Version, rules: "View | None" = None) -> None:
        self._version = version
        self._store = store
        self._rules = rules
        self._lock = threading.Lock()
        self._con = connect()
        self._tables: dict[str, ir.Table] = {}
        self._kept: dict[str, pa.Table] = {}

    @property
    def rules(self) -> "View":
        """The data version whose sources and masks say what may be shown: the newest one when this was opened.

        Else what was hidden since could be had from an older version.
        """
        return self._rules or self

    @property
    def version(self) -> int:
        return self._version.number

    @property
    def committed_at(self) -> datetime:
        return self._version.committed_at

    @property
    def day(self) -> date:
        """The day (UTC) of the data version: what is made as of this day never changes while the version stays."""
        return self.committed_at.date()

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

    def keep(self, name: str, make: Callable[[], ir.Table]) -> ir.Table:
        """The rows that `make` asks for, asked once and then kept in memory under a name of their own."""
        if name not in self._tables:
            question = make()
            with self._lock:
                if name not in self._tables:
                    self._kept[name] = self._con.to_pyarrow(question)
                    self._tables[name] = open_kept(self._con, name, self._kept[name])
        return self._tables[name]

    def run(self, question: ir.Expr) -> pd.DataFrame:
        """The answer to an Ibis expression as a frame."""
        with self._lock:
            return self._con.execute(question)

    def batches(self, questions: Iterable[ir.Table]) -> Iterator[pa.RecordBatch]:
        """The answers to questions over stored tables, one after the other, at most `STREAMED_ROWS` rows at once.

        It has a connection of its own, so that a long download neither holds up pages nor takes their memory.
        """
        con = connect(STREAM_MEMORY_LIMIT, threads=1)
        try:
            opened: set[str] = set()
            for question in questions:
                with self._lock:
                    sql, known = self._con.compile(question), list(self._tables)
                for name in known:
                    if name not in opened and f'"{_opened_as(name)}"' in sql:
                        self._open_for(con, name)
                        opened.add(name)
                yield from con.con.sql(sql).to_arrow_reader(STREAMED_ROWS)
        finally:
            con.disconnect()

    def _open_for(self, con: ibis.BaseBackend, name: str) -> None:
        if name in self._kept:
            open_kept(con, name, self._kept[name])
        else:
            open_table(con, name, self._store.files(name, self._version))


OLDER_KEPT = 2
_stores: dict[str, Store] = {}
_views: dict[str, View] = {}
_older: dict[tuple[str, datetime], View] = {}
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


def at(store_url: str, number: int) -> View:
    """One data version of a store, the newest or an older one.

    Raises VersionGone where there is no such version, or where its files were cleaned up since.
    """
    view = latest(store_url)
    if view is not None and view.version == number:
        return view
    store = Store(store_url)
    version = store.version(number)
    if version is None:
        raise VersionGone(f"the store has no data version {number}")
    if not store.keeps(version):
        raise VersionGone(f"data version {number} is no longer kept: files are cleaned up after a week")
    return _opened(store, version, view)


def _opened(store: Store, version: Version, rules: View | None) -> View:
    """An older data version; those asked last stay open, so that many who ask for one do not open it many times."""
    key = (store.url, version.committed_at)
    with _opening:
        found = _older.pop(key, None)
        if found is None or found.rules is not rules:
            found = View(store, version, rules)
        _older[key] = found
        while len(_older) > OLDER_KEPT:
            del _older[next(iter(_older))]
        return found


def connect(memory_limit: str = MEMORY_LIMIT, threads: int = 2) -> ibis.BaseBackend:
    """A fresh engine that reads and shows all times in UTC."""
    con = ibis.duckdb.connect(threads=threads, memory_limit=memory_limit, temp_directory=SPILL_FOLDER)
    con.raw_sql("SET TimeZone = 'UTC'")
    con.raw_sql("SET enable_progress_bar = false")
    return con


def open_table(con: ibis.BaseBackend, name: str, files: list[str]) -> ir.Table:
    """The rows of the given files as an Ibis table of the declared shape."""
    if files:
        return con.read_parquet(files, table_name=_opened_as(name), hive_partitioning=True)
    return open_kept(con, name, empty_schema_of(name).empty_table())


def open_kept(con: ibis.BaseBackend, name: str, rows: pa.Table) -> ir.Table:
    """Rows in memory as an Ibis table."""
    con.raw_sql(f'DROP TABLE IF EXISTS "{_opened_as(name)}"')
    con.con.from_arrow(rows).create(_opened_as(name))
    return con.table(_opened_as(name))


def empty_schema_of(name: str) -> pa.Schema:
    return TABLES[name].stored_schema if name in TABLES else ROLLUPS[name].schema


def _opened_as(name: str) -> str:
    return f"{name}_files"
