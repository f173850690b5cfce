"""What becomes of each observation of a Camtrap DP package: detection, count, refusal, or left out and told."""

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import SourceError, SourceRefused
from tests.connectors.camtrap_packages import (
    OLD_DEPLOYMENT,
    OLD_OBSERVATION,
    Reading,
    csv_text,
    deployments,
    observations,
    read,
    write_package,
)

MEDIA = {"observationLevel": "media", "mediaID": "m1"}
TIMES = ["2024-01-02T03:04:05Z", "2024-01-02T03:04:05+08:00", "2024-01-02 03:04:05", "2024-01-02TT03:04Z", "", "x"]
CELLS = {
    "observationID": st.sampled_from(["a", "b", ""]),
    "deploymentID": st.sampled_from(["d1", "d1 ", "elsewhere", ""]),
    "eventStart": st.sampled_from(TIMES),
    "eventEnd": st.sampled_from([*TIMES, "2020-01-01T00:00:00Z"]),
    "observationLevel": st.sampled_from(["event", "media", "sequence", "", "often"]),
    "observationType": st.sampled_from(["animal", "Human", "blank", "vehicle", "unclassified", "undefined", "", "?"]),
    "cameraSetupType": st.sampled_from(["", "setup", "calibration", "no", "-"]),
    "count": st.sampled_from(["1", "2.0", "0", "-1", "many", "1.5", "99999999999", ""]),
    "scientificName": st.text(max_size=5),
}


def read_observations(folder: Path, *changes: dict[str, str], **settings: object) -> Reading:
    package = write_package(folder / "p", deployments=deployments(), observations=observations(*changes))
    return read(package, folder / "work", **settings)


def test_a_count_that_is_no_number_of_animals_is_left_empty_and_told(tmp_path: Path) -> None:
    written = ["3", "12.0", "0", "-2", "2.5", "many", "99999999999", "NA", ""]
    reading = read_observations(tmp_path, *({"count": count} for count in written))
    assert [row["individual_count"] for row in reading.detections] == [3, 12] + [None] * 7
    assert "count could not be read and is left empty: 5 rows (such as '0', '-2', '2.5')" in reading.notices


def test_machine_learning_is_a_machine_and_an_unknown_method_is_left_empty(tmp_path: Path) -> None:
    written = ["human", "machine", "machine learning", "Human", "crowd", ""]
    reading = read_observations(tmp_path, *({"classificationMethod": method} for method in written))
    found = [row["classification_method"] for row in reading.detections]
    assert found == ["human", "machine", "machine", "human", None, None]
    assert "classificationMethod could not be read and is left empty: 1 rows (such as 'crowd')" in reading.notices


def test_a_certainty_outside_of_0_to_1_is_left_empty(tmp_path: Path) -> None:
    written = ["0.9", "1", "95", "-0.1", "high"]
    reading = read_observations(tmp_path, *({"classificationProbability": certainty} for certainty in written))
    assert [row["classification_probability"] for row in reading.detections] == [0.9, 1, None, None, None]


def test_animals_are_detections_and_all_else_is_counted_by_day_in_utc(tmp_path: Path) -> None:
    late = {"eventStart": "2024-01-03T01:00:00+08:00", "eventEnd": "2024-01-03T01:00:00+08:00"}
    kinds = ["animal", "human", "human", "vehicle", "blank", "unknown", "unclassified", "yeti", ""]
    reading = read_observations(tmp_path, *({"observationType": kind, "scientificName": "", **late} for kind in kinds))
    assert [row["scientific_name"] for row in reading.detections] == [None]
    assert reading.counts == {"human": 2, "vehicle": 1, "blank": 1, "unknown": 3, "unclassified": 1}
    assert {row["day"] for row in reading.rows("observation_counts")} == {date(2024, 1, 2)}
    assert "not one of the standard's; counted as unknown: 1 rows (such as 'yeti')" in reading.notices
    assert "observationType is empty; counted as unknown: 1" in reading.notices


