"""What the page Ledger and the badges say, put together once per data version and viewer; see cached.py.

What a ledger says at this moment is never kept here: it is asked by `ingestion.ledger_now`.
"""

from datetime import date

import streamlit as st

from ui import cached
from ui import ledger_outcomes as ledger
from ui.scope import Scope


def ledger_of(scope: Scope) -> ledger.Ledger:
    """Every anchored assessment that the viewer may know of, with what the last check found."""
    return _ledger(*cached.key(scope), scope.today, scope)


@st.cache_data(max_entries=30, show_spinner=False)
def _ledger(store: str, version: int, viewer: tuple, today: date, _scope: Scope) -> ledger.Ledger:
    return ledger.compose(cached.ask("anchors", _scope, today), cached.ask("ledgers", _scope, today))


def record(scope: Scope, assessment_id: str) -> ledger.Record:
    """One anchored assessment; its signed record only where the viewer may see every rating in it."""
    return ledger.record(cached.ask("anchor", scope, assessment_id, scope.today))


def outcomes(scope: Scope) -> dict[str, str]:
    """What the last check found, by assessment."""
    return _outcomes(*cached.key(scope), scope.today, scope)


@st.cache_data(max_entries=30, show_spinner=False)
def _outcomes(store: str, version: int, viewer: tuple, today: date, _scope: Scope) -> dict[str, str]:
    found = ledger_of(_scope).anchors
    return dict(zip(found["assessment_id"], found["outcome"], strict=True))
