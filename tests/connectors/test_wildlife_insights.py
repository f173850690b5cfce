"""Wildlife Insights downloads: two real ones, and every fault seen in others, invented again."""

import json
import tempfile
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Source
from connectors.errors import SourceError, SourceRefused
from connectors.wildlife_insights import WildlifeInsights
from connectors.wildlife_insights_times import is_day_first
from metrics.wildlife import independent_events
from tests.connectors.camtrap_packages import Reading

ANSWER = Path(__file__).parent.parent / "payloads" / "wildlife_insights" / "export"
MEMBERS = {"kenya_dakatcha_2022": ".", "colombia_cristales_2022_zip": "cristales.zip"}
DEPLOYMENTS = """project_id,deployment_id,placename,longitude,latitude,start_date,end_date
7,A,ridge,8.12345,47.12345,2024-10-01 00:00:00,2024-10-31 00:00:00
"""
IMAGES = "project_id,deployment_id,image_id,wi_taxon_id,genus,species,timestamp\n"


def read(location: Path, workspace: Path, zone: str | None = "Europe/Zurich") -> Reading:
    options = {"time_zone": zone} if zone else {}
    source = Source("cameras", "wildlife_insights", str(location), site="555500001", options=options)
    workspace.mkdir(exist_ok=True)
    return Reading(list(WildlifeInsights().parse(source, WildlifeInsights().fetch(source, {}, workspace).payloads)))


def read_images(folder: Path, *times: str, zone: str | None = "Europe/Zurich", name: str = "images.csv") -> Reading:
    export = folder / "export"
    export.mkdir(parents=True)
    (export / "deployments.csv").write_text(DEPLOYMENTS)
    rows = [f"7,A,i{number},t,Vulpes,vulpes,{time}\n" for number, time in enumerate(times)]
    (export / name).write_text(IMAGES + "".join(rows))
    return read(export, folder / "work", zone)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    return read(ANSWER, tmp_path / "work")


@pytest.mark.parametrize("name", MEMBERS)
def test_real_downloads_agree_with_their_published_figures(name: str, samples: Path, tmp_path: Path) -> None:
    """Published rows are single images, so only what grouping them leaves alone is compared."""
    truth = json.loads((samples / "truth.json").read_text())["sets"][f"wildlife_insights/{name}"]
    reading = read(samples / "wildlife_insights" / name / MEMBERS[name], tmp_path / "work", zone=None)
    cameras, animals, expected = reading.rows("deployments"), reading.detections, truth["animal"]
    assert reading.rows_read == [truth["rows"]["deployments"], truth["rows"]["images"]]
    assert not reading.refusals
    assert f"{expected['rows']} animal rows were grouped into {len(animals)} detections" in reading.notices
    assert sorted({row["scientific_name"] for row in animals if " " in row["scientific_name"]}) == expected["species"]
    assert min(row["started_at"] for row in animals) == at(expected["timestamp_min_local"])
    assert max(row["ended_at"] for row in animals) == at(expected["timestamp_max_local"])
    assert {row["utc_offset_min"] for row in animals} == {None}
    nights = truth["deployments"]["trap_nights_sum_end_minus_start_days_after_dropping_duplicate_rows"]
    assert sum(row["trap_nights"] for row in cameras) == nights
    longitudes, latitudes = [row["longitude"] for row in cameras], [row["latitude"] for row in cameras]
    box = [min(longitudes), min(latitudes), max(longitudes), max(latitudes)]
    assert box == truth["deployments"]["bbox_lon_min_lat_min_lon_max_lat_max"]
    assert len({row["deployment_id"] for row in animals}) == expected["deployments_with_animals"]
    events = independent_events(pd.DataFrame(animals)).value
    assert events == expected["independent_records_30min_since_previous_record_same_deployment_and_taxon"]


def test_images_up_to_a_minute_apart_are_one_detection_per_taxon(reading: Reading) -> None:
    found = [(row["scientific_name"], row["started_at"], row["individual_count"]) for row in reading.detections]
    assert sorted(found) == [
        ("Lepus", at("2024-03-02T09:00:00"), 1),
        ("Vulpes vulpes", at("2024-03-02T09:00:00"), 3),
        ("Vulpes vulpes", at("2024-03-02T09:01:00.500000"), 1),
        ("Vulpes vulpes", at("2024-03-02T09:03:01"), 1),
    ]


def test_fixed_taxon_ids_decide_what_is_no_detection(reading: Reading) -> None:
    assert reading.counts == {"blank": 1, "human": 2, "unclassified": 1, "unknown": 1, "vehicle": 1}


def test_a_repeated_deployment_adds_no_effort_and_an_id_belongs_to_its_project(reading: Reading) -> None:
    nights = {row["deployment_id"]: row["trap_nights"] for row in reading.rows("deployments")}
    assert nights == {"7001/D1": 40.0, "7001/D2": 20.0, "7002/D1": 10.0}
    assert "deployment rows that repeat another one exactly are left out: 1 rows" in reading.notices


def test_rows_of_a_reset_clock_are_refused(reading: Reading) -> None:
    found = [(refusal.table, refusal.row, refusal.field) for refusal in reading.refusals]
    assert found == [
        ("deployments", 5, "start_date"),
        ("detections", 16, "timestamp"),
        ("detections", 14, "timestamp"),
        ("detections", 15, "timestamp"),
    ]
    assert sum("clock was reset" in refusal.reason for refusal in reading.refusals) == 3


def test_a_fuzzed_place_is_said_to_be_rounded(reading: Reading) -> None:
    rounded = {row["deployment_id"]: row["is_maybe_rounded"] for row in reading.rows("deployments")}
    assert rounded == {"7001/D1": False, "7001/D2": True, "7002/D1": True}


