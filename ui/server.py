"""What the web server adds to Streamlit: compressed scripts, cache and security headers, health and readiness."""

import functools
import gzip
from pathlib import Path, PurePosixPath

import brotli
import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data import engine, settings

STREAMLIT_STATIC = Path(streamlit.__file__).parent / "static" / "static"
COMPRESSED_TYPES = {".js": "text/javascript", ".css": "text/css"}
ONE_YEAR = "public, max-age=31536000, immutable"
ONE_DAY = "public, max-age=86400"
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "worker-src 'self' blob:; connect-src 'self' data: blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Files that pages give out and take in, wherever the dashboard is served.
NOT_KEPT = ("/media/", "/_stcore/upload_file/")


class CompressedScripts:
    """Answers requests for Streamlit's own scripts and styles compressed; Streamlit itself sends 10 MB as they are.

    The files never change while the server runs, so each is compressed once and kept.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _compressed(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        await (answer or self.app)(scope, receive, send)


class ResponseHeaders:
    """Adds the security headers to every answer, and a day of caching to our own static files."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(SECURITY_HEADERS)
                if message["status"] == 200 and scope["path"].startswith("/app/static/"):
                    headers["Cache-Control"] = ONE_DAY
                if any(place in scope["path"] for place in NOT_KEPT):
                    headers["Cache-Control"] = "private, no-store"
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


async def health(request: Request) -> JSONResponse:
    """The process answers."""
    return JSONResponse({"status": "ok"})


def ready(request: Request) -> JSONResponse:
    """200 when there is a version of the data to show, else 503."""
    view = engine.latest(settings.store_url())
    if view is None:
        return JSONResponse({"status": "no data", "advice": "Wait for the first pull, or run one."}, status_code=503)
    return JSONResponse({"status": "ready", "version": view.version, "committed_at": view.committed_at.isoformat()})


def _compressed(scope: Scope) -> Response | None:
    path = PurePosixPath(scope["path"])
    media_type = COMPRESSED_TYPES.get(path.suffix)
    if media_type is None or not path.is_relative_to("/static") or ".." in path.parts:
        return None
    accepted = Headers(scope=scope).get("accept-encoding", "")
    encoding = next((name for name in ("br", "gzip") if name in accepted), None)
    body = _packed(str(path.relative_to("/static")), encoding) if encoding else None
    if body is None:
        return None
    headers = {"Content-Encoding": encoding, "Cache-Control": ONE_YEAR, "Vary": "Accept-Encoding"}
    return Response(body, media_type=media_type, headers=headers)


@functools.lru_cache(maxsize=512)
def _packed(name: str, encoding: str) -> bytes | None:
    file = STREAMLIT_STATIC / name
    if not file.is_file():
        return None
    plain = file.read_bytes()
    return brotli.compress(plain, quality=5) if encoding == "br" else gzip.compress(plain, 6)
