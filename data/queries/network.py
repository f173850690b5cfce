"""Questions about the whole network: all sites, and all days."""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import pandas as pd

from data import reference
from data.access import Viewer
from data.engine import View
from data.queries.shared import registry_rows, shared_deployments, sharing, visible_days

WINDOW = timedelta(days=30)
CELL_DEGREES = 2.0
FAILED = ("unavailable", "refused", "changed", "failed")


def sites(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """One row per site: where it is, its Green List status, and what its sensors reported lately.

    A count is empty, not zero, where no camera that this viewer may count is known to have worked then. A site
    that several sources describe takes the registry's row, its status from the published Green List table.
    """
    t = placed_sites(view).left_join(_best_listings(view), "site_id").drop("site_id_right")
    t = t.left_join(_recent(view, viewer, today), "site_id").drop("site_id_right")
    t = t.left_join(_sensors(view), "site_id").drop("site_id_right")
    t = t.left_join(_effort(view, viewer, today), "site_id").drop("site_id_right")
    t = t.left_join(_camera_sites(view), "site_id").drop("site_id_right")
    t = t.mutate(
        phase=t.phase.fill_null("not_started"),
        has_sensors=t.sources_total.fill_null(0) > 0,
        has_cameras=t.has_cameras.fill_null(False),
        detections_30d=t.worked_now.ifelse(t.detections_30d.fill_null(0), ibis.null("int64")),
        detections_prior_30d=t.worked_before.ifelse(t.detections_prior_30d.fill_null(0), ibis.null("int64")),
        sources_total=t.sources_total.fill_null(0),
        sources_failing=t.sources_failing.fill_null(0),
    )
    frame = view.run(t.drop("worked_now", "worked_before").order_by("site_name", "site_id"))
    return frame.astype({"detections_30d": "Int64", "detections_prior_30d": "Int64"})


def site_cells(view: View, viewer: Viewer, today: date) -> pd.DataFrame:
    """Sites by phase on a grid of `CELL_DEGREES`: latitude, longitude, phase, site_count. For very many sites."""
    t = placed_sites(view).left_join(_best_listings(view), "site_id")
    t = t.filter(t.latitude.notnull())
    t = t.mutate(
        latitude=(t.latitude / CELL_DEGREES).floor() * CELL_DEGREES + CELL_DEGREES / 2,
        longitude=(t.longitude / CELL_DEGREES).floor() * CELL_DEGREES + CELL_DEGREES / 2,
        phase=t.phase.fill_null("not_started"),
    )
    return view.run(t.group_by("latitude", "longitude", "phase").aggregate(site_count=t.count()))


def network_days(view: View, viewer: Viewer, today: date, days: int) -> pd.DataFrame:
    """Detections of the whole network per day: day, detections, individuals, machine_only, sites_reporting."""
    t = visible_days(view, viewer, today)
    t = t.filter(t.day > today - timedelta(days=days), t.day <= today)
    return view.run(
        t.group_by("day")
        .aggregate(
            detections=t.detections.sum(),
            individuals=t.individuals.sum(),
            machine_only=t.machine_only.sum(),
            sites_reporting=t.site_id.nunique(),
        )
        .order_by("day")
    )


def supporters(view: View) -> pd.DataFrame:
    """Which sites an organisation supports, as network.toml says: supporter, site_id; no secret."""
    t = registry_rows(view, "supporters")
    return view.run(t.select("supporter", "site_id").order_by("supporter", "site_id"))


def contacts(view: View) -> pd.DataFrame:
    """Where to ask about a site: site_id (empty for every site without a contact of its own), address; no secret."""
    t = registry_rows(view, "contacts")
    frame = view.run(t.select("site_id", "address").order_by("site_id"))
    return frame.assign(site_id=frame["site_id"].replace("*", ""))


def placed_sites(view: View) -> ir.Table:
    """Sites with country name, region and a point: their own, else their country's, else none."""
    t = registry_rows(view, "sites")
    rank = ibis.row_number().over(ibis.window(group_by=t.site_id, order_by=[t.boundary_kind == "restricted", t.source]))
    t = t.mutate(rank=rank)
    t = t.filter(t.rank == 0).drop("rank", "key_hash", "row_hash", "source")
    t = t.mutate(country_iso3=t.country_iso3.split(";")[0])
    countries = ibis.memtable(
        reference.countries().rename(
            columns={
                "iso3": "code",
                "name": "country",
                "latitude": "country_latitude",
                "longitude": "country_longitude",
            }
        )
    )
    t = t.left_join(countries, t.country_iso3 == countries.code)
    position = ibis.cases((t.latitude.notnull(), "registry"), (t.country_latitude.notnull(), "country"), else_="none")
    return t.mutate(
        position_kind=position,
        latitude=ibis.coalesce(t.latitude, t.country_latitude),
        longitude=ibis.coalesce(t.longitude, t.country_longitude),
    ).drop("code", "country_latitude", "country_longitude")


def _best_listings(view: View) -> ir.Table:
    """One listing per site: the published table before the registry, then the later expiry."""
    t = registry_rows(view, "listings")
    connector = view.table("sources").select("source", "connector")
    t = t.left_join(connector, "source").drop("source_right")
    order = [t.connector != "green_list", t.expires_on.desc()]
    rank = ibis.row_number().over(ibis.window(group_by=t.site_id, order_by=order))
    t = t.mutate(rank=rank)
    return t.filter(t.rank == 0).select(
        "site_id", "listing_id", "status", "phase", "expires_on", "is_expiry_year_only", "link"
    )


def _recent(view: View, viewer: Viewer, today: date) -> ir.Table:
    t = visible_days(view, viewer, today)
    now = t.day > today - WINDOW
    before = (t.day > today - 2 * WINDOW) & ~now
    return t.group_by("site_id").aggregate(
        newest_detection_on=t.day.max(),
        detections_30d=t.detections.sum(where=now).fill_null(0).cast("int64"),
        detections_prior_30d=t.detections.sum(where=before).fill_null(0).cast("int64"),
    )


def _effort(view: View, viewer: Viewer, today: date) -> ir.Table:
    """Whether any camera of a site worked in the window that counts are given for, and in the one before."""
    t = shared_deployments(view, viewer, today, summary=False)
    first, last = t.started_at.date(), t.ended_at.date()
    start, before = today - WINDOW, today - 2 * WINDOW
    return t.group_by("site_id").aggregate(
        worked_now=(last > start).any(), worked_before=((last > before) & (first <= start)).any()
    )


def _camera_sites(view: View) -> ir.Table:
    """Sites with camera effort of a configured source, whoever may see it: that there are cameras is no secret."""
    t = view.table("deployments")
    t = t.filter(t.source.isin(list(sharing(view)))).select("site_id").distinct()
    return t.mutate(has_cameras=True)


def _sensors(view: View) -> ir.Table:
    """Sources configured for each site, and how many of them failed in their last pull."""
    sources = view.table("sources")
    sources = sources.filter(sources.site_ids.notnull())
    of_site = sources.select("source", site_id=sources.site_ids.split(";").unnest())
    runs = view.table("runs")
    last = runs.group_by("source").aggregate(outcome=runs.outcome.argmax(runs.started_at))
    t = of_site.left_join(last, "source")
    return t.group_by("site_id").aggregate(
        sources_total=t.count(), sources_failing=t.outcome.isin(FAILED).sum().fill_null(0).cast("int64")
    )
