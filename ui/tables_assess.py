"""The tables of the page Assess: the indicators of a criterion by role, their evidence, and what changed."""

import pandas as pd

from ui import green_list_words as words
from ui import tables
from ui.assess import Assessment
from ui.text import DASH

STATE_WORDS = {
    "supports": "Supports",
    "questions": "Questions",
    "unclear": "Does not decide",
    "stale": "Too old",
    "missing": "No figure",
}


def indicators(found: Assessment, criterion: str) -> None:
    """The indicators of one criterion with what each role says of them."""
    rows = found.of_criterion(criterion)
    shown = pd.DataFrame(
        {
            "number": [words.short(one) for one in rows["indicator_id"]],
            "text": rows["text"].tolist(),
            **{role: [words.rating(one) for one in rows[role]] for role in found.roles},
            "differs": ["≠ Roles disagree" if one else "" for one in rows["is_disagreed"]],
        }
    )
    headings = {"number": "No.", "text": "Indicator, in short"}
    headings |= {role: words.ROLE_WORDS[role] for role in found.roles} | {"differs": "Agreement"}
    tables.plain_table(shown, headings, f"Table of the indicators of criterion {criterion} by role")


def evidence(found: Assessment, criterion: str) -> None:
    """What the roles wrote and named as evidence for the indicators of one criterion, one row each."""
    rows = found.ratings[found.ratings["criterion"].eq(criterion)]
    rows = rows[rows[["note", "evidence", "evidence_on"]].notna().any(axis=1)]
    shown = pd.DataFrame(
        {
            "number": [words.short(one) for one in rows["indicator_id"]],
            "role": [words.ROLE_WORDS[one] for one in rows["role"]],
            "note": rows["note"].tolist(),
            "evidence": rows["evidence"].tolist(),
            "dated": pd.to_datetime(rows["evidence_on"]).dt.date.tolist(),
            "sha256": [DASH if pd.isna(one) else f"{one[:12]}…" for one in rows["evidence_sha256"]],
        }
    )
    headings = {"number": "No.", "role": "Role", "note": "Comment", "evidence": "Evidence", "dated": "Dated"}
    headings |= {"sha256": "SHA-256"}
    tables.plain_table(shown, headings, f"Table of comments and evidence for criterion {criterion}")


def has_evidence(found: Assessment, criterion: str) -> bool:
    """Whether anybody wrote or named anything for this criterion that the viewer may read."""
    rows = found.ratings[found.ratings["criterion"].eq(criterion)]
    return bool(rows[["note", "evidence", "evidence_on"]].notna().any(axis=None))


def other_tools(rows: pd.DataFrame) -> None:
    """Assessments by other tools: which, and of what year."""
    headings = {
        "method": "Method",
        "standard_version": "Version",
        "assessed_year": "Year",
        "assessment_id": "Identifier",
    }
    tables.plain_table(rows, headings, "Table of assessments of this site by other tools")


def differences(rows: pd.DataFrame) -> None:
    """Ratings that differ between two versions."""
    shown = rows.assign(
        number=[words.short(one) for one in rows["indicator_id"]],
        who=[words.ROLE_WORDS[one] for one in rows["role"]],
        was=[words.rating(one) for one in rows["before"]],
        now=[words.rating(one) for one in rows["after"]],
    )
    headings = {"number": "Indicator", "criterion": "Criterion", "who": "Role", "was": "Before", "now": "Now"}
    tables.plain_table(shown, headings, "Table of ratings that differ between the two versions")
