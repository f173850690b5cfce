"""Headers of answers: which data version they are of, a mark that changes with their bytes, and who may keep them."""

import functools
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exports.context import Context
from ui.api import API

PROJECT = Path(__file__).resolve().parent.parent.parent
# What decides the bytes of an export besides the data: a new release of any of it may write other ones.
MAKERS = ("data", "exports", "metrics", "ui/api")
UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def headers(request: Request, context: Context, question: str) -> dict[str, str]:
    """The headers of an answer to a `question` about a data version, which names all that was asked."""
    base = base_of(request)
    return {
        "ETag": etag(context, question),
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization",
        "X-Data-Version": str(context.view.version),
        "Link": f'<{base}{API}>; rel="index", <{base}{API}/openapi.json>; rel="service-desc"',
    }


def etag(context: Context, question: str) -> str:
    """A strong mark: the same one promises the same bytes."""
    view, viewer = context.view, context.viewer
    parts = [
        *(view.version, view.committed_at.isoformat(), context.is_demo, viewer.role, sorted(viewer.sites)),
        # What may be shown of an older version is decided by the newest one.
        *(view.rules.version, question, _makers()),
    ]
    return f'"{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]}"'


def unchanged(request: Request, answer: Mapping[str, str]) -> Response | None:
    """An answer without a body where the caller has this already."""
    known = {mark.strip().removeprefix("W/") for mark in request.headers.get("if-none-match", "").split(",")}
    return Response(status_code=304, headers=dict(answer)) if known & {answer["ETag"], "*"} else None


def json_answer(request: Request, context: Context, question: str, told: Any) -> Response:
    """A JSON document about a data version."""
    answer = headers(request, context, question)
    return unchanged(request, answer) or JSONResponse(told, headers=answer)


def attachment(name: str) -> dict[str, str]:
    """The header that makes browsers save an answer under this name."""
    return {"Content-Disposition": f'attachment; filename="{UNSAFE.sub("-", name)}"'}


def base_of(request: Request) -> str:
    """What stands before the address of the API where the dashboard is not at the root of its host."""
    return request.url.path.rpartition(API)[0]


@functools.cache
def _makers() -> str:
    hashed = hashlib.sha256()
    for folder in MAKERS:
        for path in sorted((PROJECT / folder).rglob("*.py")):
            hashed.update(path.read_bytes())
    hashed.update((PROJECT / "constraints.txt").read_bytes())
    return hashed.hexdigest()
