"""The invented camera packages: steady from day to day, plausible, and faulty where they should be."""

import csv
import io
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
import shapely

from demo.cameras import camera_tables
from demo.faults import BAD_DEPLOYMENTS, BAD_OBSERVATIONS
from demo.fauna import PROGRAMMES, Programme
from demo.packages import package_files
from demo.sites import camera_site

TODAY = date(2026, 11, 22)
TOMORROW = TODAY + timedelta(days=1)
BY_SOURCE = {programme.source: programme for programme in PROGRAMMES}
every_programme = pytest.mark.parametrize("programme", PROGRAMMES, ids=lambda programme: programme.source)


@cache
def tables(programme: Programme, today: date = TODAY) -> dict[str, pd.DataFrame]:
    return camera_tables(programme, today)


def moments(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column, utc=True)


def events(programme: Programme) -> pd.DataFrame:
    """One row per event with its local hour, for either level."""
    rows = tables(programme)["observations"].drop_duplicates("eventID")
    return rows.assign(hour=rows["eventStart"].str[11:13].astype(int))


@every_programme
def test_tomorrow_repeats_every_row_of_today(programme: Programme) -> None:
    for name in ("observations", "media"):
        today, tomorrow = (tables(programme, day)[name].itertuples(index=False, name=None) for day in (TODAY, TOMORROW))
        assert set(today) < set(tomorrow)


@every_programme
def test_tomorrow_only_the_running_deployments_have_grown(programme: Programme) -> None:
    today = tables(programme)["deployments"].set_index("deploymentID")
    tomorrow = tables(programme, TOMORROW)["deployments"].set_index("deploymentID").loc[today.index]
    has_grown = today["deploymentEnd"] != tomorrow["deploymentEnd"]
    assert has_grown.any()
    assert (moments(today["deploymentEnd"])[has_grown] == moments(today["deploymentEnd"]).max()).all()
    pd.testing.assert_frame_equal(today[~has_grown], tomorrow[~has_grown])
    pd.testing.assert_frame_equal(today.drop(columns="deploymentEnd"), tomorrow.drop(columns="deploymentEnd"))


def test_a_new_month_drops_whole_old_deployments_and_nothing_else() -> None:
    programme = BY_SOURCE["amur-cameras"]
    before, after = (tables(programme, day) for day in (date(2026, 11, 30), date(2026, 12, 1)))
    dropped = set(before["deployments"]["deploymentID"]) - set(after["deployments"]["deploymentID"])
    assert dropped
    kept = before["observations"][~before["observations"]["deploymentID"].isin(dropped)]
    assert set(kept["observationID"]) <= set(after["observations"]["observationID"])
    ended = before["deployments"].set_index("deploymentID").loc[list(dropped), "deploymentEnd"]
    assert (moments(ended) <= pd.Timestamp("2024-12-01", tz="UTC")).all()


@pytest.mark.parametrize("source", ["amur-cameras", "mexico-forest-cameras", "brazil-floodplain-cameras"])
def test_two_generations_of_a_day_are_equal_byte_for_byte(source: str) -> None:
    assert package_files(BY_SOURCE[source], TODAY) == package_files(BY_SOURCE[source], TODAY)


@every_programme
def test_a_package_covers_two_years_of_many_deployments_and_thousands_of_rows(programme: Programme) -> None:
    deployments = tables(programme)["deployments"]
    nights = (moments(deployments["deploymentEnd"]) - moments(deployments["deploymentStart"])) / pd.Timedelta(days=1)
    assert deployments["locationID"].nunique() == programme.stations
    assert nights.min() > 0
    assert 55 < nights.median() < 95
    assert 3000 <= len(tables(programme)["observations"]) <= 8000
    span = moments(deployments["deploymentEnd"]).max() - moments(tables(programme)["observations"]["eventStart"]).min()
    assert span > pd.Timedelta(days=660)


@every_programme
def test_batteries_fail_and_leave_gaps_at_their_station(programme: Programme) -> None:
    deployments = tables(programme)["deployments"]
    starts, ends = moments(deployments["deploymentStart"]), moments(deployments["deploymentEnd"])
    same_station = deployments["locationID"].eq(deployments["locationID"].shift())
    gap = (starts - ends.shift())[same_station]
    assert gap.min() > pd.Timedelta(0)
    assert (gap > pd.Timedelta(days=4)).sum() >= 10


@every_programme
def test_every_event_lies_within_its_deployment(programme: Programme) -> None:
    rows = tables(programme)["observations"].merge(tables(programme)["deployments"], on="deploymentID")
    assert len(rows) == len(tables(programme)["observations"])
    assert (moments(rows["eventStart"]) >= moments(rows["deploymentStart"])).all()
    assert (moments(rows["eventEnd"]) <= moments(rows["deploymentEnd"])).all()
    assert (moments(rows["eventStart"]) <= moments(rows["eventEnd"])).all()


@every_programme
def test_cameras_stand_inside_the_area(programme: Programme) -> None:
    area = shapely.Polygon(camera_site(programme.iso3).boundary())
    deployments = tables(programme)["deployments"]
    assert shapely.contains_xy(area, deployments["longitude"], deployments["latitude"]).all()


@every_programme
def test_times_carry_the_offset_of_the_local_clock_on_that_day(programme: Programme) -> None:
    for text in tables(programme)["observations"]["eventStart"].iloc[::97]:
        moment = datetime.fromisoformat(text)
        assert moment.utcoffset() == moment.astimezone(ZoneInfo(programme.time_zone)).utcoffset()


