"""The steps of a check, in their order; each compares something and says what it found, or stops the check."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from ledger import credential as records
from ledger import merkle
from ledger.canonical import NotCanonical, canonical
from ledger.chain import Block, ChainAnswers, Event
from ledger.credential import Claims
from ledger.receipt import Receipt
from ledger.trust import Issuer, Trust
from ledger.values import hash_text

Inputs = tuple[tuple[str, str], ...]


@dataclass
class Case:
    """One record on its way through the steps, and what they have found so far."""

    credential: Mapping[str, Any]
    receipt: Receipt | None
    trust: Trust
    answers: ChainAnswers | None
    unreachable: str
    # All entries of the signer's key in the trust file, and those that were valid on the day of the record.
    entries: tuple[Issuer, ...] = ()
    issuers: tuple[Issuer, ...] = ()
    event: Event | None = None
    block: Block | None = None
    notes: list[str] = field(default_factory=list)

    @cached_property
    def claims(self) -> Claims:
        """What the record says; raises WrongCredential."""
        return records.claims_of(self.credential)

    @cached_property
    def text(self) -> bytes:
        """The form of the record that is hashed; raises NotCanonical."""
        return canonical(self.credential)

    @property
    def digest(self) -> str:
        """What stands for the record on the ledger, in hexadecimal; raises NotCanonical."""
        return hash_text(sha256(self.text).digest())


@dataclass(frozen=True)
class Step:
    """One step as it went: what was asked, what was compared, and `state`: passed, failed or not_done."""

    name: str
    question: str
    inputs: Inputs
    state: str
    said: str


@dataclass(frozen=True)
class Passed:
    """What a step compared and found to be right."""

    said: str
    inputs: Inputs = ()


class Failed(Exception):
    """The step that ends a check, with the outcome that it means."""

    def __init__(self, outcome: str, said: str, inputs: Inputs = ()) -> None:
        super().__init__(said)
        self.outcome, self.said, self.inputs = outcome, said, inputs


def record(case: Case) -> Passed:
    try:
        claims = case.claims
        issued = records.issued_at(case.credential)
        # Read here although it is used later: each of these may be missing or of another kind.
        records.issuer_of(case.credential)
        records.valid_until(case.credential)
    except records.WrongCredential as wrong:
        raise Failed("content_changed", f"The record is not one of an assessment: {wrong}.") from None
    inputs = (
        ("Assessment", claims.assessment_id),
        ("Site", claims.site_id),
        ("Ratings", str(len(claims.ratings))),
        ("Signed as of", f"{issued:%Y-%m-%d %H:%M} UTC"),
    )
    return Passed(f"It is the record of assessment {claims.assessment_id}.", inputs)


def fingerprint(case: Case) -> Passed:
    receipt = case.receipt
    if receipt is None:
        raise Failed("not_on_ledger", "The record has no receipt, so nothing says where it was anchored.")
    try:
        computed = case.digest
    except NotCanonical as error:
        raise Failed("content_changed", f"The record has no fingerprint: {error}.") from None
    inputs = (("Computed from the record", computed), ("In the receipt", hash_text(receipt.digest)))
    if computed != hash_text(receipt.digest):
        said = "The record was changed after its receipt was made, or the receipt is of another record."
        raise Failed("content_changed", said, inputs)
    return Passed("The fingerprint of the record is the one in the receipt.", inputs)


def signature(case: Case) -> Passed:
    try:
        is_right = records.check_signature(case.credential)
        signer = records.signer_of(case.credential)
    except records.WrongCredential as wrong:
        raise Failed("content_changed", f"The signature cannot be read: {wrong}.") from None
    inputs = (("Signed with the key", signer), ("Signature", str(case.credential["proof"].get("proofValue"))))
    if not is_right:
        raise Failed("content_changed", "The signature does not belong to what the record says now.", inputs)
    return Passed("The signature belongs to just this record.", inputs)


def issuer(case: Case) -> Passed:
    signer, told = records.signer_of(case.credential), records.issuer_of(case.credential)
    issued_on = records.issued_at(case.credential).date()
    inputs = (("The record is from", told), ("Signed with the key", signer), ("On", str(issued_on)))
    if told != signer:
        raise Failed("wrong_issuer", "The record names another issuer than the key that signed it.", inputs)
    known = case.entries = case.trust.of_key(signer)
    if not known:
        raise Failed("wrong_issuer", "The key that signed is not in the list of trusted issuers.", inputs)
    case.issuers = tuple(one for one in known if one.is_valid_on(issued_on))
    inputs += (("In the trust file", known[0].name),)
    if not case.issuers:
        raise Failed("wrong_issuer", f"{known[0].name} was not trusted on the day of the record.", inputs)
    return Passed(f"{case.issuers[0].name} signed it.", inputs)


def batch(case: Case) -> Passed:
    receipt = _receipt(case)
    inputs = (
        ("Place in the batch", f"{receipt.index + 1} of {receipt.size}"),
        ("Hashes on the way", str(len(receipt.proof))),
        ("Root in the receipt", hash_text(receipt.root)),
    )
    try:
        reached = merkle.root_from(receipt.digest, receipt.index, receipt.size, receipt.proof)
    except ValueError as error:
        raise Failed("content_changed", f"The receipt does not fit together: {error}.", inputs) from None
    inputs += (("Root that was reached", hash_text(reached)),)
    if reached != receipt.root:
        raise Failed("content_changed", "The record and its receipt do not lead to the root of the batch.", inputs)
    return Passed("The record and its receipt lead to the root of the batch.", inputs)


def ledger(case: Case) -> Passed:
    receipt, trust = _receipt(case), case.trust
    inputs = (
        ("Trusted chain and contract", f"{trust.chain_id}, {trust.contract}"),
        ("In the receipt", f"{receipt.chain_id}, {receipt.contract}"),
    )
    if (receipt.chain_id, receipt.contract) != (trust.chain_id, trust.contract):
        raise Failed("not_on_ledger", "The receipt names another ledger than the one that is trusted.", inputs)
    if case.answers is None:
        if receipt.tx_hash is None:
            raise Failed("pending", "The batch waits to be sent to the ledger.", inputs)
        why = case.unreachable or "the ledger was not asked"
        raise Failed("ledger_unreachable", f"It could not be looked up: {why}.", inputs)
    inputs += (("The node serves chain", str(case.answers.chain_id)),)
    if case.answers.chain_id != trust.chain_id:
        said = f"It could not be looked up: the node serves chain {case.answers.chain_id}."
        raise Failed("ledger_unreachable", said, inputs)
    head = f"{case.answers.head_number} of {case.answers.head_at:%Y-%m-%d %H:%M} UTC"
    return Passed("The node serves the trusted chain.", (*inputs, ("Newest block", head)))


def anchor(case: Case) -> Passed:
    receipt, answers = _receipt(case), _answers(case)
    found = answers.events.get(hash_text(receipt.root), ())
    inputs = (("Root of the batch", hash_text(receipt.root)), ("Anchors found on the ledger", str(len(found))))
    if not found:
        _not_found(receipt, answers, inputs)
    addresses = {one.address for one in case.entries}
    case.event = next((event for event in found if event.issuer_address in addresses), found[0])
    event, block = case.event, answers.blocks.get(case.event.block_number)
    inputs += (
        ("Transaction", event.tx_hash),
        ("Block of the anchor", f"{event.block_number}, {event.block_hash}"),
        ("Block at this height", block.hash if block else "none"),
        ("Records in the batch", f"{event.count} on the ledger, {receipt.size} in the receipt"),
    )
    if event.contract != case.trust.contract or event.root != hash_text(receipt.root):
        raise Failed("not_on_ledger", "The node answered with an anchor of something else.", inputs)
    if block is None or block.hash != event.block_hash:
        raise Failed("removed_by_reorganisation", "The block of the anchor is not part of the chain any more.", inputs)
    case.block = block
    if event.count != receipt.size:
        raise Failed("content_changed", "The receipt tells of another number of records than the ledger.", inputs)
    if answers.statuses.get(event.tx_hash, 1) != 1:
        raise Failed("not_on_ledger", "The transaction of the anchor failed.", inputs)
    if receipt.block_hash and receipt.block_hash != event.block_hash:
        case.notes.append(f"The ledger holds the batch in block {event.block_number}, not in the one of the receipt.")
    return Passed(f"The ledger has held it since {block.at:%Y-%m-%d %H:%M} UTC.", inputs)


def account(case: Case) -> Passed:
    event, block = case.event, case.block
    inputs = (("Anchored by the account", event.issuer_address), ("On", f"{block.at:%Y-%m-%d}"))
    inputs += tuple((f"Account of {one.name}", one.address) for one in case.entries)
    own = [one for one in case.entries if one.address == event.issuer_address]
    if not own:
        raise Failed("wrong_issuer", "The batch was anchored by an account that is not the signer's.", inputs)
    if not any(one.is_valid_on(block.at.date()) for one in own):
        raise Failed("wrong_issuer", f"{own[0].name} was not trusted on the day of the anchor.", inputs)
    return Passed(f"{own[0].name} anchored it.", inputs)


def confirmations(case: Case) -> Passed:
    answers, wanted = _answers(case), case.trust.confirmations
    # The block itself does not count: 0 means that it is the newest one.
    on_top = answers.head_number - case.event.block_number
    inputs = (("Blocks on top", str(on_top)), ("Blocks asked for", str(wanted)))
    if on_top < wanted:
        raise Failed("pending", f"Only {on_top} of {wanted} blocks lie on top of the anchor so far.", inputs)
    return Passed(f"{on_top} blocks lie on top of the anchor.", inputs)


def _not_found(receipt: Receipt, answers: ChainAnswers, inputs: Inputs) -> None:
    """Why the ledger holds no anchor of the batch; always raises."""
    if receipt.tx_hash is None:
        raise Failed("pending", "The batch waits to be sent to the ledger.", inputs)
    inputs += (("Transaction", receipt.tx_hash),)
    if receipt.tx_hash in answers.waiting:
        raise Failed("pending", "The transaction waits to be taken into a block.", inputs)
    if answers.statuses.get(receipt.tx_hash) == 0:
        raise Failed("not_on_ledger", "The transaction failed, so the batch was not anchored.", inputs)
    if receipt.block_number is not None:
        if receipt.block_number > answers.head_number:
            said = f"It could not be looked up: the node knows blocks up to {answers.head_number} only."
            raise Failed("ledger_unreachable", said, inputs)
        block = answers.blocks.get(receipt.block_number)
        inputs += (("Block of the receipt", f"{receipt.block_number}, {receipt.block_hash}"),)
        inputs += (("Block at this height", block.hash if block else "none"),)
        if block is not None and block.hash != receipt.block_hash:
            said = "The block that the receipt names is not part of the chain, and no other block holds the batch."
            raise Failed("removed_by_reorganisation", said, inputs)
    raise Failed("not_on_ledger", "The ledger holds no anchor of this batch.", inputs)


def _receipt(case: Case) -> Receipt:
    assert case.receipt is not None, "the step `fingerprint` comes first"
    return case.receipt


def _answers(case: Case) -> ChainAnswers:
    assert case.answers is not None, "the step `ledger` comes first"
    return case.answers
