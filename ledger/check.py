"""Checks one record step by step: is it what was signed, by whom, and does it stand on the ledger?

Nothing here believes a stored result. The steps and what each outcome means are told in docs/verifying.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ledger import credential as records
from ledger import steps
from ledger.chain import ChainAnswers, Event
from ledger.receipt import Receipt
from ledger.steps import Case, Failed, Passed, Step
from ledger.trust import Trust

OUTCOMES = (
    "verified",
    "content_changed",
    "not_on_ledger",
    "wrong_issuer",
    "removed_by_reorganisation",
    "pending",
    "ledger_unreachable",
)
# They say nothing against a record: it waits, or nobody could look.
UNDECIDED = ("pending", "ledger_unreachable")


@dataclass(frozen=True)
class Check:
    """What a check found: one of `OUTCOMES`, every step, why in a sentence, and what else is to be said."""

    outcome: str
    steps: tuple[Step, ...]
    reason: str
    notes: tuple[str, ...] = ()
    issuer: str | None = None
    anchored_at: datetime | None = None
    event: Event | None = None

    @property
    def failed_step(self) -> str | None:
        """The name of the first step that failed; None when none did."""
        return next((step.name for step in self.steps if step.state == "failed"), None)


# In this order, because each step relies on those before it.
STEPS: tuple[tuple[str, str, Callable[[Case], Passed]], ...] = (
    ("record", "Can the record be read as an assessment?", steps.record),
    ("fingerprint", "Is this the record that the receipt was made for?", steps.fingerprint),
    ("signature", "Has nobody changed the record since it was signed?", steps.signature),
    ("issuer", "Did somebody sign whom we trust?", steps.issuer),
    ("batch", "Does the record belong to the batch that was anchored?", steps.batch),
    ("ledger", "Did the right ledger answer?", steps.ledger),
    ("anchor", "Does the ledger hold this batch?", steps.anchor),
    ("account", "Did an account of the signer anchor it?", steps.account),
    ("confirmations", "Do enough blocks lie on top of it?", steps.confirmations),
)


def check(
    credential: Mapping[str, Any],
    receipt: Receipt | None,
    trust: Trust,
    answers: ChainAnswers | None,
    today: date,
    unreachable: str = "",
) -> Check:
    """Check a record and its receipt against a trust file and what a node of the ledger answered.

    Without `answers` the ledger was not asked, or did not answer for the reason `unreachable`; what the record itself
    shows to be wrong is told even then.
    """
    return check_case(Case(credential, receipt, trust, answers, unreachable), today)


def check_case(case: Case, today: date) -> Check:
    """The same for somebody who needs more of the record than the check, so that nothing is computed twice."""
    done: list[Step] = []
    failure: Failed | None = None
    for name, question, look in STEPS:
        if failure:
            done.append(Step(name, question, (), "not_done", "An earlier step stopped the check."))
            continue
        try:
            found = look(case)
            done.append(Step(name, question, found.inputs, "passed", found.said))
        except Failed as failed:
            failure = failed
            state = "not_done" if failed.outcome in UNDECIDED else "failed"
            done.append(Step(name, question, failed.inputs, state, failed.said))
    return Check(
        outcome=failure.outcome if failure else "verified",
        steps=tuple(done),
        reason=failure.said if failure else "The record is what was signed, and the ledger holds its fingerprint.",
        notes=tuple([*case.notes, *_age(case.credential, today)]),
        issuer=case.issuers[0].name if case.issuers else None,
        anchored_at=case.block.at if case.block else None,
        event=case.event,
    )


def _age(credential: Mapping[str, Any], today: date) -> list[str]:
    """A record that has ended was still made as it says; whether it counts today is another question."""
    try:
        ends = records.valid_until(credential)
    except records.WrongCredential:
        return []
    return [f"The record was valid until {ends:%Y-%m-%d}."] if ends and ends.date() < today else []
