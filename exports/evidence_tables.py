"""The tables of an evidence pack: ratings, criteria, evidence and figures of one assessment."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from data.standards import Standard
from data.standards.evidence import EvidenceLink
from exports.csv_cells import one_line
from metrics.readiness import ROLES, indicator_order
from metrics.result import Result

ROLE_WORDS = {"self": "The site itself", "expert_group": "Expert group", "reviewer": "Reviewer"}
STATE_WORDS = {"met": "Met", "not_met": "Not met", "unknown": "Not known"}
RATING_WORDS = {"met": "Met", "partly": "Partly met", "not_met": "Not met", "not_applicable": "Does not apply"}
NOT_RATED = "Not rated"
COMPARISON_WORDS = {"at_least": "at least", "at_most": "at most"}
SHA256 = re.compile(r"[0-9a-f]{64}")

RATINGS = [
    "indicator_id", "criterion", "indicator", "role", "rating", "rating_in_words", "rated_on", "note", "evidence",
    "evidence_sha256", "evidence_on", "source",
]  # fmt: skip
CRITERIA = [
    "criterion", "title", "component", "role", "state", "state_in_words", "met", "applicable", "rated", "unknown",
    "next_blocker", "oldest_evidence_on",
]  # fmt: skip
EVIDENCE = ["evidence", "evidence_sha256", "remark", "evidence_on", "indicators", "roles"]
FIGURES = [
    "criterion", "indicator_id", "about", *(f"found_by_{role}" for role in ROLES), "figure", "value", "unit", "n",
    "counted", "interval_95_low", "interval_95_high", "machine_share", "newest", "comparison", "threshold",
    "threshold_unit", "fresh_days", "verdict", "verdict_in_words", "reason", "why_missing",
]  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """A monitoring figure beside a rating: the link, the figure, what it says today, and how it is computed (`how`)."""

    link: EvidenceLink
    result: Result
    verdict: str
    how: str


def roles_in(frame: pd.DataFrame) -> list[str]:
    """The roles that the frame has rows of, in their order."""
    return [role for role in ROLES if frame["role"].eq(role).any()]


def ratings_table(ratings: pd.DataFrame, standard: Standard) -> pd.DataFrame:
    """A row per role that rated and indicator, also where the role has not rated an indicator that is known."""
    given = {(row["role"], row["indicator_id"]): row for row in ratings.to_dict("records")}
    criteria = {one: indicator.criterion for one, indicator in standard.indicators.items()}
    criteria |= dict(zip(ratings["indicator_id"], ratings["criterion"], strict=True))
    rows = [
        _rating(given.get((role, one), {}), one, criteria[one], role, standard)
        for one in sorted(criteria, key=indicator_order)
        for role in roles_in(ratings)
    ]
    return pd.DataFrame(rows, columns=RATINGS, dtype="object")


def criteria_table(states: pd.DataFrame, standard: Standard) -> pd.DataFrame:
    """A row per criterion and role, with the state as that role sees it."""
    order = {role: place for place, role in enumerate(ROLES)}
    rows = [
        {
            **row,
            "title": standard.criteria[row["criterion"]].title,
            "component": standard.criteria[row["criterion"]].component,
            "state_in_words": STATE_WORDS[row["state"]],
            "oldest_evidence_on": day(row["oldest_evidence_on"]),
        }
        for row in states.to_dict("records")
    ]
    rows.sort(key=lambda row: (indicator_order(row["criterion"]), order[row["role"]]))
    return pd.DataFrame(rows, columns=CRITERIA, dtype="object")


def evidence_table(ratings: pd.DataFrame) -> pd.DataFrame:
    """Each piece of evidence once, that is each title or address with each hash, and the indicators that use it."""
    uses: dict[tuple[str, str], list[dict]] = {}
    for row in ratings.to_dict("records"):
        piece = (text(row["evidence"]).strip(), text(row["evidence_sha256"]).strip().lower())
        if any(piece):
            uses.setdefault(piece, []).append(row)
    hashes: dict[str, set[str]] = {}
    for title, sha256 in uses:
        hashes.setdefault(title, set()).add(sha256)
    rows = [
        {
            "evidence": title,
            "evidence_sha256": sha256,
            "remark": _remark(title, sha256, hashes[title]),
            "evidence_on": "; ".join(sorted({day(use["evidence_on"]) for use in used} - {""})),
            "indicators": "; ".join(sorted({use["indicator_id"] for use in used}, key=indicator_order)),
            "roles": "; ".join(role for role in ROLES if any(use["role"] == role for use in used)),
        }
        for (title, sha256), used in sorted(uses.items())
    ]
    return pd.DataFrame(rows, columns=EVIDENCE, dtype="object")


def figures_table(
    evidence: Sequence[Judged], ratings: pd.DataFrame, states: pd.DataFrame, standard: Standard
) -> pd.DataFrame:
    """A row per monitoring figure, beside what each role found of the indicator or criterion that it speaks for."""
    rated = {(row["role"], row["indicator_id"]): row["rating"] for row in ratings.to_dict("records")}
    found = {(row["role"], row["criterion"]): row["state"] for row in states.to_dict("records")}
    rows = []
    for one in evidence:
        link = one.link
        for_indicator = bool(link.indicator_id)
        beside = {
            f"found_by_{role}": rating_in_words(rated.get((role, link.indicator_id)))
            if for_indicator
            else STATE_WORDS[found.get((role, link.criterion), "unknown")]
            for role in ROLES
        }
        about = (
            indicator_text(standard, link.indicator_id) if for_indicator else standard.criteria[link.criterion].title
        )
        rows.append({"about": about, **beside, **_figure(one)})
    return pd.DataFrame(rows, columns=FIGURES, dtype="object")


def verdict_in_words(judged: Judged) -> str:
    """What the figure says of the rating, as a sentence."""
    link = judged.link
    return {
        "supports": f"Supports the rating. {link.supports}",
        "questions": f"Questions the rating. {link.questions}",
        "unclear": "Says neither: the 95 % interval has the threshold inside.",
        "stale": f"Says nothing: the newest data are older than {link.fresh_days} days, or of no known day.",
        "missing": "Says nothing: there is no figure.",
    }[judged.verdict]


def number_in_words(judged: Judged) -> str:
    """The figure in short with its sample, or why there is none."""
    result = judged.result
    if result.value is None:
        return f"no figure ({one_line(result.missing)})"
    newest = f", newest {day(result.newest)}" if result.newest else ""
    return f"{result.value:.4g} {result.unit} ({result.n:,} {result.of}{newest})"


def mark_in_words(judged: Judged, standard: Standard) -> str:
    """What the figure stands beside, from what value on it supports the rating, and why."""
    link = judged.link
    about = f"criterion {link.criterion} ({standard.criteria[link.criterion].title})"
    if link.indicator_id:
        about = f"indicator {link.indicator_id} ({indicator_text(standard, link.indicator_id)})"
    mark = f"{COMPARISON_WORDS[link.comparison]} {link.threshold:g} {link.unit}"
    return f"Beside {about}: {mark}, with data of at most {link.fresh_days} days. {link.reason}"


def rating_in_words(rating: object) -> str:
    """A rating in words; "Not rated" where there is none."""
    return RATING_WORDS.get(text(rating), NOT_RATED)


def indicator_text(standard: Standard, indicator_id: str) -> str:
    """What an indicator asks for in our short words, or why nothing can be said."""
    if indicator_id in standard.left_out:
        return f"Left out in this jurisdiction: {standard.left_out[indicator_id]}"
    known = standard.indicators.get(indicator_id)
    return known.text if known else "Known by its number only"


def text(value: object) -> str:
    """The value as text; empty for what is missing."""
    return "" if pd.isna(value) else str(value)


def day(value: date | datetime | None) -> str:
    """A day or a moment as YYYY-MM-DD; empty for what is missing."""
    return "" if pd.isna(value) else f"{value:%Y-%m-%d}"


def _rating(row: dict, indicator_id: str, criterion: str, role: str, standard: Standard) -> dict[str, str]:
    words = {name: text(row.get(name)) for name in ("rating", "note", "evidence", "evidence_sha256", "source")}
    return {
        **words,
        "indicator_id": indicator_id,
        "criterion": text(criterion),
        "indicator": indicator_text(standard, indicator_id),
        "role": role,
        "rating_in_words": rating_in_words(row.get("rating")),
        "rated_on": day(row.get("rated_on")),
        "evidence_on": day(row.get("evidence_on")),
    }


def _figure(judged: Judged) -> dict[str, object]:
    link, result = judged.link, judged.result
    low, high = result.interval or (None, None)
    return {
        "criterion": link.criterion,
        "indicator_id": link.indicator_id,
        "figure": link.figure,
        "value": result.value,
        "unit": result.unit,
        "n": result.n,
        "counted": result.of,
        "interval_95_low": low,
        "interval_95_high": high,
        "machine_share": result.machine_share,
        "newest": day(result.newest),
        "comparison": COMPARISON_WORDS[link.comparison],
        "threshold": link.threshold,
        "threshold_unit": link.unit,
        "fresh_days": link.fresh_days,
        "verdict": judged.verdict,
        "verdict_in_words": verdict_in_words(judged),
        "reason": link.reason,
        "why_missing": result.missing,
    }


def _remark(title: str, sha256: str, hashes: set[str]) -> str:
    """What a reader must know of the hash of a piece of evidence before comparing it."""
    remarks = []
    if not title:
        remarks.append("no title or address given")
    if not sha256:
        remarks.append("no hash given")
    elif not SHA256.fullmatch(sha256):
        remarks.append("not a SHA-256, which has 64 hexadecimal digits")
    if title and len(hashes) > 1:
        remarks.append("stands in another row with another hash or without one")
    return "; ".join(remarks)
