"""Change of cover: Welch's interval by scipy, one method at a time, and what before-after-control-impact must hold."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from metrics import reef_changes
from metrics.reefs import survey_means
from tests.metrics.reef_frames import DAY, image, surveys

laws = settings(deadline=None, max_examples=25)
BEFORE = DAY - timedelta(days=700)
SINCE = date(2023, 6, 1)
VALUES = st.lists(st.floats(0, 100), min_size=2, max_size=12)
COVERS = st.lists(st.tuples(st.floats(5, 60), st.floats(5, 60)), min_size=4, max_size=10)


def means(*rows: dict) -> pd.DataFrame:
    return survey_means(surveys(*rows))


def stations(covers: list[tuple[float, float]]) -> list[dict]:
    """Every station with its cover before and after."""
    return [
        {"station": f"Reef {number}", "surveyed_on": day, "value": value}
        for number, pair in enumerate(covers)
        for day, value in zip((BEFORE, DAY), pair, strict=True)
    ]


@laws
@given(VALUES, VALUES)
def test_limits_of_a_change_are_those_of_welch(then, now):
    assume(min(np.std(then), np.std(now)) > 1e-3)
    rows = [image(value, surveyed_on=BEFORE) for value in then] + [image(value) for value in now]
    change = reef_changes.cover_change(means(*rows)).iloc[0]
    welch = scipy.stats.ttest_ind(now, then, equal_var=False)
    assert change["change"] == pytest.approx(np.mean(now) - np.mean(then))
    assert (change["low"], change["high"]) == pytest.approx(tuple(welch.confidence_interval(0.95)))
    if abs(welch.pvalue - 0.05) > 1e-6:
        assert change["is_clear"] == (welch.pvalue < 0.05)


def test_a_change_goes_from_the_first_to_the_last_survey_by_the_same_method():
    found = means(
        {"value": 10, "surveyed_on": BEFORE},
        {"value": 90, "surveyed_on": BEFORE + timedelta(9)},
        {"value": 30},
        {"value": 60, "method": "benthiclit"},
        {"value": 70, "station": "Wall"},
        {"value": 99, "surveyed_on": None},
    )
    changes = reef_changes.cover_change(found)
    assert changes[["station", "method", "first", "last", "change"]].to_numpy().tolist() == [
        ["Reef", "benthicpit", 10, 30, 20]
    ]
    assert (changes["first_on"][0], changes["last_on"][0]) == (pd.Timestamp(BEFORE), pd.Timestamp(DAY))


def test_without_errors_a_change_has_no_limits_and_is_not_clear():
    change = reef_changes.cover_change(means(*stations([(10, 50)]))).iloc[0]
    assert pd.isna(change["low"])
    assert pd.isna(change["high"])
    assert not change["is_clear"]


def test_modelled_changes_give_way_to_measured_ones():
    model = [row | {"labelled_by": "model", "method": "model"} for row in stations([(50, 60)])]
    assert reef_changes.cover_change(means(*model))["method"].tolist() == ["model"]
    assert reef_changes.cover_change(means(*model, *stations([(10, 12)])))["method"].tolist() == ["benthicpit"]


@laws
@given(COVERS)
def test_stations_weigh_the_same_in_their_mean_change(covers):
    changes = [now - then for then, now in covers]
    assume(np.std(changes) > 1e-3)
    found = reef_changes.change_of_stations(reef_changes.cover_change(means(*stations(covers))))
    assert (found.value, found.n) == (pytest.approx(np.mean(changes)), len(covers))
    expected = scipy.stats.t.interval(0.95, len(changes) - 1, np.mean(changes), scipy.stats.sem(changes))
    assert found.interval == pytest.approx(expected)


def test_methods_of_a_station_count_once_together():
    other = [row | {"method": "benthiclit"} for row in stations([(10, 50)])]
    rows = [*stations([(10, 20), (30, 30)]), *other]
    found = reef_changes.change_of_stations(reef_changes.cover_change(means(*rows)))
    assert (found.value, found.n) == (12.5, 2)


def test_without_two_surveys_of_a_station_there_is_no_change():
    for rows in ([], [{}], [{}, {"station": "Wall", "surveyed_on": BEFORE}]):
        changes = reef_changes.cover_change(means(*rows))
        assert changes.empty
        assert reef_changes.change_of_stations(changes).missing


def effect_of(covers: list[tuple[float, float]], more: tuple[dict, ...] = ()):
    """The first half of the stations is where something was done."""
    planted = {f"Reef {number}": SINCE for number in range(len(covers) // 2)}
    return reef_changes.baci(means(*stations(covers), *more), planted)


@laws
@given(COVERS)
def test_effect_is_the_difference_of_the_changes_with_the_limits_of_welch(covers):
    changes = np.array([now - then for then, now in covers])
    impact, control = np.split(changes, [len(covers) // 2])
    assume(min(np.std(impact), np.std(control)) > 1e-3)
    found = effect_of(covers)
    assert (found.value, found.n) == (pytest.approx(impact.mean() - control.mean(), abs=1e-9), len(covers))
    expected = scipy.stats.ttest_ind(impact, control, equal_var=False).confidence_interval(0.95)
    assert found.interval == pytest.approx(tuple(expected), abs=1e-6)


@laws
@given(COVERS, st.lists(st.floats(0, 40), min_size=10, max_size=10))
def test_what_a_station_always_has_more_does_not_change_the_effect(covers, more):
    moved = [(then + plus, now + plus) for (then, now), plus in zip(covers, more, strict=False)]
    assert effect_of(moved).value == pytest.approx(effect_of(covers).value, abs=1e-9)


@laws
@given(st.lists(st.floats(5, 60), min_size=4, max_size=10), st.floats(-5, 30))
def test_there_is_no_effect_when_all_change_alike(covers, change):
    assert effect_of([(cover, cover + change) for cover in covers]).value == pytest.approx(0, abs=1e-9)


def test_a_change_of_method_is_no_effect():
    # Another method, used only afterwards, finds twice as much.
    more = tuple({"station": "Reef 0", "value": 80, "method": "benthiclit"} for _ in range(3))
    covers = [(20, 30), (20, 20)]
    assert effect_of(covers, more).value == effect_of(covers).value == 10


def test_the_day_itself_is_after():
    rows = [{"surveyed_on": BEFORE, "value": 10}, {"surveyed_on": SINCE, "value": 20}]
    control = [row | {"station": "Wall", "value": 10} for row in rows]
    assert reef_changes.baci(means(*rows, *control), {"Reef": SINCE}).value == 10


def test_one_station_on_a_side_gives_an_effect_without_limits():
    found = effect_of([(10, 30), (10, 15), (10, 15)])
    assert (found.value, found.interval) == (15, None)


@pytest.mark.parametrize(("planted", "word"), [(["Elsewhere"], "no planted"), (["Reef 0", "Reef 1"], "no other")])
def test_without_stations_on_both_sides_there_is_a_reason(planted, word):
    found = reef_changes.baci(means(*stations([(10, 20), (10, 20)])), dict.fromkeys(planted, SINCE))
    assert found.value is None
    assert word in found.missing


def test_stations_surveyed_only_before_or_after_take_no_part():
    found = reef_changes.baci(means({"station": "Reef 0"}, {"station": "Reef 1"}), {"Reef 0": SINCE})
    assert (found.value, found.n) == (None, 0)
    assert reef_changes.baci(means(), {"Reef 0": SINCE}).missing


def test_a_station_planted_later_is_not_after_before_its_own_planting():
    between, late = SINCE + timedelta(100), SINCE + timedelta(200)
    days = (BEFORE, between, late)
    rows = [
        {"station": station, "surveyed_on": day, "value": value}
        for station, values in {"First": (10, 20, 20), "Second": (10, 40, 10), "Control": (10, 10, 10)}.items()
        for day, value in zip(days, values, strict=True)
    ]
    found = reef_changes.baci(means(*rows), {"First": SINCE, "Second": SINCE + timedelta(150)})
    # The second rose to 40 before anything was planted there; since then it stands where it began.
    assert found.value == 5


def test_stations_that_all_change_by_the_same_are_no_certainty():
    assert effect_of([(10, 12), (10, 12), (10, 11), (10, 11)]).interval is None
    # Equal but for the rounding of the computer.
    assert effect_of([(8.1, 10.3), (7.0, 9.2), (10.1, 11.2), (10.3, 11.4)]).interval is None
    rows = stations([(8.1, 10.3), (7.0, 9.2)])
    assert reef_changes.change_of_stations(reef_changes.cover_change(means(*rows))).interval is None
