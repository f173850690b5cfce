import json
import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from data import schema
from metrics import wildlife

START = pd.Timestamp("2025-03-01T00:00Z")
laws = settings(deadline=None, max_examples=60)
stretches = st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 60), st.integers(0, 30)), max_size=8)


def hours(number):
    return START + pd.Timedelta(hours=number)


def deployments(rows):
    """Deployments from (location, first hour, length in hours)."""
    frame = pd.DataFrame(
        {
            "deployment_id": [f"d{number}" for number in range(len(rows))],
            "source": "hills",
            "location_id": [location for location, _, _ in rows],
            "latitude": 10.5,
            "longitude": [20.25 + number for number in range(len(rows))],
            "started_at": [hours(first) for _, first, _ in rows],
            "ended_at": [hours(first + length) for _, first, length in rows],
            "trap_nights": [length / 24 for _, _, length in rows],
        }
    )
    moments = dict.fromkeys(("started_at", "ended_at"), "datetime64[us, UTC]")
    return frame.astype({"location_id": "str", "trap_nights": float} | moments)


def detections(rows):
    """Detections from (name, count, method), one hour apart and ten minutes long."""
    frame = pd.DataFrame(rows, columns=["scientific_name", "individual_count", "classification_method"])
    started = pd.Series([hours(number) for number in range(len(rows))], dtype="datetime64[us, UTC]")
    frame = frame.assign(deployment_id="d0", started_at=started, ended_at=started + pd.Timedelta(minutes=10))
    return frame.astype({"scientific_name": "str", "individual_count": "Int32", "classification_method": "str"})


DETECTIONS = detections(
    [("Lynx lynx", 2, "human"), ("Lynx lynx", None, "machine"), ("Lynx", 1, "machine"), (None, 3, None)]
)
COUNTS = pd.DataFrame({"deployment_id": "d0", "observation_type": ["blank", "human", "blank"], "row_count": [4, 2, 3]})


def test_effort_is_the_sum_of_the_deployments_in_nights_of_24_hours():
    effort = wildlife.trap_nights(deployments([("A", 0, 36), ("B", 10, 12)]))
    assert (effort.value, effort.unit, effort.n) == (2.0, "trap nights", 2)
    assert effort.newest == hours(36)


@pytest.mark.parametrize("rows", [[], [("A", 5, 0)]])
def test_no_effort_is_missing_and_not_zero(rows):
    effort = wildlife.trap_nights(deployments(rows))
    assert effort.value is None
    assert effort.missing == "no camera effort was recorded"


@laws
@given(rows=stretches, added=st.tuples(st.just("A"), st.integers(0, 300), st.integers(0, 60)))
def test_adding_a_deployment_never_lowers_the_effort(rows, added):
    before, after = wildlife.trap_nights(deployments(rows)), wildlife.trap_nights(deployments([*rows, added]))
    # Sums of fractions of a night may differ in the last digit.
    assert (after.value or 0) >= (before.value or 0) - 1e-9


def test_an_animal_without_a_count_counts_once():
    animals = wildlife.individuals(DETECTIONS)
    assert (animals.value, animals.n, animals.machine_share) == (2 + 1 + 1 + 3, 4, 0.5)
    assert animals.newest == hours(3)


def test_individuals_of_no_detection_are_missing():
    assert wildlife.individuals(detections([])).missing == "nothing was detected"


def test_nothing_detected_is_zero_only_where_cameras_worked():
    assert wildlife.detections_total(0, trap_nights=12.0).value == 0
    assert wildlife.detections_total(0, trap_nights=None).value is None
    assert wildlife.detections_total(0, trap_nights=float("nan")).value is None


def test_detections_say_which_share_only_a_machine_labelled_and_which_is_the_newest():
    total = wildlife.detections_total(8, trap_nights=100, n_machine_only=6, newest=START)
    assert (total.value, total.n, total.machine_share, total.newest) == (8, 8, 0.75, START)


def test_richness_is_given_with_and_without_labels_of_machines():
    everything = wildlife.observed_richness(DETECTIONS)
    verified = wildlife.observed_richness(DETECTIONS, is_verified_only=True)
    assert (everything.value, everything.n) == (2, 3)
    assert everything.machine_share == pytest.approx(2 / 3)
    assert (verified.value, verified.n, verified.machine_share) == (1, 1, 0)


def test_a_name_of_unknown_origin_is_not_verified():
    unknown = detections([("Vulpes vulpes", 1, None)])
    assert wildlife.observed_richness(unknown).value == 1
    assert wildlife.observed_richness(unknown, is_verified_only=True).missing


def test_richness_of_unnamed_animals_is_missing():
    assert wildlife.observed_richness(DETECTIONS.iloc[3:]).missing == "there are no named detections"


