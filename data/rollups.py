"""The small tables that pages read, each an Ibis expression over one raw table.

A rollup by month is recomputed only for the months that a pull touched. `open_` columns count species that
anyone may see in detail; the rest is sensitive, and unknown names are sensitive (data/reference/README.md).
"""

from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from data import access
from data.access import NO_MASKS, Masks
from data.schema import DAY, FLAG, MOMENT, NUMBER, TEXT

COUNT = pa.int64()


@dataclass(frozen=True)
class Rollup:
    """One small table: what it is made from, and how."""

    name: str
    meaning: str
    made_from: str
    by_month: bool
    schema: pa.Schema
    build: Callable[..., ir.Table]

    def rows(self, made_from: ir.Table, *masks: Masks) -> ir.Table:
        """Its rows, of the declared shape; those made from detections take what sites mask."""
        return self.build(made_from, *masks).select(*self.schema.names).cast(ibis.Schema.from_pyarrow(self.schema))


def with_sensitivity(detections: ir.Table, masks: Masks = NO_MASKS) -> ir.Table:
    """The detections with `is_sensitive`, and their counts without gaps: `individuals` and `is_machine`."""
    # Judged once for each different label: to look every row up in the list of open names takes most of the time.
    labels = detections.select("site_id", "scientific_name", "candidate_names").distinct()
    labels = labels.select(
        labelled_at=labels.site_id,
        label=labels.scientific_name,
        candidates=labels.candidate_names,
        is_sensitive=access.is_sensitive(labels, masks),
    )
    is_same = [
        detections.site_id == labels.labelled_at,
        detections.scientific_name.identical_to(labels.label),
        detections.candidate_names.identical_to(labels.candidates),
    ]
    t = detections.inner_join(labels, is_same)
    return t.mutate(
        individuals=t.individual_count.fill_null(1),
        is_machine=(t.classification_method == "machine").fill_null(False),
    )


def camera_place(deployments: ir.Table) -> ir.StringValue:
    """What the deployments of one camera place share: the place's identifier, or its position to 4 decimals (11 m)."""
    axes = (deployments[axis].round(4).cast("string") for axis in ("latitude", "longitude"))
    return ibis.coalesce(deployments.location_id, ibis.literal(" ").join(axes))


def at_place(deployments: ir.Table) -> dict[str, ir.FloatingValue]:
    """The one position of each camera place, that of its first deployment.

    Readings of one place differ by metres, and in two cells of a grid they would tell that it lies on the border.
    """
    t = deployments
    window = ibis.window(group_by=[t.source, t.site_id, camera_place(t)], order_by=[t.started_at, t.deployment_id])
    return {axis: t[axis].first().over(window) for axis in ("latitude", "longitude")}


def _counts(t: ir.Table) -> dict[str, ir.Scalar]:
    return {
        "detections": t.count(),
        "individuals": t.individuals.sum().cast("int64"),
        "machine_only": t.is_machine.sum().cast("int64"),
    }


def _site_days(detections: ir.Table, masks: Masks = NO_MASKS) -> ir.Table:
    t = with_sensitivity(detections, masks)
    t = t.mutate(day=t.started_at.date())
    is_open = ~t.is_sensitive
    return t.group_by("source", "site_id", "day", "month").aggregate(
        **_counts(t),
        open_detections=is_open.sum().cast("int64"),
        open_individuals=t.individuals.sum(where=is_open).fill_null(0).cast("int64"),
        open_machine_only=t.is_machine.sum(where=is_open).fill_null(0).cast("int64"),
        newest_at=t.started_at.max(),
    )


def _species_months(detections: ir.Table, masks: Masks = NO_MASKS) -> ir.Table:
    t = with_sensitivity(detections, masks)
    return t.group_by("source", "site_id", "month", "scientific_name", "is_sensitive").aggregate(
        **_counts(t), newest_at=t.started_at.max()
    )


def _species_hours(detections: ir.Table, masks: Masks = NO_MASKS) -> ir.Table:
    t = with_sensitivity(detections.filter(detections.utc_offset_min.notnull()), masks)
    local = t.started_at + t.utc_offset_min.as_interval("m")
    t = t.mutate(hour=local.hour().cast("int32"))
    return t.group_by("source", "site_id", "month", "scientific_name", "is_sensitive", "hour").aggregate(
        detections=t.count()
    )


