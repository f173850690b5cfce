"""Nodes that answer otherwise than they should: nothing of it is believed, and the reason is told."""

import json
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from connectors import http, json_rpc
from connectors.errors import SourceChanged, SourceError, SourceRefused, SourceUnavailable
from connectors.ledger_rpc import ask
from ledger.abi import TOPIC
from ledger.chain import ChainAnswers
from ledger.values import hash_text
from tests.conftest import Reply, Request, Serve
from tests.connectors import ledger_records as made
from tests.evm_node import ACCOUNTS, CHAIN_ID

CONTRACT = "0x" + "c0" * 20
TX = "0x" + "11" * 32
BLOCK = "0x" + "22" * 32
WAITING = made.batch_of(CONTRACT, count=1)
RECEIPT = replace(WAITING.records[0][1], tx_hash=TX, block_number=5, block_hash=BLOCK)
TRUST = made.trust(CONTRACT)
LOG = {
    "address": CONTRACT,
    "topics": [TOPIC, hash_text(RECEIPT.root), f"0x{ACCOUNTS[0][2:].zfill(64)}", f"0x{1:064x}"],
    "data": f"0x{1:064x}{64:064x}{0:064x}",
    "transactionHash": TX,
    "blockNumber": "0x5",
    "blockHash": BLOCK,
}
FAR = "0x" + "f" * 16
HEAD = {"number": "0x9", "hash": "0x" + "99" * 32, "timestamp": "0x69cbe000"}
ANSWERS: dict[str, Any] = {
    "eth_chainId": hex(CHAIN_ID),
    "eth_getBlockByNumber": lambda height, _: HEAD if height == "latest" else {**HEAD, "number": height, "hash": BLOCK},
    "eth_getLogs": [LOG],
    "eth_getTransactionReceipt": {"transactionHash": TX, "status": "0x1", "blockNumber": "0x5"},
    "eth_getTransactionByHash": None,
}


class Refused(Exception):
    """A call that the node does not answer, with its words."""


def node(serve: Serve, requests: list[Any] | None = None, **changed: Any) -> str:
    """A node whose answers are `ANSWERS` but for some; a function is called with the parameters."""
    known = {**ANSWERS, **changed}

    def one(call: dict[str, Any]) -> dict[str, Any]:
        result = known[call["method"]]
        try:
            return {"id": call["id"], "result": result(*call["params"]) if callable(result) else result}
        except Refused as refused:
            return {"id": call["id"], "error": {"code": -32005, "message": str(refused)}}

    def reply(request: Request) -> Reply:
        asked = json.loads(request.body)
        if requests is not None:
            requests.append(asked)
        # In another order than they were asked, as the specification allows.
        answer = [one(call) for call in reversed(asked)] if isinstance(asked, list) else one(asked)
        return Reply(json.dumps(answer).encode())

    return serve(reply)


def look(url: str, token: str | None = None, receipt: Any = RECEIPT) -> ChainAnswers:
    return ask("ledger", url, token, TRUST, [receipt])


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "BACKOFF_S", 0)


def test_an_honest_node_is_read_in_two_requests(serve: Serve) -> None:
    requests: list[Any] = []
    found = look(node(serve, requests))
    assert [event.tx_hash for event in found.events[hash_text(RECEIPT.root)]] == [TX]
    assert (found.head_number, found.statuses, found.blocks[5].hash) == (9, {TX: 1}, BLOCK)
    assert found.head_at.isoformat() == "2026-03-31T14:53:52+00:00"
    assert len(requests) == 2


