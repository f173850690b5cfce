"""What the page Assess says of one assessment: criteria and ratings per role, what is next, and what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from data.standards import Standard
from exports.criteria import CRITERIA, TOOL, criteria_history, standard_of, states_of
from exports.evidence_tables import indicator_text
from metrics import readiness
from metrics.projection import Projection, projection
from ui import green_list_words as words
from ui.text import day, is_missing, joined, plain

ROLES = words.ROLES


@dataclass(frozen=True)
class Assessment:
    """One assessment, as its roles see it.

    `ratings` has a row per indicator and role; `states` those of `criterion_states` with their `role`; `indicators` a
    row per indicator of the standard or rated beyond it: `criterion`, `text`, a column per role, `is_disagreed`.
    `roles` are those that have rated anything, in their order.
    """

    facts: Mapping[str, Any]
    standard: Standard
    ratings: pd.DataFrame
    states: pd.DataFrame
    ready: Mapping[str, readiness.Readiness]
    indicators: pd.DataFrame
    roles: tuple[str, ...]
    state_by_criterion: Mapping[tuple[str, str], str]

    def of_criterion(self, criterion: str) -> pd.DataFrame:
        return self.indicators[self.indicators["criterion"].eq(criterion)]

    def state_of(self, criterion: str, role: str) -> str:
        return self.state_by_criterion.get((criterion, role), "unknown")


def versions(assessments: pd.DataFrame, site_id: str = "") -> pd.DataFrame:
    """The assessments of one site or of all, newest first; `day` is 1 January where only a year is known."""
    own = assessments[assessments["tool"].eq(TOOL)]
    own = own[own["site_id"].eq(site_id)] if site_id else own
    own = own.assign(day=readiness.day_or_year(own))
    return own.sort_values(["day", "assessment_id"], ascending=False, kind="stable", ignore_index=True)


def other_tools(assessments: pd.DataFrame, site_id: str) -> pd.DataFrame:
    """The assessments of one site by METT, IMET and other tools, newest first; their scores compare with nothing."""
    own = assessments[assessments["site_id"].eq(site_id) & assessments["tool"].ne(TOOL)]
    return own.sort_values(["assessed_year", "assessment_id"], ascending=False, ignore_index=True)


def version_name(row: Mapping[str, Any]) -> str:
    """How a version is called in a list: its day, status and identifier."""
    when = day(row["assessed_on"]) if not is_missing(row["assessed_on"]) else str(row["assessed_year"])
    parts = [when, "" if is_missing(row["status"]) else row["status"]]
    return joined([*parts, row["assessment_id"]])


def compose(facts: Mapping[str, Any], ratings: pd.DataFrame, folder: Path) -> Assessment:
    """One assessment put together; takes its row of `versions` and what `queries.site_ratings` gives of its site."""
    own = ratings[ratings["assessment_id"].eq(facts["assessment_id"])]
    standard = standard_of(facts["standard_version"], facts["jurisdiction"], _day(facts["day"]), folder)
    one = pd.DataFrame([facts])
    states = pd.concat([states_of(one, own, role, folder).assign(role=role) for role in ROLES], ignore_index=True)
    ready = {role: readiness.readiness(states[states["role"].eq(role)]) for role in ROLES}
    rated = set(own["role"])
    by_criterion = {(row.criterion, row.role): str(row.state) for row in states.itertuples()}
    roles = tuple(role for role in ROLES if role in rated)
    return Assessment(facts, standard, own, states, ready, _indicators(own, standard), roles, by_criterion)


def history(assessments: pd.DataFrame, ratings: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """The criteria met at each version, by role: `assessed_on`, `role`, `met`, `site_id`; drafts are left out."""
    parts = [criteria_history(assessments, ratings, role, folder).assign(role=role) for role in ROLES]
    every = pd.concat(parts, ignore_index=True)
    return every.sort_values("assessed_on", ignore_index=True)[["assessed_on", "role", "met", "site_id"]]


def outlook(
    own: pd.DataFrame, every: pd.DataFrame, similar: set[str], site_id: str, role: str, today: date
) -> Projection:
    """The range of quarters until all criteria may be met, from this role's own history and that of similar sites."""
    mine = own[own["role"].eq(role)]
    others = every[every["site_id"].isin(similar - {site_id}) & every["role"].eq(role)]
    return projection(mine, others, today)


def differences(newer: Assessment, older: Assessment) -> pd.DataFrame:
    """Ratings that differ between two versions: `indicator_id`, `criterion`, `role`, `before`, `after`."""
    key = ["indicator_id", "criterion", "role"]
    both = older.ratings[[*key, "rating"]].merge(
        newer.ratings[[*key, "rating"]], on=key, how="outer", suffixes=("_before", "_after")
    )
    before, after = both["rating_before"].fillna(""), both["rating_after"].fillna("")
    changed = both[before.ne(after)].rename(columns={"rating_before": "before", "rating_after": "after"})
    order = {one: place for place, one in enumerate(CRITERIA)}
    changed = changed.assign(place=changed["criterion"].map(order))
    return changed.sort_values(["place", "indicator_id", "role"], ignore_index=True).drop(columns="place")


def facts_of(found: Assessment) -> dict[str, str]:
    """What is known of the assessment itself, as label and value."""
    facts, standard = found.facts, found.standard
    adapted = f"{standard.jurisdiction}: adapted indicators" if standard.jurisdiction else "generic indicators"
    shown = {
        "Standard": joined([f"Green List {plain(standard.version)}", plain(adapted)]),
        "Assessed": day(facts["assessed_on"]) if not is_missing(facts["assessed_on"]) else str(facts["assessed_year"]),
        "Status": "" if is_missing(facts["status"]) else str(facts["status"]).capitalize(),
        "Identifier": plain(facts["assessment_id"]),
        "Replaces": "" if is_missing(facts["supersedes"]) else plain(facts["supersedes"]),
        "Source": plain(facts["source"]),
    }
    return {label: value for label, value in shown.items() if value}


def _indicators(ratings: pd.DataFrame, standard: Standard) -> pd.DataFrame:
    """A row per indicator with its ratings side by side; those that nobody rated are there too."""
    sides = readiness.disagreements(ratings)
    known = pd.DataFrame(
        [(one.indicator_id, one.criterion) for one in standard.indicators.values()],
        columns=["indicator_id", "criterion"],
    )
    beyond = ratings.loc[~ratings["indicator_id"].isin(known["indicator_id"]), ["indicator_id", "criterion"]]
    every = pd.concat([known, beyond.drop_duplicates()], ignore_index=True).merge(sides, on="indicator_id", how="left")
    return every.assign(
        text=[indicator_text(standard, one) for one in every["indicator_id"]],
        is_disagreed=every["is_disagreed"].eq(True),
    )


def _day(moment: object) -> date | None:
    return None if is_missing(moment) else pd.Timestamp(moment).date()
