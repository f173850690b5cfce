"""Camtrap DP packages are valid by the official validator, hold what the merged dataset has, and can be read again."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from data.access import Viewer
from data.engine import View
from data.queries.merged import Choice
from tests.exports import camera_network as network
from tests.exports.camera_network import MANAGER, PARTNER, VALLEY, VIEWERS, merged, rows
from tests.exports.camtrap_dp_validator import Files, columns, packed, problems, told, unpacked, zipped

TABLES = ("deployments", "media", "observations")
LOST = "lost"
MARCH = Choice(first=date(2026, 3, 1), last=date(2026, 3, 10))
CHOICES = [Choice(), MARCH, Choice(sites=(VALLEY,)), Choice(taxa=("Vulpes vulpes",)), Choice(last=date(2026, 2, 20))]
each_viewer = pytest.mark.parametrize("viewer", VIEWERS, ids=lambda viewer: viewer.role)
each_choice = pytest.mark.parametrize("choice", CHOICES, ids=["all", "days", "site", "taxon", "until"])


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    return network.built(tmp_path_factory.mktemp("cameras"))


def by_id(files: Files, name: str, key: str) -> dict[str, dict[str, str]]:
    found = {row[key]: row for row in rows(files, name)}
    assert len(found) == len(rows(files, name)), f"{key} is there twice"
    return found


@pytest.fixture(scope="module")
def staff(view: View) -> Files:
    return packed(network.context(view))


@each_viewer
@pytest.mark.parametrize("is_demo", [True, False], ids=["demo", "real"])
def test_the_official_validator_finds_nothing(view: View, viewer: Viewer, is_demo: bool, tmp_path: Path) -> None:
    assert problems(unpacked(zipped(network.context(view, viewer, is_demo)), tmp_path)) == []


@each_choice
def test_every_choice_is_valid_and_complete(view: View, choice: Choice, tmp_path: Path) -> None:
    context = network.context(view, MANAGER)
    assert problems(unpacked(zipped(context, choice), tmp_path)) == []
    wanted = merged(context, "detections", choice)
    assert len(rows(packed(context, choice), "observations.csv")) == len(wanted[wanted["deployment_id"] != LOST])


def test_the_validator_sees_what_is_wrong(view: View, tmp_path: Path) -> None:
    descriptor = unpacked(zipped(network.context(view)), tmp_path)
    path = tmp_path / "observations.csv"
    whole = path.read_text(encoding="utf-8")
    for right, wrong in [(":c1,", ":c9,"), (",event,animal", ",event,plant"), ("o101", "o100"), ("+05:45", "")]:
        path.write_text(whole.replace(right, wrong), encoding="utf-8")
        assert problems(descriptor), f"{wrong} instead of {right} is wrong"
    path.write_text(whole, encoding="utf-8")
    package = json.loads(descriptor.read_text())
    for name in ("created", "contributors", "project", "spatial", "temporal", "taxonomic", "resources"):
        descriptor.write_text(json.dumps({key: value for key, value in package.items() if key != name}))
        assert problems(descriptor), f"{name} is missing"


def test_the_tables_have_the_columns_of_the_official_example(staff: Files, samples: Path, tmp_path: Path) -> None:
    example = samples / "camtrap_dp" / "tdwg_example_1.0.2"
    assert problems(example / "datapackage.json") == []
    for name in TABLES:
        official = (example / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
        assert staff[f"{name}.csv"].decode().splitlines()[0].split(",") == official == columns(name)


@each_viewer
def test_each_detection_is_one_observation_and_each_camera_one_deployment(view: View, viewer: Viewer) -> None:
    context = network.context(view, viewer)
    files = packed(context)
    detections, cameras = merged(context, "detections"), merged(context, "deployments")
    observations, deployments = (
        by_id(files, "observations.csv", "observationID"),
        by_id(files, "deployments.csv", "deploymentID"),
    )
    known = set(zip(cameras["source"], cameras["deployment_id"], strict=True))
    is_lost = [pair not in known for pair in zip(detections["source"], detections["deployment_id"], strict=True)]
    lost = sum(is_lost)
    assert lost == len(set(detections["source"])), "one detection of each source belongs to no deployment"
    assert len(observations) == len(detections) - lost
    assert f"Left out: {lost} detections" in files["README.md"].decode()
    assert len(deployments) == len(cameras)
    assert {row["deploymentID"] for row in observations.values()} <= set(deployments)
    counted = sum(int(row["count"]) for row in observations.values() if row["count"])
    assert counted == detections.loc[[not one for one in is_lost], "individual_count"].sum()


def test_what_an_observation_says_is_what_the_merged_dataset_says(view: View, staff: Files) -> None:
    detections = merged(network.context(view), "detections")
    found = by_id(staff, "observations.csv", "observationID")
    compared = 0
    for row in detections.to_dict("records"):
        told = found.get(f"{row['source']}:{row['detection_id']}")
        if told is None:
            continue
        compared += 1
        assert told["deploymentID"] == f"{row['source']}:{row['deployment_id']}"
        start = datetime.fromisoformat(told["eventStart"])
        assert start == row["started_at"].floor("s")
        if pd.isna(row["utc_offset_min"]):
            assert told["eventStart"].endswith("Z")
        else:
            assert start.utcoffset() == timedelta(minutes=row["utc_offset_min"])
        ended = row["started_at"] if pd.isna(row["ended_at"]) else row["ended_at"]
        assert datetime.fromisoformat(told["eventEnd"]) == ended.floor("s")
        assert (told["observationLevel"], told["observationType"]) == ("event", "animal")
        assert told["classificationMethod"] == row["classification_method"]
        probability = row["classification_probability"]
        assert told["classificationProbability"] == ("" if pd.isna(probability) else f"{probability:g}")
        assert ("level:media" in told["observationTags"]) == (row["level"] == "media")
        assert ("outsideDeployment:true" in told["observationTags"]) == bool(row["is_outside_deployment"])
    assert compared == len(detections) - 3 * (1 + 1), "all but those without a deployment and with a broken identifier"


def test_animals_without_name_count_or_event_are_told_as_the_standard_wants(staff: Files) -> None:
    found = by_id(staff, "observations.csv", "observationID")
    unnamed = found["valley cameras:o2"]
    assert (unnamed["scientificName"], unnamed["observationType"], unnamed["count"]) == ("", "animal", "")
    assert unnamed["eventID"] == found["valley cameras:o1"]["eventID"] == "valley cameras:e1"
    assert found["valley cameras:o3"]["eventID"] == "valley cameras:o3"
    assert (found["valley cameras:o1"]["lifeStage"], found["valley cameras:o1"]["sex"]) == ("adult", "female")
    assert found["valley cameras:o3"]["sex"] == ""
    assert "sex:unknown" in found["valley cameras:o3"]["observationTags"]


def test_deployments_say_where_and_how_long_a_camera_worked(view: View, staff: Files) -> None:
    found = by_id(staff, "deployments.csv", "deploymentID")
    for row in merged(network.context(view), "deployments").to_dict("records"):
        told = found[f"{row['source']}:{row['deployment_id']}"]
        assert (float(told["latitude"]), float(told["longitude"])) == (row["latitude"], row["longitude"])
        seconds = datetime.fromisoformat(told["deploymentEnd"]) - datetime.fromisoformat(told["deploymentStart"])
        tags = dict(tag.split(":") for tag in told["deploymentTags"].split(" | ") if tag)
        nights = float(tags.get("trapNights", seconds / timedelta(days=1)))
        assert nights == pytest.approx(row["trap_nights"], abs=1e-4)
        assert told["deploymentGroups"] == f"source:{row['source']} | site:{row['site_id']}"
        uncertainty = row["coordinate_uncertainty_m"]
        if pd.isna(uncertainty):
            assert told["coordinateUncertainty"] == ""
        else:
            assert int(told["coordinateUncertainty"]) >= uncertainty, "never more exact than the source says"
    assert found["valley cameras:=c3"]["featureType"] == "roadDirt"
    big = found["valley cameras:c2"]
    assert (big["featureType"], big["deploymentTags"]) == ("", "featureType:Waterhole / big")


def test_coarser_positions_say_so(view: View, staff: Files) -> None:
    partner = packed(network.context(view, PARTNER))
    assert "coordinatePrecision" not in told(staff)
    assert told(partner)["coordinatePrecision"] == 0.01
    for row in rows(partner, "deployments.csv"):
        assert int(row["coordinateUncertainty"]) >= 1_570
        assert float(row["latitude"]) * 1000 % 10 == pytest.approx(5)
        assert "0.01 degrees" in row["deploymentComments"]
        assert (row["locationName"], row["cameraModel"]) == ("", "")
    assert {row["observationComments"] for row in rows(partner, "observations.csv")} == {
        "names and identifiers replaced"
    }
    exact = {value for row in rows(staff, "deployments.csv") for value in (row["latitude"], row["longitude"])}
    everything = b"".join(partner.values()).decode()
    assert not [value for value in exact if len(value) > 6 and value in everything]
    assert "-7" not in {row["individualID"].split(":")[-1] for row in rows(partner, "observations.csv")}


def test_the_descriptor_says_what_the_tables_hold(view: View, staff: Files) -> None:
    package, deployments = told(staff), rows(staff, "deployments.csv")
    assert package["version"] == str(view.version)
    assert package["profile"].endswith("/1.0.2/camtrap-dp-profile.json")
    assert datetime.fromisoformat(package["created"]) == view.committed_at.astimezone(UTC).replace(microsecond=0)
    starts = [datetime.fromisoformat(row["deploymentStart"]).astimezone(UTC) for row in deployments]
    ends = [datetime.fromisoformat(row["deploymentEnd"]).astimezone(UTC) for row in deployments]
    assert package["temporal"] == {"start": f"{min(starts):%Y-%m-%d}", "end": f"{max(ends):%Y-%m-%d}"}
    ring = package["spatial"]["coordinates"][0]
    longitudes, latitudes = zip(*ring, strict=True)
    assert min(latitudes) == min(float(row["latitude"]) for row in deployments)
    assert max(longitudes) == max(float(row["longitude"]) for row in deployments)
    assert ring[0] == ring[-1]
    names = {row["scientificName"] for row in rows(staff, "observations.csv")} - {""}
    assert [taxon["scientificName"] for taxon in package["taxonomic"]] == sorted(names)
    fox = next(taxon for taxon in package["taxonomic"] if taxon["scientificName"] == "Vulpes vulpes")
    assert (fox["taxonRank"], fox["kingdom"], fox["class"]) == ("species", "Animalia", "Mammalia")
    assert package["project"]["individualAnimals"] is True
    assert told(packed(network.context(view, PARTNER)))["project"]["individualAnimals"] is False


def test_owners_licences_and_offices_are_named_and_no_others(staff: Files) -> None:
    package = told(staff)
    data = {one["name"]: one for one in package["licenses"] if one["scope"] == "data"}
    assert set(data) == {"CC-BY-4.0", "CC0-1.0", "other-closed"}
    assert data["other-closed"]["title"] == "Ask <the> owner"
    assert [one["title"] for one in package["licenses"] if one["scope"] == "media"]
    owners = {one["title"] for one in package["contributors"] if one["role"] == "rightsHolder"}
    assert owners == {one["title"] for one in package["sources"]} == {s["source"] for s in network.SOURCES[:3]}
    offices = {one.get("path") or one.get("email") for one in package["contributors"] if one["role"] == "contact"}
    assert offices == {"https://valley.example/contact", "office@network.example"}
    assert "<the>" not in staff["README.md"].decode()


def test_cells_from_outside_do_not_run_in_a_spreadsheet_and_stay_on_one_line(staff: Files) -> None:
    for name in TABLES:
        for row in rows(staff, f"{name}.csv"):
            for cell in row.values():
                assert not cell.startswith(("=", "@", "+")), cell
                assert not cell.startswith("-") or float(cell) < 0
                assert cell.isprintable()
    names = {row["scientificName"] for row in rows(staff, "observations.csv")}
    assert {f"'{network.FORMULA}", "Vulpes vulpes", network.QUOTED, "Panthera tigris"} <= names


def test_identifiers_that_look_alike_on_one_line_stay_apart(view: View, staff: Files) -> None:
    ids = [row["observationID"] for row in rows(staff, "observations.csv") if row["eventStart"] > "2026-03-20"]
    assert "valley cameras:o 20" in ids
    broken = hashlib.sha256(b"o\n20").hexdigest()[:20]
    assert f"valley cameras:{broken}" in ids
    assert "valley cameras:NA" in ids, "NA alone would be a missing value"
