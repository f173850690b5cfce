"""Fixtures shared by all tests: the folder of sample exports, and servers on this machine."""

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from demo import start
from tests.evm_node import evm, fresh_evm  # noqa: F401 (fixtures of all tests)
from tests.oidc.installation import installation  # noqa: F401 (a fixture)
from tests.servers import running_app

# How fast an example runs says nothing on a busy machine.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


# Python's own.
DEPTH = 1_000


@pytest.fixture(autouse=True)
def _usual_depth() -> None:
    """The packages of web3 let Python recurse a hundred times deeper, and then deep documents would end the process."""
    sys.setrecursionlimit(DEPTH)


@dataclass(frozen=True)
class Request:
    """What a server was asked."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """What it answers; a `claimed_length` larger than the body breaks the answer off."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    claimed_length: int | None = None


Serve = Callable[[Callable[[Request], Reply]], str]


@pytest.fixture(scope="session", autouse=True)
def _audit_log(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What tests do is never written into the log of this machine's own store."""
    os.environ["T4N_AUDIT"] = str(tmp_path_factory.mktemp("audit"))


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real exports, outside the project because their licences differ."""
    folder = os.environ.get("T4N_SAMPLES")
    if not folder:
        pytest.skip("T4N_SAMPLES does not name the folder of sample exports")
    return Path(folder)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server on this machine that answers by a function; gives its address, without a slash at the end."""
    servers: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def start(answer: Callable[[Request], Reply]) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(answer))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(answer: Callable[[Request], Reply]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            reply = answer(Request(parts.path, dict(parse_qsl(parts.query)), self.headers, body))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            length = len(reply.body) if reply.claimed_length is None else reply.claimed_length
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(reply.body)

        do_POST = do_GET

        def log_message(self, *words: object) -> None:
            """Tests are silent."""

    return Handler


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose `demo` store holds the whole demo network, pulled through the real connectors.

    Tests only read it, so processes that share the tests share the store too.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    root, is_filled = shared / "demo-store", shared / "demo-store-is-filled"
    with FileLock(f"{root}.lock"):
        if not is_filled.exists():
            start.fill(str(root / "demo"))
            is_filled.touch()
    return root


@pytest.fixture(scope="session")
def app_url(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the real app over the demo network."""
    with running_app(demo_store, tmp_path_factory.mktemp("app") / "app.log") as url:
        yield url
