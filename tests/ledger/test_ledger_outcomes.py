"""The seven outcomes, each from answers that a node could have given, and which of several faults is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from data.schema import ANCHOR_OUTCOMES
from ledger.check import OUTCOMES, STEPS, UNDECIDED
from tests.ledger.invented_records import (
    CONFIRMATIONS,
    HEIGHT,
    ISSUER,
    MINED_AT,
    OTHER_ACCOUNT,
    OTHER_BLOCK,
    OTHER_DID,
    TX,
    Block,
    Story,
    answers_of,
    batch_of,
    event_of,
    story,
)
from ui import ledger_words

Change = Callable[[Story], Story]
OTHER_CONTRACT = f"0x{'c3' * 20}"
WAITING = {"tx_hash": None, "block_number": None, "block_hash": None}
SENT = {"block_number": None, "block_hash": None}


def _receipt(**changed: Any) -> Change:
    return lambda told: replace(told, receipt=replace(told.receipt, **changed))


def _answers(**changed: Any) -> Change:
    return lambda told: replace(told, answers=replace(told.answers, **changed))


def _event(**changed: Any) -> Change:
    return lambda told: replace(told, answers=answers_of(event_of(batch_of(), **changed)))


def _no_event(**changed: Any) -> Change:
    return lambda told: replace(told, answers=answers_of(**changed))


def _issuer(**changed: Any) -> Change:
    return lambda told: replace(told, trust=replace(told.trust, issuers=(replace(ISSUER, **changed),)))


def _said(**changed: Any) -> Change:
    """Other words in the record, and everything else as it was."""
    return lambda told: replace(
        told,
        credential={**told.credential, "credentialSubject": told.credential["credentialSubject"] | changed},
    )


def _unanswered(told: Story) -> Story:
    return replace(told, answers=None)


def _all(*changes: Change) -> Change:
    def changed(told: Story) -> Story:
        for change in changes:
            told = change(told)
        return told

    return changed


# What was changed, the outcome, and the step at which the check ends (None: it does not end early).
CASES: list[tuple[str, Change, str, str | None]] = [
    ("nothing", _all(), "verified", None),
    ("no block in the receipt yet", _receipt(**SENT), "verified", None),
    ("a receipt from before it was sent", _receipt(**WAITING), "verified", None),
    ("another word", _said(phase="certified"), "content_changed", "fingerprint"),
    ("a word more", _said(comment="fine"), "content_changed", "record"),
    ("another digest in the receipt", _receipt(digest=bytes(32)), "content_changed", "fingerprint"),
    ("another root in the receipt", _receipt(root=bytes(32)), "content_changed", "batch"),
    ("another place in the batch", _receipt(index=1), "content_changed", "batch"),
    ("a proof that is cut short", _receipt(proof=()), "content_changed", "batch"),
    ("another count on the ledger", _event(count=6), "content_changed", "anchor"),
    ("no receipt", lambda told: replace(told, receipt=None), "not_on_ledger", "fingerprint"),
    ("another chain in the receipt", _receipt(chain_id=1), "not_on_ledger", "ledger"),
    ("another contract in the receipt", _receipt(contract=OTHER_CONTRACT), "not_on_ledger", "ledger"),
    ("an event of another contract", _event(contract=OTHER_CONTRACT), "not_on_ledger", "anchor"),
    ("a root that is nowhere", _no_event(statuses={TX: 1}), "not_on_ledger", "anchor"),
    ("a transaction that failed", _no_event(statuses={TX: 0}), "not_on_ledger", "anchor"),
    ("an unknown transaction", _all(_receipt(**SENT), _no_event()), "not_on_ledger", "anchor"),
    ("an event whose transaction failed", _answers(statuses={TX: 0}), "not_on_ledger", "anchor"),
    ("an issuer that nobody trusts", _issuer(key=OTHER_DID), "wrong_issuer", "issuer"),
    ("an issuer trusted from later on", _issuer(valid_from=date(2026, 4, 1)), "wrong_issuer", "issuer"),
    ("an issuer trusted until before", _issuer(valid_to=date(2026, 3, 30)), "wrong_issuer", "issuer"),
    ("another account of the issuer", _issuer(address=OTHER_ACCOUNT), "wrong_issuer", "account"),
    ("an anchor by somebody else", _event(issuer_address=OTHER_ACCOUNT), "wrong_issuer", "account"),
    ("an issuer whose time ended before the anchor", _issuer(valid_to=date(2026, 3, 31)), "wrong_issuer", "account"),
    ("another block at the height of the event", _answers(blocks={HEIGHT: Block(OTHER_BLOCK, MINED_AT)}),
     "removed_by_reorganisation", "anchor"),
    ("no block at the height of the event", _answers(blocks={}), "removed_by_reorganisation", "anchor"),
    ("no event, and another block where it was", _no_event(blocks={HEIGHT: Block(OTHER_BLOCK, MINED_AT)}),
     "removed_by_reorganisation", "anchor"),
    ("a batch that was not sent", _all(_receipt(**WAITING), _no_event()), "pending", "anchor"),
    ("a batch that was not sent, without a node", _all(_receipt(**WAITING), _unanswered), "pending", "ledger"),
    ("a transaction in no block", _all(_receipt(**SENT), _no_event(waiting=frozenset({TX}))), "pending", "anchor"),
    ("a transaction put back by a reorganisation", _no_event(waiting=frozenset({TX})), "pending", "anchor"),
    ("too few blocks on top", _answers(head_number=HEIGHT + CONFIRMATIONS - 1), "pending", "confirmations"),
    ("no answer", _unanswered, "ledger_unreachable", "ledger"),
    ("a node of another chain", _answers(chain_id=1), "ledger_unreachable", "ledger"),
    ("a node that lags behind", _no_event(head_number=HEIGHT - 1, blocks={}), "ledger_unreachable", "anchor"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "change", "outcome", "ends_at"), CASES, ids=[case[0] for case in CASES])
def test_outcome(what: str, change: Change, outcome: str, ends_at: str | None) -> None:
    found = change(story()).check()
    assert found.outcome == outcome
    assert next((step.name for step in found.steps if step.state != "passed"), None) == ends_at
    is_undecided = outcome in ("pending", "ledger_unreachable")
    assert found.failed_step == (None if is_undecided else ends_at)
    assert [step.name for step in found.steps] == [name for name, _, _ in STEPS]
    assert all(step.state == "not_done" for step in found.steps[_place(ends_at) + 1 :])


def test_every_outcome_is_tried() -> None:
    assert {outcome for _, _, outcome, _ in CASES} == set(OUTCOMES)


def test_the_store_and_the_pages_know_just_these_outcomes() -> None:
    assert sorted(ANCHOR_OUTCOMES) == sorted(ledger_words.OUTCOMES) == sorted(OUTCOMES)
    assert set(UNDECIDED) < set(OUTCOMES)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ((_said(phase="x"), _unanswered), "content_changed"),
        ((_said(phase="x"), _issuer(key=OTHER_DID)), "content_changed"),
        ((_said(phase="x"), _receipt(chain_id=1)), "content_changed"),
        ((_receipt(root=bytes(32)), _unanswered), "content_changed"),
        ((_issuer(key=OTHER_DID), _unanswered), "wrong_issuer"),
        ((_issuer(key=OTHER_DID), _receipt(**WAITING), _unanswered), "wrong_issuer"),
        ((_issuer(key=OTHER_DID), _answers(chain_id=1)), "wrong_issuer"),
        ((_receipt(chain_id=1), _unanswered), "not_on_ledger"),
        ((_answers(head_number=HEIGHT), _issuer(address=OTHER_ACCOUNT)), "wrong_issuer"),
        ((_receipt(**WAITING), _no_event(chain_id=1)), "ledger_unreachable"),
    ],
)
def test_what_the_record_itself_shows_is_told_first(changes: tuple[Change, ...], outcome: str) -> None:
    assert _all(*changes)(story()).outcome == outcome


def _place(name: str | None) -> int:
    names = [step for step, _, _ in STEPS]
    return names.index(name) if name else len(names)
