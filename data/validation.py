"""Checks rows against the schema, one verdict per row, in one vectorised query."""

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.schema import Field, Table


@dataclass(frozen=True)
class Verdict:
    """Why one row is refused: its position among the rows checked, the field and the reason."""

    position: int
    field: str
    value: str | None
    reason: str


class Checker:
    """Checks blocks of rows; holds the query engine that does it."""

    def __init__(self) -> None:
        self._con = duckdb.connect(config={"threads": 2})

    def check(self, table: Table, rows: pa.Table) -> list[Verdict]:
        """The rows that break the schema of `table`; empty when all are good.

        `rows` has the declared columns with the declared types. Raises TypeError when it has not: that is an
        error of the connector, not of the data.
        """
        if rows.schema.names != table.columns or rows.schema.types != table.arrow_schema.types:
            raise TypeError(f"a connector gave {rows.schema} for the table {table.name}, which is {table.arrow_schema}")
        rules = [(field, condition, reason) for field in table.fields for condition, reason in _rules(field)]
        cases = " ".join(f"WHEN {condition} THEN {number}" for number, (_, condition, _) in enumerate(rules))
        broken = self._con.from_arrow(rows).project(f"CASE {cases} END AS broken").to_arrow_table()["broken"]
        if broken.null_count == len(broken):
            return []
        positions = np.flatnonzero(pc.is_valid(broken).to_numpy(zero_copy_only=False))
        return [_verdict(rows, int(at), *rules[broken[int(at)].as_py()]) for at in positions]

    def close(self) -> None:
        self._con.close()


def _rules(field: Field) -> list[tuple[str, str]]:
    """SQL conditions that are true when the field is wrong, each with its reason."""
    name = f'"{field.name}"'
    rules = []
    if field.required:
        rules.append((f"{name} IS NULL", "is required but empty"))
    if field.required and pa.types.is_string(field.type):
        rules.append((f"NOT regexp_matches({name}, '\\S')", "is required but empty"))
    if pa.types.is_floating(field.type):
        rules.append((f"NOT isfinite({name})", "is not a finite number"))
    if field.minimum is not None:
        rules.append((f"{name} < {field.minimum}", f"is below {field.minimum:g}{_unit(field)}"))
    if field.maximum is not None:
        rules.append((f"{name} > {field.maximum}", f"is above {field.maximum:g}{_unit(field)}"))
    if field.allowed:
        words = ", ".join(f"'{word}'" for word in field.allowed)
        rules.append((f"{name} NOT IN ({words})", f"is not one of {', '.join(field.allowed)}"))
    return rules


def _unit(field: Field) -> str:
    return f" {field.unit}" if field.unit else ""


def _verdict(rows: pa.Table, position: int, field: Field, condition: str, reason: str) -> Verdict:
    value = rows[field.name][position].as_py()
    return Verdict(position, field.name, None if value is None else str(value), reason)
