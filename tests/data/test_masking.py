"""What each viewer is not shown: private and embargoed data, sensitive species, cameras, messages, raw rows."""

from datetime import date

import pandas as pd
import pytest

from data import queries
from data.access import Viewer
from data.engine import View
from tests.data.network import (
    BEAST,
    EMBARGOED_SITE,
    EVERYONE,
    FORMER_SITE,
    FOX,
    MANAGER,
    OPEN_SITE,
    PARTNER,
    PRIVATE_SITE,
    PUBLIC,
    REVIEWER,
    SITE_OF,
    SOURCES,
    STAFF,
    SUMMARY_SITE,
    TIGER,
    TODAY,
    count_of,
    days_of,
    species_of,
)


@pytest.mark.parametrize("viewer", [PUBLIC, PARTNER, REVIEWER, Viewer("site")], ids=lambda viewer: viewer.role)
def test_a_private_source_and_one_that_is_not_configured_are_invisible(view: View, viewer: Viewer) -> None:
    for site_id in (PRIVATE_SITE, FORMER_SITE):
        totals = queries.site_totals(view, viewer, site_id, TODAY)
        assert (totals["detections"], totals["taxa"], totals["deployments"]) == (0, 0, 0)
        assert totals["trap_nights"] is None
        assert days_of(view, viewer, site_id) == {}
        for question in (
            queries.site_effort,
            queries.site_hours,
            queries.site_stations,
            queries.site_observation_types,
        ):
            assert question(view, viewer, site_id, TODAY).empty
        assert species_of(view, viewer, site_id).empty
        facts = queries.site(view, viewer, site_id, TODAY)
        assert pd.isna(facts["detections_30d"])
        assert pd.isna(facts["newest_detection_on"])


def test_of_a_summary_source_the_public_sees_totals_only(view: View) -> None:
    for viewer in (PUBLIC, MANAGER):
        assert queries.site_totals(view, viewer, SUMMARY_SITE, TODAY)["detections"] == 10
        assert queries.site_effort(view, viewer, SUMMARY_SITE, TODAY)["trap_nights"].sum() == pytest.approx(110)
        assert days_of(view, viewer, SUMMARY_SITE) == {}
        assert species_of(view, viewer, SUMMARY_SITE).empty
        assert queries.site_hours(view, viewer, SUMMARY_SITE, TODAY).empty
        assert pd.isna(queries.site(view, viewer, SUMMARY_SITE, TODAY)["newest_detection_on"])
    for viewer in (PARTNER, REVIEWER):
        assert sum(days_of(view, viewer, SUMMARY_SITE).values()) == 10


def test_an_embargo_holds_back_the_newest_days_from_the_public(view: View) -> None:
    for viewer in (PUBLIC, MANAGER):
        assert days_of(view, viewer, EMBARGOED_SITE) == {date(2026, 2, 10): 8, date(2026, 3, 17): 4}
        assert species_of(view, viewer, EMBARGOED_SITE)["detections"].to_dict() == {FOX: 8}
        assert queries.site_totals(view, viewer, EMBARGOED_SITE, TODAY)["last_month"] == "2026-02"
    for viewer in (PARTNER, REVIEWER, STAFF):
        assert sum(days_of(view, viewer, EMBARGOED_SITE).values()) == count_of(EMBARGOED_SITE)


def test_the_public_counts_open_species_by_day(view: View) -> None:
    assert days_of(view, PUBLIC, OPEN_SITE) == {date(2026, 6, 10): 3}
    for viewer in (PARTNER, REVIEWER, MANAGER, STAFF):
        assert sum(days_of(view, viewer, OPEN_SITE).values()) == count_of(OPEN_SITE)


def test_the_public_sees_sensitive_species_by_released_months_and_never_few(view: View) -> None:
    species = species_of(view, PUBLIC, OPEN_SITE)
    assert species.loc[FOX, "detections"] == 3
    assert not species.loc[FOX, "is_generalised"]
    assert species.loc[FOX, "newest"] == date(2026, 6, 10)
    assert species.loc[TIGER, "detections"] == 6
    assert species.loc[TIGER, "is_generalised"]
    assert species.loc[TIGER, "newest"] == date(2026, 4, 1)
    for name in (BEAST, ""):
        assert species.loc[name, "is_suppressed"]
        assert species.loc[name, ["detections", "individuals", "machine_only"]].isna().all()
    assert species["is_suppressed"].sum() == 2


