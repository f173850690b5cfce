"""What the pages about one site's cameras, animals, warnings and reefs say, put together once and kept; see cached.py.

The records behind it are not kept: they are many, and what is said of them is small.
"""

from datetime import date, timedelta

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from data import access, queries
from metrics import reefs as reef_metrics
from ui import cached, movement, reefs, warning, wildlife
from ui.plot import Draw
from ui.scope import Scope

ONE_DAY = timedelta(days=1)


def site_animals(scope: Scope, site_id: str) -> pd.DataFrame:
    """The tagged animals of one site."""
    return cached.ask("site_animals", scope, site_id, scope.today)


def fix_days(scope: Scope, site_id: str) -> tuple[date, date] | None:
    """The first and the last local day with a position at one site, or None where the viewer may see none."""
    return cached.ask("site_fix_span", scope, site_id, scope.today)


def movement_of(scope: Scope, site_id: str, first: date, last: date) -> movement.Movement:
    """What the page Movement says of the animals of one site between two local days; not for the public."""
    return _movement(*cached.key(scope), scope.today, site_id, first, last, scope)


@st.cache_data(max_entries=100, show_spinner=False)
def _movement(
    store: str, version: int, viewer: tuple, today: date, site_id: str, first: date, last: date, _scope: Scope
) -> movement.Movement:
    who = _scope.viewer
    fixes = queries.site_fixes(_scope.view, who, site_id, first - ONE_DAY, last + ONE_DAY, today)
    return movement.compose(
        movement.within(fixes, first, last),
        site_animals(_scope, site_id),
        cached.site_boundary(_scope, site_id) if who.sees_all_of(site_id) else None,
        movement.until(last, _scope.view.committed_at),
        lambda rings: access.seen_rings(who, site_id, rings),
    )


def animal_areas(scope: Scope, site_id: str) -> movement.Areas | None:
    """What anybody may know of the animals of one site, or None where nothing may be counted yet."""
    return _animal_areas(*cached.key(scope), scope.today, site_id, scope)


@st.cache_data(max_entries=100, show_spinner=False)
def _animal_areas(
    store: str, version: int, viewer: tuple, today: date, site_id: str, _scope: Scope
) -> movement.Areas | None:
    fixes = queries.site_fixes(_scope.view, _scope.viewer, site_id, movement.BEGINNING, today, today)
    return None if fixes.empty else movement.areas(fixes, site_animals(_scope, site_id))


def warnings(scope: Scope, site_id: str, period: str) -> warning.Warnings:
    """The warnings of one site in a period that ends today, and every figure about them."""
    return _warnings(*cached.key(scope), scope.today, site_id, period, scope)


@st.cache_data(max_entries=100, show_spinner=False)
def _warnings(
    store: str, version: int, viewer: tuple, today: date, site_id: str, period: str, _scope: Scope
) -> warning.Warnings:
    is_by_month = not _scope.viewer.sees_species_of(site_id)
    first = warning.first_day(period, today, is_by_month)
    alerts = cached.ask("site_alerts", _scope, site_id, first, today, today)
    return warning.warnings(alerts, first, today, _scope.view.committed_at, is_by_month)


def conflicts(scope: Scope, site_id: str) -> warning.Conflicts:
    """All conflicts of one site, and how often they came before and after its first warning."""
    return _conflicts(*cached.key(scope), scope.today, site_id, scope)


@st.cache_data(max_entries=100, show_spinner=False)
def _conflicts(store: str, version: int, viewer: tuple, today: date, site_id: str, _scope: Scope) -> warning.Conflicts:
    incidents = cached.ask("site_incidents", _scope, site_id, warning.EVER, today, today)
    since = cached.ask("warning_since", _scope, site_id, today)
    return warning.conflicts_of(incidents, since, not _scope.viewer.sees_species_of(site_id))


def drawn(scope: Scope, chart: tuple[str, ...], draw: Draw) -> go.Figure:
    """A chart, drawn once for its data version, day, viewer and `chart`: its name and all that it depends on beside."""
    return _drawn(*cached.key(scope), scope.today, chart, draw)


@st.cache_resource(max_entries=200, show_spinner=False)
def _drawn(store: str, version: int, viewer: tuple, today: date, chart: tuple, _draw: Draw) -> go.Figure:
    return _draw()


def reef_surveys(scope: Scope, site_id: str) -> reefs.Surveys:
    """What the surveys of one site's reefs say."""
    return _reef_surveys(*cached.key(scope), scope.today, site_id, scope)


@st.cache_data(max_entries=100, show_spinner=False)
def _reef_surveys(store: str, version: int, viewer: tuple, today: date, site_id: str, _scope: Scope) -> reefs.Surveys:
    asked = (_scope.view, _scope.viewer, site_id, today)
    return reefs.surveys_of(
        queries.site_reef_surveys(*asked), queries.site_reef_stations(*asked), queries.site_outplants(*asked)
    )


def reef_composition(scope: Scope, site_id: str, station: str, when: date) -> pd.DataFrame:
    """What covered a station of one site on a day, as `metrics.reefs.composition` gives it."""
    return _reef_composition(*cached.key(scope), scope.today, site_id, station, when, scope)


@st.cache_data(max_entries=500, show_spinner=False)
def _reef_composition(
    store: str, version: int, viewer: tuple, today: date, site_id: str, station: str, when: date, _scope: Scope
) -> pd.DataFrame:
    return reef_metrics.composition(reef_surveys(_scope, site_id).means, station, when)


def restoration(scope: Scope, site_id: str) -> reefs.Restoration:
    """What became of the corals planted at one site."""
    return _restoration(*cached.key(scope), scope.today, site_id, scope)


@st.cache_data(max_entries=100, show_spinner=False)
def _restoration(
    store: str, version: int, viewer: tuple, today: date, site_id: str, _scope: Scope
) -> reefs.Restoration:
    return reefs.restoration_of(queries.site_outplants(_scope.view, _scope.viewer, site_id, today))


def heat(scope: Scope, site_id: str, since: date | None) -> reefs.Heat:
    """The heat stress on one site's reefs; its days from `since` on, or of the last years."""
    return _heat(*cached.key(scope), scope.today, site_id, since, scope)


@st.cache_data(max_entries=100, show_spinner=False)
def _heat(
    store: str, version: int, viewer: tuple, today: date, site_id: str, since: date | None, _scope: Scope
) -> reefs.Heat:
    return reefs.heat_of(queries.site_heat_stress(_scope.view, _scope.viewer, site_id, today), since)


def wildlife_of(scope: Scope, site_id: str, period: str, with_machine: bool) -> wildlife.Wildlife:
    """What the page Wildlife says of one site, a period and a choice of labels."""
    return _wildlife(*cached.key(scope), scope.today, site_id, period, with_machine, scope)


@st.cache_data(max_entries=200, show_spinner=False)
def _wildlife(
    store: str, version: int, viewer: tuple, today: date, site_id: str, period: str, with_machine: bool, _scope: Scope
) -> wildlife.Wildlife:
    first, asked = wildlife.first_day(period, today), (_scope.view, _scope.viewer, site_id)
    data = wildlife.CameraData(
        records=queries.site_records(*asked, first, today, today),
        every_record=queries.site_records(*asked, wildlife.BEGINNING, today, today),
        deployments=queries.site_deployments(*asked, first, today, today),
        places=queries.site_places(*asked, today),
        unsorted=queries.site_observation_types(*asked, today),
        withheld=queries.site_withheld(*asked, first, today, today),
    )
    return wildlife.compose(data, first, today, with_machine)


def wildlife_cells(scope: Scope, site_id: str, period: str, with_machine: bool, species: str) -> pd.DataFrame:
    """Detections per map cell of one site, of all animals or of one taxon."""
    return _wildlife_cells(*cached.key(scope), scope.today, site_id, period, with_machine, species, scope)


@st.cache_data(max_entries=200, show_spinner=False)
def _wildlife_cells(
    store: str, version: int, viewer: tuple, today: date, site_id: str, period: str, with_machine: bool, species: str,
    _scope: Scope,
) -> pd.DataFrame:  # fmt: skip
    return wildlife.map_cells(wildlife_of(_scope, site_id, period, with_machine), species)


def wildlife_activity(
    scope: Scope, site_id: str, period: str, with_machine: bool, species: tuple[str, ...],
    position: tuple[float, float] | None,
) -> wildlife.Activity:  # fmt: skip
    """When one or two taxa of a site are active, by the clock or, with a position, by the sun."""
    return _wildlife_activity(*cached.key(scope), scope.today, site_id, period, with_machine, species, position, scope)


@st.cache_data(max_entries=200, show_spinner=False)
def _wildlife_activity(
    store: str, version: int, viewer: tuple, today: date, site_id: str, period: str, with_machine: bool,
    species: tuple[str, ...], position: tuple[float, float] | None, _scope: Scope,
) -> wildlife.Activity:  # fmt: skip
    first = wildlife.first_day(period, today)
    records = queries.site_records(_scope.view, _scope.viewer, site_id, first, today, today)
    return wildlife.compose_activity(wildlife.chosen(records, with_machine), species, position)
