"""The bytes of the contract's call and event, against the encoder and the hash of web3.py."""

from typing import Any

import pytest
from eth_abi import encode
from hypothesis import given
from hypothesis import strategies as st
from web3 import Web3

from ledger.abi import LONGEST_URI_BYTES, SELECTOR, TOPIC, anchor_call, quantity, read_event
from ledger.chain import Event, read_answers
from tests.ledger.invented_records import ACCOUNT, BLOCK, CONTRACT, HEIGHT, TX, answers_of

ROOT = bytes(range(32))
URIS = st.text(st.characters(exclude_categories=["Cs"]), max_size=100)


def _log(count: int = 3, uri: str = "https://example.org/1.json", **changed: Any) -> dict[str, Any]:
    told = {
        "address": CONTRACT,
        "topics": [TOPIC, f"0x{ROOT.hex()}", f"0x{bytes(12).hex()}{ACCOUNT[2:]}", f"0x{7:064x}"],
        "data": f"0x{encode(['uint32', 'string'], [count, uri]).hex()}",
        "transactionHash": TX,
        "blockNumber": hex(HEIGHT),
        "blockHash": BLOCK,
    }
    return told | changed


def test_the_names_are_hashed_as_the_chain_does() -> None:
    assert bytes(Web3.keccak(text="Anchored(bytes32,address,uint64,uint32,string)")) == bytes.fromhex(TOPIC[2:])
    assert bytes(Web3.keccak(text="anchor(bytes32,uint32,string)"))[:4] == SELECTOR


@given(st.binary(min_size=32, max_size=32), st.integers(0, 2**32 - 1), URIS)
def test_a_call_is_encoded_as_web3_does(root: bytes, count: int, uri: str) -> None:
    assert anchor_call(root, count, uri) == SELECTOR + encode(["bytes32", "uint32", "string"], [root, count, uri])


@given(st.integers(0, 2**32 - 1), URIS)
def test_an_event_says_what_was_logged(count: int, uri: str) -> None:
    expected = Event(f"0x{ROOT.hex()}", ACCOUNT, 7, count, uri, CONTRACT, TX, HEIGHT, BLOCK)
    assert read_event(_log(count, uri)) == expected


@pytest.mark.parametrize(
    "changed",
    [
        {"topics": None},
        {"topics": []},
        {"topics": [TOPIC]},
        {"topics": [f"0x{'00' * 32}", *_log()["topics"][1:]]},
        {"topics": [*_log()["topics"][:2], f"0x{'11' * 32}", f"0x{7:064x}"]},
        {"topics": [*_log()["topics"][:3], "0x07"]},
        {"topics": [TOPIC, 7, 7, 7]},
        {"data": None},
        {"data": "0x"},
        {"data": "hello"},
        {"data": "0xzz"},
        {"data": _log()["data"][:-64]},
        {"data": f"0x{encode(['uint32', 'string'], [1, 'x' * (LONGEST_URI_BYTES + 1)]).hex()}"},
        {"data": f"0x{3:064x}{2**255:064x}{0:064x}"},
        {"data": f"0x{3:064x}{64:064x}{2**255:064x}"},
        {"address": None},
        {"address": "0x1"},
        {"transactionHash": None},
        {"blockNumber": None},
        {"blockNumber": 100},
        {"blockNumber": "100"},
        {"blockHash": "0x1"},
    ],
)
def test_a_log_that_is_no_anchor_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        read_event(_log(**changed))


@pytest.mark.parametrize(("text", "number"), [("0x0", 0), ("0x1a", 26), ("0xffffffffffffffff", 2**64 - 1)])
def test_numbers_are_read_as_nodes_write_them(text: str, number: int) -> None:
    assert quantity(text, "blockNumber") == number


@pytest.mark.parametrize("value", [None, 26, "", "0x", "26", "0xg", "-0x1", "0x-1", "0x1_0", "0x 1", "0x" + "f" * 17])
def test_other_numbers_are_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        quantity(value, "blockNumber")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"asked_at": 7}', '{"asked_at": "today"}', b"\xff"])
def test_answers_of_another_shape_are_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError):
        read_answers(text)


def test_answers_without_events_are_read_back() -> None:
    assert read_answers(answers_of().as_json()) == answers_of()
