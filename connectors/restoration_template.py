"""The table in which coral restoration is recorded: one row for each visit of a fragment or cohort."""

from connectors.template import Column, Template

STATUSES = ("alive", "dead", "lost")
FRAGMENT = "every row"
ONCE = "once for each fragment"
OPTIONAL = "optional"
VISIT = "every visit"
STATUS = "visit of a fragment"
COUNTS = "visit of a cohort, two of three"

TEMPLATE = Template(
    title="Coral restoration",
    sheet="Restoration",
    columns=(
        Column(
            "fragment_id", "Your name for the fragment, or for a cohort that was planted together", FRAGMENT, "A-001"
        ),
        Column("planted_on", "Day on which it was planted out", ONCE, "2026-03-01", "day"),
        Column("station", "Reef station where it was planted, called as in your reef surveys", ONCE, "North Reef"),
        Column("scientific_name", "Species or genus of the coral", OPTIONAL, "Acropora muricata"),
        Column("nursery", "Nursery that it was raised in", OPTIONAL, "Lagoon nursery"),
        Column("fragment_count", "Fragments that were planted; empty means 1", OPTIONAL, "50", "whole"),
        Column(
            "observed_on",
            "Day of the visit; empty in a row that only says what was planted",
            VISIT,
            "2026-09-01",
            "day",
        ),
        Column("status", "What the visit found, of a fragment or of a whole cohort", STATUS, "alive", allowed=STATUSES),
        Column("alive_count", "Of those planted, found alive on the visit", COUNTS, "41", "whole"),
        Column("dead_count", "Of those planted, dead by the visit, earlier deaths included", COUNTS, "6", "whole"),
        Column("lost_count", "Of those planted, not found any more: detached, or without tag", COUNTS, "3", "whole"),
    ),
    rules=(
        "Write one row for each visit of a fragment or cohort. A row without visit says that it was planted.",
        "The day of planting, the station and the number of fragments may stand in the first row alone.",
        "Give either a status or counts. Alive, dead and lost add up to the fragments planted; two of them suffice.",
        "Dead stays dead: count earlier deaths again on each visit. A lost coral may be found again.",
        "Write days as 2026-03-01, or as real dates of Excel.",
        "Columns of your own may follow; they are not stored.",
    ),
)
