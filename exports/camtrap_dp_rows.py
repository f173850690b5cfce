"""Rows of the merged dataset as the tables of Camtrap DP 1.0.2, column by column.

Names and order of the columns: https://camtrap-dp.tdwg.org/data (Bubnicki et al. 2024, doi:10.1002/rse2.374).
"""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from exports.column_text import TEXT, identifiers, labelled, listed, mapped, moments, vocabulary, words

DEPLOYMENTS = (
    "deploymentID", "locationID", "locationName", "latitude", "longitude", "coordinateUncertainty", "deploymentStart",
    "deploymentEnd", "setupBy", "cameraID", "cameraModel", "cameraDelay", "cameraHeight", "cameraDepth", "cameraTilt",
    "cameraHeading", "detectionDistance", "timestampIssues", "baitUse", "featureType", "habitat", "deploymentGroups",
    "deploymentTags", "deploymentComments",
)  # fmt: skip
MEDIA = (
    "mediaID", "deploymentID", "captureMethod", "timestamp", "filePath", "filePublic", "fileName", "fileMediatype",
    "exifData", "favorite", "mediaComments",
)  # fmt: skip
OBSERVATIONS = (
    "observationID", "deploymentID", "mediaID", "eventID", "eventStart", "eventEnd", "observationLevel",
    "observationType", "cameraSetupType", "scientificName", "count", "lifeStage", "sex", "behavior", "individualID",
    "individualPositionRadius", "individualPositionAngle", "individualSpeed", "bboxX", "bboxY", "bboxWidth",
    "bboxHeight", "classificationMethod", "classifiedBy", "classificationTimestamp", "classificationProbability",
    "observationTags", "observationComments",
)  # fmt: skip
LIFE_STAGES = vocabulary("adult", "subadult", "juvenile")
SEXES = vocabulary("female", "male")
FEATURE_TYPES = vocabulary(
    "roadPaved", "roadDirt", "trailHiking", "trailGame", "roadUnderpass", "roadOverpass", "roadBridge", "culvert",
    "burrow", "nestSite", "carcass", "waterSource", "fruitingTree",
)  # fmt: skip
DEMO_TAG = "demo:true"
SECONDS_OF_A_NIGHT = 86_400
# Nights that differ by less than this from the time between start and end are that time, written less exactly.
SAME_NIGHTS = 1 / 1_440


def deployment_ids(batch: pa.RecordBatch) -> pa.Array:
    return identifiers(batch["source"], batch["deployment_id"])


def deployments(batch: pa.RecordBatch, is_demo: bool) -> pa.RecordBatch:
    """Deployments of the merged dataset as the standard's table.

    Positions are as the viewer may see them; the uncertainty is rounded up to whole metres, at least 1.
    """
    return _rows(
        batch,
        DEPLOYMENTS,
        {
            "deploymentID": deployment_ids(batch),
            "locationID": identifiers(batch["source"], batch["location_id"]),
            "locationName": words(batch["location_name"]),
            "latitude": batch["latitude"],
            "longitude": batch["longitude"],
            "coordinateUncertainty": whole_metres(batch["coordinate_uncertainty_m"]),
            "deploymentStart": moments(batch["started_at"], batch["utc_offset_min"]),
            "deploymentEnd": moments(batch["ended_at"], batch["utc_offset_min"]),
            "cameraModel": words(batch["camera_model"]),
            "timestampIssues": batch["has_timestamp_issues"],
            "baitUse": batch["is_baited"],
            "featureType": mapped(batch["feature_type"], FEATURE_TYPES),
            "habitat": words(batch["habitat"]),
            "deploymentGroups": listed(labelled("source", batch["source"]), labelled("site", batch["site_id"])),
            "deploymentTags": listed(
                _outside_vocabulary("featureType", batch["feature_type"], FEATURE_TYPES),
                labelled("cameraFunctioning", batch["camera_functioning"]),
                _own_nights(batch),
                _demo_tag(batch, is_demo),
            ),
            "deploymentComments": words(batch["masking"]),
        },
    )


