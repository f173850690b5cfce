"""Compares what was signed of each assessment with what the store holds of it now."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from data.access import Viewer
from data.engine import View
from data.queries.assessments import visible_assessments, visible_ratings
from data.queries.shared import sharing

STAFF = Viewer("staff")
# What is signed of an assessment beside its ratings.
FACTS = (
    "site_id", "tool", "method", "standard_version", "jurisdiction", "phase", "assessed_on", "assessed_year",
    "supersedes",
)  # fmt: skip
RATED_KEY = ("assessment_id", "indicator_id", "role")
RATED = ("rating", "score", "score_max", "rated_on")
DIFFERENCES = ("indicator_id", "role", "field", "signed", "held")


def held_assessments(view: View) -> set[str]:
    """The assessments that some source sends now."""
    t = view.table("assessments")
    t = t.filter(t.source.isin(list(sharing(view))))
    return set(view.run(t.select("assessment_id").distinct())["assessment_id"])


def differing_facts(view: View, today: date, only: str | None = None) -> dict[str, int]:
    """How many fields of each signed assessment, or of one, are held otherwise than they were signed."""
    return {name: len(_unlike(signed, held)) for name, (signed, held) in _facts(view, today, only).items()}


def _facts(view: View, today: date, only: str | None) -> dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """For each signed assessment that is held: its facts as signed, and as held."""
    t = _of(view.table("anchors"), only)
    t = t.filter(t.source.isin(list(sharing(view)))).order_by("assessment_id", "source")
    signed = view.run(t.select("assessment_id", *FACTS)).drop_duplicates("assessment_id").set_index("assessment_id")
    seen = _of(visible_assessments(view, STAFF, today, summary=False), only)
    held = (
        view.run(seen.select("assessment_id", "source", *FACTS))
        .sort_values(["assessment_id", "source"])
        .drop_duplicates("assessment_id")
    )
    held = held.set_index("assessment_id")
    both = signed.index.intersection(held.index)
    ours, theirs = (frame.loc[both, list(FACTS)].to_dict("index") for frame in (signed, held))
    return {name: (ours[name], theirs[name]) for name in both}


def _unlike(signed: Mapping[str, Any], held: Mapping[str, Any]) -> list[str]:
    return [name for name in FACTS if _plain(signed[name]) != _plain(held[name])]


def _plain(value: Any) -> str:
    """A value as text in Unicode's form NFC, as records have it; nothing for what is missing."""
    if value is None or value is pd.NaT or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return unicodedata.normalize("NFC", str(value))


def _of(t: ir.Table, only: str | None) -> ir.Table:
    """The rows of one assessment, or of all."""
    return t.filter(t.assessment_id == only) if only else t


def _compared(view: View, today: date, only: str | None) -> ir.Table:
    """The ratings as signed beside those held now, for all signed assessments; `is_same` tells where both agree."""
    t = _of(view.table("anchored_ratings"), only)
    t = t.filter(t.source.isin(list(sharing(view))))
    first = ibis.window(group_by=t.assessment_id, order_by=t.source)
    t = t.mutate(first=t.source.first().over(first)).filter(ibis._.source == ibis._.first)
    signed = t.select(
        *RATED_KEY,
        signed_rating="rating",
        signed_score=t.score.try_cast("float64"),
        signed_score_max=t.score_max.try_cast("float64"),
        signed_rated_on="rated_on",
    )
    anchored = view.table("anchors").select("assessment_id").distinct()
    held = _of(visible_ratings(view, STAFF, today, tool=None), only).semi_join(anchored, "assessment_id")
    held = held.select(*RATED_KEY, **{f"held_{name}": held[name] for name in RATED})
    both = signed.outer_join(held, list(RATED_KEY))
    keys = {name: ibis.coalesce(both[name], both[f"{name}_right"]) for name in RATED_KEY}
    pairs = [both[f"signed_{name}"].identical_to(both[f"held_{name}"]) for name in RATED]
    is_same = both.assessment_id.notnull() & both.assessment_id_right.notnull() & ibis.and_(*pairs)
    values = [f"{side}_{name}" for side in ("signed", "held") for name in RATED]
    return both.select(**keys, **{name: both[name] for name in values}, is_same=is_same)


def differing_ratings(view: View, today: date, only: str | None = None) -> dict[str, int]:
    """How many ratings of each signed assessment, or of one, are held otherwise, or only held or only signed."""
    t = _compared(view, today, only)
    t = t.filter(~t.is_same).group_by("assessment_id").aggregate(differing=ibis._.count())
    return view.run(t).set_index("assessment_id")["differing"].to_dict()


def differences(view: View, assessment_id: str, today: date) -> pd.DataFrame:
    """What is held of one assessment otherwise than it was signed: a row per field, with the columns `DIFFERENCES`.

    A field of the assessment itself has no indicator and no role.
    """
    rows = []
    if pair := _facts(view, today, assessment_id).get(assessment_id):
        signed, held = pair
        rows = [(None, None, name, _plain(signed[name]), _plain(held[name])) for name in _unlike(signed, held)]
    t = _compared(view, today, assessment_id)
    for row in view.run(t.filter(~t.is_same)).to_dict("records"):
        for name in RATED:
            signed, held = _plain(row[f"signed_{name}"]), _plain(row[f"held_{name}"])
            if signed != held:
                rows.append((row["indicator_id"], row["role"], name, signed, held))
    return pd.DataFrame(rows, columns=list(DIFFERENCES))
