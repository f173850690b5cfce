"""What reading assessments comes to, whatever format they came in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from connectors.base import Notice, Refusal, Rows
from connectors.values import WrongValue
from data.schema import TABLES

SHOWN = 5


@dataclass(frozen=True)
class Item:
    """One row for the table `assessments` or `ratings`: its values by column, its row in the file, its raw text."""

    values: dict[str, Any]
    row: int
    raw: str


@dataclass
class Found:
    """Everything that can be stored, what is refused and what is odd.

    `sites` and `countries` are those of all rows, the refused ones too; `duplicates` counts assessments that repeat
    an earlier one. `scores` are those of the steps and the index of IMET, by assessment and step.
    """

    assessments: dict[str, Item] = field(default_factory=dict)
    ratings: dict[tuple[str, str, str], Item] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    rows_read: int = 0
    sites: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    duplicates: int = 0
    scores: dict[str, float] = field(default_factory=dict)

    def refuse(self, table: str, row: int, wrong: WrongValue, raw: str, where: str = "") -> None:
        """Set a row aside; `where` names its file where there are several."""
        reason = f"{wrong.reason} ({where})" if where else wrong.reason
        self.refusals.append(Refusal(table, row, wrong.field, wrong.value, reason, raw))

    def tell(self, affected: Iterable[object], what: str) -> None:
        """A notice that counts the affected and names a few of them; none when there are none."""
        names = [str(item) for item in affected]
        if names:
            shown = ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
            self.notices.append(Notice(f"{len(names)} {what}: {shown}"))

    def rate(self, item: Item) -> None:
        """Keep a rating; raises WrongValue when the role has rated this indicator of the assessment before."""
        values = item.values
        key = (values["assessment_id"], values["indicator_id"], values["role"])
        if key in self.ratings:
            raise WrongValue("indicator_id", key[1], f"row {self.ratings[key].row} has rated it for {key[2]} already")
        self.ratings[key] = item


def rows_of(table: str, items: Iterable[Item]) -> Rows:
    """The items as rows for `table`; a column that an item does not name is empty."""
    kept = list(items)
    schema = TABLES[table].arrow_schema
    columns = {name: [item.values.get(name) for item in kept] for name in schema.names}
    return Rows(
        table,
        pa.Table.from_pydict(columns, schema),
        numbers=pa.array([item.row for item in kept], pa.int64()),
        raw=lambda position: kept[position].raw,
    )
