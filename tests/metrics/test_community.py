"""Figures of all species at once, against enumeration and the published formulas worked by hand."""

import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import community
from tests.metrics.field_frames import deployments, records

PLACES = "ABCDEF"
CAMERAS = deployments(*((place, 0, 240) for place in PLACES))
communities = st.dictionaries(
    st.sampled_from(["s1", "s2", "s3", "s4", "s5"]), st.sets(st.sampled_from(PLACES), min_size=1), max_size=5
)


def seen_at(found: dict[str, set[str]]) -> pd.DataFrame:
    return records(*((place, taxon, 0) for taxon, places in found.items() for place in sorted(places)))


@settings(deadline=None)
@given(found=communities)
def test_the_curve_is_the_mean_over_all_choices_of_stations(found):
    curve = community.accumulation(seen_at(found), CAMERAS)
    assert curve["units"].tolist() == [1, 2, 3, 4, 5, 6]
    for row in curve.itertuples():
        choices = list(combinations(PLACES, int(row.units)))
        counts = [sum(bool(places & set(choice)) for places in found.values()) for choice in choices]
        assert row.species == pytest.approx(np.mean(counts))
        assert row.low <= row.species + 1e-9
        assert row.high >= row.species - 1e-9


@settings(deadline=None)
@given(found=communities)
def test_the_curve_never_falls_and_ends_at_what_was_seen(found):
    species = community.accumulation(seen_at(found), CAMERAS)["species"]
    assert (species.diff().dropna() >= -1e-9).all()
    assert species.iloc[-1] == pytest.approx(len(found))


def test_the_band_follows_colwell_mao_and_chang():
    """Two species at one station each of two: variance of S(2) is 2 - 4 / S_est, with S_est = 2 + 1/2 * 2 * 1 / 2."""
    found = {"s1": {"A"}, "s2": {"B"}}
    curve = community.accumulation(seen_at(found), deployments(("A", 0, 24), ("B", 0, 24)))
    spread = 1.959963984540054 * math.sqrt(2 - 4 / 2.5)
    assert curve["high"].iloc[-1] == pytest.approx(2 + spread)
    assert curve["low"].iloc[-1] == pytest.approx(2 - spread)


def test_one_station_gives_no_curve_and_no_estimate():
    one = deployments(("A", 0, 240))
    assert community.accumulation(seen_at({"s1": {"A"}}), one).empty
    assert community.chao2(seen_at({"s1": {"A"}}), one).missing == "fewer than 2 stations with camera effort"


def test_chao2_by_hand():
    """Seven species at 6 stations, Q1 = 3 and Q2 = 2: 7 + 5/6 * 9 / 4 = 8.875."""
    found = {
        **{f"once {n}": {place} for n, place in enumerate("ABC")},
        "twice 1": {"A", "B"},
        "twice 2": {"C", "D"},
        "often 1": {"A", "B", "C"},
        "often 2": set("ABCDE"),
    }
    estimate = community.chao2(seen_at(found), CAMERAS)
    assert (estimate.value, estimate.n, estimate.of) == (pytest.approx(8.875), 6, "stations")
    share, ratio = 5 / 6, 3 / 2
    variance = 2 * (share / 2 * ratio**2 + share**2 * ratio**3 + share**2 / 4 * ratio**4)
    factor = math.exp(1.959963984540054 * math.sqrt(math.log(1 + variance / 1.875**2)))
    assert estimate.interval == pytest.approx((7 + 1.875 / factor, 7 + 1.875 * factor))


