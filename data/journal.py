"""What is remembered of each pull: runs, refused rows, cursors, and the sources as they are configured."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from data.engine import View
from data.schema import TABLES
from data.store import Transaction

SUCCEEDED = ("stored", "unchanged")
CONFIGURED_SITES = "network.toml"
SUBMISSIONS = "submissions"


def last_cursors(view: View | None) -> dict[str, Mapping[str, Any]]:
    """The cursor of each source's last pull that succeeded."""
    if view is None:
        return {}
    runs = view.table("runs")
    good = runs.filter(runs.outcome.isin(SUCCEEDED) & runs.cursor.notnull())
    newest = view.run(good.group_by("source").aggregate(cursor=good.cursor.argmax(good.started_at)))
    return {source: json.loads(cursor) for source, cursor in zip(newest["source"], newest["cursor"], strict=True)}


def add_runs(transaction: Transaction, runs: Sequence[Mapping[str, Any]]) -> None:
    """Add run rows; each has the columns of the runs table and `source`."""
    if runs:
        transaction.append("runs", pa.Table.from_pylist(list(runs), schema=TABLES["runs"].stored_schema))


def replace_refused(
    transaction: Transaction, source: str, refused: Sequence[Mapping[str, Any]], is_whole: bool
) -> None:
    """Keep refused rows; those of a source that sends everything each time replace the ones of its last pull."""
    rows = pa.Table.from_pylist(list(refused), schema=TABLES["refused"].stored_schema)
    if is_whole and transaction.files("refused"):
        name = source.replace("'", "''")
        transaction.overwrite("refused", rows, where=f"source = '{name}'")
    elif refused:
        transaction.append("refused", rows)


def replace_sources(transaction: Transaction, sources: Sequence[Mapping[str, Any]]) -> None:
    """Make these the configured sources; rows of sources that are not among them are shown to nobody."""
    transaction.overwrite("sources", pa.Table.from_pylist(list(sources), schema=TABLES["sources"].stored_schema))
