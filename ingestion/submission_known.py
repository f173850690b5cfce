"""What the store holds already of the assessments that somebody hands in, from whichever source."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from data import queries
from data.access import Viewer
from data.engine import View
from data.queries.shared import registry_rows, sharing

DAYS = ("assessed_on", "committed_on", "rated_on", "evidence_on")
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Known:
    """The sites that there are; of the assessments asked about their rows, the newest rating by each key, and which of
    them the viewer may see."""

    sites: frozenset[str] = frozenset()
    assessments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    ratings: Mapping[Key, Mapping[str, Any]] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()

    def ratings_by(self, assessment_id: str, role: str) -> dict[str, Mapping[str, Any]]:
        """The stored ratings of an assessment by one role, by indicator."""
        return {key[1]: row for key, row in self.ratings.items() if (key[0], key[2]) == (assessment_id, role)}


def known_of(view: View | None, viewer: Viewer, ids: Collection[str], today: date) -> Known:
    """What the store holds of these assessments, of those sources alone that are configured now."""
    if view is None:
        return Known()
    places = registry_rows(view, "sites")
    sites = view.run(places.select("site_id").distinct())["site_id"]
    if not ids:
        return Known(frozenset(sites))
    ratings: dict[Key, Mapping[str, Any]] = {}
    for row in sorted(_rows(view, "ratings", ids), key=lambda row: (row["rated_on"] or date.min, row["source"])):
        ratings[row["assessment_id"], row["indicator_id"], row["role"]] = row
    # The first source in the order of the alphabet is the one that the pages show.
    assessments = {row["assessment_id"]: row for row in _rows(view, "assessments", ids)[::-1]}
    shown = queries.assessments(view, viewer, today)["assessment_id"]
    return Known(frozenset(sites), assessments, ratings, frozenset(shown[shown.isin(list(ids))]))


def _rows(view: View, name: str, ids: Collection[str]) -> list[Mapping[str, Any]]:
    t = view.table(name)
    t = t.filter(t.assessment_id.isin(sorted(ids)) & t.source.isin(list(sharing(view))))
    frame = view.run(t).sort_values("source")
    return [{name: _plain(name, value) for name, value in row.items()} for row in frame.to_dict("records")]


def _plain(name: str, value: Any) -> Any:
    if pd.isna(value):
        return None
    return pd.Timestamp(value).date() if name in DAYS else value
