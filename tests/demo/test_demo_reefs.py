"""The surveys of the invented reefs as the real connectors read them."""

import json
import urllib.error
import urllib.request
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely

from demo.earthranger import OTHER_HOST
from demo.mermaid import UNMAPPED_PROJECT
from demo.network import SOURCES
from demo.reefs import FIJIAN_REEF, PLANTED_REEF, REEFS, Reef, planting_begins
from demo.server import DemoServer
from tests.demo.pulled_reefs import (
    HEAT,
    IMAGES,
    MODEL,
    NAMES,
    OUTPLANTS,
    SURVEYS,
    TODAY,
    Reefs,
    every_day,
    every_reef,
)  # fmt: skip

BLEACHED = ("bleached_20_pct", "bleached_50_pct", "bleached_80_pct", "bleached_100_pct", "recently_dead_pct")


def ask(address: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(address) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_four_reefs_lie_in_two_oceans_each_inside_a_marine_area() -> None:
    longitudes = [reef.site.longitude for reef in REEFS]
    assert sum(40 < longitude < 60 for longitude in longitudes) == 2
    assert sum(120 < longitude < 180 for longitude in longitudes) == 2
    assert len({reef.site.site_id for reef in REEFS}) == len(REEFS)
    for reef in REEFS:
        assert (reef.site.realm, reef.site.boundary_kind) == ("marine", "polygon")
        area = shapely.Polygon(reef.site.boundary())
        assert 3 <= len(reef.stations) <= 4
        assert all(area.contains(shapely.Point(reef.position(station))) for station in reef.stations)


@every_day
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_refused_but_the_project_that_is_no_site_of_the_network(reefs_of, name: str, today: date) -> None:
    refused = [(refusal.field, refusal.value) for refusal in reefs_of(today).refusals(name)]
    assert refused == ([("project_name", UNMAPPED_PROJECT)] if name == SURVEYS else [])
    assert len(reefs_of(today).rows(name)) > 0


@pytest.mark.parametrize("name", NAMES)
def test_the_same_day_sends_the_same_and_a_second_pull_finds_nothing_new(reefs: Reefs, tmp_path: Path, name) -> None:
    _, first = reefs.fetch(name, {})
    _, second = reefs.fetch(name, dict(first.cursor))
    assert second.is_unchanged
    with DemoServer(TODAY) as server:
        again = Reefs(server, tmp_path)
        pd.testing.assert_frame_equal(again.rows(name), reefs.rows(name))


@pytest.mark.parametrize("name", [SURVEYS, IMAGES])
def test_a_day_later_every_survey_reads_the_same(reefs_of, name: str) -> None:
    before, after = (reefs_of(day).rows(name) for day in (TODAY, TODAY + timedelta(days=1)))
    pd.testing.assert_frame_equal(before, after)


@every_reef
@every_day
def test_every_station_is_surveyed_over_five_to_six_years_at_its_place(reefs_of, reef: Reef, today: date) -> None:
    found = reefs_of(today).cover(reef)
    assert set(found["station"]) == {station.name for station in reef.stations}
    spans = found.groupby("station")["surveyed_on"].agg(["min", "max", "size"])
    assert ((spans["max"] - spans["min"]).map(lambda span: span.days) > 4.4 * 365).all()
    assert (spans["max"] < today).all()
    assert (spans["size"] >= 10).all()
    rows = reefs_of(today).rows(IMAGES if reef is PLANTED_REEF else SURVEYS)
    placed = rows[rows["site_id"] == reef.site.site_id].groupby("station")[["longitude", "latitude"]].mean()
    for station in reef.stations:
        assert placed.loc[station.name].tolist() == pytest.approx(reef.position(station))


@every_reef
def test_the_hot_summer_sets_every_reef_back_by_a_third_and_it_recovers_slowly(reefs: Reefs, reef: Reef) -> None:
    found = reefs.cover(reef)
    days = pd.to_datetime(found["surveyed_on"])
    peak = pd.Timestamp(reef.peak(TODAY))
    year = pd.Timedelta(days=365)

    def mean(is_in: pd.Series) -> float:
        return float(found.loc[is_in, "value"].mean())

    before = mean((days < peak) & (days > peak - year))
    after = mean((days > peak + year / 4) & (days < peak + year))
    newest = mean(days > days.max() - year / 4)
    assert after < newest
    if reef is PLANTED_REEF:
        # Planted corals were still growing meanwhile.
        assert 0.6 * before < after < 0.95 * before
    else:
        assert 0.55 * before < after < 0.85 * before
        assert newest < 1.15 * before


def test_planted_stations_grow_from_8_to_25_percent_and_the_controls_do_not(reefs: Reefs) -> None:
    found = reefs.cover(PLANTED_REEF)
    begins = planting_begins(TODAY)
    planted = {station.name for station in PLANTED_REEF.stations if station.is_planted}
    assert len(planted) == len(PLANTED_REEF.stations) - len(planted) == 2
    by_station = found.sort_values("surveyed_on").groupby("station")["value"].last()
    newest = by_station.groupby(by_station.index.isin(planted)).mean()
    oldest = found[found["surveyed_on"] < begins].groupby(found["station"].isin(planted))["value"].mean()
    assert oldest[True] == pytest.approx(8, abs=2)
    assert newest[True] == pytest.approx(25, abs=4)
    assert newest[False] == pytest.approx(oldest[False], abs=3)
    sides = found.groupby("station")["surveyed_on"].agg(lambda days: (min(days) < begins) & (max(days) > begins))
    assert sides.all()


def test_bleaching_rises_with_the_heat_and_the_classes_add_up(reefs: Reefs) -> None:
    rows = reefs.rows(SURVEYS)
    colonies = rows[rows["method"] == "colonies_bleached"].pivot(index="survey_id", columns="metric", values="value")
    whole = colonies[[*BLEACHED, "normal_pct", "pale_pct"]].sum(axis=1)
    assert whole.to_numpy() == pytest.approx(100, abs=0.011)
    assert colonies[list(BLEACHED)].sum(axis=1).to_numpy() == pytest.approx(colonies["bleached_pct"].to_numpy())
    told = rows[rows["metric"] == "bleached_pct"]
    days = pd.to_datetime(told["surveyed_on"])
    for reef in REEFS[1:]:
        since = (days - pd.Timestamp(reef.peak(TODAY))).dt.days
        is_here = told["site_id"] == reef.site.site_id
        assert told.loc[is_here & since.between(1, 90), "value"].min() > 15
        assert told.loc[is_here & ~since.between(-30, 300), "value"].max() < 8


def test_mermaid_keeps_a_method_private_and_leaves_out_what_is_not_known(reefs: Reefs) -> None:
    rows = reefs.rows(SURVEYS)
    kelindu = REEFS[3].site.site_id
    fish = rows[rows["metric"] == "fish_biomass_kgha"]
    assert set(fish["site_id"]) == {reef.site.site_id for reef in REEFS[1:3]}
    assert "keep their figures of beltfish private" in reefs.notices(SURVEYS)
    has_no_spread = rows["value_sd"].isna() & rows["metric"].eq("hard_coral_pct")
    assert 0 < has_no_spread.sum() < 20
    assert set(rows.loc[has_no_spread, "sample_units"]) == {1}
    methods = rows[rows["metric"].eq("hard_coral_pct")].groupby("site_id")["method"].agg(set)
    assert methods[kelindu] == {"benthicpit", "benthicpqt", "quadrat_benthic_percent"}
    assert all(len(methods[reef.site.site_id]) == 2 for reef in REEFS[1:3])
    days = rows[rows["site_id"].eq(kelindu)].groupby("method")["surveyed_on"].agg(["min", "max"])
    assert days.loc["benthicpit", "max"] < days.loc["benthicpqt", "min"]


def test_mermaid_pages_as_the_real_service_does(reefs: Reefs) -> None:
    address = f"{reefs.url}/mermaid/v1/summarysampleevents/"
    _, first = ask(f"{address}?limit=50")
    _, whole = ask(f"{address}?limit=9999")
    assert first["next"] == f"{OTHER_HOST}/mermaid/v1/summarysampleevents/?limit=50&page=2"
    assert first["previous"] is None
    assert (len(first["results"]), len(whole["results"])) == (50, first["count"])
    _, second = ask(f"{address}?limit=50&page=2")
    assert [event["sample_event_id"] for event in first["results"] + second["results"]] == [
        event["sample_event_id"] for event in whole["results"][:100]
    ]
    covers = [event["protocols"].get("benthicpit", {}) for event in whole["results"]]
    assert {type(cover["percent_cover_benthic_category_avg"]["Hard coral"]) for cover in covers if cover} == {str}
    assert ask(f"{address}?page=99")[0] == ask(f"{address}?page=x")[0] == ask(f"{reefs.url}/mermaid/v1/")[0] == 404


def test_the_covers_of_a_transect_survey_are_of_the_whole_bottom(reefs: Reefs) -> None:
    _, answer = ask(f"{reefs.url}/mermaid/v1/summarysampleevents/?limit=5000")
    for event in answer["results"]:
        for part in event["protocols"].values():
            if "percent_cover_benthic_category_avg" in part:
                covers = map(float, part["percent_cover_benthic_category_avg"].values())
                assert sum(covers) == pytest.approx(100, abs=0.05)


def test_every_image_has_its_points_and_people_and_a_robot_label_them(reefs: Reefs) -> None:
    rows = reefs.rows(IMAGES)
    corals = rows[rows["metric"] == "hard_coral_pct"]
    assert set(corals["points"]) == {50}
    assert set(corals.groupby(["station", "surveyed_on"]).size()) == {10}
    assert set(corals["labelled_by"]) == {"human", "machine", "both"}
    by_year = corals.groupby(corals["surveyed_on"].map(lambda day: day.year))["labelled_by"].agg(set)
    assert by_year[TODAY.year - 5] == {"human"}
    assert by_year[TODAY.year] == {"machine", "both"}
    assert rows["value_high"].isna().all()
    assert reefs.notices(IMAGES) == ""


def test_the_model_agrees_with_the_surveys_of_its_site_and_says_that_it_is_one(reefs: Reefs) -> None:
    rows = reefs.rows(MODEL)
    corals = rows[rows["metric"] == "hard_coral_pct"]
    assert set(corals["labelled_by"]) == {"model"}
    assert set(corals["site_id"]) == {FIJIAN_REEF.site.site_id}
    assert ((corals["value_low"] < corals["value"]) & (corals["value"] < corals["value_high"])).all()
    surveyed = reefs.cover(FIJIAN_REEF)["value"].mean()
    assert corals["value"].mean() == pytest.approx(surveyed, rel=0.15)
    assert corals.groupby("method").size().sort_values().tolist() == [5, 6]
    assert "1 surveys are not public" in reefs.notices(MODEL)
    assert ask(f"{reefs.url}/reefcloud/dashboard-api/tiers/1")[0] == 404


def test_every_reef_source_is_configured_for_its_sites() -> None:
    places = {source.name: source.site for source in SOURCES if source.name in NAMES}
    assert places.pop(SURVEYS).keys() | {UNMAPPED_PROJECT} == {
        "Sitakora reef watch", "Reefs of Nuku Lavroa", "Kelindu coral survey", UNMAPPED_PROJECT,
    }  # fmt: skip
    assert places.pop(IMAGES) == places.pop(OUTPLANTS) == PLANTED_REEF.site.site_id
    assert places.pop(MODEL) == FIJIAN_REEF.site.site_id
    assert places == {HEAT[reef.key]: reef.site.site_id for reef in REEFS}
