"""EarthRanger events, told apart: early warnings, what ends them, and conflicts between people and wildlife."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from connectors.base import Notice
from connectors.columns import Tally
from connectors.earthranger_answers import Record, records_in, text_at
from connectors.earthranger_options import Options
from data.schema import FLAG

CATEGORY = "analyzer_event"
PROVENANCE = "analyzer"
ALL_CLEAR = "_all_clear"

Numbered = list[tuple[int, Record]]


@dataclass(frozen=True)
class Sorted:
    """The events of a pull by what they are, each with its number among all."""

    warnings: Numbered
    clears: Numbered
    incidents: Numbered


class Events:
    """Collects the events of a pull, since an all-clear or a newer version of an event may come on any page."""

    def __init__(self, options: Options, tally: Tally) -> None:
        self._options = options
        self._tally = tally
        self._categories: dict[str, str | None] = {}
        self._events: dict[str, Record] = {}
        self._unnamed: list[Record] = []
        self._is_repeat: list[bool] = []
        self._is_asked = False

    def read_types(self, records: Sequence[Record]) -> None:
        """Note the category of each type: an object in version 1, its name alone in version 2."""
        for record in records:
            category = text_at(record, "category.value") or text_at(record, "category")
            self._categories[text_at(record, "value") or ""] = category

    def read(self, records: Sequence[Record]) -> None:
        """Take events, also those that a collection holds; of one that is repeated the newest version counts."""
        self._is_asked = True
        for event in records:
            self._take(event)
            for link in records_in(event, "contains"):
                contained = link.get("related_event", link)
                if isinstance(contained, Mapping) and "event_type" in contained and "time" in contained:
                    self._take(contained)

    def _take(self, event: Record) -> None:
        name = text_at(event, "id")
        if name is None:
            self._unnamed.append(event)
            return
        known = self._events.get(name)
        self._is_repeat.append(known is not None)
        if known is None or (text_at(event, "updated_at") or "") >= (text_at(known, "updated_at") or ""):
            self._events[name] = event

    @property
    def are_any(self) -> bool:
        return bool(self._events or self._unnamed)

    def notices(self) -> Iterator[Notice]:
        if self._is_asked and not self.are_any:
            yield Notice("The source sent no event: there was none, or its key may not read events.")

    def sorted(self) -> Sorted:
        """Each event once; collections, and events of no type that is read, are counted and left out."""
        found = Sorted([], [], [])
        is_collection, is_other = [], []
        for number, event in enumerate([*self._events.values(), *self._unnamed], 1):
            place = self._place(found, event)
            is_collection.append(event.get("is_collection") is True)
            is_other.append(place is None and not is_collection[-1])
            if place is not None and not is_collection[-1]:
                place.append((number, event))
        self._count("events that were sent more than once are stored once", self._is_repeat)
        self._count("collections are no alerts; the events in them are counted once each", is_collection)
        self._count(
            "events are no alerts of an analyzer and of no type in `alerts` or `incidents`, and are left out",
            is_other,
        )
        return found

    def _place(self, found: Sorted, event: Record) -> Numbered | None:
        kind = text_at(event, "event_type") or ""
        if kind in self._options.incidents:
            return found.incidents
        if kind in self._options.alerts:
            return found.warnings
        category = text_at(event, "event_category") or self._categories.get(kind)
        if category != CATEGORY and text_at(event, "provenance") != PROVENANCE:
            return None
        return found.clears if kind.endswith(ALL_CLEAR) else found.warnings

    def _count(self, what: str, is_affected: list[bool]) -> None:
        self._tally.add(what, pa.array(is_affected, FLAG))


def subject_of(event: Record) -> str | None:
    """The first subject that an event names."""
    related = records_in(event, "related_subjects")
    return text_at(related[0], "id") if related else None
