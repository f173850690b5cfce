"""Reef surveys: standard errors by hand and by scipy, equal weight, newest days, bands and compositions."""

import math
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import reefs, reefs_now
from metrics.reefs import COVER, COVERS
from metrics.reefs_now import BLEACHED_CLASSES, BLEACHING_CLASSES
from tests.metrics.reef_frames import DAY, image, surveys

laws = settings(deadline=None, max_examples=25)
PCT = st.floats(0, 100)
EARLIER = DAY - timedelta(days=400)


def means(*rows: dict) -> pd.DataFrame:
    return reefs.survey_means(surveys(*rows))


def test_a_single_sample_event_keeps_its_value_and_its_error_is_sd_over_root_n():
    found = means({"value": 31.5, "value_sd": 6, "sample_units": 9, "depth_m": 7})
    row = found.iloc[0]
    assert (row["value"], row["se"], row["n"], row["n_of"], row["depth_m"]) == (31.5, 2, 9, "sample units", 7)
    assert len(found) == 1


@pytest.mark.parametrize("more", [{"value_sd": 6, "sample_units": 1}, {"value_sd": 6}, {"sample_units": 4}])
def test_without_spread_or_number_of_sample_units_there_is_no_error(more):
    assert pd.isna(means(more)["se"].iloc[0])


@laws
@given(st.lists(PCT, min_size=2, max_size=20))
def test_images_weigh_the_same_and_their_spread_gives_the_error(values):
    row = means(*(image(value) for value in values)).iloc[0]
    assert row["value"] == pytest.approx(np.mean(values))
    assert row["se"] == pytest.approx(scipy.stats.sem(values))
    assert (row["n"], row["n_of"], row["points"]) == (len(values), "images", 50 * len(values))


def test_two_sample_events_of_one_day_are_two_surveys_of_equal_weight():
    row = means({"value": 10, "sample_units": 8, "value_sd": 1}, {"value": 30, "sample_units": 2}).iloc[0]
    assert (row["value"], row["se"], row["n"], row["n_of"]) == (20, pytest.approx(10), 2, "surveys")


@laws
@given(st.lists(st.tuples(PCT, st.sampled_from("AB"), st.integers(0, 3)), max_size=25), st.randoms())
def test_the_order_of_rows_changes_nothing(found, chance):
    rows = [image(value, station=name, surveyed_on=DAY + timedelta(day)) for value, name, day in found]
    shuffled = chance.sample(rows, len(rows))
    pd.testing.assert_frame_equal(means(*rows), means(*shuffled))
    assert reefs_now.hard_coral_now(means(*rows)).value == pytest.approx(
        reefs_now.hard_coral_now(means(*shuffled)).value
    )


@pytest.mark.parametrize(
    ("labels", "told"),
    [(["human"], "human"), (["machine", "machine"], "machine"), (["human", "machine"], "both"), (["both"], "both")],
)
def test_who_labelled_a_survey_is_told(labels, told):
    assert means(*(image(5, who) for who in labels))["labelled_by"].tolist() == [told]
    assert means({})["labelled_by"].isna().all()


def test_bounds_are_means_over_all_images_and_missing_where_none_has_any():
    row = means(image(10, value_high=40), image(20)).iloc[0]
    assert (row["high"], row["value"]) == (30, 15)
    assert pd.isna(row["low"])
    model = means({"labelled_by": "model", "value": 20, "value_low": 14, "value_high": 28}).iloc[0]
    assert (model["low"], model["high"], model["labelled_by"]) == (14, 28, "model")


def test_surveys_of_no_known_day_are_kept_and_never_the_newest():
    found = means({"value": 50, "surveyed_on": None}, {"value": 60, "surveyed_on": pd.NaT}, {"value": 20})
    assert found["surveyed_on"].isna().tolist() == [False, True]
    assert found["value"].tolist() == [20, 55]
    assert reefs.newest(found, COVER)["value"].tolist() == [20]
    assert reefs_now.hard_coral_now(found.tail(1)).missing
    assert reefs.effort(found)["surveys"].tolist() == [1]


