"""Invented records, signed with keys made for the test run, and their batches on a node's chain."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from connectors.base import Fetched, Notice, Parsed, Refusal, Rows, Source
from connectors.ledger import Ledger
from ledger import batch, keys
from ledger.batch import Batch
from ledger.chain import ChainAnswers
from ledger.check import Check, check
from ledger.credential import Claims, Rated, sign, unsigned
from ledger.trust import Issuer, Trust
from tests import evm_node

KEY, STRANGER = keys.new_key(), keys.new_key()
DID = keys.did_of(KEY.public_key())
ISSUED_AT = datetime(2026, 3, 31, 9, tzinfo=UTC)
TODAY = date(2026, 6, 1)
SALT = bytes(range(16))
NOWHERE = "http://127.0.0.1:9"
CONTRACT = "0x" + "c0" * 20


def trust(contract: str, chain_id: int = evm_node.CHAIN_ID, confirmations: int = 0) -> Trust:
    """A trust file of one issuer, who anchors with the first account of the node."""
    issuer = Issuer("Invented secretariat", DID, evm_node.ACCOUNTS[0], date(2020, 1, 1))
    return Trust(chain_id, contract, (issuer,), confirmations)


def record(number: int = 1, key: Any = KEY, issued_at: datetime = ISSUED_AT, rating: str = "met") -> dict[str, Any]:
    """The signed record of an assessment."""
    claims = Claims(
        f"GL-{number}",
        str(555_500_000 + number),
        "green_list",
        "Green List Standard 1.1",
        ratings=(Rated("GLS-V1.1-1.1.1", "self", rating), Rated("GLS-V1.1-1.1.2", "reviewer", "partly")),
    )
    return sign(unsigned(claims, keys.did_of(key.public_key()), issued_at, SALT), key, issued_at)


def batch_of(contract: str, count: int = 3, first: int = 1, **changes: Any) -> Batch:
    """A batch that waits to be anchored."""
    records = [record(number, **changes) for number in range(first, first + count)]
    return batch.build(records, evm_node.CHAIN_ID, contract)


def anchored(url: str, waiting: Batch, account: str = evm_node.ACCOUNTS[0]) -> Batch:
    """The batch once its root stands on the chain of a node."""
    receipt = waiting.records[0][1]
    return with_transaction(waiting, evm_node.anchor(url, receipt.contract, waiting.root, receipt.size, account))


def with_transaction(waiting: Batch, mined: dict[str, Any]) -> Batch:
    """The batch with the transaction of a receipt as a node gives it."""
    return batch.anchored(waiting, mined["transactionHash"], int(mined["blockNumber"], 16), mined["blockHash"])


def checked(one: Batch, trusted: Trust, answers: ChainAnswers | None, unreachable: str = "") -> Check:
    """The check of the first record of a batch."""
    credential, receipt = one.records[0]
    return check(credential, receipt, trusted, answers, TODAY, unreachable)


def published(folder: Path, trusted: Trust, rpc: str, **batches: Batch) -> Source:
    """A source whose batches and trust file lie in a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "trust.toml").write_text(trusted.as_toml())
    for name, one in batches.items():
        (folder / f"{name}.json").write_text(batch.as_json(one))
    return Source("ledger", "ledger", str(folder), options={"rpc": rpc, "trust": "trust.toml"})


def fetch(source: Source, workspace: Path, cursor: Mapping[str, Any] | None = None) -> Fetched:
    workspace.mkdir(parents=True, exist_ok=True)
    return Ledger().fetch(source, cursor or {}, workspace)


def read(source: Source, workspace: Path, cursor: Mapping[str, Any] | None = None) -> list[Parsed]:
    return list(Ledger().parse(source, fetch(source, workspace, cursor).payloads))


def rows(parsed: list[Parsed], table: str) -> list[dict[str, Any]]:
    blocks = [item.rows for item in parsed if isinstance(item, Rows) and item.table == table]
    return [row for block in blocks for row in block.to_pylist()]


def outcomes(parsed: list[Parsed]) -> dict[str, str]:
    return {row["assessment_id"]: row["outcome"] for row in rows(parsed, "anchor_checks")}


def refusals(parsed: list[Parsed]) -> list[Refusal]:
    return [item for item in parsed if isinstance(item, Refusal)]


def notices(parsed: list[Parsed]) -> list[str]:
    return [item.text for item in parsed if isinstance(item, Notice)]


def offline(folder: Path, **batches: Batch) -> Source:
    """A source whose node does not answer."""
    return published(folder, trust(CONTRACT), NOWHERE, **batches)
