"""What roles found of the criteria of the Green List Standard: by which indicators, and how many at each version."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from data.standards import GREEN_LIST, Standard, adapted, standard
from metrics import readiness
from metrics.readiness import day_or_year

TOOL = "green_list"
CRITERIA = tuple(standard().criteria)
Indicators = tuple[tuple[str, str], ...]


def standard_of(version: object, jurisdiction: object, on: date | None, folder: Path) -> Standard:
    """The indicators that an assessment goes by: those of its jurisdiction, or the generic ones.

    Of a version that we do not hold no indicator is known, so its criteria are judged by what was rated alone.
    """
    where = "" if _is_missing(jurisdiction) else str(jurisdiction)
    if _is_missing(version) or version == GREEN_LIST:
        return adapted(GREEN_LIST, where, on, folder) if where else standard()
    return replace(standard(), version=f"{version}, whose indicators we do not hold", indicators={}, jurisdiction=where)


def states_of(assessments: pd.DataFrame, ratings: pd.DataFrame, role: str, folder: Path) -> pd.DataFrame:
    """The state of each criterion of these assessments by one role, each by the indicators in force there then."""
    sets = _indicator_sets(assessments, folder)
    parts = []
    for indicators in dict.fromkeys(sets):
        own_ids = assessments["assessment_id"][[one == indicators for one in sets]]
        asked, left_out = indicators
        own = ratings[ratings["assessment_id"].isin(own_ids) & ratings["criterion"].isin(CRITERIA)]
        own = own[~own["indicator_id"].isin(left_out)]
        known = pd.DataFrame(asked, columns=["indicator_id", "criterion"])
        parts.append(readiness.criterion_states(own, CRITERIA, role, known))
    if not parts:
        return pd.DataFrame(columns=readiness.STATES)
    return pd.concat(parts, ignore_index=True)


def criteria_history(assessments: pd.DataFrame, ratings: pd.DataFrame, role: str, folder: Path) -> pd.DataFrame:
    """The criteria met at each version that the role has rated: `site_id`, `assessed_on`, `met`; drafts are left out.

    Takes what `queries.assessments` and `queries.ratings` give. Where only the year is known it counts from 1 January.
    """
    rated = ratings.loc[ratings["role"].eq(role), "assessment_id"]
    is_final = assessments["tool"].eq(TOOL) & assessments["status"].ne("draft").fillna(True)
    versions = assessments[is_final & assessments["assessment_id"].isin(rated)]
    if versions.empty:
        return pd.DataFrame({"site_id": [], "assessed_on": pd.to_datetime([]), "met": []})
    versions = versions.assign(assessed_on=day_or_year(versions))
    met = readiness.readiness_of_sites(states_of(versions, ratings, role, folder))
    met = met.merge(versions[["assessment_id", "assessed_on"]], on="assessment_id")
    return met.sort_values(["assessed_on", "site_id"], ignore_index=True)[["site_id", "assessed_on", "met"]]


def _indicator_sets(assessments: pd.DataFrame, folder: Path) -> list[tuple[Indicators, tuple[str, ...]]]:
    """Of each assessment the indicators that it goes by, with their criteria, and those that are left out there.

    Few sets serve very many assessments.
    """
    where = assessments["jurisdiction"].fillna("")
    days = day_or_year(assessments).dt.strftime("%Y-%m-%d").fillna("")
    keys = list(zip(assessments["standard_version"].fillna(""), where, days.where(where.ne(""), ""), strict=True))
    sets = {}
    for version, jurisdiction, on in dict.fromkeys(keys):
        known = standard_of(version, jurisdiction, date.fromisoformat(on) if on else None, folder)
        asked = tuple((one.indicator_id, one.criterion) for one in known.indicators.values())
        sets[version, jurisdiction, on] = (asked, tuple(known.left_out))
    return [sets[key] for key in keys]


def _is_missing(value: object) -> bool:
    return bool(pd.isna(value)) or value == ""
