"""What the pages about the Green List say, put together once per data version and viewer; see cached.py."""

from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st

from data import settings
from data.queries.assessments import sees_words as may_read
from metrics.projection import Projection
from ui import assess, cached, readiness
from ui.scope import Scope


def assessments(scope: Scope) -> pd.DataFrame:
    """Every assessment that the viewer may know of."""
    return cached.ask("assessments", scope, scope.today)


def site_ratings(scope: Scope, site_id: str) -> pd.DataFrame:
    """The ratings of one site's Green List assessments, with what stands behind them where the viewer may read it."""
    return cached.ask("site_ratings", scope, site_id, scope.today)


def sees_words(scope: Scope, site_id: str) -> bool:
    """Whether the viewer reads comments and evidence of this site's assessments."""
    return may_read(scope.viewer, site_id)


def folder() -> Path:
    """Where the indicator sets of jurisdictions lie."""
    return settings.jurisdictions_folder()


def assessment(scope: Scope, site_id: str, assessment_id: str) -> assess.Assessment:
    """One assessment of a site, as its roles see it."""
    return _assessment(*cached.key(scope), scope.today, site_id, assessment_id, scope)


@st.cache_data(max_entries=200, show_spinner=False)
def _assessment(
    store: str, version: int, viewer: tuple, today: date, site_id: str, assessment_id: str, _scope: Scope
) -> assess.Assessment:
    versions = assess.versions(assessments(_scope), site_id)
    facts = versions[versions["assessment_id"].eq(assessment_id)].iloc[0].to_dict()
    return assess.compose(facts, site_ratings(_scope, site_id), folder())


def outlook(scope: Scope, site_id: str, role: str) -> Projection:
    """When a site may meet all criteria as one role rates it, by its own pace and that of sites like it."""
    return _outlook(*cached.key(scope), scope.today, site_id, role, scope)


@st.cache_data(max_entries=500, show_spinner=False)
def _outlook(
    store: str, version: int, viewer: tuple, today: date, site_id: str, role: str, _scope: Scope
) -> Projection:
    sites = cached.sites(_scope).set_index("site_id")
    same = sites["phase"].eq(sites.at[site_id, "phase"]) & sites["realm"].eq(sites.at[site_id, "realm"])
    every = histories(_scope)
    own = every[every["site_id"].eq(site_id)]
    return assess.outlook(own, every, set(sites.index[same]), site_id, role, today)


def history(scope: Scope, site_id: str) -> pd.DataFrame:
    """The criteria met at each version of one site's assessment, by role."""
    found = histories(scope)
    return found[found["site_id"].eq(site_id)]


def histories(scope: Scope) -> pd.DataFrame:
    """The criteria met at each version of every site's assessment, by role: `assessed_on`, `role`, `met`, `site_id`."""
    return _histories(*cached.key(scope), scope.today, scope)


@st.cache_data(max_entries=30, show_spinner=False)
def _histories(store: str, version: int, viewer: tuple, today: date, _scope: Scope) -> pd.DataFrame:
    every = assessments(_scope)
    return assess.history(every, cached.ask("ratings", _scope, today), folder())


def network(scope: Scope, role: str) -> readiness.Network:
    """What the page Readiness says of the whole network as one role rates it."""
    return _network(*cached.key(scope), scope.today, role, scope)


@st.cache_data(max_entries=30, show_spinner=False)
def _network(store: str, version: int, viewer: tuple, today: date, role: str, _scope: Scope) -> readiness.Network:
    ratings, before = (cached.ask("ratings", _scope, day) for day in (today, today - readiness.QUARTER))
    return readiness.network(cached.sites(_scope), assessments(_scope), ratings, before, role, today, folder())
