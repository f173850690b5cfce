"""Asking MERMAID for sample events page by page, or reading saved answers; only what may be stored leaves here."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connectors.address import parse_address
from connectors.base import Source
from connectors.errors import SourceChanged, SourceRefused, SourceUnavailable
from connectors.http import JSON_LIMIT_BYTES, Client, secret_of
from connectors.json_folder import json_files
from connectors.mermaid_protocols import Record, kept, text_of
from connectors.options import listed, refused
from connectors.package_places import is_url

BASE_PATH = "/v1"
PATH = "/summarysampleevents/"
REQUIRED = ("sample_event_id", "site_name", "sample_date", "protocols")
FILTERS = {"projects": "project", "countries": "country"}
UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
PAGE_SIZE = 1000
PAGE_SIZE_MAX = 5000
PAGES_MAX = 10_000


@dataclass(frozen=True)
class Page:
    """The sample events of one answer that were asked for, and how many others it holds."""

    name: str
    events: list[dict[str, Any]]
    left_out: int


def read_pages(source: Source) -> Iterator[Page]:
    """Every page of the answer, of a server or saved as files; the options `projects` and `countries` choose events.

    A filter is applied here too, because a server that does not know it answers with the whole world.
    """
    options = {name: listed(source, name, '["Invented Reefs"]') for name in FILTERS}
    pages = _ask(source, options) if is_url(source.location) else _saved(source)
    for name, events in pages:
        asked = [kept(event) for event in events if _is_asked(event, options)]
        yield Page(name, asked, len(events) - len(asked))


def events_of(answer: Any, where: str) -> list[Record]:
    """The sample events of an answer: a page, or a plain list.

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
    return events


def read_json(path: Path, where: str) -> Any:
    """The answer in a file; raises SourceChanged when it is not JSON, SourceRefused when it cannot be read."""
    try:
        if path.stat().st_size > JSON_LIMIT_BYTES:
            raise SourceRefused(f"{where} is larger than {JSON_LIMIT_BYTES / 1e6:,.0f} MB")
        return json.loads(path.read_bytes())
    except OSError as error:
        raise SourceRefused(f"{where} cannot be read ({type(error).__name__})") from error
    except (ValueError, RecursionError) as error:
        raise SourceChanged(f"{where} is not JSON") from error


def _ask(source: Source, options: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, list[Record]]]:
    """The pages of a server; raises SourceUnavailable when events got lost because the list changed meanwhile.

    Of the address of a next page only the query is used, and only at our own base: behind a proxy the server names
    another host, which must not get the key.
    """
    params: Mapping[str, Any] = {"limit": _page_size(source), **_filters(source, options)}
    asked: list[Mapping[str, Any]] = []
    seen: set[str | None] = set()
    with Client(source.name, _base(source), secret_of(source)) as client:
        while params not in asked and len(asked) < PAGES_MAX:
            asked.append(params)
            name = f"{PATH} page {len(asked)}"
            answer = client.get_json(PATH, params).data
            events = events_of(answer, f"{source.name}: {name}")
            seen.update(text_of(event, "sample_event_id") for event in events)
            yield name, events
            following = answer.get("next") if isinstance(answer, Mapping) else None
            if following is None:
                _check_count(source, answer, len(seen))
                return
            params = _query_of(following, f"{source.name}: {name}")
    raise SourceChanged(f"{source.name}: the pages of {PATH} have no end")


def _base(source: Source) -> str:
    address = parse_address(source.name, source.location)
    if address.query or address.fragment:
        raise SourceRefused(
            f"{source.name}: its address holds more than a path",
            f"Write it as https://host{BASE_PATH}; a key belongs into `secret`, not into the address.",
        )
    base = address.url.rstrip("/")
    return base if (address.path or "/").strip("/") else base + BASE_PATH


def _page_size(source: Source) -> int:
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


def _query_of(address: Any, where: str) -> Mapping[str, list[str]]:
    try:
        query = parse_qs(urlsplit(address).query) if isinstance(address, str) else {}
    except ValueError:
        query = {}
    if not query:
        raise SourceChanged(f"{where} names a next page without saying which")
    return query


def _check_count(source: Source, answer: Any, count: int) -> None:
    total = answer.get("count") if isinstance(answer, Mapping) else None
    if isinstance(total, int) and count < total:
        raise SourceUnavailable(
            f"{source.name}: {PATH} counts {total:,} sample events but sent {count:,}: they changed while read"
        )


def _saved(source: Source) -> Iterator[tuple[str, list[Record]]]:
    for path in json_files(source):
        where = f"{source.name}: {path.name}"
        yield path.name, events_of(read_json(path, where), where)
