"""Real exports through the command line into a store, against figures that were computed apart from the dashboard."""

import csv
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import ingest
from data.store import Store
from tests.data.invented import Row, contents

PACKAGES = ("tdwg_example_1.0.2", "tdwg_example_1.0_bom", "inbo_mica_0.1.6")
BROKEN = "inbo_mica_parsing_issues"
LIST = "greenlist/green_list_sites_2025-12-01.csv"
PARTS_OF_A_NIGHT = 0.0001


@pytest.fixture(scope="module")
def truth(samples: Path) -> dict[str, Any]:
    return json.loads((samples / "truth.json").read_text(encoding="utf-8"))["sets"]


@pytest.fixture(scope="module")
def store(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """All samples, each added and then pulled together."""
    folder = tmp_path_factory.mktemp("samples")
    places = {name: ("camtrap_dp", samples / "camtrap_dp" / name) for name in PACKAGES}
    places[BROKEN] = ("camtrap_dp", samples / "camtrap_dp" / BROKEN / "datapackage_for_parsing_issues.json")
    places["published list"] = ("green_list", samples / LIST)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("T4N_NETWORK", str(folder / "network.toml"))
        patch.setenv("T4N_STORE", str(folder / "store"))
        for name, (connector, location) in places.items():
            added = ingest.main(["add", connector, str(location), "--name", name, "--site", "990000001"])
            assert added == ingest.OK
        ingest.main(["pull"])
    return Store(str(folder / "store"))


def _of(store: Store, table: str, source: str) -> list[Row]:
    return [row for row in contents(store, table) if row["source"] == source]


@pytest.mark.parametrize("name", PACKAGES)
def test_deployments_are_stored_with_their_effort(store: Store, truth: dict[str, Any], name: str) -> None:
    expected = truth[f"camtrap_dp/{name}"]["deployments"]
    rows = _of(store, "deployments", name)
    nights = {row["deployment_id"]: row["trap_nights"] for row in rows}
    assert nights == pytest.approx(expected["trap_nights_per_deployment"], abs=PARTS_OF_A_NIGHT)
    assert min(row["started_at"] for row in rows).strftime("%Y-%m-%dT%H:%M:%SZ") == expected["start_min_utc"]
    assert max(row["ended_at"] for row in rows).strftime("%Y-%m-%dT%H:%M:%SZ") == expected["end_max_utc"]
    corners = [f([row[field] for row in rows]) for f in (min, max) for field in ("longitude", "latitude")]
    assert corners == pytest.approx(expected["bbox_lon_min_lat_min_lon_max_lat_max"], abs=0.0005)
    months = sum(row["trap_nights"] for row in _of(store, "effort_months", name))
    assert months == pytest.approx(expected["trap_nights_sum_end_minus_start_days"], abs=PARTS_OF_A_NIGHT)


@pytest.mark.parametrize("name", PACKAGES)
def test_each_animal_of_each_event_is_one_detection(store: Store, truth: dict[str, Any], name: str) -> None:
    expected = truth[f"camtrap_dp/{name}"]["primary"]
    rows = _of(store, "detections", name)
    assert len(rows) == expected["animal_rows"]
    assert Counter(row["scientific_name"] for row in rows) == expected["rows_per_species"]
    individuals: Counter[str] = Counter()
    for row in rows:
        individuals[row["scientific_name"]] += row["individual_count"] or 1
    assert individuals == expected["count_sum_per_species_missing_as_1"]
    assert len({row["deployment_id"] for row in rows}) == expected["deployments_with_animals"]
    late = truth[f"camtrap_dp/{name}"]["integrity"]["primary_rows_ending_after_deploymentEnd"]
    assert sum(bool(row["is_outside_deployment"]) for row in rows) <= late
    days = _of(store, "site_days", name)
    assert sum(row["detections"] for row in days) == expected["animal_rows"]
    assert sum(row["individuals"] for row in days) == expected["individuals_sum_of_count_missing_as_1"]


@pytest.mark.parametrize("name", PACKAGES)
def test_what_is_no_animal_is_counted_and_nothing_is_refused(store: Store, truth: dict[str, Any], name: str) -> None:
    kinds = truth[f"camtrap_dp/{name}"]["observations_by_level_and_type"]
    found: Counter[str] = Counter()
    for row in _of(store, "observation_counts", name):
        found[f"event/{row['observation_type']}"] += row["row_count"]
    assert found == {kind: count for kind, count in kinds.items() if kind.startswith("event/") and "animal" not in kind}
    assert _of(store, "refused", name) == []
    assert [row["outcome"] for row in _of(store, "runs", name)] == ["stored"]


def test_broken_rows_are_refused_by_value_and_the_rest_is_stored(store: Store, truth: dict[str, Any]) -> None:
    expected = truth[f"camtrap_dp/{BROKEN}"]
    (run,) = _of(store, "runs", BROKEN)
    assert run["outcome"] == "stored"
    refused = _of(store, "refused", BROKEN)
    bad_starts = {row["value"] for row in refused if row["table"] == "deployments"}
    assert bad_starts == set(expected["bad_values"]["deployments.start"])
    stored = expected["rows"]["deployments"] - expected["unparseable"]["deployments.start"]
    assert len(_of(store, "deployments", BROKEN)) == stored
    times = {row["value"] for row in refused if row["table"] != "deployments"}
    assert set(expected["bad_values"]["observations.timestamp"]) <= times


def test_the_published_list_is_stored_site_by_site(store: Store, truth: dict[str, Any], samples: Path) -> None:
    expected = truth["greenlist_green_list_sites_2025-12-01.csv"]
    rows = _of(store, "listings", "published list")
    assert len(rows) == expected["distinct_sites_after_dropping_parcel_suffix"]
    assert Counter(row["status"] for row in rows) == expected["by_status_after_strip"]
    assert min(row["expires_on"] for row in rows).isoformat() == expected["expiry_min"]
    assert max(row["expires_on"] for row in rows).isoformat() == expected["expiry_max"]
    expired = sum(row["expires_on"] < date.fromisoformat(expected["as_of"]) for row in rows)
    assert expired == expected["listed_and_expired_as_of"]
    with (samples / LIST).open(encoding="utf-8-sig", newline="") as file:
        ids = {next(iter(line.values())).strip() for line in csv.DictReader(file)}
    assert {row["site_id"] for row in rows} == ids


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ["megadetector", "megadetector_speciesnet/megadetector_v5_fmt1.1/expected_output_DRAFT.json"],
            {"images", "images_with_animals", "detections", "failed", "threshold"},
        ),
        (["movebank", "movebank/o_assen_oystercatcher"], {"individuals", "taxa", "first", "last", "bbox", "outliers"}),
        (
            ["earthranger", "earthranger/er_client_payloads"],
            {"individuals", "taxa", "first", "last", "bbox", "outliers", "by_kind", "without_place"},
        ),
        (
            ["wildlife_insights", "wildlife_insights/kenya_dakatcha_2022", "--option", "time_zone=Africa/Nairobi"],
            {"species", "individuals", "independent_events", "trap_nights", "first", "last", "bbox", "by_type"},
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_a_check_of_a_field_system_gives_its_own_figures(samples, arguments, expected, capsys) -> None:
    connector, location, *options = arguments
    assert ingest.main(["check", connector, str(samples / location), "--json", *options]) == ingest.OK
    assert set(json.loads(capsys.readouterr().out)["figures"]) == expected


def test_fixes_of_a_published_study_are_those_of_its_truth(samples, capsys) -> None:
    truth = json.loads((samples / "truth.json").read_text())["sets"]["movebank/o_assen_oystercatcher"]
    assert ingest.main(["check", "movebank", str(samples / "movebank/o_assen_oystercatcher"), "--json"]) == ingest.OK
    report = json.loads(capsys.readouterr().out)
    assert report["rows"]["fixes"] == truth["rows"]
    assert report["figures"]["outliers"] == truth["visible_false"]
    assert report["rows"]["fixes"] - report["figures"]["outliers"] == truth["usable_fixes_visible_and_coordinates"]
    assert report["figures"]["individuals"] == sorted(truth["usable_per_individual"])
    assert report["figures"]["taxa"] == truth["taxa"]
