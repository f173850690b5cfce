"""Invented answers of the queries about assessments: one listed site, one candidate rated by three roles, and one
site that has rated itself once.
"""

from datetime import date, timedelta

import pandas as pd

from data.access import Viewer
from data.queries.assessments import sees_words
from data.standards import standard
from tests.pages import invented

LISTED, CANDIDATE, APPLICANT, NEVER = (f"99000000{number}" for number in range(1, 5))
CRITERIA = tuple(standard().criteria)
KNOWN = {one.indicator_id: one.criterion for one in standard().indicators.values()}
EXTRA = {f"GLS-V1.1-{criterion}.9": criterion for criterion in CRITERIA}
RATED = KNOWN | EXTRA
UNMET, DISAGREED = "GLS-V1.1-3.4.9", "GLS-V1.1-1.3.9"
TODAY = invented.TODAY
OLD, NEW = TODAY - timedelta(days=400), TODAY - timedelta(days=20)
VERSIONS = {
    f"{LISTED}-2025": (LISTED, OLD, "green_list"),
    f"{CANDIDATE}-2025": (CANDIDATE, OLD, "candidate"),
    f"{CANDIDATE}-2026": (CANDIDATE, NEW, "candidate"),
    f"{APPLICANT}-2026": (APPLICANT, NEW, "application"),
}
COMMITTED = {LISTED: date(2020, 5, 1), CANDIDATE: TODAY.replace(year=TODAY.year - 6), APPLICANT: date(2024, 5, 1)}
COMMENT, EVIDENCE = f"Seen at the gate {invented.HOSTILE}", "=HYPERLINK(minutes)"


def assessments() -> pd.DataFrame:
    names = invented.sites().set_index("site_id")["site_name"]
    rows = [
        {
            "assessment_id": name,
            "site_id": site_id,
            "site_name": names[site_id],
            "country_iso3": "KEN",
            "tool": "green_list",
            "method": "Green List",
            "standard_version": "GLS-1.1",
            "jurisdiction": None,
            "phase": phase,
            "assessed_on": pd.Timestamp(day),
            "assessed_year": day.year,
            "status": "submitted",
            "supersedes": f"{CANDIDATE}-2025" if name == f"{CANDIDATE}-2026" else None,
            "committed_on": pd.Timestamp(COMMITTED[site_id]),
            "url": None,
            "source": "papers",
        }
        for name, (site_id, day, phase) in VERSIONS.items()
    ]
    return pd.DataFrame(rows).astype({"assessed_year": "Int64"})


def rating_of(name: str, role: str, indicator: str) -> str | None:
    """The listed site meets everything; the candidate all but one in 2026, on another the roles disagree."""
    if name == f"{LISTED}-2025":
        return "met"
    if name == f"{APPLICANT}-2026":
        return "met" if indicator.startswith("GLS-V1.1-1.") else None
    if indicator == UNMET:
        return "not_met"
    if indicator == DISAGREED and (role != "self" or name.endswith("2025")):
        return "partly"
    return "met"


def ratings() -> pd.DataFrame:
    rows = [
        {
            "assessment_id": name,
            "site_id": site_id,
            "indicator_id": indicator,
            "criterion": criterion,
            "role": role,
            "rating": rating_of(name, role, indicator),
            "rated_on": pd.Timestamp(day),
            "evidence_on": pd.Timestamp(day - timedelta(days=100)) if indicator == UNMET else pd.NaT,
            "source": "papers",
        }
        for name, (site_id, day, _) in VERSIONS.items()
        for role in (("self", "expert_group") if site_id == CANDIDATE else ("self",))
        for indicator, criterion in RATED.items()
    ]
    return pd.DataFrame(rows)


def site_ratings(viewer: Viewer, site_id: str) -> pd.DataFrame:
    own = ratings()
    own = own[own["site_id"].eq(site_id)].reset_index(drop=True)
    told = own["indicator_id"].eq(UNMET) & sees_words(viewer, site_id)
    return own.assign(
        score=None,
        score_max=None,
        note=pd.Series(COMMENT, own.index, dtype="object").where(told, None),
        evidence=pd.Series(EVIDENCE, own.index, dtype="object").where(told, None),
        evidence_sha256=pd.Series("ab" * 32, own.index, dtype="object").where(told, None),
    )


def answers() -> dict:
    return {
        "assessments": lambda view, viewer, today: assessments(),
        "ratings": lambda view, viewer, today: ratings(),
        "site_ratings": lambda view, viewer, site_id, today: site_ratings(viewer, site_id),
    }
