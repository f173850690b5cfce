"""Questions about early warnings and conflicts at one site."""

from datetime import date

import ibis
import ibis.expr.types as ir
import pandas as pd

from data import reference
from data.access import FEWEST_SHOWN, Viewer, is_released, seen_position, shared
from data.engine import View
from data.queries.shared import sharing, table_for

STEPS = ("detected_at", "sent_at", "acknowledged_at", "arrived_at", "animal_arrived_at", "closed_at")
TOLD = ("alert", "kind", "animal_name", *STEPS, "priority", "outcome", "place_name", "latitude", "longitude")


def site_alerts(view: View, viewer: Viewer, site_id: str, first: date, last: date, today: date) -> pd.DataFrame:
    """Warnings whose detection lies between two days, newest first; a step that did not happen is empty.

    The public (`is_by_month`) gets released months only, of each kind those with at least 5 warnings, without place or
    animal, and with all times of a warning moved so that it was detected at the first moment of its month: how long
    the steps took stays true. What they turned out to be is not told.
    """
    t = _alerts_of(view, viewer, site_id, today)
    t = t.filter(t.day >= first, t.day <= last)
    is_by_month = not viewer.sees_species_of(site_id)
    if is_by_month:
        t = _by_month(view, t, first, last, today)
    animals = table_for(view, viewer, "individuals").select("source", "individual_id", "individual_name")
    t = t.left_join(animals, ["source", "individual_id"])
    t = t.mutate(
        alert=ibis.row_number().over(ibis.window(order_by=[t.detected_at, t.source, t.alert_id])).cast("string"),
        animal_name=ibis.coalesce(t.individual_name, t.individual_id),
    )
    frame = view.run(t.select(*TOLD).order_by(ibis.desc("detected_at")))
    if not viewer.sees_all_of(site_id):
        frame["animal_name"] = None
    if is_by_month:
        frame["place_name"] = None
    for axis in ("latitude", "longitude"):
        frame[axis] = seen_position(viewer, site_id, frame[axis])
    return frame.assign(is_by_month=is_by_month)


def site_incidents(view: View, viewer: Viewer, site_id: str, first: date, last: date, today: date) -> pd.DataFrame:
    """Conflicts between two days, newest first: happened_on, kind, taxon, village, loss, loss_unit, common_name.

    The public gets whole released quarters only, of each kind those with at least 5 conflicts, without taxon,
    village and loss, dated to the first day of the quarter: of a taxon there may be fewer.
    """
    t = table_for(view, viewer, "incidents")
    t = t.filter(t.site_id == site_id)
    t = t.mutate(day=t.happened_at.date())
    t = t.filter(shared(viewer, t, sharing(view), today, summary=True), t.day >= first, t.day <= last)
    t = t.mutate(happened_on=t.day)
    if not viewer.sees_species_of(site_id):
        quarter = t.day.truncate("Q").cast("date")
        ends = quarter + ibis.interval(months=3)
        is_whole = (quarter >= first) & (ends - ibis.interval(days=1) <= ibis.literal(last))
        t = t.mutate(happened_on=quarter, month=(ends - ibis.interval(days=1)).strftime("%Y-%m"))
        t = t.filter(is_whole, is_released(t, sharing(view), today))
        few = ibis.window(group_by=[t.happened_on, t.kind])
        t = t.mutate(in_cell=t.count().over(few))
        t = t.filter(t.in_cell >= FEWEST_SHOWN)
        nothing = ibis.null("string")
        t = t.mutate(scientific_name=nothing, village=nothing, loss=ibis.null("float64"), loss_unit=nothing)
    columns = ("happened_on", "kind", "scientific_name", "village", "loss", "loss_unit")
    frame = view.run(t.select(*columns).order_by(ibis.desc("happened_on"), "kind"))
    frame["happened_on"] = pd.to_datetime(frame["happened_on"]).dt.date
    return frame.merge(reference.taxa()[["scientific_name", "common_name"]], on="scientific_name", how="left")


def warning_since(view: View, viewer: Viewer, site_id: str, today: date) -> date | None:
    """The day of the first warning of a site; for the public the first day of its month, once that is released."""
    t = _alerts_of(view, viewer, site_id, today)
    if not viewer.sees_species_of(site_id):
        t = t.filter(is_released(t, sharing(view), today))
    first = pd.Timestamp(view.run(t.day.min()))
    if pd.isna(first):
        return None
    return first.date() if viewer.sees_species_of(site_id) else first.date().replace(day=1)


def _alerts_of(view: View, viewer: Viewer, site_id: str, today: date) -> ir.Table:
    t = table_for(view, viewer, "alerts")
    t = t.filter(t.site_id == site_id)
    t = t.mutate(day=t.detected_at.date())
    return t.filter(shared(viewer, t, sharing(view), today, summary=True))


def _by_month(view: View, t: ir.Table, first: date, last: date, today: date) -> ir.Table:
    month = t.detected_at.truncate("M")
    start = month.cast("date")
    is_whole = (start >= first) & (start + ibis.interval(months=1) <= ibis.literal(last) + ibis.interval(days=1))
    t = t.filter(is_whole, is_released(t, sharing(view), today))
    t = t.mutate(in_cell=t.count().over(ibis.window(group_by=[t.month, t.kind])))
    t = t.filter(t.in_cell >= FEWEST_SHOWN)
    month = t.detected_at.truncate("M")
    # Of a month a few would turn out one way, and without such months a share of all would be wrong.
    t = t.mutate(outcome=ibis.null("string"))
    return t.mutate(**{step: (month + (t[step] - t.detected_at)).cast(t[step].type()) for step in STEPS})
