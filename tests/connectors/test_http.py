"""The way out to the network: bounded, honest about what went wrong, and silent about keys."""

import logging
from pathlib import Path
from typing import Any

import pytest

from connectors import http, reachable
from connectors.base import Source
from connectors.errors import NothingThere, SourceChanged, SourceError, SourceRefused, SourceUnavailable
from connectors.http import Client
from connectors.secret import secret_of
from tests.conftest import Reply, Request, Serve

TOKEN = "invented-key-1234567890"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "BACKOFF_S", 0)


def ask(base: str, path: str = "/areas", token: str | None = None, **more: Any) -> http.Answer:
    with Client("registry", base, token, **more) as client:
        return client.get_json(path, {"page": "1"})


def counted(replies: list[Reply], asked: list[Request]):
    """Answers in turn, the last one for ever, and notes what was asked."""

    def answer(request: Request) -> Reply:
        asked.append(request)
        return replies[min(len(asked), len(replies)) - 1]

    return answer


def test_json_is_read_with_its_headers_and_bytes(serve: Serve) -> None:
    base = serve(lambda request: Reply(b'{"n": [1, 2]}', headers={"X-Total": request.query["page"]}))
    answer = ask(base)
    assert answer.data == {"n": [1, 2]}
    assert answer.headers["x-total"] == "1"
    assert answer.body == b'{"n": [1, 2]}'


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, SourceRefused),
        (401, SourceRefused),
        (403, SourceRefused),
        (404, SourceRefused),
        (429, SourceUnavailable),
        (500, SourceUnavailable),
        (503, SourceUnavailable),
        (204, SourceChanged),
        (304, SourceChanged),
    ],
)
def test_each_status_says_what_the_reader_must_do(serve: Serve, status: int, kind: type[SourceError]) -> None:
    with pytest.raises(kind, match="registry: .*/areas") as caught:
        ask(serve(lambda request: Reply(status=status)))
    assert caught.value.advice


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_passing_failure_is_asked_again(serve: Serve, status: int) -> None:
    asked: list[Request] = []
    base = serve(counted([Reply(status=status, headers={"Retry-After": "0"}), Reply(b"[]")], asked))
    assert ask(base).data == []
    assert len(asked) == 2


def test_retries_are_bounded(serve: Serve) -> None:
    asked: list[Request] = []
    with pytest.raises(SourceUnavailable, match="503"):
        ask(serve(counted([Reply(status=503)], asked)))
    assert len(asked) == 4


@pytest.mark.parametrize("status", [400, 401, 404, 500])
def test_a_failure_that_stays_is_not_asked_again(serve: Serve, status: int) -> None:
    asked: list[Request] = []
    with pytest.raises(SourceError):
        ask(serve(counted([Reply(status=status)], asked)))
    assert len(asked) == 1


def test_a_server_cannot_make_the_pull_wait_for_hours() -> None:
    assert http._retry_policy().parse_retry_after("21600") == 60


def test_a_wrong_retry_after_header_is_an_unavailable_source(serve: Serve) -> None:
    with pytest.raises(SourceUnavailable):
        ask(serve(lambda request: Reply(status=503, headers={"Retry-After": "soon"})))


def test_a_server_that_does_not_answer_is_unavailable(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "READ_TIMEOUT_S", 0.05)
    monkeypatch.setattr(http, "CONNECT_TIMEOUT_S", 0.05)
    with pytest.raises(SourceUnavailable, match="registry: no answer from 127.0.0.1 to /areas"):
        ask("http://127.0.0.1:9", token=TOKEN)


def test_an_answer_that_breaks_off_is_not_taken_for_whole(serve: Serve) -> None:
    with pytest.raises(SourceUnavailable, match="broke off"):
        ask(serve(lambda request: Reply(b"[1, 2]", claimed_length=1000)))


@pytest.mark.parametrize("body", [b"", b"<!DOCTYPE html><p>Log in", b"{", b"\xff\xfe\x00", b"[" * 100_000])
def test_what_is_not_json_is_a_changed_source(serve: Serve, body: bytes) -> None:
    with pytest.raises(SourceChanged, match="registry: /areas answered with .* instead of JSON"):
        ask(serve(lambda request: Reply(body)))


def test_a_large_answer_is_given_up(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "JSON_LIMIT_BYTES", 10)
    with pytest.raises(SourceRefused, match="larger than"):
        ask(serve(lambda request: Reply(b"[" + b"1," * 100 + b"1]")))