def test_days_and_moments_are_the_same():
    days = surveys({"value": 5}, {"value": 6, "surveyed_on": EARLIER}, {"value": 7, "surveyed_on": None})
    moments = days.assign(surveyed_on=pd.to_datetime(days["surveyed_on"]))
    pd.testing.assert_frame_equal(reefs.survey_means(days), reefs.survey_means(moments))


def test_the_newest_survey_is_the_mean_over_the_methods_of_its_day():
    found = means(
        {"value": 10, "value_sd": 2, "sample_units": 4},
        {"value": 30, "value_sd": 2, "sample_units": 6, "method": "quadrat_benthic_percent"},
        {"value": 99, "surveyed_on": EARLIER},
        {"value": 40, "value_sd": 4, "sample_units": 4, "station": "Wall", "surveyed_on": EARLIER},
    )
    reef, wall = reefs.newest(found, COVER).itertuples()
    assert (reef.value, reef.n, reef.methods, reef.band) == (20, 10, "benthicpit + quadrat_benthic_percent", "middle")
    assert reef.surveyed_on == pd.Timestamp(DAY)
    assert math.isnan(reef.se)
    assert (wall.value, wall.se, wall.n, wall.band) == (40, 2, 4, "high")


def test_only_hard_coral_has_a_band():
    assert reefs.newest(means({"metric": "fish_biomass_kgha", "value": 800}), "fish_biomass_kgha")["band"].isna().all()


@pytest.mark.parametrize(
    ("pct", "band"),
    [(0, "low"), (9.999, "low"), (10, "middle"), (29.999, "middle"), (30, "high"), (100, "high")],
)
def test_bands_change_at_10_and_30_percent(pct, band):
    assert reefs.cover_band(pct) == band


@laws
@given(st.lists(st.floats(1, 99), min_size=2, max_size=12))
def test_stations_weigh_the_same_whatever_their_images_and_have_an_interval_by_student(values):
    rows = [image(value, station=str(n)) for n, value in enumerate(values) for _ in range(1 + n % 3)]
    now = reefs_now.hard_coral_now(means(*rows))
    assert (now.value, now.n) == (pytest.approx(np.mean(values)), len(values))
    error = scipy.stats.sem(values)
    if error > 1e-6:
        low, high = scipy.stats.t.interval(0.95, len(values) - 1, np.mean(values), error)
        assert now.interval == pytest.approx((max(low, 0), min(high, 100)))


def test_one_station_has_no_interval():
    now = reefs_now.hard_coral_now(means({"value": 20}))
    assert (now.value, now.n, now.interval, now.machine_share) == (20, 1, None, None)


def test_stations_that_only_a_machine_labelled_are_told():
    rows = [image(20, "machine", station="A"), image(30, "human", station="B"), image(40, "both", station="C")]
    assert reefs_now.hard_coral_now(means(*rows)).machine_share == pytest.approx(1 / 3)


def test_modelled_values_count_only_where_nothing_was_measured():
    model = {"value": 60, "station": "Tier", "labelled_by": "model", "method": "model"}
    assert (reefs_now.hard_coral_now(means(model)).value, reefs_now.hard_coral_now(means(model, {})).value) == (60, 20)


@pytest.mark.parametrize(
    ("figure", "metric", "value", "unit"),
    [
        (reefs_now.hard_coral_now, COVER, 12, "%"),
        (reefs_now.bleached_now, "bleached_pct", 30, "%"),
        (reefs_now.fish_biomass_now, "fish_biomass_kgha", 640, "kg/ha"),
        (reefs_now.habitat_complexity_now, "habitat_complexity_score", 3.5, "score (0-5)"),
    ],
)
def test_each_figure_takes_its_own_metric_and_is_missing_without(figure, metric, value, unit):
    now = figure(means({"metric": metric, "value": value}))
    assert (now.value, now.unit, now.n) == (value, unit, 1)
    other = "pale_pct"
    for none in (means({"metric": other}), means()):
        assert figure(none).value is None
        assert figure(none).missing


