"""The ledger is asked on demand: only the configured one, not too often, and trouble with its node is told in words."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors import http
from data import settings
from demo import ledger, ledger_rpc
from demo.ledger_chain import CHAIN_ID
from demo.network import LEDGER_SOURCE, network_toml
from demo.server import DemoServer
from ingestion import ledger_now
from ingestion.ledger_now import KEPT_S, MINUTE_S, MOST_A_MINUTE, CannotAsk, TooOften, check_now, ledgers
from ledger.batch import build, read_batch
from ledger.credential import sign
from ledger.keys import did_of, new_key

TODAY = date(2026, 11, 22)
Record = tuple[dict[str, Any], Any]


class Clock:
    """The seconds that the module is told, and the questions that it put to a node."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.questions: list[str] = []


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    told, ask = Clock(), ledger_now.ask

    def counted(name: str, rpc: str, *more: Any) -> Any:
        told.questions.append(rpc)
        return ask(name, rpc, *more)

    monkeypatch.setattr(ledger_now, "ask", counted)
    monkeypatch.setattr(ledger_now, "monotonic", lambda: told.now_s)
    monkeypatch.setattr(ledger_now, "_limit", ledger_now._Limit())
    monkeypatch.setattr(ledger_now, "_heard", {})
    monkeypatch.setattr(http, "BACKOFF_S", 0)
    return told


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[DemoServer]:
    """The demo's systems, as they answer behind the pages."""
    monkeypatch.setenv("T4N_NETWORK", str(tmp_path / "network.toml"))
    with DemoServer(TODAY) as running:
        monkeypatch.setattr(settings, "_demo_network", network_toml(running.url))
        yield running


@pytest.fixture(scope="module")
def records() -> list[Record]:
    """The records of the demo, those that wait last."""
    files = ledger.published(TODAY).files
    return [pair for path, text in files.items() if path != ledger.PATH for pair in read_batch(text)]


def configure(tmp_path: Path, rpc: str, more: str = "") -> None:
    """A network of its own whose ledger is the demo's."""
    (tmp_path / "trust.toml").write_text(ledger.trust().as_toml())
    lines = [
        '[[source]]\nname = "ledger"\nconnector = "ledger"\nlocation = "batches"',
        f'options = {{ rpc = "{rpc}", trust = "trust.toml" }}',
        more,
    ]
    (tmp_path / "network.toml").write_text("\n".join(lines))


def test_the_ledger_of_the_demo_can_be_asked_while_its_systems_answer(server, records, clock: Clock) -> None:
    (found,) = ledgers()
    assert (found.name, found.trust) == (LEDGER_SOURCE, ledger.trust())
    assert [check_now(*record).outcome for record in (records[0], records[-1])] == ["verified", "pending"]
    assert check_now(*records[0]).event.count == records[0][1].size
    assert set(clock.questions) == {server.url + ledger_rpc.PATH}


def test_a_configured_ledger_is_asked_and_its_trust_file_lies_beside_the_network(server, records, tmp_path) -> None:
    configure(tmp_path, server.url + ledger_rpc.PATH)
    assert [found.trust for found in ledgers()] == [ledger.trust()]
    assert check_now(*records[0]).outcome == "verified"


def test_what_is_wrong_in_itself_is_told_without_a_question(server, records, clock: Clock) -> None:
    credential, receipt = records[0]
    changed = json.loads(json.dumps(credential))
    changed["credentialSubject"]["ratings"][0]["rating"] = "not_applicable"
    stranger = new_key()
    document = {name: value for name, value in credential.items() if name != "proof"}
    document["issuer"] = did_of(stranger.public_key())
    strange = sign(document, stranger, datetime(2026, 11, 1, tzinfo=UTC))
    (again,) = build([strange], receipt.chain_id, receipt.contract).records
    assert check_now(changed, receipt).outcome == "content_changed"
    assert check_now(*again).outcome == "wrong_issuer"
    assert check_now(credential, None).outcome == "not_on_ledger"
    assert clock.questions == []


def test_a_receipt_never_decides_which_ledger_is_asked(server, records, clock: Clock) -> None:
    credential, receipt = records[0]
    for other in (replace(receipt, chain_id=CHAIN_ID + 1), replace(receipt, contract="0x" + "1" * 40)):
        assert check_now(credential, other).outcome == "not_on_ledger"
    assert clock.questions == []


