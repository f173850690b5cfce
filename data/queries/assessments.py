"""Questions about Green List assessments, their ratings, and the pilots' work plan."""

from dataclasses import replace
from datetime import date

import ibis
import ibis.expr.types as ir
import pandas as pd

from data.access import Viewer, sees_all, shared
from data.engine import View
from data.journal import SUBMISSIONS
from data.queries import network
from data.queries.shared import seen_by, sharing
from data.standards import criterion_of

GREEN_LIST = "green_list"
ASSESSED = (
    "assessment_id", "site_id", "country_iso3", "tool", "method", "standard_version", "jurisdiction", "phase",
    "assessed_on", "assessed_year", "status", "supersedes", "committed_on", "url", "source",
)  # fmt: skip
RATED = ("assessment_id", "site_id", "indicator_id", "role", "rating", "rated_on", "evidence_on", "source")
JUSTIFIED = (*RATED, "score", "score_max", "note", "evidence", "evidence_sha256")
WORDS_OF_PEOPLE = ["note", "evidence", "evidence_sha256"]
ITEMS = (
    "item_id", "site_id", "kind", "title", "technology", "criterion", "solution_id", "starts_on", "due_on", "done_on",
    "owner", "note", "source",
)  # fmt: skip


def assessments(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """Every assessment with the name of its site, by site and day; of any tool.

    That a site was assessed, by which tool and when is no secret; drafts are for reviewers and those who see all of
    the site. An assessment that several sources hold is told once, and one that replaces a hidden one does not name it.
    """
    frame = view.run(visible_assessments(view, viewer, today, summary=True).select(*ASSESSED))
    frame = frame.sort_values(["assessment_id", "source"]).drop_duplicates("assessment_id")
    frame["supersedes"] = frame["supersedes"].where(frame["supersedes"].isin(frame["assessment_id"]))
    frame = _named(view, frame, ["assessed_on", "committed_on"]).astype({"assessed_year": "Int64"})
    return frame.sort_values(["site_id", "assessed_on", "assessment_id"], ignore_index=True)


def ratings(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """Every rating of every Green List assessment that this viewer may see, with the criterion of its indicator."""
    t = visible_ratings(view, viewer, today)
    return _with_criteria(view.run(t.select(*RATED)))


def site_ratings(view: View, viewer: Viewer, site_id: str, today: date) -> pd.DataFrame:
    """The ratings of one site's Green List assessments, with what stands behind each of them.

    Justifications and evidence are in people's own words and may name anybody: they are for reviewers and those who
    see all of the site.
    """
    t = visible_ratings(view, viewer, today)
    return _without_words(_with_criteria(view.run(t.filter(t.site_id == site_id).select(*JUSTIFIED))), viewer)


def justified_ratings(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """The ratings of every Green List assessment, each with what stands behind it as in `site_ratings`."""
    return _without_words(_with_criteria(view.run(visible_ratings(view, viewer, today).select(*JUSTIFIED))), viewer)


def work_items(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """Every item of the pilots' work plan with the name of its site; notes are for those who work with the site."""
    t = view.table("work_items")
    # What is planned is no record; that something was done is one, of the day on which it was.
    t = t.mutate(day=ibis.coalesce(t.done_on, ibis.literal(date.min)))
    t = t.filter(shared(viewer, t, sharing(view), today, summary=False))
    frame = _named(view, view.run(t.select(*ITEMS)), ["starts_on", "due_on", "done_on"])
    is_told = frame["site_id"].map({one: viewer.sees_species_of(one) for one in frame["site_id"].unique()})
    frame["note"] = frame["note"].where(is_told.eq(True), None)
    return frame.sort_values(["site_name", "due_on", "item_id"], ignore_index=True)


def sees_words(viewer: Viewer, site_id: str) -> bool:
    """Whether this viewer reads the justifications and evidence of a site's assessments."""
    return viewer.role == "reviewer" or viewer.sees_all_of(site_id)


def _without_words(frame: pd.DataFrame, viewer: Viewer) -> pd.DataFrame:
    hidden = [site_id for site_id in frame["site_id"].unique() if not sees_words(viewer, site_id)]
    frame.loc[frame["site_id"].isin(hidden), WORDS_OF_PEOPLE] = None
    return frame


def visible_assessments(view: View, viewer: Viewer, today: date, summary: bool) -> ir.Table:
    """The rows of assessments that this viewer may know of; the first source that used an identifier owns it.

    Another source may repeat its assessment, but neither take it to another site nor say that it is no draft.
    """
    t = view.table("assessments")
    t = t.filter(t.source.isin(list(sharing(view))))
    order = [t.source == SUBMISSIONS, t.source]
    first = ibis.window(group_by=t.assessment_id, order_by=order)
    t = t.mutate(owner=t.site_id.first().over(first), first_status=t.status.fill_null("").first().over(first))
    t = t.filter(t.site_id == t.owner, t.assessed_year.isnull() | (t.assessed_year <= today.year))
    t = seen_by(viewer, t.mutate(day=t.assessed_on), sharing(view), today, summary)
    is_final = t.first_status != "draft"
    return t.filter(is_final | sees_all(viewer, t) | ibis.literal(viewer.role == "reviewer"))


def visible_ratings(view: View, viewer: Viewer, today: date, tool: str | None = GREEN_LIST) -> ir.Table:
    """The newest rating of each indicator by each role, where this viewer may see it and its assessment in full.

    One that the viewer may not see hides the older ones too: they would be shown as if they still stood. An embargo
    is different: it shows everything as it was some time ago. Of assessments by one tool, or by any without one.
    """
    seen = visible_assessments(view, viewer, today, summary=False)
    seen = (seen.filter(seen.tool == tool) if tool else seen).select("assessment_id", "site_id", "day")
    t = view.table("ratings").inner_join(seen.distinct(on="assessment_id"), ["assessment_id", "site_id"])
    t = t.mutate(day=ibis.coalesce(t.rated_on, t.day))
    t = seen_by(viewer, t, {name: replace(rule, level="public") for name, rule in sharing(view).items()}, today)
    key = [t.assessment_id, t.indicator_id, t.role]
    order = [t.rated_on.isnull(), t.rated_on.desc(), t.source.desc()]
    t = t.mutate(rank=ibis.row_number().over(ibis.window(group_by=key, order_by=order)))
    return seen_by(viewer, t.filter(t.rank == 0), sharing(view), today)


def _with_criteria(frame: pd.DataFrame) -> pd.DataFrame:
    """The ratings in order, with their days as days and the criterion of each indicator."""
    frame = frame.assign(**{name: pd.to_datetime(frame[name]) for name in ("rated_on", "evidence_on")})
    frame = frame.sort_values(["assessment_id", "indicator_id", "role"], ignore_index=True)
    criteria = {name: criterion_of(name) for name in frame["indicator_id"].unique()}
    return frame.assign(criterion=frame["indicator_id"].map(criteria).astype("str"))


def _named(view: View, frame: pd.DataFrame, days: list[str]) -> pd.DataFrame:
    """The frame with the name of each site, and with its days as days."""
    names = view.run(network.placed_sites(view).select("site_id", "site_name"))
    frame = frame.merge(names, on="site_id", how="left")
    frame["site_name"] = frame["site_name"].fillna(frame["site_id"])
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in days})
