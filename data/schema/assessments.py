"""Tables of assessments: which there are, and how each indicator was rated by whom."""

from data.schema.fields import DAY, NUMBER, SITE_ID, TEXT, WHOLE, Field, Table
from data.schema.places import PHASES

TOOLS = ("green_list", "METT", "IMET", "other")
ASSESSMENT_STATUSES = ("draft", "submitted", "verified", "superseded")
ROLES = ("self", "expert_group", "reviewer")
RATINGS_OF_INDICATORS = ("met", "partly", "not_met", "not_applicable")

ASSESSMENTS = Table(
    "assessments",
    "One assessment of a site: by which standard, in which version and jurisdiction, and when",
    key=("assessment_id",),
    fields=(
        Field("assessment_id", TEXT, "Identifier of the assessment given by the source", required=True),
        SITE_ID,
        Field("country_iso3", TEXT, "ISO 3166 alpha-3 codes, separated by ';'"),
        Field("tool", TEXT, "Family of the method", required=True, allowed=TOOLS),
        Field("method", TEXT, "Method as the source names it", required=True),
        Field("standard_version", TEXT, "Version of the standard or method, such as GLS-1.1, METT-4 or IMET-v2"),
        Field("jurisdiction", TEXT, "Jurisdiction whose adapted indicators were used; empty for the generic ones"),
        Field("phase", TEXT, "Green List phase that the assessment is for", allowed=PHASES),
        Field("assessed_on", DAY, "Day of the assessment; empty where only the year is known"),
        Field("assessed_year", WHOLE, "Year of the assessment", minimum=1900, maximum=2100),
        Field("status", TEXT, "Where the assessment stands", allowed=ASSESSMENT_STATUSES),
        Field("supersedes", TEXT, "Identifier of the assessment that this one replaces"),
        Field("committed_on", DAY, "Day on which the site committed to the standard"),
        Field("url", TEXT, "Page of the assessment"),
    ),
)

RATINGS = Table(
    "ratings",
    "One indicator of an assessment as rated by one role",
    key=("assessment_id", "indicator_id", "role"),
    fields=(
        Field("assessment_id", TEXT, "Assessment that the rating belongs to", required=True),
        Field("indicator_id", TEXT, "Indicator of the standard, such as GLS-V1.1-1.1.1", required=True),
        Field("role", TEXT, "Who rated", required=True, allowed=ROLES),
        SITE_ID,
        Field("rating", TEXT, "The rating in words; empty where it is not known", allowed=RATINGS_OF_INDICATORS),
        Field("score", NUMBER, "The rating as points, for methods that give some"),
        Field("score_max", NUMBER, "The most points that the indicator can get"),
        Field("rated_on", DAY, "Day of the rating"),
        Field("note", TEXT, "Justification in the words of the role"),
        Field("evidence", TEXT, "Title or address of the evidence"),
        Field("evidence_sha256", TEXT, "SHA-256 of the evidence file, in hexadecimal"),
        Field("evidence_on", DAY, "Day that the evidence is of"),
    ),
)

WORK_ITEMS = Table(
    "work_items",
    "One priority, solution or milestone of a pilot's work plan",
    key=("item_id",),
    fields=(
        Field("item_id", TEXT, "Identifier of the item", required=True),
        SITE_ID,
        Field("kind", TEXT, "What it is", required=True, allowed=("priority", "solution", "milestone")),
        Field("title", TEXT, "What is to be done", required=True),
        Field("technology", TEXT, "Technology that it is about"),
        Field("criterion", TEXT, "Green List criterion that it serves, such as 3.4"),
        Field("solution_id", TEXT, "The solution that a milestone belongs to"),
        Field("starts_on", DAY, "First day planned"),
        Field("due_on", DAY, "Day on which it is due"),
        Field("done_on", DAY, "Day on which it was done; empty while it is open"),
        Field("owner", TEXT, "Organisation that answers for it; no person"),
        Field("note", TEXT, "What else is to be said"),
    ),
)
