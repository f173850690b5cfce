"""Detector results: the published ones, and invented ones with a table of places beside them."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Payload, Source
from connectors.errors import SourceChanged, SourceRefused
from connectors.megadetector import MegaDetector
from connectors.megadetector_results import read_results
from tests.connectors.camtrap_packages import Reading

ANSWER = Path(__file__).parent.parent / "payloads" / "megadetector"
FOX = "11111111;mammalia;carnivora;canidae;vulpes;vulpes;red fox"
BLANK = "f1856211-cfb7-4a5b-9158-c0f72fd09ee6;;;;;;blank"
NO_CV_RESULT = "f2efdae9-efb8-48fb-8a91-eccf79ab4ffb;no cv result;;;;;no cv result"


def source_of(location: Path, **options: Any) -> Source:
    return Source("detector", "megadetector", str(location), site="555500001", options=options)


def figures(path: Path, **options: Any) -> dict[str, Any]:
    return MegaDetector().figures(source_of(path, **options), (Payload("results.json", path),))


def write(folder: Path, content: dict[str, Any]) -> Path:
    path = folder / "results.json"
    path.write_text(json.dumps(content))
    return path


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    source = source_of(ANSWER / "results.json", deployments="deployments.csv", time_zone="Europe/Zurich")
    return Reading(list(MegaDetector().parse(source, MegaDetector().fetch(source, {}, tmp_path).payloads)))


@pytest.mark.parametrize("threshold", [None, 0.05, 0.2, 0.8])
def test_the_published_results_have_their_figures(threshold: float | None, samples: Path) -> None:
    truth = json.loads((samples / "truth.json").read_text())["sets"]["megadetector_speciesnet/megadetector_v5_fmt1.1"]
    path = samples / "megadetector_speciesnet/megadetector_v5_fmt1.1/expected_output_DRAFT.json"
    used = threshold or 0.2
    assert figures(path, **({"threshold": threshold} if threshold else {})) == {
        "images": truth["images"],
        "images_with_animals": truth[f"images_with_animal_conf_ge_{used}"],
        "detections": truth[f"detections_conf_ge_{used}"]["1"],
        "failed": truth["failures"],
        "threshold": used,
    }


def test_published_predictions_have_their_boxes_and_names(samples: Path) -> None:
    folder = samples / "megadetector_speciesnet" / "speciesnet_predictions"
    truth = json.loads((samples / "truth.json").read_text())["sets"]["megadetector_speciesnet/speciesnet_predictions"]
    for name, images in truth.items():
        found = figures(folder / name)
        assert found["images"] == len(images)
        assert found["detections"] == sum(image["detections_conf_ge_0.2"] for image in images)
    for name, expected in {
        "predictions_ensemble.json": ["Loxodonta africana", "Leopardus pardalis"],
        "predictions_geofenced_ROU.json": ["Mammalia"],
        "predictions_detector_only.json": [None, None],
        "predictions_classifier_only.json": [],
    }.items():
        results = read_results(source_of(folder / name), folder / name)
        assert [animal.scientific_name for image in results.images for animal in image.animals] == expected


def test_images_with_place_and_time_become_detections(reading: Reading) -> None:
    fox, unnamed = sorted(reading.detections, key=lambda row: row["deployment_id"])
    assert (fox["deployment_id"], fox["scientific_name"], fox["individual_count"]) == ("D1", "Vulpes vulpes", 2)
    assert fox["classification_probability"] == 0.95
    assert fox["started_at"].isoformat() == "2024-03-02T09:00:00+00:00"
    assert fox["ended_at"].isoformat() == "2024-03-02T09:10:00+00:00"
    assert (unnamed["deployment_id"], unnamed["scientific_name"], unnamed["individual_count"]) == ("D2", None, 2)
    assert {row["classification_method"] for row in reading.detections} == {"machine"}


def test_a_failure_is_not_blank(reading: Reading) -> None:
    assert reading.counts == {"blank": 1, "human": 1, "unclassified": 1}
    assert "1 images could not be processed" in reading.notices


def test_what_cannot_be_stored_is_told(reading: Reading) -> None:
    assert "1 images lie in no folder that the table of deployments names" in reading.notices
    assert "1 boxes without a known category" in reading.notices
    (refusal,) = reading.refusals
    assert (refusal.row, refusal.field) == (7, "file")


def test_without_a_table_of_places_images_are_only_counted(tmp_path: Path) -> None:
    source = source_of(ANSWER / "results.json")
    reading = Reading(list(MegaDetector().parse(source, MegaDetector().fetch(source, {}, tmp_path).payloads)))
    assert not reading.detections
    assert not reading.counts
    assert "6 images lie in no folder" in reading.notices
    assert figures(ANSWER / "results.json")["images"] == 7


def test_the_option_wins_over_the_threshold_of_the_file() -> None:
    assert figures(ANSWER / "results.json")["threshold"] == 0.2
    assert figures(ANSWER / "results.json", threshold=0.95)["detections"] == 0


def test_results_that_name_no_detector_have_the_threshold_of_version_4(tmp_path: Path) -> None:
    assert figures(write(tmp_path, {"images": [], "detection_categories": {}}))["threshold"] == 0.8


@pytest.mark.parametrize("threshold", ["high", -0.1, 1.5, True, float("nan")])
def test_a_threshold_that_is_no_fraction_is_refused(threshold: object) -> None:
    with pytest.raises(SourceRefused, match="threshold"):
        figures(ANSWER / "results.json", threshold=threshold)


@given(st.lists(st.floats(0, 1), max_size=8), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_threshold_never_finds_more(confidences: list[float], one: float, other: float) -> None:
    boxes = [{"category": "1", "conf": confidence} for confidence in confidences]
    content = {"detection_categories": {"1": "animal"}, "images": [{"file": "a.jpg", "detections": boxes}]}
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), content)
        low, high = (figures(path, threshold=threshold)["detections"] for threshold in sorted((one, other)))
    assert low == sum(confidence >= min(one, other) for confidence in confidences)
    assert high <= low


def test_special_labels_of_speciesnet_are_no_animals(tmp_path: Path) -> None:
    predictions = [
        {"filepath": "a.jpg", "prediction": BLANK},
        {"filepath": "b.jpg", "prediction": NO_CV_RESULT},
        {"filepath": "c.jpg", "failures": ["DETECTOR", "CLASSIFIER"]},
        {"filepath": "d.jpg", "prediction": FOX, "prediction_score": 0.9},
    ]
    path = write(tmp_path, {"predictions": predictions})
    images = read_results(source_of(path), path).images
    assert [image.other_kinds for image in images] == [("blank",), ("unclassified",), ("unclassified",), ()]
    assert [image.is_failed for image in images] == [False, False, True, False]
    assert images[3].animals[0].scientific_name == "Vulpes vulpes"


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_an_entry_of_any_shape_is_read_or_refused(entry: Any) -> None:
    strange = {"file": "a.jpg", "detections": [entry, {"category": "1", "conf": 1, "classifications": entry}]}
    predicted = {"filepath": "a.jpg", "failures": entry, "exif": entry, "detections": entry, "prediction": entry}
    with tempfile.TemporaryDirectory() as folder:
        for content in (
            {"info": entry, "detection_categories": {"1": "animal"}, "images": [entry, strange]},
            {"predictions": [entry, predicted]},
        ):
            path = write(Path(folder), content)
            results = read_results(source_of(path), path)
            assert len(results.images) + len(results.refused) == 2


@pytest.mark.parametrize("content", [{"images": []}, {"images": {}, "detection_categories": {}}, {"predictions": 1}])
def test_another_shape_is_named(content: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match="have no `"):
        figures(write(tmp_path, content))


def test_a_change_of_either_file_reads_both(tmp_path: Path) -> None:
    for file in ANSWER.glob("*.[cj]s*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    source = source_of(tmp_path / "results.json", deployments="deployments.csv")
    work = tmp_path / "work"
    work.mkdir()
    first = MegaDetector().fetch(source, {}, work)
    assert MegaDetector().fetch(source, first.cursor, work).is_unchanged
    (tmp_path / "deployments.csv").write_text("folder_prefix,deployment_id\nreed,D9\n")
    assert len(MegaDetector().fetch(source, first.cursor, work).payloads) == 2
