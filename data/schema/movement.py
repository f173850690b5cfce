"""Tables of tagged animals: who they are, what they carry, where they were."""

from data.schema.fields import FLAG, LATITUDE, LONGITUDE, MOMENT, NUMBER, SITE_ID, TEXT, Field, Table

INDIVIDUALS = Table(
    "individuals",
    "A tagged animal",
    key=("individual_id",),
    fields=(
        Field("individual_id", TEXT, "Identifier, stable within its source", required=True),
        SITE_ID,
        Field("individual_name", TEXT, "Name that people use; never public"),
        Field("scientific_name", TEXT, "Taxon, at any rank; empty when the source does not say"),
        Field("sex", TEXT, "Sex", allowed=("female", "male")),
        Field("is_active", FLAG, "Whether the source still follows it"),
    ),
)


COLLARS = Table(
    "collars",
    "A tag, for as long as one animal carries it",
    key=("collar_id", "individual_id"),
    fields=(
        Field("collar_id", TEXT, "Identifier given by the source", required=True),
        SITE_ID,
        Field("individual_id", TEXT, "Animal that carries it", required=True),
        Field(
            "kind",
            TEXT,
            "What pays for its positions: a schedule, or the movement of the animal",
            allowed=("scheduled", "kinetic"),
        ),
        Field("model", TEXT, "Maker and model"),
        Field("fitted_at", MOMENT, "When the animal got it; empty when open or unknown", "UTC"),
        Field("removed_at", MOMENT, "When the animal lost it; empty while it carries it", "UTC"),
        Field("fix_interval_h", NUMBER, "Scheduled time between two positions", "h", minimum=0),
    ),
)


FIXES = Table(
    "fixes",
    "One position of one tagged animal",
    key=("individual_id", "fixed_at"),
    month_of="fixed_at",
    fields=(
        Field("individual_id", TEXT, "Animal", required=True),
        SITE_ID,
        Field("collar_id", TEXT, "Tag that sent it"),
        Field("fixed_at", MOMENT, "When the animal was there", "UTC", required=True),
        Field("latitude", meaning="Position; never public", required=True, **LATITUDE),
        Field("longitude", meaning="Position; never public", required=True, **LONGITUDE),
        Field("is_outlier", FLAG, "Marked as wrong by the source: kept, never counted", required=True),
        Field("speed_mps", NUMBER, "Speed over ground that the tag measured", "m/s", minimum=0),
        Field("energy_j", NUMBER, "Energy that the tag harvested since its last position", "J", minimum=0),
    ),
)
