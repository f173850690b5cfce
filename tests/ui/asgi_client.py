"""Asks the routes of the API through their own interface, without a server; may leave in the middle of an answer."""

import asyncio
import io
import json
import zipfile
from dataclasses import dataclass
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware

from ui import api

# What of the cameras of tests/data/network.py only those may see who see everything of a site.
SECRETS = (b"camera-1", b"Tiger spring", b"100 Panthera tigris 2026-06-11", b"47.123456")


@dataclass
class Answer:
    """What came back; `is_whole` where the answer came to its end."""

    status: int
    headers: Headers
    body: bytes
    is_whole: bool

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def detail(self) -> str:
        assert self.headers["content-type"] == "application/problem+json"
        assert self.json["status"] == self.status
        return self.json["detail"]


def ask(
    address: str,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: bytes = b"",
    leaves_after: int | None = None,
    stalls_after: int | None = None,
    base: str = "",
) -> Answer:
    """The answer of an address below /api/v1; the caller leaves, or takes no more, after so many bytes of its body."""
    path, _, query = f"{base}/api/v1{address}".partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in (headers or {}).items()],
        "root_path": "",
        "http_version": "1.1",
        "scheme": "http",
        "server": ("localhost", 80),
        "asgi": {"spec_version": "2.3"},
    }
    return asyncio.run(_asked(scope, body, leaves_after, stalls_after, base))


async def _asked(scope: dict, body: bytes, leaves_after: int | None, stalls_after: int | None, base: str) -> Answer:
    app = Starlette(routes=api.routes(base), middleware=[Middleware(api.Uncompressed)])
    sent: list[dict] = []
    gone = asyncio.Event()
    parts = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> dict:
        if (part := next(parts, None)) is not None:
            return part
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        sent.append(message)
        received = sum(len(one.get("body", b"")) for one in sent) if leaves_after or stalls_after else 0
        if leaves_after is not None and received >= leaves_after:
            gone.set()
            await asyncio.sleep(0)
        if stalls_after is not None and received >= stalls_after:
            await asyncio.sleep(3600)

    await app(scope, receive, send)
    is_whole = len(sent) > 1 and not sent[-1].get("more_body", False)
    received = b"".join(one.get("body", b"") for one in sent[1:])
    return Answer(sent[0]["status"], Headers(raw=sent[0]["headers"]), received, is_whole)


def members(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def holds_a_secret(body: bytes) -> bool:
    """Whether a secret is in a body as it is, or in a member of the zip that it is."""
    parts = [body, *(members(body).values() if body[:2] == b"PK" else ())]
    return any(secret in part for part in parts for secret in SECRETS)
