"""Tables of the merged dataset about early warnings and conflicts: cells for everybody, single ones for partners."""

from collections.abc import Iterator
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from data.access import FEWEST_SHOWN, Viewer, is_released, sees_species, shared
from data.engine import View
from data.queries.merged.masks import coarse, masked, replaced
from data.queries.merged.table import COMMON_NAME, MASKING, MONTH, NO_NAMES, ON_GRID, SOURCE, Choice, Merged, fields
from data.queries.shared import sharing, table_for
from data.schema import DAY, Field

COUNT = pa.int64()
BY_MONTH = (
    f"whole months that ended at least 30 days ago, with at least {FEWEST_SHOWN} warnings of a kind; "
    "what they turned out to be where no part is fewer"
)
BY_QUARTER = f"whole quarters that ended at least 30 days ago, with at least {FEWEST_SHOWN} conflicts of a kind"
SINGLE_WARNINGS = "Single warnings tell where animals and people are; take alerts_by_month."
SINGLE_CONFLICTS = "Single conflicts tell where animals and people are; take incidents_by_quarter."
WARNED = (
    "alert_id", "site_id", "kind", "individual_id", "detected_at", "sent_at", "acknowledged_at", "arrived_at",
    "animal_arrived_at", "closed_at", "priority", "outcome", "latitude", "longitude", "place_name",
)  # fmt: skip
HARMED = ("incident_id", "site_id", "happened_at", "kind", "scientific_name", "village", "loss", "loss_unit")


def _counted(view: View, viewer: Viewer, table: str, moment: str, today: date) -> ir.Table:
    t = table_for(view, viewer, table)
    t = t.mutate(day=t[moment].date())
    t = t.filter(shared(viewer, t, sharing(view), today, summary=True))
    return t.mutate(is_all_seen=sees_species(viewer, t))


def _alerts_by_month(view: View, viewer: Viewer, choice: Choice, today: date) -> Iterator[ir.Table]:
    t = _counted(view, viewer, "alerts", "detected_at", today)
    t = t.filter(t.is_all_seen | is_released(t, sharing(view), today))
    t = t.group_by("site_id", "month", "kind").aggregate(
        source=_sources(t),
        alerts=t.count(),
        confirmed=(t.outcome == "confirmed").sum().fill_null(0).cast("int64"),
        false_alarms=(t.outcome == "false").sum().fill_null(0).cast("int64"),
        is_all_seen=t.is_all_seen.all(),
    )
    t = t.filter(t.is_all_seen | (t.alerts >= FEWEST_SHOWN))
    # What the warnings turned out to be splits a cell into parts, and each part is a count of its own.
    parts = (t.confirmed, t.false_alarms, t.alerts - t.confirmed - t.false_alarms)
    is_split = t.is_all_seen | ibis.and_(*((part == 0) | (part >= FEWEST_SHOWN) for part in parts))
    split = {name: ibis.ifelse(is_split, t[name], ibis.null("int64")) for name in ("confirmed", "false_alarms")}
    yield t.mutate(**split, masking=t.is_all_seen.ifelse("", BY_MONTH))


def _incidents_by_quarter(view: View, viewer: Viewer, choice: Choice, today: date) -> Iterator[ir.Table]:
    t = _counted(view, viewer, "incidents", "happened_at", today)
    quarter = t.day.truncate("Q").cast("date")
    ends = quarter + ibis.interval(months=3) - ibis.interval(days=1)
    t = t.mutate(quarter=quarter, month=ends.strftime("%Y-%m"))
    t = t.filter(t.is_all_seen | is_released(t, sharing(view), today))
    t = t.group_by("site_id", "quarter", "kind").aggregate(
        source=_sources(t), incidents=t.count(), is_all_seen=t.is_all_seen.all()
    )
    t = t.filter(t.is_all_seen | (t.incidents >= FEWEST_SHOWN))
    yield t.mutate(masking=t.is_all_seen.ifelse("", BY_QUARTER))


def _sources(t: ir.Table) -> ir.StringScalar:
    return ibis.literal(";").join(t.source.collect(distinct=True, order_by=t.source))


def _alerts(view: View, viewer: Viewer, choice: Choice, today: date) -> Iterator[ir.Table]:
    t = _counted(view, viewer, "alerts", "detected_at", today)
    t = t.filter(t.is_all_seen)
    yield t.mutate(
        **coarse(viewer, t),
        **replaced(view, viewer, t, "alert_id", "individual_id"),
        **masked(viewer, t, ON_GRID),
    )


def _incidents(view: View, viewer: Viewer, choice: Choice, today: date) -> Iterator[ir.Table]:
    t = _counted(view, viewer, "incidents", "happened_at", today)
    t = t.filter(t.is_all_seen)
    yield t.mutate(**replaced(view, viewer, t, "incident_id"), **masked(viewer, t, NO_NAMES))


TABLES = (
    Merged(
        "alerts_by_month",
        "Early warnings by month",
        "Early warnings of one kind at one site in one month",
        (
            SOURCE,
            *fields("alerts", "site_id"),
            MONTH,
            *fields("alerts", "kind"),
            Field("alerts", COUNT, "Warnings", "warnings"),
            Field("confirmed", COUNT, "Of these, confirmed", "warnings"),
            Field("false_alarms", COUNT, "Of these, false alarms", "warnings"),
            MASKING,
        ),
        ("site_id", "month", "kind"),
        _alerts_by_month,
        day="month",
    ),
    Merged(
        "alerts",
        "Early warnings",
        "One early warning with the moments of its steps",
        (SOURCE, *fields("alerts", *WARNED), MASKING),
        ("source", "alert_id"),
        _alerts,
        order=("site_id", "detected_at"),
        day="detected_at",
        geometry="point",
        withheld=SINGLE_WARNINGS,
    ),
    Merged(
        "incidents_by_quarter",
        "Conflicts by quarter",
        "Conflicts between people and wildlife of one kind at one site in one quarter",
        (
            SOURCE,
            *fields("incidents", "site_id"),
            Field("quarter", DAY, "First day of the quarter"),
            *fields("incidents", "kind"),
            Field("incidents", COUNT, "Conflicts", "conflicts"),
            MASKING,
        ),
        ("site_id", "quarter", "kind"),
        _incidents_by_quarter,
        day="quarter",
    ),
    Merged(
        "incidents",
        "Conflicts",
        "One conflict between people and wildlife",
        (SOURCE, *fields("incidents", *HARMED), COMMON_NAME, MASKING),
        ("source", "incident_id"),
        _incidents,
        order=("site_id", "happened_at"),
        day="happened_at",
        taxon="scientific_name",
        withheld=SINGLE_CONFLICTS,
    ),
)
