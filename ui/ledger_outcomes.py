"""What the page Ledger says: every anchored assessment with what its last check found, and one of them in full."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from ledger.canonical import parse
from ledger.check import UNDECIDED, Check
from ledger.receipt import Receipt, read_receipt
from ledger.steps import Step
from ledger.trust import Issuer
from ui import ledger_words as words
from ui.text import count, day, is_missing, number

# Nobody but the issuer of the record can mend these.
NOT_BACKED = ("wrong_issuer", "removed_by_reorganisation", "not_on_ledger")
HELD = "Does this dashboard show what was signed?"


@dataclass(frozen=True)
class Ledger:
    """Every anchored assessment, problems first, and the ledgers that they are anchored on."""

    anchors: pd.DataFrame
    ledgers: pd.DataFrame

    @property
    def counts(self) -> dict[str, int]:
        """Assessments by outcome, problems first."""
        counts = self.anchors["outcome"].value_counts()
        return {one: int(counts.get(one, 0)) for one in words.OUTCOMES}

    def has(self, assessment_id: str) -> bool:
        return bool(self.anchors["assessment_id"].eq(assessment_id).any())

    @property
    def silent(self) -> pd.DataFrame:
        """The ledgers that did not answer at the last pull."""
        return self.ledgers[self.ledgers["problem"].notna()]


@dataclass(frozen=True)
class Record:
    """One anchored assessment: its row of `Ledger.anchors`, its record and receipt, and where the store differs.

    `credential` and `receipt` are None where the viewer may not see every rating of the record.
    """

    facts: Mapping[str, Any]
    credential: Mapping[str, Any] | None
    receipt: Receipt | None
    differences: pd.DataFrame


def compose(anchors: pd.DataFrame, ledgers: pd.DataFrame) -> Ledger:
    """Everything that the page says; takes what `queries.anchors` and `queries.ledgers` give."""
    order = {outcome: place for place, outcome in enumerate(words.OUTCOMES)}
    rows = anchors.assign(rank=anchors["outcome"].map(order))
    rows = rows.sort_values(["rank", "site_name", "assessment_id"], kind="stable", ignore_index=True)
    return Ledger(rows.drop(columns="rank"), ledgers)


def narrowed(anchors: pd.DataFrame, outcomes: tuple[str, ...], search: str) -> pd.DataFrame:
    """The assessments with one of the outcomes whose site, identifier, issuer or reason contains the words."""
    keep = anchors["outcome"].isin(outcomes)
    if search.strip():
        columns = ("site_name", "site_id", "assessment_id", "issuer", "reason")
        first, *others = (anchors[column].fillna("").astype("str") for column in columns)
        keep &= first.str.cat(others, sep=" ").str.contains(search.strip(), case=False, regex=False)
    return anchors[keep].reset_index(drop=True)


def headline(found: Ledger) -> str:
    """How many assessments are verified, and what is the matter with the others, in one sentence."""
    counts, every = found.counts, len(found.anchors)
    verified = counts.pop("verified")
    others = [words.clause(outcome, counted) for outcome, counted in counts.items() if counted]
    if not others and every == 1:
        return "The one assessment is verified on the ledger."
    if not others:
        return f"All {number(every)} assessments are verified on the ledger."
    verb = "is" if verified == 1 else "are"
    told = f"{', '.join(others[:-1])} and {others[-1]}" if len(others) > 1 else others[0]
    return f"{number(verified)} of {count(every, 'assessment')} {verb} verified on the ledger; {told}."


def verified(found: Ledger) -> int:
    """Assessments whose record, receipt and signature fit together and whose fingerprint the ledger held when asked.

    Recomputed at every pull from the records themselves; a stored result is never believed.
    """
    return found.counts["verified"]


def changed(found: Ledger) -> int:
    """Assessments that are not what was signed.

    Either the record does not fit its fingerprint or signature, or the dashboard shows ratings other than those that
    were signed.
    """
    return found.counts["content_changed"]


def not_backed(found: Ledger) -> int:
    """Assessments that the ledger does not back: by a wrong issuer, removed by a reorganisation, or not on it."""
    return sum(found.counts[outcome] for outcome in NOT_BACKED)


def undecided(found: Ledger) -> int:
    """Assessments of which nothing can be said yet: they wait for the ledger, or the ledger did not answer.

    A ledger that cannot be reached says nothing against an assessment.
    """
    return sum(found.counts[outcome] for outcome in UNDECIDED)


def breakdown(found: Ledger, outcomes: tuple[str, ...]) -> str:
    """The counts of some outcomes in words, those that are not zero."""
    counts = found.counts
    told = [f"{words.OUTCOME_WORDS[one]} {number(counts[one])}" for one in outcomes if counts[one]]
    return ", ".join(told) or "None"


def record(found: Mapping[str, Any]) -> Record:
    """One assessment; takes what `queries.anchor` gives."""
    receipt = found["receipt"]
    return Record(
        facts=found,
        credential=None if found["credential"] is None else parse(found["credential"]),
        receipt=None if receipt is None else read_receipt(parse(receipt)),
        differences=found["differences"],
    )


def with_held(check: Check, found: Record) -> Check:
    """The check of a record with one more step, which compares what the dashboard holds with what was signed."""
    if check.outcome == "content_changed":
        step = Step("held", HELD, (), "not_done", "Not looked at, because the record itself is not what was signed.")
        return replace(check, steps=(*check.steps, step))
    if found.facts["failed_step"] != "held":
        step = Step("held", HELD, (), "passed", "Everything that this dashboard shows of it is what was signed.")
        return replace(check, steps=(*check.steps, step))
    said = found.facts["reason"]
    step = Step("held", HELD, (), "failed", said)
    outcome = check.outcome if check.outcome == "wrong_issuer" else "content_changed"
    return replace(check, outcome=outcome, reason=said, steps=(*check.steps, step))


def name_of(row) -> str:
    """How a ledger is called; takes a row of `Ledger.ledgers`."""
    return f"chain {row.chain_id}" if is_missing(row.chain_name) else f"{row.chain_name} (chain {row.chain_id})"


def trusted_time(issuer: Issuer) -> str:
    """From when to when an issuer is trusted."""
    first = day(issuer.valid_from)
    return f"{first} to {day(issuer.valid_to)}" if issuer.valid_to else f"since {first}"
