"""The node of the invented chain: JSON-RPC 2.0 over POST, with the calls that reading a ledger needs.

Answers and error codes are those of https://www.jsonrpc.org/specification and
https://ethereum.github.io/execution-apis/; nothing can be sent to this chain.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any

from demo.answers import Reply, Request, json_reply
from demo.ledger import PREFIX, published
from demo.ledger_chain import CHAIN_ID, CONTRACT, Anchor, block_at, block_hash, newest_block

PATH = f"{PREFIX}rpc"
NOT_JSON, NO_REQUEST, NO_METHOD, WRONG_PARAMETERS = -32700, -32600, -32601, -32602
WORDS = {
    NOT_JSON: "Parse error",
    NO_REQUEST: "Invalid Request",
    NO_METHOD: "the method does not exist or is not available",
    WRONG_PARAMETERS: "invalid argument",
}
QUANTITY = re.compile("0x(0|[1-9a-f][0-9a-f]{0,15})")
HASH = re.compile("0x[0-9a-fA-F]{64}")
ADDRESS = re.compile("0x[0-9a-fA-F]{40}")
NEWEST = ("latest", "pending", "safe", "finalized")
NO_HASH = f"0x{'0' * 64}"
# What the contract's own `anchor` needs, about.
GAS = 71_179

Answer = dict[str, Any]


class _Refused(Exception):
    """A call that is answered with one of the error codes."""

    def __init__(self, code: int) -> None:
        super().__init__(WORDS[code])
        self.code = code


@dataclass(frozen=True)
class Node:
    """What answers for a chain up to the block `head` that has these anchors."""

    head: int
    anchors: tuple[Anchor, ...]

    def reply(self, body: bytes) -> Reply:
        """The answer to one call, or to several of them in one body."""
        try:
            asked = json.loads(body)
        except (ValueError, RecursionError):
            return json_reply(HTTPStatus.OK, _error(None, NOT_JSON))
        if not isinstance(asked, list):
            answer: Any = _answer(self, asked)
        elif asked:
            answer = [said for said in (_answer(self, each) for each in asked) if said is not None]
        else:
            answer = _error(None, NO_REQUEST)
        # Calls without an id want no answer.
        return json_reply(HTTPStatus.OK, answer) if answer else Reply(HTTPStatus.NO_CONTENT)

    @property
    def mined(self) -> tuple[Anchor, ...]:
        return tuple(anchor for anchor in self.anchors if anchor.block is not None)

    def anchor_of(self, tx_hash: str) -> Anchor | None:
        return next((anchor for anchor in self.anchors if anchor.tx_hash == tx_hash.lower()), None)

    def height(self, tag: Any) -> int:
        """The number that a block parameter means."""
        if tag in NEWEST:
            return self.head
        if tag == "earliest":
            return 0
        if not isinstance(tag, str) or not QUANTITY.fullmatch(tag):
            raise _Refused(WRONG_PARAMETERS)
        return int(tag, 16)


def reply(request: Request, today: date) -> Reply:
    """The answer to one request."""
    if request.method != "POST":
        return json_reply(HTTPStatus.METHOD_NOT_ALLOWED, {"error": "Method not allowed"}, {"Allow": "POST"})
    return Node(newest_block(today), published(today).anchors).reply(request.body)


def _answer(node: Node, asked: Any) -> Answer | None:
    """The answer to one call; None when it wants none."""
    if not isinstance(asked, Mapping) or not isinstance(asked.get("method"), str) or asked.get("jsonrpc") != "2.0":
        return _error(None, NO_REQUEST)
    number, parameters = asked.get("id"), asked.get("params")
    try:
        result = _result(node, asked["method"], parameters)
    except _Refused as refused:
        return _error(number, refused.code) if "id" in asked else None
    return {"jsonrpc": "2.0", "id": number, "result": result} if "id" in asked else None


def _result(node: Node, method: str, parameters: Any) -> Any:
    if method not in METHODS:
        raise _Refused(NO_METHOD)
    call, count = METHODS[method]
    parameters = [] if parameters is None else parameters
    if not isinstance(parameters, list) or len(parameters) != count:
        raise _Refused(WRONG_PARAMETERS)
    return call(node, *parameters)


def _error(number: Any, code: int) -> Answer:
    return {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": WORDS[code]}}


def _block(node: Node, tag: Any, is_full: Any) -> Answer | None:
    number = node.height(tag)
    if not isinstance(is_full, bool):
        raise _Refused(WRONG_PARAMETERS)
    if number > node.head:
        return None
    inside = [anchor for anchor in node.mined if anchor.block == number]
    return {
        "number": hex(number),
        "hash": block_hash(number),
        "parentHash": block_hash(number - 1) if number else NO_HASH,
        "timestamp": hex(int(block_at(number).timestamp())),
        "transactions": [_sent(anchor) if is_full else anchor.tx_hash for anchor in inside],
    }


def _transaction(node: Node, tx_hash: Any) -> Answer | None:
    anchor = node.anchor_of(_hash(tx_hash))
    return _sent(anchor) if anchor else None


def _receipt(node: Node, tx_hash: Any) -> Answer | None:
    """What became of a transaction; nothing while it waits."""
    anchor = node.anchor_of(_hash(tx_hash))
    if anchor is None or anchor.block is None:
        return None
    return {
        **_placed(anchor),
        "from": anchor.sender,
        "to": CONTRACT,
        "contractAddress": None,
        "status": "0x1",
        "gasUsed": hex(GAS),
        "logs": [_log(anchor)],
    }


def _logs(node: Node, wanted: Any) -> list[Answer]:
    """The events of some blocks, of some contracts, that have these topics at these places."""
    if not isinstance(wanted, Mapping):
        raise _Refused(WRONG_PARAMETERS)
    has_block = wanted.get("blockHash") is not None
    if has_block and ("fromBlock" in wanted or "toBlock" in wanted):
        raise _Refused(WRONG_PARAMETERS)
    only = _hash(wanted["blockHash"]) if has_block else None
    first, last = (node.height(wanted.get(name) or "latest") for name in ("fromBlock", "toBlock"))
    if first > last:
        raise _Refused(WRONG_PARAMETERS)
    addresses = _one_or_more(wanted.get("address"), ADDRESS)
    topics = wanted.get("topics") or []
    if not isinstance(topics, list) or len(topics) > 4:
        raise _Refused(WRONG_PARAMETERS)
    asked = [_one_or_more(topic, HASH) for topic in topics]
    return [
        _log(anchor)
        for anchor in node.mined
        if (block_hash(anchor.block) == only if has_block else first <= anchor.block <= last)
        and (not addresses or CONTRACT in addresses)
        and all(not any_of or topic in any_of for any_of, topic in zip(asked, anchor.topics, strict=False))
    ]


def _one_or_more(given: Any, form: re.Pattern[str]) -> list[str]:
    """The texts of a filter, of which any will do; none means all."""
    texts = [] if given is None else given if isinstance(given, list) else [given]
    if not all(isinstance(text, str) and form.fullmatch(text) for text in texts):
        raise _Refused(WRONG_PARAMETERS)
    return [text.lower() for text in texts]


def _hash(given: Any) -> str:
    (text,) = _one_or_more([given], HASH)
    return text


def _placed(anchor: Anchor) -> Answer:
    """Where a transaction stands; each is the only one of its block."""
    is_mined = anchor.block is not None
    return {
        "transactionHash": anchor.tx_hash,
        "transactionIndex": "0x0" if is_mined else None,
        "blockNumber": hex(anchor.block) if is_mined else None,
        "blockHash": block_hash(anchor.block) if is_mined else None,
    }


def _sent(anchor: Anchor) -> Answer:
    placed = _placed(anchor)
    del placed["transactionHash"]
    details = {"from": anchor.sender, "to": CONTRACT, "input": anchor.call, "value": "0x0", "chainId": hex(CHAIN_ID)}
    return {"hash": anchor.tx_hash, **placed, **details}


def _log(anchor: Anchor) -> Answer:
    return {
        **_placed(anchor),
        "address": CONTRACT,
        "topics": anchor.topics,
        "data": anchor.data,
        "logIndex": "0x0",
        "removed": False,
    }


METHODS: Mapping[str, tuple[Callable[..., Any], int]] = {
    "eth_chainId": (lambda node: hex(CHAIN_ID), 0),
    "eth_blockNumber": (lambda node: hex(node.head), 0),
    "eth_getBlockByNumber": (_block, 2),
    "eth_getTransactionByHash": (_transaction, 1),
    "eth_getTransactionReceipt": (_receipt, 1),
    "eth_getLogs": (_logs, 1),
}