def test_few_sensitive_detections_are_suppressed_in_any_choice_of_months(view: View) -> None:
    march = species_of(view, PUBLIC, OPEN_SITE, "2026-03", "2026-03")
    assert march["is_suppressed"].to_dict() == {TIGER: True}
    april = species_of(view, PUBLIC, OPEN_SITE, "2026-04", "2026-04")
    both = species_of(view, PUBLIC, OPEN_SITE, "2026-03", "2026-04")
    assert both.loc[TIGER, "detections"] == april.loc[TIGER, "detections"]
    assert species_of(view, PUBLIC, OPEN_SITE, "2026-05", "2026-05").empty
    assert species_of(view, PUBLIC, OPEN_SITE, "2026-06", "2026-06").index.tolist() == [FOX]


def test_others_see_sensitive_species_as_they_are(view: View) -> None:
    for viewer in (PARTNER, REVIEWER, MANAGER, STAFF):
        species = species_of(view, viewer, OPEN_SITE)
        assert species["detections"].to_dict() == {TIGER: 17, BEAST: 4, FOX: 3, "": 1}
        assert not species[["is_generalised", "is_suppressed"]].any(axis=None)
        assert species.loc[TIGER, "newest"] == date(2026, 6, 11)


def test_hours_of_sensitive_species_are_not_public(view: View) -> None:
    public = queries.site_hours(view, PUBLIC, OPEN_SITE, TODAY)
    assert public[["scientific_name", "hour", "detections"]].values.tolist() == [[FOX, 18, 3]]
    staff = queries.site_hours(view, STAFF, OPEN_SITE, TODAY)
    assert staff["detections"].sum() == count_of(OPEN_SITE)


def test_the_public_never_gets_a_station(view: View) -> None:
    for viewer in (PUBLIC, Viewer("site"), Viewer("public", frozenset({OPEN_SITE}))):
        for site_id in SITE_OF.values():
            assert queries.site_stations(view, viewer, site_id, TODAY).empty


def test_partners_get_stations_without_names_on_a_grid(view: View) -> None:
    for viewer in (PARTNER, REVIEWER):
        stations = queries.site_stations(view, viewer, OPEN_SITE, TODAY)
        assert stations["station"].str.fullmatch(r"[A-Z][a-z]+ [12]").all()
        assert stations["station"].is_unique
        assert sorted(stations["latitude"]) == [47.125, 47.205]
        assert stations["longitude"].tolist() == [11.655, 11.655]
        assert (stations["radius_m"] >= 787).all()
        assert "Tiger spring" not in stations.to_csv()
        assert "camera" not in stations.to_csv()


def test_managers_and_staff_get_stations_as_they_are(view: View) -> None:
    for viewer in (MANAGER, STAFF):
        stations = queries.site_stations(view, viewer, OPEN_SITE, TODAY).set_index("station")
        assert stations["latitude"].to_dict() == {"Tiger spring": 47.123456, "camera-2": 47.2}
        assert stations["detections"].to_dict() == {"Tiger spring": count_of(OPEN_SITE), "camera-2": 0}
        assert stations["trap_nights"].to_dict() == {"Tiger spring": pytest.approx(10), "camera-2": pytest.approx(100)}


def test_errors_and_warnings_of_a_source_are_for_those_who_see_its_sites(view: View) -> None:
    for viewer in EVERYONE:
        frame = queries.sources(view, viewer, TODAY).set_index("source")
        assert list(frame.index) == sorted(row["source"] for row in SOURCES)
        for source in ("open cameras", "summary cameras"):
            may_see = viewer.sees_all_of(SITE_OF[source])
            assert ("Tiger spring" in str(frame.loc[source].to_dict())) == may_see
            assert (frame.loc[source, "error"] == "no file Tiger spring") == may_see
            assert frame.loc[source, "outcome"] == "unavailable"
            assert frame.loc[source, "rows_refused"] == 1
            assert frame.loc[source, "last_success_at"] < frame.loc[source, "last_run_at"]


def test_errors_of_runs_are_for_those_who_see_the_sites(view: View) -> None:
    for viewer in EVERYONE:
        for source in ("open cameras", "former cameras"):
            frame = queries.runs(view, viewer, source)
            may_see = viewer.role == "staff" or (viewer is MANAGER and source == "open cameras")
            assert frame["outcome"].tolist() == ["unavailable", "stored" if may_see else "unchanged"]
            assert frame["rows_stored"].notna().all() == may_see
            assert frame["error"].notna().any() == may_see


def test_values_of_refused_rows_are_for_those_who_see_the_sites(view: View) -> None:
    for viewer in EVERYONE:
        for source in ("open cameras", "former cameras"):
            frame = queries.refused(view, viewer, source)
            may_see = viewer.role == "staff" or (viewer is MANAGER and source == "open cameras")
            assert ("Tiger spring" in frame.to_csv()) == may_see
            assert set(frame["field"].dropna()) == ({"site_id", "started_at"} if may_see else set())
            assert set(frame["reason"].dropna()) == ({"is required but empty"} if may_see else set())
            assert len(frame) == 2, "where a row stood is for everybody"