def _deployment_months(detections: ir.Table, masks: Masks = NO_MASKS) -> ir.Table:
    t = with_sensitivity(detections, masks)
    return t.group_by("source", "site_id", "deployment_id", "month").aggregate(
        detections=t.count(), sensitive_detections=t.is_sensitive.sum().cast("int64")
    )


def _observation_months(counts: ir.Table) -> ir.Table:
    return counts.group_by("source", "site_id", "month", "observation_type").aggregate(
        row_count=counts.row_count.sum().cast("int64")
    )


def _effort_months(deployments: ir.Table) -> ir.Table:
    first = deployments.started_at.truncate("M").cast("date")
    last_moment = ibis.greatest(deployments.started_at, deployments.ended_at - ibis.interval(microseconds=1))
    last = last_moment.truncate("M").cast("date")
    t = deployments.mutate(
        month_start=ibis.range(
            first.cast("timestamp"), last.cast("timestamp") + ibis.interval(days=1), ibis.interval(months=1)
        ).unnest()
    )
    month_start = t.month_start.cast(t.started_at.type())
    begins = ibis.greatest(t.started_at, month_start)
    ends = ibis.least(t.ended_at, (t.month_start + ibis.interval(months=1)).cast(t.started_at.type()))
    nights = (ends.epoch_seconds() - begins.epoch_seconds()) / 86400.0
    t = t.mutate(month=t.month_start.strftime("%Y-%m"), nights=nights, place=camera_place(t))
    return t.group_by("source", "site_id", "month").aggregate(
        trap_nights=t.nights.sum(), stations=t.place.nunique(), deployments=t.count()
    )


def _fix_days(fixes: ir.Table) -> ir.Table:
    t = fixes.filter(~fixes.is_outlier)
    t = t.mutate(day=t.fixed_at.date())
    return t.group_by("source", "site_id", "individual_id", "day", "month").aggregate(
        fixes=t.count(), newest_at=t.fixed_at.max()
    )


def _schema(*fields: tuple[str, pa.DataType]) -> pa.Schema:
    return pa.schema(fields)


SITE = (("source", TEXT), ("site_id", TEXT))
COUNTS = (("detections", COUNT), ("individuals", COUNT), ("machine_only", COUNT))
SPECIES = (("scientific_name", TEXT), ("is_sensitive", FLAG))

ROLLUPS: dict[str, Rollup] = {
    rollup.name: rollup
    for rollup in (
        Rollup(
            "site_days",
            "Detections per site and day",
            "detections",
            True,
            _schema(
                *SITE,
                ("day", DAY),
                ("month", TEXT),
                *COUNTS,
                ("open_detections", COUNT),
                ("open_individuals", COUNT),
                ("open_machine_only", COUNT),
                ("newest_at", MOMENT),
            ),
            _site_days,
        ),
        Rollup(
            "species_months",
            "Detections per site, month and taxon",
            "detections",
            True,
            _schema(*SITE, ("month", TEXT), *SPECIES, *COUNTS, ("newest_at", MOMENT)),
            _species_months,
        ),
        Rollup(
            "species_hours",
            "Detections per site, month, taxon and local hour",
            "detections",
            True,
            _schema(*SITE, ("month", TEXT), *SPECIES, ("hour", pa.int32()), ("detections", COUNT)),
            _species_hours,
        ),
        Rollup(
            "deployment_months",
            "Detections per deployment and month",
            "detections",
            True,
            _schema(
                *SITE, ("deployment_id", TEXT), ("month", TEXT), ("detections", COUNT), ("sensitive_detections", COUNT)
            ),
            _deployment_months,
        ),
        Rollup(
            "observation_months",
            "Rows that are not detections, per site and month",
            "observation_counts",
            True,
            _schema(*SITE, ("month", TEXT), ("observation_type", TEXT), ("row_count", COUNT)),
            _observation_months,
        ),
        Rollup(
            "effort_months",
            "Trap nights, stations and deployments per site and month",
            "deployments",
            False,
            _schema(*SITE, ("month", TEXT), ("trap_nights", NUMBER), ("stations", COUNT), ("deployments", COUNT)),
            _effort_months,
        ),
        Rollup(
            "fix_days",
            "Positions per tagged animal and day",
            "fixes",
            True,
            _schema(
                *SITE, ("individual_id", TEXT), ("day", DAY), ("month", TEXT), ("fixes", COUNT), ("newest_at", MOMENT)
            ),
            _fix_days,
        ),
    )
}