def classes(**colonies: float) -> list[dict]:
    return [
        {"metric": name, "value": colonies.get(name, 0), "method": "colonies_bleached"} for name in BLEACHING_CLASSES
    ]


def test_pale_is_not_bleached_and_recently_dead_is():
    # Of ten colonies two are normal, three pale, four bleached to some degree and one recently dead.
    colonies = {"normal_pct": 20, "pale_pct": 30, "bleached_20_pct": 10, "bleached_80_pct": 30, "recently_dead_pct": 10}
    found = reefs_now.bleaching_classes(means(*classes(**colonies)))
    assert found["bleached_pct"].unique().tolist() == [50]
    assert found["class"].tolist() == list(BLEACHING_CLASSES)
    assert dict(zip(found["class"], found["pct"], strict=True)) == dict.fromkeys(BLEACHING_CLASSES, 0) | colonies


@laws
@given(st.lists(st.integers(0, 50), min_size=7, max_size=7))
def test_bleached_share_is_that_of_the_colonies(counts):
    colonies = pd.DataFrame([counts], columns=list(BLEACHING_CLASSES))
    every = [name for name, count in zip(BLEACHING_CLASSES, counts, strict=True) for _ in range(count)]
    share = reefs_now.bleached_pct(colonies).iloc[0]
    if every:
        assert share == pytest.approx(100 * sum(name in BLEACHED_CLASSES for name in every) / len(every))
    else:
        assert pd.isna(share)


def test_classes_are_those_of_the_newest_survey_that_tells_all_seven():
    old = [row | {"surveyed_on": EARLIER} for row in classes(normal_pct=100)]
    found = reefs_now.bleaching_classes(means(*old, *classes(pale_pct=100)[:-1]))
    assert found["surveyed_on"].eq(pd.Timestamp(EARLIER)).all()
    assert len(found) == 7
    assert reefs_now.bleaching_classes(means()).empty


@laws
@given(st.lists(st.tuples(st.sampled_from(COVERS), st.sampled_from(["pit", "quadrat"]), PCT), max_size=10))
def test_a_composition_makes_a_hundred_and_keeps_hard_coral(parts):
    unique = {(metric, method): value for metric, method, value in parts}
    found = means(*({"metric": metric, "method": how, "value": value} for (metric, how), value in unique.items()))
    cover = reefs.composition(found, "Reef", DAY)
    corals = [value for (metric, _), value in unique.items() if metric == COVER]
    assert cover.empty == (not corals)
    if corals:
        assert cover["value"].sum() == pytest.approx(100)
        assert cover["value"].ge(0).all()
        assert cover.set_index("metric").loc[COVER, "value"] == pytest.approx(np.mean(corals))


def test_a_composition_is_that_of_one_station_on_one_day():
    rows = [{"value": 25}, {"metric": "macroalgae_pct", "value": 15}, {"station": "Wall", "value": 70}]
    cover = reefs.composition(means(*rows, {"surveyed_on": EARLIER, "value": 5}), "Reef", DAY)
    assert dict(zip(cover["metric"], cover["value"], strict=True)) == {
        COVER: 25,
        "macroalgae_pct": 15,
        "other_cover_pct": 60,
    }


