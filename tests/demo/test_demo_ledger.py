"""The invented chain answers as a node does, and what is published on it is what was rated."""

import csv
import io
import json
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from web3 import HTTPProvider, Web3

from demo import ledger, ledger_rpc, tampering
from demo.assessment_history import assessments
from demo.assessments import assessments_csv, rated_rows
from demo.ledger_chain import CHAIN_ID, CONTRACT, newest_block
from demo.server import LONGEST_BODY_BYTES, DemoServer
from demo.sites import sites
from ledger import merkle
from ledger.batch import read_batch
from ledger.canonical import digest, parse
from ledger.credential import check_signature, claims_of, issued_at, issuer_of
from ledger.trust import read_trust
from tests.evm_node import CONTRACT as CONTRACT_FILE
from tests.evm_node import anchor, deploy

TODAY = date(2026, 11, 22)
DAYS = (TODAY, date(2027, 1, 1), date(2028, 2, 29))
every_day = pytest.mark.parametrize("today", DAYS, ids=str)
to_checksum = Web3.to_checksum_address
NO_SUCH = "0x" + "1" * 64
EARLIEST = {"fromBlock": "earliest"}
CALLS = (
    ("eth_chainId", []),
    ("eth_chainId", None),
    ("eth_chainId", {}),
    ("eth_blockNumber", ["latest"]),
    ("eth_noSuchCall", ["0x00"]),
    ("eth_getBlockByNumber", ["latest", False]),
    ("eth_getBlockByNumber", ["safe", False]),
    ("eth_getBlockByNumber", ["earliest", True]),
    ("eth_getBlockByNumber", ["0xffffffffff", False]),
    ("eth_getBlockByNumber", ["newest", False]),
    ("eth_getBlockByNumber", ["0x1"]),
    ("eth_getTransactionByHash", [NO_SUCH]),
    ("eth_getTransactionByHash", [7]),
    ("eth_getTransactionReceipt", [NO_SUCH]),
    ("eth_getTransactionReceipt", ["0x12"]),
    ("eth_getLogs", [{}]),
    ("eth_getLogs", []),
    ("eth_getLogs", [EARLIEST]),
    ("eth_getLogs", [EARLIEST | {"topics": [None, [NO_SUCH]]}]),
    ("eth_getLogs", [EARLIEST | {"address": [], "topics": [[]]}]),
    ("eth_getLogs", [{"address": "0x12"}]),
    ("eth_getLogs", [{"topics": ["0x12"]}]),
    ("eth_getLogs", [{"topics": [NO_SUCH] * 5}]),
    ("eth_getLogs", [{"fromBlock": "newest"}]),
    ("eth_getLogs", [{"fromBlock": "0x500000", "toBlock": "0x1"}]),
    ("eth_getLogs", [EARLIEST | {"blockHash": NO_SUCH}]),
)
# Bodies that are no call, with the codes that https://www.jsonrpc.org/specification gives them.
BODIES = (
    ("{", -32700),
    ("[]", -32600),
    ("3", -32600),
    ('{"id":1,"method":"eth_chainId"}', -32600),
    ('{"jsonrpc":"2.0","id":1,"method":7}', -32600),
    ("[3]", [-32600]),
    ('[{"jsonrpc":"2.0","id":1,"method":"none"},{"jsonrpc":"2.0","method":"eth_chainId"},3]', [-32601, -32600]),
)


@pytest.fixture(scope="module")
def node() -> Iterator[str]:
    with DemoServer(TODAY) as server:
        yield server.url + ledger_rpc.PATH


@pytest.fixture(scope="module")
def real_node(evm: str) -> str:
    """A real node whose chain has an anchor too."""
    anchor(evm, deploy(evm), bytes(32), 3)
    return evm


