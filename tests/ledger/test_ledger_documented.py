"""docs/verifying.md: its example is right, its tables are complete, and the verifier in it verifies."""

import hashlib
import json
import re
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from exports import verify
from ledger import abi
from ledger.bundle import MEMBERS
from ledger.canonical import canonical
from ledger.check import OUTCOMES, STEPS
from ledger.credential import FACTS
from ledger.receipt import read_receipt
from ledger.trust import Issuer, Trust, read_trust
from tests.evm_node import ACCOUNTS, CHAIN_ID, anchor, deploy
from tests.ledger.invented_records import (
    ISSUER,
    OTHER_DID,
    OTHER_KEY,
    TRUST,
    Story,
    anchored,
    batch_of,
    build,
    event_of,
    record,
)
from tests.ledger.zips import bundle_of, unzipped

PAGE = (Path(__file__).parents[2] / "docs" / "verifying.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def _number(what: str) -> bytes:
    """A value of the table of numbers by the start of its line."""
    return bytes.fromhex(re.search(rf"^\| {re.escape(what)}.* \| `(?:0x)?(\w+)` \|$", PAGE, re.MULTILINE)[1])


def _sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


CREDENTIAL, RECEIPT, LOG = (json.loads(block) for block in _blocks("json"))
DIGESTS, LEAVES = ([_number(f"{kind} {n}") for n in (1, 2, 3)] for kind in ("digest of record", "leaf"))


def test_the_example_is_the_record_that_it_says() -> None:
    batch = batch_of(record(1), record(2), record(3))
    credential, receipt = batch.records[1]
    assert credential == CREDENTIAL
    assert receipt == read_receipt(RECEIPT)
    assert read_trust(_blocks("toml")[0]) == TRUST
    assert abi.read_event(LOG) == event_of(batch)


def test_the_numbers_follow_from_each_other() -> None:
    """Computed from the page alone, without our modules."""
    text = json.dumps(CREDENTIAL, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert _sha256(text.encode()) == DIGESTS[1] == bytes.fromhex(RECEIPT["digest"][2:])
    assert [_sha256(b"\x00", digest) for digest in DIGESTS] == LEAVES
    node = _sha256(b"\x01", LEAVES[0], LEAVES[1])
    assert node == _number("node")
    root = _sha256(b"\x01", node, LEAVES[2])
    assert root == _number("root") == bytes.fromhex(RECEIPT["root"][2:]) == bytes.fromhex(LOG["topics"][1][2:])
    assert RECEIPT["proof"] == [f"0x{LEAVES[0].hex()}", f"0x{LEAVES[2].hex()}"]


def test_the_parts_that_are_signed_have_the_hashes_of_the_page() -> None:
    proof = {name: value for name, value in CREDENTIAL["proof"].items() if name != "proofValue"}
    document = {name: value for name, value in CREDENTIAL.items() if name != "proof"}
    assert _sha256(canonical(proof)) == _number("SHA-256 of its canonical proof")
    assert _sha256(canonical(document)) == _number("SHA-256 of its canonical form")


def test_the_call_and_the_event_are_those_of_the_contract() -> None:
    assert _number("topic 0").hex() == abi.TOPIC[2:]
    assert _number("first bytes of the call") == abi.SELECTOR


def test_every_word_of_the_format_is_on_the_page() -> None:
    words = [*OUTCOMES, *(name for name, _, _ in STEPS), *MEMBERS, *RECEIPT]
    words += [one.name for one in (*fields(Trust), *fields(Issuer)) if one.name != "issuers"]
    words += ["".join(part.capitalize() if n else part for n, part in enumerate(fact.split("_"))) for fact in FACTS]
    assert not [word for word in words if not re.search(rf"\b{re.escape(word)}\b", PAGE)]


def test_every_exit_code_and_option_is_on_the_page() -> None:
    for code in (verify.VERIFIED, verify.NOT_VERIFIED, verify.UNREADABLE, verify.NOT_CHECKED):
        assert re.search(rf"^\| {code} \| ", PAGE, re.MULTILINE)
    options = {text for action in verify._parser()._actions for text in action.option_strings if text.startswith("--")}
    assert not [option for option in options - {"--help"} if f"`{option}" not in PAGE]


@pytest.fixture
def documented(tmp_path: Path) -> Path:
    """The verifier of the page as a file."""
    path = tmp_path / "verifier.py"
    path.write_text(_blocks("python")[0])
    return path


def _said(documented: Path, told: Story, url: str, **files: bytes) -> str:
    """What the verifier of the page says of a bundle, without our modules."""
    for name, content in (unzipped(bundle_of(told)) | files).items():
        (documented.parent / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-P", documented, url], cwd=documented.parent, capture_output=True, text=True, timeout=60
    )
    assert done.stderr == ""
    return done.stdout.strip()


def _anchored(url: str, *records: dict[str, Any], account: str = ACCOUNTS[0]) -> Story:
    contract = deploy(url)
    batch = build(records, CHAIN_ID, contract)
    mined = anchor(url, contract, batch.root, len(records), account)
    batch = anchored(batch, mined["transactionHash"], int(mined["blockNumber"], 16), mined["blockHash"])
    trust = Trust(CHAIN_ID, contract, (replace(ISSUER, address=ACCOUNTS[0], valid_to=None),))
    return Story(*batch.records[-1], None, trust)


def test_the_verifier_of_the_page_verifies_on_a_real_node(evm: str, documented: Path) -> None:
    told = _anchored(evm, *(record(number, method="Méthode") for number in range(1, 8)))
    assert _said(documented, told, evm) == "verified"
    waiting = replace(told, trust=replace(told.trust, confirmations=1000))
    assert _said(documented, waiting, evm) == "pending"


def test_the_verifier_of_the_page_finds_what_is_wrong(evm: str, documented: Path) -> None:
    told = _anchored(evm, record(11), record(12))
    changed = unzipped(bundle_of(told))["credential.json"].replace(b'"met"', b'"mat"')
    assert _said(documented, told, evm, **{"credential.json": changed}) == "content_changed"
    stranger = replace(told, trust=replace(told.trust, issuers=(replace(ISSUER, key=OTHER_DID),)))
    assert _said(documented, stranger, evm) == "wrong_issuer"
    other_chain = replace(told, trust=replace(told.trust, chain_id=1))
    assert _said(documented, other_chain, evm) == "not_on_ledger"
    moved = replace(told, receipt=replace(told.receipt, index=0))
    assert _said(documented, moved, evm) == "content_changed"
    waiting = {"tx_hash": None, "block_number": None, "block_hash": None}
    assert _said(documented, replace(told, receipt=replace(told.receipt, **waiting)), evm) == "pending"
    lost = replace(told, receipt=replace(told.receipt, tx_hash=f"0x{'77' * 32}"))
    assert _said(documented, lost, evm) == "removed_by_reorganisation"
    other = _anchored(evm, record(13), account=ACCOUNTS[1])
    assert _said(documented, other, evm) == "wrong_issuer"
    assert _said(documented, _anchored(evm, record(14, key=OTHER_KEY)), evm) == "wrong_issuer"
