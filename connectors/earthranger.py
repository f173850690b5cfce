"""EarthRanger: tagged animals, their collars and positions, early warnings and conflicts (API v1.0 and v2.0)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from connectors.base import Connector, Fetched, Notice, Parsed, Payload, Read, Source
from connectors.columns import Tally
from connectors.earthranger_alerts import Alerts
from connectors.earthranger_animals import Animals
from connectors.earthranger_answers import Record, kind_of, page_of, read_json, required, subjects_of_groups
from connectors.earthranger_api import fetch_from_api
from connectors.earthranger_events import Events
from connectors.earthranger_fixes import Fixes
from connectors.earthranger_incidents import read_incidents
from connectors.earthranger_options import Options, options_of
from connectors.errors import SourceChanged
from connectors.http import JSON_LIMIT_BYTES
from connectors.json_folder import json_files
from connectors.one_file import fetch_one_file
from connectors.package_places import is_url

LEFT_OUT = {
    "patrols": "holds patrols, which are not read",
    "error": "is an error that the server answered with, and is left out",
    "empty": "holds no record",
    "": "holds records of no kind that is read, and is left out",
}


class EarthRanger(Connector):
    """Reads the API at its base address (https://host/api/v1.0), or a folder or file of saved answers.

    Only subjects of type wildlife become individuals, collars and fixes; people and vehicles never do. Alerts are
    events of an analyzer; a collection is none, the events in it are, once each.
    `site` may be a map from subject ids and names, regions, countries, fences and villages.
    Options: `scientific_names`, a map from the names of animals (such as the subtype elephant) to taxa; `alerts`, a
    list of further event types that warn; `incidents`, a map from event types to kinds of incidents; `alert_details`,
    a map from `sent_at`, `acknowledged_at`, `arrived_at`, `animal_arrived_at` and `outcome` to keys of event details;
    `kinetic_models` and `fix_interval_h` (see collar_kinds.py); `energy_key`, what observations call harvested joules.
    """

    name = "earthranger"
    title = "Collars, early warnings and conflicts (EarthRanger)"
    tables = ("individuals", "collars", "fixes", "alerts", "incidents")
    is_whole = False

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        if is_url(source.location):
            return fetch_from_api(source, cursor, workspace)
        return _fetch_saved(source, cursor, workspace)

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        for payload in payloads:
            if payload.meta["kind"] in LEFT_OUT:
                yield Notice(f"{payload.name} {LEFT_OUT[payload.meta['kind']]}.")
        tally, options = Tally(), options_of(source)
        animals = Animals(source, options, tally)
        for records in _answers(source, payloads, "subjects", "groups"):
            yield Read(len(records))
            yield from animals.read_subjects(records)
        for records in _answers(source, payloads, "sources"):
            animals.read_sources(records)
        for records in _answers(source, payloads, "subjectsources"):
            yield Read(len(records))
            yield from animals.read_collars(records)
        yield from animals.collars()
        fixes = Fixes(animals, tally, options.energy_key)
        for payload in payloads:
            if payload.meta["kind"] == "observations":
                records = _records(source, payload)
                yield Read(len(records))
                yield from fixes.read(records, payload.meta.get("subject", ""))
        yield from _parse_events(source, payloads, options, animals, tally)
        yield from tally.notices()


def _parse_events(
    source: Source, payloads: tuple[Payload, ...], options: Options, animals: Animals, tally: Tally
) -> Iterator[Parsed]:
    events = Events(options, tally)
    for records in _answers(source, payloads, "eventtypes"):
        events.read_types(records)
    for records in _answers(source, payloads, "events"):
        yield Read(len(records))
        events.read(records)
    yield from events.notices()
    if events.are_any:
        found = events.sorted()
        yield from Alerts(source, options, animals, tally).rows(found.warnings, found.clears)
        yield from read_incidents(found.incidents, source, options, animals, tally)


def _answers(source: Source, payloads: tuple[Payload, ...], *kinds: str) -> Iterator[list[Record]]:
    return (_records(source, payload) for payload in payloads if payload.meta["kind"] in kinds)


def _records(source: Source, payload: Payload) -> list[Record]:
    """The records of a payload; raises SourceChanged when none has a field that is needed."""
    where, kind = f"{source.name}: {payload.name}", payload.meta["kind"]
    records = page_of(read_json(payload.path, where), where).records
    if kind == "groups":
        records, kind = list(subjects_of_groups(records)), "subjects"
    return list(required(records, kind, where))


def _fetch_saved(source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
    """Saved answers as payloads, each with the kind of its records; unchanged when none differs from the cursor."""
    payloads: list[Payload] = []
    digests: dict[str, str] = {}
    for number, path in enumerate(json_files(source), 1):
        one = fetch_one_file(
            replace(source, location=str(path)), {}, workspace, f"answer-{number:05}.json", JSON_LIMIT_BYTES
        )
        kind = _kind_of_file(one.payloads[0].path, f"{source.name}: {path.name}")
        payloads.append(Payload(path.name, one.payloads[0].path, {"kind": kind}))
        digests[path.name] = one.cursor["sha256"]
    if all(payload.meta["kind"] in LEFT_OUT for payload in payloads):
        raise SourceChanged(f"{source.name}: no file at {Path(source.location).name} holds records that can be read")
    if digests == cursor.get("files"):
        return Fetched(cursor={"files": digests}, is_unchanged=True)
    return Fetched(tuple(payloads), {"files": digests})


def _kind_of_file(path: Path, where: str) -> str:
    answer = read_json(path, where)
    try:
        page = page_of(answer, where)
    except SourceChanged:
        # Some tools save one record, or a table by columns, under the names of the fields.
        return kind_of([answer]) if isinstance(answer, Mapping) else ""
    if page.error:
        return "error"
    return kind_of(page.records) if page.records else "empty"