# Dutch dune meadows as printed in the help of `specpool` of the R package vegan: species, `chao`, `chao.se` and plots
# of each kind of management. Species in one plot and in two follow from the printed `jack1` and `chao`.
@pytest.mark.parametrize(
    ("seen", "once", "twice", "plots", "chao", "chao_se"),
    [
        (16, 5, 7, 3, 17.19048, 1.5895675),
        (21, 3, 7, 5, 21.51429, 0.9511693),
        (21, 6, 8, 6, 22.87500, 2.1582871),
        (21, 8, 3, 6, 29.88889, 8.6447967),
    ],
)
def test_chao2_agrees_with_the_printed_example_of_vegan(seen, once, twice, plots, chao, chao_se):
    places = PLACES[:plots]
    seen_in = [1] * once + [2] * twice + [3] * (seen - once - twice)
    found = {f"s{number}": set(places[:count]) for number, count in enumerate(seen_in)}
    estimate = community.chao2(seen_at(found), deployments(*((place, 0, 240) for place in places)))
    assert estimate.value == pytest.approx(chao, abs=1e-5)
    factor = math.exp(1.959963984540054 * math.sqrt(math.log(1 + (chao_se / (chao - seen)) ** 2)))
    assert estimate.interval == pytest.approx((seen + (chao - seen) / factor, seen + (chao - seen) * factor), abs=1e-3)


def test_chao2_without_species_at_two_stations_takes_the_corrected_form():
    """Q1 = 3, Q2 = 0: 3 + 5/6 * 3 * 2 / 2 = 5.5; variance by equation 11 of appendix B of EstimateS."""
    found = {f"once {n}": {place} for n, place in enumerate("ABC")}
    estimate = community.chao2(seen_at(found), CAMERAS)
    assert estimate.value == pytest.approx(5.5)
    variance = 5 / 6 * 3 * 2 / 2 + 25 / 36 * 3 * 5**2 / 4 - 25 / 36 * 3**4 / (4 * 5.5)
    factor = math.exp(1.959963984540054 * math.sqrt(math.log(1 + variance / 2.5**2)))
    assert estimate.interval == pytest.approx((3 + 2.5 / factor, 3 + 2.5 * factor))


@pytest.mark.parametrize("places", [[{"A"}, set("ABC")], [set("ABC"), set("ABCD")], [{"A", "B"}, {"C", "D"}]])
def test_an_estimate_that_adds_no_species_is_still_uncertain(places):
    """One species once, or none once: limits by equation 14 of appendix B of EstimateS, from the chance e^-k."""
    estimate = community.chao2(seen_at({str(n): at for n, at in enumerate(places)}), CAMERAS)
    times = [len(at) for at in places]
    missed = sum(math.exp(-k) for k in times) / 2
    variance = sum(math.exp(-k) - math.exp(-2 * k) for k in times) - sum(k * math.exp(-k) for k in times) ** 2 / 6
    reach = 1.959963984540054 * math.sqrt(variance) / (1 - missed)
    assert estimate.value == 2
    assert estimate.interval == pytest.approx((max(2, 2 / (1 - missed) - reach), 2 / (1 - missed) + reach))


def test_many_species_seen_everywhere_leave_a_narrow_interval_and_no_error():
    estimate = community.chao2(seen_at({f"s{n}": set("ABC") for n in range(40)}), CAMERAS)
    assert estimate.value == 40
    assert 40 <= estimate.interval[0] <= estimate.interval[1] < 45


@settings(deadline=None)
@given(species=st.integers(1, 60), times=st.integers(1, 6), once=st.integers(0, 1))
def test_the_interval_of_chao2_holds_the_estimate(species, times, once):
    found = {f"s{number}": set(PLACES[:times]) for number in range(species)} | dict.fromkeys(["rare"][:once], {"A"})
    estimate = community.chao2(seen_at(found), CAMERAS)
    assert estimate.interval[0] <= estimate.value <= estimate.interval[1]


@settings(deadline=None)
@given(found=communities.filter(len))
def test_chao2_is_never_below_what_was_seen(found):
    estimate = community.chao2(seen_at(found), CAMERAS)
    low, high = estimate.interval
    assert len(found) - 1e-9 <= low <= estimate.value + 1e-9 <= high + 2e-9


