"""An invented network of four sites, as the queries would answer: same columns, nothing from a real place."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pandas as pd

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
TODAY = NOW.date()
HOSTILE = "[x](javascript:alert(1)) <img src=x onerror=alert(1)> :red[boo]"
NO_REEFS = {
    "reef_surveys": pd.NA,
    "corals_planted": pd.NA,
    "has_reefs": False,
    "has_outplants": False,
    "has_heat_stress": False,
}
VIEW = SimpleNamespace(version=7, committed_at=datetime(2026, 11, 22, 17, 30, tzinfo=UTC), day=date(2026, 11, 22))


def sites() -> pd.DataFrame:
    rows = [
        ("990000001", "Aldermere National Park", "KEN", "Kenya", "Africa", "green_list", date(2026, 1, 31), True, 5),
        ("990000002", "Brant Bay Reserve", "FRA", "France", "Europe & Central Asia", "candidate", None, True, 30),
        ("990000003", "Calder Hills", "PER", "Peru", "Latin America & Caribbean", "application", None, False, None),
        ("990000004", HOSTILE, "KEN", "Kenya", "Africa", "not_started", None, False, None),
    ]
    names = [
        "site_id",
        "site_name",
        "country_iso3",
        "country",
        "region",
        "phase",
        "expires_on",
        "has_sensors",
        "days_silent",
    ]
    frame = pd.DataFrame(rows, columns=names)
    newest = [None if pd.isna(days) else TODAY - timedelta(days=int(days)) for days in frame["days_silent"]]
    return frame.drop(columns="days_silent").assign(
        has_cameras=frame["has_sensors"],
        realm="terrestrial",
        iucn_category="II",
        area_km2=742.4,
        latitude=[-1.23456, 46.5, -9.0, None],
        longitude=[36.98765, -1.5, -75.0, None],
        position_kind=["registry", "registry", "country", "none"],
        status=["Green Listed", "Candidate", "Application", None],
        is_expiry_year_only=[False, None, None, None],
        listing_id=["L1", "L2", "L3", None],
        link=["https://example.org/listing", None, None, "javascript:alert(1)"],
        newest_detection_on=newest,
        detections_30d=pd.array([120, 80, None, None], dtype="Int64"),
        detections_prior_30d=pd.array([100, 80, None, None], dtype="Int64"),
        sources_total=[1, 1, 0, 0],
        sources_failing=[0, 1, 0, 0],
        original_name=None,
        designation="National Park",
        governance=None,
        status_year=1988,
        marine_area_km2=None,
        boundary_kind=["polygon", "point", "restricted", "restricted"],
        parcel_count=1,
        registry_url=None,
        is_oecm=False,
    )


def site(site_id: str) -> dict | None:
    found = sites()
    found = found[found["site_id"].eq(site_id)]
    return None if found.empty else {**found.iloc[0].to_dict(), "co_listed": []}


def network_days() -> pd.DataFrame:
    days = [TODAY - timedelta(days=back) for back in range(59, -1, -1)]
    return pd.DataFrame({"day": days, "detections": 4, "individuals": 6, "machine_only": 1, "sites_reporting": 2})


def species() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "scientific_name": ["Equus quagga", "Panthera leo", "<b>Odd</b>"],
            "common_name": ["Plains zebra", "Lion", None],
            "detections": pd.array([90, None, 30], dtype="Int64"),
            "individuals": pd.array([140, None, 30], dtype="Int64"),
            "machine_only": pd.array([10, None, 30], dtype="Int64"),
            "newest": [TODAY, date(2026, 9, 1), TODAY],
            "is_generalised": [False, True, False],
            "is_suppressed": [False, True, False],
        }
    )


def hours() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "hour": [6, 18, 6],
            "scientific_name": ["Equus quagga", "Equus quagga", "Vulpes vulpes"],
            "common_name": ["Plains zebra", "Plains zebra", None],
            "detections": [30, 10, 5],
        }
    )


def effort() -> pd.DataFrame:
    months = [date(2026, 7, 1), date(2026, 8, 1), date(2026, 11, 1)]
    return pd.DataFrame({"month": months, "trap_nights": [310.0, 300.0, 120.5], "stations": 10, "deployments": 10})


def totals() -> dict:
    return {
        "detections": 120,
        "individuals": 170,
        "machine_only": 40,
        "taxa": 3,
        "first_month": "2026-07",
        "last_month": "2026-11",
        "trap_nights": 730.5,
        "deployments": 30,
        "withheld_note": "Camera positions are not shown, to protect the animals.",
    }


def no_totals() -> dict:
    counts = dict.fromkeys(("detections", "individuals", "machine_only", "taxa", "deployments"), 0)
    return {**counts, "first_month": None, "last_month": None, "trap_nights": None, "withheld_note": ""}


def stations() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "station": ["Ridge 1", "@@=alert(1)"],
            "latitude": [-1.2, -1.25],
            "longitude": [36.95, 37.0],
            "radius_m": [None, 1570.0],
            "trap_nights": [300.0, 430.5],
            "detections": [100, 20],
        }
    )


def sources() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source": ["aldermere-cameras", "brant-cameras", "registry"],
            "title": ["Camera traps", "Camera traps", "Protected area registry"],
            "connector": ["camtrap_dp", "camtrap_dp", "protected_planet"],
            "site_ids": [["990000001"], ["990000002"], []],
            "refresh_hours": [6.0, 6.0, 24.0],
            "licence": ["CC-BY-4.0", None, None],
            "sharing": ["public", "public", "public"],
            "last_run_at": pd.to_datetime([NOW - timedelta(hours=h) for h in (2, 3, 4)], utc=True),
            "last_success_at": pd.to_datetime([NOW - timedelta(hours=h) for h in (2, 60, 4)], utc=True),
            "outcome": ["stored", "unavailable", "unchanged"],
            "rows_read": [1000, 0, 4],
            "rows_stored": [990, 0, 0],
            "rows_unchanged": [5, 0, 4],
            "rows_retired": 0,
            "rows_refused": [5, 0, 0],
            "newest_record_on": [TODAY, TODAY - timedelta(days=30), None],
            "error": [None, "brant-cameras: no answer from http://127.0.0.1", None],
            "advice": [None, "Nothing to do: it is tried again at the next pull.", None],
            "warnings": None,
        }
    )


def runs() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "started_at": pd.to_datetime([NOW - timedelta(hours=2)], utc=True),
            "outcome": ["stored"],
            "rows_stored": [990],
            "rows_unchanged": [5],
            "rows_retired": [0],
            "rows_refused": [5],
            "seconds": [3.2],
            "error": [None],
        }
    )


def refused() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "table": ["deployments"],
            "row": [12],
            "field": ["latitude"],
            "value": ["95.2"],
            "reason": ["latitude is outside -90 to 90"],
            "raw": ["D-12,95.2"],
        }
    )


SQUARE = '{"type":"Polygon","coordinates":[[[36.9,-1.3],[37.1,-1.3],[37.1,-1.1],[36.9,-1.1],[36.9,-1.3]]]}'
HAS_CAMERAS = ("990000001", "990000002")


def answers() -> dict:
    """The invented answer of each query, with the query's own parameters."""

    def empty(frame: pd.DataFrame, site_id: str) -> pd.DataFrame:
        return frame if site_id in HAS_CAMERAS else frame.head(0)

    return {
        "sites": lambda view, viewer, today: sites(),
        "site_cells": lambda view, viewer, today: pd.DataFrame(
            columns=["latitude", "longitude", "phase", "site_count"]
        ),
        "network_days": lambda view, viewer, today, days: network_days().tail(days),
        "site": lambda view, viewer, site_id, today: site(site_id),
        "site_boundary": lambda view, viewer, site_id: SQUARE if site_id == "990000001" else None,
        "site_days": lambda view, viewer, site_id, today: empty(network_days(), site_id),
        "site_species": lambda view, viewer, site_id, first, last, today: empty(species(), site_id),
        "site_effort": lambda view, viewer, site_id, today: empty(effort(), site_id),
        "site_totals": lambda view, viewer, site_id, today: totals() if site_id in HAS_CAMERAS else no_totals(),
        "site_stations": lambda view, viewer, site_id, today: (
            empty(stations(), site_id) if viewer.role != "public" else stations().head(0)
        ),
        "site_hours": lambda view, viewer, site_id, today: empty(hours(), site_id),
        "site_observation_types": lambda view, viewer, site_id, today: empty(
            pd.DataFrame({"observation_type": ["blank", "human"], "row_count": [500, 20]}), site_id
        ),
        "sources": lambda view, viewer, today: sources(),
        "runs": lambda view, viewer, source: runs(),
        "refused": lambda view, viewer, source: (
            refused() if viewer.role == "staff" else refused().assign(field=None, value=None, reason=None, raw=None)
        ),
    }
