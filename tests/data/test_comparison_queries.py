"""Comparing counts nothing that the questions about one site do not tell the same viewer, and sites alike."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from data import queries
from data.access import Viewer
from data.engine import View
from data.queries.comparison import counts_all_species
from data.store import Store
from metrics.community import active_days
from tests.data import field_network, test_reef_queries
from tests.data.invented import configured, deployment, detection, filled, moment, site
from tests.data.network import (
    EMBARGOED_SITE,
    EVERYONE,
    FORMER_SITE,
    FOX,
    MANAGER,
    OPEN_SITE,
    PARTNER,
    PRIVATE_SITE,
    PUBLIC,
    STAFF,
    SUMMARY_SITE,
    TIGER,
    TODAY,
)

SITES = (OPEN_SITE, SUMMARY_SITE, PRIVATE_SITE, EMBARGOED_SITE, FORMER_SITE)
PERIODS = {"year": (date(2025, 7, 1), TODAY), "part": (date(2026, 2, 25), date(2026, 6, 10))}
OTHER_MANAGER = Viewer("site", frozenset({SUMMARY_SITE}))
by_role = pytest.mark.parametrize("viewer", [*EVERYONE, OTHER_MANAGER], ids=[*(v.role for v in EVERYONE), "other"])
by_period = pytest.mark.parametrize("period", PERIODS)


def records_of(view: View, viewer: Viewer, site_id: str, days: tuple[date, date]) -> pd.DataFrame:
    """The records of one site that are compared: those that its page counts in full, and open ones alone, or all.

    Those of a source that is no longer configured have no effort, so they are not compared.
    """
    found = queries.site_records(view, viewer, site_id, *days, TODAY)
    found = found[~found["is_generalised"]]
    if counts_all_species(viewer):
        return found
    return found[found["scientific_name"].eq(FOX)]


@by_role
@by_period
def test_effort_is_that_of_each_site_for_the_same_viewer(view: View, viewer: Viewer, period: str) -> None:
    effort = queries.camera_effort(view, viewer, *PERIODS[period], TODAY)
    for site_id in SITES:
        expected = queries.site_deployments(view, viewer, site_id, *PERIODS[period], TODAY)
        own = effort[effort["site_id"].eq(site_id)]
        assert own["trap_nights"].sum() == pytest.approx(expected["trap_nights"].sum())
        assert len(own) == expected["place"].nunique()
    assert effort["place"].is_unique


@by_role
def test_counts_are_those_of_the_records_of_each_site(view: View, viewer: Viewer) -> None:
    counts = queries.camera_counts(view, viewer, *PERIODS["part"], TODAY).set_index("site_id")
    for site_id in SITES:
        records = records_of(view, viewer, site_id, PERIODS["part"])
        if records.empty or site_id == FORMER_SITE:
            assert site_id not in counts.index
            continue
        row = counts.loc[site_id]
        assert row["detections"] == len(records)
        assert row["machine_only"] == records["is_machine"].sum()
        assert row["active_days"] == len(active_days(records).drop_duplicates(["deployment", "day"]))
        assert row["newest_on"].date() == records["started_at"].max().date()


@by_role
def test_taxa_are_those_of_the_records_of_each_site(view: View, viewer: Viewer) -> None:
    taxa = queries.camera_taxa(view, viewer, *PERIODS["year"], TODAY)
    effort = queries.camera_effort(view, viewer, *PERIODS["year"], TODAY)
    for site_id in SITES:
        records = records_of(view, viewer, site_id, PERIODS["year"])
        placed = records[records["place"].ne("0") & records["scientific_name"].notna()]
        own = taxa[taxa["site_id"].eq(site_id)]
        if site_id == FORMER_SITE:
            assert own.empty
            continue
        assert len(own) == len(placed[["place", "scientific_name"]].drop_duplicates())
        assert set(own["scientific_name"]) == set(placed["scientific_name"])
        assert set(own["place"]) <= set(effort.loc[effort["site_id"].eq(site_id), "place"])


def test_who_may_not_see_all_species_compares_open_ones_at_every_site(view: View) -> None:
    for viewer in (PUBLIC, MANAGER):
        taxa = queries.camera_taxa(view, viewer, *PERIODS["year"], TODAY)
        assert set(taxa["scientific_name"]) == {FOX}
    assert TIGER in set(queries.camera_taxa(view, PARTNER, *PERIODS["year"], TODAY)["scientific_name"])
    assert (
        queries.site_species(view, MANAGER, OPEN_SITE, "2026-01", "2026-06", TODAY)["scientific_name"].eq(TIGER).any()
    )


def test_nothing_is_left_when_the_days_that_the_public_sees_are_subtracted(view: View) -> None:
    """The compared count of a site is a sum of what its profile shows by day, so it holds no hidden record."""
    counts = queries.camera_counts(view, PUBLIC, *PERIODS["year"], TODAY).set_index("site_id")["detections"]
    for site_id in SITES:
        days = queries.site_days(view, PUBLIC, site_id, TODAY)
        days = days[pd.to_datetime(days["day"]).dt.date.ge(PERIODS["year"][0])]
        assert counts.get(site_id, 0) == days["detections"].sum()


def test_a_source_that_shares_totals_only_is_not_compared_in_public(view: View) -> None:
    """Its open records would split the total that its profile shows into open and sensitive ones."""
    for name in ("camera_effort", "camera_counts", "camera_taxa"):
        found = getattr(queries, name)(view, PUBLIC, *PERIODS["year"], TODAY)
        assert {SUMMARY_SITE, PRIVATE_SITE, FORMER_SITE}.isdisjoint(found["site_id"])


def test_a_day_of_a_deployment_counts_once_by_its_own_clock(tmp_path: Path) -> None:
    late = moment("2026-03-01T23:00:00")
    rows = [
        detection(f"d{n}", late + timedelta(hours=hours), deployment_id=camera, utc_offset_min=offset)
        for n, (camera, hours, offset) in enumerate(
            [("a", 0, 0), ("a", 2, 0), ("b", 0, 120), ("b", 2, 120), ("b", 2, None), ("b", 30, None)]
        )
    ]
    cameras = [deployment(name, late - timedelta(days=5), late + timedelta(days=5)) for name in "ab"]
    tables = {"detections": rows, "deployments": cameras}
    view = filled(Store(str(tmp_path / "store")), tmp_path, [configured("cams")], {"cams": tables})
    counts = queries.camera_counts(view, STAFF, *PERIODS["year"], TODAY)
    # Camera a: 1 and 2 March. Camera b: 2 March by its clock and once by UTC, then 3 March.
    assert counts["active_days"].tolist() == [4]
    assert counts["detections"].tolist() == [6]


@by_role
def test_newest_days_are_those_that_may_be_seen_by_day(view: View, viewer: Viewer) -> None:
    newest = queries.newest_days(view, viewer, TODAY).set_index("site_id")["newest_on"]
    for site_id in SITES:
        days = queries.site_days(view, viewer, site_id, TODAY)
        if days.empty:
            assert site_id not in newest.index
        elif counts_all_species(viewer) or not viewer.sees_species_of(site_id):
            assert newest[site_id] == pd.to_datetime(days["day"]).max()
        else:
            assert newest[site_id] <= pd.to_datetime(days["day"]).max(), "open species alone, at their own site too"


def test_days_of_animals_and_warnings_are_for_those_who_see_them_everywhere(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    field = field_network.built(tmp_path_factory.mktemp("compared-field"))
    assert queries.newest_days(field, PUBLIC, TODAY).empty
    assert queries.newest_days(field, MANAGER, TODAY).empty
    newest = queries.newest_days(field, STAFF, TODAY).set_index("site_id")["newest_on"]
    assert set(newest.index) == set(field_network.SHARED)
    assert set(newest) == {pd.Timestamp("2026-06-03")}


def reef_network(folder: Path) -> View:
    """Surveys at two stations and a visit to planted corals at every site, with a day to come and one unknown."""
    sources, rows = [configured("registry", connector="protected_planet", site_ids=None)], {}
    shared = test_reef_queries.SHARED
    for site_id, level in shared.items():
        embargo = test_reef_queries.EMBARGO_DAYS if site_id == EMBARGOED_SITE else 0
        sources.append(configured(f"reef {site_id}", site_ids=site_id, sharing=level, embargo_days=embargo))
        days = [TODAY - timedelta(days=90), TODAY - timedelta(days=3), TODAY + timedelta(days=1), None]
        rows[f"reef {site_id}"] = {
            "reef_surveys": [
                test_reef_queries.survey(site_id, place * 10 + n, station, day)
                for place, station in enumerate(("Zulu reef", "Alpha reef"))
                for n, day in enumerate(days)
            ],
            "outplants": [
                {**test_reef_queries.outplant(site_id, day, 8), "fragment_id": f"tag-{n}"}
                for n, day in enumerate(days)
                if day
            ],
        }
    rows["registry"] = {"sites": [site(site_id) for site_id in shared]}
    return filled(Store(str(folder / "store")), folder, sources, rows)


@pytest.fixture(scope="module")
def reefs(tmp_path_factory: pytest.TempPathFactory) -> View:
    return reef_network(tmp_path_factory.mktemp("compared-reefs"))


@by_role
def test_reef_rows_are_those_of_each_site_without_names_and_depths(reefs: View, viewer: Viewer) -> None:
    surveys, planted = queries.reef_cover_rows(reefs, viewer, TODAY), queries.outplant_rows(reefs, viewer, TODAY)
    for site_id in test_reef_queries.SHARED:
        own = surveys[surveys["site_id"].eq(site_id)]
        expected = queries.site_reef_surveys(reefs, viewer, site_id, TODAY)
        assert sorted(own["value"]) == sorted(expected["value"])
        assert own["station"].nunique() == expected["station"].nunique()
        own = planted[planted["site_id"].eq(site_id)]
        expected = queries.site_outplants(reefs, viewer, site_id, TODAY)
        assert own["alive_count"].sum() == expected["alive_count"].sum()
        assert own["cohort"].nunique() == expected["cohort"].nunique()
    told = surveys.to_csv() + planted.to_csv()
    assert not [secret for secret in test_reef_queries.SECRETS if secret in told]
    assert surveys["depth_m"].isna().all()
    assert surveys.groupby("station")["site_id"].nunique().le(1).all()
    assert planted.groupby("cohort")["site_id"].nunique().le(1).all()
