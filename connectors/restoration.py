"""Coral restoration as recorded in our own template (docs/restoration-template.md), CSV or Excel."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors.base import Connector, Fetched, Notice, Parsed, Payload, Read, Rows, Source
from connectors.errors import SourceChanged, SourceRefused
from connectors.filled_files import fetch_tables
from connectors.filled_template import Filled, raw_of, read_filled
from connectors.restoration_fragments import Outplant, read_fragments
from connectors.restoration_template import TEMPLATE
from data.schema import OUTPLANTS

KEY = "fragment_id"
ONCE = ("planted_on", "station")
SHOWN = 20


class Restoration(Connector):
    """Reads the filled template from a file, a web address or a folder of such files.

    `site` may be a map from station names to site ids. All files together are one record: a fragment may be planted
    in one and visited in another.
    """

    name = "restoration"
    title = "Coral restoration records in our template"
    tables = ("outplants",)
    is_whole = True

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        return fetch_tables(source, cursor, workspace, "restoration")

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        tables = _tables(source, payloads)
        yield Read(sum(len(table.rows) for table in tables))
        yield from _notices(tables)
        found = read_fragments(tables)
        yield from found.refusals
        yield from found.notices
        stored = [(outplant, source.site_of(outplant.station)) for outplant in found.outplants]
        elsewhere = {outplant.station for outplant, site_id in stored if site_id is None}
        if elsewhere:
            names = ", ".join(sorted(elsewhere)[:SHOWN])
            yield Notice(f"{len(elsewhere)} stations have no configured site and are not stored: {names}")
        yield _rows([(outplant, site_id) for outplant, site_id in stored if site_id])

    def figures(self, source: Source, payloads: tuple[Payload, ...]) -> dict[str, Any]:
        return outplant_figures(read_fragments(_tables(source, payloads)).outplants)


def outplant_figures(outplants: tuple[Outplant, ...]) -> dict[str, Any]:
    """What the records say of all corals, whatever their site.

    `fragments` were planted in `cohorts` (a single coral is one); `alive`, `dead` and `lost` are those of the last
    visit of each, and who was not visited yet counts as alive. `visits` counts real ones only. `first` is the first
    day of planting, `last` the last day of a planting or visit.
    """
    ordered = sorted(outplants, key=lambda outplant: outplant.observed_on)
    last_of = {outplant.fragment_id: outplant for outplant in ordered}
    corals = last_of.values()
    return {
        "fragments": sum(coral.fragment_count for coral in corals),
        "cohorts": len(corals),
        "stations": len({coral.station for coral in corals}),
        "visits": sum(outplant.is_visit for outplant in outplants),
        "alive": sum(coral.alive_count for coral in corals),
        "dead": sum(coral.dead_count for coral in corals),
        "lost": sum(coral.lost_count for coral in corals),
        "first": min((coral.planted_on.isoformat() for coral in corals), default=None),
        "last": ordered[-1].observed_on.isoformat() if ordered else None,
        "taxa": sorted({coral.scientific_name for coral in corals if coral.scientific_name}),
    }


def _tables(source: Source, payloads: tuple[Payload, ...]) -> list[Filled]:
    tables = [
        table for payload in payloads for table in read_filled(payload.path, payload.name, source.name, TEMPLATE, KEY)
    ]
    has = frozenset().union(*(table.columns for table in tables))
    for name in ONCE:
        if name not in has:
            headings = ", ".join(sorted({*has, *(heading for table in tables for heading in table.unknown)})[:SHOWN])
            raise SourceChanged(f"{source.name} has no column {name}; its headings are: {headings}"[:1_000])
    if not any(table.rows for table in tables):
        raise SourceRefused(f"{source.name}: no row is filled in", "Fill in the template, then try again.")
    return tables


def _notices(tables: list[Filled]) -> Iterator[Notice]:
    for table in tables:
        if not table.rows:
            yield Notice(f"{table.where}: no row is filled in")
        if table.unknown:
            names = ", ".join(heading[:40] for heading in table.unknown[:SHOWN])
            yield Notice(f"{table.where}: {len(table.unknown)} columns are not of the template and not stored: {names}")
        if table.is_damaged:
            yield Notice(f"{table.where}: some letters cannot be read (shown as U+FFFD); save it as CSV UTF-8")


def _rows(stored: list[tuple[Outplant, str]]) -> Rows:
    columns = {name: [getattr(outplant, name) for outplant, _ in stored] for name in _OWN}
    columns["site_id"] = [site_id for _, site_id in stored]
    return Rows(
        "outplants",
        pa.Table.from_pydict({name: columns[name] for name in OUTPLANTS.arrow_schema.names}, OUTPLANTS.arrow_schema),
        numbers=pa.array([outplant.row.line for outplant, _ in stored], pa.int64()),
        raw=lambda position: raw_of(stored[position][0].row),
    )


_OWN = tuple(name for name in OUTPLANTS.arrow_schema.names if name != "site_id")
