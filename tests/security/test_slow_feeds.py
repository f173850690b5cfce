"""Servers that send a byte now and then, for ever: a clock of our own ends the connection, wherever it hangs."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connectors import http, json_rpc, patience
from connectors.errors import SourceRefused, SourceUnavailable
from connectors.http import Client
from connectors.ledger_rpc import ask
from tests.conftest import Reply, Request, Serve
from tests.connectors.test_ledger_rpc import TRUST

PAUSE_S = 0.02
DEADLINE_S = 0.4
OK = b"HTTP/1.1 200 OK\r\n"
# What comes at once, and what is then repeated with pauses.
DRIPS = {
    "a status line": (b"HTTP/1.1 200 ", b"O"),
    "a heading": (OK + b"X-Long: ", b"x"),
    "headings": (OK, b"X-Many: 1\r\n"),
    "a body with a length": (OK + b"Content-Length: 100000\r\n\r\n[", b" "),
    "a body without a length": (OK + b"\r\n[1, 2, 3]", b" "),
    "a body in chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "the size of a chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "a refusal": (b"HTTP/1.1 400 No\r\nContent-Length: 100000\r\n\r\n", b"x"),
}


@pytest.fixture
def drip() -> Iterator[Callable[[bytes, bytes], str]]:
    """Start a server that answers everybody with a start, and then a little more each few moments."""
    servers: list[socket.socket] = []
    is_over = threading.Event()

    def answer(connection: socket.socket, start: bytes, more: bytes) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(65_536)
            connection.sendall(start)
            while not is_over.wait(PAUSE_S):
                connection.sendall(more)

    def serve(server: socket.socket, start: bytes, more: bytes) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(server.accept()[0], start, more), daemon=True).start()

    def listen(start: bytes, more: bytes) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)
        threading.Thread(target=serve, args=(server, start, more), daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}"

    yield listen
    is_over.set()
    for server in servers:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "DEADLINE_S", DEADLINE_S)
    monkeypatch.setattr(http, "BACKOFF_S", 0)


def _ask_for_ever(client: Client) -> None:
    while True:
        client.get_json("data")


@pytest.mark.parametrize("what", [name for name in DRIPS if name != "a refusal"])
def test_an_answer_without_end_is_given_up(drip: Callable[[bytes, bytes], str], what: str, tmp_path: Path) -> None:
    """Each byte comes long before any time limit of the socket."""
    address = drip(*DRIPS[what])
    with Client("reefs", address) as client:
        with pytest.raises(SourceUnavailable, match=r"^reefs: "):
            client.get_json("data")
        with pytest.raises(SourceUnavailable, match=r"^reefs: "):
            client.download("data", tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_the_words_of_a_refusal_are_not_waited_for(drip: Callable[[bytes, bytes], str]) -> None:
    with (
        Client("reefs", drip(*DRIPS["a refusal"]), explain=lambda status, start: None) as client,
        pytest.raises(SourceRefused),
    ):
        client.get_json("data")


def test_a_node_that_drips_holds_no_reader(
    drip: Callable[[bytes, bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_rpc, "DEADLINE_S", DEADLINE_S)
    with pytest.raises(SourceUnavailable, match="ledger"):
        ask("ledger", drip(*DRIPS["a body without a length"]), None, TRUST, [])


def test_many_answers_are_given_up_together(serve: Serve) -> None:
    with (
        Client("reefs", serve(lambda request: Reply(b"[]")), all_s=0.3) as client,
        pytest.raises(SourceUnavailable, match=r"^reefs: "),
    ):
        _ask_for_ever(client)


def test_many_answers_cannot_fill_the_disk(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Request] = []
    monkeypatch.setattr(patience, "ALL_BYTES", 100_000)

    def answer(request: Request) -> Reply:
        asked.append(request)
        return Reply(b"[" + b" " * 9_998 + b"]")

    with Client("reefs", serve(answer)) as client, pytest.raises(SourceRefused, match="sends more than"):
        _ask_for_ever(client)
    assert len(asked) == 11


def test_a_server_that_asks_to_wait_is_not_waited_for_longer_than_the_whole() -> None:
    assert http._retry_policy(60).parse_retry_after("21600") == 6
