"""Brings staged rows of one source into one table: new rows are appended, changed and vanished ones rewritten.

Only the month partitions that hold a changed or vanished row are rewritten; a merge of a large table costs
25 to 50 times more. Rows are told apart by a hash of their key and compared by a hash of their content.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from data.schema import Table
from data.store import Transaction

MEMORY_LIMIT = "1GB"
BATCH_ROWS = 100_000
# Sorting more costs as much as writing it; large exports come by camera and time already.
MOST_ROWS_SORTED = 500_000
LARGE_LOSS_SHARE = 0.5
LARGE_LOSS_ROWS = 100


class LargeLoss(Exception):
    """A source that republishes everything sent so few rows that most of what is stored would vanish."""


@dataclass(frozen=True)
class Repeat:
    """A row whose key an earlier row of the same pull has with other content."""

    row: int
    key: str
    raw: str


@dataclass(frozen=True)
class Upserted:
    """What happened to the rows of one table; `repeated` rows were the same as an earlier row of the pull."""

    stored: int = 0
    unchanged: int = 0
    retired: int = 0
    repeated: int = 0
    conflicts: tuple[Repeat, ...] = ()


def upsert(
    transaction: Transaction,
    table: Table,
    source: str,
    staged: Path | None,
    is_whole: bool,
    accept_loss: bool = False,
    refused: Sequence[str] = (),
) -> Upserted:
    """Store the rows of the staged Parquet file under `source`; with `is_whole`, retire rows that are not in it.

    `refused` are the raw texts of rows that were refused for this table: a stored row whose key stands in one of
    them did not vanish, so its last good state is kept. Raises LargeLoss, with nothing written, when more than half of
    the stored rows would be retired, unless `accept_loss`.
    """
    if staged is None and not is_whole:
        return Upserted()
    spill = {"temp_directory": str(staged.parent / "spill")} if staged else {}
    con = duckdb.connect(config={"threads": 2, "memory_limit": MEMORY_LIMIT, **spill})
    try:
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET enable_progress_bar = false")
        return _Upsert(con, transaction, table, source, staged, is_whole).run(accept_loss, refused)
    finally:
        con.close()


class _Upsert:
    """One upsert, as a handful of SQL steps over the views `incoming` and `everything`."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        transaction: Transaction,
        table: Table,
        source: str,
        staged: Path | None,
        is_whole: bool,
    ) -> None:
        self.con, self.transaction, self.table, self.is_whole = con, transaction, table, is_whole
        self.source = f"'{_quoted(source)}'"
        self.month = ", month" if table.month_of else ""
        self.keys = ", ".join(f'"{name}"::VARCHAR' for name in table.key)
        self._create_incoming(staged)
        self._create_everything(transaction.files(table.name))

    def run(self, accept_loss: bool, refused: Sequence[str]) -> Upserted:
        rows, keys = self._row(f"SELECT count(*), count(DISTINCT hash({self.keys})) FROM incoming")
        if rows == keys and not self._row(f"SELECT count(*) FROM everything WHERE source = {self.source}")[0]:
            self._append("SELECT * FROM incoming")
            return Upserted(rows)
        self._create_keys()
        keys = self._row("SELECT count(DISTINCT key_hash) FROM incoming_keys")[0]
        conflicts = self._drop_repeats() if keys < rows else ()
        repeated = rows - keys - len(conflicts)
        stored = self._row("SELECT count(*) FROM stored_keys")[0]
        fresh, changed, retired = self._compare(refused)
        if not accept_loss and retired > max(LARGE_LOSS_ROWS, LARGE_LOSS_SHARE * stored):
            raise LargeLoss(f"{retired:,} of {stored:,} rows in {self.table.name} are no longer sent")
        if changed or retired:
            self._rewrite()
        elif fresh:
            self._append(self._fresh())
        return Upserted(fresh, keys - fresh, retired, repeated, conflicts)

    def _create_incoming(self, staged: Path | None) -> None:
        """The view `incoming` of the staged rows with hashes and month."""
        fields = ", ".join(f'"{name}"' for name in self.table.columns)
        if staged is None:
            self.con.from_arrow(self.table.arrow_schema.empty_table()).create("nothing_staged")
            rows = "(SELECT *, NULL::BIGINT AS row_number, NULL::BIGINT AS file_row_number FROM nothing_staged)"
        else:
            rows = f"read_parquet('{_quoted(str(staged))}', file_row_number = true)"
        month = f", strftime(\"{self.table.month_of}\", '%Y-%m') AS month" if self.table.month_of else ""
        self.con.execute(f"""
            CREATE VIEW incoming AS SELECT {fields}, {self.source} AS source,
                (md5_number_lower(concat_ws(chr(31), {self.source}, {self.keys})) >> 1)::BIGINT AS key_hash,
                (hash({fields}) >> 1)::BIGINT AS row_hash{month}, row_number, file_row_number
            FROM {rows}""")

    def _create_everything(self, files: list[str]) -> None:
        """The view `everything` of the rows in the table now."""
        if files:
            names = ", ".join(f"'{_quoted(file)}'" for file in files)
            content = f"SELECT * FROM read_parquet([{names}], hive_partitioning = true)"
        else:
            self.con.from_arrow(self.table.stored_schema.empty_table()).create("nothing_stored")
            content = "SELECT * FROM nothing_stored"
        self.con.execute(f"CREATE VIEW everything AS {content}")

    def _create_keys(self) -> None:
        """The slim tables `incoming_keys` of the staged rows and `stored_keys` of this source's rows.

        Where nothing can be retired, only the keys that are sent again are kept: the rest may be a hundred times more.
        """
        self.con.execute(
            f"CREATE TEMP TABLE incoming_keys AS SELECT key_hash, row_hash{self.month}, file_row_number FROM incoming"
        )
        sent_again = "" if self.is_whole else "AND key_hash IN (SELECT key_hash FROM incoming_keys)"
        self.con.execute(f"""
            CREATE TEMP TABLE stored_keys AS SELECT key_hash, row_hash{self.month} FROM everything
            WHERE source = {self.source} {sent_again}""")

    def _drop_repeats(self) -> tuple[Repeat, ...]:
        """Leave the first row of each key; later ones with other content are conflicts, the same ones mere repeats."""
        content = ", ".join(f'"{name}" := "{name}"' for name in self.table.columns)
        self.con.execute("""
            CREATE TEMP TABLE repeats AS
            SELECT key_hash, min(file_row_number) AS first_row, arg_min(row_hash, file_row_number) AS first_hash
            FROM incoming_keys GROUP BY key_hash HAVING count(*) > 1""")
        conflicts = self.con.sql(f"""
            SELECT row_number, concat_ws(', ', {self.keys}), to_json(struct_pack({content}))::VARCHAR
            FROM incoming JOIN repeats USING (key_hash)
            WHERE file_row_number > first_row AND row_hash <> first_hash ORDER BY file_row_number""").fetchall()
        self.con.execute("""
            CREATE OR REPLACE TEMP TABLE incoming_keys AS SELECT * FROM incoming_keys
            QUALIFY row_number() OVER (PARTITION BY key_hash ORDER BY file_row_number) = 1""")
        return tuple(Repeat(*conflict) for conflict in conflicts)

    def _compare(self, refused: Sequence[str]) -> tuple[int, int, int]:
        """Tables `changed`, `fresh` (new and changed) and `retired`, and how many keys each has."""
        old_month = ", stored_keys.month" if self.table.month_of else ""
        self.con.execute(f"""
            CREATE TEMP TABLE changed AS SELECT stored_keys.key_hash{old_month} FROM incoming_keys
            JOIN stored_keys USING (key_hash) WHERE incoming_keys.row_hash <> stored_keys.row_hash""")
        self.con.execute(f"""
            CREATE TEMP TABLE fresh AS SELECT key_hash, file_row_number{self.month} FROM incoming_keys
            WHERE key_hash NOT IN (SELECT key_hash FROM stored_keys) OR key_hash IN (SELECT key_hash FROM changed)""")
        self.con.execute(f"""
            CREATE TEMP TABLE retired AS SELECT key_hash{self.month} FROM stored_keys
            WHERE {self.is_whole} AND key_hash NOT IN (SELECT key_hash FROM incoming_keys)""")
        if refused:
            self._spare_refused(refused)
        return self._row(
            "SELECT (SELECT count(*) FROM fresh), (SELECT count(*) FROM changed), (SELECT count(*) FROM retired)"
        )

    def _spare_refused(self, refused: Sequence[str]) -> None:
        self.con.from_arrow(pa.table({"raw": list(refused)})).create("refused")
        key_in_raw = " AND ".join(f'contains(raw, "{name}"::VARCHAR)' for name in self.table.key)
        self.con.execute(f"""
            DELETE FROM retired WHERE key_hash IN (
                SELECT key_hash FROM everything SEMI JOIN retired USING (key_hash) JOIN refused ON {key_in_raw})""")

    def _rewrite(self) -> None:
        """Replace the partitions that hold changed or retired rows; append what is new in the others."""
        gone = "SELECT key_hash FROM changed UNION ALL SELECT key_hash FROM retired"
        kept = f"SELECT * FROM everything WHERE key_hash NOT IN ({gone})"
        if not self.table.month_of:
            self.transaction.overwrite(self.table.name, self._sorted(f"{kept} UNION ALL BY NAME {self._fresh()}"))
            self.transaction.mark_stale(self.table.name, {""})
            return
        moved = "SELECT fresh.month FROM fresh JOIN changed USING (key_hash)"
        months = self._months(f"SELECT month FROM changed UNION SELECT month FROM retired UNION {moved}")
        inside = ", ".join(f"'{month}'" for month in months)
        rows = f"{kept} AND month IN ({inside}) UNION ALL BY NAME {self._fresh()} AND month IN ({inside})"
        self.transaction.overwrite(self.table.name, self._sorted(rows), months=months)
        self.transaction.mark_stale(self.table.name, set(months))
        self._append(f"{self._fresh()} AND month NOT IN ({inside})")

    def _fresh(self) -> str:
        return "SELECT * FROM incoming WHERE file_row_number IN (SELECT file_row_number FROM fresh)"

    def _append(self, rows: str) -> None:
        months = self._months(f"SELECT DISTINCT month FROM ({rows})") if self.table.month_of else [""]
        if months and self._count(rows):
            self.transaction.append(self.table.name, self._sorted(rows), partitioned=bool(self.table.month_of))
            self.transaction.mark_stale(self.table.name, set(months))

    def _sorted(self, rows: str) -> pa.RecordBatchReader:
        """The rows by month, source, site and time, or as they come where there are more than MOST_ROWS_SORTED."""
        columns = ", ".join(f'"{name}"' for name in self.table.stored_schema.names)
        order = ["source", *(["site_id"] if "site_id" in self.table.columns else [])]
        if self.table.month_of:
            order = ["month", *order, self.table.month_of]
        in_order = f"ORDER BY {', '.join(order)}" if self._count(rows) <= MOST_ROWS_SORTED else ""
        return self.con.sql(f"SELECT {columns} FROM ({rows}) {in_order}").to_arrow_reader(BATCH_ROWS)

    def _count(self, rows: str) -> int:
        return self._row(f"SELECT count(*) FROM ({rows})")[0]

    def _months(self, sql: str) -> list[str]:
        return sorted(month for (month,) in self.con.sql(sql).fetchall())

    def _row(self, sql: str) -> tuple:
        return self.con.sql(sql).fetchall()[0]


def _quoted(text: str) -> str:
    return text.replace("'", "''")