def test_who_named_an_animal_is_kept_without_the_person(reading: Reading) -> None:
    first, *others = sorted(
        (row for row in reading.detections if row["scientific_name"] == "Vulpes vulpes"), key=lambda r: r["started_at"]
    )
    assert (first["classification_method"], first["classification_probability"]) == ("human", None)
    assert [(row["classification_method"], row["classification_probability"]) for row in others] == [
        ("machine", 0.9),
        ("machine", 0.7),
    ]
    assert "Invented Person" not in str([item for item in reading.parsed if not hasattr(item, "raw")])


def test_the_repeated_hour_is_read_as_its_first_pass_and_told(tmp_path: Path) -> None:
    reading = read_images(tmp_path, "2024-10-27 01:30:00", "2024-10-27 02:30:00", "2024-10-27 03:30:00")
    assert [row["started_at"].hour for row in reading.detections] == [23, 0, 2]
    assert "times in an hour that the clocks repeat, read as its first pass: 1 rows" in reading.notices
    assert reading.rows("deployments")[0]["trap_nights"] == 30.0


def test_the_last_day_belongs_to_the_deployment(tmp_path: Path) -> None:
    reading = read_images(tmp_path, "2024-09-30 23:59:59", "2024-10-31 23:57:59", "2024-11-01 00:00:00")
    assert [row["is_outside_deployment"] for row in reading.detections] == [True, False, True]


def test_dates_of_a_spreadsheet_are_day_first_only_if_one_proves_it(tmp_path: Path) -> None:
    months = read_images(tmp_path / "a", "10/5/24 17:21", "10/28/24 00:32")
    days = read_images(tmp_path / "b", "5/10/24 17:21", "28/10/24 00:32")
    assert [row["started_at"] for row in months.detections] == [row["started_at"] for row in days.detections]
    assert "read as month/day/year" in months.notices
    assert "read as day/month/year" in days.notices


@given(st.lists(st.dates(), min_size=1))
def test_proof_of_the_order_is_never_turned_around(days: list) -> None:
    assert not is_day_first(f"{day.month}/{day.day}/{day.year} 10:00" for day in days)


@given(st.lists(st.integers(0, 2_000_000), min_size=1, max_size=20))
def test_no_two_detections_of_a_taxon_are_within_a_minute(seconds: list[int]) -> None:
    start = datetime(2024, 10, 1)
    with tempfile.TemporaryDirectory() as folder:
        rows = read_images(Path(folder) / "x", *(str(start + timedelta(seconds=s)) for s in seconds)).detections
    spans = sorted((row["started_at"], row["ended_at"]) for row in rows)
    assert all(later[0] - earlier[1] > timedelta(seconds=60) for earlier, later in zip(spans, spans[1:], strict=False))
    ordered = sorted(set(seconds))
    assert len(rows) == 1 + sum(b - a > 60 for a, b in zip(ordered, ordered[1:], strict=False))


def test_a_zip_and_its_folder_say_the_same(tmp_path: Path, reading: Reading) -> None:
    packed = tmp_path / "download.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in ANSWER.rglob("*.csv"):
            archive.write(file, file.relative_to(ANSWER))
    again = read(packed, tmp_path / "zip")
    assert (again.detections, again.rows("deployments")) == (reading.detections, reading.rows("deployments"))


def test_images_of_several_projects_are_read_and_projects_are_not(tmp_path: Path) -> None:
    reading = read_images(tmp_path, "2024-10-02 10:00:00", name="images_7.csv")
    assert len(reading.detections) == 1
    (tmp_path / "export" / "projects.csv").write_text("project_id,project_admin_email\n7,a@example.org\n")
    source = Source("cameras", "wildlife_insights", str(tmp_path / "export"), site="1")
    fetched = WildlifeInsights().fetch(source, {}, tmp_path / "work")
    assert [payload.name for payload in fetched.payloads] == ["deployments.csv", "images_7.csv"]
    assert WildlifeInsights().fetch(source, fetched.cursor, tmp_path / "work").is_unchanged


def test_sequences_replace_the_images_beside_them(tmp_path: Path) -> None:
    export = tmp_path / "export"
    export.mkdir()
    (export / "deployments.csv").write_text(DEPLOYMENTS)
    (export / "images.csv").write_text(IMAGES + "7,A,i1,t,Vulpes,vulpes,2024-10-02 10:00:00\n")
    heading = "project_id,deployment_id,sequence_id,wi_taxon_id,genus,species,start_time,end_time,group_size\n"
    row = "7,A,s1,t,Vulpes,vulpes,2024-10-02 10:00:00,2024-10-02 10:05:00,4\n"
    (export / "sequences.csv").write_text(heading + row)
    reading = read(export, tmp_path / "work")
    (found,) = reading.detections
    assert (found["event_id"], found["individual_count"]) == ("s1", 4)
    assert found["ended_at"] - found["started_at"] == timedelta(minutes=5)
    assert "images.csv is left out" in reading.notices


def test_an_unknown_time_zone_and_a_link_out_of_the_export_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="time zone"):
        read(ANSWER, tmp_path / "work", zone="Middle/Earth")
    export = tmp_path / "export"
    export.mkdir()
    (tmp_path / "secret.csv").write_text(DEPLOYMENTS)
    (export / "deployments.csv").symlink_to(tmp_path / "secret.csv")
    (export / "images.csv").write_text(IMAGES)
    with pytest.raises(SourceError, match="link"):
        read(export, tmp_path / "work")