def test_of_several_ledgers_the_one_of_the_receipt_is_asked(server, records, tmp_path, clock: Clock) -> None:
    configure(tmp_path, server.url + ledger_rpc.PATH)
    network, trust = tmp_path / "network.toml", replace(ledger.trust(), chain_id=1)
    (tmp_path / "other.toml").write_text(trust.as_toml())
    block = network.read_text()
    other = block.replace('name = "ledger"', 'name = "other"').replace("trust.toml", "other.toml")
    network.write_text(f"{other.replace(server.url, 'http://127.0.0.1:1')}\n{block}")
    assert [found.name for found in ledgers()] == ["other", "ledger"]
    assert check_now(*records[0]).outcome == "verified"
    assert clock.questions == [server.url + ledger_rpc.PATH]


def test_an_answer_is_kept_for_half_a_minute(server, records, clock: Clock) -> None:
    check_now(*records[0])
    clock.now_s += KEPT_S - 1
    assert check_now(*records[0]).outcome == "verified"
    assert len(clock.questions) == 1
    clock.now_s += 1
    check_now(*records[0])
    assert len(clock.questions) == 2


def test_what_was_kept_is_checked_with_the_record_at_hand(server, records) -> None:
    credential, receipt = records[0]
    assert check_now(credential, receipt).outcome == "verified"
    assert check_now(records[1][0], receipt).outcome == "content_changed"


def test_more_questions_than_allowed_are_refused_until_a_minute_is_over(server, records, clock: Clock) -> None:
    for record in records[:MOST_A_MINUTE]:
        check_now(*record)
    with pytest.raises(TooOften, match="Try again in a minute"):
        check_now(*records[MOST_A_MINUTE])
    assert check_now(*records[0]).outcome == "verified"
    assert len(clock.questions) == MOST_A_MINUTE
    clock.now_s += MINUTE_S
    assert check_now(*records[MOST_A_MINUTE]).outcome == "verified"


def test_a_node_that_is_down_is_told_without_its_address_and_is_not_failed(server, records, clock: Clock) -> None:
    server.take_down(LEDGER_SOURCE)
    for _ in range(2):
        found = check_now(*records[0])
        assert found.outcome == "ledger_unreachable"
        assert ledger_now.NO_ANSWER in found.reason
        assert "127.0.0.1" not in str(found)
        assert found.failed_step is None
    assert len(clock.questions) == 1
    server.bring_up(LEDGER_SOURCE)
    clock.now_s += KEPT_S
    assert check_now(*records[0]).outcome == "verified"


@pytest.mark.parametrize(
    ("path", "more", "reason"),
    [
        ("/nothing", "", ledger_now.REFUSED),
        (ledger.PATH, "", ledger_now.REFUSED),
        (ledger_rpc.PATH, 'secret = "NO_SUCH_VARIABLE"', ledger_now.REFUSED),
    ],
    ids=["nothing there", "no node", "key not set"],
)
def test_a_node_that_cannot_be_used_is_told_without_what_is_configured(
    server, records, tmp_path, caplog, path: str, more: str, reason: str
) -> None:
    configure(tmp_path, server.url + path, more)
    found = check_now(*records[0])
    assert (found.outcome, reason in found.reason) == ("ledger_unreachable", True)
    assert not [word for word in ("127.0.0.1", "NO_SUCH_VARIABLE", "network.toml") if word in str(found)]
    assert "the ledger gave no answer" in caplog.text


def test_a_node_of_another_chain_could_not_be_asked(evm: str, server, records, tmp_path) -> None:
    configure(tmp_path, evm)
    assert check_now(*records[0]).outcome == "ledger_unreachable"


def test_without_a_ledger_there_is_nothing_to_ask(server, records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_demo_network", None)
    assert ledgers() == []
    with pytest.raises(CannotAsk, match="No ledger is configured"):
        check_now(*records[0])


@pytest.mark.parametrize("broken", ["network.toml", "trust.toml"])
def test_a_configuration_that_cannot_be_used_is_told_without_its_place(server, records, tmp_path, broken: str) -> None:
    configure(tmp_path, server.url + ledger_rpc.PATH)
    (tmp_path / broken).write_text("chain_id = ")
    with pytest.raises(CannotAsk, match="cannot be used") as caught:
        check_now(*records[0])
    assert str(tmp_path) not in str(caught.value)
    assert broken not in str(caught.value)
