"""What the server adds to Streamlit, asked through its own ASGI interface."""

import asyncio
import gzip
import json
from dataclasses import dataclass
from types import SimpleNamespace

import brotli
import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from data import engine
from tests.pages import invented
from ui import server


@dataclass
class Answer:
    """One answer of the server, its body as it came over the wire."""

    status: int
    headers: Headers
    body: bytes


def get(path: str, accept_encoding: str = "") -> Answer:
    """Ask the routes and middleware as the web server does."""
    routes = [
        Route("/api/health", server.health),
        Route("/api/ready", server.ready),
        Route("/{rest:path}", lambda request: PlainTextResponse("page")),
    ]
    middleware = [Middleware(server.ResponseHeaders), Middleware(server.CompressedScripts)]
    asked = [(b"host", b"localhost"), (b"accept-encoding", accept_encoding.encode())]
    sent = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": asked, "root_path": ""}
    asyncio.run(Starlette(routes=routes, middleware=middleware)(scope, receive, send))
    return Answer(sent[0]["status"], Headers(raw=sent[0]["headers"]), b"".join(part["body"] for part in sent[1:]))


@pytest.fixture
def script() -> str:
    return next(file.name for file in (server.STREAMLIT_STATIC / "js").glob("index.*.js"))


@pytest.mark.parametrize(("encoding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_compressed_script_holds_the_same_bytes(script, encoding, unpack):
    answer = get(f"/static/js/{script}", encoding)
    original = (server.STREAMLIT_STATIC / "js" / script).read_bytes()
    assert answer.headers["content-encoding"] == encoding
    assert "immutable" in answer.headers["cache-control"]
    assert unpack(answer.body) == original
    assert len(answer.body) < len(original) / 2


@pytest.mark.parametrize("path", ["/static/../../setup.js", "/static/%2e%2e/%2e%2e/__init__.js", "/static//etc/x.js"])
def test_path_that_leaves_the_folder_is_not_read(path):
    assert get(path, "br").body == b"page"


def test_every_answer_forbids_other_hosts_and_framing():
    for path in ("/", "/api/health", "/site"):
        headers = get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "http" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_scripts_from_text_are_forbidden_but_for_what_maps_need():
    """The base map compiles WebAssembly, which 'wasm-unsafe-eval' allows alone."""
    directives = get("/").headers["content-security-policy"].split("; ")
    assert "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:" in directives
    assert "form-action 'self'" in directives
    assert "object-src 'none'" in directives


def test_other_pages_get_no_hold_of_ours_and_ask_for_no_device():
    headers = get("/site").headers
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]


@pytest.mark.parametrize("path", ["/media/abc.csv", "/below/media/abc.zip", "/_stcore/upload_file/session/file"])
def test_files_of_pages_are_kept_by_nobody_on_the_way(path):
    assert get(path).headers["cache-control"] == "private, no-store"


def test_own_static_files_are_cached_for_a_day_but_pages_are_not():
    assert get("/app/static/basemap/land.geojson").headers["cache-control"] == "public, max-age=86400"
    assert "cache-control" not in get("/site").headers


def test_not_ready_until_there_is_data(monkeypatch):
    monkeypatch.setattr(engine, "latest", lambda store: None)
    answer = get("/api/ready")
    assert (answer.status, json.loads(answer.body)["status"]) == (503, "no data")
    assert json.loads(get("/api/health").body) == {"status": "ok"}


def test_ready_names_the_version_of_the_data(monkeypatch):
    monkeypatch.setattr(engine, "latest", lambda store: SimpleNamespace(**vars(invented.VIEW)))
    assert json.loads(get("/api/ready").body)["version"] == 7
