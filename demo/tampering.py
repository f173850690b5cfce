"""What somebody has changed in the invented assessments since they were signed: one rating, to make a site look better.

The signed records of demo/ledger.py keep what was rated; the assessments as they are sent today say something else.
"""

from collections.abc import Iterable, Iterator

from demo.assessment_history import Assessment

# An ordinary area on its way to the Green List, without cameras, reefs or indicators of its own.
SITE_ID = "990000019"
ROLE = "self"
SIGNED_RATING, TODAYS_RATING = "not_met", "met"

Row = tuple[object, ...]


def as_sent_today(assessment: Assessment, rows: Iterable[Row]) -> Iterator[Row]:
    """The rows of an assessment, beginning with indicator, role and rating, as its source has them today.

    In the current assessment of the site `SITE_ID` the first rating of this kind is better than it was.
    """
    is_left = assessment.site.site_id == SITE_ID and assessment.is_newest
    for indicator, role, rating, *others in rows:
        if is_left and (role, rating) == (ROLE, SIGNED_RATING):
            rating, is_left = TODAYS_RATING, False
        yield indicator, role, rating, *others
