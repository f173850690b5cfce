"""The invented network's systems on one loopback server, each in the protocol of the system that it stands for."""

import hashlib
import hmac
import os
import re
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from demo import (
    assessments,
    coralnet,
    earthranger,
    heat,
    ledger,
    ledger_rpc,
    mermaid,
    movebank,
    outplants,
    reefcloud,
    registry,
    work_plan,
)
from demo.answers import JSON_TYPE, Reply, Request, json_reply
from demo.fauna import PROGRAMMES
from demo.network import SOURCES, TOKEN_VARIABLE
from demo.packages import package_files
from demo.pipeline import green_list_csv

DEMO_TOKEN = "demo-token"  # noqa: S105
AREA_PATH = re.compile(r"/v4/protected_areas/(\d{1,12})")
STOP_CHECK_S = 0.05
LONGEST_BODY_BYTES = 5_000_000
WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
FIELD_SYSTEMS = {
    earthranger.PREFIX: earthranger.reply,
    movebank.PREFIX: movebank.reply,
    mermaid.PREFIX: mermaid.reply,
    reefcloud.PREFIX: reefcloud.reply,
}
FILES = {
    "/green-list/green_list_sites.csv": green_list_csv,
    coralnet.PATH: coralnet.annotations_csv,
    outplants.PATH: outplants.outplants_csv,
    assessments.PATH: assessments.assessments_csv,
    work_plan.PATH: work_plan.work_plan_csv,
}
# Files of many names: each gives the one at a path, or None.
FILES_BY_PATH = (heat.station_file, ledger.batch_file)
FILE_TYPES = {
    ".json": JSON_TYPE,
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".gz": "application/gzip",
    ".zip": "application/zip",
}


class DemoServer:
    """Serves the demo network as of `today` (default: this day in UTC) on 127.0.0.1 while used as a context manager.

    The registry, EarthRanger and Movebank want the token that the environment variable `TOKEN_VARIABLE` holds,
    `demo-token` where it is unset.
    Every file is made when it is first asked for, and kept.
    """

    def __init__(self, today: date | None = None) -> None:
        self._today = today or datetime.now(UTC).date()
        self._token = os.environ.get(TOKEN_VARIABLE, "").strip() or DEMO_TOKEN
        self._down: frozenset[str] = frozenset()
        self._files: dict[str, bytes] = {}
        self._making = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self.reply))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(STOP_CHECK_S,), name="demo-server", daemon=True
        )

    def __enter__(self) -> "DemoServer":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def take_down(self, source_name: str) -> None:
        """From now on the system of this source answers 503; raises KeyError for a source that the demo lacks."""
        self._down |= {_prefix_of(source_name)}

    def bring_up(self, source_name: str) -> None:
        """The system of this source answers again."""
        self._down -= {_prefix_of(source_name)}

    def reply(self, request: Request) -> Reply:
        """The answer to one request."""
        if any(request.path.startswith(prefix) for prefix in self._down):
            return Reply(HTTPStatus.SERVICE_UNAVAILABLE, b"down for maintenance\n")
        if request.path == ledger_rpc.PATH:
            with self._making:
                return ledger_rpc.reply(request, self._today)
        if request.method != "GET":
            return json_reply(HTTPStatus.METHOD_NOT_ALLOWED, {"error": "Method not allowed"}, {"Allow": "GET"})
        if request.path == "/test" or request.path.startswith("/v4/"):
            return self._registry(request)
        for prefix, system in FIELD_SYSTEMS.items():
            if request.path.startswith(prefix):
                with self._making:
                    return system(request, self._today, self._token)
        return self._file(request)

    def _registry(self, request: Request) -> Reply:
        given = (request.authorization.removeprefix("Bearer "), request.parameters.get("token", ""))
        if not any(hmac.compare_digest(token.encode(), self._token.encode()) for token in given):
            return json_reply(HTTPStatus.UNAUTHORIZED, {"error": "Unauthorized. Invalid or expired token."})
        if request.path == "/test":
            return json_reply(HTTPStatus.OK, {"status": "Success!"})
        with self._making:
            found = registry.records(self._today)
            geometries = registry.geometries()
        if match := AREA_PATH.fullmatch(request.path):
            return _one_area(found, geometries, int(match[1]), request.parameters)
        if request.path == "/v4/protected_areas":
            return _page(list(found), geometries, request.parameters)
        if request.path == "/v4/protected_areas/search":
            return _page(registry.search(found, request.parameters), geometries, request.parameters)
        return _not_found()

    def _file(self, request: Request) -> Reply:
        with self._making:
            body = self._files.get(request.path) or self._make(request.path)
        if body is None:
            return _not_found()
        headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"'}
        if request.if_none_match == headers["ETag"]:
            return Reply(HTTPStatus.NOT_MODIFIED, headers=headers)
        suffix = request.path[request.path.rfind(".") :]
        return Reply(HTTPStatus.OK, body, {**headers, "Content-Type": FILE_TYPES[suffix]})

    def _make(self, path: str) -> bytes | None:
        """Make the file at this path, with the others of its package; None when there is none."""
        texts = (FILES[path](self._today),) if path in FILES else (file(path, self._today) for file in FILES_BY_PATH)
        text = next((text for text in texts if text is not None), None)
        if text is not None:
            self._files[path] = text.encode()
        for programme in PROGRAMMES:
            if path.startswith((f"/cameras/{programme.source}/", f"/cameras/{programme.source}.zip")):
                folder = "/cameras/" if programme.form == "zip" else f"/cameras/{programme.source}/"
                files = package_files(programme, self._today)
                self._files |= {folder + name: content for name, content in files.items()}
        return self._files.get(path)


