"""The running server under attack: from other web pages, with odd addresses, large bodies and broken messages."""

import asyncio
import http.client
import random
import re
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.servers import PROJECT, running_app

EVIL = "https://evil.example"


@dataclass(frozen=True)
class Answer:
    """One answer of the server, whatever its status."""

    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("attacked") / "app.log"


@pytest.fixture(scope="module")
def app(log: Path) -> Iterator[str]:
    """A server of a real network of which nothing is stored yet, which starts fast."""
    (log.parent / "none.toml").touch()
    with running_app(log.parent / "store", log) as url:
        yield url


def ask(url: str, method: str = "GET", headers: dict[str, str] | None = None, body: bytes | None = None) -> Answer:
    request = urllib.request.Request(url, data=body, headers=headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())


def speak(app: str, messages: list[bytes], **options: object) -> None:
    """Open a session of a page, send messages, and wait a moment for what comes back."""

    async def spoken() -> None:
        address = f"ws://{urlsplit(app).netloc}/_stcore/stream"
        async with websockets.connect(address, subprotocols=["streamlit"], max_size=None, **options) as socket:
            for message in messages:
                await socket.send(message)
            try:
                async with asyncio.timeout(2):
                    while True:
                        await socket.recv()
            except (TimeoutError, websockets.ConnectionClosed):
                pass

    asyncio.run(spoken())


def test_another_web_page_opens_no_session(app: str) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        speak(app, [], origin=EVIL)
    assert refused.value.response.status_code == 403
    speak(app, [], origin=app)


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/_stcore/host-config", "/api/v1/tables", "/api/health"])
def test_another_web_page_may_read_nothing(app: str, path: str) -> None:
    told = ask(app + path, headers={"Origin": EVIL}).headers
    assert told.get("access-control-allow-origin") in (None, app)
    assert told["x-frame-options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in told["content-security-policy"]
    assert told["cross-origin-resource-policy"] == "same-origin"


def test_a_file_is_not_taken_without_the_mark_of_our_own_page(app: str) -> None:
    for headers in ({}, {"Origin": EVIL}, {"X-Xsrftoken": "guessed", "Cookie": "_streamlit_xsrf=guessed"}):
        answer = ask(f"{app}/_stcore/upload_file/session/file", "PUT", headers, b"x")
        assert 400 <= answer.status < 500


def test_programs_cannot_drive_pages(app: str) -> None:
    answer = ask(f"{app}/_stcore/agent/interact", "POST", {"Content-Type": "application/json"}, b"{}")
    assert (answer.status, b"does not serve the agent API" in answer.body) == (403, True)


@pytest.mark.parametrize(
    "path",
    [
        "/app/static/../../../../../../etc/passwd",
        "/app/static/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/app/static/%2e%2e/%2e%2e/shell.py",
        "/app/static/....//....//shell.py",
        "/static/..%5c..%5csetup.cfg",
        "/media/..%2f..%2fapp.log",
        "/media/%00",
        "/api/v1/files/..%2f..%2fetc%2fpasswd",
        "/api/v1/tables/..%2f..%2fnetwork.toml",
        "/_stcore/upload_file/..%2f../x",
        "/component/..%2f..%2fetc/passwd",
        "/%ff%fe",
        "/" + "a" * 20_000,
        "/?" + "site=" + "%F0%9F%90%85" * 2_000,
    ],
)
def test_no_address_leads_to_files_of_the_machine_or_to_an_error(app: str, path: str) -> None:
    answer = ask(app + path)
    assert answer.status < 500 or answer.status == 503
    for secret in (b"root:", b"set_page_config", b"Traceback", str(PROJECT).encode()):
        assert secret not in answer.body


def test_a_body_without_end_is_turned_away(app: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(app).netloc, timeout=30)
    connection.putrequest("POST", "/api/v1/package")
    connection.putheader("Content-Length", "2000000000")
    connection.endheaders()
    # Answered before a byte of it is sent.
    assert connection.getresponse().status == 413
    connection.close()


def test_broken_messages_break_no_session_of_others(app: str, log: Path) -> None:
    chance = random.Random(1)
    hostile = BackMsg()
    hostile.rerun_script.page_name = "../../etc/passwd\0" + "x" * 10_000
    hostile.rerun_script.query_string = "site=%00&site=" + "[" * 10_000
    hostile.rerun_script.fragment_id = "guessed"
    widget = hostile.rerun_script.widget_states.widgets.add()
    widget.id, widget.json_value = "$$ID-view_as", "[" * 5_000
    speak(app, [hostile.SerializeToString()])
    for _ in range(5):
        speak(app, [chance.randbytes(2_000)])
    assert ask(f"{app}/_stcore/health").status == 200
    assert ask(f"{app}/api/health").body == b'{"status":"ok"}'
    assert "Segmentation" not in log.read_text()


def test_the_settings_that_protect_are_written_down() -> None:
    """Streamlit's defaults may change with a release; these must not."""
    server = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())["server"]
    assert server["address"] == "127.0.0.1"
    assert (server["enableCORS"], server["enableXsrfProtection"], server["enableAgentApi"]) == (True, True, False)
    assert server["maxUploadSize"] <= 20


def test_no_page_or_chart_is_written_as_html() -> None:
    """Streamlit shows text as text unless a page asks otherwise."""
    asks_html = re.compile(r"unsafe_allow_html|unsafe_allow_javascript|\bst\.html\b|components\.v1|st\.iframe|\.html\(")
    files = [*(PROJECT / "ui").rglob("*.py"), *(PROJECT / "pages").glob("*.py")]
    assert len(files) > 100
    assert not [file.name for file in files if asks_html.search(file.read_text())]
