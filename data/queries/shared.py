"""What several questions have in common: which sources count, and which rows a viewer may see."""

import functools
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from data.access import (
    PUBLIC,
    Mask,
    Masks,
    Sharing,
    Viewer,
    is_masked,
    newest_released_month,
    sees_species,
    shared,
    told,
)
from data.engine import View
from data.journal import CONFIGURED_SITES
from data.rollups import ROLLUPS

NAME_TAXA = ("detections", "incidents", "outplants")
FOLLOW_ANIMALS = ("individuals", "collars", "fixes", "fix_days", "alerts")
COUNT_DETECTIONS = tuple(rollup.name for rollup in ROLLUPS.values() if rollup.made_from == "detections")


@functools.lru_cache(maxsize=2)
def sharing(view: View) -> dict[str, Sharing]:
    """What the owner of each configured source lets others see; asked once per view, for every question needs it."""
    rules = view.rules
    rows = rules.run(rules.table("sources").select("source", "sharing", "embargo_days"))
    return {row.source: Sharing(row.sharing, timedelta(days=int(row.embargo_days))) for row in rows.itertuples()}


@functools.lru_cache(maxsize=2)
def masks(view: View) -> Masks:
    """What sites ask to protect more than others do, by the newest data version; asked once per view."""
    rules = view.rules
    t = rules.table("masks")
    rows = rules.run(t.filter(t.source == CONFIGURED_SITES).select("site_id", "scientific_name", "level"))
    found = Masks(tuple(Mask(*row) for row in sorted(rows.itertuples(index=False, name=None))))
    return Masks(found.taxa, tuple(sorted(_others(view, found))))


def _others(view: View, asked: Masks) -> set[tuple[str, str, str]]:
    """The tagged animals that are known to be none of those that a site hides, by the newest data version and this one.

    Their own rows may be counted to another site, or to none any more.
    """
    found = set()
    for site_id in {mask.site_id for mask in asked.hidden}:
        now, then = (_is_other(one, site_id, asked.hidden) for one in (view.rules, view))
        found |= {(site_id, *animal) for animal, is_other in now.items() if is_other and then.get(animal, True)}
    return found


def _is_other(view: View, site_id: str, hidden: Sequence[Mask]) -> dict[tuple[str, str], bool]:
    """Whether all that is known of each tagged animal says that it is none of those hidden at a site."""
    t = view.table("individuals").mutate(site_id=ibis.literal(site_id))
    is_named = t.scientific_name.fill_null("") != ""
    t = t.group_by("source", "individual_id").aggregate(is_other=(is_named & ~is_masked(t, hidden)).all())
    return {(row.source, row.individual_id): row.is_other for row in view.run(t).itertuples()}


def table_for(view: View, viewer: Viewer, name: str) -> ir.Table:
    """A table of the store without what sites hide from this viewer; questions read tables about animals by it alone.

    Rollups know no masks. Where some bind the viewer, the detections of those sites are counted anew.
    """
    asked = masks(view)
    if name in NAME_TAXA + FOLLOW_ANIMALS:
        return told(viewer, view.table(name), asked, name in FOLLOW_ANIMALS)
    t, sites_masked = view.table(name), asked.sites_for(viewer)
    if name not in COUNT_DETECTIONS or not sites_masked:
        return t
    anew = view.keep(f"{name}_of_masked_sites", lambda: _counted_anew(view, name, asked))
    return (
        t.filter(t.site_id.notin(sites_masked))
        .select(*anew.columns)
        .union(anew.filter(anew.site_id.isin(sites_masked)))
    )


def _counted_anew(view: View, name: str, asked: Masks) -> ir.Table:
    """A rollup of all sites with a mask, as those see it whom the masks bind."""
    raw = told(PUBLIC, view.table("detections"), asked)
    return ROLLUPS[name].rows(raw.filter(raw.site_id.isin(asked.sites_for(PUBLIC))), asked)


def registry_rows(view: View, table: str) -> ir.Table:
    """Rows of a table that describes sites, from the sources that are configured now; these are public."""
    t = view.table(table)
    return t.filter(t.source.isin([*sharing(view), CONFIGURED_SITES]))


def seen(view: View, viewer: Viewer, table: str, today: date, summary: bool = False) -> ir.Table:
    """Rows of a rollup by `day` or `month` that the owners of their sources let this viewer see."""
    t = table_for(view, viewer, table)
    return t.filter(shared(viewer, t, sharing(view), today, summary))


def seen_on(view: View, viewer: Viewer, table: str, column: str, today: date, summary: bool = False) -> ir.Table:
    """Rows of a table whose day stands in `column` and has come, as this viewer may see them; with that `day`.

    With `summary` those too of which the viewer may know totals only.
    """
    t = table_for(view, viewer, table)
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