def test_pictures_of_setting_up_the_camera_are_not_wildlife(tmp_path: Path) -> None:
    kinds = ["setup", "calibration", "", "none"]
    people = {"cameraSetupType": "setup", "observationType": "human", "scientificName": "Homo sapiens"}
    reading = read_observations(tmp_path, *({"cameraSetupType": kind} for kind in kinds), people)
    assert [row["detection_id"] for row in reading.detections] == ["o3", "o4"]
    assert reading.rows_left_out == 2
    assert reading.counts == {"human": 1}


def test_a_wrong_clock_gives_no_hour_of_the_day(tmp_path: Path) -> None:
    changed = deployments({"timestampIssues": "true"}, {"deploymentID": "d2", "timestampIssues": "false"})
    package = write_package(tmp_path / "p", deployments=changed, observations=observations({}, {"deploymentID": "d2"}))
    offsets = [row["utc_offset_min"] for row in read(package, tmp_path / "work").detections]
    assert offsets[0] is None
    assert offsets[1] is not None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"observationID": ""}, "observationID"),
        ({"deploymentID": " "}, "deploymentID"),
        ({"eventStart": "2024-01-0203:04:05Z"}, "eventStart"),
        ({"eventEnd": "2024-01-01T00:00:00Z"}, "eventEnd"),
    ],
)
def test_an_animal_without_identity_or_time_is_refused(tmp_path: Path, change: dict, field: str) -> None:
    reading = read_observations(tmp_path, {}, change)
    assert [(refusal.row, refusal.field) for refusal in reading.refusals] == [(3, field)]
    assert "Panthera pardus" in reading.refusals[0].raw
    assert [row["detection_id"] for row in reading.detections] == ["o1"]


def test_an_unreadable_end_is_left_empty(tmp_path: Path) -> None:
    reading = read_observations(tmp_path, {"eventEnd": "later"})
    assert [row["ended_at"] for row in reading.detections] == [None]
    assert "eventEnd could not be read and is left empty: 1" in reading.notices


def test_an_animal_recorded_outside_of_its_deployment_is_kept_and_marked(tmp_path: Path) -> None:
    reading = read_observations(
        tmp_path,
        {},
        {"eventStart": "2023-12-31T23:59:59Z"},
        {"eventStart": "2024-01-10T23:59:59Z", "eventEnd": "2024-01-11T00:00:01Z"},
        {"eventStart": "2024-01-11T00:00:00Z", "eventEnd": "2024-01-11T00:00:00Z"},
        {"deploymentID": "not in the package"},
    )
    assert [row["is_outside_deployment"] for row in reading.detections] == [False, True, True, False, None]


def test_event_and_media_rows_of_the_same_animals_are_never_added_up(tmp_path: Path) -> None:
    reading = read_observations(tmp_path, MEDIA, MEDIA, {}, MEDIA)
    assert [(row["detection_id"], row["level"]) for row in reading.detections] == [("o3", "event")]
    assert reading.rows_left_out == 3


def test_media_of_one_event_and_taxon_are_one_detection(tmp_path: Path) -> None:
    """Two boxes in file m1 and a count of 3 in file m2: at least three animals, not five."""
    shared = {**MEDIA, "eventID": "e1", "classificationMethod": "machine", "sex": "female", "count": "1"}
    reading = read_observations(
        tmp_path,
        {**shared, "eventStart": "2024-01-02T03:04:09Z", "classificationProbability": "0.7"},
        {**shared, "eventStart": "2024-01-02T03:04:05Z", "classificationProbability": "0.9"},
        {**shared, "mediaID": "m2", "count": "3", "classificationMethod": "human", "lifeStage": "adult"},
        {**shared, "mediaID": "m2", "scientificName": "Sus scrofa", "count": ""},
    )
    leopard, boar = reading.detections
    assert (leopard["detection_id"], leopard["level"], leopard["individual_count"]) == ("o2", "media", 3)
    assert (leopard["classification_method"], leopard["classification_probability"]) == ("human", 0.9)
    assert (leopard["sex"], leopard["life_stage"]) == ("female", "adult")
    assert leopard["started_at"] == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert leopard["ended_at"] == datetime(2024, 1, 2, 3, 4, 15, tzinfo=UTC)
    assert (boar["detection_id"], boar["individual_count"]) == ("o4", None)
    assert "4 media rows were grouped into 2 detections" in reading.notices


