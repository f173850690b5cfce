"""Health of collars: a kinetic collar has no schedule to miss, and silence is not zero."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.collars import collar_health

laws = settings(deadline=None, max_examples=60)

START = pd.Timestamp("2024-03-01T00:00Z")
NOW = START + pd.Timedelta(days=30)
COLUMNS = [
    "animal", "animal_name", "collar_kind", "fixes", "fixes_per_day", "success", "joules_per_day", "joules_per_fix",
    "longest_gap_h", "days_since_last", "note",
]  # fmt: skip
HOURS = st.lists(st.integers(0, 600), min_size=1, max_size=40, unique=True).map(sorted)


def fixes_at(hours: list[float], animal: str = "1", energy_j: list | None = None) -> pd.DataFrame:
    fixes = pd.DataFrame({"animal": animal, "fixed_at": START + pd.to_timedelta(hours, unit="h")})
    fixes["step_h"] = fixes["fixed_at"].diff() / pd.Timedelta(hours=1)
    fixes["energy_j"] = pd.Series(energy_j, index=fixes.index, dtype=float)
    return fixes.astype({"animal": "str"})


def animal(key: str = "1", kind: str | None = "scheduled", interval_h: float | None = 6) -> pd.DataFrame:
    row = {"animal": key, "animal_name": f"Animal {key}", "collar_kind": kind, "fix_interval_h": interval_h}
    return pd.DataFrame([row]).astype({"fix_interval_h": float, "collar_kind": "str"})


def test_half_of_the_schedule_obtained_is_a_success_of_one_half() -> None:
    health = collar_health(fixes_at([0, 6, 12, 24, 54]), animal(), NOW).iloc[0]
    assert health["success"] == 5 / 10
    assert health["fixes"] == 5
    assert health["fixes_per_day"] == pytest.approx(4 / 2.25)
    assert health["longest_gap_h"] == 30
    assert health["days_since_last"] == 30 - 2.25
    assert health["note"] == ""


def test_a_burst_of_fixes_does_not_make_up_for_a_gap() -> None:
    fixes = fixes_at([0, 0.1, 0.2, 0.3, 9])
    assert collar_health(fixes, animal(interval_h=1), NOW)["success"].iloc[0] == 2 / 10


def test_silence_since_the_newest_fix_shows_in_days_and_not_in_success() -> None:
    early, late = (collar_health(fixes_at([0, 6, 12]), animal(), NOW + pd.Timedelta(days=days)) for days in (0, 50))
    assert late["days_since_last"].iloc[0] == early["days_since_last"].iloc[0] + 50
    shown = [column for column in COLUMNS if column != "days_since_last"]
    pd.testing.assert_frame_equal(early[shown], late[shown])


def test_a_kinetic_collar_has_no_success_and_says_why_gaps_may_be_rest() -> None:
    health = collar_health(fixes_at([0, 24, 48], energy_j=[9, 6, 4]), animal(kind="kinetic", interval_h=24), NOW).iloc[
        0
    ]
    assert pd.isna(health["success"])
    assert health["note"].startswith("Activity-biased:")
    assert health["joules_per_day"] == (6 + 4) / 2
    assert health["joules_per_fix"] == pytest.approx(19 / 3)


@pytest.mark.parametrize(("kind", "interval_h"), [("scheduled", None), (None, 6)])
def test_without_a_known_schedule_there_is_no_success(kind: str | None, interval_h: float | None) -> None:
    health = collar_health(fixes_at([0, 6, 12]), animal(kind=kind, interval_h=interval_h), NOW).iloc[0]
    assert pd.isna(health["success"])
    assert health["fixes_per_day"] == 4


def test_energy_that_was_not_sent_is_missing_and_not_zero() -> None:
    health = collar_health(fixes_at([0, 6, 12]), animal(kind="kinetic"), NOW)
    assert health[["joules_per_day", "joules_per_fix"]].isna().all(axis=None)


@pytest.mark.parametrize("hours", [[], [3]], ids=["no fix", "one fix"])
def test_nothing_to_measure_is_missing_and_not_zero(hours: list) -> None:
    health = collar_health(fixes_at(hours), animal(), NOW).iloc[0]
    assert health["fixes"] == len(hours)
    assert health[["fixes_per_day", "success", "longest_gap_h", "joules_per_day"]].isna().all()
    assert pd.isna(health["days_since_last"]) == (not hours)


def test_each_animal_is_judged_by_its_own_fixes() -> None:
    fixes = pd.concat([fixes_at([0, 6]), fixes_at([100, 101, 102], "2")], ignore_index=True)
    animals = pd.concat([animal("2", interval_h=1), animal("1"), animal("3")], ignore_index=True)
    health = collar_health(fixes, animals, NOW)
    assert health["animal"].tolist() == ["2", "1", "3"]
    assert health["fixes"].tolist() == [3, 2, 0]
    assert health["success"].tolist()[:2] == [1, 1]
    assert health["longest_gap_h"].tolist()[:2] == [1, 6]


@laws
@given(HOURS, st.floats(0.1, 100))
def test_success_is_a_share(hours: list, interval_h: float) -> None:
    success = collar_health(fixes_at(hours), animal(interval_h=interval_h), NOW)["success"].iloc[0]
    assert pd.isna(success) == (len(hours) < 2)
    assert pd.isna(success) or 0 < success <= 1


@laws
@given(st.sets(st.integers(1, 99)), st.floats(0, 20))
def test_a_collar_that_fixes_a_little_late_has_as_much_success_as_one_on_time(missed: set, late_minutes: float) -> None:
    on_time = [hour for hour in range(101) if hour not in missed]
    late = [hour + late_minutes / 60 * (hour % 3 == 1) for hour in on_time]
    for hours in (on_time, late):
        health = collar_health(fixes_at(hours), animal(interval_h=1), NOW).iloc[0]
        assert health["success"] == (101 - len(missed)) / 101


@laws
@given(HOURS)
def test_the_longest_gap_is_at_least_the_mean_time_between_fixes(hours: list) -> None:
    health = collar_health(fixes_at(hours), animal(), NOW).iloc[0]
    assert len(hours) < 2 or health["longest_gap_h"] >= 24 / health["fixes_per_day"] - 1e-9


def test_without_animals_there_are_no_rows() -> None:
    health = collar_health(fixes_at([]), animal().iloc[:0], NOW)
    assert health.columns.tolist() == COLUMNS
    assert health.empty