def send(url: str, body: str) -> tuple[int, bytes]:
    request = urllib.request.Request(url, body.encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        return response.status, response.read()


def call(url: str, method: str, parameters: Any) -> Any:
    """The kind of result, or the code of the error."""
    answer = json.loads(send(url, json.dumps({"jsonrpc": "2.0", "id": 7, "method": method, "params": parameters}))[1])
    assert answer["id"] == 7
    return answer["error"]["code"] if "error" in answer else type(answer["result"])


def records(today: date) -> dict[str, tuple[dict[str, Any], Any]]:
    """Every published record with its receipt, by its assessment."""
    files = ledger.published(today).files
    read = [pair for path, text in files.items() if path != ledger.PATH for pair in read_batch(text)]
    return {claims_of(credential).assessment_id: (credential, receipt) for credential, receipt in read}


@pytest.mark.parametrize(("method", "parameters"), CALLS, ids=str)
def test_the_invented_node_answers_each_call_as_a_real_one(node: str, real_node: str, method, parameters) -> None:
    assert call(node, method, parameters) == call(real_node, method, parameters)


@pytest.mark.parametrize(("body", "code"), BODIES, ids=str)
def test_what_is_no_call_is_answered_with_its_code(node: str, body: str, code: Any) -> None:
    answer = json.loads(send(node, body)[1])
    found = [each["error"]["code"] for each in answer] if isinstance(answer, list) else answer["error"]["code"]
    assert found == code


def test_a_call_that_wants_no_answer_gets_none(node: str) -> None:
    assert send(node, '{"jsonrpc":"2.0","method":"eth_chainId"}') == (204, b"")


@pytest.mark.parametrize(
    ("method", "path", "length", "status"),
    [
        ("GET", ledger_rpc.PATH, "0", 405),
        ("POST", ledger.PATH, "0", 405),
        ("POST", ledger_rpc.PATH, str(LONGEST_BODY_BYTES + 1), 413),
        ("POST", ledger_rpc.PATH, "-1", 413),
    ],
)
def test_only_the_node_takes_what_is_sent_and_not_too_much(node: str, method, path, length, status) -> None:
    with closing(HTTPConnection(urlsplit(node).netloc)) as connection:
        connection.putrequest(method, path)
        connection.putheader("Content-Length", length)
        connection.endheaders()
        answer = connection.getresponse()
        assert (answer.status, "error" in json.load(answer)) == (status, True)


def test_web3_reads_every_anchor_of_the_invented_chain(node: str) -> None:
    chain = Web3(HTTPProvider(node))
    assert (chain.eth.chain_id, chain.eth.block_number) == (CHAIN_ID, newest_block(TODAY))
    abi = json.loads(CONTRACT_FILE.read_text())["abi"]
    contract = chain.eth.contract(address=to_checksum(CONTRACT), abi=abi)
    events = contract.events.Anchored().get_logs(from_block=0)
    sent = [one for one in ledger.published(TODAY).anchors if one.block is not None]
    assert [(event["args"]["root"], event["args"]["count"], event["args"]["seq"]) for event in events] == [
        (one.root, one.count, one.sequence) for one in sent
    ]
    for event in events:
        block = chain.eth.get_block(event["blockNumber"])
        assert block["hash"] == event["blockHash"]
        assert block["transactions"] == [event["transactionHash"]]
        assert chain.eth.get_transaction_receipt(event["transactionHash"])["status"] == 1
        _, said = contract.decode_function_input(chain.eth.get_transaction(event["transactionHash"])["input"])
        assert said == {name: event["args"][name] for name in ("root", "count", "uri")}
    for office in ledger.OFFICES:
        own = [event["args"]["seq"] for event in events if event["args"]["issuer"].lower() == office.account]
        assert own == list(range(1, len(own) + 1))


def test_logs_are_found_by_root_block_and_address(node: str) -> None:
    chain = Web3(HTTPProvider(node))
    one = ledger.published(TODAY).anchors[3]
    by_root = {"fromBlock": "earliest", "topics": [None, one.topics[1]]}
    by_block = {"fromBlock": hex(one.block), "toBlock": hex(one.block), "topics": [None, None, one.topics[2]]}
    for wanted in (by_root, by_block):
        (found,) = chain.eth.get_logs(wanted)
        assert found["topics"][1] == one.root
        assert chain.eth.get_logs(wanted | {"address": to_checksum(CONTRACT)}) == [found]
        assert chain.eth.get_logs(wanted | {"address": to_checksum(one.sender)}) == []
        (again,) = chain.eth.get_logs({"blockHash": found["blockHash"].to_0x_hex(), "topics": [None, one.topics[1]]})
        assert again == found


@every_day
def test_only_the_newest_batch_waits_and_its_transaction_is_known(today: date) -> None:
    with DemoServer(today) as server:
        chain = Web3(HTTPProvider(server.url + ledger_rpc.PATH))
        (waiting,) = [one for one in ledger.published(today).anchors if one.block is None]
        assert waiting == ledger.published(today).anchors[-1]
        assert waiting.count >= 5
        assert chain.eth.get_transaction(waiting.tx_hash)["blockNumber"] is None
        assert call(server.url + ledger_rpc.PATH, "eth_getTransactionReceipt", [waiting.tx_hash]) is type(None)
        confirmed = chain.eth.block_number - max(one.block or 0 for one in ledger.published(today).anchors)
        assert confirmed >= ledger.CONFIRMATIONS


@every_day
def test_every_current_assessment_is_signed_and_those_older_than_a_year_are_not(today: date) -> None:
    signed = records(today)
    final = [one for one in assessments(today) if one.status != "draft"]
    assert {one.assessment_id for one in final if one.is_newest} < set(signed) < {one.assessment_id for one in final}
    month = today.replace(day=1)
    ages = {one.assessment_id: (month - max(row[3] for row in rated_rows(one, month))).days for one in final}
    assert max(ages[name] for name in signed) <= 366 < min(ages[name] for name in ages.keys() - signed.keys()) + 2
    now = datetime.combine(today, datetime.min.time(), UTC)
    for credential, _ in signed.values():
        claims = claims_of(credential)
        assert max(rated.rated_on for rated in claims.ratings) <= issued_at(credential).date().isoformat()
        assert issued_at(credential) < now


@every_day
def test_one_rating_of_one_record_differs_from_what_the_source_says_today(today: date) -> None:
    rows = csv.DictReader(io.StringIO(assessments_csv(today)))
    sent = {(row["assessment_id"], row["indicator_id"], row["role"]): row["rating"] for row in rows}
    changed = {
        (name, rated.indicator_id, rated.role): (rated.rating or "", sent[name, rated.indicator_id, rated.role])
        for name, (credential, _) in records(today).items()
        for rated in claims_of(credential).ratings
        if sent[name, rated.indicator_id, rated.role] != (rated.rating or "")
    }
    assert list(changed.values()) == [(tampering.SIGNED_RATING, tampering.TODAYS_RATING)]
    ((assessment_id, _, _),) = changed
    credential, receipt = records(today)[assessment_id]
    assert claims_of(credential).site_id == tampering.SITE_ID
    assert receipt.block_number is not None


@every_day
def test_each_record_is_signed_by_an_office_of_the_trust_file_and_leads_to_its_root(today: date) -> None:
    trusted = {issuer.key for issuer in read_trust(ledger.TRUST_FILE.read_text(encoding="utf-8")).issuers}
    signed = records(today)
    assert {issuer_of(credential) for credential, _ in signed.values()} == trusted
    for credential, receipt in signed.values():
        assert check_signature(credential)
        assert merkle.root_from(digest(credential), receipt.index, receipt.size, receipt.proof) == receipt.root


def test_the_trust_file_is_that_of_the_invented_offices() -> None:
    assert read_trust(ledger.TRUST_FILE.read_text(encoding="utf-8")) == ledger.trust()


def test_the_same_day_publishes_the_same_bytes_and_the_next_day_the_same_anchors() -> None:
    first = ledger.published(TODAY)
    ledger.published.cache_clear()
    again, next_day = ledger.published(TODAY), ledger.published(TODAY + timedelta(1))
    assert again == first
    assert next_day.anchors[:-1] == first.anchors[:-1]


def test_nothing_on_the_chain_or_in_a_record_tells_a_place_or_a_comment(node: str) -> None:
    logs = send(node, json.dumps({"jsonrpc": "2.0", "id": 1, "method": "eth_getLogs", "params": [EARLIEST]}))[1]
    on_chain = b"".join(bytes.fromhex(log["data"][2:]) for log in parse(logs)["result"]).decode(errors="replace")
    published = "".join(text for text in ledger.published(TODAY).files.values())
    told = logs.decode() + on_chain + published
    assert not [site for site in sites() if site.site_name in told or str(site.longitude) in told]
    assert not [site for site in sites() if site.site_id in logs.decode() + on_chain]
    notes = {row[4] for one in assessments(TODAY) for row in rated_rows(one, TODAY.replace(day=1)) if row[4]}
    assert len(notes) > 10
    assert not [note for note in notes if note in told]