def _prefix_of(source_name: str) -> str:
    return {source.name: source.prefix for source in SOURCES}[source_name]


def _page(found: list[dict], geometries: dict[int, dict | None], parameters: dict[str, str]) -> Reply:
    """One page of a list, with its totals in the headers as the real service sends them."""
    numbers = [parameters.get("page", "1"), parameters.get("per_page", str(registry.PER_PAGE))]
    if not all(re.fullmatch("[1-9][0-9]{0,8}", number) for number in numbers):
        return json_reply(HTTPStatus.BAD_REQUEST, {"error": "page and per_page must be whole numbers of at least 1"})
    page, per_page = map(int, numbers)
    if per_page > registry.PER_PAGE_MAX:
        return json_reply(HTTPStatus.BAD_REQUEST, {"error": "per_page must be less than 50"})
    last_page = max(1, -(-len(found) // per_page))
    shown = found[(page - 1) * per_page : page * per_page]
    if parameters.get("with_geometry") == "true":
        shown = [{**record, "geojson": geometries[record["site_id"]]} for record in shown]
    totals = {
        "X-Total": len({record["site_id"] for record in found}),
        "X-Total-Pages": last_page,
        "X-Per-Page": per_page,
        "X-Page": page,
        "X-Next-Page": page + 1 if page < last_page else "",
        "X-Prev-Page": page - 1 if page > 1 else "",
        "X-Offset": 0,
    }
    return json_reply(HTTPStatus.OK, {"protected_areas": shown}, {name: str(value) for name, value in totals.items()})


def _one_area(found: tuple, geometries: dict, site_id: int, parameters: dict[str, str]) -> Reply:
    record = next((record for record in found if record["site_id"] == site_id), None)
    if record is None:
        return _not_found()
    if parameters.get("with_geometry") != "false":
        record = {**record, "geojson": geometries[site_id]}
    return json_reply(HTTPStatus.OK, {"protected_area": record})


def _not_found() -> Reply:
    return json_reply(HTTPStatus.NOT_FOUND, {"error": "Not found"})


class _Handler(BaseHTTPRequestHandler):
    """Hands each request to `reply` and writes nothing to the log."""

    protocol_version = "HTTP/1.1"

    def __init__(self, reply: Callable[[Request], Reply], *arguments: object) -> None:
        self._reply = reply
        super().__init__(*arguments)

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch("[0-9]{1,9}", length) or int(length) > LONGEST_BODY_BYTES:
            self.close_connection = True
            self._send(
                json_reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": "The body has no length or is too long"})
            )
            return
        self._answer("POST", self.rfile.read(int(length)))

    def _answer(self, method: str, body: bytes = b"") -> None:
        address = urlsplit(self.path)
        headers = (self.headers.get(name, "") for name in ("Authorization", "If-None-Match", "Cookie"))
        self._send(self._reply(Request(address.path, dict(parse_qsl(address.query)), *headers, method, body)))

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status not in WITHOUT_BODY:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass
