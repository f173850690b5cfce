"""A compared figure is the one that the page about the site shows to the same viewer."""

from datetime import timedelta
from types import SimpleNamespace

import pandas as pd
import pytest

from data import queries
from data.access import Viewer
from data.engine import View
from tests.data import field_network, network
from tests.data.network import EVERYONE, FORMER_SITE, MANAGER, PARTNER, PUBLIC, STAFF, TODAY
from tests.data.test_comparison_queries import reef_network
from tests.data.test_reef_queries import SHARED
from ui import cached_compare, compare_figures, reefs, warning, wildlife

by_role = pytest.mark.parametrize("viewer", EVERYONE, ids=lambda viewer: viewer.role)


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> View:
    return field_network.built(tmp_path_factory.mktemp("figures-field"))


@pytest.fixture(scope="module")
def reef(tmp_path_factory: pytest.TempPathFactory) -> View:
    return reef_network(tmp_path_factory.mktemp("figures-reef"))


@pytest.fixture(scope="module")
def cameras(tmp_path_factory: pytest.TempPathFactory) -> View:
    return network.built(tmp_path_factory.mktemp("figures-cameras"))


def values(rows: pd.DataFrame, figure: str) -> dict[str, float]:
    rows = rows[rows["figure"].eq(figure) & rows["value"].notna()]
    return dict(zip(rows["site_id"], rows["value"], strict=True))


def known(results: dict) -> dict[str, float]:
    return {site_id: result.value for site_id, result in results.items() if result.value is not None}


@by_role
def test_warnings_are_those_of_the_page_early_warning(field: View, viewer: Viewer) -> None:
    until = field.committed_at
    scope = SimpleNamespace(view=field, viewer=viewer)
    rows = compare_figures.of_warnings(cached_compare.alerts_of_period(scope, TODAY), until)
    response, false_alarms = {}, {}
    for site_id in field_network.SHARED:
        is_by_month = not viewer.sees_species_of(site_id)
        first = warning.first_day(cached_compare.PERIOD, TODAY, is_by_month)
        alerts = queries.site_alerts(field, viewer, site_id, first, TODAY, TODAY)
        found = warning.warnings(alerts, first, TODAY, until, is_by_month)
        response[site_id], false_alarms[site_id] = found.response, found.false_alarms
    assert values(rows, "response") == known(response)
    assert values(rows, "false_alarms") == known(false_alarms)


@by_role
def test_coral_and_survival_are_those_of_the_page_reefs(reef: View, viewer: Viewer) -> None:
    asked = (reef, viewer)
    rows = compare_figures.of_reefs(queries.reef_cover_rows(*asked, TODAY), queries.outplant_rows(*asked, TODAY))
    cover, survival = {}, {}
    for site_id in SHARED:
        planted = queries.site_outplants(*asked, site_id, TODAY)
        surveys = queries.site_reef_surveys(*asked, site_id, TODAY)
        found = reefs.surveys_of(surveys, queries.site_reef_stations(*asked, site_id, TODAY), planted)
        cover[site_id], survival[site_id] = found.cover, reefs.restoration_of(planted).survival
    assert values(rows, "coral") == pytest.approx(known(cover))
    assert values(rows, "survival") == pytest.approx(known(survival))


@pytest.mark.parametrize("viewer", [PUBLIC, PARTNER, STAFF], ids=lambda viewer: viewer.role)
def test_taxa_at_all_stations_are_the_end_of_the_curve_of_the_page_wildlife(cameras: View, viewer: Viewer) -> None:
    first = TODAY - timedelta(days=365)
    asked = (cameras, viewer)
    effort, counts, taxa = (
        getattr(queries, name)(*asked, first, TODAY, TODAY)
        for name in ("camera_effort", "camera_counts", "camera_taxa")
    )
    curves = compare_figures.of_cameras(effort, counts, taxa).curves
    for site_id in network.SITE_OF.values():
        if site_id == FORMER_SITE:
            continue
        data = wildlife.CameraData(
            records=queries.site_records(*asked, site_id, first, TODAY, TODAY),
            every_record=queries.site_records(*asked, site_id, first, TODAY, TODAY),
            deployments=queries.site_deployments(*asked, site_id, first, TODAY, TODAY),
            places=queries.site_places(*asked, site_id, TODAY),
            unsorted=queries.site_observation_types(*asked, site_id, TODAY),
            withheld=queries.site_withheld(*asked, site_id, first, TODAY, TODAY),
        )
        expected = wildlife.compose(data, first, TODAY, with_machine=True).curves["place"]
        own = curves[curves["site_id"].eq(site_id)]
        assert own["species"].tolist() == pytest.approx(expected["species"].tolist())
        assert own["high"].tolist() == pytest.approx(expected["high"].tolist())


def test_a_manager_sees_warnings_exactly_at_home_and_by_month_elsewhere(field: View) -> None:
    alerts = cached_compare.alerts_of_period(SimpleNamespace(view=field, viewer=MANAGER), TODAY)
    own, others = (alerts[alerts["site_id"].isin(MANAGER.sites) == is_own] for is_own in (True, False))
    assert own["detected_at"].dt.day.nunique() > 1
    assert set(others["detected_at"].dt.day) == {1}
