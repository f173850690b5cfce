"""Questions that are sent as JSON documents: bounded and careful with keys as all that goes over the network."""

from collections.abc import Callable

import pytest

from connectors import http
from connectors.errors import SourceRefused
from connectors.http import Client
from tests.conftest import Reply, Request, Serve

TOKEN = "invented-key-1234567890"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "BACKOFF_S", 0)


def test_a_question_goes_by_post_and_is_asked_again(serve: Serve) -> None:
    asked: list[Request] = []
    url = serve(_noted(asked, Reply(status=503), Reply(b'{"result": 1}')))
    with Client("ledger", url, TOKEN) as client:
        assert client.ask("/rpc", {"method": "eth_chainId"}, 100) == b'{"result": 1}'
    assert [(one.path, one.body) for one in asked] == [("/rpc", b'{"method": "eth_chainId"}')] * 2
    assert asked[0].headers["Content-Type"] == "application/json"
    assert asked[0].headers["Authorization"] == f"Bearer {TOKEN}"


def test_a_question_is_not_carried_to_another_host(serve: Serve) -> None:
    asked: list[Request] = []
    elsewhere = serve(_noted(asked, Reply()))
    url = serve(lambda request: Reply(status=307, headers={"Location": elsewhere}))
    with Client("ledger", url, TOKEN) as client, pytest.raises(SourceRefused, match="redirects to another host"):
        client.ask("/rpc", {}, 100)
    assert not asked


def _noted(asked: list[Request], *replies: Reply) -> Callable[[Request], Reply]:
    """Answers in turn, the last one for ever, and notes what was asked."""

    def answer(request: Request) -> Reply:
        asked.append(request)
        return replies[min(len(asked), len(replies)) - 1]

    return answer
