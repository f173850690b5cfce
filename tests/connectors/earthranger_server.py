"""A double of an EarthRanger server on this machine, and what becomes of its answers when they are saved.

It has the envelope, the pages, the permissions and the habits of older versions.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st

from connectors.base import Notice, Parsed, Refusal, Rows, Source
from connectors.earthranger import EarthRanger
from tests.conftest import Reply, Request

TOKEN = "invented-token-0123456789"
BASE = "/api/v1.0"
PAGE_SIZE_MAX = 4000
SORTED_BY = ("event_time", "updated_at", "created_at", "serial_number")
ERRORS = {
    400: {"data": [[{"filter": {"subject_id": "one of these is needed"}}]], "status": {"code": 400}},
    401: {"data": [], "status": {"code": 401, "message": "Unauthorized", "detail": "no credentials"}},
    403: {"data": [], "status": {"code": 403, "message": "Forbidden", "detail": "no permission"}},
    404: {"status": {"code": 404, "detail": "nothing here"}},
}
ZEBRA, RANGER, TAG = "animal-1", "person-1", "tag-1"
RECORDED = datetime(2024, 5, 1, tzinfo=UTC)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def subject(name: str, kind: str = "wildlife", **more: Any) -> dict[str, Any]:
    return {"id": name, "name": f"Name of {name}", "subject_type": kind, "is_active": True, "sex": "female"} | more


def observation(number: int, of: str = ZEBRA, **more: Any) -> dict[str, Any]:
    """A position; `of` is what the server knows and never sends."""
    at = RECORDED + timedelta(hours=number)
    place = {"latitude": 10 + number / 100, "longitude": 20.0}
    row = {"id": f"position-{of}-{number}", "location": place, "recorded_at": at.isoformat(), "source": TAG}
    created = (at + timedelta(minutes=5)).isoformat()
    return row | {"created_at": created, "exclusion_flags": 0, "_subject": of} | more


def event(number: int, kind: str = "immobility", subject_id: str | None = ZEBRA, **more: Any) -> dict[str, Any]:
    at = (RECORDED + timedelta(hours=number)).isoformat()
    row = {
        "id": f"event-{number}",
        "event_type": kind,
        "event_category": "analyzer_event",
        "time": at,
        "end_time": None,
    }
    row |= {"created_at": at, "updated_at": at, "state": "new", "priority": 200, "provenance": "analyzer"}
    row |= {"location": {"latitude": 1.5, "longitude": 2.5}, "geometry": None, "geojson": None, "is_collection": False}
    related = [{"id": subject_id}] if subject_id else []
    return row | {"related_subjects": related, "contains": [], "updates": [], "event_details": {}} | more


@dataclass
class Server:
    """What the server holds and how it behaves; call it with a request."""

    subjects: list[dict[str, Any]] = field(default_factory=lambda: [subject(ZEBRA)])
    observations: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    event_types: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    assignments: list[dict[str, Any]] = field(default_factory=list)
    page_size_max: int = PAGE_SIZE_MAX
    host: str = "http://behind-a-proxy.example"
    knows_created_after: bool = True
    knows_cursors: bool = True
    may_see_tracks: bool = True
    asked: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        self.asked.append(request)
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _reply(ERRORS[401], 401)
        path, query = request.path, request.query
        if path.startswith("/api/v2.0"):
            return self._types("v2") if path == "/api/v2.0/activity/eventtypes" else _reply(ERRORS[404], 404)
        answers = {
            "/subjects": lambda: _reply(_enveloped(self.subjects)),
            "/sources": lambda: self._page(path, query, [{"id": TAG, "model_name": "Invented 3"}]),
            "/subjectsources": lambda: self._page(path, query, self._assignments(query["subjects"].split(","))),
            "/observations": lambda: self._observations(path, query),
            "/activity/events": lambda: self._events(path, query),
            "/activity/events/eventtypes": lambda: self._types("v1"),
        }
        return answers.get(path.removeprefix(BASE), lambda: _reply(ERRORS[404], 404))()

    def queries(self, path: str) -> list[Mapping[str, str]]:
        return [request.query for request in self.asked if request.path == BASE + path]

    def _types(self, version: str) -> Reply:
        known = self.event_types.get(version)
        return _reply(ERRORS[404], 404) if known is None else _reply(_enveloped(known))

    def _assignments(self, subjects: list[str]) -> list[dict[str, Any]]:
        return [row for row in self.assignments if row["subject"] in subjects]

    def _observations(self, path: str, query: Mapping[str, str]) -> Reply:
        if len({"subject_id", "source_id", "subjectsource_id"} & set(query)) != 1:
            return _reply(ERRORS[400], 400)
        rows = [row for row in self.observations if row["_subject"] == query["subject_id"] and self.may_see_tracks]
        if query.get("filter") != "null":
            rows = [row for row in rows if not row["exclusion_flags"]]
        if "since" in query:
            rows = [row for row in rows if row["recorded_at"] >= query["since"]]
        if "created_after" in query and self.knows_created_after:
            rows = [row for row in rows if row["created_at"] >= query["created_after"]]
        rows = sorted(rows, key=lambda row: row["recorded_at"])
        sent = [{name: value for name, value in row.items() if name != "_subject"} for row in rows]
        return self._page(path, query, sent)

    def _events(self, path: str, query: Mapping[str, str]) -> Reply:
        if query.get("sort_by", "updated_at").lstrip("+-") not in SORTED_BY:
            return _reply(ERRORS[400], 400)
        rows = [row for row in self.events if row["updated_at"] >= query.get("updated_since", "")]
        return self._page(path, query, rows)

    def _page(self, path: str, query: Mapping[str, str], rows: list[dict[str, Any]]) -> Reply:
        """One page; its `next` names the host that the server believes to have."""
        size = min(int(query.get("page_size", 25)), self.page_size_max)
        has_cursor = self.knows_cursors and "use_cursor" in query
        start = int(query.get("cursor", 0)) if has_cursor else size * (int(query.get("page", 1)) - 1)
        following = {"cursor": start + size} if has_cursor else {"page": start // size + 2}
        is_last = start + size >= len(rows)
        address = None if is_last else f"{self.host}{path}?{urlencode({**query, **following})}"
        page = {"next": address, "previous": None, "results": rows[start : start + size]}
        return _reply(_enveloped(page if has_cursor else {"count": len(rows), **page}))


def _enveloped(data: Any) -> dict[str, Any]:
    return {"data": data, "status": {"code": 200, "message": "OK"}}


def _reply(body: Any, status: int = 200) -> Reply:
    return Reply(json.dumps(body).encode(), status)


def saved(folder: Path, **answers: Any) -> Path:
    folder.mkdir(exist_ok=True)
    for name, answer in answers.items():
        (folder / f"{name}.json").write_text(json.dumps(answer))
    return folder


def read(location: Path, tmp_path: Path, **configured: Any) -> list[Parsed]:
    source = Source("er", "earthranger", str(location), **{"site": "555000001", **configured})
    workspace = tmp_path / "workspace"
    workspace.mkdir(exist_ok=True)
    return list(EarthRanger().parse(source, EarthRanger().fetch(source, {}, workspace).payloads))


def rows(parsed: list[Parsed], table: str) -> list[dict[str, Any]]:
    return [row for item in parsed if isinstance(item, Rows) and item.table == table for row in item.rows.to_pylist()]


def told(parsed: list[Parsed]) -> str:
    return "\n".join(item.text for item in parsed if isinstance(item, Notice))


def refused(parsed: list[Parsed]) -> list[tuple[str, str]]:
    return [(item.table, item.field) for item in parsed if isinstance(item, Refusal)]
