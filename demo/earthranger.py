"""The demo's EarthRanger servers: one for each community, in the protocol and with the habits of the real one.

Every answer has the envelope. Pages name their next one at another host, as behind a proxy, and the pages of events
repeat a row where one page ends and the next begins.
"""

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from http import HTTPStatus
from urllib.parse import urlencode

from demo.answers import Reply, Request, json_reply
from demo.communities import COMMUNITIES, Community
from demo.field_events import event_types, events
from demo.herds import herd
from demo.observations import DETAILS, Record, assignments, observations, subject_id, subjects, tags

PREFIX = "/earthranger/"
PATH = re.compile(r"/earthranger/([\w-]+)/api/v(1|2)\.0(/[\w/]*)")
PAGE_SIZE = 25
PAGE_SIZE_MAX = 400
OTHER_HOST = "http://behind-a-proxy.example"
SELECTORS = ("subject_id", "source_id", "subjectsource_id")
SORTED_BY = ("updated_at", "created_at")
FLAGS_BY_FILTER = {"0": (0,), "1": (1,), "2": (2,), "3": (1, 2, 3), "null": (0, 1, 2, 3)}
REASONS = {
    HTTPStatus.BAD_REQUEST: "A parameter is missing or has a value that is not known.",
    HTTPStatus.UNAUTHORIZED: "Authentication credentials were not provided.",
    HTTPStatus.NOT_FOUND: "Not found.",
}
BY_SOURCE = {community.source: community for community in COMMUNITIES}


class _NotUnderstood(ValueError):
    """A parameter cannot be used."""


def reply(request: Request, today: date, token: str) -> Reply:
    """The answer of the server whose name stands in the path."""
    match = PATH.fullmatch(request.path)
    community = BY_SOURCE.get(match[1]) if match else None
    if match is None or community is None:
        return _error(HTTPStatus.NOT_FOUND)
    if match[3] == "/status":
        return json_reply(HTTPStatus.OK, _enveloped({"version": "demo"}))
    if not hmac.compare_digest(request.authorization.encode(), f"Bearer {token}".encode()):
        return _error(HTTPStatus.UNAUTHORIZED)
    answer = ANSWERS.get((match[2], match[3]))
    if answer is None:
        return _error(HTTPStatus.NOT_FOUND)
    try:
        return json_reply(HTTPStatus.OK, _enveloped(answer(community, today, request)))
    except _NotUnderstood:
        return _error(HTTPStatus.BAD_REQUEST)


def _enveloped(data: object) -> dict[str, object]:
    return {"data": data, "status": {"code": 200, "message": "OK"}}


def _error(status: HTTPStatus) -> Reply:
    body: dict[str, object] = {"status": {"code": int(status), "message": status.phrase, "detail": REASONS[status]}}
    return json_reply(status, body if status == HTTPStatus.NOT_FOUND else {"data": [], **body})


def _subjects(community: Community, today: date, request: Request) -> list[Record]:
    return subjects(community.source, today)


def _tags(community: Community, today: date, request: Request) -> Record:
    return _page(request, tags(community.source))


def _assignments(community: Community, today: date, request: Request) -> Record:
    asked = request.parameters.get("subjects", "").split(",")
    return _page(request, [row for row in assignments(community.source) if row["subject"] in asked])


def _types(version: str) -> Callable[[Community, date, Request], list[Record]]:
    return lambda community, today, request: event_types(version)


def _observations(community: Community, today: date, request: Request) -> Record:
    """Positions of one animal by time; those that were excluded only when they are asked for."""
    parameters = request.parameters
    if sum(name in parameters for name in SELECTORS) != 1:
        raise _NotUnderstood
    animals = [animal for animal in herd(community.source) if subject_id(animal) == parameters.get("subject_id")]
    shown = FLAGS_BY_FILTER.get(parameters.get("filter", "0"))
    if shown is None:
        raise _NotUnderstood
    since, until, created_after = (_moment(parameters, name) for name in ("since", "until", "created_after"))
    rows = [
        row
        for animal in animals
        for row in observations(animal, today)
        if row["exclusion_flags"] in shown
        and row["recorded_at"] >= since
        and (not until or row["recorded_at"] <= until)
        and row["created_at"] >= created_after
    ]
    if "include_details" not in parameters:
        rows = [{name: value for name, value in row.items() if name != DETAILS} for row in rows]
    return _page(request, rows)


def _events(community: Community, today: date, request: Request) -> Record:
    sort_by = request.parameters.get("sort_by", "-updated_at")
    name = sort_by.lstrip("+-")
    if name not in SORTED_BY:
        raise _NotUnderstood
    since = _moment(request.parameters, "updated_since")
    rows = [row for row in events(community, today) if row["updated_at"] >= since]
    rows.sort(key=lambda row: row[name], reverse=sort_by.startswith("-"))
    # A row that came meanwhile pushes the last one of each page onto the next.
    size = _page_size(request)
    return _page(request, [row for start in range(0, len(rows), size - 1) for row in rows[start : start + size]])


def _moment(parameters: Mapping[str, str], name: str) -> str:
    """A time as the records write theirs, to compare them as text; empty when none is asked for."""
    if name not in parameters:
        return ""
    try:
        moment = datetime.fromisoformat(parameters[name])
    except ValueError as error:
        raise _NotUnderstood from error
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.isoformat(timespec="seconds")


def _number(request: Request, name: str, otherwise: int) -> int:
    text = request.parameters.get(name, str(otherwise))
    if not re.fullmatch("[0-9]{1,9}", text):
        raise _NotUnderstood
    return int(text)


def _page_size(request: Request) -> int:
    """As asked; without a cursor the server caps it."""
    size = max(2, _number(request, "page_size", PAGE_SIZE))
    return size if "use_cursor" in request.parameters else min(size, PAGE_SIZE_MAX)


def _page(request: Request, rows: Sequence[Record]) -> Record:
    """One page of the rows: by a cursor, without their count, or by its number."""
    size = _page_size(request)
    has_cursor = "use_cursor" in request.parameters
    start = _number(request, "cursor", 0) if has_cursor else size * (max(1, _number(request, "page", 1)) - 1)
    following = {"cursor": start + size} if has_cursor else {"page": start // size + 2}
    query = urlencode({**request.parameters, **following})
    address = f"{OTHER_HOST}{request.path}?{query}" if start + size < len(rows) else None
    page = {"next": address, "previous": None, "results": rows[start : start + size]}
    return page if has_cursor else {"count": len(rows), **page}


ANSWERS: Mapping[tuple[str, str], Callable[[Community, date, Request], object]] = {
    ("1", "/subjects"): _subjects,
    ("1", "/sources"): _tags,
    ("1", "/subjectsources"): _assignments,
    ("1", "/observations"): _observations,
    ("1", "/activity/events"): _events,
    ("1", "/activity/events/eventtypes"): _types("v1"),
    ("2", "/activity/eventtypes"): _types("v2"),
}
