"""Camtrap DP packages as they come: the published examples, and every fault seen in real ones."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.errors import SourceChanged
from tests.connectors.camtrap_packages import (
    OLD_DEPLOYMENT,
    OLD_OBSERVATION,
    PROFILE,
    Reading,
    csv_text,
    deployments,
    observations,
    read,
    write_descriptor,
    write_package,
)

EXAMPLES = ("tdwg_example_1.0.2", "tdwg_example_1.0_bom", "inbo_mica_0.1.6")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.fixture(params=EXAMPLES)
def example(request: pytest.FixtureRequest, samples: Path, tmp_path: Path) -> tuple[Reading, dict]:
    truth = json.loads((samples / "truth.json").read_text())["sets"][f"camtrap_dp/{request.param}"]
    return read(samples / "camtrap_dp" / request.param, tmp_path / "work"), truth


def test_the_published_examples_have_their_deployments_and_effort(example: tuple[Reading, dict]) -> None:
    reading, truth = example
    rows, expected = reading.rows("deployments"), truth["deployments"]
    assert len(rows) == expected["n"]
    nights = {row["deployment_id"]: round(row["trap_nights"], 4) for row in rows}
    assert nights == expected["trap_nights_per_deployment"]
    assert sum(nights.values()) == pytest.approx(expected["trap_nights_sum_end_minus_start_days"], abs=2e-4)
    longitudes, latitudes = [row["longitude"] for row in rows], [row["latitude"] for row in rows]
    box = [min(longitudes), min(latitudes), max(longitudes), max(latitudes)]
    assert box == expected["bbox_lon_min_lat_min_lon_max_lat_max"]
    assert min(row["started_at"] for row in rows) == at(expected["start_min_utc"])
    assert max(row["ended_at"] for row in rows) == at(expected["end_max_utc"])


def test_the_published_examples_have_their_animals(example: tuple[Reading, dict]) -> None:
    """The first and last moment of the published figures are those of the animal rows alone."""
    reading, truth = example
    rows, expected = reading.detections, truth["primary"]
    assert len(rows) == expected["animal_rows"]
    assert sorted({row["scientific_name"] for row in rows}) == expected["species"]
    assert sum(row["individual_count"] or 1 for row in rows) == expected["individuals_sum_of_count_missing_as_1"]
    assert min(row["started_at"] for row in rows) == at(expected["first_eventStart_utc"])
    assert max(row["ended_at"] for row in rows) == at(expected["last_eventEnd_utc"])
    assert len({row["deployment_id"] for row in rows}) == expected["deployments_with_animals"]
    assert {row["level"] for row in rows} == {truth["primary_level"]}


def test_every_row_of_the_published_examples_is_accounted_for(example: tuple[Reading, dict]) -> None:
    reading, truth = example
    assert reading.rows_read == [truth["rows"]["deployments"], truth["rows"]["observations"]]
    assert not reading.refusals
    stored = len(reading.detections) + sum(reading.counts.values())
    assert stored + reading.rows_left_out == truth["rows"]["observations"]
    published = {
        kind.removeprefix("event/"): count
        for kind, count in truth["observations_by_level_and_type"].items()
        if kind.startswith("event/") and kind != "event/animal"
    }
    assert reading.counts == published


def test_broken_times_of_the_published_example_are_refused_with_their_place(samples: Path, tmp_path: Path) -> None:
    truth = json.loads((samples / "truth.json").read_text())["sets"]["camtrap_dp/inbo_mica_parsing_issues"]
    reading = read(samples / "camtrap_dp" / "inbo_mica_parsing_issues", tmp_path / "work")
    found = {"deployments.start": [], "observations.timestamp": []}
    for refusal in reading.refusals:
        found[f"{'deployments' if refusal.table == 'deployments' else 'observations'}.{refusal.field}"].append(refusal)
    for name, refusals in found.items():
        assert [refusal.value for refusal in refusals] == truth["bad_values"][name]
        assert [refusal.row for refusal in refusals] == [2, 3]
        assert all(refusal.value in refusal.raw for refusal in refusals)
    assert truth["bad_values"]["media.timestamp"][0] in reading.notices
    assert len(reading.rows("deployments")) == truth["rows"]["deployments"] - 2
    assert len(reading.detections) == 2


def test_two_offsets_in_one_package_are_kept_apart(tmp_path: Path) -> None:
    local = deployments(
        {"deploymentStart": "2024-01-01T00:00:00-05:00"},
        {"deploymentID": "d2", "deploymentStart": "2024-01-01T00:00:00-0900"},
        {"deploymentID": "d3"},
    )
    rows = observations(
        {"eventStart": "2024-01-02T03:04:05-05:00", "eventEnd": "2024-01-02T03:04:05-05:00"},
        {"deploymentID": "d2"},
        {"deploymentID": "d3"},
    )
    reading = read(write_package(tmp_path / "p", deployments=local, observations=rows), tmp_path / "work")
    assert [row["utc_offset_min"] for row in reading.rows("deployments")] == [-300, -540, 0]
    assert [row["utc_offset_min"] for row in reading.detections] == [-300, -540, 0]
    assert reading.detections[0]["started_at"] == at("2024-01-02T08:04:05Z")


@pytest.mark.parametrize(
    ("options", "utc", "offset_min"), [({}, "03:04:05", None), ({"time_zone": "Asia/Shanghai"}, "19:04:05", 480)]
)
def test_a_time_without_offset_is_read_in_the_configured_zone_and_said(
    tmp_path: Path, options: dict, utc: str, offset_min: int | None
) -> None:
    rows = observations({"eventStart": "2024-01-02 03:04:05", "eventEnd": "2024-01-02 03:04:06"})
    package = write_package(tmp_path / "p", deployments=deployments(), observations=rows)
    reading = read(package, tmp_path / "work", options=options)
    assert reading.detections[0]["started_at"].strftime("%H:%M:%S") == utc
    assert reading.detections[0]["utc_offset_min"] == offset_min
    assert "times without an offset from UTC" in reading.notices


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"deploymentID": ""}, "deploymentID"),
        ({"latitude": "91"}, "latitude"),
        ({"latitude": ""}, "latitude"),
        ({"longitude": "east"}, "longitude"),
        ({"deploymentStart": "NA"}, "deploymentStart"),
        ({"deploymentEnd": "2024-01-11"}, "deploymentEnd"),
        ({"deploymentEnd": "2023-12-31T00:00:00Z"}, "deploymentEnd"),
    ],
)
def test_a_deployment_without_place_or_time_is_refused_and_its_animals_are_kept(
    tmp_path: Path, change: dict, field: str
) -> None:
    package = write_package(
        tmp_path / "p", deployments=deployments({"deploymentID": "d0"}, change), observations=observations({})
    )
    reading = read(package, tmp_path / "work")
    assert [(refusal.table, refusal.row, refusal.field) for refusal in reading.refusals] == [("deployments", 3, field)]
    assert [row["deployment_id"] for row in reading.rows("deployments")] == ["d0"]
    assert [row["deployment_id"] for row in reading.detections] == ["d1"]
    assert "observations of a deployment that is missing or was refused: 1" in reading.notices


def test_a_deployment_of_no_length_is_no_effort_and_no_fault(tmp_path: Path) -> None:
    changed = deployments({"deploymentEnd": "2024-01-01T00:00:00Z"})
    package = write_package(tmp_path / "p", deployments=changed, observations=observations({}))
    assert [row["trap_nights"] for row in read(package, tmp_path / "work").rows("deployments")] == [0]


def test_coordinates_of_three_decimals_without_uncertainty_may_be_rounded(tmp_path: Path) -> None:
    changed = deployments(
        {"latitude": "10.123", "longitude": "100.1230"},
        {"latitude": "10.123", "longitude": "100.123", "coordinateUncertainty": "187"},
        {"latitude": "10.1234", "longitude": "100.123"},
    )
    package = write_package(tmp_path / "p", deployments=changed, observations=observations({}))
    rows = read(package, tmp_path / "work").rows("deployments")
    assert [row["is_maybe_rounded"] for row in rows] == [True, False, False]


def test_optional_deployment_values_that_make_no_sense_are_left_empty_and_told(tmp_path: Path) -> None:
    changed = deployments({"coordinateUncertainty": "-5", "cameraHeight": "low", "timestampIssues": "perhaps"})
    package = write_package(tmp_path / "p", deployments=changed, observations=observations({}))
    reading = read(package, tmp_path / "work")
    (row,) = reading.rows("deployments")
    assert (row["coordinate_uncertainty_m"], row["camera_height_m"], row["has_timestamp_issues"]) == (None, None, None)
    for name, value in (("coordinateUncertainty", "-5"), ("cameraHeight", "low"), ("timestampIssues", "perhaps")):
        assert f"{name} could not be read and is left empty: 1 rows (such as '{value}')" in reading.notices


def test_flags_are_read_however_they_are_written(tmp_path: Path) -> None:
    written = ["true", "TRUE", "1", "yes", "false", "FALSE", "0", ""]
    changed = deployments(*({"deploymentID": f"d{n}", "timestampIssues": flag} for n, flag in enumerate(written)))
    package = write_package(tmp_path / "p", deployments=changed, observations=observations({}))
    rows = read(package, tmp_path / "work").rows("deployments")
    assert [row["has_timestamp_issues"] for row in rows] == [True] * 4 + [False] * 3 + [None]


def test_a_place_without_site_is_refused_with_its_first_observation_and_the_rest_counted(tmp_path: Path) -> None:
    package = write_package(
        tmp_path / "p",
        deployments=deployments({}, {"deploymentID": "d2", "locationID": "valley"}),
        observations=observations({}, {"deploymentID": "d2"}, {"deploymentID": "d2"}, {"deploymentID": "d9"}),
    )
    reading = read(package, tmp_path / "work", site={"ridge": "555500001"})
    assert [row["site_id"] for row in reading.detections] == ["555500001"]
    reasons = [(refusal.table, refusal.row, refusal.reason) for refusal in reading.refusals]
    assert reasons == [
        ("deployments", 3, "no site is configured for this place; add it to `site`"),
        ("detections", 3, "no site is configured for this deployment"),
        ("detections", 5, "no site is configured for this deployment"),
    ]
    assert reading.rows_left_out == 1


def test_the_version_is_found_in_any_profile_address_and_its_absence_is_said(tmp_path: Path) -> None:
    package = write_package(tmp_path / "p", deployments=deployments(), observations=observations({}))
    resources = json.loads((package / "datapackage.json").read_text())["resources"]
    for profile, is_named in (
        (PROFILE.format("1.0.2"), True),
        ("https://rs.gbif.org/data-packages/camtrap-dp/1.0/profile/camtrap-dp-profile.json", True),
        ("tabular-data-package", False),
        (None, False),
    ):
        write_descriptor(package, resources, profile=profile)
        assert ("names no version" not in read(package, tmp_path / "work").notices) == is_named


def test_the_first_version_is_read_with_its_own_names_and_units(tmp_path: Path) -> None:
    deployment = {"deployment_id": "d1", "location_id": "ridge", "latitude": "1.23456", "longitude": "2.34567"}
    deployment |= {"start": "2021-01-01T00:00:00Z", "end": "2021-03-01T00:00:00Z", "camera_height": "150"}
    observation = {"observation_id": "o1", "deployment_id": "d1", "sequence_id": "s1", "camera_setup": "false"}
    observation |= {"timestamp": "2021-02-03T04:05:06Z", "observation_type": "animal", "scientific_name": "Lutra lutra"}
    others = [
        {**observation, "observation_id": f"o{n}", "observation_type": kind} for n, kind in ((2, ""), (3, "undefined"))
    ]
    media = [
        {"multimedia_id": f"m{n}", "deployment_id": "d1", "sequence_id": "s1", "timestamp": f"2021-02-03T04:05:{n}Z"}
        for n in ("09", "02", "20")
    ]
    package = write_package(
        tmp_path / "p", "0.1.3", deployments=[deployment], observations=[observation, *others], multimedia=media
    )
    reading = read(package, tmp_path / "work")
    assert reading.rows("deployments")[0]["camera_height_m"] == 1.5
    (row,) = reading.detections
    assert (row["scientific_name"], row["event_id"]) == ("Lutra lutra", "s1")
    assert (row["started_at"], row["ended_at"]) == (at("2021-02-03T04:05:02Z"), at("2021-02-03T04:05:20Z"))
    assert reading.counts == {"blank": 1, "unknown": 1}


@pytest.mark.parametrize("has_resource", [False, True])
def test_an_old_package_without_media_falls_back_to_the_time_of_the_observation(
    tmp_path: Path, has_resource: bool
) -> None:
    tables = {"deployments": [OLD_DEPLOYMENT], "observations": observations({}, like=OLD_OBSERVATION)}
    package = write_package(tmp_path / "p", "0.1.6", **tables, **({"media": b""} if has_resource else {}))
    (package / "media.csv").unlink(missing_ok=True)
    reading = read(package, tmp_path / "work")
    assert {reading.detections[0][name] for name in ("started_at", "ended_at")} == {at("2021-02-03T04:05:06Z")}
    assert "there is no media resource" in reading.notices


def test_media_that_observations_refer_to_may_be_absent_from_version_1(tmp_path: Path) -> None:
    rows = observations({"mediaID": "m1", "observationLevel": "media"})
    package = write_package(tmp_path / "p", deployments=deployments(), observations=rows, media=b"")
    (package / "media.csv").unlink()
    assert [row["detection_id"] for row in read(package, tmp_path / "work").detections] == ["o1"]


def test_separate_event_and_media_tables_of_version_0_6_are_not_added_up(tmp_path: Path) -> None:
    package = write_package(
        tmp_path / "p",
        "0.6",
        deployments=deployments(),
        media_observations=observations({"observationID": "m1"}, {"observationID": "m2"}),
        event_observations=observations({}),
    )
    reading = read(package, tmp_path / "work")
    assert [row["detection_id"] for row in reading.detections] == ["o1"]
    assert reading.rows_left_out == 2


@pytest.mark.parametrize("table", ["deployments", "observations"])
def test_a_missing_resource_or_column_is_named(tmp_path: Path, table: str) -> None:
    tables = {"deployments": deployments(), "observations": observations({})}
    with pytest.raises(SourceChanged, match=f"no resource called {table}"):
        read(write_package(tmp_path / "p", **{key: tables[key] for key in tables if key != table}), tmp_path / "work")
    cut = {key: [{"deploymentID": "d1"}] if key == table else rows for key, rows in tables.items()}
    column = "latitude" if table == "deployments" else "eventStart"
    with pytest.raises(SourceChanged, match=f"{table}.csv has no column {column}"):
        read(write_package(tmp_path / "q", **cut), tmp_path / "work")


def test_names_in_other_scripts_and_quoted_line_breaks_survive(tmp_path: Path) -> None:
    changed = deployments({"locationName": "雪豹谷, Étang\nnord", "habitat": "Тайга"})
    package = write_package(tmp_path / "p", deployments=changed, observations=observations({}))
    (row,) = read(package, tmp_path / "work").rows("deployments")
    assert (row["location_name"], row["habitat"]) == ("雪豹谷, Étang\nnord", "Тайга")


def test_a_byte_order_mark_and_old_western_letters_are_read(tmp_path: Path) -> None:
    text = csv_text(deployments({"locationName": "Étang"}))
    package = write_package(
        tmp_path / "p",
        deployments=text.encode("cp1252"),
        observations=b"\xef\xbb\xbf" + csv_text(observations({})).encode(),
    )
    reading = read(package, tmp_path / "work")
    assert reading.rows("deployments")[0]["location_name"] == "Étang"
    assert "1 bytes are not utf-8" in reading.notices
    assert reading.detections[0]["detection_id"] == "o1"
