"""What stands on the ledger for ever: a root, a count and an address, and nothing of the store."""

from collections.abc import Iterator
from datetime import date, datetime
from numbers import Number

import numpy as np
import pytest
from web3 import Web3

import ingest
from data import engine
from data.schema import TABLES
from ingestion.anchor_transaction import WrongAddress, checked_uri
from ledger import abi
from tests.evm_node import rpc
from tests.ingestion.anchoring import URI, Office
from tests.ingestion.test_anchor_contract import COMPILED

# What is shorter stands in any 32 random bytes by chance.
SHORTEST_BYTES = 5
NAMES = ("valley-1", "555500401", "Invented valley")


@pytest.fixture(scope="module")
def secrets(filled_office: Office) -> frozenset[bytes]:
    """Every text, number and day that the store holds, in each way in which it could be written down."""
    view = engine.latest(str(filled_office.store))
    frames = [view.run(view.table(name)) for name in TABLES]
    values = {
        value
        for frame in frames
        for column in frame
        for value in frame[column].dropna()
        if not isinstance(value, list | np.ndarray)
    }
    return frozenset(spelling for value in values for spelling in _spellings(value))


def _spellings(value: object) -> Iterator[bytes]:
    texts = {str(value), *(word.strip(".,;:") for word in str(value).split())}
    if isinstance(value, date | datetime):
        texts |= {f"{value:%Y%m%d}", f"{value:%Y-%m-%d}"}
    elif isinstance(value, Number):
        texts |= {f"{value:.4f}", f"{value:.6f}"}
    for text in texts:
        for written in (text, text.replace(" ", "-"), text.replace(" ", "%20")):
            if len(written.encode()) >= SHORTEST_BYTES:
                yield written.casefold().encode()


def _found(sent: bytes, secrets: frozenset[bytes]) -> set[bytes]:
    """The values of the store that what was sent holds, as they are or in hexadecimal."""
    plain = sent.lower()
    return {secret for secret in secrets if secret in plain or secret.hex().encode() in plain}


def _put_on_chain(made: Office, *arguments: str) -> tuple[bytes, bytes]:
    """Anchor every assessment that may be signed; gives the data of the call, and all bytes that were sent."""
    assert made.make(*arguments) == ingest.OK
    assert made.send() == ingest.OK
    told = made.transaction_json()
    on_chain = rpc(made.url, "eth_getTransactionByHash", told["tx_hash"])
    assert on_chain["value"] == "0x0"
    return bytes.fromhex(on_chain["input"][2:]), bytes.fromhex(told["signed"][2:])


@pytest.mark.parametrize("uri", ["", URI])
def test_the_call_holds_a_root_a_count_and_an_address_and_not_one_byte_more(online: Office, uri: str) -> None:
    """Decoded and encoded again by web3.py, from the contract's own ABI."""
    data, _ = _put_on_chain(online, "--uri", uri)
    contract = Web3().eth.contract(abi=COMPILED["abi"])
    call, told = contract.decode_function_input(data)
    assert call.fn_name == "anchor"
    root = online.batch_json()["records"][0]["receipt"]["root"]
    assert told == {"root": bytes.fromhex(root[2:]), "count": 3, "uri": uri}
    assert contract.encode_abi("anchor", args=[told["root"], told["count"], told["uri"]]) == f"0x{data.hex()}"


@pytest.mark.parametrize("name", ["", "marsh-secret"])
def test_nothing_that_the_store_holds_is_sent(online: Office, secrets: frozenset[bytes], name: str) -> None:
    _, sent = _put_on_chain(online, *(["--assessment", name] if name else []))
    assert _found(sent, secrets) == set()


@pytest.mark.parametrize("leak", ["valley-1", "555500401", "invented-valley", "achieng", "36.7890", "20260302"])
def test_the_scan_finds_what_must_not_be_sent(secrets: frozenset[bytes], leak: str) -> None:
    assert _found(abi.anchor_call(bytes(32), 1, "https://www.example.org/1.json"), secrets) == set()
    for written in (leak, leak.upper(), leak.encode().hex()):
        assert leak.encode() in _found(abi.anchor_call(bytes(32), 1, written), secrets)


def test_a_root_alone_does_not_let_anyone_guess_a_record(offline: Office) -> None:
    """The same assessments, signed again with the same key, have another root, for each record has a fresh salt."""
    offline.make()
    offline.make(folder=offline.home / "again")
    roots = [offline.batch_json(folder)["records"][0]["receipt"]["root"] for folder in (None, offline.home / "again")]
    assert roots[0] != roots[1]


@pytest.mark.parametrize(
    "uri",
    [
        "http://ledger.example.org/1.json",
        "ftp://ledger.example.org/1.json",
        "ledger.example.org/1.json",
        "https:///1.json",
        "https://localhost/1.json",
        "https://ledger.example.org:8443/1.json",
        "https://office@ledger.example.org/1.json",
        "https://office:word@ledger.example.org/1.json",
        "https://ledger.example.org/1.json?key=word",
        "https://ledger.example.org/1.json#12.5,36.7",
        "https://ledger.example.org/%31.json",
        "https://ledger.example.org/1 .json",
        "https://ledger.example.org/1.json\n",
        "https://ledger.example.org\\1.json",
        "https://lédger.example.org/1.json",
        "https://ledger.example.org/" + "1" * 300,
        "https://ledger.example.org/valley-1.json",
        "https://ledger.example.org/VALLEY_1.json",
        "https://ledger.example.org/555500401/1.json",
        "https://invented-valley.example.org/1.json",
    ],
)
def test_an_address_that_is_not_plain_or_that_names_a_site_is_refused(uri: str) -> None:
    with pytest.raises(WrongAddress, match="the address of the batch"):
        checked_uri(uri, NAMES)


@pytest.mark.parametrize(
    "uri", ["", URI, "https://ledger.example.org", "https://ledger.example.org/~office/a_b-c.json"]
)
def test_a_plain_address_is_taken(uri: str) -> None:
    assert checked_uri(uri, NAMES) == uri


def test_a_refused_address_leaves_no_batch(offline: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert offline.make("--uri", "https://ledger.example.org/marsh-1.json") == ingest.WRONG_USE
    assert "names 'marsh-1', which would stand on the ledger for ever" in capsys.readouterr().err
    assert not (offline.batch / "batch.json").exists()
