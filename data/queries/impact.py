"""Questions about what the whole network has reached, over all sites at once.

Each answer is made of cells that are suppressed where they hold few, as they are on the pages about one site and in
the merged dataset, so that no sum or difference of them tells a suppressed one.
"""

from datetime import date

import ibis
import pandas as pd

from data.access import FEWEST_SHOWN, Viewer, is_released, sees_species, shared
from data.engine import View
from data.queries.merged import Choice, merged_batches, merged_tables
from data.queries.shared import seen, sharing, table_for, visible_species_months
from data.queries.warning import STEPS

ALERTS = ("site_id", "source", "kind", *STEPS, "outcome")
KNOWN_ANIMALS = ["site_id", "known_on", "animals"]


def network_cameras(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """The first month in which cameras of each site are known to have worked: site_id, first_on (its first day)."""
    t = seen(view, viewer, "effort_months", today, summary=True)
    frame = view.run(t.group_by("site_id").aggregate(month=t.month.min()).order_by("site_id"))
    return frame.assign(first_on=_first_days(frame["month"])).drop(columns="month")


def network_taxa(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """The first month in which cameras of each site saw each taxon: site_id, scientific_name, first_on (its first day).

    It rests on the rows of the merged table `detections_by_month`: of sensitive taxa the public gets whole released
    months with at least 5 detections.
    """
    t = visible_species_months(view, viewer, today)
    t = t.filter(~t.is_sensitive | sees_species(viewer, t) | (t.detections >= FEWEST_SHOWN))
    first = t.group_by("site_id", "scientific_name").aggregate(month=t.month.min())
    frame = view.run(first.filter(first.scientific_name.notnull()).order_by("site_id", "scientific_name"))
    return frame.assign(first_on=_first_days(frame["month"])).drop(columns="month")


def network_animals(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """Tagged animals of each site by the quarter of their first position: site_id, known_on (its first day), animals.

    All quarters of a site together are what `monitored_sites` counts: for the public no site that has fewer than 5 of
    a taxon. For it quarters are put together, from the newest on, until each holds at least 5 of a taxon, and dated to
    the newest of them: an animal may count later than it was tagged, never earlier.
    """
    t = seen(view, viewer, "fix_days", today, summary=True)
    t = t.filter(is_released(t, sharing(view), today) | sees_species(viewer, t))
    t = t.mutate(is_full=sees_species(viewer, t))
    t = t.group_by("source", "site_id", "individual_id", "is_full").aggregate(first=t.day.min())
    known = table_for(view, viewer, "individuals").select("source", "individual_id", "scientific_name")
    t = t.left_join(known, ["source", "individual_id"])
    frame = view.run(t.select("site_id", "scientific_name", "is_full", quarter=t["first"].truncate("Q").cast("date")))
    rows = []
    for site_id, animals in frame.groupby("site_id"):
        by_taxon = [group["quarter"].value_counts() for _, group in animals.groupby("scientific_name", dropna=False)]
        is_full = bool(animals["is_full"].any())
        if is_full or min(counts.sum() for counts in by_taxon) >= FEWEST_SHOWN:
            fewest = 1 if is_full else FEWEST_SHOWN
            rows += [(site_id, *group) for counts in by_taxon for group in _in_groups(counts, fewest)]
    found = pd.DataFrame(rows, columns=KNOWN_ANIMALS).astype({"animals": "int64"})
    found["known_on"] = pd.to_datetime(found["known_on"])
    return found.groupby(["site_id", "known_on"], as_index=False)["animals"].sum()


def network_alerts(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """Every warning of every site that this viewer may count, with the moments of its steps and its outcome.

    As in `site_alerts`, without place and animal: the public gets released months, of each kind those with at least 5
    warnings of a site, all times of a warning moved so that it was detected at the first moment of its month, and no
    outcome.
    """
    t = table_for(view, viewer, "alerts")
    t = t.mutate(day=t.detected_at.date())
    t = t.filter(shared(viewer, t, sharing(view), today, summary=True))
    t = t.mutate(is_by_month=~sees_species(viewer, t))
    t = t.filter(~t.is_by_month | is_released(t, sharing(view), today))
    t = t.mutate(in_cell=t.count().over(ibis.window(group_by=[t.site_id, t.month, t.kind])))
    t = t.filter(~t.is_by_month | (t.in_cell >= FEWEST_SHOWN))
    t = t.mutate(outcome=t.is_by_month.ifelse(ibis.null("string"), t.outcome))
    month = t.detected_at.truncate("M")
    t = t.mutate(
        **{
            step: t.is_by_month.ifelse((month + (t[step] - t.detected_at)).cast(t[step].type()), t[step])
            for step in STEPS
        }
    )
    return view.run(t.select(*ALERTS).order_by(*ALERTS))


def network_warning_starts(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """Since when each site warns, as in `warning_since`: site_id, since; for the public the first day of the month."""
    t = table_for(view, viewer, "alerts")
    t = t.mutate(day=t.detected_at.date())
    t = t.filter(shared(viewer, t, sharing(view), today, summary=True))
    t = t.filter(is_released(t, sharing(view), today) | sees_species(viewer, t))
    since = sees_species(viewer, t).ifelse(t.day, t.day.truncate("M").cast("date"))
    frame = view.run(t.group_by("site_id").aggregate(since=since.min()).order_by("site_id"))
    return frame.assign(since=pd.to_datetime(frame["since"]))


def network_incidents(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """Conflicts of each kind, site and quarter, the rows of the merged table: site_id, quarter, kind, incidents."""
    frame = _merged(view, viewer, "incidents_by_quarter", today)
    return frame[["site_id", "source", "quarter", "kind", "incidents"]].assign(quarter=pd.to_datetime(frame["quarter"]))


def network_outplants(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """Every visit to every planted coral or cohort, the rows of the merged table; cohorts and stations are of a site.

    `cohort` and `station` name no two sites alike.
    """
    frame = _merged(view, viewer, "outplants", today)
    days = {name: pd.to_datetime(frame[name]) for name in ("planted_on", "observed_on")}
    whose = frame["site_id"] + " "
    return frame.assign(**days, cohort=whose + frame["cohort"].astype("str"), station=whose + frame["station"])


def network_reef_surveys(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """Every figure of every reef survey, the rows of the merged table; `station` names no two sites alike."""
    frame = _merged(view, viewer, "reef_surveys", today)
    frame = frame.assign(
        surveyed_on=pd.to_datetime(frame["surveyed_on"]), station=frame["site_id"] + " " + frame["station"]
    )
    return frame.astype({"sample_units": "Int64", "points": "Int64"})


def _merged(view: View, viewer: Viewer, name: str, today: date) -> pd.DataFrame:
    """All rows of a table of the merged dataset."""
    batches = merged_batches(view, viewer, name, Choice(), today)
    frames = [batch.to_pandas() for batch in batches]
    empty = merged_tables(view, viewer)[name].arrow_schema.empty_table().to_pandas()
    return pd.concat(frames, ignore_index=True) if frames else empty


def _in_groups(counts: pd.Series, fewest: int) -> list[tuple[date, int]]:
    """Counts by quarter put together from the newest on until each holds at least so many, dated to its newest."""
    groups: list[list] = []
    for quarter, count in counts.sort_index(ascending=False).items():
        if groups and groups[-1][1] < fewest:
            groups[-1][1] += count
        else:
            groups.append([quarter, count])
    if len(groups) > 1 and groups[-1][1] < fewest:
        groups[-2][1] += groups.pop()[1]
    return [(quarter, int(count)) for quarter, count in groups]


def _first_days(months: pd.Series) -> pd.Series:
    return pd.to_datetime(months, format="%Y-%m")