@laws
@given(order=st.permutations(range(len(DETECTIONS))))
def test_the_order_of_rows_changes_no_figure(order):
    shuffled = DETECTIONS.iloc[list(order)]
    cameras = deployments([("A", 0, 24), ("B", 0, 48)])
    assert wildlife.individuals(shuffled) == wildlife.individuals(DETECTIONS)
    assert wildlife.observed_richness(shuffled) == wildlife.observed_richness(DETECTIONS)
    assert wildlife.camera_trap_figures(cameras[::-1], shuffled, COUNTS[::-1]) == wildlife.camera_trap_figures(
        cameras, DETECTIONS, COUNTS
    )


def test_metrics_leave_their_input_as_it_was():
    cameras, animals, others = deployments([("A", 0, 24), ("A", 30, 5)]), DETECTIONS.copy(), COUNTS.copy()
    before = [frame.copy() for frame in (cameras, animals, others)]
    wildlife.trap_nights(cameras)
    wildlife.individuals(animals)
    wildlife.observed_richness(animals)
    wildlife.camera_trap_figures(cameras, animals, others)
    for frame, copy in zip((cameras, animals, others), before, strict=True):
        assert_frame_equal(frame, copy)


def test_figures_of_an_export_can_be_written_as_json():
    cameras = deployments([("A", 0, 24), ("B", 0, 12)])
    figures = wildlife.camera_trap_figures(cameras, DETECTIONS, COUNTS)
    assert json.loads(json.dumps(figures)) == {
        "species": ["Lynx", "Lynx lynx"],
        "individuals": 7,
        "independent_events": 4,
        "trap_nights": 1.5,
        "first": "2025-03-01T00:00:00Z",
        "last": "2025-03-01T03:10:00Z",
        "bbox": [20.25, 10.5, 21.25, 10.5],
        "by_type": {"animal": 4, "blank": 7, "human": 2},
    }


def test_a_detection_without_an_end_ends_when_it_started():
    animals = DETECTIONS.assign(ended_at=pd.Series([pd.NaT] * 4, dtype="datetime64[us, UTC]"))
    assert wildlife.camera_trap_figures(deployments([]), animals, COUNTS)["last"] == "2025-03-01T03:00:00Z"


def test_figures_of_an_empty_export_name_no_time_and_no_place():
    tables = (schema.DEPLOYMENTS, schema.DETECTIONS, schema.OBSERVATION_COUNTS)
    figures = wildlife.camera_trap_figures(*(table.arrow_schema.empty_table().to_pandas() for table in tables))
    empty = {
        "species": [],
        "individuals": 0,
        "independent_events": None,
        "trap_nights": None,
        "first": None,
        "last": None,
        "bbox": None,
    }
    assert figures == empty | {"by_type": {"animal": 0}}


def samples():
    folder = os.environ.get("T4N_SAMPLES")
    if not folder:
        pytest.skip("T4N_SAMPLES names no folder of published sample packages")
    return Path(folder)


def test_figures_agree_with_the_published_camtrap_dp_example():
    folder = samples()
    truth = json.loads((folder / "truth.json").read_text())["sets"]["camtrap_dp/tdwg_example_1.0.2"]
    package = folder / "camtrap_dp" / "tdwg_example_1.0.2"
    moments = {"eventStart": "started_at", "eventEnd": "ended_at"}
    rows = pd.read_csv(package / "observations.csv").query("observationLevel == 'event'").rename(columns=moments)
    rows = rows.rename(
        columns={"scientificName": "scientific_name", "deploymentID": "deployment_id", "count": "individual_count"}
    )
    rows = rows.assign(**{name: pd.to_datetime(rows[name], utc=True) for name in ("started_at", "ended_at")})
    others = rows[rows["observationType"] != "animal"]["observationType"].value_counts()
    others = others.rename_axis("observation_type").rename("row_count").reset_index()
    cameras = pd.read_csv(package / "deployments.csv")
    worked = pd.to_datetime(cameras["deploymentEnd"], utc=True) - pd.to_datetime(cameras["deploymentStart"], utc=True)
    cameras = cameras.assign(
        trap_nights=worked / pd.Timedelta(days=1), ended_at=pd.to_datetime(cameras["deploymentEnd"], utc=True)
    )

    figures = wildlife.camera_trap_figures(cameras, rows[rows["observationType"] == "animal"], others)

    primary, effort = truth["primary"], truth["deployments"]
    assert 0 < figures.pop("independent_events") <= primary["animal_rows"]
    levels = truth["observations_by_level_and_type"]
    assert figures == {
        "species": primary["species"],
        "individuals": primary["individuals_sum_of_count_missing_as_1"],
        "trap_nights": effort["trap_nights_sum_end_minus_start_days"],
        "first": primary["first_eventStart_utc"],
        "last": primary["last_eventEnd_utc"],
        "bbox": effort["bbox_lon_min_lat_min_lon_max_lat_max"],
        "by_type": {name.removeprefix("event/"): n for name, n in levels.items() if name.startswith("event/")},
    }
