"""What the Overview says about all sites: states by age, who needs attention, filters, and the CSV."""

import csv
import io
from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pages import invented
from ui import network, tables

TODAY = invented.TODAY
SITES = network.with_state(invented.sites(), TODAY)


@pytest.mark.parametrize(("days", "state"), [(0, "fresh"), (4, "fresh"), (5, "late"), (14, "late"), (15, "stale")])
def test_state_follows_the_age_of_the_newest_detection(days, state):
    one = invented.sites().head(1).assign(newest_detection_on=[TODAY - timedelta(days=days)])
    assert list(network.with_state(one, TODAY)["state"]) == [state]


def test_failing_source_outweighs_a_fresh_detection():
    one = invented.sites().head(1).assign(newest_detection_on=[TODAY], sources_failing=1)
    assert list(network.with_state(one, TODAY)["state"]) == ["down"]


def test_site_without_sensors_has_no_data_rather_than_stale_data():
    assert list(SITES["state"])[2:] == ["never", "never"]


def test_certificate_of_a_shared_listing_is_counted_once():
    shared = invented.sites().head(1).loc[[0, 0]].assign(site_id=["1", "2"])
    assert network.summary(network.with_state(shared, TODAY), TODAY).certificates == {"overdue": 1}


def test_attention_has_the_most_urgent_first():
    urgencies = [item.urgency for item in network.attention(SITES, TODAY)]
    assert urgencies == sorted(urgencies)
    assert urgencies


def test_phases_of_the_summary_sum_to_all_sites():
    summary = network.summary(SITES, TODAY)
    assert sum(summary.by_phase.values()) == sum(summary.by_state.values()) == summary.sites == 4


def test_day_without_a_detection_between_two_others_is_a_zero():
    days = invented.network_days().iloc[[0, 3]]
    assert network.every_day(days)["detections"].tolist() == [4, 0, 0, 4]


@given(st.text(max_size=20))
def test_search_never_fails_and_finds_only_sites_that_hold_the_words(words):
    found = network.find(SITES, ["green_list", "candidate", "application", "not_started"], [], words)
    told = (found["site_name"] + "\n" + found["country"] + "\n" + found["site_id"]).str.casefold()
    assert all(words.strip().casefold() in text for text in told) or not words.strip().isascii()


def test_csv_of_the_demo_says_so_in_its_first_line_and_name():
    assert tables.sites_csv(SITES, is_demo=True).decode("utf-8-sig").splitlines()[0].startswith("# Demo data")
    assert tables.file_name("sites.csv", is_demo=True) == "demo-sites.csv"


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_cell_that_a_spreadsheet_would_run_is_escaped(start):
    risky = SITES.head(1).assign(site_name=f"{start} cmd")
    rows = list(csv.DictReader(io.StringIO(tables.sites_csv(risky, is_demo=False).decode("utf-8-sig"), newline="")))
    assert rows[0]["site_name"] == f"'{start} cmd"


def test_csv_keeps_every_site_and_negative_numbers():
    rows = pd.read_csv(io.BytesIO(tables.sites_csv(SITES, is_demo=False)), dtype={"site_id": str})
    assert rows["site_id"].tolist() == SITES["site_id"].tolist()
    assert rows["latitude"].iloc[0] == pytest.approx(-1.23456)
