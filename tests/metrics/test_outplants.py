"""Planted corals: deaths, losses and visits by hand, and the laws that hold for every planting."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import outplants
from metrics.outplants import COUNTS, DAYS_PER_MONTH

PLANTED = date(2024, 1, 10)
laws = settings(deadline=None, max_examples=25)
# Fragments: the visit (of five, 100 days apart) that first missed it or found it dead, and which; or neither.
FRAGMENTS = st.lists(
    st.one_of(st.none(), st.tuples(st.integers(1, 5), st.sampled_from(["dead", "lost"]))), min_size=1, max_size=30
)
VISITS = 5


def visit(cohort: int, days: int, alive: int, dead: int = 0, lost: int = 0, **more) -> dict:
    row = {"cohort": cohort, "station": "Reef", "scientific_name": "Acropora", "nursery": None, "planted_on": PLANTED}
    counts = {"fragment_count": alive + dead + lost, "alive_count": alive, "dead_count": dead, "lost_count": lost}
    return row | {"observed_on": PLANTED + timedelta(days)} | counts | more


def frame(*rows: dict) -> pd.DataFrame:
    found = pd.DataFrame(rows, columns=list(visit(1, 0, 1)))
    return found.astype(dict.fromkeys(COUNTS, "Int64") | {"station": "str", "scientific_name": "str"})


def cohort_of(fates: list[tuple[int, str] | None], number: int = 1) -> list[dict]:
    """The five visits to a cohort whose fragments have these fates."""
    rows = []
    for place in range(1, VISITS + 1):
        gone = [how for fate in fates if fate for when, how in [fate] if when <= place]
        dead, lost = gone.count("dead"), gone.count("lost")
        rows.append(visit(number, 100 * place, len(fates) - dead - lost, dead, lost))
    return rows


def curve_by_day(found: pd.DataFrame) -> dict[int, tuple[int, float]]:
    curve = outplants.survival_curve(found)
    days = (curve["months"] * DAYS_PER_MONTH).round().astype(int)
    return dict(zip(days, zip(curve["at_risk"], curve["survival_pct"], strict=True), strict=True))


def test_deaths_count_when_found_and_the_lost_until_last_seen():
    # Of 10, one is dead and one missing after 100 days; another is missing after 200, when one more is dead.
    found = frame(visit(1, 100, 8, 1, 1), visit(1, 200, 6, 2, 2), visit(1, 300, 5, 3, 2))
    expected = {0: (10, 100), 100: (9, 100 * 8 / 9), 200: (7, 100 * 8 / 9 * 6 / 7), 300: (6, 100 * 8 / 9 * 5 / 7)}
    assert curve_by_day(found) == {day: (n, pytest.approx(pct)) for day, (n, pct) in expected.items()}


def test_a_fragment_found_again_counts_as_the_later_visit_says():
    found = frame(visit(1, 100, 8, 0, 2), visit(1, 200, 9, 1, 0))
    assert curve_by_day(found) == {0: (10, 100), 200: (10, pytest.approx(90))}


def test_a_coral_taken_for_dead_that_lives_was_not_dead():
    assert curve_by_day(frame(visit(1, 100, 8, 2), visit(1, 200, 10)))[200] == (10, 100)


def test_a_cohort_that_nobody_visited_says_nothing_about_survival():
    visited = cohort_of([(2, "dead"), None, None, (1, "lost")])
    alone, both = (curve_by_day(frame(*rows)) for rows in (visited, [*visited, visit(2, 0, 50)]))
    assert {day: pct for day, (_, pct) in alone.items()} == {day: pct for day, (_, pct) in both.items()}
    assert both[0][0] == 54
    assert outplants.survival_at(frame(*visited, visit(2, 0, 50)), 6).n == 3


@laws
@given(FRAGMENTS)
def test_a_cohort_gives_the_same_curve_as_its_fragments_one_by_one(fates):
    single = [row for number, fate in enumerate(fates) for row in cohort_of([fate], number)]
    curves = [outplants.survival_curve(frame(*rows)) for rows in (cohort_of(fates), single)]
    # A cohort whose fragments are all gone is still visited; a single one is followed no longer, and needs not be.
    pd.testing.assert_frame_equal(*curves)


@laws
@given(FRAGMENTS)
def test_survival_never_rises_and_starts_at_a_hundred(fates):
    curve = outplants.survival_curve(frame(*cohort_of(fates)))
    if curve.empty:
        assert all(fate == (1, "lost") for fate in fates)
        return
    assert (curve["months"].iloc[0], curve["survival_pct"].iloc[0]) == (0, 100)
    assert curve["survival_pct"].diff().dropna().le(0).all()
    assert curve["at_risk"].diff().dropna().le(0).all()


@laws
@given(st.lists(st.one_of(st.none(), st.tuples(st.integers(1, 5), st.just("dead"))), min_size=1, max_size=30))
def test_without_losses_it_is_the_plain_share_alive(fates):
    found = frame(*cohort_of(fates))
    for day, (_, pct) in curve_by_day(found).items():
        alive = sum(fate is None or 100 * fate[0] > day for fate in fates)
        assert pct == pytest.approx(100 * alive / len(fates))
    months = outplants.alive_by_month(found)
    assert months["alive_pct"].iloc[-1] == pytest.approx(curve_by_day(found).popitem()[1][1])


@laws
@given(st.lists(FRAGMENTS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(cohorts, chance):
    rows = [row for number, fates in enumerate(cohorts) for row in cohort_of(fates, number)]
    ordered, shuffled = frame(*rows), frame(*chance.sample(rows, len(rows)))
    for figure in (outplants.survival_curve, outplants.alive_by_month):
        pd.testing.assert_frame_equal(figure(ordered), figure(shuffled))
    assert outplants.totals(ordered) == outplants.totals(shuffled)
    assert outplants.follow_up(ordered) == outplants.follow_up(shuffled)


@laws
@given(st.lists(FRAGMENTS, min_size=1, max_size=4), st.integers(0, 9))
def test_the_states_of_each_month_and_the_totals_make_up_all_that_was_planted(cohorts, unvisited):
    rows = [row for number, fates in enumerate(cohorts) for row in cohort_of(fates, number)]
    found = frame(*rows, *([visit(99, 0, unvisited)] if unvisited else []))
    months, totals = outplants.alive_by_month(found), outplants.totals(found)
    assert months[["alive", "dead", "lost"]].sum(axis=1).eq(months["planted"]).all()
    assert totals.alive + totals.dead + totals.lost + totals.unvisited == totals.planted
    assert totals.unvisited == unvisited
    last = months.iloc[-1]
    assert (last["planted"], last["dead"], last["lost"]) == (totals.planted, totals.dead, totals.lost)
    assert last["alive"] == totals.alive + unvisited


def test_months_carry_the_last_visit_forward_and_corals_live_until_the_first():
    later = {"planted_on": date(2024, 3, 5), "observed_on": date(2024, 5, 1)}
    months = outplants.alive_by_month(frame(visit(1, 40, 6, 2, 2), visit(2, 0, 0, 1, 4, **later)))
    assert months["month"].tolist() == [date(2024, month, 1) for month in range(1, 6)]
    assert months["planted"].tolist() == [10, 10, 15, 15, 15]
    assert months["alive"].tolist() == [10, 6, 11, 11, 6]
    assert months["alive_pct"].tolist() == pytest.approx([100, 75, 1100 / 13, 1100 / 13, 600 / 9])


def test_a_month_in_which_all_are_lost_has_no_share():
    assert outplants.alive_by_month(frame(visit(1, 60, 0, 0, 5)))["alive_pct"].isna().tolist() == [False, False, True]


@laws
@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 20)), min_size=1, max_size=12))
def test_follow_up_is_the_median_over_fragments(cohorts):
    found = frame(*(visit(number, days, n) for number, (days, n) in enumerate(cohorts)))
    followed = outplants.follow_up(found)
    days, counts = zip(*cohorts, strict=True)
    assert followed.n == sum(counts)
    if any(days):
        assert followed.value == pytest.approx(np.median(np.repeat(days, counts)) / DAYS_PER_MONTH)
    else:
        assert followed.missing


def test_survival_is_told_for_as_long_as_somebody_came_back():
    found = frame(visit(1, 200, 8, 2), visit(1, 390, 6, 4))
    half, year = (outplants.survival_at(found, months) for months in (6, 12))
    assert (half.value, half.n) == (pytest.approx(80), 10), "the visit half a month late found two dead"
    assert (year.value, year.n) == (pytest.approx(60), 8)
    assert year.interval[0] < 60 < year.interval[1]
    late = outplants.survival_at(found, 24)
    assert late.value is None
    assert "24 months" in late.missing


def test_when_all_have_died_later_survival_is_known_to_be_none():
    assert outplants.survival_at(frame(visit(1, 200, 0, 9)), 24).value == 0


def test_totals_count_taxa_stations_and_days():
    found = frame(
        visit(1, 100, 8, 2),
        visit(2, 0, 5, scientific_name="Porites", station="Wall", planted_on=PLANTED - timedelta(9)),
        visit(3, 0, 5, scientific_name=None, observed_on=PLANTED),
    )
    totals = outplants.totals(found)
    # The second was planted nine days before the day on which it was visited.
    assert (totals.planted, totals.alive, totals.dead, totals.unvisited) == (20, 13, 2, 5)
    assert (totals.taxa, totals.stations) == (2, 2)
    assert (totals.first_planted, totals.last_visit) == (PLANTED - timedelta(9), PLANTED + timedelta(100))


@pytest.mark.parametrize(
    "nobody", [frame(), frame(visit(1, 0, 5)), frame(visit(1, 9, 5, observed_on=None))], ids=["empty", "new", "undated"]
)
def test_without_visits_there_is_a_reason_and_no_figure(nobody):
    assert outplants.survival_curve(nobody).empty
    assert outplants.survival_at(nobody, 12).missing
    assert outplants.follow_up(nobody).missing
    assert outplants.totals(nobody).last_visit is None


def test_days_may_come_as_moments():
    rows = frame(*cohort_of([None, (2, "dead"), (3, "lost")]))
    moments = rows.assign(**{name: pd.to_datetime(rows[name]) for name in ("planted_on", "observed_on")})
    pd.testing.assert_frame_equal(outplants.survival_curve(rows), outplants.survival_curve(moments))
    pd.testing.assert_frame_equal(outplants.alive_by_month(rows), outplants.alive_by_month(moments))


@pytest.mark.parametrize("day", [365, 366, 390, 340])
def test_a_visit_about_a_year_after_planting_tells_the_year(day):
    found = outplants.survival_at(frame(visit(1, day, 10, 90)), 12)
    assert (found.value, found.n) == (pytest.approx(10), 100)


def test_a_visit_long_before_or_after_a_year_does_not():
    assert outplants.survival_at(frame(visit(1, 330, 10, 90)), 12).missing
    late = outplants.survival_at(frame(visit(1, 60, 100), visit(1, 430, 10, 90)), 12)
    assert "about 12 months" in late.missing, "who died within the year is not known"


def test_corals_never_visited_are_not_among_the_dead():
    found = outplants.survival_at(frame(visit(1, 200, 0, 9), visit(2, 0, 50)), 24)
    assert (found.value, found.n) == (0, 9)


def test_only_those_still_followed_are_counted():
    found = outplants.survival_at(frame(visit(1, 60, 900), visit(2, 380, 1)), 12)
    assert (found.value, found.n) == (100, 1)


def test_lost_and_dead_corals_are_followed_no_longer():
    assert outplants.follow_up(frame(visit(1, 30, 0, 0, 10), visit(1, 900, 0, 0, 10))).missing
    dead = outplants.follow_up(frame(visit(1, 30, 0, 10), visit(1, 900, 0, 10)))
    assert dead.value == pytest.approx(30 / DAYS_PER_MONTH)
