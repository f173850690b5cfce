"""Asking MERMAID for summaries page by page, or reading saved answers; only what may be stored leaves here."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connectors.address import parse_address
from connectors.base import Source
from connectors.errors import SourceChanged, SourceRefused, SourceUnavailable
from connectors.http import JSON_LIMIT_BYTES, Client
from connectors.json_folder import json_files
from connectors.json_text import decode
from connectors.mermaid_protocols import Record, is_flat, kept, merged, methods_of, nested, text_of
from connectors.options import listed, refused
from connectors.secret import secret_of

BASE_PATH = "/v1"
PATH = "/summarysampleevents/"
REQUIRED = ("sample_event_id", "site_name", "sample_date")
FILTERS = {"projects": "project", "countries": "country"}
UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
PAGE_SIZE = 1000
PAGE_SIZE_MAX = 5000
PAGES_MAX = 10_000


@dataclass(frozen=True)
class Page:
    """The sample events of one answer that were asked for, how many others it holds, and what there is to say of it."""

    name: str
    events: list[Record]
    left_out: int = 0
    notes: tuple[str, ...] = ()


class Asked:
    """The options `projects` and `countries` of a source, which choose sample events.

    They are applied to every answer, because a server that does not know a filter answers with the whole world.
    """

    def __init__(self, source: Source) -> None:
        self.options = {name: listed(source, name, '["Invented Reefs"]') for name in FILTERS}

    def page(self, name: str, events: Iterable[Record], notes: Iterable[str] = ()) -> Page:
        """The page of the sample events that were asked for; `events` must be fit to be stored."""
        found = list(events)
        asked = [event for event in found if _is_asked(event, self.options)]
        return Page(name, asked, len(found) - len(asked), tuple(notes))


def read_summaries(source: Source) -> Iterator[Page]:
    """Every page of the public summaries of a server."""
    asked = Asked(source)
    params = {"limit": page_size(source), **_filters(source, asked.options)}
    with Client(source.name, base_of(source), secret_of(source)) as client:
        for name, events in answers_of(client, source.name, PATH, params):
            yield asked.page(name, map(kept, events))


def read_saved(source: Source) -> Iterator[Page]:
    """Every page of saved answers; the views of projects, which tell of one method each, are put together."""
    asked = Asked(source)
    flat: list[Record] = []
    for path in json_files(source):
        where = f"{source.name}: {path.name}"
        events = events_of(read_json(path, where), where)
        flat += [nested(event, methods_of(event)) for event in events if is_flat(event)]
        yield asked.page(path.name, [kept(event) for event in events if not is_flat(event)])
    if flat:
        events, repeated = merged(flat)
        notes = [f"{repeated} sample events were saved more than once; the last one counts."] if repeated else []
        yield asked.page("saved views of projects", events, notes)


def events_of(answer: Any, where: str, is_view: bool = False) -> list[Record]:
    """The sample events of an answer: a page, or a plain list.

    Those of a view whose method is known, `is_view`, need not tell of which method they are.
    Raises SourceRefused when it is an error, and SourceChanged when it has no events or none has a needed field.
    """
    if isinstance(answer, Mapping) and "detail" in answer and "results" not in answer:
        raise SourceRefused(f"{where} is an error that the server answered with", "Ask again, and save that answer.")
    events = answer.get("results") if isinstance(answer, Mapping) else answer
    if not isinstance(events, list) or not all(isinstance(event, Mapping) for event in events):
        raise SourceChanged(f"{where} holds no list of sample events")
    for name in REQUIRED:
        if events and not any(name in event for event in events):
            raise SourceChanged(f"{where}: no sample event has the field {name}")
    if events and not is_view and not any("protocols" in event or is_flat(event) for event in events):
        raise SourceChanged(f"{where}: no sample event has the field protocols")
    return events


def read_json(path: Path, where: str) -> Any:
    """The answer in a file; raises SourceChanged when it is not JSON, SourceRefused when it cannot be read."""
    try:
        if path.stat().st_size > JSON_LIMIT_BYTES:
            raise SourceRefused(f"{where} is larger than {JSON_LIMIT_BYTES / 1e6:,.0f} MB")
        return decode(path.read_bytes())
    except OSError as error:
        raise SourceRefused(f"{where} cannot be read ({type(error).__name__})") from error
    except (ValueError, RecursionError) as error:
        raise SourceChanged(f"{where} is not JSON") from error


def answers_of(
    client: Client, source_name: str, path: str, params: Mapping[str, Any], is_view: bool = False
) -> Iterator[tuple[str, list[Record]]]:
    """The pages of a list; raises SourceUnavailable when events got lost because the list changed meanwhile.

    Of the address of a next page only the query is used, and only at our own base: behind a proxy the server names
    another host, which must not get the key.
    """
    asked: list[Mapping[str, Any]] = []
    seen: set[str | None] = set()
    while params not in asked and len(asked) < PAGES_MAX:
        asked.append(params)
        name = f"{path} page {len(asked)}"
        answer = client.get_json(path, params).data
        events = events_of(answer, f"{source_name}: {name}", is_view)
        seen.update(text_of(event, "sample_event_id") for event in events)
        yield name, events
        following = answer.get("next") if isinstance(answer, Mapping) else None
        if following is None:
            _check_count(source_name, path, answer, len(seen))
            return
        params = query_of(following, f"{source_name}: {name}")
    raise SourceChanged(f"{source_name}: the pages of {path} have no end")


def base_of(source: Source) -> str:
    """The base address of the API; raises SourceRefused when the location holds more than that."""
    address = parse_address(source.name, source.location)
    if address.query or address.fragment:
        raise SourceRefused(
            f"{source.name}: its address holds more than a path",
            f"Write it as https://host{BASE_PATH}; a key belongs into `secret`, not into the address.",
        )
    base = address.url.rstrip("/")
    return base if (address.path or "/").strip("/") else base + BASE_PATH


def page_size(source: Source) -> int:
    """The option `limit`: sample events per page."""
    size = source.options.get("limit", PAGE_SIZE)
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= PAGE_SIZE_MAX:
        raise refused(source, "limit", f"a whole number from 1 to {PAGE_SIZE_MAX}", str(PAGE_SIZE))
    return size


def _filters(source: Source, options: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The question for each option; a list of the server means any of its parts, two questions mean both."""
    filters = {}
    for name, values in options.items():
        ids = [bool(UUID.fullmatch(value)) for value in values]
        if any("," in value for value in values) or (any(ids) and not all(ids)):
            raise refused(source, name, "a list of names without commas, or of ids only", '["Invented Reefs"]')
        if values:
            filters[f"{FILTERS[name]}_{'id' if ids[0] else 'name'}"] = ",".join(values)
    return filters


def _is_asked(event: Record, options: Mapping[str, tuple[str, ...]]) -> bool:
    for name, values in options.items():
        has = {(text_of(event, f"{FILTERS[name]}_{part}") or "").casefold() for part in ("id", "name")}
        if values and has.isdisjoint(value.casefold() for value in values):
            return False
    return True


def query_of(address: Any, where: str) -> Mapping[str, list[str]]:
    """The question that the address of a next page asks; raises SourceChanged without one."""
    try:
        query = parse_qs(urlsplit(address).query) if isinstance(address, str) else {}
    except ValueError:
        query = {}
    if not query:
        raise SourceChanged(f"{where} names a next page without saying which")
    return query


def _check_count(source_name: str, path: str, answer: Any, count: int) -> None:
    total = answer.get("count") if isinstance(answer, Mapping) else None
    if isinstance(total, int) and count < total:
        raise SourceUnavailable(
            f"{source_name}: {path} counts {total:,} sample events but sent {count:,}: they changed while read"
        )
