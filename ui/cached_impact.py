"""What the page Impact says, put together once per data version and choice; see cached.py.

It is the public view of the day of the data version, whoever looks and whenever: the viewer is no part of the key.
"""

from dataclasses import astuple, dataclass, replace
from datetime import date

import streamlit as st

from data import settings
from data.access import PUBLIC
from exports import impact as composing
from exports import impact_records
from exports.impact_records import Filters, Records
from ui.scope import Scope


@dataclass(frozen=True)
class Choices:
    """What may be chosen: countries by code, pilots by site id, names of supporters, quarters with their last day."""

    countries: dict[str, str]
    pilots: dict[str, str]
    supporters: tuple[str, ...]
    quarters: dict[str, date]
    sites: int


def public(scope: Scope) -> Scope:
    """The same data version as the public sees it, on its own day."""
    return replace(scope, viewer=PUBLIC, now=scope.view.committed_at)


def choices(scope: Scope) -> Choices:
    """What may be chosen on the page."""
    return _choices(scope.store, scope.view.version, scope)


@st.cache_data(max_entries=5, show_spinner=False)
def _choices(store: str, version: int, _scope: Scope) -> Choices:
    found = _records(store, version, _scope)
    supporters = tuple(found.supporters["supporter"].drop_duplicates().sort_values())
    return Choices(found.countries, dict(found.pilots), supporters, found.quarters, len(found.sites))


def impact(scope: Scope, filters: Filters) -> composing.Impact:
    """What the chosen sites had reached by the chosen quarter; shared by all readers, so nobody may change it."""
    return _impact(scope.store, scope.view.version, astuple(filters), scope)


# Its parts are frozen, and its frames are only read: a copy for each run would take longer than the page.
@st.cache_resource(max_entries=200, show_spinner=False)
def _impact(store: str, version: int, filters: tuple[str, ...], _scope: Scope) -> composing.Impact:
    return composing.impact(_records(store, version, _scope), Filters(*filters))


@st.cache_resource(max_entries=2, show_spinner=False)
def _records(store: str, version: int, _scope: Scope) -> Records:
    return impact_records.records(_scope.view, settings.jurisdictions_folder())