def observations(batch: pa.RecordBatch, is_demo: bool) -> pa.RecordBatch:
    """Detections of the merged dataset as event-based observations of animals.

    One that its source counted from media files is an event too, since the store keeps no media: it has the event of
    its source, else one of its own. Life stages and sexes that the standard does not know stand among the tags.
    """
    ids = identifiers(batch["source"], batch["detection_id"])
    ended_at = pc.coalesce(batch["ended_at"], batch["started_at"])
    is_by_media = pc.equal(batch["level"], "media")
    return _rows(
        batch,
        OBSERVATIONS,
        {
            "observationID": ids,
            "deploymentID": deployment_ids(batch),
            "eventID": pc.coalesce(identifiers(batch["source"], batch["event_id"]), ids),
            "eventStart": moments(batch["started_at"], batch["utc_offset_min"]),
            "eventEnd": moments(ended_at, batch["utc_offset_min"]),
            "observationLevel": pa.repeat(pa.scalar("event"), batch.num_rows),
            "observationType": pa.repeat(pa.scalar("animal"), batch.num_rows),
            "scientificName": words(batch["scientific_name"]),
            "count": batch["individual_count"],
            "lifeStage": mapped(batch["life_stage"], LIFE_STAGES),
            "sex": mapped(batch["sex"], SEXES),
            "behavior": words(batch["behavior"]),
            "individualID": identifiers(batch["source"], batch["individual_id"]),
            "classificationMethod": batch["classification_method"],
            "classificationProbability": batch["classification_probability"],
            "observationTags": listed(
                _where("outsideDeployment:true", batch["is_outside_deployment"]),
                _where("level:media", is_by_media),
                _outside_vocabulary("lifeStage", batch["life_stage"], LIFE_STAGES),
                _outside_vocabulary("sex", batch["sex"], SEXES),
                _demo_tag(batch, is_demo),
            ),
            "observationComments": words(batch["masking"]),
        },
    )


def whole_metres(uncertainty_m: pa.Array) -> pa.Array:
    """Uncertainties rounded up, so that the circle still holds the place; at least 1 m, as the standards want."""
    return pc.max_element_wise(pc.ceil(uncertainty_m), 1.0, skip_nulls=False).cast(pa.int64())


def _rows(batch: pa.RecordBatch, columns: tuple[str, ...], known: dict[str, pa.Array]) -> pa.RecordBatch:
    empty = pa.nulls(batch.num_rows, TEXT)
    return pa.RecordBatch.from_arrays([known.get(name, empty) for name in columns], list(columns))


def _outside_vocabulary(label: str, column: pa.Array, known: Callable[[str], str | None]) -> pa.Array:
    """What a source says in words that the standard has no place for, as a tag."""
    return labelled(label, pc.if_else(pc.is_valid(mapped(column, known)), pa.scalar(None, TEXT), column))


def _own_nights(batch: pa.RecordBatch) -> pa.Array:
    """The trap nights where they are not the time between start and end, which is all that the standard knows."""
    seconds = pc.divide(pc.subtract(batch["ended_at"], batch["started_at"]).cast(pa.int64()), 1_000_000)
    between = pc.divide(seconds.cast(pa.float64()), SECONDS_OF_A_NIGHT)
    differs = pc.greater(pc.abs(pc.subtract(batch["trap_nights"], between)), SAME_NIGHTS)
    nights = pc.round(batch["trap_nights"], ndigits=4).cast(TEXT)
    return pc.if_else(pc.fill_null(differs, False), labelled("trapNights", nights), pa.scalar(None, TEXT))


def _demo_tag(batch: pa.RecordBatch, is_demo: bool) -> pa.Array:
    return _where(DEMO_TAG, pa.repeat(pa.scalar(is_demo), batch.num_rows))


def _where(tag: str, is_so: pa.Array) -> pa.Array:
    return pc.if_else(pc.fill_null(is_so, False), pa.scalar(tag), pa.scalar(None, TEXT))
