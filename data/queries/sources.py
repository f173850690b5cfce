"""Questions about the sources: how fresh they are, what their last pulls did, which rows were refused."""

from datetime import date

import ibis
import pandas as pd

from data.access import Viewer, sees_species, shared
from data.engine import View
from data.journal import SUCCEEDED
from data.queries.shared import seen_on, sharing, table_for, visible_days

COUNTED_TABLES = (
    *("sites", "boundaries", "listings", "deployments", "observation_counts"),
    *("individuals", "collars", "fixes", "alerts", "incidents", "reef_surveys", "outplants", "heat_stress"),
    *("assessments", "ratings", "work_items", "anchors"),
)
REEF_DAYS = {"reef_surveys": "surveyed_on", "outplants": "observed_on", "heat_stress": "day"}
ROW_COUNTS = ("rows_held", "rows_read", "rows_stored", "rows_unchanged", "rows_retired")
# What these send is published by others, so how many rows they have is no secret.
REGISTRIES = ("protected_planet", "green_list", "red_list", "site_list")
MOST_RUNS = 30
MOST_REFUSED = 500


def sources(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """One row per configured source: its configuration, last run, last success, newest record, rows held and refused.

    Errors, advice and warnings may name files and places, so they are empty for viewers who do not see all of the
    source's sites. How many rows a source of a site has, and when they came, would tell them of single records: for
    them the counts are empty, a good pull is told as `unchanged`, and the newest record is the newest that they see.
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
    hidden = pd.Series([not _sees_all(viewer, ids) for ids in frame["site_ids"]], index=frame.index, dtype=bool)
    frame.loc[hidden, ["error", "advice", "warnings"]] = None
    is_registry = ~frame["site_ids"].map(bool) & frame["connector"].isin(REGISTRIES) & frame["sharing"].eq("public")
    is_coarse = hidden & ~is_registry
    seen = frame["source"].map(_newest_seen(view, viewer, today))
    frame["newest_record_on"] = frame["newest_record_on"].astype("object").mask(is_coarse, seen)
    return _without_rows(frame, is_coarse)


def runs(view: View, viewer: Viewer, source: str) -> pd.DataFrame:
    """The latest runs of one source, newest first: started_at, outcome, rows_*, seconds, error.

    Viewers who do not see all of the source's sites learn no rows, as in `sources`.
    """
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
        if not _is_registry(view, source):
            frame = _without_rows(frame.assign(seconds=None), pd.Series(True, index=frame.index))
    return frame


def refused(view: View, viewer: Viewer, source: str) -> pd.DataFrame:
    """Refused rows of one source: table, row, field, value, reason, raw.

    Who does not see all of its sites learns only where they stood, and of a source of no site why too: a reason may
    name what an earlier row says, and a field may be a heading of the file.
    """
    t = view.table("refused")
    t = t.filter(t.source == source).order_by("table", "row").limit(MOST_REFUSED)
    frame = view.run(t.select("table", "row", "field", "value", "reason", "raw"))
    if not _sees_all(viewer, _sites_of(view, source)):
        hidden = ["value", "raw"] if _is_registry(view, source) else ["field", "value", "reason", "raw"]
        frame[hidden] = None
    return frame


def _without_rows(frame: pd.DataFrame, which: pd.Series) -> pd.DataFrame:
    """The frame without the counts of rows, and without which good pull brought some."""
    counts = [name for name in ROW_COUNTS if name in frame]
    frame = frame.astype(dict.fromkeys(counts, "Int64"))
    frame.loc[which, counts] = pd.NA
    return frame.assign(outcome=frame["outcome"].mask(which & frame["outcome"].isin(SUCCEEDED), "unchanged"))


def _is_registry(view: View, source: str) -> bool:
    """Whether a configured source describes the whole network, so that its rows are public."""
    t = view.table("sources")
    found = t.filter(t.source == source, t.site_ids.isnull(), t.connector.isin(REGISTRIES), t.sharing == "public")
    return bool(view.run(found.count()))


def _newest_seen(view: View, viewer: Viewer, today: date) -> dict[str, date]:
    """The newest day of each source with a record that this viewer may see by day."""
    cameras = visible_days(view, viewer, today)
    days = [cameras.select("source", "day")]
    fixes = table_for(view, viewer, "fix_days").select("source", "site_id", "day")
    days.append(_seen_by_day(view, viewer, fixes, today))
    for name, moment in (("alerts", "detected_at"), ("incidents", "happened_at")):
        t = table_for(view, viewer, name)
        days.append(_seen_by_day(view, viewer, t.select("source", "site_id", day=t[moment].date()), today))
    days += [seen_on(view, viewer, name, day, today).select("source", "day") for name, day in REEF_DAYS.items()]
    t = ibis.union(*days)
    frame = view.run(t.group_by("source").aggregate(newest=t.day.max()))
    return dict(zip(frame["source"], pd.to_datetime(frame["newest"]).dt.date, strict=True))


def _seen_by_day(view: View, viewer: Viewer, t: ibis.Table, today: date) -> ibis.Table:
    seen = t.filter(shared(viewer, t, sharing(view), today, summary=False), sees_species(viewer, t))
    return seen.select("source", "day")


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
    for name, moment in (("alerts", "detected_at"), ("incidents", "happened_at"), *REEF_DAYS.items()):
        t = view.table(name)
        days.append(t.select("source", day=t[moment].cast("date")))
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