def test_the_clock_changes_in_the_alps_and_not_in_thailand() -> None:
    offsets = {
        source: set(tables(BY_SOURCE[source])["observations"]["eventStart"].str[-6:])
        for source in ("alpine-cameras", "thai-forest-cameras")
    }
    assert offsets == {"alpine-cameras": {"+01:00", "+02:00"}, "thai-forest-cameras": {"+07:00"}}


@every_programme
def test_cameras_record_more_than_animals(programme: Programme) -> None:
    assert set(tables(programme)["observations"]["observationType"]) == {
        "animal",
        "blank",
        "human",
        "vehicle",
        "unknown",
        "unclassified",
    }


def test_nocturnal_animals_are_seen_at_night_and_diurnal_ones_by_day() -> None:
    rows = events(BY_SOURCE["alpine-cameras"])
    is_dark = (rows["hour"] >= 20) | (rows["hour"] < 6)
    night_share = is_dark.groupby(rows["scientificName"]).mean()
    assert night_share["Vulpes vulpes"] > 0.6
    assert night_share["Rupicapra rupicapra"] < 0.15


def test_a_season_shows_where_an_animal_sleeps_through_the_winter() -> None:
    rows = events(BY_SOURCE["amur-cameras"])
    bears = rows[rows["scientificName"] == "Ursus thibetanus"]["eventStart"].str[5:7].astype(int)
    assert bears.isin([6, 7, 8, 9]).sum() > 5 * bears.isin([12, 1, 2]).sum()


def test_some_stations_never_see_the_big_cats() -> None:
    rows = events(BY_SOURCE["amur-cameras"])
    tigers = rows[rows["scientificName"] == "Panthera tigris"]
    stations = tigers["deploymentID"].str[:6].nunique()
    assert 5 <= stations < BY_SOURCE["amur-cameras"].stations


def test_recognised_animals_have_one_species_each() -> None:
    rows = events(BY_SOURCE["india-hills-cameras"])
    recognised = rows[rows["individualID"] != ""]
    assert set(recognised["scientificName"]) == {"Panthera tigris", "Panthera pardus"}
    assert (recognised.groupby("individualID")["scientificName"].nunique() == 1).all()


def test_most_labels_of_the_mexican_source_come_from_a_machine_with_a_probability() -> None:
    rows = tables(BY_SOURCE["mexico-forest-cameras"])["observations"]
    by_machine = rows["classificationMethod"] == "machine"
    assert by_machine.mean() > 0.7
    assert pd.to_numeric(rows["classificationProbability"][by_machine]).between(0.5, 1).all()
    assert (rows["classificationProbability"][~by_machine] == "").all()


@pytest.mark.parametrize(("source", "silent_days"), [("kenya-savannah-cameras", 9), ("australia-forest-cameras", 45)])
def test_a_silent_source_has_nothing_newer(source: str, silent_days: int) -> None:
    silent_from = pd.Timestamp(TODAY - timedelta(days=silent_days), tz="UTC")
    package = tables(BY_SOURCE[source])
    assert moments(package["deployments"]["deploymentEnd"]).max() == silent_from
    newest = moments(package["observations"]["eventEnd"]).max()
    assert silent_from - pd.Timedelta(days=1) < newest <= silent_from


def test_the_other_sources_report_up_to_yesterday() -> None:
    for programme in PROGRAMMES:
        if not programme.silent_days:
            newest = moments(tables(programme)["observations"]["eventEnd"]).max()
            assert pd.Timestamp(TODAY - timedelta(days=1), tz="UTC") < newest <= pd.Timestamp(TODAY, tz="UTC")


def test_one_package_has_only_media_rows_and_the_others_only_events() -> None:
    levels = {programme.source: set(tables(programme)["observations"]["observationLevel"]) for programme in PROGRAMMES}
    assert levels.pop("thai-forest-cameras") == {"media"}
    assert all(level == {"event"} for level in levels.values())
    media = tables(BY_SOURCE["thai-forest-cameras"])
    assert set(media["observations"]["mediaID"]) == set(media["media"]["mediaID"])


def test_pictures_of_people_are_never_public() -> None:
    package = tables(BY_SOURCE["kenya-savannah-cameras"])
    people = package["observations"]["observationType"].isin(["human", "vehicle"])
    assert set(package["media"]["filePublic"][people]) == {"false"}
    assert set(package["media"]["filePublic"][~people]) == {"true"}


def test_the_brazilian_package_adds_bad_rows_and_spoils_no_good_one() -> None:
    programme = BY_SOURCE["brazil-floodplain-cameras"]
    files = package_files(programme, TODAY)
    for name, bad in (("deployments", BAD_DEPLOYMENTS), ("observations", BAD_OBSERVATIONS)):
        rows = list(csv.reader(io.StringIO(files[f"{name}.csv"].decode())))
        good = tables(programme)[name]
        assert len(rows) - 1 == len(good) + bad
        assert [row[0] for row in rows[1 : len(good) + 1]] == good.iloc[:, 0].tolist()
    assert BAD_DEPLOYMENTS + BAD_OBSERVATIONS == 35


def test_positions_are_published_exactly_rounded_or_rounded_without_saying_so() -> None:
    published = {programme.source: tables(programme)["deployments"] for programme in PROGRAMMES}
    assert set(published["thai-forest-cameras"]["coordinateUncertainty"]) == {187}
    assert set(published["alpine-cameras"]["coordinateUncertainty"]) == {""}
    latitude = published["alpine-cameras"]["latitude"].to_numpy()
    assert np.array_equal(latitude, latitude.round(3))
    exact = published["amur-cameras"]["latitude"].to_numpy()
    assert not np.array_equal(exact, exact.round(3))
