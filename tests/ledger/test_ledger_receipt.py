"""Receipts and published batches: read strictly, written as they are read."""

import json
from typing import Any

import pytest

from ledger import merkle
from ledger.batch import WrongBatch, anchored, as_json, build, read_batch
from ledger.canonical import digest
from ledger.receipt import LONGEST_PROOF, Receipt, WrongReceipt, read_receipt
from tests.ledger.invented_records import BLOCK, CHAIN_ID, CONTRACT, HEIGHT, TX, batch_of, record

HASH = f"0x{'ab' * 32}"


def _receipt(**changed: Any) -> dict[str, Any]:
    return batch_of().records[2][1].as_json() | changed


def test_a_receipt_has_the_fields_of_the_format() -> None:
    told = _receipt()
    assert list(told) == [
        "digest", "chain_id", "contract", "tx_hash", "block_number", "block_hash", "root", "index", "size", "proof",
    ]  # fmt: skip
    assert (told["chain_id"], told["contract"], told["index"], told["size"]) == (CHAIN_ID, CONTRACT, 2, 5)
    assert (told["tx_hash"], told["block_number"], told["block_hash"]) == (TX, HEIGHT, BLOCK)
    assert told["digest"] == f"0x{digest(record(3)).hex()}"


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"tx_hash": None, "block_number": None, "block_hash": None},
        {"block_number": None, "block_hash": None},
        {"proof": [HASH] * LONGEST_PROOF},
    ],
)
def test_a_receipt_is_read_as_it_was_written(changed: dict[str, Any]) -> None:
    told = _receipt(**changed)
    assert read_receipt(told).as_json() == told


def test_large_letters_in_hashes_and_addresses_mean_the_same() -> None:
    told = _receipt()
    loud = told | {name: f"0x{told[name][2:].upper()}" for name in ("digest", "root", "contract", "tx_hash")}
    assert read_receipt(loud) == read_receipt(told)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ([], "not an object"),
        (None, "not an object"),
        ({}, "proof is not a list"),
        (_receipt(note="hello"), "note is not a field"),
        (_receipt(digest="ab" * 32), "digest is not a hash"),
        (_receipt(digest=HASH + "00"), "digest is not a hash"),
        (_receipt(digest=HASH + "\n"), "digest is not a hash"),
        (_receipt(root=7), "root is not a hash"),
        (_receipt(proof=HASH), "proof is not a list"),
        (_receipt(proof=[HASH] * 33), "proof is not a list of at most 32"),
        (_receipt(proof=[HASH, None]), "proof is not a hash"),
        (_receipt(index=5), "index is not a whole number from 0 to 4"),
        (_receipt(index=-1), "index"),
        (_receipt(index=True), "index"),
        (_receipt(index=1.0), "index"),
        (_receipt(size=0), "size"),
        (_receipt(size="5"), "size"),
        (_receipt(size=2**32), "size"),
        (_receipt(chain_id=0), "chain_id"),
        (_receipt(contract="0x00"), "contract is not an address"),
        (_receipt(tx_hash="0x1"), "tx_hash is not a hash"),
        (_receipt(tx_hash=None), "block_number stands without"),
        (_receipt(block_number=None), "block_number stands without"),
        (_receipt(block_hash=None), "block_number stands without"),
        (_receipt(block_number=-1), "block_number"),
    ],
)
def test_what_is_no_receipt_is_refused_with_its_field(told: Any, reason: str) -> None:
    with pytest.raises(WrongReceipt, match=reason):
        read_receipt(told)


def test_every_receipt_of_a_batch_leads_to_its_root() -> None:
    batch = batch_of(*(record(number) for number in range(1, 12)))
    for index, (credential, receipt) in enumerate(batch.records):
        assert receipt.digest == digest(credential)
        assert (receipt.index, receipt.size) == (index, 11)
        assert merkle.root_from(receipt.digest, index, 11, receipt.proof) == batch.root == receipt.root


def test_a_batch_of_one_is_anchored_by_the_hash_of_its_leaf() -> None:
    batch = build([record()], CHAIN_ID, CONTRACT)
    assert batch.root == merkle.root([digest(record())])
    assert batch.records[0][1].proof == ()


def test_a_batch_that_was_not_sent_names_no_transaction() -> None:
    receipt = build([record()], CHAIN_ID, CONTRACT).records[0][1]
    assert (receipt.tx_hash, receipt.block_number, receipt.block_hash) == (None, None, None)


def test_a_batch_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        build([], CHAIN_ID, CONTRACT)


def test_a_published_batch_is_read_back_in_its_order() -> None:
    batch = batch_of()
    assert read_batch(as_json(batch)) == [(dict(credential), receipt) for credential, receipt in batch.records]
    assert read_batch(as_json(batch).encode()) == read_batch(as_json(batch))


def test_a_record_of_a_published_batch_may_have_no_receipt() -> None:
    text = json.dumps({"format": "tech4nature-ledger-batch/1", "records": [{"credential": {"a": "b"}}]})
    assert read_batch(text) == [({"a": "b"}, None)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("[]", "format"),
        ('{"format": "tech4nature-ledger-batch/2", "records": []}', "format"),
        ('{"format": "tech4nature-ledger-batch/1"}', "no list"),
        ('{"format": "tech4nature-ledger-batch/1", "records": [7]}', "record 1"),
        ('{"format": "tech4nature-ledger-batch/1", "records": [{"credential": {}}, {"credential": "x"}]}', "record 2"),
        (
            '{"format": "tech4nature-ledger-batch/1", "records": [{"credential": {}, "receipt": {"index": 1}}]}',
            "record 1: its receipt's proof",
        ),
        ('{"format": "tech4nature-ledger-batch/1", "format": "", "records": []}', "twice"),
    ],
)
def test_what_is_no_batch_is_refused_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(WrongBatch, match=reason):
        read_batch(text)


def test_anchoring_a_batch_changes_nothing_but_the_transaction() -> None:
    before = build([record(1), record(2)], CHAIN_ID, CONTRACT)
    after = anchored(before, TX, HEIGHT, BLOCK)
    for (one, waiting), (other, done) in zip(before.records, after.records, strict=True):
        assert one == other
        assert isinstance(done, Receipt)
        assert done.as_json() == waiting.as_json() | {"tx_hash": TX, "block_number": HEIGHT, "block_hash": BLOCK}
