"""The invented communities: when they are warned, how they answer, and what they lose."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import shapely

from demo.communities import COMMUNITIES, Community
from demo.countries import RESTRICTED
from demo.effort import DAY_S, FIRST_DAY
from demo.field_events import events
from demo.incidents import CONFLICTS, incidents
from demo.warnings import STEPS, warnings

TODAY = date(2026, 11, 22)
LATER = (TODAY + timedelta(days=1), TODAY + timedelta(days=40))
every_community = pytest.mark.parametrize("community", COMMUNITIES, ids=lambda community: community.source)


def monthly(seconds: pd.Series) -> pd.Series:
    """Events in each month between the first and the last, which are not whole."""
    months = pd.to_datetime(seconds, unit="s", origin=pd.Timestamp(FIRST_DAY)).dt.to_period("M")
    count = months.value_counts().sort_index()
    return count.reindex(pd.period_range(count.index[0], count.index[-1], freq="M"), fill_value=0).iloc[1:-1]


def day_of(moment: date) -> float:
    return (moment - FIRST_DAY).days * DAY_S


def test_three_communities_are_warned_and_one_of_them_lies_in_a_restricted_country() -> None:
    assert len(COMMUNITIES) == 3
    assert sum(community.iso3 in RESTRICTED for community in COMMUNITIES) == 1


@every_community
def test_two_full_years_of_warnings_follow_half_a_year_without(community: Community) -> None:
    assert community.warned_since <= date(TODAY.year - 2, TODAY.month, TODAY.day)
    assert warnings(community, TODAY)["detected_s"].min() >= day_of(community.warned_since)
    first_incident_s = incidents(community, TODAY)["happened_s"].min()
    half_a_year_before = community.warned_since - timedelta(days=184)
    assert day_of(half_a_year_before) <= first_incident_s < day_of(half_a_year_before + timedelta(days=30))


@every_community
@pytest.mark.parametrize("draw", [warnings, incidents])
def test_a_past_day_reads_the_same_on_any_later_day(community: Community, draw) -> None:
    names = ["day", "nth", "village"]
    today = draw(community, TODAY)
    for later in LATER:
        again = draw(community, later).head(len(today))
        pd.testing.assert_frame_equal(again[names], today[names], check_exact=True)
        if draw is warnings:
            is_closed = today["closed_s"].notna()
            pd.testing.assert_frame_equal(again[is_closed], today[is_closed], check_exact=True)


@every_community
def test_what_a_server_holds_as_ended_stays_as_it_is(community: Community) -> None:
    today = events(community, TODAY)
    for later in LATER:
        known = {event["id"]: event for event in events(community, later)}
        assert {event["id"] for event in today} <= set(known)
        assert all(known[event["id"]] == event for event in today if event["state"] == "resolved")


@every_community
def test_warnings_come_at_a_plausible_rate_with_a_season_and_mostly_by_night(community: Community) -> None:
    found = warnings(community, TODAY)
    count = monthly(found["detected_s"])
    assert 12 <= count.mean() <= 25
    assert count.max() > 1.8 * count.min()
    local_h = (found["detected_s"] / 3600 + community.utc_offset_h) % 24
    assert ((local_h >= 18) | (local_h < 6)).mean() > 0.75


@every_community
def test_warnings_are_sent_within_a_minute_with_a_tail(community: Community) -> None:
    found = warnings(community, TODAY)
    delay_s = found["sent_s"] - found["detected_s"]
    assert 40 <= delay_s.median() <= 60
    assert delay_s.quantile(0.99) > 300
    assert delay_s.min() > 0


@every_community
def test_responders_need_about_twenty_minutes_and_do_not_always_come(community: Community) -> None:
    found = warnings(community, TODAY)
    found = found[found["closed_s"].notna()]
    minutes = (found["arrived_s"] - found["sent_s"]) / 60
    assert 17 < minutes.median() < 23
    assert 0.11 < minutes.isna().mean() < 0.19
    share = found["outcome"].value_counts(normalize=True)
    assert 0.09 < share["false"] < 0.16
    assert 0.05 < share["unverified"] < 0.18
    assert share.sum() == pytest.approx(1)
    assert set(share.index) == {"confirmed", "false", "unverified"}


@every_community
def test_no_step_comes_before_the_warning_or_after_this_morning(community: Community) -> None:
    found = warnings(community, TODAY)
    for step in STEPS:
        assert (found[step].dropna() >= found["detected_s"][found[step].notna()]).all()
        assert (found[step].dropna() < day_of(TODAY)).all()
    assert not (found["closed_s"] < found[list(STEPS)].max(axis=1)).any()


@pytest.mark.parametrize("days", range(0, 60, 4))
def test_on_any_morning_a_few_warnings_of_the_last_day_are_open(days: int) -> None:
    today = TODAY + timedelta(days=days)
    open_s = pd.concat([warnings(community, today).query("closed_s.isna()")["detected_s"] for community in COMMUNITIES])
    assert 1 <= len(open_s) <= 5
    assert (open_s >= day_of(today) - DAY_S).all()


@every_community
def test_conflicts_are_mostly_about_crops_and_become_somewhat_fewer(community: Community) -> None:
    found = incidents(community, TODAY)
    since_s = day_of(community.warned_since)
    before, after = (found["happened_s"] < since_s).sum() / 184, (found["happened_s"] >= since_s).sum()
    after /= (TODAY - community.warned_since).days
    assert 6 <= 30 * before <= 14
    assert 0.5 < after / before < 0.95
    assert 6 <= monthly(found["happened_s"]).mean() <= 14
    kind = np.array([conflict.kind for conflict in CONFLICTS])[found["conflict"]]
    assert (kind == "crop").mean() > 0.6
    assert np.isin(kind, ["death", "animal_death"]).mean() < 0.04


def test_every_kind_of_conflict_happens_somewhere() -> None:
    found = {kind for community in COMMUNITIES for kind in incidents(community, TODAY)["conflict"]}
    assert found == set(range(len(CONFLICTS)))


@every_community
def test_villages_lie_just_outside_and_no_conflict_is_placed_nearer_than_its_village(community: Community) -> None:
    area = shapely.Polygon(community.site.boundary())
    places = shapely.points(*community.village_places())
    assert not shapely.contains(area, places).any()
    assert shapely.distance(area, places).max() < 0.05
    kinds = {conflict.event_type for conflict in CONFLICTS}
    told = {
        (event["event_details"]["village"], *event["location"].values())
        for event in events(community, TODAY)
        if event["event_type"] in kinds and event["time"]
    }
    assert len(told) == len(community.villages)
