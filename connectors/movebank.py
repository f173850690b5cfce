"""Movebank: tagged animals, their tags and their positions, from its download service or from exported files."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from connectors.base import Connector, Fetched, Notice, Parsed, Payload, Source
from connectors.columns import Tally
from connectors.errors import SourceChanged
from connectors.movebank_api import fetch_study, licence_terms
from connectors.movebank_files import fetch_files
from connectors.movebank_fixes import Fixes
from connectors.movebank_reference import Reference
from connectors.movebank_tables import DEPLOYMENT, EVENT, INDIVIDUAL, REFERENCE, TAG, kind_of


class Movebank(Connector):
    """One study: with the option `study_id` from the service at `location`, else from exported files there.

    Positions marked as outliers are kept with the mark; those of other sensors than GPS, without coordinates, or of a
    tag that no animal carried are counted and left out. An animal is known by its local identifier.
    Options: `study_id`; `kinetic_models`, `kinetic_tags` (local identifiers) and `fix_interval_h` (collar_kinds.py);
    `energy_attribute`, the attribute that holds the joules that a tag harvested since its last position; and what a
    person accepted of the licence: `accepted_licence_md5` (one or a list) or `licences`, the path of a JSON file that
    gives the same by the name of the source. `secret` holds `user:password` or an API token.
    """

    name = "movebank"
    title = "Tagged animals (Movebank)"
    tables = ("individuals", "collars", "fixes")
    asks_licence = True

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        fetch_any = fetch_study if "study_id" in source.options else fetch_files
        return fetch_any(source, cursor, workspace)

    def licence_terms(self, source: Source) -> tuple[str, str]:
        return licence_terms(source)

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        by_kind: dict[str | None, list[Payload]] = {}
        for payload in payloads:
            by_kind.setdefault(kind_of(payload, source), []).append(payload)
        for payload in by_kind.get(None, []):
            yield Notice(f"{payload.name} is neither a table of positions nor of reference data, and is not read")
        if not by_kind.keys() & {EVENT, REFERENCE}:
            raise SourceChanged(f"{source.name}: there is no table of positions among the files")
        tally = Tally()
        reference = Reference(source, tally)
        for payload in by_kind.get(REFERENCE, []):
            yield from reference.read_export(payload)
        for kind in (INDIVIDUAL, TAG, DEPLOYMENT):
            for payload in by_kind.get(kind, []):
                yield from reference.read_served(kind, payload)
        fixes = Fixes(source, reference, tally)
        for payload in by_kind.get(EVENT, []):
            yield from fixes.read(payload)
        yield from reference.rows()
        yield from tally.notices()
