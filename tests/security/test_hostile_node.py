"""A hostile node of a ledger: whatever it answers, a check ends in words, quickly, and tells nobody the key."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors import http
from connectors.base import Source
from connectors.errors import LONGEST_MESSAGE, SourceChanged, SourceError, SourceRefused
from connectors.http import Client
from connectors.registry import connector
from ingestion import ledger_now
from ingestion.ledger_now import LedgerSource
from ingestion.staging import Staging
from ledger.batch import as_json
from ledger.check import OUTCOMES, check
from tests.conftest import Reply, Request, Serve
from tests.connectors import ledger_records as made
from tests.connectors.test_ledger_rpc import ANSWERS, CONTRACT, LOG, RECEIPT, TRUST, WAITING, look, node
from tests.security.hostile import HTML, JSON_VALUES, changed, paths

KEY = "invented-key-1234567"
PROJECT = "invented-project-key"
HUGE = ("0x" + "f" * 17, "0x" + "f" * 100_000, "0x", "0X1", "-0x1", "0x-1", "0x٣", 10**400, 2**64, "latest")


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "BACKOFF_S", 0)


def honest(call: dict[str, Any]) -> dict[str, Any]:
    result = ANSWERS[call["method"]]
    return {"jsonrpc": "2.0", "id": call["id"], "result": result(*call["params"]) if callable(result) else result}


def checked() -> str:
    """The outcome of a check by what the node says, or the words of the error."""
    try:
        answers = look("http://127.0.0.1:9", KEY)
    except SourceError as error:
        words, advice = str(error), error.advice
    else:
        words = advice = ""
    if words:
        assert words.startswith("ledger: ")
        assert len(words) <= LONGEST_MESSAGE
        assert advice
        return words
    credential = WAITING.records[0][0]
    found = check(credential, RECEIPT, TRUST, answers, made.TODAY)
    assert found.outcome in OUTCOMES
    return found.outcome


def answers_by_turn(monkeypatch: pytest.MonkeyPatch, alter: Callable[[int, Any], Any]) -> list[Any]:
    """Let the node answer as an honest one would, with each answer altered by its turn; gives the honest ones."""
    given: list[Any] = []

    def ask(self: Client, path: str, question: Any, limit_bytes: int) -> bytes:
        answer = [honest(call) for call in question] if isinstance(question, list) else honest(question)
        given.append(answer)
        return json.dumps(alter(len(given) - 1, answer)).encode()

    monkeypatch.setattr(Client, "ask", ask)
    return given


def places(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, tuple]]:
    given = answers_by_turn(monkeypatch, lambda turn, answer: answer)
    assert checked() == "verified"
    for turn, answer in enumerate(given):
        yield from ((turn, path) for path in paths(answer))


def test_a_hostile_value_anywhere_in_any_answer_ends_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for turn, path in list(places(monkeypatch)):
        for value in (*JSON_VALUES, *HUGE):
            answers_by_turn(
                monkeypatch,
                lambda now, answer, at=turn, path=path, value=value: (
                    changed(answer, path, value) if now == at else answer
                ),
            )
            try:
                checked()
            except Exception as error:
                where = ".".join(map(str, path))
                raise AssertionError(f"answer {turn}, {where} = {value!r:.60}: {error!r}") from error


def test_many_events_are_looked_through_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as fit into an answer, all of them well formed: work that grows with their square would take hours."""
    monkeypatch.setitem(
        ANSWERS, "eth_getLogs", [{**LOG, "topics": [*LOG["topics"][:3], f"0x{n:064x}"]} for n in range(15_000)]
    )
    answers_by_turn(monkeypatch, lambda turn, answer: answer)
    compared: list[None] = []
    event = type(look("http://127.0.0.1:9").events[f"0x{RECEIPT.root.hex()}"][0])
    plain = event.__eq__
    monkeypatch.setattr(event, "__eq__", lambda self, other: compared.append(None) or plain(self, other))
    assert checked() in OUTCOMES
    assert len(compared) < 1_000_000


