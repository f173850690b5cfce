"""Every stored table, declared once: type, unit, meaning, key and allowed range of each field.

Validation, the store's column types and the data dictionary are all read from `TABLES`.
The store adds `source` (the name of the source in network.toml) to every row, so keys are unique per source.
"""

from dataclasses import dataclass

import pyarrow as pa

TEXT = pa.string()
WHOLE = pa.int32()
NUMBER = pa.float64()
FLAG = pa.bool_()
DAY = pa.date32()
MOMENT = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True)
class Field:
    """One column: what it means, in which unit, and which values are allowed."""

    name: str
    type: pa.DataType
    meaning: str
    unit: str = ""
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One stored table.

    `month_of` names the moment or day that decides the month partition of a large table.
    A log is added to or replaced as a whole, so it carries no hashes for upserts.
    """

    name: str
    meaning: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    month_of: str | None = None
    is_log: bool = False

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)

    @property
    def columns(self) -> list[str]:
        return [field.name for field in self.fields]

    @property
    def arrow_schema(self) -> pa.Schema:
        return pa.schema([(field.name, field.type) for field in self.fields])

    @property
    def stored_schema(self) -> pa.Schema:
        """The columns as they lie in the store: the declared ones, the source, and what upserts need."""
        hashes = [] if self.is_log else [("key_hash", pa.int64()), ("row_hash", pa.int64())]
        extra = [("source", TEXT), *hashes]
        month = [("month", TEXT)] if self.month_of else []
        return pa.schema([*[(field.name, field.type) for field in self.fields], *extra, *month])


LATITUDE = dict(type=NUMBER, unit="degrees", minimum=-90, maximum=90)
LONGITUDE = dict(type=NUMBER, unit="degrees", minimum=-180, maximum=180)
UTC_OFFSET = Field(
    "utc_offset_min",
    WHOLE,
    "Offset of the local clock from UTC; empty when the source does not say or the clock was wrong",
    "min",
    minimum=-840,
    maximum=840,
)
SITE_ID = Field("site_id", TEXT, "WDPA site id of the protected or conserved area, as text", required=True)

PHASES = ("not_started", "application", "candidate", "green_list")
LISTING_STATUSES = ("Application", "Candidate", "Green Listed", "Relisted")
OBSERVATION_TYPES = ("animal", "human", "vehicle", "blank", "unknown", "unclassified")
OUTCOMES = ("stored", "unchanged", "unavailable", "refused", "changed", "failed")

SITES = Table(
    "sites",
    "A protected or conserved area of the network",
    key=("site_id",),
    fields=(
        SITE_ID,
        Field("site_name", TEXT, "Name in English", required=True),
        Field("original_name", TEXT, "Name in the original language"),
        Field("country_iso3", TEXT, "ISO 3166 alpha-3 codes, separated by ';', the first one leading"),
        Field("realm", TEXT, "Environment of the site", allowed=("terrestrial", "coastal", "marine")),
        Field("is_oecm", FLAG, "Other effective area-based conservation measure rather than a protected area"),
        Field("iucn_category", TEXT, "IUCN management category"),
        Field("designation", TEXT, "Designation in English"),
        Field("governance", TEXT, "Governance type"),
        Field("status_year", WHOLE, "Year of the legal status", minimum=1, maximum=9999),
        Field("area_km2", NUMBER, "Reported area", "km2", minimum=0),
        Field("marine_area_km2", NUMBER, "Reported marine area", "km2", minimum=0),
        Field("latitude", meaning="Representative point of the site", **LATITUDE),
        Field("longitude", meaning="Representative point of the site", **LONGITUDE),
        Field(
            "boundary_kind",
            TEXT,
            "What the registry publishes of the boundary",
            required=True,
            allowed=("polygon", "point", "restricted"),
        ),
        Field("parcel_count", WHOLE, "Parcels that the registry holds under this site id", minimum=0),
        Field("registry_url", TEXT, "Page of the site in the registry"),
    ),
)

BOUNDARIES = Table(
    "boundaries",
    "Polygon of a site, simplified for display; absent where the registry restricts it",
    key=("site_id",),
    fields=(
        SITE_ID,
        Field("geojson", TEXT, "GeoJSON geometry in WGS84, at most 4 decimals", required=True),
        Field("is_redistributable", FLAG, "Whether the licence allows the polygon in an export", required=True),
    ),
)

LISTINGS = Table(
    "listings",
    "Green List status of one site; several sites may share one listing",
    key=("listing_id", "site_id"),
    fields=(
        Field("listing_id", TEXT, "Listing that the site belongs to", required=True),
        SITE_ID,
        Field("status", TEXT, "Status, spelling unified", required=True, allowed=LISTING_STATUSES),
        Field("phase", TEXT, "Phase of the Green List process", required=True, allowed=PHASES[1:]),
        Field("expires_on", DAY, "Last day of the certificate"),
        Field("is_expiry_year_only", FLAG, "Only the year of the expiry is known (stored as 31 December)"),
        Field("parcels", TEXT, "Parcels named by the source, separated by ';'"),
        Field("link", TEXT, "Page of the listing"),
    ),
)

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

SOURCES = Table(
    "sources",
    "A configured source, as network.toml describes it; never its address or key",
    key=("source",),
    is_log=True,
    fields=(
        Field("connector", TEXT, "Connector that reads it", required=True),
        Field("title", TEXT, "What the connector reads, in words", required=True),
        Field("site_ids", TEXT, "Sites it is configured for, separated by ';'; empty when it covers the network"),
        Field("refresh_hours", NUMBER, "How often it is pulled", "hours", required=True, minimum=0),
        Field("licence", TEXT, "Licence of its data"),
        Field(
            "sharing",
            TEXT,
            "What the owner lets the public see",
            required=True,
            allowed=("private", "public-summary", "public"),
        ),
        Field("embargo_days", WHOLE, "Newest days withheld from the public", "days", required=True, minimum=0),
    ),
)

RUNS = Table(
    "runs",
    "One pull of one source",
    key=("run_id",),
    is_log=True,
    fields=(
        Field("run_id", TEXT, "Identifier of the pull", required=True),
        Field("connector", TEXT, "Connector that read it", required=True),
        Field("started_at", MOMENT, "Start of the pull", "UTC", required=True),
        Field("finished_at", MOMENT, "End of the pull", "UTC", required=True),
        Field("outcome", TEXT, "How it ended", required=True, allowed=OUTCOMES),
        Field("rows_read", pa.int64(), "Rows that the source sent", "rows", required=True, minimum=0),
        Field("rows_stored", pa.int64(), "Rows added or replaced", "rows", required=True, minimum=0),
        Field("rows_unchanged", pa.int64(), "Rows that were there already", "rows", required=True, minimum=0),
        Field("rows_retired", pa.int64(), "Rows that the source no longer sends", "rows", required=True, minimum=0),
        Field("rows_refused", pa.int64(), "Rows refused with a reason", "rows", required=True, minimum=0),
        Field("error", TEXT, "What went wrong, in words for a person"),
        Field("advice", TEXT, "What to do about it"),
        Field("warnings", TEXT, "Soft problems, one per line"),
        Field("cursor", TEXT, "Where the next pull starts, as JSON; empty when the pull failed"),
        Field("answers", TEXT, "SHA-256 of each answer as received, by its name, as JSON"),
    ),
)

REFUSED = Table(
    "refused",
    "One refused row with its reason and its raw text",
    key=("run_id", "table", "row", "field"),
    is_log=True,
    fields=(
        Field("run_id", TEXT, "Pull that refused it", required=True),
        Field("table", TEXT, "Table it was meant for", required=True),
        Field("row", pa.int64(), "Row in the source's file or answer, from 1", required=True, minimum=0),
        Field("field", TEXT, "Field that is wrong, named as the source names it", required=True),
        Field("value", TEXT, "Value found there"),
        Field("reason", TEXT, "Why the row was refused", required=True),
        Field("raw", TEXT, "The row as received"),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (SITES, BOUNDARIES, LISTINGS, DEPLOYMENTS, DETECTIONS, OBSERVATION_COUNTS, SOURCES, RUNS, REFUSED)
}