def test_days_are_units_too():
    seen = records(("A", "Lynx", 0), ("A", "Sus", 60 * 24), ("A", "Lynx", 60 * 24))
    curve = community.accumulation(seen, deployments(("A", 0, 72)), "day")
    # Three days, Lynx on two of them, Sus on one: a single day shows 2/3 + 1/3 species.
    assert curve["species"].tolist() == pytest.approx([1.0, 1 + 2 / 3, 2.0])
    assert community.chao2(seen, deployments(("A", 0, 72)), "day").n == 3


def test_a_camera_that_worked_no_time_adds_no_day_and_no_station():
    cameras = deployments(("A", 0, 24), ("B", 53, 0))
    assert community.accumulation(records(("A", "Lynx", 0)), cameras).empty
    assert community.chao2(records(("A", "Lynx", 0)), cameras, "day").n == 1


def test_nothing_recorded_and_no_effort_give_reasons_and_no_figure():
    for unit in ("place", "day"):
        assert community.accumulation(records(), deployments(), unit).empty
        assert community.chao2(records(), deployments(), unit).missing
    assert community.active_day_share(records(), deployments()).missing == "no camera effort was recorded"
    assert community.active_day_share(records(), CAMERAS).value == 0


@settings(deadline=None)
@given(found=communities)
def test_the_curve_starts_at_the_mean_richness_of_a_station(found):
    richness = [sum(place in places for places in found.values()) for place in PLACES]
    assert community.accumulation(seen_at(found), CAMERAS)["species"].iloc[0] == pytest.approx(np.mean(richness))


def test_animals_without_a_name_are_no_species():
    assert community.chao2(records(("A", None, 0)), CAMERAS).missing == "no animal has been named"
    assert community.accumulation(records(("A", None, 0)), CAMERAS)["species"].tolist() == [0.0] * 6


def test_occupancy_is_the_share_of_working_stations_with_wilsons_interval():
    share = community.naive_occupancy(seen_at({"s1": {"A", "B", "C"}}), CAMERAS)
    assert (share.value, share.n) == (0.5, 6)
    # Wilson by hand for 3 of 6: (0.5 +- 0.4903 / (1 + 3.8415 / 6)) around the middle 0.5.
    assert share.interval == pytest.approx((0.18761, 0.81239), abs=1e-5)
    assert community.naive_occupancy(records(), deployments()).missing == "no camera effort was recorded"
    assert community.naive_occupancy(records(), CAMERAS).value == 0


def test_active_days_are_counted_once_a_camera_by_its_own_clock():
    cameras = deployments(("A", 0, 48), ("B", 0, 48))
    seen = records(("A", "Lynx", 60), ("A", "Lynx", 120), ("A", "Lynx", 60 * 23), ("B", "Lynx", 60))
    assert community.active_day_share(seen, cameras).value == 0.5
    east = seen.assign(utc_offset_min=pd.array([120] * 4, "Int64"))
    assert community.active_day_share(east, cameras).value == 0.75, "23:00 UTC is the next day there"


def test_a_recognised_animal_counts_once_a_month():
    seen = records(("A", "Lynx", 0), ("B", "Lynx", 90), ("A", "Lynx", 60 * 24 * 40), ("A", "Lynx", 5))
    seen = seen.assign(individual=pd.array(["1", "1", "1", None], "str"))
    months = community.individuals_by_month(seen)
    assert months["recognised"].tolist() == [1, 1]
    assert community.individuals_by_month(records()).empty


def test_the_backlog_is_what_no_person_has_looked_at():
    types = pd.DataFrame({"observation_type": ["blank", "unclassified"], "row_count": [10, 7]})
    seen = records(("A", "Lynx", 0), ("A", "Sus", 0), is_machine=[True, False])
    backlog = community.review_backlog(seen, types)
    assert (backlog.value, backlog.n, backlog.machine_share) == (8, 19, 0.5)
    assert community.review_backlog(records(), types.head(0)).missing == "nothing was recorded"
