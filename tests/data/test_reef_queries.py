"""What each viewer gets of reef surveys, planted corals and heat stress."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from data import queries
from data.access import Viewer
from data.engine import View
from data.store import Store
from tests.data.invented import Row, configured, filled, site
from tests.data.network import (
    EMBARGOED_SITE,
    EVERYONE,
    MANAGER,
    OPEN_SITE,
    PARTNER,
    PRIVATE_SITE,
    PUBLIC,
    REVIEWER,
    STAFF,
    SUMMARY_SITE,
    TODAY,
)

SHARED = {OPEN_SITE: "public", SUMMARY_SITE: "public-summary", PRIVATE_SITE: "private", EMBARGOED_SITE: "public"}
EMBARGO_DAYS = 60
LATITUDE, LONGITUDE = -20.123456, 57.654321
SECRETS = ("Zulu reef", "Alpha reef", "Hidden bay", "IMG_", "tag-7", "Acropora", "Raft nursery")
QUESTIONS = (
    queries.site_reef_surveys,
    queries.site_reef_stations,
    queries.site_outplants,
    queries.site_heat_stress,
)
by_role = pytest.mark.parametrize("viewer", EVERYONE, ids=lambda viewer: viewer.role)


def survey(site_id: str, number: int, station: str, day: date | None) -> Row:
    return {
        "survey_id": f"IMG_{number}.jpg",
        "site_id": site_id,
        "station": station,
        "surveyed_on": day,
        "method": "photo",
        "metric": "hard_coral_pct",
        "value": 10.0 + number,
        "depth_m": 7.5,
        "latitude": LATITUDE,
        "longitude": LONGITUDE,
    }


def outplant(site_id: str, day: date, alive: int) -> Row:
    return {
        "fragment_id": "tag-7",
        "site_id": site_id,
        "station": "Zulu reef",
        "planted_on": TODAY - timedelta(days=400),
        "observed_on": day,
        "scientific_name": "Acropora muricata",
        "nursery": "Raft nursery",
        "fragment_count": 10,
        "alive_count": alive,
        "dead_count": 10 - alive,
        "lost_count": 0,
    }


def heat(site_id: str, day: date, dhw: float) -> Row:
    return {
        "site_id": site_id,
        "station": "Hidden bay",
        "day": day,
        "sst_c": 29.0,
        "hotspot_c": 0.5,
        "dhw_c_weeks": dhw,
        "alert_level": 1,
        "cell_distance_km": 2.34,
    }


def tables(site_id: str) -> dict[str, list[Row]]:
    old, new = TODAY - timedelta(days=200), TODAY - timedelta(days=10)
    return {
        "reef_surveys": [
            survey(site_id, 1, "Zulu reef", old),
            survey(site_id, 2, "Alpha reef", old),
            survey(site_id, 3, "Zulu reef", new),
            survey(site_id, 4, "Zulu reef", None),
        ],
        "outplants": [outplant(site_id, old, 9), outplant(site_id, new, 8)],
        "heat_stress": [heat(site_id, old, 3.27), heat(site_id, new, 3.61)],
    }


@pytest.fixture(scope="module")
def reefs(tmp_path_factory: pytest.TempPathFactory) -> View:
    sources = [
        configured(
            f"reefs {site_id}",
            connector="mermaid",
            site_ids=site_id,
            sharing=level,
            embargo_days=EMBARGO_DAYS if site_id == EMBARGOED_SITE else 0,
        )
        for site_id, level in SHARED.items()
    ]
    sources.append(configured("registry", connector="protected_planet", site_ids=None))
    rows = {f"reefs {site_id}": tables(site_id) for site_id in SHARED}
    rows["registry"] = {"sites": [site(site_id, country_iso3="MUS") for site_id in SHARED]}
    folder: Path = tmp_path_factory.mktemp("reefs")
    return filled(Store(str(folder / "store")), folder, sources, rows)


def asked(view: View, viewer: Viewer, site_id: str = OPEN_SITE) -> list[pd.DataFrame]:
    return [question(view, viewer, site_id, TODAY) for question in QUESTIONS]


def test_staff_gets_every_survey_with_its_place(reefs: View) -> None:
    surveys, stations, planted, heated = asked(reefs, STAFF)
    assert surveys["value"].tolist() == [12.0, 11.0, 13.0, 14.0]
    assert surveys["station"].tolist() == ["Alpha reef", "Zulu reef", "Zulu reef", "Zulu reef"]
    assert surveys["surveyed_on"].isna().sum() == 1
    assert stations.loc[0, ["latitude", "longitude"]].tolist() == [LATITUDE, LONGITUDE]
    assert planted["alive_count"].tolist() == [9, 8]
    assert planted["cohort"].nunique() == 1
    assert heated["alert_level"].tolist() == [1, 1]


def test_the_public_gets_numbers_instead_of_names_and_no_place(reefs: View) -> None:
    surveys, stations, planted, heated = asked(reefs, PUBLIC)
    by_station = {station: sorted(rows["value"]) for station, rows in surveys.groupby("station")}
    assert set(by_station) == {"Reef 1", "Reef 2"}
    assert sorted(by_station.values()) == [[11.0, 13.0, 14.0], [12.0]]
    (zulu,) = (station for station, values in by_station.items() if len(values) == 3)
    assert set(planted["station"]) == {zulu}, "surveys and planted corals share the numbers"
    assert stations[["latitude", "longitude"]].isna().all(axis=None)
    assert surveys["depth_m"].isna().all()
    assert planted[["scientific_name", "nursery"]].isna().all(axis=None)
    told = "\n".join(frame.to_csv() for frame in (surveys, stations, planted, heated))
    assert not [secret for secret in SECRETS if secret in told]


def test_the_public_gets_heat_per_week_to_half_a_degree_week(reefs: View) -> None:
    heated = queries.site_heat_stress(reefs, PUBLIC, OPEN_SITE, TODAY)
    assert heated["is_by_week"].all()
    assert set(heated["day"].dt.day_of_week) == {0}
    assert heated["dhw_c_weeks"].tolist() == [3.5, 3.5], "3.27 and 3.61 to the nearest half"
    assert heated[["sst_c", "hotspot_c", "cell_distance_km"]].isna().all(axis=None)
    exact = queries.site_heat_stress(reefs, STAFF, OPEN_SITE, TODAY)
    assert exact["dhw_c_weeks"].tolist() == [3.27, 3.61]
    assert exact["cell_distance_km"].tolist() == [2.34, 2.34]
    assert queries.site_heat_stress(reefs, PARTNER, OPEN_SITE, TODAY)["cell_distance_km"].isna().all()


def test_numbers_do_not_follow_the_order_of_the_names(tmp_path: Path) -> None:
    """One store may have them in order by chance; twelve names in order in each of three stores do not come so."""
    names = [f"{letter} reef" for letter in "ABCDEFGHIJKL"]
    orders = set()
    for store in ("one", "two", "three"):
        folder = tmp_path / store
        folder.mkdir()
        surveys = [survey(OPEN_SITE, n, name, TODAY - timedelta(days=200)) for n, name in enumerate(names)]
        sources = [configured("reefs", connector="mermaid", site_ids=OPEN_SITE, sharing="public")]
        view = filled(Store(str(folder / "store")), folder, sources, {"reefs": {"reef_surveys": surveys}})
        seen = queries.site_reef_surveys(view, PUBLIC, OPEN_SITE, TODAY).sort_values("value")["station"]
        orders.add(tuple(seen))
    assert all(list(order) != [f"Reef {n}" for n in range(1, 13)] for order in orders)


def test_a_number_stays_when_an_embargo_ends(reefs: View) -> None:
    now = queries.site_reef_surveys(reefs, PUBLIC, EMBARGOED_SITE, TODAY)
    later = queries.site_reef_surveys(reefs, PUBLIC, EMBARGOED_SITE, TODAY + timedelta(days=EMBARGO_DAYS))
    both = now.merge(later, on="value")
    assert len(both) == len(now)
    assert (both["station_x"] == both["station_y"]).all()


def test_a_day_that_has_not_come_is_no_survey(reefs: View) -> None:
    before = TODAY - timedelta(days=100)
    days = queries.site_reef_surveys(reefs, STAFF, OPEN_SITE, before)["surveyed_on"].dropna()
    assert (days.dt.date <= before).all()
    assert len(days) == 2


@pytest.mark.parametrize("viewer", [PARTNER, REVIEWER], ids=lambda viewer: viewer.role)
def test_partners_get_names_and_the_grid(reefs: View, viewer: Viewer) -> None:
    _, stations, planted, _ = asked(reefs, viewer)
    assert stations["station"].tolist() == ["Alpha reef", "Zulu reef"]
    assert stations.loc[0, ["latitude", "longitude"]].tolist() == [-20.125, 57.655]
    assert set(planted["scientific_name"]) == {"Acropora muricata"}


@by_role
def test_no_image_name_and_no_tag_leaves(reefs: View, viewer: Viewer) -> None:
    told = "\n".join(frame.to_csv() for frame in asked(reefs, viewer))
    assert "IMG_" not in told
    assert "tag-7" not in told


@by_role
def test_private_sources_stay_with_who_sees_the_site(reefs: View, viewer: Viewer) -> None:
    for frame in asked(reefs, viewer, PRIVATE_SITE):
        assert frame.empty is not viewer.sees_all_of(PRIVATE_SITE)
    for frame in asked(reefs, viewer, SUMMARY_SITE):
        assert frame.empty is not viewer.sees_species_of(SUMMARY_SITE), "totals only are for everybody"


@by_role
def test_an_embargo_keeps_new_and_undated_surveys_back(reefs: View, viewer: Viewer) -> None:
    surveys, _, planted, heated = asked(reefs, viewer, EMBARGOED_SITE)
    is_cut = viewer.role == "public" or (viewer.role == "site" and not viewer.sees_all_of(EMBARGOED_SITE))
    assert len(surveys) == (2 if is_cut else 4)
    assert len(planted) == len(heated) == (1 if is_cut else 2)


@by_role
def test_the_network_counts_what_the_site_page_shows(reefs: View, viewer: Viewer) -> None:
    monitored = queries.monitored_sites(reefs, viewer, TODAY).set_index("site_id")
    for site_id in SHARED:
        surveys, _, planted, heated = asked(reefs, viewer, site_id)
        if surveys.empty:
            assert site_id not in monitored.index or SHARED[site_id] == "public-summary"
            continue
        row = monitored.loc[site_id]
        assert row["reef_surveys"] == len(surveys[["source", "station", "surveyed_on"]].drop_duplicates())
        assert row["corals_planted"] == planted.drop_duplicates("cohort")["fragment_count"].sum() == 10
        assert row[["has_reefs", "has_outplants", "has_heat_stress"]].all()
        assert not heated.empty


def test_a_manager_of_another_site_is_like_the_public(reefs: View) -> None:
    other = Viewer("site", frozenset({"999"}))
    assert MANAGER.sees_all_of(OPEN_SITE)
    for seen, public in zip(asked(reefs, other), asked(reefs, PUBLIC), strict=True):
        pd.testing.assert_frame_equal(seen, public)
