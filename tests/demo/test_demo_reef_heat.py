"""The planted corals and the heat of the invented reefs as the real connectors read them."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from demo.reefs import PLANTED_REEF, Reef, planting_begins
from metrics.heat_stress import degree_heating_weeks, heat_stress_figures
from metrics.outplants import survival_at
from tests.demo.pulled_reefs import HEAT, OUTPLANTS, TODAY, Reefs, every_day, every_reef


@every_day
def test_25000_fragments_were_planted_over_three_years_and_none_of_them_is_unaccounted_for(reefs_of, today) -> None:
    rows = reefs_of(today).rows(OUTPLANTS)
    assert (rows[["alive_count", "dead_count", "lost_count"]].sum(axis=1) == rows["fragment_count"]).all()
    by_cohort = rows.sort_values("observed_on").groupby("fragment_id")
    assert by_cohort["fragment_count"].first().sum() == 25_000
    assert by_cohort["fragment_count"].first().between(50, 400).all()
    for name in ("dead_count", "lost_count"):
        assert (by_cohort[name].diff().dropna() >= 0).all()
    planted = rows["planted_on"]
    assert planted.min() == planting_begins(today)
    assert timedelta(days=1000) < planted.max() - planted.min() < timedelta(days=1096)
    assert planted.max() < rows["observed_on"].max() < today
    assert set(rows["station"]) == {station.name for station in PLANTED_REEF.stations if station.is_planted}
    assert set(rows["station"]) < set(reefs_of(today).cover(PLANTED_REEF)["station"])
    assert (rows["scientific_name"].nunique(), rows["nursery"].nunique()) == (5, 2)


def test_60_to_70_percent_of_the_corals_live_a_year_and_fewer_when_the_year_is_hot(reefs: Reefs) -> None:
    rows = reefs.rows(OUTPLANTS)
    months = (pd.to_datetime(rows["observed_on"]) - pd.to_datetime(rows["planted_on"])).dt.days / 30.4375
    visits = rows[months.between(11.5, 12.5)]
    assert 60 < survival_at(rows.rename(columns={"fragment_id": "cohort"}), 12).value < 70
    counts = ["alive_count", "dead_count"]
    alive, dead = visits[counts].sum()
    assert 0.6 < alive / visits["fragment_count"].sum() < 0.7
    assert 0.6 < alive / (alive + dead) < 0.7
    since = (pd.Timestamp(PLANTED_REEF.peak(TODAY)) - pd.to_datetime(visits["planted_on"])).dt.days
    felt, spared = (visits[is_in][counts].sum() for is_in in (since.between(30, 270), since.lt(-90)))
    assert felt["alive_count"] / felt.sum() < spared["alive_count"] / spared.sum() - 0.1


def test_a_storm_takes_corals_and_one_cohort_was_never_visited(reefs: Reefs) -> None:
    rows = reefs.rows(OUTPLANTS)
    never = rows[rows["observed_on"] == rows["planted_on"]]
    assert len(never) == 1
    assert (never["alive_count"] == never["fragment_count"]).all()
    ordered = rows.sort_values(["fragment_id", "observed_on"])
    month = pd.to_datetime(ordered["observed_on"]).dt.to_period("M")
    lost = ordered.groupby("fragment_id")["lost_count"].diff().fillna(0) / ordered["fragment_count"]
    is_storm = month.between(pd.Period(f"{TODAY.year - 1}-02"), pd.Period(f"{TODAY.year - 1}-04"))
    assert lost[is_storm].mean() > 2 * lost[~is_storm].mean()


@every_day
@every_reef
def test_the_degree_heating_weeks_are_those_of_the_hotspots(reefs_of, reef: Reef, today: date) -> None:
    heat = reefs_of(today).rows(HEAT[reef.key])
    figures = heat_stress_figures(heat)
    assert figures["dhw_recomputed_max_error"] == 0
    assert date.fromisoformat(figures["last"]) == today - timedelta(days=2)
    assert date.fromisoformat(figures["first"]) == date(today.year - 6, 1, 1)
    assert bool(figures["missing_days"]) == reef.omits_days
    lowest, highest = (9, 11) if reef is PLANTED_REEF else (4, 6)
    assert lowest < figures["dhw_max"] < highest
    assert abs(date.fromisoformat(figures["dhw_max_on"]) - reef.peak(today)) < timedelta(days=75)
    other_years = heat["day"].map(lambda day: day.year != reef.peak(today).year)
    assert heat.loc[other_years, "dhw_c_weeks"].max() < 4


@every_reef
def test_the_alert_levels_follow_the_rule_of_the_worst_day_of_a_week(reefs: Reefs, reef: Reef) -> None:
    heat = reefs.rows(HEAT[reef.key]).sort_values("day").set_index("day")
    hotspot = heat["hotspot_c"].set_axis(pd.to_datetime(heat.index)).asfreq("D")
    dhw = degree_heating_weeks(hotspot)
    daily = pd.Series(0.0, hotspot.index).mask(hotspot.gt(0), 1).mask(hotspot.ge(1), 2)
    daily = (
        daily.mask(hotspot.ge(1) & dhw.ge(4), 3).mask(hotspot.ge(1) & dhw.ge(8), 4).mask(dhw.isna() | hotspot.isna())
    )
    expected = daily.rolling(7).max().dropna()
    told = heat["alert_level"].set_axis(pd.to_datetime(heat.index))
    assert len(expected) > 1000
    assert np.array_equal(told[expected.index].astype(float), expected)
    assert told.notna().sum() == len(heat) - 84 - 7 + 2
    assert expected.max() == (4 if reef is PLANTED_REEF else 3)
    assert set(heat["station"]) == {reef.name}
