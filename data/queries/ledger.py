"""Questions about the ledger: which assessments have a signed record, and what the last look at the ledger found.

Nothing is believed that was stored as "verified" alone: what the store holds of an assessment now is compared with what
was signed each time a data version is asked, and a ledger that did not answer since makes no outcome.
"""

from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from data.access import Viewer
from data.engine import View
from data.journal import SUCCEEDED
from data.queries import network
from data.queries.assessments import GREEN_LIST, visible_assessments, visible_ratings
from data.queries.ledger_held import (
    DIFFERENCES,
    FACTS,
    RATED_KEY,
    STAFF,
    differences,
    differing_facts,
    differing_ratings,
    held_assessments,
)
from data.queries.shared import seen_by, sharing

ANCHORED = (
    "assessment_id", "source", "issuer_key", "issued_at", "valid_until", "digest", "root", "tx_hash", "block_number",
)  # fmt: skip
CHECKED = ("outcome", "failed_step", "reason", "notes", "issuer", "anchored_at")
MOMENTS = ("issued_at", "valid_until", "anchored_at", "reached_at")
LEDGER = (
    "ledger_id", "chain_id", "chain_name", "contract", "confirmations", "explorer", "issuers", "head_block", "head_at",
    "reached_at", "problem", "source",
)  # fmt: skip
CHANGED, UNREACHABLE, PENDING = "content_changed", "ledger_unreachable", "pending"
# Steps that need no ledger: what they found stands while it does not answer.
OFFLINE_STEPS = ("record", "fingerprint", "signature", "issuer", "batch", "ledger")
GONE = "The assessment was signed, and no source sends it any more."


def ledgers(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """One row per ledger with the last look at it; `problem` tells why it did not answer, and is empty when it did.

    A ledger is public, so everyone may know which one counts. A source that could not be read at all since is told as a
    ledger that did not answer.
    """
    t = view.table("ledgers")
    frame = view.run(t.filter(t.source.isin(list(sharing(view)))).select(*LEDGER))
    runs = view.table("runs")
    newest = ibis.window(group_by=runs.source, order_by=runs.started_at.desc())
    runs = runs.mutate(rank=ibis.row_number().over(newest))
    last = view.run(runs.filter(runs.rank == 0).select("source", "outcome"))
    failed = frame["source"].isin(last.loc[~last["outcome"].isin(SUCCEEDED), "source"])
    frame["problem"] = frame["problem"].mask(failed, "its source could not be read at the last pull")
    frame["problem"] = frame["problem"].where(frame["problem"].notna(), None)
    return frame.sort_values(["source", "ledger_id"], ignore_index=True)


def anchors(view: View, viewer: Viewer, today: date, only: str | None = None) -> pd.DataFrame:
    """One row per signed assessment that the viewer may know of, or the one of `only`, with the outcome of its check.

    `outcome` is one of `data.schema.ANCHOR_OUTCOMES`; where the ledger did not answer, `last_outcome` is what was
    found when it did, at `reached_at`. `is_open` tells whether the viewer may have the record itself.
    """
    seen = _seen_anchors(view, viewer, today)
    frame = _checked(view, seen.filter(seen.assessment_id == only) if only else seen)
    known = view.run(visible_assessments(view, viewer, today, summary=True).select("assessment_id", "supersedes"))
    held = held_assessments(view)
    sees_all = _sees_all(viewer, frame["site_id"])
    # Who may know of an assessment that is gone cannot be told any more, so only those who see all of the site do.
    is_gone = ~frame["assessment_id"].isin(held) & sees_all
    frame = frame[frame["assessment_id"].isin(known["assessment_id"]) | is_gone].copy()
    facts, ratings = differing_facts(view, today, only), differing_ratings(view, today, only)
    frame["entries_differ"] = [facts.get(one, 0) + ratings.get(one, 0) for one in frame["assessment_id"]]
    replaced = known.dropna(subset="supersedes").drop_duplicates("supersedes").set_index("supersedes")["assessment_id"]
    frame["superseded_by"] = frame["assessment_id"].map(replaced)
    frame["supersedes"] = frame["supersedes"].where(frame["supersedes"].isin(known["assessment_id"]))
    frame["is_open"] = frame["assessment_id"].isin(_open(view, viewer, today, only))
    frame = _judged(frame, held)
    names = view.run(network.placed_sites(view).select("site_id", "site_name")).drop_duplicates("site_id")
    frame = frame.merge(names, on="site_id", how="left")
    frame["site_name"] = frame["site_name"].fillna(frame["site_id"])
    return frame.sort_values(["site_id", "assessed_on", "assessment_id"], ignore_index=True)


def anchor(view: View, viewer: Viewer, assessment_id: str, today: date) -> dict[str, Any] | None:
    """One row of `anchors`, and for who may see every rating in the record: the record, its receipt, the differences.

    `credential` and `receipt` are JSON texts, or None; `differences` has a row per rating or field that the store holds
    otherwise than it was signed: `indicator_id`, `role`, `field`, `signed`, `held`. None where there is no such record.
    """
    found = anchors(view, viewer, today, assessment_id)
    if found.empty:
        return None
    row = found.iloc[0].to_dict()
    told = {"credential": None, "receipt": None, "differences": pd.DataFrame(columns=list(DIFFERENCES), dtype=object)}
    if row["is_open"]:
        t = view.table("anchors")
        t = t.filter(t.assessment_id == assessment_id, t.source == row["source"])
        texts = view.run(t.select("credential", "receipt")).astype(object)
        told |= texts.where(texts.notna(), None).iloc[0].to_dict()
        told["differences"] = differences(view, assessment_id, today)
    return {**row, **told}


def _seen_anchors(view: View, viewer: Viewer, today: date) -> ir.Table:
    """The records whose own sources let this viewer know of them; the first source of an assessment's record counts."""
    t = view.table("anchors")
    t = t.filter(t.source.isin(list(sharing(view))))
    first = ibis.window(group_by=t.assessment_id, order_by=t.source)
    t = t.mutate(rank=ibis.row_number().over(first), day=t.assessed_on).filter(ibis._.rank == 0)
    return seen_by(viewer, t, sharing(view), today, summary=True)


def _checked(view: View, seen: ir.Table) -> pd.DataFrame:
    """The records with what the last check of just this record found, and when their ledger answered last."""
    checks = view.table("anchor_checks").select("assessment_id", "source", "digest", *CHECKED)
    t = seen.select(*ANCHORED, *FACTS).left_join(checks, ["assessment_id", "source", "digest"])
    frame = view.run(t.select(*ANCHORED, *FACTS, *CHECKED))
    known = ledgers(view, STAFF, date.max).drop_duplicates("source")
    told = ["chain_id", "chain_name", "contract", "explorer", "reached_at", "problem"]
    frame = frame.merge(known[["source", *told]], on="source", how="left")
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in MOMENTS})


