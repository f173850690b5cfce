"""What people handed in, on disk: the files as they came, one table for each site made of them, and the log.

`received/` and `refused/` hold files by the SHA-256 of their content, `sites/` what the source reads, and `log.jsonl`
a line for each submission. docs/decisions/0007-submissions.md tells why.
"""

import csv
import io
import json
import os
import re
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from connectors.assessment_template import HELD_BY, INDICATOR

FACT_OF = {
    "assessment_id": "assessment_id",
    "site_id": "site_id",
    "iso3": "country_iso3",
    "tool": "tool",
    "tool_version": "standard_version",
    "jurisdiction": "jurisdiction",
    "assessment_date": "assessed_on",
    "phase": "phase",
    "committed_on": "committed_on",
    "supersedes": "supersedes",
    "status": "status",
}
RATING_OF = {
    INDICATOR: "indicator_id",
    "role": "role",
    "rating": "rating",
    "rated_on": "rated_on",
    "note": "note",
    "evidence_url": "evidence",
    "evidence_sha256": "evidence_sha256",
    "evidence_date": "evidence_on",
}
COLUMNS = (*FACT_OF, HELD_BY, *RATING_OF)
KEY = ("assessment_id", INDICATOR, "role")

Record = dict[str, str]


def record_of(facts: Mapping[str, Any], rating: Mapping[str, Any], held_by: str = "") -> Record:
    """A row of the template; `held_by` names the source that holds the assessment, where that is another one."""
    record = {column: _text(facts[name]) for column, name in FACT_OF.items()}
    record["assessment_date"] = record["assessment_date"] or _text(facts["assessed_year"])
    return record | {HELD_BY: held_by} | {column: _text(rating[name]) for column, name in RATING_OF.items()}


def table_of(records: Iterable[Record]) -> bytes:
    """The rows as a CSV table of the template."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().encode()


def add_records(folder: Path, records: Iterable[Record]) -> dict[Path, bytes | None]:
    """Bring rows into the tables of their sites, each in place of an earlier one with its key: all or none.

    Returns what the tables held before, None where there was none; `put_back` takes that.
    """
    by_site: dict[str, list[Record]] = {}
    for record in records:
        by_site.setdefault(record["site_id"], []).append(record)
    before: dict[Path, bytes | None] = {}
    try:
        for site_id, new in by_site.items():
            if not re.fullmatch(r"[0-9]{1,12}", site_id):
                raise ValueError(f"{site_id!r} is no site id")
            path = folder / f"{site_id}.csv"
            before[path] = path.read_bytes() if path.exists() else None
            write(path, table_of(_merged(before[path], new)))
    except Exception:
        put_back(before)
        raise
    return before


def put_back(before: Mapping[Path, bytes | None]) -> None:
    """Make tables what they were."""
    for path, content in before.items():
        if content is None:
            path.unlink(missing_ok=True)
        else:
            write(path, content)


def write(path: Path, content: bytes) -> None:
    """Write a file so that it is there wholly or not at all, even when the machine stops."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with partial.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def add_line(path: Path, line: Mapping[str, Any]) -> None:
    """Append a line to the log."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, default=str) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _merged(before: bytes | None, new: Iterable[Record]) -> list[Record]:
    """The rows of a table and the new ones; what was said first of an assessment stays, so that its rows agree."""
    old = csv.DictReader(io.StringIO(before.decode(), newline="")) if before else ()
    merged = {tuple(record[name] for name in KEY): record for record in old}
    facts = {record["assessment_id"]: record for record in merged.values()}
    for record in new:
        said = facts.get(record["assessment_id"], record)
        kept = record | {column: said[column] for column in (*FACT_OF, HELD_BY)}
        merged[tuple(record[name] for name in KEY)] = kept
    return list(merged.values())


def _text(value: Any) -> str:
    return "" if value is None else str(value)
