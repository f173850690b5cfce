"""What the verifier of proof bundles says: for a person at a terminal, and for a program."""

import textwrap
from datetime import datetime
from typing import Any

from ledger.check import Check
from ledger.steps import Step
from ledger.values import one_line

WIDTH = 100
LABEL_WIDTH = 28
STATES = {"passed": "passed", "failed": "FAILED", "not_done": "not done"}
HEADLINES = {
    "verified": "VERIFIED",
    "content_changed": "NOT VERIFIED: the content was changed",
    "not_on_ledger": "NOT VERIFIED: not on the ledger",
    "wrong_issuer": "NOT VERIFIED: from the wrong issuer",
    "removed_by_reorganisation": "NOT VERIFIED: the anchor was removed by a reorganisation of the chain",
    "pending": "NOT DECIDED YET: the anchor is pending",
    "ledger_unreachable": "NOT DECIDED: the ledger was not reached",
}
OF_BUNDLE = (
    "Whom to trust was read from the bundle itself. Compare its trust.toml with what the issuers publish elsewhere, "
    "or name your own file with --trust."
)


def as_text(found: Check, is_trust_of_bundle: bool, asked_at: datetime | None) -> str:
    """The result as a page of text: each step with what was compared, then the outcome."""
    stops_at = next((number for number, step in enumerate(found.steps) if step.state != "passed"), None)
    blocks = [_step(number, step, is_stop=number - 1 == stops_at) for number, step in enumerate(found.steps, start=1)]
    end = [HEADLINES[found.outcome], _wrapped(found.reason)]
    if found.issuer:
        end.append(_wrapped(f"Issuer: {found.issuer}"))
    if asked_at:
        end.append(_wrapped(f"The ledger was asked on {asked_at:%Y-%m-%d %H:%M:%S} UTC."))
    end += [_wrapped(f"Note: {note}") for note in _notes(found, is_trust_of_bundle)]
    return "\n\n".join([*blocks, "\n".join(end)])


def as_json(found: Check, is_trust_of_bundle: bool, asked_at: datetime | None) -> dict[str, Any]:
    """The result for programs; docs/verifying.md tells its names."""
    return {
        "verified": found.outcome == "verified",
        "outcome": found.outcome,
        "reason": found.reason,
        "failed_step": found.failed_step,
        "steps": [
            {
                "name": step.name,
                "question": step.question,
                "state": step.state,
                "said": step.said,
                "inputs": [{"label": label, "value": value} for label, value in step.inputs],
            }
            for step in found.steps
        ],
        "notes": _notes(found, is_trust_of_bundle),
        "issuer": found.issuer,
        "anchored_at": found.anchored_at.isoformat() if found.anchored_at else None,
        "asked_at": asked_at.isoformat() if asked_at else None,
        "trust_from": "bundle" if is_trust_of_bundle else "file",
    }


def problem(reason: str) -> str:
    """Why nothing could be checked."""
    return _wrapped(f"NOT CHECKED: {reason}")


def _notes(found: Check, is_trust_of_bundle: bool) -> list[str]:
    return [*found.notes, *([OF_BUNDLE] if is_trust_of_bundle else [])]


def _step(number: int, step: Step, is_stop: bool) -> str:
    mark = f"[{STATES[step.state]}]" + (" <== the check stops here" if is_stop else "")
    lines = [f"{number}. {step.question}  {mark}"]
    # Values stay on a line of their own, so that two that should be the same stand below each other.
    lines += [f"     {label:<{LABEL_WIDTH}} {one_line(value)}" for label, value in step.inputs]
    return "\n".join([*lines, _wrapped(step.said, "   ")])


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(
        one_line(text), WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
