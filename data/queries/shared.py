"""What several questions have in common: which sources count, and which rows a viewer may see."""

import functools
from collections.abc import Mapping
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from data.access import Sharing, Viewer, newest_released_month, sees_species, shared
from data.engine import View
from data.journal import CONFIGURED_SITES


@functools.lru_cache(maxsize=2)
def sharing(view: View) -> dict[str, Sharing]:
    """What the owner of each configured source lets others see; asked once per view, for every question needs it."""
    rows = view.run(view.table("sources").select("source", "sharing", "embargo_days"))
    return {row.source: Sharing(row.sharing, timedelta(days=int(row.embargo_days))) for row in rows.itertuples()}


def registry_rows(view: View, table: str) -> ir.Table:
    """Rows of a table that describes sites, from the sources that are configured now; these are public."""
    t = view.table(table)
    return t.filter(t.source.isin([*sharing(view), CONFIGURED_SITES]))


def seen(view: View, viewer: Viewer, table: str, today: date, summary: bool = False) -> ir.Table:
    """Rows of a rollup by `day` or `month` that the owners of their sources let this viewer see."""
    t = view.table(table)
    return t.filter(shared(viewer, t, sharing(view), today, summary))


def seen_on(view: View, viewer: Viewer, table: str, column: str, today: date, summary: bool = False) -> ir.Table:
    """Rows of a table whose day stands in `column` and has come, as this viewer may see them; with that `day`.

    With `summary` those too of which the viewer may know totals only.
    """
    t = view.table(table)
    return seen_by(viewer, t.mutate(day=t[column]), sharing(view), today, summary)


def seen_by(viewer: Viewer, t: ir.Table, rules: Mapping[str, Sharing], today: date, summary: bool = False) -> ir.Table:
    """The rows whose `day` has come, or is not known, and that their owners let this viewer see."""
    t = t.filter(t.day.isnull() | (t.day <= ibis.literal(today)))
    return t.filter(shared(viewer, t, rules, today, summary))


def visible_days(view: View, viewer: Viewer, today: date) -> ir.Table:
    """Detections per source, site and day as this viewer may count them: without sensitive species for the public."""
    t = seen(view, viewer, "site_days", today)
    all_species = sees_species(viewer, t)

    def chosen(name: str) -> ir.Value:
        return ibis.ifelse(all_species, t[name], t[f"open_{name}"])

    days = t.select(
        "source",
        "site_id",
        "day",
        detections=chosen("detections"),
        individuals=chosen("individuals"),
        machine_only=chosen("machine_only"),
    )
    return days.filter(days.detections > 0)


def visible_species_months(view: View, viewer: Viewer, today: date, summary: bool = False) -> ir.Table:
    """Detections per site, month and taxon: of sensitive taxa the public sees only months released by now."""
    t = seen(view, viewer, "species_months", today, summary)
    return t.filter(~t.is_sensitive | (t.month <= newest_released_month(today)) | sees_species(viewer, t))


def shared_deployments(view: View, viewer: Viewer, today: date, summary: bool = True) -> ir.Table:
    """Deployments whose effort this viewer may count; their positions are for `site_stations` alone to give out.

    With `summary` those count too whose owners share totals only.
    """
    t = view.table("deployments")
    t = t.mutate(day=t.started_at.date())
    return t.filter(shared(viewer, t, sharing(view), today, summary))


@functools.lru_cache(maxsize=2)
def store_secret(view: View) -> str:
    """What only those who can read the store know: with it, stand-ins for names and identifiers are made."""
    return str(view.run(view.table("runs").run_id.min()))
