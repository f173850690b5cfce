"""What a table and a field are, and the fields that several tables share."""

from dataclasses import dataclass

import pyarrow as pa

TEXT = pa.string()
WHOLE = pa.int32()
NUMBER = pa.float64()
FLAG = pa.bool_()
DAY = pa.date32()
MOMENT = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True)
class Field:
    """One column: what it means, in which unit, and which values are allowed."""

    name: str
    type: pa.DataType
    meaning: str
    unit: str = ""
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One stored table.

    `month_of` names the moment or day that decides the month partition of a large table.
    A log is added to or replaced as a whole, so it carries no hashes for upserts.
    """

    name: str
    meaning: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    month_of: str | None = None
    is_log: bool = False

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)

    @property
    def columns(self) -> list[str]:
        return [field.name for field in self.fields]

    @property
    def arrow_schema(self) -> pa.Schema:
        return pa.schema([(field.name, field.type) for field in self.fields])

    @property
    def stored_schema(self) -> pa.Schema:
        """The columns as they lie in the store: the declared ones, the source, and what upserts need."""
        hashes = [] if self.is_log else [("key_hash", pa.int64()), ("row_hash", pa.int64())]
        extra = [("source", TEXT), *hashes]
        month = [("month", TEXT)] if self.month_of else []
        return pa.schema([*[(field.name, field.type) for field in self.fields], *extra, *month])


LATITUDE = dict(type=NUMBER, unit="degrees", minimum=-90, maximum=90)
LONGITUDE = dict(type=NUMBER, unit="degrees", minimum=-180, maximum=180)
UTC_OFFSET = Field(
    "utc_offset_min",
    WHOLE,
    "Offset of the local clock from UTC; empty when the source does not say or the clock was wrong",
    "min",
    minimum=-840,
    maximum=840,
)
SITE_ID = Field("site_id", TEXT, "WDPA site id of the protected or conserved area, as text", required=True)
