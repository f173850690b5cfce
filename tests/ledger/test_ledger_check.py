"""What a check looks at beyond its outcome: who counts when, what is shown, and records that were made to harm."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.chain import read_answers
from ledger.credential import sign
from tests.ledger.invented_records import (
    ACCOUNT,
    BLOCK,
    CHAIN_ID,
    CONTRACT,
    DID,
    HEIGHT,
    ISSUED_AT,
    ISSUER,
    KEY,
    MINED_AT,
    NOW,
    OTHER_ACCOUNT,
    OTHER_BLOCK,
    OTHER_DID,
    OTHER_KEY,
    TRUST,
    TX,
    Block,
    answers_of,
    batch_of,
    event_of,
    record,
    story,
)

OTHER_TX = f"0x{'72' * 32}"
NOWHERE = f"0x{'00' * 32}"


def test_without_an_answer_nothing_is_called_verified_or_failed() -> None:
    found = story(answers=None).check(unreachable="the node did not answer in 10 s")
    assert found.outcome == "ledger_unreachable"
    assert "the node did not answer in 10 s" in found.reason
    assert [step.state for step in found.steps] == ["passed"] * 5 + ["not_done"] * 4
    assert found.anchored_at is None
    assert found.event is None


def test_a_batch_that_was_mined_again_in_another_block_verifies() -> None:
    again = event_of(batch_of(), tx_hash=OTHER_TX, block_number=HEIGHT + 1, block_hash=OTHER_BLOCK)
    blocks = {HEIGHT: Block(NOWHERE, MINED_AT), HEIGHT + 1: Block(OTHER_BLOCK, MINED_AT)}
    found = story(answers=answers_of(again, blocks=blocks, head_number=HEIGHT + 9)).check()
    assert found.outcome == "verified"
    assert found.event == again
    assert f"block {HEIGHT + 1}, not in the one of the receipt" in found.notes[0]


def test_an_anchor_by_somebody_else_does_not_hide_the_issuers() -> None:
    """Anyone may anchor a root that they have seen, with a contract that lets each account do so once."""
    batch = batch_of()
    other = event_of(batch, issuer_address=OTHER_ACCOUNT, tx_hash=OTHER_TX)
    assert story(answers=answers_of(other, event_of(batch))).outcome == "verified"
    assert story(answers=answers_of(other)).outcome == "wrong_issuer"


def test_an_issuer_may_change_its_account_with_a_new_entry() -> None:
    first = replace(ISSUER, address=OTHER_ACCOUNT, valid_to=date(2026, 3, 31))
    second = replace(ISSUER, valid_from=date(2026, 4, 1))
    assert story(trust=replace(TRUST, issuers=(first, second))).outcome == "verified"


@pytest.mark.parametrize(
    ("issuer", "outcome"),
    [
        (replace(ISSUER, valid_from=date(2026, 3, 31), valid_to=date(2026, 4, 1)), "verified"),
        (replace(ISSUER, valid_from=date(2026, 3, 31), valid_to=None), "verified"),
        (replace(ISSUER, valid_to=date(2026, 5, 31)), "verified"),
    ],
)
def test_an_issuer_must_be_valid_then_and_need_not_be_today(issuer: Any, outcome: str) -> None:
    assert story(trust=replace(TRUST, issuers=(issuer,))).outcome == outcome


def test_days_are_counted_in_utc() -> None:
    late = record(issued_at=datetime.fromisoformat("2026-03-31T23:30:00-05:00"))
    told = story(late)
    assert told.outcome == "verified"
    trusted_until = replace(TRUST, issuers=(replace(ISSUER, valid_to=date(2026, 3, 31)),))
    assert replace(told, trust=trusted_until).check().failed_step == "issuer"


def test_a_key_cannot_sign_in_the_name_of_another_issuer() -> None:
    trust = replace(TRUST, issuers=(ISSUER, replace(ISSUER, name="Other", key=OTHER_DID)))
    found = story(record(key=OTHER_KEY, issuer=DID), trust=trust).check()
    assert (found.outcome, found.failed_step) == ("wrong_issuer", "issuer")


def test_a_record_that_was_signed_and_batched_anew_is_not_the_issuers() -> None:
    """Who changes a record can make a right signature, batch and receipt, but not in the name of the issuer."""
    found = story(record(key=OTHER_KEY, phase="certified")).check()
    assert (found.outcome, found.failed_step) == ("wrong_issuer", "issuer")


def test_a_record_whose_digest_was_made_to_fit_fails_by_its_signature() -> None:
    forged = record(phase="certified") | {"proof": record()["proof"]}
    found = story(forged).check()
    assert (found.outcome, found.failed_step) == ("content_changed", "signature")


def test_a_record_that_has_ended_verifies_with_a_note() -> None:
    told = story(record(valid_until=datetime(2026, 5, 1, tzinfo=UTC)))
    assert told.check(today=date(2026, 5, 1)).notes == ()
    found = told.check(today=date(2026, 5, 2))
    assert found.outcome == "verified"
    assert found.notes == ("The record was valid until 2026-05-01.",)


def test_a_check_tells_who_anchored_when() -> None:
    found = story().check()
    assert found.issuer == "Example Secretariat"
    assert found.anchored_at == MINED_AT
    assert found.event == event_of(batch_of())


def test_the_steps_show_what_was_compared() -> None:
    told = story()
    subject = told.credential["credentialSubject"] | {"phase": "certified"}
    told = replace(told, credential={**told.credential, "credentialSubject": subject})
    fingerprint = told.check().steps[1]
    compared = dict(fingerprint.inputs)
    assert compared["In the receipt"] == f"0x{told.receipt.digest.hex()}"
    assert compared["Computed from the record"] not in ("", compared["In the receipt"])
    inputs = {label: value for step in story().check().steps for label, value in step.inputs}
    assert inputs["Transaction"] == TX
    assert inputs["Block at this height"] == BLOCK
    assert inputs["Anchored by the account"] == ACCOUNT
    assert inputs["Trusted chain and contract"] == f"{CHAIN_ID}, {CONTRACT}"


@pytest.mark.parametrize(
    "changed",
    [
        {"type": None},
        {"type": 7},
        {"type": ["VerifiableCredential"]},
        {"type": "ProtectedAreaAssessmentCredential"},
        {"issuer": None},
        {"issuer": 7},
        {"issuer": {"name": "Office"}},
        {"issuer": {"id": ["x"]}},
        {"validFrom": None},
        {"validFrom": "yesterday"},
        {"validUntil": "soon"},
        {"validUntil": 7},
        {"credentialSubject": None},
        {"credentialSubject": []},
        {"credentialSubject": {"ratings": "x"}},
    ],
)
def test_a_record_of_another_shape_fails_even_where_it_is_signed(changed: dict[str, Any]) -> None:
    """With its own right signature and receipt, so that every step but the first would pass."""
    bare = {name: value for name, value in record().items() if name != "proof"} | changed
    found = story(sign(bare, KEY, ISSUED_AT)).check()
    assert (found.outcome, found.failed_step) == ("content_changed", "record")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    ),
    st.sampled_from(["@context", "type", "issuer", "validFrom", "validUntil", "credentialSubject", "proof"]),
)
def test_whatever_a_record_holds_there_is_an_outcome(value: object, name: str) -> None:
    told = replace(story(), credential={**story().credential, name: value})
    assert told.outcome == "content_changed"


@given(st.data())
def test_no_bit_of_a_receipt_that_matters_can_be_changed(data: st.DataObject) -> None:
    told = story(index=2)
    name = data.draw(st.sampled_from(["digest", "root", "proof"]))
    bit = data.draw(st.integers(0, 255))
    value = getattr(told.receipt, name)
    if name == "proof":
        step = data.draw(st.integers(0, len(value) - 1))
        changed: Any = (*value[:step], _flipped(value[step], bit), *value[step + 1 :])
    else:
        changed = _flipped(value, bit)
    assert replace(told, receipt=replace(told.receipt, **{name: changed})).outcome == "content_changed"


@given(st.integers(0, 4), st.integers(1, 6))
def test_only_its_own_place_fits_a_record(index: int, size: int) -> None:
    told = story(index=2)
    told = replace(told, receipt=replace(told.receipt, index=min(index, size - 1), size=size))
    is_its_own = (told.receipt.index, size) == (2, 5)
    assert told.outcome == ("verified" if is_its_own else "content_changed")


def test_answers_are_kept_and_read_back_as_they_were() -> None:
    """A pull stores what the node said, and a check of the stored answers has the same result."""
    told = story(answers=answers_of(event_of(batch_of()), waiting=frozenset({OTHER_TX}), asked_at=NOW))
    kept = read_answers(told.answers.as_json())
    assert kept == told.answers
    assert replace(told, answers=kept).check() == told.check()


def _flipped(value: bytes, bit: int) -> bytes:
    return (int.from_bytes(value, "big") ^ (1 << bit)).to_bytes(32, "big")
