"""The figures in which sites are compared: what they are, and their values for every site of the network at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from metrics import community, comparison, early_warning, outplants, rates, readiness, reefs, reefs_now
from metrics.result import Result
from ui.readiness import IN_PROCESS, spells

FOLLOWED_MONTHS = 12
VALUES = ["value", "low", "high"]
ROWS = ["figure", "site_id", *VALUES, "n", "of", "missing"]
CURVES = ["site_id", "units", "species", "low", "high"]
COMPARED_DEPLOYMENTS = ["place", "trap_nights"]


@dataclass(frozen=True)
class Figure:
    """One figure: its label and unit, the word for who comes first in it, and the metric that computes it.

    `lacks` says why a site has none, `short` is a heading of tables. `is_counted` where it is a count of all there is,
    which has no interval because nothing was sampled.
    """

    name: str
    group: str
    label: str
    unit: str
    first: str
    metric: Callable
    lacks: str
    short: str
    decimals: int = 1
    is_counted: bool = False

    @property
    def is_highest_first(self) -> bool:
        return self.first in ("highest", "longest")


GROUPS = {
    "cameras": ("Camera traps", "The last 12 months"),
    "data": ("Data", "How sites label, and how new their newest record is"),
    "warning": ("Early warning", "The last 12 months"),
    "reefs": ("Reefs", "The newest surveys, and corals planted at any time"),
    "green_list": ("Green List", "The assessments that hold today"),
    "work": ("Work plan", "Priorities, solutions and milestones"),
}
NO_CAMERAS, NO_WARNINGS = "no camera of this site reports", "there is no warning of 12 months that you may see"
NO_REEFS, NO_PLAN = "there is no reef survey that you may see", "there is no work plan that you may see"
FIGURES = {
    figure.name: figure
    for figure in (
        Figure(
            "rate", "cameras", "Detections", "per 100 trap nights", "highest", rates.detection_rate,
            NO_CAMERAS, "Rate",
        ),
        Figure(
            "active", "cameras", "Trap nights with an animal", "% of nights", "highest", comparison.active_days_of,
            NO_CAMERAS, "Active nights",
        ),
        Figure("taxa", "cameras", "Seen with equal effort", "taxa", "highest", comparison.taxa_at, NO_CAMERAS, "Seen"),
        Figure(
            "machine", "data", "Labelled by a machine only", "% of detections", "lowest",
            comparison.machine_only_share, NO_CAMERAS, "By machine",
        ),
        Figure(
            "newest", "data", "Age of the newest record", "days", "lowest", comparison.days_since_newest,
            "no record of this site may be seen by its day", "Newest record", 0, True,
        ),
        Figure(
            "response", "warning", "Response time, median", "min", "shortest", early_warning.response_time,
            NO_WARNINGS, "Response",
        ),
        Figure(
            "false_alarms", "warning", "False alarms", "% of those checked", "lowest", early_warning.false_alarms,
            NO_WARNINGS, "False alarms",
        ),
        Figure("coral", "reefs", "Hard coral", "% cover", "highest", reefs_now.hard_coral_now, NO_REEFS, "Hard coral"),
        Figure(
            "survival", "reefs", "Planted corals alive after 12 months", "%", "highest", outplants.survival_at,
            "there is no planted coral that you may see", "Alive",
        ),
        Figure(
            "criteria", "green_list", "Criteria met", "of 17", "highest", readiness.criterion_states,
            "there is no rating by this role that you may see", "Criteria met", 0, True,
        ),
        Figure(
            "months", "green_list", "Time in the present phase", "months", "longest",
            comparison.months_in_present_phase, "nobody saw when this site entered its phase", "In phase", 0, True,
        ),
        Figure(
            "done", "work", "Items done", "% of items", "highest", comparison.work_done, NO_PLAN, "Done", 0, True
        ),
        Figure(
            "late", "work", "Items late", "% of done or late", "lowest", comparison.work_late, NO_PLAN, "Late", 0, True
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """The figures of every site that measures them, and its curve of taxa over stations, to be read at one number."""

    rows: pd.DataFrame
    curves: pd.DataFrame


def of_cameras(effort: pd.DataFrame, counts: pd.DataFrame, taxa: pd.DataFrame) -> Measured:
    """The figures of camera traps; takes what the queries `camera_effort`, `camera_counts` and `camera_taxa` give."""
    nights = effort.groupby("site_id")["trap_nights"].sum()
    counted = counts.set_index("site_id").reindex(nights.index)
    counted = counted[["detections", "machine_only", "active_days"]].fillna(0).astype("int64")
    rows = []
    for site_id, row in counted.iterrows():
        worked = float(nights[site_id])
        rows += [
            _row("rate", site_id, rates.detection_rate(int(row["detections"]), worked, int(row["machine_only"]))),
            _row("active", site_id, comparison.active_days_of(int(row["active_days"]), worked)),
            _row("machine", site_id, comparison.machine_only_share(int(row["machine_only"]), int(row["detections"]))),
        ]
    return Measured(_frame(rows), _curves(effort, taxa))


def of_newest(newest: pd.DataFrame, today: date) -> pd.DataFrame:
    """How new the newest record is; takes what the query `newest_days` gives."""
    days = zip(newest["site_id"], newest["newest_on"].dt.date, strict=True)
    return _frame(_row("newest", site_id, comparison.days_since_newest(day, today)) for site_id, day in days)


def of_warnings(alerts: pd.DataFrame, until: datetime) -> pd.DataFrame:
    """Response time and false alarms; takes some of what the query `network_alerts` gives."""

    def rows() -> Iterator[tuple]:
        for site_id, own in alerts.groupby("site_id"):
            yield _row("response", site_id, early_warning.response_time(own, until))
            yield _row("false_alarms", site_id, early_warning.false_alarms(own))

    return _frame(rows())


def of_reefs(surveys: pd.DataFrame, planted: pd.DataFrame) -> pd.DataFrame:
    """Coral cover and survival; takes what the queries `reef_cover_rows` and `outplant_rows` give."""
    site_of = surveys.drop_duplicates("station").set_index("station")["site_id"]
    means = reefs.survey_means(surveys)
    of_site = means.groupby(means["station"].map(site_of))
    rows = [_row("coral", site_id, reefs_now.hard_coral_now(own)) for site_id, own in of_site]
    rows += [
        _row("survival", site_id, outplants.survival_at(own, FOLLOWED_MONTHS))
        for site_id, own in planted.groupby("site_id")
    ]
    return _frame(rows)


def of_criteria(sites: pd.DataFrame) -> pd.DataFrame:
    """Criteria met as one role rates them; takes `Network.sites` of the page Readiness.

    What is not known may be met too, so the figure lies between the criteria met and these with the unknown ones.
    """
    told = sites[sites["met"].fillna(0) + sites["not_met"].fillna(0) > 0]
    ready = [
        (row.site_id, readiness.Readiness(int(row.met), int(row.not_met), int(row.unknown), None, None))
        for row in told.itertuples()
    ]
    frame = _frame(_row("criteria", site_id, one.as_result()) for site_id, one in ready)
    return frame.assign(high=frame["value"] + [one.unknown for _, one in ready])


def of_phases(assessments: pd.DataFrame, sites: pd.DataFrame, today: date) -> pd.DataFrame:
    """Months in the present phase, from the phases that assessments were made in and the one published today."""
    stays = spells(assessments, sites, today)
    in_process = sites.loc[sites["phase"].isin(IN_PROCESS), "site_id"]
    found = comparison.months_in_present_phase(stays[stays["site_id"].isin(in_process)], today)
    results = [Result(float(months), "months", 1, "site") for months in found["months"]]
    return _frame(_row("months", *pair) for pair in zip(found["site_id"], results, strict=True))


def of_work(by_site: pd.DataFrame) -> pd.DataFrame:
    """Work done and late; takes `Plan.by_site` of the page Work plan."""

    def rows() -> Iterator[tuple]:
        for row in by_site.itertuples():
            yield _row("done", row.site_id, comparison.work_done(int(row.done), int(row.items)))
            yield _row("late", row.site_id, comparison.work_late(int(row.late), int(row.done)))

    return _frame(rows())


def taxa_rows(curves: pd.DataFrame, site_ids: list[str]) -> tuple[int, pd.DataFrame]:
    """The taxa of these sites at the number of stations that all of them had, and that number.

    Sites with fewer than 5 stations do not count for it, since it would say little of the others; 0 without any.
    """
    own = curves[curves["site_id"].isin(site_ids)]
    worked = own.groupby("site_id")["units"].max()
    stations = worked[worked >= comparison.FEWEST_STATIONS].min()
    stations = 0 if pd.isna(stations) else int(stations)
    asked = max(stations, comparison.FEWEST_STATIONS)
    found = ((site_id, comparison.taxa_at(curve, asked)) for site_id, curve in own.groupby("site_id"))
    return stations, _frame(_row("taxa", *pair) for pair in found)


def _curves(effort: pd.DataFrame, taxa: pd.DataFrame) -> pd.DataFrame:
    by_site = dict(list(taxa.groupby("site_id")))
    parts = [
        community.accumulation(by_site.get(site_id, taxa.head(0)), own[COMPARED_DEPLOYMENTS]).assign(site_id=site_id)
        for site_id, own in effort.groupby("site_id")
    ]
    return pd.concat(parts, ignore_index=True)[CURVES] if parts else pd.DataFrame(columns=CURVES)


def _row(figure: str, site_id: str, result: Result) -> tuple:
    low, high = result.interval or (None, None)
    if FIGURES[figure].is_counted:
        low = high = result.value
    return figure, site_id, result.value, low, high, result.n, result.of, result.missing


def _frame(rows) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=ROWS)
    return frame.astype(dict.fromkeys(VALUES, "float64") | {"n": "Int64"})
