"""The same downloads for scripts, as routes of the web application; docs/api.md says how to use them.

Nothing here computes a row or decides who may see it: it asks `exports`, and those ask the queries that pages ask.
"""

import functools

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

API = "/api/v1"


def routes(base: str = "") -> list[Route]:
    """The routes below `base`, the path at which the dashboard is served (server.baseUrlPath)."""
    start = f"/{base.strip('/')}".rstrip("/")
    answered = _Answered(start)
    return [Route(f"{start}{API}", answered), Route(f"{start}{API}/{{rest:path}}", answered)]


class Uncompressed:
    """Keeps answers of the API as they were made: their ETag promises bytes, and most are compressed already."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and f"{API}/" in scope["path"]:
            kept = [(name, value) for name, value in Headers(scope=scope).raw if name != b"accept-encoding"]
            scope = {**scope, "headers": kept}
        await self.app(scope, receive, send)


class _Answered:
    """The whole API; what it needs is imported at the first request, so that pages do not wait for it at the start."""

    def __init__(self, start: str) -> None:
        self._start = start

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        router = await run_in_threadpool(_router, self._start)
        await router(scope, receive, send)


@functools.cache
def _router(start: str) -> Router:
    from ui.api import addresses

    return addresses.router(start)
