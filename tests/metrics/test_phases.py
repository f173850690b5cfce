"""The clock of commitment, the days that are due, and how long sites wait in a phase."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.green_list import PHASES, listing_clock
from metrics.phases import (
    DAYS_PER_MONTH,
    WAITING_PHASES,
    commitment_clock,
    deadlines,
    months_in_phase,
    phase_spells,
    time_in_phase,
)

TODAY = date(2026, 11, 22)
laws = settings(deadline=None, max_examples=60)
days = st.dates(date(2010, 1, 1), date(2040, 1, 1))
# Days since the start of the application phase, and whether the site then became a candidate.
STAYS = st.lists(st.tuples(st.integers(0, 1500), st.booleans()), min_size=1, max_size=25)


def spells(stays: list[tuple[int, bool]]) -> pd.DataFrame:
    rows = []
    for number, (length, is_moved_on) in enumerate(stays):
        start = TODAY - timedelta(length)
        rows.append((f"s{number}", "application", start, TODAY if is_moved_on else None))
    return pd.DataFrame(rows, columns=["site_id", "phase", "started_on", "ended_on"])


@pytest.mark.parametrize(
    ("committed_on", "state", "days_left"),
    [
        (date(2021, 11, 21), "overdue", -1),
        (date(2021, 11, 22), "due_soon", 0),
        (date(2022, 11, 22), "due_soon", 365),
        (date(2022, 11, 23), "current", 366),
        (None, "not_committed", None),
        (pd.NaT, "not_committed", None),
    ],
)
def test_a_site_has_five_years_to_comply(committed_on, state, days_left):
    clock = commitment_clock(committed_on, "candidate", TODAY)
    assert (clock.state, clock.days_left) == (state, days_left)


def test_a_commitment_of_29_february_ends_on_28_february():
    assert "28 Feb 2029" in commitment_clock(date(2024, 2, 29), "application", TODAY).sentence


@given(days, days)
def test_the_certificate_counts_once_a_site_is_listed(committed_on, today):
    assert commitment_clock(committed_on, "green_list", today).state == "listed"


SITES = st.lists(
    st.tuples(st.sampled_from(PHASES), st.one_of(st.none(), days), st.one_of(st.none(), days)), max_size=12
)


@laws
@given(SITES, days)
def test_deadlines_are_those_of_the_clocks_in_order(rows, today):
    sites = pd.DataFrame(rows, columns=["phase", "committed_on", "expires_on"])
    sites["site_id"] = [f"s{number}" for number in range(len(rows))]
    found = deadlines(sites, today)
    assert found["due_on"].is_monotonic_increasing
    expected = {}
    for site in sites.to_dict("records"):
        listing = listing_clock(site["expires_on"], site["phase"], today)
        comply = commitment_clock(site["committed_on"], site["phase"], today)
        expected |= {(site["site_id"], "renewal"): listing.days_left, (site["site_id"], "comply"): comply.days_left}
    told = found[found["deadline"].ne("midterm_review")].set_index(["site_id", "deadline"])["days_left"]
    assert told.to_dict() == {key: value for key, value in expected.items() if value is not None}
    assert all((row["due_on"] - today).days == row["days_left"] for row in found.to_dict("records"))


def test_a_review_that_has_passed_is_not_called_overdue():
    sites = pd.DataFrame(
        {"site_id": ["s"], "phase": ["green_list"], "committed_on": [None], "expires_on": [date(2027, 1, 1)]}
    )
    found = deadlines(sites, TODAY).set_index("deadline")
    assert found.loc["midterm_review", ["due_on", "state"]].tolist() == [date(2024, 7, 1), "passed"]
    assert found.loc["renewal", "state"] == "due_soon"


@laws
@given(STAYS)
def test_the_wait_is_that_of_an_independent_estimate(stays):
    found = time_in_phase(spells(stays), TODAY)
    left = [length for length, is_moved_on in stays if is_moved_on]
    waiting = [length for length, is_moved_on in stays if not is_moved_on]
    expected = scipy.stats.ecdf(scipy.stats.CensoredData(uncensored=left, right=waiting)).sf
    days = (found["months"] * DAYS_PER_MONTH).round().to_numpy()
    assert found["still_in_phase_pct"].to_numpy() == pytest.approx(100 * expected.evaluate(days))
    assert found["moved_on"].sum() == len(left)


@laws
@given(STAYS, st.randoms(use_true_random=False))
def test_the_order_of_rows_says_nothing(stays, chance):
    ordered = spells(stays)
    shuffled = ordered.iloc[chance.sample(range(len(ordered)), len(ordered))]
    pd.testing.assert_frame_equal(time_in_phase(ordered, TODAY), time_in_phase(shuffled, TODAY))


@laws
@given(STAYS, st.integers(0, 24))
def test_a_site_that_still_waits_never_makes_the_wait_look_shorter(stays, which):
    still = [(length, is_moved_on and number != which) for number, (length, is_moved_on) in enumerate(stays)]
    moved, waiting = (time_in_phase(spells(one), TODAY)["still_in_phase_pct"].to_numpy() for one in (stays, still))
    assert (waiting >= moved - 1e-9).all()
    assert months_in_phase(spells(stays), TODAY, "application").n == len(stays)


def test_half_have_moved_on_after_the_middle_of_complete_stays():
    found = months_in_phase(spells([(days, True) for days in (100, 200, 300, 400, 500)]), TODAY, "application")
    assert found.value == pytest.approx(300 / DAYS_PER_MONTH)
    assert found.interval[0] <= found.value <= found.interval[1]


def test_while_most_still_wait_there_is_no_middle():
    found = months_in_phase(spells([(100, True), (300, False), (400, False)]), TODAY, "application")
    assert "fewer than half" in found.missing
    assert months_in_phase(spells([(1, True)]), TODAY, "candidate").missing
    assert time_in_phase(spells([]), TODAY).empty


def test_a_site_that_fell_back_has_not_moved_on():
    rows = [
        ("s", "candidate", date(2020, 1, 1), date(2021, 1, 1)),
        ("s", "application", date(2021, 1, 1), date(2022, 1, 1)),
        ("s", "candidate", date(2022, 1, 1), None),
    ]
    found = time_in_phase(pd.DataFrame(rows, columns=["site_id", "phase", "started_on", "ended_on"]), TODAY)
    assert found.groupby("phase")["moved_on"].sum().to_dict() == {"application": 1, "candidate": 0}


def test_stays_of_no_known_start_and_of_the_future_take_no_part():
    rows = [("a", "candidate", None, date(2021, 1, 1)), ("b", "candidate", TODAY + timedelta(1), None)]
    found = pd.DataFrame(rows, columns=["site_id", "phase", "started_on", "ended_on"])
    assert time_in_phase(found, TODAY).empty


LOOKS = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(PHASES), days), max_size=15)


@laws
@given(LOOKS, st.randoms(use_true_random=False))
def test_stays_follow_one_another_without_a_gap(looks, chance):
    seen = pd.DataFrame(looks, columns=["site_id", "phase", "seen_on"])
    found = phase_spells(seen)
    for site, own in found.groupby("site_id"):
        assert own["started_on"].isna().tolist() == [True] + [False] * (len(own) - 1)
        assert own["ended_on"].tolist()[:-1] == own["started_on"].tolist()[1:]
        assert pd.isna(own["ended_on"].iloc[-1])
        assert own["phase"].ne(own["phase"].shift()).all()
        assert set(own["phase"]) <= set(seen.loc[seen["site_id"].eq(site), "phase"])
    shuffled = seen.iloc[chance.sample(range(len(seen)), len(seen))]
    pd.testing.assert_frame_equal(found, phase_spells(shuffled))


def test_only_waiting_is_measured():
    rows = [("a", "green_list", date(2020, 1, 1), None), ("b", "not_started", date(2020, 1, 1), date(2021, 1, 1))]
    assert time_in_phase(pd.DataFrame(rows, columns=["site_id", "phase", "started_on", "ended_on"]), TODAY).empty
    assert set(WAITING_PHASES) < set(PHASES)
    assert np.isclose(12 * DAYS_PER_MONTH, 365.25)
