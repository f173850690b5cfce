"""Stores what network.toml says of the sources, and what it says of sites itself."""

from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors import registry
from connectors.base import Rows, Source
from data import engine, journal
from data.schema import CONTACTS, MASKS, SITES, SUPPORTERS, TABLES, Table
from data.store import Store, Transaction
from data.upsert import upsert
from ingestion.network import Network, NetworkError
from ingestion.staging import Staging
from ingestion.submission_source import with_submissions

CONFIGURED = (SITES, SUPPORTERS, CONTACTS, MASKS)


def store_configuration(store: Store, network: Network, workspace: Path) -> None:
    """Make the store's sources and configured sites those of the network; writes nothing when they are already.

    What people handed in stays a source. Raises NetworkError when a site holds a value that the schema does not allow.
    """
    staging = _staged(network, workspace / "configuration")
    with store.transaction() as transaction:
        # Looked at in here, because somebody may have handed in the first file a moment ago.
        rows = [_source_row(source) for source in with_submissions(network, store.url).sources]
        is_new = rows != _stored_sources(store)
        if is_new:
            journal.replace_sources(transaction, rows)
        changes = [_configure(transaction, table, staging.file(table.name)) for table in CONFIGURED]
        if is_new or any(changes):
            transaction.publish()


def add_source(store: Store, source: Source) -> None:
    """Add one source to those that the store has; one that it has already stays as it is."""
    with store.transaction() as transaction:
        rows = _stored_sources(store)
        if all(row["source"] != source.name for row in rows):
            journal.replace_sources(transaction, [*rows, _source_row(source)])
            transaction.publish()


def _configure(transaction: Transaction, table: Table, staged: Path | None) -> bool:
    """Make the rows that network.toml gives the only ones of its own; tells whether that changed any."""
    done = upsert(transaction, table, journal.CONFIGURED_SITES, staged, is_whole=True, accept_loss=True)
    return bool(done.stored or done.retired)


def _staged(network: Network, folder: Path) -> Staging:
    staging = Staging(folder)
    rows = {
        SITES: [_site_row(site) for site in network.sites],
        SUPPORTERS: [{"supporter": supporter, "site_id": site} for supporter, site in network.supporters],
        CONTACTS: [{"site_id": site, "address": address} for site, address in network.contacts],
        MASKS: [{"site_id": site, "scientific_name": name, "level": level} for site, name, level in network.masks],
    }
    given = {table: pa.Table.from_pylist(found, schema=table.arrow_schema) for table, found in rows.items()}
    staging.fill([Rows(table.name, found) for table, found in given.items()])
    for wrong in staging.refusals:
        kind = wrong.table.removesuffix("s")
        raise NetworkError(f"network.toml, {kind} {wrong.row}: {wrong.field} {wrong.value!r} {wrong.reason}")
    return staging


def _source_row(source: Source) -> Mapping[str, Any]:
    sites = [source.site] if isinstance(source.site, str) else sorted(set(source.site.values()))
    return {
        "connector": source.connector,
        "title": registry.connector(source.connector).title,
        "site_ids": ";".join(site for site in sites if site) or None,
        "refresh_hours": source.refresh / timedelta(hours=1),
        "licence": source.licence or None,
        "sharing": source.sharing,
        "embargo_days": ceil(source.embargo / timedelta(days=1)),
        "source": source.name,
    }


def _stored_sources(store: Store) -> list[Mapping[str, Any]]:
    view = engine.latest(store.url)
    if view is None:
        return []
    names = TABLES["sources"].stored_schema.names
    frame = view.run(view.table("sources"))[names].astype(object)
    return frame.where(frame.notna(), None).to_dict("records")


def _site_row(site: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "site_id": site["id"],
        "site_name": site["name"],
        "country_iso3": site.get("country"),
        "realm": site.get("realm"),
        "area_km2": site.get("area_km2"),
        "latitude": site.get("latitude"),
        "longitude": site.get("longitude"),
        "boundary_kind": "point" if "latitude" in site else "restricted",
    }
