"""Results of the animal detectors MegaDetector (batch JSON) and SpeciesNet (predictions JSON).

Format: https://github.com/agentmorris/MegaDetector, megadetector-output-format.md, versions 1.0 to 1.6.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors.base import Connector, Fetched, Notice, Parsed, Payload, Read, Refusal, Rows, Source, raw_json
from connectors.camtrap_dp_media import grouped
from connectors.camtrap_dp_observations import summed_counts
from connectors.columns import Tally, time_zone_of
from connectors.errors import SourceChanged
from connectors.megadetector_places import Places
from connectors.megadetector_results import Image, Results, read_results
from connectors.one_file import fetch_one_file
from connectors.package_places import is_url
from connectors.small_csv import LIMIT_BYTES
from data.schema import DETECTIONS, OBSERVATION_COUNTS

RESULTS = "results.json"
PLACES = "deployments.csv"
RESULTS_MAX_BYTES = 1_000_000_000
RAW_CHARACTERS = 2_000


class MegaDetector(Connector):
    """Results of MegaDetector or SpeciesNet, beside a table that says where and when the images were taken.

    Options: `threshold` (0-1), from which a box counts; `deployments`, a CSV file (path on this machine, from the
    folder of the results) with `folder_prefix`, `deployment_id` and, for single images, `file` and `timestamp`;
    `time_zone` (IANA name) of those times. An image without deployment or time can be counted, but not stored.
    """

    name = "megadetector"
    title = "Animal detector results (MegaDetector, SpeciesNet)"
    tables = ("detections", "observation_counts")
    is_whole = True

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        wanted = {RESULTS: (source, RESULTS_MAX_BYTES)}
        if places := source.options.get("deployments"):
            folder = Path() if is_url(source.location) else Path(source.location).parent
            wanted[PLACES] = (replace(source, location=str(folder / str(places)), secret=""), LIMIT_BYTES)
        fetched = {
            name: fetch_one_file(part, cursor.get(name, {}), workspace, name, limit)
            for name, (part, limit) in wanted.items()
        }
        new_cursor = {name: dict(answer.cursor) for name, answer in fetched.items()}
        if set(cursor) == set(wanted) and all(answer.is_unchanged for answer in fetched.values()):
            return Fetched(cursor=new_cursor, is_unchanged=True)
        for name, (part, limit) in wanted.items():
            if fetched[name].is_unchanged:
                # Both files are read together, so the one that did not change is needed too.
                fetched[name] = fetch_one_file(part, {}, workspace, name, limit)
        payloads = tuple(payload for answer in fetched.values() for payload in answer.payloads)
        return Fetched(payloads, {name: dict(answer.cursor) for name, answer in fetched.items()})

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        results = _results(source, payloads)
        tally = Tally()
        places = Places(source, time_zone_of(source), tally)
        for payload in payloads:
            if payload.name == PLACES:
                yield from places.read(payload.path)
        yield Read(results.row_count)
        yield from _refusals(results)
        yield from _notices(results)
        yield from _rows(results, places)
        yield from places.notices()
        yield from tally.notices()

    def figures(self, source: Source, payloads: tuple[Payload, ...]) -> dict[str, Any]:
        """What the results say of all images, also of those without place or time.

        `images` sent, `images_with_animals` with at least one animal box of `threshold` or more, `detections` (such
        boxes, in a video those of the fullest frame), `failed` images that could not be read, which are not blank.
        """
        results = _results(source, payloads)
        boxes = [image.animal_boxes for image in results.images]
        return {
            "images": results.row_count,
            "images_with_animals": sum(count > 0 for count in boxes),
            "detections": sum(boxes),
            "failed": sum(image.is_failed for image in results.images),
            "threshold": results.threshold,
        }


def _results(source: Source, payloads: tuple[Payload, ...]) -> Results:
    for payload in payloads:
        if payload.name == RESULTS:
            return read_results(source, payload.path)
    raise SourceChanged(f"{source.name}: there are no results among the files")


def _refusals(results: Results) -> Iterator[Refusal]:
    for row, field, reason, entry in results.refused:
        yield Refusal("detections", row, field, None, reason, raw_json({"image": entry})[:RAW_CHARACTERS])


def _notices(results: Results) -> Iterator[Notice]:
    yield Notice(f"boxes count from a confidence of {results.threshold:g} ({results.threshold_from})")
    failed = sum(image.is_failed for image in results.images)
    if failed:
        yield Notice(f"{failed} images could not be processed; they are counted as unclassified, not as blank")
    if results.unusable_boxes:
        yield Notice(
            f"{results.unusable_boxes} boxes without a known category and a confidence from 0 to 1 are left out"
        )


def _rows(results: Results, places: Places) -> Iterator[Parsed]:
    placed = places.of(results.images)
    animals = [row for image, place in placed for row in _detections(image, place)]
    if animals:
        schema = DETECTIONS.arrow_schema.append(pa.field("number", pa.int64())).append(
            pa.field("media_id", pa.string())
        )
        rows, first_numbers = grouped(pa.Table.from_pylist(animals, schema=schema))
        yield Notice(
            f"{len(animals)} labels of images were grouped into {len(rows)} detections (less than 30 min apart)"
        )
        yield Rows("detections", rows, first_numbers)
    counts = [
        {**place, "day": place["started_at"].date(), "observation_type": kind, "row_count": 1}
        for image, place in placed
        for kind in image.other_kinds
    ]
    if counts:
        yield Rows("observation_counts", summed_counts([_counted(counts)]))


def _counted(counts: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(counts, schema=OBSERVATION_COUNTS.arrow_schema)


def _detections(image: Image, place: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for animal in image.animals:
        yield {
            **place,
            "detection_id": f"{image.file}/{animal.scientific_name or animal.other_name or ''}",
            "level": "media",
            "ended_at": place["started_at"],
            "scientific_name": animal.scientific_name,
            "individual_count": animal.count or None,
            "classification_method": "machine",
            "classification_probability": animal.probability,
            "candidate_names": animal.other_name,
            "number": image.number,
            "media_id": image.file,
        }
