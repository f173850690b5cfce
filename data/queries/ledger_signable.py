"""What can be signed of each assessment, and whether the public may know all of it."""

from collections.abc import Collection
from datetime import date

import pandas as pd

from data.access import PUBLIC, Viewer
from data.engine import View
from data.queries import network
from data.queries.assessments import visible_assessments, visible_ratings
from data.queries.ledger_held import FACTS, RATED, RATED_KEY
from data.queries.shared import sharing

DRAFT = "draft"


def signable(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """One row per assessment that the viewer may see in full, with the facts that a record holds of it.

    `ratings` counts its ratings, `is_anchored` tells whether there is a record of it, `is_draft` whether it is one,
    and `is_open` whether the public may see all that a record of it would tell.
    """
    t = visible_assessments(view, viewer, today, summary=False)
    frame = view.run(t.select("assessment_id", "source", "first_status", *FACTS))
    frame = frame.sort_values(["assessment_id", "source"]).drop_duplicates("assessment_id")
    t = visible_ratings(view, viewer, today, tool=None)
    rated = view.run(t.select(*RATED_KEY, "source"))
    frame["ratings"] = frame["assessment_id"].map(rated["assessment_id"].value_counts()).fillna(0).astype(int)
    frame["is_anchored"] = frame["assessment_id"].isin(_anchored(view))
    frame["is_draft"] = frame.pop("first_status").eq(DRAFT).fillna(False)
    frame["is_open"] = _is_open(view, frame, rated, today)
    names = view.run(network.placed_sites(view).select("site_id", "site_name")).drop_duplicates("site_id")
    return frame.merge(names, on="site_id", how="left").sort_values("assessment_id", ignore_index=True)


def signable_ratings(view: View, viewer: Viewer, assessment_ids: Collection[str], today: date) -> pd.DataFrame:
    """The ratings of these assessments, as a record tells them: no comment and no evidence."""
    t = visible_ratings(view, viewer, today, tool=None)
    t = t.filter(t.assessment_id.isin(sorted(assessment_ids)))
    return view.run(t.select(*RATED_KEY, *RATED)).sort_values(list(RATED_KEY), ignore_index=True)


def _anchored(view: View) -> set[str]:
    t = view.table("anchors")
    return set(view.run(t.filter(t.source.isin(list(sharing(view)))).select("assessment_id"))["assessment_id"])


def _is_open(view: View, frame: pd.DataFrame, rated: pd.DataFrame, today: date) -> pd.Series:
    """Whether the public sees just these rows, each rating and the name of the assessment that was replaced too."""
    t = visible_assessments(view, PUBLIC, today, summary=False)
    open_rows = view.run(t.select("assessment_id", "source"))
    t = visible_ratings(view, PUBLIC, today, tool=None)
    open_ratings = pd.MultiIndex.from_frame(view.run(t.select(*RATED_KEY, "source")))
    is_hidden = ~pd.MultiIndex.from_frame(rated).isin(open_ratings)
    is_open = pd.MultiIndex.from_frame(frame[["assessment_id", "source"]]).isin(pd.MultiIndex.from_frame(open_rows))
    t = visible_assessments(view, PUBLIC, today, summary=True)
    known = view.run(t.select("assessment_id"))["assessment_id"]
    names_none_hidden = frame["supersedes"].isna() | frame["supersedes"].isin(known)
    return is_open & ~frame["assessment_id"].isin(rated.loc[is_hidden, "assessment_id"]) & names_none_hidden