def test_media_without_event_are_independent_after_half_an_hour(tmp_path: Path) -> None:
    """29 minutes continue a visit, 30 begin another: O'Brien, Kinnaird & Wibisono 2003."""
    times = ["03:00:00", "03:29:59", "03:59:59", "04:00:00"]
    reading = read_observations(
        tmp_path,
        *({**MEDIA, "mediaID": f"m{time}", "eventStart": f"2024-01-02T{time}Z", "eventEnd": ""} for time in times),
        {**MEDIA, "scientificName": "Sus scrofa", "eventStart": "2024-01-02T03:10:00Z", "eventEnd": ""},
    )
    assert [row["detection_id"] for row in reading.detections] == ["o1", "o3", "o5"]


def test_an_old_row_that_names_a_medium_is_at_media_level(tmp_path: Path) -> None:
    rows = observations({}, {"mediaID": "m1"}, like=OLD_OBSERVATION)
    package = write_package(tmp_path / "p", "0.1.6", deployments=[OLD_DEPLOYMENT], observations=rows)
    reading = read(package, tmp_path / "work")
    assert [(row["detection_id"], row["level"]) for row in reading.detections] == [("o1", "event")]
    assert reading.rows_left_out == 1


def test_an_identical_repeat_is_handed_on_for_the_store_to_drop(tmp_path: Path) -> None:
    reading = read_observations(tmp_path, {"observationID": "same"}, {"observationID": "same"})
    first, second = reading.detections
    assert first == second


def test_a_ragged_row_is_refused_with_its_text(tmp_path: Path) -> None:
    text = csv_text(observations({}, {}, {})).splitlines()
    text[2] += ",one,two"
    package = write_package(tmp_path / "p", deployments=deployments(), observations="\n".join(text).encode())
    reading = read(package, tmp_path / "work")
    (refusal,) = reading.refusals
    assert (refusal.table, refusal.row, refusal.raw) == ("detections", 3, text[2])
    assert refusal.reason == "it has 12 cells and the heading has 10"
    assert [row["detection_id"] for row in reading.detections] == ["o1", "o3"]
    assert reading.rows_read == [1, 3]


def test_an_unknown_time_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="Mars/Olympus"):
        read_observations(tmp_path, {}, options={"time_zone": "Mars/Olympus"})


@settings(max_examples=40, deadline=None)
@given(st.lists(st.fixed_dictionaries({}, optional=CELLS), min_size=1, max_size=12))
def test_no_row_of_an_event_package_is_lost_or_doubled(changes: list[dict[str, str]]) -> None:
    rows = observations({"observationID": "an event"}, *changes)
    with tempfile.TemporaryDirectory() as folder:
        package = write_package(Path(folder) / "p", deployments=deployments(), observations=rows)
        reading = read(package, Path(folder) / "work")
    assert reading.rows_read == [1, len(rows)]
    accounted = len(reading.detections) + sum(reading.counts.values()) + len(reading.refusals) + reading.rows_left_out
    assert accounted == len(rows)


GOOD = {
    "deployments": csv_text(deployments({}, {"deploymentID": "d2"})).encode(),
    "observations": csv_text(observations({}, {"observationType": "blank"}, {"eventStart": TIMES[1]}, MEDIA)).encode(),
}


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_a_damaged_package_is_read_or_refused_but_never_crashes(data: st.DataObject) -> None:
    version = data.draw(st.sampled_from(["1.0.2", "0.1.6"]))
    tables = {}
    for name, content in GOOD.items():
        damaged = bytearray(content)
        for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=6)):
            damaged[place] = data.draw(st.sampled_from([*b'",\n\r\x00;', 0xFF, 0xC3, 0x80, *b"9Z"]))
        cut = data.draw(st.integers(0, len(damaged))) if data.draw(st.booleans()) else len(damaged)
        tables[name] = bytes(damaged[:cut])
    told = "cameras"
    with tempfile.TemporaryDirectory() as folder:
        try:
            read(write_package(Path(folder) / "p", version, **tables), Path(folder) / "work")
        except SourceError as error:
            told = str(error)
    assert "cameras" in told
