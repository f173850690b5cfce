"""Tables of the merged dataset about assessments and the work plan, as the pages Assess and Work plan ask for them."""

from collections.abc import Iterator
from datetime import date

import pandas as pd

from data.access import Viewer
from data.engine import View
from data.queries.assessments import assessments, justified_ratings, sees_words, work_items
from data.queries.ledger import anchors
from data.queries.merged.table import MASKING, SOURCE, Choice, Merged, fields
from data.schema import TEXT, Field

ASSESSED = (
    "assessment_id", "site_id", "country_iso3", "tool", "method", "standard_version", "jurisdiction", "phase",
    "assessed_on", "assessed_year", "status", "supersedes", "committed_on", "url",
)  # fmt: skip
RATED = (
    "assessment_id", "site_id", "indicator_id", "role", "rating", "score", "score_max", "rated_on", "note", "evidence",
    "evidence_sha256", "evidence_on",
)  # fmt: skip
PLANNED = (
    "item_id", "site_id", "kind", "title", "technology", "criterion", "solution_id", "starts_on", "due_on", "done_on",
    "owner", "note",
)  # fmt: skip
ANCHORED = ("issued_at", "valid_until", "digest", "root", "tx_hash", "block_number")
NO_WORDS = "justification and evidence are for reviewers and the site"
NO_NOTES = "notes are for those who work with the site"


def _assessments(view: View, viewer: Viewer, choice: Choice, today: date) -> Iterator[pd.DataFrame]:
    frame = assessments(view, viewer, today)
    yield frame.assign(masking="")


def _ratings(view: View, viewer: Viewer, choice: Choice, today: date) -> Iterator[pd.DataFrame]:
    frame = justified_ratings(view, viewer, today)
    open_to = {one for one in frame["site_id"].unique() if sees_words(viewer, one)}
    masking = frame["site_id"].isin(open_to).map({True: "", False: NO_WORDS})
    yield frame.assign(masking=masking)


def _anchors(view: View, viewer: Viewer, choice: Choice, today: date) -> Iterator[pd.DataFrame]:
    yield anchors(view, viewer, today).assign(masking="")


def _work_items(view: View, viewer: Viewer, choice: Choice, today: date) -> Iterator[pd.DataFrame]:
    frame = work_items(view, viewer, today)
    open_to = {one for one in frame["site_id"].unique() if viewer.sees_species_of(one)}
    masking = frame["site_id"].isin(open_to).map({True: "", False: NO_NOTES})
    yield frame.assign(masking=masking)


TABLES = (
    Merged(
        "assessments",
        "Assessments",
        "One assessment of a site: by which standard, in which version and jurisdiction, and when",
        (SOURCE, *fields("assessments", *ASSESSED), MASKING),
        ("assessment_id",),
        _assessments,
        order=("site_id",),
        day="assessed_on",
    ),
    Merged(
        "ratings",
        "Ratings of indicators",
        "One indicator of a Green List assessment as rated by one role",
        (
            SOURCE,
            *fields("ratings", *RATED[:3]),
            Field("criterion", TEXT, "Criterion that the indicator belongs to, such as 3.4"),
            *fields("ratings", *RATED[3:]),
            MASKING,
        ),
        ("assessment_id", "indicator_id", "role"),
        _ratings,
        order=("site_id",),
        day="rated_on",
    ),
    Merged(
        "anchors",
        "Records on the ledger",
        "The signed record of one assessment, and what the last check of it found",
        (
            SOURCE,
            *fields("assessments", "assessment_id", "site_id", "assessed_on"),
            *fields("anchor_checks", "outcome", "reason", "issuer"),
            *fields("anchors", *ANCHORED),
            *fields("ledgers", "chain_id", "contract"),
            *fields("anchor_checks", "anchored_at"),
            *fields("ledgers", "reached_at"),
            MASKING,
        ),
        ("assessment_id",),
        _anchors,
        order=("site_id",),
        day="assessed_on",
    ),
    Merged(
        "work_items",
        "Work plan",
        "One priority, solution or milestone of a pilot's work plan",
        (SOURCE, *fields("work_items", *PLANNED), MASKING),
        ("source", "item_id"),
        _work_items,
        order=("site_id",),
    ),
)
