"""Tables of the sources and their pulls."""

import pyarrow as pa

from data.schema.fields import MOMENT, NUMBER, TEXT, WHOLE, Field, Table

OUTCOMES = ("stored", "unchanged", "unavailable", "refused", "changed", "failed")

SOURCES = Table(
    "sources",
    "A configured source, as network.toml describes it; never its address or key",
    key=("source",),
    is_log=True,
    fields=(
        Field("connector", TEXT, "Connector that reads it", required=True),
        Field("title", TEXT, "What the connector reads, in words", required=True),
        Field("site_ids", TEXT, "Sites it is configured for, separated by ';'; empty when it covers the network"),
        Field("refresh_hours", NUMBER, "How often it is pulled", "hours", required=True, minimum=0),
        Field("licence", TEXT, "Licence of its data"),
        Field(
            "sharing",
            TEXT,
            "What the owner lets the public see",
            required=True,
            allowed=("private", "public-summary", "public"),
        ),
        Field("embargo_days", WHOLE, "Newest days withheld from the public", "days", required=True, minimum=0),
    ),
)


RUNS = Table(
    "runs",
    "One pull of one source",
    key=("run_id",),
    is_log=True,
    fields=(
        Field("run_id", TEXT, "Identifier of the pull", required=True),
        Field("connector", TEXT, "Connector that read it", required=True),
        Field("started_at", MOMENT, "Start of the pull", "UTC", required=True),
        Field("finished_at", MOMENT, "End of the pull", "UTC", required=True),
        Field("outcome", TEXT, "How it ended", required=True, allowed=OUTCOMES),
        Field("rows_read", pa.int64(), "Rows that the source sent", "rows", required=True, minimum=0),
        Field("rows_stored", pa.int64(), "Rows added or replaced", "rows", required=True, minimum=0),
        Field("rows_unchanged", pa.int64(), "Rows that were there already", "rows", required=True, minimum=0),
        Field("rows_retired", pa.int64(), "Rows that the source no longer sends", "rows", required=True, minimum=0),
        Field("rows_refused", pa.int64(), "Rows refused with a reason", "rows", required=True, minimum=0),
        Field("error", TEXT, "What went wrong, in words for a person"),
        Field("advice", TEXT, "What to do about it"),
        Field("warnings", TEXT, "Soft problems, one per line"),
        Field("cursor", TEXT, "Where the next pull starts, as JSON; empty when the pull failed"),
        Field("answers", TEXT, "SHA-256 of each answer as received, by its name, as JSON"),
    ),
)


REFUSED = Table(
    "refused",
    "One refused row with its reason and its raw text",
    key=("run_id", "table", "row", "field"),
    is_log=True,
    fields=(
        Field("run_id", TEXT, "Pull that refused it", required=True),
        Field("table", TEXT, "Table it was meant for", required=True),
        Field("row", pa.int64(), "Row in the source's file or answer, from 1", required=True, minimum=0),
        Field("field", TEXT, "Field that is wrong, named as the source names it", required=True),
        Field("value", TEXT, "Value found there"),
        Field("reason", TEXT, "Why the row was refused", required=True),
        Field("raw", TEXT, "The row as received"),
    ),
)
