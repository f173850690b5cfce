"""Tables of early warnings and of conflicts between people and wildlife."""

from data.schema.fields import LATITUDE, LONGITUDE, MOMENT, NUMBER, SITE_ID, TEXT, Field, Table

ALERTS = Table(
    "alerts",
    "One early warning",
    key=("alert_id",),
    month_of="detected_at",
    fields=(
        Field("alert_id", TEXT, "Identifier given by the source", required=True),
        SITE_ID,
        Field("kind", TEXT, "What was warned of, as the source names it", required=True),
        Field("individual_id", TEXT, "Animal that caused it, where one did"),
        Field("detected_at", MOMENT, "When it was detected", "UTC", required=True),
        Field("sent_at", MOMENT, "When people were warned", "UTC"),
        Field("acknowledged_at", MOMENT, "When somebody answered", "UTC"),
        Field("arrived_at", MOMENT, "When responders were there", "UTC"),
        Field("animal_arrived_at", MOMENT, "When the animal reached people, their fields or their fence", "UTC"),
        Field("closed_at", MOMENT, "When it ended", "UTC"),
        Field("priority", TEXT, "How urgent it is", allowed=("low", "medium", "high")),
        Field("outcome", TEXT, "What it turned out to be", allowed=("confirmed", "false", "unverified")),
        Field("latitude", meaning="Place; never public", **LATITUDE),
        Field("longitude", meaning="Place; never public", **LONGITUDE),
        Field("place_name", TEXT, "Village or fence, never a household"),
    ),
)


INCIDENTS = Table(
    "incidents",
    "One conflict between people and wildlife",
    key=("incident_id",),
    fields=(
        Field("incident_id", TEXT, "Identifier given by the source", required=True),
        SITE_ID,
        Field("happened_at", MOMENT, "When it happened", "UTC", required=True),
        Field(
            "kind",
            TEXT,
            "What was lost or hurt",
            required=True,
            allowed=("crop", "property", "livestock", "injury", "death", "animal_death"),
        ),
        Field("scientific_name", TEXT, "Animal involved"),
        Field("village", TEXT, "Village, never a household"),
        Field("loss", NUMBER, "Loss in the unit that `loss_unit` names", minimum=0),
        Field("loss_unit", TEXT, "Unit of the loss"),
    ),
)
