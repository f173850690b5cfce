"""Writes an invented Camtrap DP 1.0.2 package of any size, a block of rows after the other."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from benchmarks import generate
from benchmarks.generate import Shape

PROFILE = "https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.2/camtrap-dp-profile.json"
ROWS_AT_ONCE = 500_000
BLANK_EVERY = 10
OBSERVATION_COLUMNS = (
    *("observationID", "deploymentID", "mediaID", "eventID", "eventStart", "eventEnd", "observationLevel"),
    *("observationType", "cameraSetupType", "scientificName", "count", "lifeStage", "sex", "behavior", "individualID"),
    *("individualPositionRadius", "individualPositionAngle", "individualSpeed", "bboxX", "bboxY", "bboxWidth"),
    *("bboxHeight", "classificationMethod", "classifiedBy", "classificationTimestamp", "classificationProbability"),
    *("observationTags", "observationComments"),
)
DEPLOYMENT_COLUMNS = {
    "deploymentID": "deployment_id",
    "locationID": "location_id",
    "latitude": "latitude",
    "longitude": "longitude",
    "coordinateUncertainty": "coordinate_uncertainty_m",
    "cameraModel": "camera_model",
}
SAME_NAMES = {
    "observationID": "detection_id",
    "deploymentID": "deployment_id",
    "eventID": "event_id",
    "observationLevel": "level",
    "lifeStage": "life_stage",
    "sex": "sex",
    "classificationMethod": "classification_method",
}


def written_package(folder: Path, rows: int, sites: int = 300) -> tuple[Path, Shape]:
    """A package with this many observations of all sites, and its shape: written now, unless it was before."""
    shape = Shape(rows, date(2026, 1, 1), sites=sites, equipped_sites=sites, sources=1)
    package = folder / f"package-{rows}-{sites}"
    descriptor = package / "datapackage.json"
    if not descriptor.exists():
        package.mkdir(parents=True, exist_ok=True)
        csv.write_csv(_deployment_rows(shape), package / "deployments.csv")
        _write_observations(package / "observations.csv", shape)
        descriptor.write_text(json.dumps(_descriptor()))
    return package, shape


def sites_by_location(shape: Shape) -> dict[str, str]:
    """The `site` map of a source with this package: the site id of each place of a camera."""
    cameras = generate.deployments(shape, 0)
    return dict(zip(cameras["location_id"].to_pylist(), cameras["site_id"].to_pylist(), strict=True))


def _descriptor() -> dict:
    names = ("deployments", "observations")
    return {
        "profile": PROFILE,
        "name": "invented",
        "resources": [{"name": name, "path": f"{name}.csv", "encoding": "utf-8"} for name in names],
    }


def _deployment_rows(shape: Shape) -> pa.Table:
    cameras = generate.deployments(shape, 0)
    columns = {theirs: cameras[ours] for theirs, ours in DEPLOYMENT_COLUMNS.items()}
    for theirs, ours in (("deploymentStart", "started_at"), ("deploymentEnd", "ended_at")):
        columns[theirs] = _moments(cameras[ours], cameras["utc_offset_min"])
    return pa.table(columns)


def _write_observations(path: Path, shape: Shape) -> None:
    schema = pa.schema([(name, pa.string()) for name in OBSERVATION_COLUMNS])
    partial = path.with_suffix(".partial")
    with csv.CSVWriter(partial, schema, write_options=csv.WriteOptions(quoting_style="needed")) as writer:
        rows = generate.detections(shape, 0, shape.detections, shape.start, shape.days)
        for first in range(0, shape.detections, ROWS_AT_ONCE):
            writer.write_table(_observation_rows(rows.slice(first, ROWS_AT_ONCE), first, schema))
    partial.rename(path)


def _observation_rows(rows: pa.Table, first: int, schema: pa.Schema) -> pa.Table:
    is_blank = pa.array((np.arange(len(rows)) + first) % BLANK_EVERY == 0)
    kind = pc.if_else(is_blank, "blank", "animal")
    columns = {theirs: rows[ours] for theirs, ours in SAME_NAMES.items()} | {
        "eventStart": _moments(rows["started_at"], rows["utc_offset_min"]),
        "eventEnd": _moments(rows["ended_at"], rows["utc_offset_min"]),
        "observationType": kind,
        "scientificName": pc.if_else(is_blank, None, rows["scientific_name"]),
        "count": pc.if_else(is_blank, None, rows["individual_count"].cast(pa.string())),
        "classifiedBy": pc.if_else(pc.equal(rows["classification_method"], "machine"), "Invented model", None),
        "classificationProbability": rows["classification_probability"].cast(pa.string()),
    }
    nothing = pa.nulls(len(rows), pa.string())
    return pa.table([columns.get(name, nothing) for name in schema.names], schema=schema)


def _moments(at: pa.ChunkedArray, offset_min: pa.ChunkedArray) -> pa.ChunkedArray:
    """Times as `2026-01-31T18:30:00+08:00`; looked up by day and by second, which is much faster than formatting."""
    local_s = at.cast(pa.int64()).to_numpy() // 1_000_000 + offset_min.to_numpy() * 60
    day, second = np.divmod(local_s, 86_400)
    first = day.min()
    dates = np.datetime_as_string(np.arange(first, day.max() + 1).astype("datetime64[D]"))
    clocks = np.datetime_as_string(np.arange(86_400).astype("datetime64[s]"))
    clocks = pa.array([clock[11:] for clock in clocks])
    kinds = np.sort(generate.UTC_OFFSETS_MIN)
    return pc.binary_join_element_wise(
        pa.array([f"{each}T" for each in dates]).take(pa.array(day - first)),
        clocks.take(pa.array(second)),
        pa.array([_offset(int(minutes)) for minutes in kinds]).take(pa.array(np.searchsorted(kinds, offset_min))),
        "",
    )


def _offset(minutes: int) -> str:
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
