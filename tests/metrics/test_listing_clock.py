import json
import os
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from data import schema
from metrics import green_list

TODAY = date(2026, 11, 22)
laws = settings(deadline=None, max_examples=60)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
phases = st.sampled_from(green_list.PHASES)


def listings(rows):
    """Listings from (status, phase, last day of the certificate)."""
    return pd.DataFrame(rows, columns=["status", "phase", "expires_on"])


def test_the_phases_are_those_of_the_stored_tables():
    assert green_list.PHASES == schema.PHASES
    assert set(green_list.LISTED_STATUSES) <= set(schema.LISTING_STATUSES)


@pytest.mark.parametrize(
    ("expires_on", "state", "days_left"),
    [
        (date(2026, 11, 21), "overdue", -1),
        (date(2026, 11, 22), "due_soon", 0),
        (date(2027, 11, 22), "due_soon", 365),
        (date(2027, 11, 23), "current", 366),
        (None, "no_expiry", None),
        (pd.NaT, "no_expiry", None),
    ],
)
def test_a_certificate_is_valid_on_its_last_day_and_due_soon_in_its_last_year(expires_on, state, days_left):
    clock = green_list.listing_clock(expires_on, "green_list", TODAY)
    assert (clock.state, clock.days_left) == (state, days_left)


def test_the_sentence_says_when_only_the_year_is_known():
    clock = green_list.listing_clock(date(2026, 12, 31), "green_list", TODAY, is_expiry_year_only=True)
    assert clock.sentence == "Certificate ends 31 Dec 2026 (only the year is published), in 39 days."


def test_the_sentence_of_an_overdue_certificate_does_not_say_that_the_listing_is_lost():
    clock = green_list.listing_clock(date(2023, 10, 27), "green_list", TODAY)
    assert clock.sentence == "Certificate overdue since 27 Oct 2023; no renewal is published."


@pytest.mark.parametrize(("days_left", "words"), [(0, "today"), (1, "tomorrow"), (1000, "in 1,000 days")])
def test_the_sentence_counts_days_as_people_do(days_left, words):
    clock = green_list.listing_clock(TODAY + timedelta(days=days_left), "green_list", TODAY)
    assert clock.sentence.endswith(f", {words}.")


@pytest.mark.parametrize(
    ("expires_on", "midterm"), [(date(2029, 9, 26), date(2027, 3, 26)), (date(2026, 8, 31), date(2024, 2, 29))]
)
def test_the_midterm_review_is_two_and_a_half_years_before_the_end(expires_on, midterm):
    assert green_list.listing_clock(expires_on, "green_list", TODAY).midterm_review_on == midterm


@pytest.mark.parametrize("phase", ["not_started", "application", "candidate"])
def test_a_site_that_is_not_listed_has_no_clock(phase):
    clock = green_list.listing_clock(date(2030, 1, 1), phase, TODAY)
    assert (clock.state, clock.days_left, clock.midterm_review_on) == ("not_listed", None, None)


@laws
@given(expires_on=days, today=days, later=st.integers(0, 4_000))
def test_the_clock_only_runs_forward(expires_on, today, later):
    order = ["current", "due_soon", "overdue"]
    now = green_list.listing_clock(expires_on, "green_list", today)
    then = green_list.listing_clock(expires_on, "green_list", today + timedelta(days=later))
    assert then.days_left == now.days_left - later
    assert order.index(then.state) >= order.index(now.state)


@laws
@given(
    rows=st.lists(st.tuples(st.just("Candidate"), phases, st.none() | days), max_size=8),
    today=days,
    is_stored_as_moment=st.booleans(),
)
def test_a_table_of_clocks_agrees_with_each_clock(rows, today, is_stored_as_moment):
    table = listings(rows)
    if is_stored_as_moment:
        table = table.assign(expires_on=pd.to_datetime(table["expires_on"]))
    before = table.copy()
    result = green_list.clocks(table, today)
    single = [green_list.listing_clock(expires_on, phase, today) for _, phase, expires_on in rows]
    assert result["clock_state"].tolist() == [clock.state for clock in single]
    assert [None if pd.isna(left) else left for left in result["days_left"]] == [clock.days_left for clock in single]
    assert_frame_equal(table, before)


def test_the_pipeline_counts_every_region_and_phase():
    sites = pd.DataFrame(
        {
            "region": ["Asia", "Asia", None, "Africa"],
            "phase": ["green_list", "candidate", "application", "green_list"],
        }
    )
    expected = pd.DataFrame(
        [
            ("Africa", 0, 0, 0, 1, 1),
            ("Asia", 0, 0, 1, 1, 2),
            ("Region not known", 0, 1, 0, 0, 1),
            ("All regions", 0, 1, 1, 2, 4),
        ],
        columns=["region", *green_list.PHASES, "total"],
    )
    assert_frame_equal(green_list.pipeline(sites), expected, check_dtype=False)


@laws
@given(rows=st.lists(st.tuples(st.sampled_from(["Asia", "Africa", None]), phases), max_size=30))
def test_the_pipeline_adds_up_to_the_number_of_sites_in_any_order(rows):
    sites = pd.DataFrame(rows, columns=["region", "phase"])
    counts = green_list.pipeline(sites)
    regions = counts[counts["region"] != "All regions"]
    total = counts[counts["region"] == "All regions"].iloc[0]
    assert total["total"] == regions["total"].sum() == len(sites)
    assert all(total[phase] == regions[phase].sum() for phase in green_list.PHASES)
    assert_frame_equal(green_list.pipeline(sites[::-1]), counts)


@pytest.mark.parametrize("phase", ["listed", None])
def test_the_pipeline_refuses_a_phase_that_does_not_exist(phase):
    with pytest.raises(ValueError, match=phase or "an empty one"):
        green_list.pipeline(pd.DataFrame({"region": ["Asia"], "phase": [phase]}))


def test_figures_count_listed_rows_by_their_certificate():
    rows = [
        ("Green Listed", date(2026, 11, 22)),
        ("Relisted", date(2026, 11, 21)),
        ("Green Listed", None),
        ("Candidate", date(2020, 1, 1)),
    ]
    table = pd.DataFrame(rows, columns=["status", "expires_on"])
    assert green_list.green_list_figures(table, TODAY) == {
        "by_status": {"Candidate": 1, "Green Listed": 2, "Relisted": 1},
        "current": 1,
        "overdue": 1,
        "without_expiry": 1,
    }


def test_figures_agree_with_the_published_green_list_table():
    folder = os.environ.get("T4N_SAMPLES")
    if not folder:
        pytest.skip("T4N_SAMPLES names no folder of published sample tables")
    truth = json.loads((Path(folder) / "truth.json").read_text())["sets"]["greenlist_green_list_sites_2025-12-01.csv"]
    table = pd.read_csv(Path(folder) / truth["file"], dtype=str)
    status, ends = table["status"].str.strip(), pd.to_datetime(table["expiry_date"], format="%Y%m%d")
    rows = pd.DataFrame({"status": status, "expires_on": ends})
    assert green_list.green_list_figures(rows, date.fromisoformat(truth["as_of"])) == {
        "by_status": truth["by_status_after_strip"],
        "current": truth["listed_and_current_as_of"],
        "overdue": truth["listed_and_expired_as_of"],
        "without_expiry": truth["listed_without_expiry"],
    }
