"""What a table of the merged dataset is, and what may be chosen of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from data.access import Viewer
from data.engine import View
from data.schema import TABLES, TEXT, Field

Part = ir.Table | pd.DataFrame
SOURCE = Field("source", TEXT, "Source of the row, as network.toml names it; several are separated by ';'")
EXACT = ibis.literal("")
MASKING = Field("masking", TEXT, "What was made coarser in this row to protect animals and people; empty where nothing")
COMMON_NAME = Field("common_name", TEXT, "English name of the taxon, where we know one")
# Behind every month.
NO_MONTH = "9999-13"
MONTH = Field("month", TEXT, "Calendar month in UTC, such as 2026-05")
ON_GRID = "position on a grid of 0.01 degrees; names and identifiers replaced"
NO_NAMES = "names and identifiers replaced"


@dataclass(frozen=True)
class Choice:
    """Which rows are wanted; empty means all.

    Days are both included. Of what is counted by month or quarter, the whole ones between the days are taken.
    """

    sites: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    taxa: tuple[str, ...] = ()


@dataclass(frozen=True)
class Merged:
    """One table of the merged dataset: what a row is, its columns, and where its rows come from.

    `day` and `taxon` name the columns that days and taxa are chosen by. `parts` gives the rows a viewer may see, in
    one part or several in a fixed order; of the choice it need apply nothing. Rows are put in order by `order` and
    `key`; where `is_by_month`, month by month, so that no more than one month is ever put in order at once.
    """

    name: str
    title: str
    meaning: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    parts: Callable[[View, Viewer, Choice, date], Iterable[Part]]
    order: tuple[str, ...] = ()
    day: str = ""
    taxon: str = ""
    geometry: str = ""
    withheld: str = ""
    is_by_month: bool = False

    @property
    def columns(self) -> list[str]:
        return [field.name for field in self.fields]

    @property
    def arrow_schema(self) -> pa.Schema:
        return pa.schema([(field.name, field.type) for field in self.fields])


def fields(table: str, *names: str) -> tuple[Field, ...]:
    """Fields of a stored table as they are declared; optional, since they may be masked."""
    return tuple(replace(TABLES[table].field(name), required=False) for name in names)


def chosen(part: Part, table: Merged, choice: Choice) -> Part:
    """The rows of a part that are wanted."""
    for column, values in (("site_id", choice.sites), (table.taxon, choice.taxa)):
        if column and values:
            part = part[part[column].isin(values)] if _is_frame(part) else part.filter(part[column].isin(values))
    if not table.day or (choice.first is None and choice.last is None):
        return part
    first, last = choice.first or date.min, choice.last or date.max
    return _in_days(part, table, first, last)


def _in_days(part: Part, table: Merged, first: date, last: date) -> Part:
    if table.day == MONTH.name:
        months = whole_months(first, last)
        return part[part["month"].between(*months)] if _is_frame(part) else part.filter(part.month.between(*months))
    if _is_frame(part):
        days = pd.to_datetime(part[table.day]).dt.date
        return part[days.notna() & days.between(first, last).fillna(False).astype(bool)]
    day = part[table.day].cast("date")
    return part.filter(day >= ibis.literal(first), day <= ibis.literal(last))


def whole_months(first: date, last: date) -> tuple[str, str]:
    """The first and the last month that lie wholly between two days; the first is the later one where none does."""
    begins = f"{first.year:04}-{first.month:02}"
    if first.day > 1:
        begins = _month_after(first)
    ends_its_month = last == date.max or (last.toordinal() + 1 == _first_of_next(last))
    ends = f"{last.year:04}-{last.month:02}"
    if not ends_its_month:
        ends = _month_before(last)
    return begins, ends


def _first_of_next(day: date) -> int:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1).toordinal()


def _month_after(day: date) -> str:
    # Months are compared as text, and the year 10000 would come before all others.
    if (day.year, day.month) == (date.max.year, 12):
        return NO_MONTH
    return f"{day.year + day.month // 12:04}-{day.month % 12 + 1:02}"


def _month_before(day: date) -> str:
    return f"{day.year - (day.month == 1):04}-{(day.month - 2) % 12 + 1:02}"


def _is_frame(part: Part) -> bool:
    return isinstance(part, pd.DataFrame)
