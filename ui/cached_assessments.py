"""What the pages about the Green List say, put together once per data version and viewer; see cached.py."""

from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st

from data import settings
from data.queries.assessments import sees_words as may_read
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
    return assess.history(assess.versions(every), cached.ask("ratings", _scope, today), folder())


def network(scope: Scope, role: str) -> readiness.Network:
    """What the page Readiness says of the whole network as one role rates it."""
    return _network(*cached.key(scope), scope.today, role, scope)


@st.cache_data(max_entries=30, show_spinner=False)
def _network(store: str, version: int, viewer: tuple, today: date, role: str, _scope: Scope) -> readiness.Network:
    ratings = cached.ask("ratings", _scope, today)
    return readiness.network(cached.sites(_scope), assessments(_scope), ratings, role, today, folder())
