"""Answers about sites and the network: sums of the raw rows, the right status, no trouble with odd ids."""

from collections import Counter
from datetime import date, timedelta

import pandas as pd
import pytest

from data import queries
from data.access import Viewer
from data.engine import View
from tests.data.network import (
    DETECTIONS,
    EVERYONE,
    OPEN_SITE,
    PRIVATE_SITE,
    PUBLIC,
    SITE_OF,
    STAFF,
    SUMMARY_SITE,
    TODAY,
    days_of,
    species_of,
)


def test_staff_see_every_raw_row(view: View) -> None:
    for source, site_id in SITE_OF.items():
        totals = queries.site_totals(view, STAFF, site_id, TODAY)
        rows = DETECTIONS[source]
        assert totals["detections"] == len(rows)
        assert totals["individuals"] == 2 * len(rows)
        assert totals["machine_only"] == sum(row["classification_method"] == "machine" for row in rows)
        assert totals["deployments"] == 2
        assert totals["trap_nights"] == pytest.approx(110)
        assert totals["withheld_note"] == ""
        days = Counter(row["started_at"].date() for row in rows)
        assert days_of(view, STAFF, site_id) == days
        assert species_of(view, STAFF, site_id)["detections"].sum() == len(rows)


def test_the_network_is_the_sum_of_what_each_viewer_sees_of_its_sites(view: View) -> None:
    for viewer in EVERYONE:
        frame = queries.network_days(view, viewer, TODAY, 365)
        assert frame["detections"].sum() == sum(sum(days_of(view, viewer, name).values()) for name in SITE_OF.values())
    fifteen = queries.network_days(view, STAFF, TODAY, 15)
    assert pd.to_datetime(fifteen["day"]).min().date() == date(2026, 6, 1)


def test_a_site_has_the_status_of_the_published_list(view: View) -> None:
    facts = queries.site(view, PUBLIC, OPEN_SITE, TODAY)
    assert (facts["status"], facts["phase"]) == ("Green Listed", "green_list")
    assert facts["co_listed"] == [SUMMARY_SITE]
    assert facts["country"] == "Austria"
    assert queries.site_boundary(view, PUBLIC, OPEN_SITE) == "{}"
    assert queries.site(view, PUBLIC, PRIVATE_SITE, TODAY)["phase"] == "not_started"


def test_counts_of_the_last_30_days_are_those_of_the_raw_rows(view: View) -> None:
    sites = queries.sites(view, STAFF, TODAY).set_index("site_id")
    first, before = TODAY - timedelta(days=29), TODAY - timedelta(days=59)
    for source, site_id in SITE_OF.items():
        days = [row["started_at"].date() for row in DETECTIONS[source]]
        shown = sites.loc[site_id, "detections_30d"]
        assert pd.isna(shown) or shown == sum(day >= first for day in days)
        prior = sites.loc[site_id, "detections_prior_30d"]
        assert pd.isna(prior) or prior == sum(before <= day < first for day in days)
    assert sites.loc[OPEN_SITE, "detections_30d"] == 5
    assert sites.loc[OPEN_SITE, "detections_prior_30d"] == 6 + 6 + 4 + 1
    assert not sites.loc["O'Hara", "has_sensors"]
    assert pd.isna(sites.loc["O'Hara", "detections_30d"])


def test_sites_are_counted_once_on_the_grid(view: View) -> None:
    cells = queries.site_cells(view, PUBLIC, TODAY)
    assert cells["site_count"].sum() == len(SITE_OF) + 1
    assert cells[["latitude", "longitude"]].drop_duplicates().values.tolist() == [[47.0, 11.0]]


@pytest.mark.parametrize("site_id", ["", "nowhere", "1' OR '1'='1", "100'; DROP TABLE sites; --", "%", "100 "])
def test_a_site_that_does_not_exist_is_none_whatever_it_is_called(view: View, site_id: str) -> None:
    assert queries.site(view, STAFF, site_id, TODAY) is None
    assert queries.site_boundary(view, STAFF, site_id) is None
    assert queries.site_days(view, STAFF, site_id, TODAY).empty
    assert queries.site_stations(view, Viewer("site", frozenset({site_id})), site_id, TODAY).empty


def test_a_site_id_with_a_quote_is_an_ordinary_one(view: View) -> None:
    facts = queries.site(view, PUBLIC, "O'Hara", TODAY)
    assert facts["site_name"] == "Site O'Hara"
    assert queries.sites(view, Viewer("site", frozenset({"O'Hara"})), TODAY)["site_id"].tolist().count("O'Hara") == 1


def test_a_source_that_does_not_exist_has_no_runs_and_no_refused_rows(view: View) -> None:
    for source in ("nothing", "'; DROP TABLE runs; --"):
        assert queries.runs(view, STAFF, source).empty
        assert queries.refused(view, STAFF, source).empty
