"""Questions about the sources: how fresh they are, what their last pulls did, which rows were refused."""

import ibis
import pandas as pd

from data.access import Viewer
from data.engine import View
from data.journal import SUCCEEDED

COUNTED_TABLES = (
    *("sites", "boundaries", "listings", "deployments", "observation_counts"),
    *("individuals", "collars", "fixes", "alerts", "incidents"),
)
MOST_RUNS = 30
MOST_REFUSED = 500


def sources(view: View, viewer: Viewer) -> pd.DataFrame:
    """One row per configured source: its configuration, last run, last success, newest record, rows held and refused.

    Errors, advice and warnings may name files and places, so they are empty for viewers who do not see all of the
    source's sites.
    """
    configured, runs = view.table("sources"), view.table("runs")
    last = runs.mutate(rank=ibis.row_number().over(ibis.window(group_by=runs.source, order_by=runs.started_at.desc())))
    last = last.filter(last.rank == 0).select(
        "source",
        "outcome",
        "rows_read",
        "rows_stored",
        "rows_unchanged",
        "rows_retired",
        "error",
        "advice",
        "warnings",
        last_run_at=last.started_at,
    )
    good = runs.filter(runs.outcome.isin(SUCCEEDED))
    good = good.group_by("source").aggregate(last_success_at=good.started_at.max())
    t = configured.left_join(last, "source").drop("source_right")
    t = t.left_join(good, "source").drop("source_right")
    t = t.left_join(_newest_records(view), "source").drop("source_right")
    t = t.left_join(_rows_held(view), "source").drop("source_right")
    t = t.left_join(_refused_counts(view), "source").drop("source_right")
    t = t.mutate(rows_refused=t.rows_refused.fill_null(0), rows_held=t.rows_held.fill_null(0))
    frame = view.run(t.order_by("source"))
    frame["site_ids"] = [str(ids).split(";") if isinstance(ids, str) else [] for ids in frame["site_ids"]]
    hidden = [not _sees_all(viewer, ids) for ids in frame["site_ids"]]
    frame.loc[hidden, ["error", "advice", "warnings"]] = None
    return frame


def runs(view: View, viewer: Viewer, source: str) -> pd.DataFrame:
    """The latest runs of one source, newest first: started_at, outcome, rows_*, seconds, error."""
    t = view.table("runs")
    t = t.filter(t.source == source).order_by(t.started_at.desc()).limit(MOST_RUNS)
    frame = view.run(
        t.select(
            "started_at",
            "outcome",
            "rows_stored",
            "rows_unchanged",
            "rows_retired",
            "rows_refused",
            "error",
            "finished_at",
        )
    )
    seconds = (frame["finished_at"] - frame["started_at"]).dt.total_seconds()
    frame = frame.assign(seconds=seconds).drop(columns="finished_at")
    if not _sees_all(viewer, _sites_of(view, source)):
        frame["error"] = None
    return frame


def refused(view: View, viewer: Viewer, source: str) -> pd.DataFrame:
    """Refused rows of one source: table, row, field, value, reason, raw; the values only for who sees its sites."""
    t = view.table("refused")
    t = t.filter(t.source == source).order_by("table", "row").limit(MOST_REFUSED)
    frame = view.run(t.select("table", "row", "field", "value", "reason", "raw"))
    if not _sees_all(viewer, _sites_of(view, source)):
        frame[["value", "raw"]] = None
    return frame


def _sees_all(viewer: Viewer, site_ids: list[str]) -> bool:
    if viewer.role == "staff":
        return True
    return bool(site_ids) and all(viewer.sees_all_of(site) for site in site_ids)


def _sites_of(view: View, source: str) -> list[str]:
    t = view.table("sources")
    rows = view.run(t.filter(t.source == source).select("site_ids"))
    return str(rows["site_ids"].iloc[0]).split(";") if len(rows) and rows["site_ids"].notna().iloc[0] else []


def _newest_records(view: View) -> ibis.Table:
    """The day of the newest record of each source; to the day, so that nobody learns a sensitive moment."""
    days = [view.table(name).select("source", "day") for name in ("site_days", "fix_days")]
    for name, moment in (("alerts", "detected_at"), ("incidents", "happened_at")):
        t = view.table(name)
        days.append(t.select("source", day=t[moment].date()))
    t = ibis.union(*days)
    return t.group_by("source").aggregate(newest_record_on=t.day.max())


def _rows_held(view: View) -> ibis.Table:
    """Rows of each source in the tables that people ask for; detections are counted from their rollup."""
    days = view.table("site_days")
    held = days.group_by("source").aggregate(rows=days.detections.sum().cast("int64"))
    for name in COUNTED_TABLES:
        t = view.table(name)
        held = held.union(t.group_by("source").aggregate(rows=t.count().cast("int64")))
    return held.group_by("source").aggregate(rows_held=held.rows.sum().cast("int64"))


def _refused_counts(view: View) -> ibis.Table:
    t = view.table("refused")
    rows = t.select("source", "run_id", "table", "row", "raw").distinct()
    return rows.group_by("source").aggregate(rows_refused=rows.count())
