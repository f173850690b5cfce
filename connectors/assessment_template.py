"""The table in which an assessment is recorded: one row for each indicator and role."""

from dataclasses import replace

from connectors.template import Column, Template
from data.schema import ASSESSMENT_STATUSES, PHASES, RATINGS_OF_INDICATORS, ROLES, TOOLS

INDICATOR = "indicator_id"
HELD_BY = "assessment_held_by"
ONCE = "once for each assessment"
OPTIONAL = "optional"
RATED = "every rated row"
POINTS = "tools that give points"

TEMPLATE = Template(
    title="Green List assessment",
    sheet="Assessment",
    columns=(
        Column("site_id", "WDPA site id of the area", ONCE, "555512345"),
        Column("site_name", "Name of the area", OPTIONAL, "Example valley"),
        Column("iso3", "ISO 3166 alpha-3 codes of its countries, separated by ';'", OPTIONAL, "BEL"),
        Column("tool", "Family of the method", ONCE, "green_list", allowed=TOOLS),
        Column("tool_version", "Version of the standard or method", ONCE, "GLS-1.1"),
        Column("jurisdiction", "Jurisdiction whose adapted indicators are used; else empty", OPTIONAL, "BEL"),
        Column("assessment_id", "Your name for the assessment; a new version gets a new one", ONCE, "valley-2026-1"),
        Column("assessment_date", "Day of the assessment; a year alone will do", ONCE, "2026-03-01", "day"),
        Column("phase", "Green List phase that it is for", OPTIONAL, "candidate", allowed=PHASES[1:]),
        Column("committed_on", "Day on which the site committed to the standard", OPTIONAL, "2024-06-01", "day"),
        Column("supersedes", "assessment_id of the assessment that this one replaces", OPTIONAL, "valley-2025-1"),
        Column(INDICATOR, "Indicator of the standard", "every row", "GLS-V1.1-1.1.1"),
        Column("indicator_text", "What it asks, for your own use; not stored", OPTIONAL, "Structure is documented"),
        Column("role", "Who rated; empty means self", OPTIONAL, "self", allowed=ROLES),
        Column("rating", "The rating; empty while it is not known", RATED, "met", allowed=RATINGS_OF_INDICATORS),
        Column("score", "Points, where the tool gives some", POINTS, "2"),
        Column("score_max", "The most points that the indicator can get", POINTS, "3"),
        Column("rated_on", "Day of the rating", OPTIONAL, "2026-02-20", "day"),
        Column("note", "Justification of the rating", OPTIONAL, "Minutes of 2025 are on file"),
        Column("evidence_url", "Title or address of the evidence", OPTIONAL, "https://example.org/minutes.pdf"),
        Column("evidence_sha256", "SHA-256 of the evidence file: 64 hexadecimal digits", OPTIONAL, "0123456789abcdef…"),
        Column("evidence_date", "Day that the evidence is of", OPTIONAL, "2025-12-31", "day"),
        Column("status", "Where the assessment stands", OPTIONAL, "submitted", allowed=ASSESSMENT_STATUSES),
    ),
    rules=(
        "Write one row for each indicator and role that rated it. Leave the rating empty while it is not known.",
        "Unknown is not the same as not met: an indicator without a rating stays unknown.",
        "What is said once for each assessment (site, tool, version, date and so on) may stand in its first row alone.",
        "Where a sheet holds one assessment, its other rows may leave assessment_id empty; where several, none may.",
        "The self-assessment, the expert group and the reviewer each write their own rows; they are never averaged.",
        "Keep an assessment as it was: write a new one with a new assessment_id, and name the old one in supersedes.",
        "Write days as 2026-03-01, or as real dates of Excel.",
        "Columns of your own may follow; they are not stored.",
    ),
)

READ = replace(
    TEMPLATE,
    columns=(
        *TEMPLATE.columns,
        Column("assessor_role", "Another name of role", OPTIONAL, "self"),
        Column("reviewed_by", "Another name of role, which goes before assessor_role", OPTIONAL, "EAGL"),
        Column(HELD_BY, "Source that holds the assessment; here are more ratings of it", OPTIONAL, "assessments"),
    ),
)
"""The template with what other tables call the same, and the column for ratings of what another source holds."""
