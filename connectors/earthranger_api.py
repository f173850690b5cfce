"""Asking an EarthRanger server: serially, page by page, and from where the last pull ended."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connectors.address import parse_address
from connectors.base import Fetched, Payload, Source
from connectors.earthranger_answers import Page, Record, moment_of, page_of, required, text_at
from connectors.earthranger_options import options_of
from connectors.errors import SourceChanged, SourceRefused
from connectors.http import Client
from connectors.secret import secret_of

BASE_PATH = "/api/v1.0"
PAGE_SIZE = 1000
PAGES_MAX = 10_000
SUBJECTS_PER_QUESTION = 25
OBSERVATIONS_OVERLAP = timedelta(days=1)
# Collars upload late: without `created_after` only a long overlap finds what they send.
SINCE_OVERLAP = timedelta(days=30)
# An all-clear closes an alert of the same pull, so alerts are asked for again for as long as one may take to come.
EVENTS_OVERLAP = timedelta(days=30)
RECENT = timedelta(days=30)


def fetch_from_api(source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
    """Everything that is newer than the cursor, with an overlap; lists of animals and collars are sent whole.

    The cursor holds the newest times seen of each animal and of the events, and what tells a repeated answer.
    """
    base, options = _base(source), options_of(source)
    # An older server takes any text, even `false`, for a yes.
    details = {"include_details": "true"} if options.needs_details else {}
    with Client(source.name, base, secret_of(source)) as client:
        api = _Api(source.name, client, workspace)
        animals = _ask_animals(api)
        tracks = dict(cursor.get("tracks", {}))
        for animal in animals:
            subject = text_at(animal, "id") or ""
            tracks[subject] = _ask_track(api, animal, subject, tracks.get(subject, {}), details)
        _ask_event_types(api, base)
        events_updated_at = _ask_events(api, cursor.get("events_updated_at"))
    new_cursor = {"tracks": tracks, "events_updated_at": events_updated_at, "sha256": api.sha256()}
    if new_cursor["sha256"] == cursor.get("sha256"):
        return Fetched(cursor=new_cursor, is_unchanged=True)
    return Fetched(tuple(api.payloads), new_cursor)


def _base(source: Source) -> str:
    address = parse_address(source.name, source.location)
    if address.query or address.fragment:
        raise SourceRefused(
            f"{source.name}: its address holds more than a path",
            f"Write it as https://host{BASE_PATH}; a key belongs into `secret`, not into the address.",
        )
    base = address.url.rstrip("/")
    return base if (address.path or "/").strip("/") else base + BASE_PATH


class _Api:
    """Asks questions and saves every answer that counts as a payload."""

    def __init__(self, source_name: str, client: Client, workspace: Path) -> None:
        self.source_name = source_name
        self.payloads: list[Payload] = []
        self._client = client
        self._workspace = workspace
        self._digests: dict[str, str] = {}

    def ask(self, kind: str, path: str, params: Mapping[str, Any], subject: str = "", name: str = "") -> Iterator[Page]:
        """All pages of the answer, saved as they come.

        Of the address of a next page only the query is used, and only at our own base: behind a proxy the server
        names another host, which must not get the key.
        """
        name = name or path
        asked: list[Mapping[str, Any]] = []
        while params not in asked and len(asked) < PAGES_MAX:
            asked.append(params)
            answer = self._client.get_json(path, params)
            where = f"{self.source_name}: {name}"
            page = page_of(answer.data, where)
            if page.error:
                raise SourceRefused(f"{where} answered with the error {page.error}")
            required(page.records, kind, where)
            self._save(answer.body, f"{name} page {len(asked)}", {"kind": kind, "subject": subject})
            yield page
            if page.next is None:
                return
            params = self._query_of(page.next, where)
        raise SourceChanged(f"{self.source_name}: the pages of {name} have no end")

    def forget(self, payload_count: int) -> None:
        """Leave out the payloads after the first ones."""
        for payload in self.payloads[payload_count:]:
            del self._digests[payload.name]
        del self.payloads[payload_count:]

    def sha256(self) -> str:
        return hashlib.sha256(repr(sorted(self._digests.items())).encode()).hexdigest()

    def _save(self, body: bytes, name: str, meta: Mapping[str, str]) -> None:
        path = self._workspace / f"answer-{len(self.payloads) + 1:06}.json"
        path.write_bytes(body)
        self.payloads.append(Payload(name, path, meta))
        self._digests[name] = hashlib.sha256(body).hexdigest()

    def _query_of(self, address: str, where: str) -> Mapping[str, list[str]]:
        try:
            query = parse_qs(urlsplit(address).query)
        except ValueError:
            query = {}
        if not query:
            raise SourceChanged(f"{where} names a next page without saying which")
        return query


def _ask_animals(api: _Api) -> list[Record]:
    """The subjects that are wildlife, after asking for all subjects, their collars and what those are."""
    subjects = [
        record for page in api.ask("subjects", "/subjects", {"include_inactive": "true"}) for record in page.records
    ]
    animals = [record for record in subjects if record.get("subject_type") == "wildlife" and text_at(record, "id")]
    ids = [text_at(animal, "id") or "" for animal in animals]
    for start in range(0, len(ids), SUBJECTS_PER_QUESTION):
        some = ",".join(ids[start : start + SUBJECTS_PER_QUESTION])
        params = {"subjects": some, "page_size": PAGE_SIZE}
        name = f"/subjectsources from {start + 1}"
        _walk(api.ask("subjectsources", "/subjectsources", params, name=name))
    _walk(api.ask("sources", "/sources", {"page_size": PAGE_SIZE}))
    return animals


def _walk(pages: Iterator[Page]) -> None:
    for _ in pages:
        pass


def _ask_track(
    api: _Api, animal: Record, subject: str, known: Mapping[str, str], details: Mapping[str, str]
) -> Mapping[str, str]:
    """The observations of one animal that are new since `known`, and the newest times seen.

    Raises SourceRefused when there are none although the animal has lately been seen elsewhere: a server shows an
    empty track to whom it grants none.
    """
    # Positions that were excluded as wrong are asked for too: they are stored as outliers.
    params = {"subject_id": subject, "filter": "null", "page_size": PAGE_SIZE, "use_cursor": "true", **details}
    seen = _Seen(known)
    after = _earlier(known.get("created_at"), OBSERVATIONS_OVERLAP)
    since = _earlier(known.get("recorded_at"), SINCE_OVERLAP)
    before = len(api.payloads)
    if after is None or not _is_obeyed(api, subject, {**params, "created_after": after.isoformat()}, after, seen):
        api.forget(before)
        more = {"since": since.isoformat()} if since else {}
        for page in _track_pages(api, subject, {**params, **more}):
            seen.add(page.records)
    last_position = moment_of(text_at(animal, "last_position_date"))
    is_newer = last_position and last_position > (moment_of(known.get("recorded_at")) or last_position - RECENT)
    if not seen.count and is_newer and last_position > datetime.now(UTC) - RECENT:
        raise SourceRefused(
            f"{api.source_name}: the key has no permission to see positions: a subject has recent ones, and the "
            "server answered with none",
            "Ask the owner of the source to let this key view the tracks of its wildlife subjects.",
        )
    return seen.newest


def _track_pages(api: _Api, subject: str, params: Mapping[str, Any]) -> Iterator[Page]:
    return api.ask("observations", "/observations", params, subject, f"/observations of {subject}")


def _is_obeyed(api: _Api, subject: str, params: Mapping[str, Any], after: datetime, seen: "_Seen") -> bool:
    """Whether all pages keep to `created_after`, which older servers do not know and ignore."""
    for page in _track_pages(api, subject, params):
        created = [moment_of(text_at(record, "created_at")) for record in page.records]
        if any(moment is None or moment < after for moment in created):
            return False
        seen.add(page.records)
    return True


class _Seen:
    """The newest times of the observations of one animal."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self.count = 0
        self.newest = dict(known)

    def add(self, records: Sequence[Record]) -> None:
        self.count += len(records)
        for name in ("created_at", "recorded_at"):
            moments = [moment_of(self.newest.get(name)), *(moment_of(text_at(record, name)) for record in records)]
            newest = max((moment for moment in moments if moment), default=None)
            if newest:
                self.newest[name] = newest.isoformat()


