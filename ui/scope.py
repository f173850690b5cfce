"""What one run of the app shows: which version of the data, to whom, on which day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import streamlit as st

from data import engine, settings
from data.access import Viewer
from data.engine import View

_KEY = "scope"


@dataclass(frozen=True)
class Scope:
    """One version of the data as one viewer may see it, at one moment (UTC)."""

    store: str
    view: View
    viewer: Viewer
    now: datetime
    is_demo: bool

    @property
    def today(self) -> date:
        return self.now.date()


def latest_view() -> View | None:
    """The newest complete version of the data, or None while nothing is stored."""
    return engine.latest(settings.store_url())


def hold(view: View, viewer: Viewer) -> Scope:
    """Fix the scope of this run; pages and fragments read it with `current`."""
    scope = Scope(settings.store_url(), view, viewer, now(), settings.is_demo())
    st.session_state[_KEY] = scope
    return scope


def current() -> Scope:
    """The scope that the shell holds for this run."""
    return st.session_state[_KEY]


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)