@pytest.mark.parametrize(
    "says",
    [
        f"the key {KEY} is not known",
        f"no project {PROJECT} at /v3/{PROJECT}",
        f"POST http://node.example/v3/{PROJECT}?apikey={KEY}",
        HTML + f" {KEY}",
        {"message": {"key": KEY}},
        [KEY] * 1_000,
    ],
)
def test_a_node_that_quotes_our_key_is_quoted_without_it(serve: Serve, says: Any) -> None:
    def answer(request: Request) -> Reply:
        asked = json.loads(request.body)
        calls = asked if isinstance(asked, list) else [asked]
        answers = [{"id": call["id"], "error": {"code": 1, "message": says}} for call in calls]
        return Reply(json.dumps(answers if isinstance(asked, list) else answers[0]).encode())

    url = f"{serve(answer)}/v3/{PROJECT}?apikey={KEY}"
    with pytest.raises(SourceRefused) as caught:
        look(url, KEY)
    told = f"{caught.value} {caught.value.advice}"
    assert KEY not in told
    assert PROJECT not in told
    assert "refused eth_" in told
    assert len(told) < 1_000


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_node_cannot_send_us_to_another_machine(serve: Serve, status: int) -> None:
    asked: list[str] = []
    inner = serve(lambda request: asked.append(request.path) or Reply(b"{}"))
    leads = ("http://169.254.169.254/latest", f"{inner}/admin", "http://[", "file:///etc/passwd", "//10.0.0.1/x")
    for lead in leads:
        url = serve(lambda request, lead=lead: Reply(status=status, headers={"Location": lead}))
        with pytest.raises((SourceRefused, SourceChanged), match=r"^ledger: "):
            look(url, KEY)
    assert asked == []


def test_a_node_that_redirects_in_a_circle_is_left(serve: Serve) -> None:
    with pytest.raises(SourceRefused, match="without end"):
        look(serve(lambda request: Reply(status=307, headers={"Location": "/again"})))


def test_a_reader_learns_that_the_ledger_did_not_answer_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What a page asks for while its reader waits."""
    monkeypatch.setenv("T4N_TEST_KEY", KEY)
    options = {"rpc": f"http://127.0.0.1:9/v3/{PROJECT}", "trust": "trust.toml"}
    known = LedgerSource("ledger", TRUST, Source("ledger", "ledger", ".", secret="T4N_TEST_KEY", options=options))
    monkeypatch.setattr(ledger_now, "ledgers", lambda: [known])
    monkeypatch.setattr(ledger_now, "_limit", ledger_now._Limit())
    for value in (None, [], {}, 7, HTML, [{"id": 0, "error": KEY}]):
        monkeypatch.setattr(ledger_now, "_heard", {})
        answers_by_turn(monkeypatch, lambda turn, answer, value=value: value)
        found = ledger_now.check_now(WAITING.records[0][0], RECEIPT)
        assert found.outcome == "ledger_unreachable"
        for hidden in (KEY, PROJECT, HTML):
            assert hidden not in repr(found)
    assert KEY not in caplog.text
    assert PROJECT not in caplog.text


@pytest.mark.parametrize("value", [None, [], {}, 7, HTML, [{"id": 0, "error": KEY}], [{"id": 0, "result": KEY}] * 2])
def test_a_pull_stores_the_records_whatever_the_node_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: Any
) -> None:
    monkeypatch.setenv("T4N_TEST_KEY", KEY)
    (tmp_path / "trust.toml").write_text(TRUST.as_toml())
    (tmp_path / "batch.json").write_text(as_json(made.batch_of(CONTRACT, count=1)))
    options = {"rpc": f"http://127.0.0.1:9/v3/{PROJECT}", "trust": "trust.toml"}
    source = Source("ledger", "ledger", str(tmp_path / "batch.json"), secret="T4N_TEST_KEY", options=options)
    answers_by_turn(monkeypatch, lambda turn, answer: value)
    (tmp_path / "pull").mkdir()
    fetched = connector("ledger").fetch(source, {}, tmp_path / "pull")
    staging = Staging(tmp_path / "staged")
    staging.fill(connector("ledger").parse(source, fetched.payloads))
    assert staging.rows["anchors"] == 1
    told = f"{staging.notices} {staging.table('ledgers').to_pylist()}"
    assert "ledger: " in told
    for hidden in (KEY, PROJECT, str(tmp_path)):
        assert hidden not in told


def test_the_attack_sees_what_breaks(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    """The honest node is believed, by a server as well; one with another block is not."""
    assert look(node(serve)).statuses
    answers_by_turn(monkeypatch, lambda turn, answer: answer)
    assert checked() == "verified"
    monkeypatch.setitem(ANSWERS, "eth_getBlockByNumber", None)
    with pytest.raises(SourceChanged):
        look("http://127.0.0.1:9")
