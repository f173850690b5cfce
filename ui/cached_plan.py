"""What the page Work plan says, put together once per data version, viewer and day; see cached.py."""

from datetime import date

import streamlit as st

from ui import cached, work_plan
from ui.scope import Scope


def plan(scope: Scope) -> work_plan.Plan:
    """The whole work plan that the viewer may see."""
    return _plan(*cached.key(scope), scope.today, scope)


@st.cache_data(max_entries=30, show_spinner=False)
def _plan(store: str, version: int, viewer: tuple, today: date, _scope: Scope) -> work_plan.Plan:
    return work_plan.compose(cached.ask("work_items", _scope, today), today)


def narrowed(
    scope: Scope, site_id: str, criterion: str, states: tuple[str, ...], kinds: tuple[str, ...]
) -> work_plan.Plan:
    """The part of the work plan that passes the filters."""
    return _narrowed(*cached.key(scope), scope.today, site_id, criterion, states, kinds, scope)


@st.cache_data(max_entries=100, show_spinner=False)
def _narrowed(
    store: str, version: int, viewer: tuple, today: date, site_id: str, criterion: str, states: tuple[str, ...],
    kinds: tuple[str, ...], _scope: Scope,
) -> work_plan.Plan:  # fmt: skip
    return work_plan.narrowed(plan(_scope), site_id, criterion, states, kinds)
