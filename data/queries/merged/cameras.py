"""Tables of the merged dataset about camera traps: totals for everybody, single rows for those who may see them."""

from collections.abc import Iterator
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from data.access import FEWEST_SHOWN, Viewer, sees_all, sees_species, shared
from data.engine import View
from data.queries.merged.masks import coarse, hidden, masked, replaced
from data.queries.merged.table import (
    COMMON_NAME,
    EXACT,
    MASKING,
    MONTH,
    NO_NAMES,
    ON_GRID,
    SOURCE,
    Choice,
    Merged,
    fields,
)
from data.queries.shared import seen, sharing, table_for, visible_species_months
from data.queries.site import PARTNER_RADIUS_M, UNTOLD_RADIUS_M
from data.rollups import at_place
from data.schema import NUMBER, TEXT, Field

COUNT = pa.int64()
WHOLE_MONTHS = f"whole months that ended at least 30 days ago, with at least {FEWEST_SHOWN} detections"
SINGLE_ROWS = "Single detections and their cameras tell where animals are; take detections_by_month."
DEPLOYED = (
    "location_id", "location_name", "latitude", "longitude", "coordinate_uncertainty_m", "started_at", "ended_at",
    "utc_offset_min", "trap_nights", "camera_model", "camera_functioning", "has_timestamp_issues", "is_baited",
    "feature_type", "habitat",
)  # fmt: skip
WORDS_OF_OWNERS = ("location_name", "camera_model", "camera_functioning")
DETECTED = (
    "event_id", "level", "started_at", "ended_at", "utc_offset_min", "scientific_name", "individual_count",
    "life_stage", "sex", "behavior", "individual_id", "classification_method", "classification_probability",
    "is_outside_deployment",
)  # fmt: skip


def _detections_by_month(view: View, viewer: Viewer, choice: Choice, today: date) -> Iterator[ir.Table]:
    t = visible_species_months(view, viewer, today)
    is_masked = t.is_sensitive & ~sees_species(viewer, t)
    t = t.mutate(is_masked=is_masked).filter(~is_masked | (t.detections >= FEWEST_SHOWN))
    # What other labels were proposed for an animal decides whether it is sensitive, so a taxon may have two rows.
    t = t.group_by("source", "site_id", "month", "scientific_name").aggregate(
        detections=t.detections.sum().cast("int64"),
        individuals=t.individuals.sum().cast("int64"),
        labelled=t.machine_only.sum().cast("int64"),
        is_masked=t.is_masked.any(),
    )
    yield t.mutate(
        machine_only=t.is_masked.ifelse(ibis.null("int64"), t.labelled),
        masking=t.is_masked.ifelse(WHOLE_MONTHS, ""),
    )


def _effort_by_month(view: View, viewer: Viewer, choice: Choice, today: date) -> Iterator[ir.Table]:
    t = seen(view, viewer, "effort_months", today, summary=True)
    yield t.mutate(masking=EXACT)


def _observations_by_month(view: View, viewer: Viewer, choice: Choice, today: date) -> Iterator[ir.Table]:
    t = seen(view, viewer, "observation_months", today, summary=True)
    yield t.mutate(masking=EXACT)


def _deployments(view: View, viewer: Viewer, choice: Choice, today: date) -> Iterator[ir.Table]:
    t = view.table("deployments")
    t = t.mutate(day=t.started_at.date())
    t = t.filter(shared(viewer, t, sharing(view), today, summary=False) & sees_species(viewer, t))
    t = t.mutate({axis: sees_all(viewer, t).ifelse(t[axis], at) for axis, at in at_place(t).items()})
    radius = t.coordinate_uncertainty_m.fill_null(UNTOLD_RADIUS_M) + PARTNER_RADIUS_M
    yield t.mutate(
        **coarse(viewer, t),
        coordinate_uncertainty_m=sees_all(viewer, t).ifelse(t.coordinate_uncertainty_m, radius),
        **replaced(view, viewer, t, "deployment_id", "location_id"),
        **hidden(viewer, t, *WORDS_OF_OWNERS),
        **masked(viewer, t, ON_GRID),
    )


def _detections(view: View, viewer: Viewer, choice: Choice, today: date) -> Iterator[ir.Table]:
    t = table_for(view, viewer, "detections")
    t = t.mutate(day=t.started_at.date())
    t = t.filter(shared(viewer, t, sharing(view), today, summary=False) & sees_species(viewer, t))
    yield t.mutate(
        **replaced(view, viewer, t, "detection_id", "deployment_id", "event_id"),
        **hidden(viewer, t, "individual_id"),
        **masked(viewer, t, NO_NAMES),
    )


TABLES = (
    Merged(
        "detections_by_month",
        "Detections by month",
        "Detections of one taxon at one site in one month",
        (
            SOURCE,
            *fields("detections", "site_id"),
            MONTH,
            *fields("detections", "scientific_name"),
            COMMON_NAME,
            Field("detections", COUNT, "Detections, as the page Wildlife counts them", "detections"),
            Field("individuals", COUNT, "Animals counted in them; at least one each", "individuals"),
            Field("machine_only", COUNT, "Of these, named by a machine only; empty where generalised", "detections"),
            MASKING,
        ),
        ("site_id", "month", "scientific_name", "source"),
        _detections_by_month,
        day="month",
        taxon="scientific_name",
    ),
    Merged(
        "effort_by_month",
        "Camera effort by month",
        "How long the cameras of one site worked in one month",
        (
            SOURCE,
            *fields("deployments", "site_id"),
            MONTH,
            Field("trap_nights", NUMBER, "Effort of all cameras", "nights of 24 h"),
            Field("stations", COUNT, "Camera places", "places"),
            Field("deployments", COUNT, "Deployments", "deployments"),
            MASKING,
        ),
        ("site_id", "month", "source"),
        _effort_by_month,
        day="month",
    ),
    Merged(
        "observations_by_month",
        "Other camera records by month",
        "What the cameras of one site recorded besides named animals, counted per month",
        (
            SOURCE,
            *fields("observation_counts", "site_id"),
            MONTH,
            Field("observation_type", TEXT, "What was seen: blank, human, vehicle, unknown or unclassified"),
            Field("row_count", COUNT, "Rows of this type", "rows"),
            MASKING,
        ),
        ("site_id", "month", "observation_type", "source"),
        _observations_by_month,
        day="month",
    ),
    Merged(
        "deployments",
        "Camera deployments",
        "One camera at one place for one stretch of time",
        (SOURCE, *fields("deployments", "deployment_id", "site_id", *DEPLOYED), MASKING),
        ("source", "deployment_id"),
        _deployments,
        order=("site_id", "started_at"),
        day="started_at",
        geometry="point",
        withheld=SINGLE_ROWS,
    ),
    Merged(
        "detections",
        "Detections",
        "One animal taxon in one event at one camera; how fine an event is, level says",
        (
            SOURCE,
            *fields("detections", "detection_id", "site_id", "deployment_id"),
            *fields("detections", *DETECTED[:6]),
            COMMON_NAME,
            *fields("detections", *DETECTED[6:]),
            MASKING,
        ),
        ("source", "detection_id"),
        _detections,
        order=("site_id", "started_at"),
        day="started_at",
        taxon="scientific_name",
        withheld=SINGLE_ROWS,
        is_by_month=True,
    ),
)
