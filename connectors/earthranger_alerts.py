"""EarthRanger events that warn become alerts: answered by people, closed by them or by an all-clear."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import shapely

from connectors.base import Parsed, Rows, Source
from connectors.columns import Check, Tally, lacking_offset, moments, numbers, refuse, words
from connectors.earthranger_animals import Animals
from connectors.earthranger_answers import Record, block_of, moment_of, records_in, text_at, texts_of
from connectors.earthranger_events import ALL_CLEAR, Numbered, subject_of
from connectors.earthranger_options import Options
from connectors.tabular import Block
from data.schema import ALERTS, FLAG, MOMENT, TEXT

WRITTEN = ("id", "event_type", "time", "created_at", "updated_at", "end_time", "state", "priority")
FOUND = ("subject", "place_name", "acknowledged", "resolved", "latitude", "longitude")
PRIORITIES = {"100": "low", "200": "medium", "300": "high"}
NO_PRIORITY = "0"
OUTCOMES = {
    **dict.fromkeys(("confirmed", "true", "yes", "1", "true alarm", "true_alarm", "true positive"), "confirmed"),
    **dict.fromkeys(("false", "no", "0", "false alarm", "false_alarm", "false positive"), "false"),
    **dict.fromkeys(("unverified", "not verified", "not_verified", "unknown"), "unverified"),
}
# What an analyzer calls the fence or feature that was met, and where else a warning may name its place.
PLACE_NAMES = ("geofence_name", "spatial_feature_name", "village", "village_name")
NO_PLACE_NAMES = ("unknown region",)
NO_TIME = "it is not a time from 1900 to 2199"


class Alerts:
    """Turns the events that warn into alerts, and lets what ends them close them."""

    def __init__(self, source: Source, options: Options, animals: Animals, tally: Tally) -> None:
        self._source = source
        self._details = {column: f"event_details.{key}" for column, key in options.alert_details.items()}
        self._fields = tuple(dict.fromkeys((*WRITTEN, *FOUND, *self._details.values())))
        self._animals = animals
        self._tally = tally

    def rows(self, warnings: Numbered, clears: Numbered) -> Iterator[Parsed]:
        """One alert for each warning."""
        yield from self._typed(warnings, self._all_clears([event for _, event in clears]))

    def _count(self, what: str, is_affected: list[bool]) -> None:
        self._tally.add(what, pa.array(is_affected, FLAG))

    def _all_clears(self, events: list[Record]) -> dict[tuple[str, str], list[datetime]]:
        """When which subject was cleared of which kind of alert, in order of time."""
        clears: dict[tuple[str, str], list[datetime]] = {}
        is_useless = []
        for event in events:
            subject, at = subject_of(event), moment_of(text_at(event, "time"))
            is_useless.append(subject is None or at is None)
            if subject and at:
                kind = (text_at(event, "event_type") or "").removesuffix(ALL_CLEAR)
                clears.setdefault((subject, kind), []).append(at)
        self._count("all-clears close the alerts of their animal and are none themselves", [True] * len(events))
        self._count("all-clears name no subject or no time and close nothing", is_useless)
        return {key: sorted(times) for key, times in clears.items()}

    def _typed(
        self, numbered: list[tuple[int, Record]], clears: Mapping[tuple[str, str], list[datetime]]
    ) -> Iterator[Parsed]:
        written = (*WRITTEN, *self._details.values())
        rows = [texts_of([event], written)[0] | _found(event) for _, event in numbered]
        block = block_of(rows, self._fields, 1)
        block = Block(block.batch, pa.array([number for number, _ in numbered], pa.int64()))
        detected = moments(block.column("time"))
        self._tally.add(lacking_offset(None), detected.lacks_offset, block.column("time"))
        latitude, longitude = self._places(block)
        individuals = [self._animals.wildlife(row["subject"]) for row in rows]
        sites = [self._site(*one) for one in zip(individuals, rows, strict=True)]
        ended = self._moments(block, "end_time")
        times = zip(rows, detected.at.to_pylist(), ended.to_pylist(), strict=True)
        closed = [_closed_at(*one, clears) for one in times]
        columns = {
            "alert_id": block.column("id"),
            "site_id": pa.array(sites, TEXT),
            "kind": block.column("event_type"),
            "individual_id": pa.array(individuals, TEXT),
            "detected_at": detected.at,
            "sent_at": self._told(block, "sent_at", "created_at"),
            "acknowledged_at": self._told(block, "acknowledged_at", "acknowledged"),
            "arrived_at": self._told(block, "arrived_at"),
            "animal_arrived_at": self._told(block, "animal_arrived_at"),
            "closed_at": pa.array(closed, MOMENT),
            "priority": self._tally.read(block, "priority", words(block.column("priority"), PRIORITIES, TEXT)),
            "outcome": self._outcome(block),
            "latitude": latitude,
            "longitude": longitude,
            "place_name": block.column("place_name"),
        }
        checks = [
            Check("id", pc.is_null(columns["alert_id"]), "it is missing"),
            Check("event_type", pc.is_null(columns["kind"]), "it is missing"),
            Check("time", pc.is_null(detected.at), NO_TIME),
            Check("place_name", pc.is_null(columns["site_id"]), "no site is configured for it; add it to `site`"),
        ]
        is_good, refusals = refuse(block, "alerts", checks)
        kept = block.where(is_good)
        table = pa.table(list(columns.values()), schema=ALERTS.arrow_schema).filter(is_good)
        self._tally.add("alerts have no place; they are kept", pc.is_null(table["latitude"].combine_chunks()))
        yield Rows("alerts", table, kept.numbers, kept.raw)
        yield from refusals

    def _moments(self, block: Block, name: str) -> pa.Array:
        return self._tally.read(block, name, moments(block.column(name)).at)

    def _told(self, block: Block, column: str, otherwise: str | None = None) -> pa.Array:
        """The time that the details of the event tell, else the one that its server noted."""
        written = block.column(self._details[column])
        self._tally.add(lacking_offset(None), moments(written).lacks_offset, written)
        told = self._moments(block, self._details[column])
        return pc.coalesce(told, self._moments(block, otherwise)) if otherwise else told

    def _outcome(self, block: Block) -> pa.Array:
        name = self._details["outcome"]
        return self._tally.read(block, name, words(block.column(name), OUTCOMES, TEXT))

    def _places(self, block: Block) -> tuple[pa.Array, pa.Array]:
        """Both coordinates or neither; the null island is no place."""
        latitude, longitude = (
            self._tally.read(block, name, numbers(block.column(name), ALERTS.field(name)))
            for name in ("latitude", "longitude")
        )
        is_nowhere = pc.and_(pc.equal(latitude, 0.0), pc.equal(longitude, 0.0))
        self._tally.add("places at 0 degrees north, 0 degrees east are left out", pc.fill_null(is_nowhere, False))
        is_place = pc.fill_null(pc.invert(is_nowhere), False)
        return tuple(pc.if_else(is_place, column, pa.scalar(None, column.type)) for column in (latitude, longitude))

    def _site(self, individual: str | None, row: Mapping[str, str | None]) -> str | None:
        return self._animals.site_of(individual) if individual else self._source.site_of(row["place_name"])


def _found(event: Record) -> dict[str, str | None]:
    """What stands in the lists and objects of an event."""
    names = (text_at(event, f"event_details.{name}") for name in PLACE_NAMES)
    latitude, longitude = _place(event)
    changes = _changes(event)
    resolved = [at for at, state in changes if state == "resolved"]
    priority = text_at(event, "priority")
    return {
        "subject": subject_of(event),
        "place_name": next((name for name in names if name and name.lower() not in NO_PLACE_NAMES), None),
        "acknowledged": min(at for at, _ in changes).isoformat() if changes else None,
        "resolved": max(resolved).isoformat() if resolved else None,
        "latitude": latitude,
        "longitude": longitude,
        "priority": None if priority == NO_PRIORITY else priority,
    }


def _changes(event: Record) -> list[tuple[datetime, str]]:
    """When people changed the state of an event, to active or resolved."""
    changes = []
    for update in records_in(event, "updates"):
        at = moment_of(text_at(update, "time"))
        told = re.search(r"State\b.*\b(active|resolved)$", text_at(update, "message") or "")
        state = told[1] if told else {"read": "active", "resolved": "resolved"}.get(text_at(update, "type") or "")
        if at and state:
            changes.append((at, state))
    return changes


def _closed_at(
    row: Mapping[str, str | None],
    detected_at: datetime | None,
    ended_at: datetime | None,
    clears: Mapping[tuple[str, str], list[datetime]],
) -> datetime | None:
    """When an alert ended: as its event says, else when the all-clear came, else when people resolved it.

    A resolved event whose changes were not sent ended at its last change, at the latest.
    """
    if ended_at:
        return ended_at
    key = (row["subject"] or "", row["event_type"] or "")
    clear = next((at for at in clears.get(key, []) if detected_at and at >= detected_at), None)
    if clear or row["state"] != "resolved":
        return clear
    return moment_of(row["resolved"]) or moment_of(row["updated_at"])


def _place(event: Record) -> tuple[str | None, str | None]:
    """The location of an event, or a point on its geometry."""
    latitude, longitude = (text_at(event, f"location.{name}") for name in ("latitude", "longitude"))
    if latitude is not None and longitude is not None:
        return latitude, longitude
    points = (_representative_point(event.get(name)) for name in ("geometry", "geojson"))
    return next((point for point in points if point), (None, None))


def _representative_point(geojson: Any) -> tuple[str, str] | None:
    """Latitude and longitude of a point on a Feature, FeatureCollection or geometry; None where it has no shape."""
    features = records_in(geojson, "features") if isinstance(geojson, Mapping) else []
    shapes = [feature.get("geometry") for feature in features or [geojson] if isinstance(feature, Mapping)]
    if isinstance(geojson, Mapping) and "coordinates" in geojson:
        shapes = [geojson]
    shapes = [shape for shape in shapes if isinstance(shape, Mapping)]
    if not shapes:
        return None
    collection = {"type": "GeometryCollection", "geometries": shapes}
    try:
        point = shapely.from_geojson(json.dumps(collection, allow_nan=False)).representative_point()
    except (shapely.errors.ShapelyError, ValueError, RecursionError):
        return None
    return None if point.is_empty else (repr(point.y), repr(point.x))
