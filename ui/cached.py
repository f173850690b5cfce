"""The questions that pages ask, answered once per data version and viewer; only the cached_* files cache.

The key is the store, its version, the viewer and the arguments, never the clock: a new version asks anew by itself.
Callers get copies, so nobody can change what the next reader sees.
"""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from data import queries
from ui import health, network, theme
from ui.scope import Scope
from ui.text import is_missing

MOST_NAMES = 1_000


@st.cache_data(max_entries=500, show_spinner=False)
def _answer(question: str, store: str, version: int, viewer: tuple, arguments: tuple, _scope: Scope) -> Any:
    return getattr(queries, question)(_scope.view, _scope.viewer, *arguments)


def ask(question: str, scope: Scope, *arguments: Any) -> Any:
    """The answer of a query, kept."""
    return _answer(question, *key(scope), arguments, scope)


def key(scope: Scope) -> tuple[str, int, tuple]:
    """What every kept answer hangs on: the store, its version and the viewer."""
    return scope.store, scope.view.version, (scope.viewer.role, tuple(sorted(scope.viewer.sites)))


def sites(scope: Scope) -> pd.DataFrame:
    """One row per site of the network, with the `state` of its data."""
    return network.with_state(ask("sites", scope, scope.today), scope.today)


def summary(scope: Scope) -> network.Summary:
    """The network in figures, computed once: it looks at every site."""
    return _summary(*key(scope), scope.today, scope)


@st.cache_data(max_entries=20, show_spinner=False)
def _summary(store: str, version: int, viewer: tuple, today: date, _scope: Scope) -> network.Summary:
    return network.summary(sites(_scope), today)


def found_sites(
    scope: Scope, phases: tuple[str, ...], regions: tuple[str, ...], words: str, most: int
) -> tuple[pd.DataFrame, int]:
    """The first `most` sites that pass the filters, and how many pass."""
    return _found_sites(*key(scope), scope.today, phases, regions, words, most, scope)


@st.cache_data(max_entries=100, show_spinner=False)
def _found_sites(
    store: str, version: int, viewer: tuple, today: date, phases: tuple, regions: tuple, words: str, most: int,
    _scope: Scope,
) -> tuple[pd.DataFrame, int]:  # fmt: skip
    found = network.find(sites(_scope), phases, regions, words)
    return found.head(most), len(found)


def site_names(scope: Scope, words: str, keep: str) -> dict[str, str]:
    """Site ids with name and country, for a picker: all of them, or those that contain the words, and `keep`."""
    return _site_names(*key(scope), scope.today, words, keep, scope)


@st.cache_data(max_entries=100, show_spinner=False)
def _site_names(
    store: str, version: int, viewer: tuple, today: date, words: str, keep: str, _scope: Scope
) -> dict[str, str]:
    every = sites(_scope)
    found = network.find(every, theme.PHASES, (), words).head(MOST_NAMES)
    shown = every[every["site_id"].isin([keep, *found["site_id"]])]
    return {row.site_id: f"{row.site_name}, {row.country}" for row in shown.itertuples()}


def site_cells(scope: Scope) -> pd.DataFrame:
    """Number of sites per map cell and phase, for networks too large for one dot per site."""
    return ask("site_cells", scope, scope.today)


def network_days(scope: Scope, days: int) -> pd.DataFrame:
    """Detections of the whole network on each of the last days."""
    return ask("network_days", scope, scope.today, days)


def site(scope: Scope, site_id: str) -> dict | None:
    """All that is known of one site, or None where there is none with this id; recent counts as in `sites`."""
    found = ask("site", scope, site_id, scope.today)
    if found and is_missing(found["newest_detection_on"]):
        return {**found, "detections_30d": None, "detections_prior_30d": None}
    return found


def site_boundary(scope: Scope, site_id: str) -> str | None:
    """The site's polygon as a GeoJSON geometry, or None where the viewer may not see one."""
    return ask("site_boundary", scope, site_id)


def site_days(scope: Scope, site_id: str) -> pd.DataFrame:
    """Detections of one site per day."""
    return ask("site_days", scope, site_id, scope.today)


def site_species(scope: Scope, site_id: str, first_month: str, last_month: str) -> pd.DataFrame:
    """Detections of one site per species between two months such as 2026-01, both included."""
    return ask("site_species", scope, site_id, first_month, last_month, scope.today)


def site_effort(scope: Scope, site_id: str) -> pd.DataFrame:
    """Camera effort of one site per month."""
    return ask("site_effort", scope, site_id, scope.today)


def site_totals(scope: Scope, site_id: str) -> dict:
    """Sums over all data of one site, and what the viewer's tier hides."""
    return ask("site_totals", scope, site_id, scope.today)


def site_stations(scope: Scope, site_id: str) -> pd.DataFrame:
    """Camera stations of one site; empty for viewers who may not see them."""
    return ask("site_stations", scope, site_id, scope.today)


def site_hours(scope: Scope, site_id: str) -> pd.DataFrame:
    """Detections of one site per species and hour of the local day."""
    return ask("site_hours", scope, site_id, scope.today)


def site_observation_types(scope: Scope, site_id: str) -> pd.DataFrame:
    """Rows of one site per observation type, animals or not."""
    return ask("site_observation_types", scope, site_id, scope.today)


def sources(scope: Scope) -> pd.DataFrame:
    """Every configured source with its last pull, and the state of its data at this moment."""
    return health.judged(ask("sources", scope, scope.today), scope.now)


def runs(scope: Scope, source: str) -> pd.DataFrame:
    """The latest pulls of one source, newest first."""
    return ask("runs", scope, source)


def refused(scope: Scope, source: str) -> pd.DataFrame:
    """Rows refused in the last pull of one source, with their reasons."""
    return ask("refused", scope, source)


def monitored_sites(scope: Scope) -> pd.DataFrame:
    """The sites with cameras, tagged animals or warnings, and how many of each the viewer may count."""
    return ask("monitored_sites", scope, scope.today)


def red_list(scope: Scope) -> pd.DataFrame:
    """Red List category per taxon; empty where no token is configured."""
    return ask("red_list", scope)
