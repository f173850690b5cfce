"""A reviewer's single rating as a table of the template, so that it is checked and stored as a filled one is."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from connectors.assessment_values import indicator_of
from data import settings
from data.schema import RATINGS_OF_INDICATORS
from data.standards import adapted, standards
from ingestion.submission_files import record_of, table_of
from ingestion.submission_known import Known
from ingestion.submission_rules import GREEN_LIST, REVIEWER
from ingestion.submission_text import clean

LONGEST_NOTE = 2_000


class NoReview(Exception):
    """The rating cannot be taken; the message is for the reviewer."""


def review_table(assessment_id: str, indicator_id: str, rating: str, note: str, known: Known, today: date) -> bytes:
    """The table with one row that says this rating. Raises NoReview, in words, where it cannot be said."""
    facts = known.assessments.get(assessment_id)
    if facts is None or assessment_id not in known.seen:
        raise NoReview(f"{assessment_id} is not stored, or you may not see it.")
    if facts["tool"] != GREEN_LIST:
        raise NoReview(f"{assessment_id} is an assessment by {facts['tool']}; only those by the Green List are rated.")
    if rating not in RATINGS_OF_INDICATORS:
        raise NoReview(f"Choose a rating: {', '.join(RATINGS_OF_INDICATORS)}.")
    note = clean(note)
    if len(note) > LONGEST_NOTE:
        raise NoReview(f"The comment has {len(note):,} letters; at most {LONGEST_NOTE:,} can be stored.")
    indicator_id = indicator_of(indicator_id or "-", GREEN_LIST)
    if not _is_asked(indicator_id, facts, known):
        raise NoReview(f"{indicator_id} is no indicator of this assessment.")
    values = {"indicator_id": indicator_id, "role": REVIEWER, "rating": rating, "note": note, "rated_on": today}
    nothing = dict.fromkeys(("evidence", "evidence_sha256", "evidence_on"))
    return table_of([record_of(facts, nothing | values)])


def _is_asked(indicator_id: str, facts: Mapping[str, Any], known: Known) -> bool:
    """Whether the standard has the indicator, or somebody has rated it in this assessment."""
    if any(key[:2] == (facts["assessment_id"], indicator_id) for key in known.ratings):
        return True
    version = facts["standard_version"]
    if version not in standards():
        return False
    jurisdictions = settings.jurisdictions_folder()
    return adapted(version, facts["jurisdiction"] or "", facts["assessed_on"], jurisdictions).is_known(indicator_id)
