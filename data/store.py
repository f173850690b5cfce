"""The store: Delta tables below one folder or URL, and the data versions that name one state of all of them.

A data version is one commit to the `versions` table whose metadata names the Delta version of every other table.
Readers open exactly what the newest data version names, so a batch of several tables, its cursor and its run
become visible together or not at all. What an interrupted pull left behind is undone by the next transaction.
docs/decisions/0001-data-versions.md tells why.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, WriterProperties, write_deltalake
from filelock import FileLock

from data.rollups import ROLLUPS
from data.schema import TABLES

VERSIONS = "versions"
METADATA_KEY = "dashboard"
WRITER = WriterProperties(compression="ZSTD", compression_level=1)
MOST_FILES_PER_PARTITION = 8
KEEP_OLD_FILES_HOURS = 7 * 24
CLEAN_UP_EVERY = 100
LOOK_BACK_COMMITS = 20
# Delta and DuckDB read these as part of a URL or a pattern, not of a folder's name.
UNUSABLE_IN_PATHS = "#%[]*?"


@dataclass(frozen=True)
class Version:
    """One state of the whole store.

    `tables` maps a table's name to its Delta version, `stale` maps a table to the months whose rollups are
    not yet recomputed (the month is "" for tables without months).
    """

    number: int
    committed_at: datetime
    tables: Mapping[str, int] = field(default_factory=dict)
    stale: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Store:
    """All tables below one folder or URL."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        if self.is_local and any(letter in UNUSABLE_IN_PATHS for letter in str(Path(self.url).absolute())):
            raise ValueError(f"the store cannot lie in {self.url}: none of {UNUSABLE_IN_PATHS} may be in its path")
        self._versions: DeltaTable | None = None
        self._newest: dict[str, DeltaTable] = {}
        self._latest: Version | None = None
        self._read_at = -1
        self._opened: tuple[int, int] | None = None

    @property
    def is_local(self) -> bool:
        return "://" not in self.url

    def uri(self, name: str) -> str:
        """The URL of one table."""
        folder = Path(self.url).absolute().as_uri() if self.is_local else self.url
        return f"{folder}/{name}"

    def latest(self) -> Version | None:
        """The newest data version, or None where nothing was ever stored."""
        made = self._made()
        if made != self._opened:
            self._versions, self._latest, self._newest, self._opened = None, None, {}, made
        if self._versions is None:
            if not DeltaTable.is_deltatable(self.uri(VERSIONS)):
                return None
            self._versions = DeltaTable(self.uri(VERSIONS))
        else:
            self._versions.update_incremental()
        if self._latest is None or self._read_at != self._versions.version():
            self._latest, self._read_at = _read_version(self._versions), self._versions.version()
        return self._latest

    def _made(self) -> tuple[int, int] | None:
        """Tells a store on this machine from one that somebody has made anew at its place."""
        if not self.is_local:
            return None
        try:
            first = Path(self.url, VERSIONS, "_delta_log", f"{0:020}.json").stat()
        except FileNotFoundError:
            return None
        return first.st_ino, first.st_mtime_ns

    def version(self, number: int) -> Version | None:
        """One data version by its number, or None where there is none."""
        if self.latest() is None:
            return None
        commits = (commit for commit in self._versions.history() if METADATA_KEY in commit)
        return next((_version_of(commit) for commit in commits if commit["version"] == number), None)

    def keeps(self, version: Version) -> bool:
        """Whether the files of a data version are all still there; a store elsewhere is not asked."""
        if not self.is_local:
            return True
        return all(Path(file).exists() for name in version.tables for file in self.files(name, version))

    def files(self, name: str, version: Version | None) -> list[str]:
        """The Parquet files of one table at one data version; empty where the table is not there yet."""
        if version is None or name not in version.tables:
            return []
        table, number = self._newest.get(name), version.tables[name]
        if table is None or table.version() != number:
            table = DeltaTable(self.uri(name), version=number)
        files = table.file_uris()
        return [unquote(file) for file in files] if self.is_local else files

    def newest(self, name: str) -> DeltaTable | None:
        """One table as it is now, published or not, or None where it does not exist; for the writer only.

        It is kept open, because reading the log of a large table anew at every commit takes longer than the commit.
        """
        if name in self._newest:
            self._newest[name].update_incremental()
        elif DeltaTable.is_deltatable(self.uri(name)):
            self._newest[name] = DeltaTable(self.uri(name))
        return self._newest.get(name)

    @contextmanager
    def transaction(self) -> Iterator["Transaction"]:
        """The one writer: what it writes is seen when `publish` returns, and undone when it never does."""
        with self._lock():
            transaction = Transaction(self, self.latest())
            transaction.undo_interrupted()
            yield transaction

    def _lock(self) -> FileLock:
        if self.is_local:
            Path(self.url).mkdir(parents=True, exist_ok=True)
            return FileLock(Path(self.url) / ".lock")
        name = hashlib.sha256(self.url.encode()).hexdigest()[:16]
        return FileLock(Path(tempfile.gettempdir()) / f"tech4nature-{name}.lock")


