"""What the page Readiness says of sites: who has rated nothing, and how long sites were in a phase."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from data import settings
from exports.criteria import states_of
from ui import readiness

FOLDER = settings.DEMO_JURISDICTIONS
NO_ADAPTED_SETS = Path("nowhere")


def assessed(**fields) -> pd.DataFrame:
    facts = {"assessment_id": "a", "site_id": "1", "tool": "green_list", "standard_version": "GLS-1.1"}
    facts |= {"jurisdiction": None, "assessed_on": pd.Timestamp(2026, 1, 1), "assessed_year": 2026}
    facts |= {"status": "verified", "supersedes": None, "phase": "candidate", "committed_on": pd.NaT}
    return pd.DataFrame([facts | fields])


def rated(*rows: tuple[str, str], role: str = "self") -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["indicator_id", "rating"])
    criterion = frame["indicator_id"].str.extract(r"-(\d\.\d)\.")[0]
    facts = {"assessment_id": "a", "site_id": "1", "role": role, "evidence_on": pd.NaT}
    return frame.assign(criterion=criterion, **facts)


def state(assessments: pd.DataFrame, ratings: pd.DataFrame, criterion: str, folder: Path = NO_ADAPTED_SETS) -> str:
    states = states_of(assessments, ratings, "self", folder).set_index("criterion")
    return str(states.at[criterion, "state"])


def test_a_version_that_we_do_not_hold_is_judged_by_what_was_rated_alone() -> None:
    known, unknown = (("GLS-V1.1-1.1.1", "met"), ("GLS-V2.0-1.1.1", "met"))
    assert state(assessed(), rated(known), "1.1") == "unknown", "five more indicators of 1.1 are not rated"
    assert state(assessed(standard_version="GLS-2.0"), rated(unknown), "1.1") == "met"


@pytest.mark.parametrize(("role", "met"), [("self", 0), ("reviewer", None)])
def test_a_role_that_has_rated_nothing_is_not_said_to_have_found_none_met(role: str, met: int | None) -> None:
    sites = pd.DataFrame(
        {"site_id": ["1"], "site_name": ["Site"], "country": ["X"], "region": ["Y"], "phase": ["candidate"]}
    ).assign(expires_on=pd.NaT)
    ratings = rated(("GLS-V1.1-1.1.1", "not_met"))
    today = date(2026, 6, 1)
    found = readiness.network(sites, assessed(), ratings, ratings, role, today, NO_ADAPTED_SETS)
    assert (None if pd.isna(found.sites["met"].iloc[0]) else found.sites["met"].iloc[0]) == met


def test_a_listed_site_waited_until_its_certificate_began() -> None:
    sites = pd.DataFrame({"site_id": ["1"], "phase": ["green_list"], "expires_on": [date(2029, 3, 1)]})
    made = assessed(assessed_on=pd.Timestamp(2022, 1, 1))
    ends = {
        str(readiness.spells(made, sites, today)["ended_on"].dropna().iloc[0])
        for today in (date(2026, 6, 1), date(2027, 6, 1))
    }
    assert ends == {"2024-03-01"}


def test_where_no_certificate_tells_the_day_the_wait_lasts_until_today() -> None:
    sites = pd.DataFrame({"site_id": ["1"], "phase": ["green_list"], "expires_on": [None]})
    found = readiness.spells(assessed(assessed_on=pd.Timestamp(2022, 1, 1)), sites, date(2026, 6, 1))
    assert str(found["ended_on"].dropna().iloc[0]) == "2026-06-01"


def test_indicators_that_a_jurisdiction_leaves_out_do_not_count() -> None:
    ratings = rated(("GLS-V1.1-2.2.3", "not_met"), ("GLS-V1.1-2.2.1", "met"))
    mexican = assessed(jurisdiction="MEX")
    assert state(mexican, ratings, "2.2", FOLDER) != "not_met"
    assert state(assessed(), ratings, "2.2", FOLDER) == "not_met"


def test_where_only_the_year_is_known_the_indicators_of_its_first_day_count() -> None:
    of_year = assessed(jurisdiction="MEX", assessed_on=pd.NaT, assessed_year=2015)
    assert state(of_year, rated(("GLS-V1.1-2.2.3", "not_met")), "2.2", FOLDER) == "not_met"