@pytest.mark.parametrize(
    ("method", "answer", "problem"),
    [
        ("eth_chainId", 31337, "eth_chainId"),
        ("eth_chainId", "0x" + "f" * 40, "eth_chainId"),
        ("eth_chainId", None, "eth_chainId"),
        ("eth_getBlockByNumber", None, "newest block"),
        ("eth_getBlockByNumber", "latest", "newest block"),
        ("eth_getBlockByNumber", {**HEAD, "timestamp": "0xffffffffffffffff"}, "calendar"),
        ("eth_getBlockByNumber", {**HEAD, "hash": "0x1"}, "eth_getBlockByNumber"),
        ("eth_getBlockByNumber", HEAD, "another block"),
        ("eth_getBlockByNumber", lambda at, _: {**HEAD, "number": FAR if at == "latest" else at}, "no chain has"),
        ("eth_getLogs", [{**LOG, "data": f"0x{2**200:064x}{64:064x}{0:064x}"}], "number that no chain has"),
        ("eth_getLogs", None, "something else than a list"),
        ("eth_getLogs", {"logs": []}, "something else than a list"),
        ("eth_getLogs", [7], "something else than events"),
        ("eth_getLogs", [{**LOG, "address": "0x" + "ee" * 20}], "not asked for"),
        ("eth_getLogs", [{**LOG, "blockNumber": "0x6"}], "not asked for"),
        ("eth_getLogs", [{**LOG, "topics": [TOPIC, "0x" + "00" * 32, *LOG["topics"][2:]]}], "not asked for"),
        ("eth_getLogs", [{**LOG, "topics": ["0x" + "00" * 32, *LOG["topics"][1:]]}], "not an anchor"),
        ("eth_getLogs", [{**LOG, "topics": "0x"}], "not an anchor"),
        ("eth_getLogs", [{**LOG, "data": "0xzz"}], "cannot be read"),
        ("eth_getLogs", [{**LOG, "data": f"0x{1:064x}{64:064x}{99:064x}"}], "breaks off"),
        ("eth_getLogs", [{**LOG, "blockNumber": None}], "blockNumber"),
        ("eth_getTransactionReceipt", "mined", "transactionHash|eth_getTransactionReceipt"),
        ("eth_getTransactionReceipt", {"transactionHash": BLOCK, "status": "0x1"}, "another transaction"),
        ("eth_getTransactionReceipt", {"transactionHash": TX, "status": True}, "eth_getTransactionReceipt"),
        ("eth_getTransactionReceipt", {"transactionHash": TX, "status": "0x2"}, "status 2"),
    ],
)
def test_an_answer_of_another_kind_is_refused(serve: Serve, method: str, answer: Any, problem: str) -> None:
    with pytest.raises(SourceChanged, match=problem) as caught:
        look(node(serve, **{method: answer}))
    assert str(caught.value).startswith("ledger: ")
    assert caught.value.advice


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<!doctype html><title>Log in</title>", "not JSON"),
        (b"", "not JSON"),
        (b"[" * 100_000, "deeper than"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "deeper than"),
        (b'[{"id": 0, "result": "0x1", "result": "0x2"}]', "twice"),
        (b'[{"id": 0, "result": NaN}]', "no number"),
        (b"[]", "one answer to each"),
        (b'[{"id": 0, "result": "0x1"}, {"id": 0, "result": "0x1"}]', "one answer to each"),
        (b'[{"id": 0, "result": "0x1"}, {"id": true, "result": "0x1"}]', "one answer to each"),
        (b'[{"id": 0, "result": "0x1"}, 7]', "one answer to each"),
        (b'[{"id": 0}, {"id": 1}]', "something else than JSON-RPC"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_bytes_that_are_no_answer_are_refused(serve: Serve, body: bytes, problem: str) -> None:
    with pytest.raises(SourceChanged, match=problem):
        look(serve(lambda request: Reply(body)))


def test_a_huge_answer_is_cut_off(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rpc, "ANSWER_MAX_BYTES", 2_000)
    flood = [{**LOG, "data": f"{LOG['data']}{n:064x}"} for n in range(20)]
    with pytest.raises(SourceRefused, match="ledger: / is larger than") as caught:
        look(node(serve, eth_getLogs=flood))
    assert caught.value.advice


def test_a_node_that_takes_one_call_at_a_time_is_asked_so(serve: Serve) -> None:
    for refusal in (Reply(b'{"error": {"code": -32600, "message": "no batches"}}'), Reply(status=400)):
        inner, requests = node(serve), []

        def answer(request: Request, refusal: Reply = refusal, inner: str = inner, requests: list = requests) -> Reply:
            requests.append(request)
            if request.body.startswith(b"["):
                return refusal
            with http.Client("inner", inner) as client:
                return Reply(client.ask("", json.loads(request.body), 100_000))

        assert look(serve(answer)).statuses == {TX: 1}
        # One try with several calls, then two, then three.
        assert len(requests) == 6


def test_a_node_that_refuses_a_call_is_quoted_in_one_line(serve: Serve) -> None:
    def refuse(*_: Any) -> Any:
        raise Refused("no\nlogs " + "x" * 1_000)

    with pytest.raises(SourceRefused, match="the node refused eth_getTransactionReceipt: no logs x+") as caught:
        look(node(serve, eth_getTransactionReceipt=refuse))
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


def _only_near(most_blocks: int, asked: list[tuple[int, int]], found: Callable[[int, int], list[Any]]) -> Any:
    """Logs from a node that looks through so many blocks at most."""

    def logs(wanted: dict[str, Any]) -> list[Any]:
        first, last = int(wanted["fromBlock"], 16), int(wanted["toBlock"], 16)
        asked.append((first, last))
        if last - first >= most_blocks:
            raise Refused(f"at most {most_blocks} blocks")
        return found(first, last)

    return logs


def test_a_node_that_searches_few_blocks_is_asked_for_one_stretch_after_another(serve: Serve) -> None:
    head, mined = 50_000, 48_123
    asked: list[tuple[int, int]] = []
    moved = {**LOG, "blockNumber": hex(mined)}
    logs = _only_near(2_000, asked, lambda first, last: [moved] if first <= mined <= last else [])
    newest = {**HEAD, "number": hex(head)}
    at = ANSWERS["eth_getBlockByNumber"]
    url = node(
        serve,
        eth_getLogs=logs,
        eth_getTransactionReceipt=None,
        eth_getBlockByNumber=lambda height, full: newest if height == "latest" else at(height, full),
    )
    assert [event.block_number for event in look(url).events[hash_text(RECEIPT.root)]] == [mined]
    assert asked[:2] == [(5, 5), (0, head)]
    stretches = sorted(asked[2:])
    assert (stretches[0][0], stretches[-1][1]) == (head + 1 - 40_000, head)
    assert all(later[0] == earlier[1] + 1 for earlier, later in zip(stretches, stretches[1:], strict=False))


def test_a_node_that_searches_nothing_cannot_say_that_a_root_is_gone(serve: Serve) -> None:
    logs = _only_near(2, [], lambda first, last: [])
    newest = {**HEAD, "number": hex(50_000)}
    url = node(
        serve,
        eth_getLogs=logs,
        eth_getTransactionReceipt=None,
        eth_getBlockByNumber=lambda height, _: newest if height == "latest" else {**HEAD, "number": height},
    )
    with pytest.raises(SourceRefused, match="does not look for events in 2,000 blocks"):
        look(url)


def test_only_trusted_accounts_are_searched_for_in_the_whole_chain(serve: Serve) -> None:
    asked: list[Any] = []
    look(node(serve, eth_getLogs=lambda wanted: asked.append(wanted) or []))
    assert [len(wanted["topics"]) for wanted in asked] == [2, 2, 3]
    assert asked[-1]["topics"][2] == [f"0x{ACCOUNTS[0][2:].zfill(64)}"]
    assert asked[-1]["address"] == CONTRACT


def test_a_receipt_of_another_ledger_is_not_asked_about(serve: Serve) -> None:
    requests: list[Any] = []
    look(node(serve, requests), receipt=replace(RECEIPT, chain_id=1))
    look(node(serve, requests), receipt=replace(RECEIPT, contract="0x" + "ee" * 20))
    assert [len(request) for request in requests] == [2, 2]


def test_what_is_asked_holds_nothing_but_hashes_and_numbers(serve: Serve) -> None:
    requests: list[Any] = []
    look(node(serve, requests, eth_getLogs=[], eth_getTransactionReceipt=None))
    told = [text for request in requests for call in (request if isinstance(request, list) else [request])
            for text in _texts(call["params"])]  # fmt: skip
    assert told
    assert all(text == "latest" or int(text, 16) >= 0 for text in told)


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [text for one in inner for text in _texts(one)]
    return [value] if isinstance(value, str) else []


def test_the_key_is_sent_as_a_header_and_never_told(serve: Serve) -> None:
    keys: list[str] = []

    def answer(request: Request) -> Reply:
        keys.append(request.headers["Authorization"])
        return Reply(status=403)

    with pytest.raises(SourceRefused) as caught:
        look(serve(answer), token="invented-key")
    assert set(keys) == {"Bearer invented-key"}
    assert "invented-key" not in str(caught.value)


@pytest.mark.parametrize("status", [404, 429, 500])
def test_the_path_of_a_node_may_be_a_key_and_is_never_told(serve: Serve, status: int) -> None:
    url = f"{serve(lambda request: Reply(status=status))}/v3/invented-project-key"
    with pytest.raises(SourceError) as caught:
        look(url)
    assert "invented-project-key" not in str(caught.value)
    assert str(status) in str(caught.value)


def test_a_node_that_does_not_answer_is_unavailable() -> None:
    with pytest.raises(SourceUnavailable, match="ledger: no answer from 127.0.0.1"):
        look("http://127.0.0.1:9")


def test_a_node_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rpc, "DEADLINE_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(SourceUnavailable, match="no answer"):
        look(f"http://127.0.0.1:{silent.getsockname()[1]}")
