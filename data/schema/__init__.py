"""Every stored table, declared once: type, unit, meaning, key and allowed range of each field.

Validation, the store's column types and the data dictionary are all read from `TABLES`.
The store adds `source` (the name of the source in network.toml) to every row, so keys are unique per source.
"""

from data.schema.assessments import (
    ASSESSMENT_STATUSES,
    ASSESSMENTS,
    RATINGS,
    RATINGS_OF_INDICATORS,
    ROLES,
    TOOLS,
    WORK_ITEMS,
)
from data.schema.cameras import DEPLOYMENTS, DETECTIONS, OBSERVATION_COUNTS, OBSERVATION_TYPES
from data.schema.conflict import ALERTS, INCIDENTS
from data.schema.fields import DAY, FLAG, MOMENT, NUMBER, TEXT, WHOLE, Field, Table
from data.schema.ledger import ANCHOR_CHECKS, ANCHOR_OUTCOMES, ANCHORED_RATINGS, ANCHORS, LEDGERS
from data.schema.movement import COLLARS, FIXES, INDIVIDUALS
from data.schema.places import (
    BOUNDARIES,
    CONTACTS,
    LISTING_STATUSES,
    LISTINGS,
    MASK_LEVELS,
    MASKS,
    PHASES,
    SITES,
    SUPPORTERS,
)
from data.schema.pulls import OUTCOMES, REFUSED, RUNS, SOURCES
from data.schema.reefs import HEAT_STRESS, OUTPLANTS, REEF_SURVEYS
from data.schema.taxa import CATEGORIES, RED_LIST

PLACES = (SITES, BOUNDARIES, LISTINGS, SUPPORTERS, CONTACTS, MASKS)
REEFS = (REEF_SURVEYS, OUTPLANTS, HEAT_STRESS)
CERTIFICATION = (ASSESSMENTS, RATINGS, WORK_ITEMS)
LEDGER = (LEDGERS, ANCHORS, ANCHORED_RATINGS, ANCHOR_CHECKS)
WILDLIFE = (DEPLOYMENTS, DETECTIONS, OBSERVATION_COUNTS, INDIVIDUALS, COLLARS, FIXES, ALERTS, INCIDENTS)
TABLES: dict[str, Table] = {
    table.name: table
    for table in (*PLACES, *CERTIFICATION, *LEDGER, *WILDLIFE, *REEFS, RED_LIST, SOURCES, RUNS, REFUSED)
}

__all__ = [
    "ALERTS",
    "ANCHORED_RATINGS",
    "ANCHORS",
    "ANCHOR_CHECKS",
    "ANCHOR_OUTCOMES",
    "BOUNDARIES",
    "CATEGORIES",
    "COLLARS",
    "CONTACTS",
    "DAY",
    "DEPLOYMENTS",
    "DETECTIONS",
    "FIXES",
    "FLAG",
    "HEAT_STRESS",
    "INCIDENTS",
    "INDIVIDUALS",
    "LEDGERS",
    "LISTINGS",
    "LISTING_STATUSES",
    "MASKS",
    "MASK_LEVELS",
    "MOMENT",
    "NUMBER",
    "OBSERVATION_COUNTS",
    "OBSERVATION_TYPES",
    "OUTCOMES",
    "OUTPLANTS",
    "PHASES",
    "RED_LIST",
    "REEF_SURVEYS",
    "REFUSED",
    "RUNS",
    "SITES",
    "SOURCES",
    "SUPPORTERS",
    "TABLES",
    "TEXT",
    "WHOLE",
    "Field",
    "Table",
    "ASSESSMENTS",
    "ASSESSMENT_STATUSES",
    "RATINGS",
    "RATINGS_OF_INDICATORS",
    "ROLES",
    "TOOLS",
    "WORK_ITEMS",
]
