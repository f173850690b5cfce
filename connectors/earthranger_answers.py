"""What EarthRanger answers look like: the envelope, pages of records, and which kind of record a saved file holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors.errors import SourceChanged
from connectors.json_text import decode
from connectors.tabular import Block

Record = Mapping[str, Any]

REQUIRED = {
    "subjects": ("id", "subject_type"),
    "subjectsources": ("subject", "source", "assigned_range"),
    "sources": ("id",),
    "observations": ("id", "recorded_at", "location"),
    "eventtypes": ("value",),
    "events": ("id", "event_type", "time"),
}
# The first that fits decides: patrols hold events, and groups hold subjects.
TELLING = {
    "patrols": ("patrol_segments", "objective"),
    "subjects": ("id", "subject_type"),
    "groups": ("subgroups", "subjects"),
    "subjectsources": ("subject", "source", "assigned_range"),
    "observations": ("recorded_at", "location", "source"),
    "events": ("id", "event_type", "state"),
    "eventtypes": ("value", "display", "category"),
    "sources": ("id", "source_type", "manufacturer_id"),
}
NOT_WRITTEN = ("", "None")
ERRORS_FROM = 400


@dataclass(frozen=True)
class Page:
    """The records of one answer, the address of the next page, and the error that the envelope reports instead."""

    records: Sequence[Record]
    next: str | None = None
    error: int | None = None


def page_of(answer: Any, where: str) -> Page:
    """The records of an answer: a list, a page or one object, with or without the envelope.

    Raises SourceChanged when it is none of these.
    """
    status = answer.get("status") if isinstance(answer, Mapping) else None
    if isinstance(status, Mapping):
        code = status.get("code")
        if isinstance(code, int) and code >= ERRORS_FROM:
            return Page((), error=code)
        answer = answer.get("data")
    following = None
    if isinstance(answer, Mapping) and "results" in answer:
        following, answer = answer.get("next"), answer["results"]
    if isinstance(answer, Mapping) and "id" in answer:
        answer = [answer]
    is_list = isinstance(answer, list) and all(isinstance(record, Mapping) for record in answer)
    if not is_list or not isinstance(following, str | None):
        raise SourceChanged(f"{where} holds no list of records")
    return Page(answer, following)


def kind_of(records: Sequence[Record]) -> str:
    """Which kind of record a saved answer holds; empty when it is none that is known."""
    if not records:
        return ""
    fits = (kind for kind, names in TELLING.items() if all(name in records[0] for name in names))
    return next(fits, "")


def read_json(path: Path, where: str) -> Any:
    """The answer in a file; raises SourceChanged when it is not JSON."""
    try:
        return decode(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise SourceChanged(f"{where} is not JSON") from error


def required(records: Sequence[Record], kind: str, where: str) -> Sequence[Record]:
    """The same records; raises SourceChanged when a needed field is in none of them."""
    for name in REQUIRED[kind]:
        if records and not any(name in record for record in records):
            raise SourceChanged(f"{where}: no record has the field {name}")
    return records


def subjects_of_groups(groups: Sequence[Any], depth: int = 20) -> Iterator[Record]:
    """The subjects of nested groups; a subject may be in several of them."""
    for group in groups:
        if isinstance(group, Mapping) and depth:
            yield from (subject for subject in _list(group, "subjects") if isinstance(subject, Mapping))
            yield from subjects_of_groups(_list(group, "subgroups"), depth - 1)


def _list(record: Record, name: str) -> list[Any]:
    value = record.get(name)
    return value if isinstance(value, list) else []


def records_in(record: Record, name: str) -> list[Record]:
    """The objects in a list of a record; none when it is no list."""
    return [item for item in _list(record, name) if isinstance(item, Mapping)]


def text_at(record: Any, path: str) -> str | None:
    """What stands at a dotted path, as text; of an object its id; None when nothing is written there."""
    for name in path.split("."):
        record = record.get(name) if isinstance(record, Mapping) else None
    if isinstance(record, Mapping):
        record = record.get("id")
    if record is None or isinstance(record, Mapping | list):
        return None
    text = str(record).lower() if isinstance(record, bool) else str(record).strip()
    # Half a surrogate pair is legal in JSON and nowhere else.
    return None if text in NOT_WRITTEN else text.encode(errors="replace").decode()


def first_text_at(record: Any, paths: Sequence[str]) -> str | None:
    """What stands at the first of the dotted paths at which something is written."""
    return next((text for path in paths if (text := text_at(record, path))), None)


def block_of(rows: Sequence[Mapping[str, str | None]], names: Sequence[str], first: int) -> Block:
    """Rows of text as a block whose first row has the number `first`."""
    columns = [pa.array([row[name] for row in rows], pa.string()) for name in names]
    numbers = pa.array(range(first, first + len(rows)), pa.int64())
    return Block(pa.RecordBatch.from_arrays(columns, names=list(names)), numbers)


def texts_of(records: Sequence[Record], names: Sequence[str]) -> list[dict[str, str | None]]:
    """What stands at each of the dotted paths in each record, as text."""
    return [{name: text_at(record, name) for name in names} for record in records]


def moment_of(text: str | None) -> datetime | None:
    """A time as the server writes it, in UTC when it has no offset; None when it is no time."""
    try:
        moment = datetime.fromisoformat(text or "")
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