class Transaction:
    """Writes to several tables that become one data version."""

    def __init__(self, store: Store, base: Version | None) -> None:
        self.store = store
        self._next = base or Version(-1, datetime.now(UTC))

    def undo_interrupted(self) -> None:
        """Take back commits that no data version names: an earlier writer was stopped between two tables."""
        for name in [*TABLES, *ROLLUPS]:
            table, named = self.store.newest(name), self._next.tables.get(name)
            if table is None or table.version() == named:
                continue
            if named is None:
                table.delete()
            else:
                table.restore(named)
            self._note(name)

    def files(self, name: str) -> list[str]:
        """The files of a table as this transaction sees it."""
        return self.store.files(name, self._next)

    def append(self, name: str, rows: pa.Table | pa.RecordBatchReader, partitioned: bool = False) -> None:
        """Add rows that carry the table's stored columns."""
        self._write(name, rows, partitioned, mode="append")

    def overwrite(
        self,
        name: str,
        rows: pa.Table | pa.RecordBatchReader,
        months: list[str] | None = None,
        where: str | None = None,
    ) -> None:
        """Replace the rows of some months of a partitioned table, of a predicate, or of a whole table."""
        predicate = where
        if months is not None:
            predicate = "month IN ({})".format(", ".join(f"'{month}'" for month in months))
        if self.store.newest(name) is None:
            predicate = None
        self._write(name, rows, months is not None, mode="overwrite", predicate=predicate)

    def _write(
        self,
        name: str,
        rows: pa.Table | pa.RecordBatchReader,
        partitioned: bool,
        mode: str,
        predicate: str | None = None,
    ) -> None:
        write_deltalake(
            self.store.newest(name) or self.store.uri(name),
            rows,
            mode=mode,
            predicate=predicate,
            writer_properties=WRITER,
            partition_by=["month"] if partitioned else None,
        )
        self._note(name)

    def mark_stale(self, name: str, months: set[str]) -> None:
        """Say that rollups made from these months of a table must be recomputed."""
        if months:
            stale = {**self._next.stale, name: tuple(sorted({*self._next.stale.get(name, ()), *months}))}
            self._next = replace(self._next, stale=stale)

    def clear_stale(self) -> None:
        self._next = replace(self._next, stale={})

    @property
    def stale(self) -> Mapping[str, tuple[str, ...]]:
        return self._next.stale

    def compact(self) -> None:
        """Merge small files where a partition has many."""
        for name in self._next.tables:
            table = self.store.newest(name)
            if _files_in_fullest_partition(table) > MOST_FILES_PER_PARTITION:
                table.optimize.compact(writer_properties=WRITER)
                self._note(name)

    def clean_up(self) -> None:
        """Drop files that no version of the last week needs; they are of no use to anybody who reads now."""
        for name in [*self._next.tables, VERSIONS]:
            table = self.store.newest(name)
            if table.version() % CLEAN_UP_EVERY == 0:
                table.vacuum(retention_hours=KEEP_OLD_FILES_HOURS, dry_run=False, full=True)
                self._note(name)

    def publish(self) -> Version:
        """Make everything written so far the newest data version."""
        now = datetime.now(UTC)
        state = {"committed_at": now.isoformat(), "tables": dict(self._next.tables), "stale": dict(self._next.stale)}
        write_deltalake(
            self.store.uri(VERSIONS),
            pa.table({"committed_at": pa.array([now], pa.timestamp("us", tz="UTC"))}),
            mode="overwrite",
            commit_properties=CommitProperties(custom_metadata={METADATA_KEY: json.dumps(state)}),
        )
        published = self.store.latest()
        self._next = published
        return published

    def _note(self, name: str) -> None:
        if name != VERSIONS:
            self._next = replace(self._next, tables={**self._next.tables, name: self.store.newest(name).version()})


def _read_version(versions: DeltaTable) -> Version:
    # Cleaning up leaves commits of its own, which name nothing.
    newest = next(commit for commit in versions.history(LOOK_BACK_COMMITS) if METADATA_KEY in commit)
    return _version_of(newest)


def _version_of(commit: Mapping[str, Any]) -> Version:
    state = json.loads(commit[METADATA_KEY])
    return Version(
        number=commit["version"],
        committed_at=datetime.fromisoformat(state["committed_at"]),
        tables=state["tables"],
        stale={name: tuple(months) for name, months in state["stale"].items()},
    )


def _files_in_fullest_partition(table: DeltaTable) -> int:
    counts: dict[str, int] = {}
    for uri in table.file_uris():
        folder = uri.rsplit("/", 1)[0]
        counts[folder] = counts.get(folder, 0) + 1
    return max(counts.values(), default=0)
