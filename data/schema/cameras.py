"""Tables of camera traps: effort, detections, and what else the cameras recorded."""

from data.schema.fields import (
    DAY,
    FLAG,
    LATITUDE,
    LONGITUDE,
    MOMENT,
    NUMBER,
    SITE_ID,
    TEXT,
    UTC_OFFSET,
    WHOLE,
    Field,
    Table,
)

OBSERVATION_TYPES = ("animal", "human", "vehicle", "blank", "unknown", "unclassified")

DEPLOYMENTS = Table(
    "deployments",
    "One camera at one place for one stretch of time (effort)",
    key=("deployment_id",),
    fields=(
        Field("deployment_id", TEXT, "Identifier given by the source", required=True),
        SITE_ID,
        Field("location_id", TEXT, "Place, shared by deployments there"),
        Field("location_name", TEXT, "Name of the place; never public"),
        Field("latitude", meaning="Position of the camera; never public", required=True, **LATITUDE),
        Field("longitude", meaning="Position of the camera; never public", required=True, **LONGITUDE),
        Field("coordinate_uncertainty_m", NUMBER, "Radius that holds the true position", "m", minimum=0),
        Field("is_maybe_rounded", FLAG, "No uncertainty given and at most 3 decimals: rounded on purpose, perhaps"),
        Field("started_at", MOMENT, "Start of the deployment", "UTC", required=True),
        Field("ended_at", MOMENT, "End of the deployment", "UTC", required=True),
        UTC_OFFSET,
        Field("trap_nights", NUMBER, "End minus start", "nights of 24 h", required=True, minimum=0),
        Field("camera_id", TEXT, "Camera; never public"),
        Field("camera_model", TEXT, "Maker and model"),
        Field("camera_functioning", TEXT, "How the camera worked to its end, where the source says; why effort stops"),
        Field("camera_height_m", NUMBER, "Height above ground", "m", minimum=0),
        Field("has_timestamp_issues", FLAG, "The camera's clock was wrong: kept in counts, not used by time of day"),
        Field("is_baited", FLAG, "Bait was used"),
        Field("feature_type", TEXT, "Feature at which the camera stands"),
        Field("habitat", TEXT, "Habitat around the camera"),
    ),
)


DETECTIONS = Table(
    "detections",
    "One animal taxon in one event (or, where a source has no events, in one group of media)",
    key=("detection_id",),
    month_of="started_at",
    fields=(
        Field("detection_id", TEXT, "Identifier given by the source", required=True),
        SITE_ID,
        Field("deployment_id", TEXT, "Deployment that recorded it", required=True),
        Field("event_id", TEXT, "Event shared by the detections of one visit"),
        Field("level", TEXT, "What one row counts", required=True, allowed=("event", "media")),
        Field("started_at", MOMENT, "First moment of the event", "UTC", required=True),
        Field("ended_at", MOMENT, "Last moment of the event", "UTC"),
        UTC_OFFSET,
        Field("scientific_name", TEXT, "Taxon, at any rank; empty when the animal was not named"),
        Field("individual_count", WHOLE, "Animals counted; empty means at least one", "individuals", minimum=1),
        Field("life_stage", TEXT, "Life stage"),
        Field("sex", TEXT, "Sex"),
        Field("behavior", TEXT, "Behaviour"),
        Field("individual_id", TEXT, "Recognised animal; never public"),
        Field("classification_method", TEXT, "Who named it", allowed=("human", "machine")),
        Field("classification_probability", NUMBER, "Certainty of a machine label", "0-1", minimum=0, maximum=1),
        Field("candidate_names", TEXT, "Other labels proposed for the same animal, separated by ';'"),
        Field("is_outside_deployment", FLAG, "Recorded before the deployment started or after it ended"),
    ),
)


OBSERVATION_COUNTS = Table(
    "observation_counts",
    "Rows that are not detections (blank, human, vehicle, unknown, unclassified), counted per deployment and day",
    key=("deployment_id", "day", "observation_type"),
    month_of="day",
    fields=(
        SITE_ID,
        Field("deployment_id", TEXT, "Deployment that recorded them", required=True),
        Field("day", DAY, "Day in UTC", required=True),
        Field("observation_type", TEXT, "What was seen", required=True, allowed=OBSERVATION_TYPES[1:]),
        Field("row_count", WHOLE, "Rows of this type", "rows", required=True, minimum=1),
    ),
)