def test_the_key_is_sent_as_bearer(serve: Serve) -> None:
    asked: list[Request] = []
    ask(serve(counted([Reply(b"[]")], asked)), token=TOKEN)
    assert asked[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert asked[0].query == {"page": "1"}


def test_the_key_goes_into_the_query_only_after_a_401(serve: Serve) -> None:
    asked: list[Request] = []
    base = serve(counted([Reply(status=401), Reply(b"[]")], asked))
    assert ask(base, token=TOKEN, token_parameter="token").data == []
    assert "token" not in asked[0].query
    assert asked[1].query == {"page": "1", "token": TOKEN}
    assert "Authorization" not in asked[1].headers


def test_no_key_of_another_program_is_sent(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password something\n")
    monkeypatch.setenv("NETRC", str(netrc))
    asked: list[Request] = []
    base = serve(counted([Reply(b"[]")], asked))
    with Client("registry", base) as client:
        client._session.trust_env = True
        client.get_json("/areas")
    assert "Authorization" not in asked[0].headers


def test_a_request_to_this_machine_does_not_go_by_a_proxy(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    assert ask(serve(lambda request: Reply(b"[]")), token=TOKEN).data == []


def whole_story(error: BaseException) -> str:
    """Everything that a log or a report could say about an error."""
    told, current = "", error
    while current is not None:
        told += f"{current!r} {current} {getattr(current, 'advice', '')}"
        current = current.__cause__ or current.__context__
    return told


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=401),
        Reply(status=404),
        Reply(status=503),
        Reply(b"no json"),
        Reply(b"[1", claimed_length=99),
        Reply(status=302, headers={"Location": "http://elsewhere.invalid/?token=" + TOKEN}),
    ],
)
def test_no_message_cause_or_log_line_holds_the_key(
    serve: Serve, caplog: pytest.LogCaptureFixture, reply: Reply
) -> None:
    caplog.set_level(logging.DEBUG)

    def answer(request: Request) -> Reply:
        return reply if "token" in request.query else Reply(status=401)

    with pytest.raises(SourceError) as caught:
        ask(serve(answer), token=TOKEN, token_parameter="token")
    assert TOKEN not in whole_story(caught.value)
    assert "token=" not in whole_story(caught.value)
    assert "/areas" in caplog.text
    assert TOKEN not in caplog.text


def test_a_connection_that_fails_does_not_tell_the_key(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    with Client("registry", "http://127.0.0.1:9", TOKEN, token_parameter="token") as client:
        client._is_token_in_query = True
        with pytest.raises(SourceUnavailable) as caught:
            client.get_json("/areas")
    assert TOKEN not in whole_story(caught.value)
    assert "Retrying" in caplog.text
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "schl\u00fcssel"])
def test_a_key_that_cannot_be_sent_is_refused_without_telling_it(key: str) -> None:
    with pytest.raises(SourceRefused) as caught:
        Client("registry", "https://registry.invalid", key)
    assert key not in whole_story(caught.value)


def test_a_key_is_not_sent_without_encryption() -> None:
    with pytest.raises(SourceRefused, match="without encryption"):
        Client("registry", "http://registry.invalid", TOKEN)


@pytest.mark.parametrize(
    "address", ["ftp://host/x", "file:///etc/passwd", "host/x", "https://user:word@host/x", "http://[", ""]
)
def test_only_plain_web_addresses_are_read(address: str) -> None:
    with pytest.raises(SourceRefused, match="https://host/path") as caught:
        Client("registry", address)
    assert "word" not in str(caught.value)


def test_a_redirect_within_the_host_is_followed(serve: Serve) -> None:
    def answer(request: Request) -> Reply:
        moved = Reply(status=301, headers={"Location": "/new/areas"})
        return Reply(b'["moved"]') if request.path == "/new/areas" else moved

    assert ask(serve(answer), token=TOKEN).data == ["moved"]


@pytest.mark.parametrize("token", [None, TOKEN])
def test_a_redirect_to_another_host_is_refused(serve: Serve, token: str | None) -> None:
    asked: list[Request] = []
    other = serve(counted([Reply(b"[]")], asked))
    base = serve(lambda request: Reply(status=302, headers={"Location": f"{other}/areas"}))
    with pytest.raises(SourceRefused, match="another host"):
        ask(base, token=token)
    assert asked == []


def test_a_service_may_say_better_what_its_error_means(serve: Serve) -> None:
    def explain(status: int, start: bytes) -> SourceError | None:
        return SourceUnavailable(f"registry: {start.decode()} ({status})") if start else None

    with pytest.raises(SourceUnavailable, match=r"registry: asleep \(404\)"):
        ask(serve(lambda request: Reply(b"asleep", 404)), explain=explain)
    with pytest.raises(NothingThere):
        ask(serve(lambda request: Reply(status=404)), explain=explain)


def test_a_redirect_in_a_circle_ends(serve: Serve) -> None:
    asked: list[Request] = []
    with pytest.raises(SourceRefused, match="without end"):
        ask(serve(counted([Reply(status=302, headers={"Location": "/areas"})], asked)))
    assert len(asked) <= 10


def test_an_address_on_another_host_is_read_only_without_a_key(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    # The other host stands for one of the internet; tests/security has those that are not.
    monkeypatch.setattr(reachable, "is_public", lambda address: True)
    base, other = serve(lambda request: Reply(b"1")), serve(lambda request: Reply(b"2"))
    assert ask(base, f"{other}/areas").data == 2
    with pytest.raises(SourceRefused, match="its key is for"):
        ask(base, f"{other}/areas", token=TOKEN)


@pytest.mark.parametrize("path", ["@elsewhere.invalid/x", "//elsewhere.invalid/x", "\\\\elsewhere.invalid/x", "../x"])
def test_a_path_never_leads_to_another_host(serve: Serve, path: str) -> None:
    assert ask(serve(lambda request: Reply(b"[]")), path, token=TOKEN).data == []


def test_a_missing_key_is_named_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source("registry", "protected_planet", "https://registry.invalid", secret="T4N_TEST_KEY")
    monkeypatch.delenv("T4N_TEST_KEY", raising=False)
    with pytest.raises(SourceRefused, match="T4N_TEST_KEY"):
        secret_of(source)
    monkeypatch.setenv("T4N_TEST_KEY", f" {TOKEN}\n")
    assert secret_of(source) == TOKEN
    assert secret_of(Source("list", "green_list", "list.csv")) is None