def _earlier(text: str | None, overlap: timedelta) -> datetime | None:
    moment = moment_of(text)
    return moment - overlap if moment else None


def _ask_event_types(api: _Api, base: str) -> None:
    """Event types of both versions, of which each lists only its own."""
    newer = re.sub(r"/v1\.0$", "/v2.0", base) + "/activity/eventtypes"
    for path, name in (("/activity/events/eventtypes", ""), (newer, "/v2.0/activity/eventtypes")):
        try:
            _walk(api.ask("eventtypes", path, {}, name=name))
        except (SourceRefused, SourceChanged):
            # Older servers have one version only, and types matter only to events that name no category.
            continue


def _ask_events(api: _Api, known: str | None) -> str | None:
    """The events changed since the last pull, and the newest change."""
    params = {"page_size": PAGE_SIZE, "sort_by": "updated_at", "include_updates": "true", "include_details": "true"}
    since = _earlier(known, EVENTS_OVERLAP)
    moments = [moment_of(known)]
    more = {"updated_since": since.isoformat()} if since else {}
    for page in api.ask("events", "/activity/events", {**params, **more}):
        moments += [moment_of(text_at(record, "updated_at")) for record in page.records]
    newest = max((moment for moment in moments if moment), default=None)
    return newest.isoformat() if newest else None