def test_effort_counts_station_days_and_sample_units_once_for_all_metrics():
    rows = [
        {"sample_units": 4, "value": 20},
        {"sample_units": 4, "value": 9, "metric": "macroalgae_pct"},
        {"sample_units": 6, "surveyed_on": DAY + timedelta(30)},
        {"sample_units": 3, "station": "Wall"},
        *(image(20, surveyed_on=date(2023, 1, 1)) for _ in range(5)),
        {"method": "model", "labelled_by": "model"},
    ]
    found = reefs.effort(means(*rows)).set_index(["year", "method"])
    assert found.loc[(2024, "benthicpit")].dropna().to_dict() == {"surveys": 3, "stations": 2, "sample_units": 13}
    assert found.loc[(2023, "CoralNet annotations")].tolist() == [1, 1, 5, 250]
    assert "model" not in found.index.get_level_values("method"), "a model surveys nothing"


def test_without_surveys_frames_are_empty_and_keep_their_columns():
    none = means()
    assert reefs.newest(none, COVER).columns.tolist() == reefs.newest(means({}), COVER).columns.tolist()
    assert reefs.effort(none).columns.tolist() == reefs.effort(means({})).columns.tolist()
    assert reefs.composition(none, "Reef", DAY).empty
    assert (
        pd.DataFrame({"station": pd.array(["Reef"], "str")}).merge(reefs.newest(none, COVER), how="left").shape[0] == 1
    )


MODEL = {"labelled_by": "model", "method": "model", "sample_units": None}


def test_a_modelled_figure_is_the_newest_only_where_nobody_measured():
    rows = [{"value": 40}, MODEL | {"value": 10, "surveyed_on": DAY + timedelta(400)}, MODEL | {"station": "Tier"}]
    found = reefs.newest(means(*rows), COVER).set_index("station")
    assert found.loc["Reef", "value"] == 40
    assert found.loc["Tier", "methods"] == "model"
    assert reefs.composition(means(*rows[:1], MODEL | {"value": 10}), "Reef", DAY)["value"].iloc[0] == 40


def test_modelled_figures_alone_have_a_mean_and_no_interval():
    rows = [MODEL | {"station": f"Tier {number}", "value": 10 * number} for number in (1, 2, 3)]
    found = reefs_now.hard_coral_now(means(*rows))
    assert (found.value, found.n, found.interval) == (20, 3, None)


def test_equal_stations_are_no_certainty():
    found = reefs_now.hard_coral_now(means({"value": 20}, {"value": 20, "station": "Wall"}))
    assert (found.value, found.interval) == (20, None)


def test_the_day_of_a_figure_is_that_of_its_newest_survey():
    rows = [{"value": 20}, {"value": 30, "metric": "macroalgae_pct", "surveyed_on": DAY + timedelta(90)}]
    assert reefs_now.hard_coral_now(means(*rows)).newest == DAY


def test_labels_without_a_group_leave_the_cover_open():
    rows = [{"value": 5, "value_high": 65}, {"value": 7, "value_high": 9, "station": "Wall"}]
    found = reefs.newest(means(*rows), COVER).set_index("station")
    assert found["high"].to_dict() == {"Reef": 65, "Wall": 9}
    assert found["band"].isna().to_dict() == {"Reef": True, "Wall": False}, "only a band that holds both is told"
    assert (reefs_now.open_cover(means(*rows)).value, reefs_now.open_cover(means(*rows)).n) == (37, 2)
    credible = MODEL | {"value": 5, "value_high": 65}
    assert reefs.newest(means(credible), COVER)["high"].isna().all(), "a model's bound is no label without a group"
    assert reefs_now.open_cover(means(credible)).missing
    assert reefs_now.open_cover(means({"value": 5})).missing
    parts = reefs.composition(means(rows[0]), "Reef", DAY).set_index("metric")["value"].to_dict()
    assert parts == {COVER: 5, "unidentified_pct": 60, "other_cover_pct": 35}
    crowded = [rows[0], {"metric": "macroalgae_pct", "value": 70}]
    parts = reefs.composition(means(*crowded), "Reef", DAY).set_index("metric")["value"].to_dict()
    assert parts == {COVER: 5, "macroalgae_pct": 70, "unidentified_pct": 25, "other_cover_pct": 0}
