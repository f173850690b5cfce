"""The invented tagged animals: how they move, what their collars send, and which of them need somebody."""

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import shapely

from demo.effort import DAY_S, FIRST_DAY
from demo.herds import ANIMALS, Animal
from demo.tracks import crossings_out, fixes, whole_track

TODAY = date(2026, 11, 22)
TODAY_S = (TODAY - FIRST_DAY).days * DAY_S
LOST_DAYS = 2
every_animal = pytest.mark.parametrize("animal", ANIMALS, ids=lambda animal: animal.name)
KINETIC = [animal for animal in ANIMALS if animal.is_kinetic]
SCHEDULED = [animal for animal in ANIMALS if not animal.is_kinetic]


def moved_m(track: pd.DataFrame) -> np.ndarray:
    """Metres between positions that follow each other, on the sphere."""
    longitude, latitude = np.radians(track["longitude"].to_numpy()), np.radians(track["latitude"].to_numpy())
    half = (
        np.sin(np.diff(latitude) / 2) ** 2
        + np.cos(latitude[1:]) * np.cos(latitude[:-1]) * np.sin(np.diff(longitude) / 2) ** 2
    )
    return 2 * 6_371_008.8 * np.arcsin(np.sqrt(half))


def test_twelve_animals_of_four_sites_are_tagged_and_five_of_them_pay_for_their_positions_by_moving() -> None:
    assert len(ANIMALS) == 12
    assert len(KINETIC) == 5
    assert Counter(animal.iso3 for animal in ANIMALS) == {"THA": 5, "KEN": 3, "RUS": 2, "CHE": 2}


@every_animal
def test_about_a_year_of_positions_is_kept(animal: Animal) -> None:
    track = fixes(animal, TODAY)
    days = (track["fixed_s"].iloc[-1] - track["fixed_s"].iloc[0]) / DAY_S
    assert 365 - animal.silent_days < days < 365 + 31
    assert track["fixed_s"].is_monotonic_increasing
    assert track["fixed_s"].is_unique


def test_all_positions_together_are_few_enough_for_a_quick_start() -> None:
    assert 40_000 < sum(len(fixes(animal, TODAY)) for animal in ANIMALS) < 80_000


@every_animal
def test_a_past_day_reads_the_same_tomorrow_and_in_the_next_month(animal: Animal) -> None:
    today = fixes(animal, TODAY)
    today = today[today["fixed_s"] < TODAY_S - DAY_S * animal.lost_days]
    for later in (TODAY + timedelta(days=1), TODAY + timedelta(days=20)):
        again = fixes(animal, later)
        again = again[again["fixed_s"] <= today["fixed_s"].iloc[-1]].reset_index(drop=True)
        same = today[today["fixed_s"] >= again["fixed_s"].iloc[0]].reset_index(drop=True)
        pd.testing.assert_frame_equal(again, same, check_exact=True)
        assert len(again) > 0.9 * len(today)


@every_animal
def test_an_animal_stays_about_its_site_and_crosses_the_boundary_now_and_then(animal: Animal) -> None:
    area = shapely.Polygon(animal.site.boundary())
    track = fixes(animal, TODAY)
    assert 0.6 < shapely.contains_xy(area, track["longitude"], track["latitude"]).mean() < 1
    crossings = crossings_out(animal, TODAY)
    assert 1 < len(crossings) < 90
    points = shapely.points(crossings["longitude"], crossings["latitude"])
    # The boundary is drawn in straight pieces; a kilometre is about 0.009 degrees.
    assert shapely.distance(points, area.exterior).max() < 0.009


@every_animal
def test_an_animal_walks_as_far_in_a_day_as_its_kind_does(animal: Animal) -> None:
    track = fixes(animal, TODAY)
    days = (track["fixed_s"].iloc[-1] - track["fixed_s"].iloc[0]) / DAY_S
    assert 2 < moved_m(track).sum() / 1000 / days < 20
    assert (moved_m(track) / np.diff(track["fixed_s"])).max() < 1.5


@pytest.mark.parametrize("animal", SCHEDULED, ids=lambda animal: animal.name)
def test_a_scheduled_collar_sends_most_of_its_positions_in_time(animal: Animal) -> None:
    track = fixes(animal, TODAY)
    slot, late_s = np.divmod(track["fixed_s"].to_numpy(), int(animal.interval_h * 3600))
    assert late_s.max() < 120
    assert 0.92 < len(slot) / (slot[-1] - slot[0] + 1) < 0.96
    assert track["energy_j"].isna().all()


@pytest.mark.parametrize("animal", KINETIC, ids=lambda animal: animal.name)
def test_a_kinetic_collar_sends_more_while_its_animal_moves_and_pauses_while_it_rests(animal: Animal) -> None:
    track = fixes(animal, TODAY)
    days = (track["fixed_s"].iloc[-1] - track["fixed_s"].iloc[0]) / DAY_S
    assert 1 < track["energy_j"].sum() / days < 10
    assert 5 < len(track) / days < 24
    gap_h = track["fixed_s"].diff() / 3600
    assert gap_h.max() > 8
    assert gap_h.median() < 4
    local_h = (track["fixed_s"] / 3600 + animal.site.longitude / 15 - animal.gait.peak_hour) % animal.gait.rhythm_h
    is_active = (local_h < animal.gait.rhythm_h / 4) | (local_h >= animal.gait.rhythm_h * 3 / 4)
    assert is_active.mean() > 0.65


def test_one_collar_lies_where_its_animal_lost_it_two_days_ago_and_the_others_move() -> None:
    walked = {}
    for animal in ANIMALS:
        track = whole_track(animal, TODAY)
        since_s = TODAY_S - (LOST_DAYS + animal.silent_days) * DAY_S
        walked[animal.name] = moved_m(track[track["fixed_s"] >= since_s]).max()
    assert [name for name, metres in walked.items() if metres < 30] == ["Duangjai"]
    assert min(metres for name, metres in walked.items() if name != "Duangjai") > 200


def test_one_collar_is_silent_since_twelve_days_and_the_others_sent_yesterday() -> None:
    silent = {animal.name: (TODAY_S - fixes(animal, TODAY)["fixed_s"].iloc[-1]) / DAY_S for animal in ANIMALS}
    assert 12 <= silent.pop("Nyotaye") < 12.5
    assert 0 < min(silent.values()) <= max(silent.values()) < 1
