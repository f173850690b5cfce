"""What the page Compare says, put together once per data version, viewer and day; see cached.py."""

from datetime import date

import pandas as pd
import streamlit as st

from data import queries
from data.queries.comparison import counts_all_species
from metrics import peers
from ui import cached, cached_assessments, cached_plan, compare, compare_criteria, compare_figures, warning, wildlife
from ui.scope import Scope

PERIOD = "12"


def comparison(scope: Scope, site_id: str, rules: peers.Rules, role: str) -> compare.Comparison:
    """One site beside its peers in every figure."""
    return _comparison(*cached.key(scope), scope.today, site_id, rules, role, scope)


@st.cache_data(max_entries=300, show_spinner=False)
def _comparison(
    store: str, version: int, viewer: tuple, today: date, site_id: str, rules: peers.Rules, role: str, _scope: Scope
) -> compare.Comparison:
    rows = [
        _measured(store, version, viewer, today, _scope).rows,
        _criteria(store, version, viewer, today, role, _scope),
    ]
    measured = compare_figures.Measured(pd.concat(rows), _measured(store, version, viewer, today, _scope).curves)
    return compare.compose(cached.sites(_scope), measured, site_id, rules)


def criteria(scope: Scope, site_id: str, rules: peers.Rules, role: str) -> compare_criteria.Criteria:
    """The criteria that one site does not meet, which of its peers do, and what they did for them."""
    return _criteria_of(*cached.key(scope), scope.today, site_id, rules, role, scope)


@st.cache_data(max_entries=300, show_spinner=False)
def _criteria_of(
    store: str, version: int, viewer: tuple, today: date, site_id: str, rules: peers.Rules, role: str, _scope: Scope
) -> compare_criteria.Criteria:
    found = comparison(_scope, site_id, rules, role)
    network = cached_assessments.network(_scope, role)
    plan = cached_plan.plan(_scope)
    contacts = queries.contacts(_scope.view)
    return compare_criteria.compose(network, plan.items, cached.sites(_scope), contacts, site_id, found.peers, today)


def counts_every_species(scope: Scope) -> bool:
    """Whether all species are compared, or those alone that anyone may see in detail."""
    return counts_all_species(scope.viewer)


@st.cache_data(max_entries=20, show_spinner=False)
def _measured(store: str, version: int, viewer: tuple, today: date, _scope: Scope) -> compare_figures.Measured:
    asked, sites = (_scope.view, _scope.viewer), cached.sites(_scope)
    first = wildlife.first_day(PERIOD, today)
    cameras = compare_figures.of_cameras(
        *(
            getattr(queries, name)(*asked, first, today, today)
            for name in ("camera_effort", "camera_counts", "camera_taxa")
        )
    )
    reef_rows = (getattr(queries, name)(*asked, today) for name in ("reef_cover_rows", "outplant_rows"))
    rows = [
        cameras.rows,
        compare_figures.of_newest(queries.newest_days(*asked, today), today),
        compare_figures.of_warnings(alerts_of_period(_scope, today), _scope.view.committed_at),
        compare_figures.of_reefs(*reef_rows),
        compare_figures.of_phases(cached_assessments.assessments(_scope), sites, today),
        compare_figures.of_work(cached_plan.plan(_scope).by_site),
    ]
    return compare_figures.Measured(pd.concat(rows, ignore_index=True), cameras.curves)


@st.cache_data(max_entries=30, show_spinner=False)
def _criteria(store: str, version: int, viewer: tuple, today: date, role: str, _scope: Scope) -> pd.DataFrame:
    return compare_figures.of_criteria(cached_assessments.network(_scope, role).sites)


def alerts_of_period(scope: Scope, today: date) -> pd.DataFrame:
    """The warnings of the period of every site, as the page Early warning counts them."""
    alerts = queries.network_alerts(scope.view, scope.viewer, today)
    first = {
        site_id: warning.first_day(PERIOD, today, not scope.viewer.sees_species_of(site_id))
        for site_id in alerts["site_id"].unique()
    }
    days = alerts["detected_at"].dt.date
    return alerts[(days >= alerts["site_id"].map(first)) & (days <= today)]
