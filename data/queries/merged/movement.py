"""Tables of the merged dataset about tagged animals: only for those who may see where they are."""

from collections.abc import Iterator
from datetime import date

import ibis
import ibis.expr.types as ir

from data.access import Viewer, sees_all, sees_species, shared
from data.engine import View
from data.queries.merged.masks import coarse, hidden, masked, replaced
from data.queries.merged.table import COMMON_NAME, MASKING, NO_NAMES, ON_GRID, SOURCE, Choice, Merged, fields
from data.queries.shared import sharing, table_for
from data.queries.site import PARTNER_RADIUS_M
from data.schema import NUMBER, Field

TAGGED = "Where tagged animals are is told to those who protect them; the page Movement shows what can be told to all."
ANIMAL = ("scientific_name", "sex", "is_active")
TAG = ("collar_id", "individual_id", "site_id", "kind", "model", "fitted_at", "removed_at", "fix_interval_h")
FIXED = ("individual_id", "site_id", "collar_id", "fixed_at", "latitude", "longitude")


def _counted(view: View, viewer: Viewer, today: date) -> ir.Table:
    """The animals whose positions this viewer may see; one with an embargo on all of them is not told."""
    t = table_for(view, viewer, "fix_days")
    t = t.filter(shared(viewer, t, sharing(view), today, summary=False) & sees_species(viewer, t))
    return t.select("source", "individual_id").distinct()


def _individuals(view: View, viewer: Viewer, choice: Choice, today: date) -> Iterator[ir.Table]:
    t = table_for(view, viewer, "individuals").semi_join(_counted(view, viewer, today), ["source", "individual_id"])
    yield t.mutate(
        **replaced(view, viewer, t, "individual_id"),
        **hidden(viewer, t, "individual_name"),
        **masked(viewer, t, NO_NAMES),
    )


def _collars(view: View, viewer: Viewer, choice: Choice, today: date) -> Iterator[ir.Table]:
    t = table_for(view, viewer, "collars").semi_join(_counted(view, viewer, today), ["source", "individual_id"])
    yield t.mutate(
        **replaced(view, viewer, t, "individual_id", "collar_id"),
        **hidden(viewer, t, "model"),
        **masked(viewer, t, NO_NAMES),
    )


def _fixes(view: View, viewer: Viewer, choice: Choice, today: date) -> Iterator[ir.Table]:
    t = table_for(view, viewer, "fixes")
    t = t.filter(~t.is_outlier).mutate(day=t.fixed_at.date())
    t = t.filter(shared(viewer, t, sharing(view), today, summary=False) & sees_species(viewer, t))
    yield t.mutate(
        **coarse(viewer, t),
        coordinate_uncertainty_m=sees_all(viewer, t).ifelse(ibis.null("float64"), float(PARTNER_RADIUS_M)),
        **replaced(view, viewer, t, "individual_id", "collar_id"),
        **masked(viewer, t, ON_GRID),
    )


TABLES = (
    Merged(
        "individuals",
        "Tagged animals",
        "A tagged animal with at least one position",
        (SOURCE, *fields("individuals", "individual_id", "site_id", "individual_name", *ANIMAL), COMMON_NAME, MASKING),
        ("source", "individual_id"),
        _individuals,
        taxon="scientific_name",
        withheld=TAGGED,
    ),
    Merged(
        "collars",
        "Collars",
        "A tag, for as long as one animal carries it",
        (SOURCE, *fields("collars", *TAG), MASKING),
        ("source", "collar_id", "individual_id"),
        _collars,
        withheld=TAGGED,
    ),
    Merged(
        "fixes",
        "Positions of tagged animals",
        "One position of one tagged animal, without those that the source marked as wrong",
        (
            SOURCE,
            *fields("fixes", *FIXED),
            Field("coordinate_uncertainty_m", NUMBER, "Radius that holds the position where it was made coarser", "m"),
            *fields("fixes", "speed_mps", "energy_j"),
            MASKING,
        ),
        ("source", "individual_id", "fixed_at"),
        _fixes,
        order=("site_id", "source", "individual_id", "fixed_at"),
        day="fixed_at",
        geometry="point",
        withheld=TAGGED,
        is_by_month=True,
    ),
)