def _judged(frame: pd.DataFrame, held: set[str]) -> pd.DataFrame:
    """The outcome of each record from its last check, from whether its ledger answers, and from what is held now."""
    found, is_gone = frame["outcome"], ~frame["assessment_id"].isin(held)
    is_settled = frame["failed_step"].isin(OFFLINE_STEPS) | (found.eq(PENDING) & frame["tx_hash"].isna())
    is_silent = found.isna() | (frame["problem"].notna() & ~is_settled)
    frame["last_outcome"] = found.where(is_silent)
    differ = frame["entries_differ"]
    is_changed = (differ.gt(0) | is_gone) & ~found.isin([CHANGED, "wrong_issuer"])
    frame["outcome"] = found.mask(is_silent, UNREACHABLE).mask(is_changed, CHANGED)
    why = "The ledger did not answer: " + frame["problem"].fillna("it was not asked yet") + "."
    told = differ.map(_in_words).mask(is_gone, GONE)
    frame["reason"] = frame["reason"].mask(is_silent, why).mask(is_changed, told)
    frame["failed_step"] = frame["failed_step"].mask(is_silent, None).mask(is_changed, "held")
    return frame


def _in_words(differ: int) -> str:
    what = "1 entry differs" if differ == 1 else f"{differ} entries differ"
    return f"What this dashboard holds is not what was signed: {what}."


def _open(view: View, viewer: Viewer, today: date, only: str | None) -> set[str]:
    """The assessments whose record this viewer may have: who may know all that it tells.

    A rating that changed since and may not be seen hides the signed one too: it would be told as if it still stood. So
    does the name of an assessment that was replaced and that they may not know of.
    """
    t = view.table("anchors")
    t = seen_by(viewer, t.mutate(day=t.assessed_on), sharing(view), today)
    t = t.filter(t.assessment_id == only) if only else t
    rows = view.run(t.select("assessment_id", "site_id", "tool", "supersedes").distinct())
    sees_all = _sees_all(viewer, rows["site_id"])
    if sees_all.all():
        return set(rows["assessment_id"])
    known = _identifiers(view, visible_assessments(view, viewer, today, summary=False))
    named = _identifiers(view, visible_assessments(view, viewer, today, summary=True))
    signed, seen = view.table("anchored_ratings").select(*RATED_KEY).distinct(), visible_ratings(view, viewer, today)
    if only:
        signed, seen = (t.filter(t.assessment_id == only) for t in (signed, seen))
    hidden = _identifiers(view, signed.anti_join(seen, list(RATED_KEY)).distinct())
    is_told = rows["tool"].eq(GREEN_LIST) & rows["assessment_id"].isin(known) & ~rows["assessment_id"].isin(hidden)
    is_told &= rows["supersedes"].isna() | rows["supersedes"].isin(named)
    return set(rows.loc[sees_all | is_told, "assessment_id"])


def _identifiers(view: View, assessments: ir.Table) -> set[str]:
    return set(view.run(assessments.select("assessment_id"))["assessment_id"])


def _sees_all(viewer: Viewer, site_ids: pd.Series) -> pd.Series:
    # Compared, because a map over no rows has no kind.
    return site_ids.map(viewer.sees_all_of).eq(True)
