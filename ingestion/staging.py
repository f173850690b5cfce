"""Where parsed rows wait between the connector and the commit: validated, on disk, in bounded memory."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from connectors.base import Notice, Parsed, Read, Refusal, Rows, raw_json
from connectors.errors import SourceChanged
from data.schema import TABLES, Table
from data.validation import Checker, Verdict

ROW_NUMBER = "row_number"
MOST_REFUSALS = 200_000
# What is said of a row on a page; the answer as received is kept whole.
LONGEST_WORDS = 2_000
MOST_NOTICES = 1_000


class Staging:
    """The good rows of one pull as one Parquet file per table, and what was refused or said about the rest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.refusals: list[Refusal] = []
        self.notices: list[str] = []
        self.rows_read = 0
        self.rows: dict[str, int] = {}
        self._checker = Checker()
        self._writers: dict[str, pq.ParquetWriter] = {}

    def fill(self, parsed: Iterable[Parsed]) -> None:
        """Take everything that a connector's `parse` yields.

        Raises SourceChanged when so many rows are refused that the answer cannot be what it claims to be.
        """
        for item in parsed:
            match item:
                case Rows():
                    self._take(item)
                case Refusal():
                    self.refusals.append(_short(item))
                case Notice() if len(self.notices) < MOST_NOTICES:
                    self.notices.append(item.text[:LONGEST_WORDS])
                case Read():
                    self.rows_read += item.count
            if len(self.refusals) > MOST_REFUSALS:
                raise SourceChanged(
                    f"more than {MOST_REFUSALS:,} rows had to be refused, the first because "
                    f"{self.refusals[0].field} {self.refusals[0].reason}"
                )
        self._close()

    def file(self, name: str) -> Path | None:
        """The Parquet file with the good rows of a table (its columns and `row_number`), if there are any."""
        return self.folder / f"{name}.parquet" if self.rows.get(name) else None

    def table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """The good rows of a table in memory, without their row numbers."""
        file = self.file(name)
        if file is None:
            schema = TABLES[name].arrow_schema
            return schema.empty_table().select(columns or schema.names)
        return pq.read_table(file, columns=columns or TABLES[name].columns)

    def _take(self, item: Rows) -> None:
        table = TABLES[item.table]
        numbers = item.numbers if item.numbers is not None else pa.array(range(1, len(item.rows) + 1), pa.int64())
        verdicts = self._checker.check(table, item.rows)
        self.refusals.extend(_refusal(item, numbers, verdict) for verdict in verdicts)
        good = item.rows.append_column(ROW_NUMBER, numbers.cast(pa.int64()))
        if verdicts:
            keep = np.ones(len(good), dtype=bool)
            keep[[verdict.position for verdict in verdicts]] = False
            good = good.filter(pa.array(keep))
        self._write(table, good)

    def _write(self, table: Table, rows: pa.Table) -> None:
        if table.name not in self._writers:
            self.folder.mkdir(parents=True, exist_ok=True)
            schema = table.arrow_schema.append(pa.field(ROW_NUMBER, pa.int64()))
            self._writers[table.name] = pq.ParquetWriter(
                self.folder / f"{table.name}.parquet", schema, compression="lz4"
            )
        self._writers[table.name].write_table(rows)
        self.rows[table.name] = self.rows.get(table.name, 0) + len(rows)

    def _close(self) -> None:
        for writer in self._writers.values():
            writer.close()
        self._checker.close()


def _refusal(item: Rows, numbers: pa.Array, verdict: Verdict) -> Refusal:
    raw = item.raw(verdict.position) if item.raw else raw_json(item.rows.slice(verdict.position, 1).to_pylist()[0])
    row = numbers[verdict.position].as_py()
    return _short(Refusal(item.table, row, verdict.field, verdict.value, verdict.reason, raw))


def _short(refusal: Refusal) -> Refusal:
    value = None if refusal.value is None else refusal.value[:LONGEST_WORDS]
    return replace(refusal, value=value, reason=refusal.reason[:LONGEST_WORDS])
