"""Public warnings in the Common Alerting Protocol (CAP 1.1 and 1.2) of OASIS: a feed, a file or a folder of files.

An update or a cancellation belongs to the warning that it refers to, so a warning is one row however often it is
changed: warned of at its first message, described by its last.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element  # noqa: S405 - for annotations alone

import pyarrow as pa

from connectors.base import Connector, Fetched, Notice, Parsed, Payload, Read, Refusal, Rows, Source
from connectors.cap_area import centroid, is_readable
from connectors.cap_files import children, fetch_web, find_files, raw_of, read_alerts, text_of
from connectors.columns import EARLIEST, LATEST
from connectors.package_places import is_url
from connectors.values import WrongValue
from data.schema import ALERTS

STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
SCOPES = ("Public", "Restricted", "Private")
TYPES = ("Alert", "Update", "Cancel", "Ack", "Error")
PRIORITIES = {"Extreme": "high", "Severe": "high", "Moderate": "medium", "Minor": "low"}
DEFAULT_LANGUAGE = "en-US"


class Cap(Connector):
    """Reads the address of an Atom or RSS feed or of one alert, or such files on this machine.

    Only messages of status Actual and scope Public are read. A feed may link to its own host, and to those of the
    option `hosts`. Of a message in several languages the one of the option `language` is read, else the first.
    """

    name = "cap"
    title = "Public warnings (CAP)"
    tables = ("alerts",)

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        is_remote = is_url(source.location)
        payloads = fetch_web(source, workspace) if is_remote else find_files(source, Path(source.location))
        sha256 = {payload.name: hashlib.sha256(payload.path.read_bytes()).hexdigest() for payload in payloads}
        # An empty feed is an answer as well: there is no warning.
        is_unchanged = sha256 == cursor.get("files")
        return Fetched(() if is_unchanged else payloads, {"files": sha256}, is_unchanged)

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        alerts = read_alerts(source.name, payloads)
        yield Read(len(alerts))
        messages: list[_Message] = []
        counts: dict[str, int] = {}
        for number, alert in enumerate(alerts, 1):
            try:
                message = _message(alert, number)
            except WrongValue as wrong:
                yield Refusal("alerts", number, wrong.field, wrong.value, wrong.reason, raw_of(alert))
                continue
            if left_out := _left_out(alert):
                counts[left_out] = counts.get(left_out, 0) + 1
            else:
                messages.append(message)
        warnings = _Warnings(source, counts)
        for message in sorted(messages, key=lambda message: message.sent_at):
            try:
                warnings.take(message)
            except WrongValue as wrong:
                yield Refusal("alerts", message.number, wrong.field, wrong.value, wrong.reason, raw_of(message.alert))
        yield warnings.rows()
        for what, count in counts.items():
            yield Notice(f"{what}: {count} messages")


@dataclass(frozen=True)
class _Message:
    """One alert, update or cancellation, and the (identity, time) of each message that it refers to."""

    alert: Element
    number: int
    identity: str
    sent_at: datetime
    references: tuple[tuple[str, datetime], ...]


def _message(alert: Element, number: int) -> _Message:
    """Raises WrongValue when one of the fields that every message must have cannot be used."""
    for field in ("identifier", "sender"):
        if not text_of(alert, field):
            raise WrongValue(field, None, "it is missing")
    for field, allowed in (("status", STATUSES), ("msgType", TYPES), ("scope", SCOPES)):
        if text_of(alert, field) not in allowed:
            raise WrongValue(field, text_of(alert, field) or None, f"it is none of {', '.join(allowed)}")
    sent_at = _moment("sent", text_of(alert, "sent"))
    if sent_at is None:
        raise WrongValue("sent", None, "it is missing")
    references = []
    for triple in text_of(alert, "references").split():
        sender, _, rest = triple.partition(",")
        identifier, _, sent = rest.rpartition(",")
        references.append((f"{sender},{identifier}", _moment("references", sent) or sent_at))
    identity = f"{text_of(alert, 'sender')},{text_of(alert, 'identifier')}"
    references.sort(key=lambda reference: reference[1])
    return _Message(alert, number, identity, sent_at, tuple(references))


def _left_out(alert: Element) -> str | None:
    for field, read in (("status", ("Actual",)), ("scope", ("Public",)), ("msgType", ("Alert", "Update", "Cancel"))):
        if text_of(alert, field) not in read:
            return f"Left out, because {field} is {text_of(alert, field)}"
    return None


def _moment(field: str, text: str) -> datetime | None:
    """A time with its offset, as UTC; None when blank. Raises WrongValue for anything else."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo and EARLIEST.as_py() <= moment < LATEST.as_py():
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise WrongValue(field, text, "it is not a date and time with an offset from UTC")


class _Warnings:
    """The warnings, each known by its first message; take the messages in the order in which they were sent."""

    def __init__(self, source: Source, counts: dict[str, int]) -> None:
        self._source = source
        self._counts = counts
        self._rows: dict[str, dict[str, Any]] = {}
        self._messages: dict[str, _Message] = {}
        self._first_of: dict[str, str] = {}

    def take(self, message: _Message) -> None:
        """Open, change or close a warning; raises WrongValue when the message cannot become a row."""
        firsts = list(dict.fromkeys(self._first_of.get(identity, identity) for identity, _ in message.references))
        is_cancel = text_of(message.alert, "msgType") == "Cancel"
        first = firsts[0] if firsts else message.identity
        if is_cancel and first not in self._rows and not children(message.alert, "info"):
            self._count("Cancels a warning that is not in this answer")
        elif not is_cancel or first not in self._rows:
            self._rows[first] = self._row(message, first)
            self._messages[first] = message
        self._first_of[message.identity] = first
        for other in firsts if is_cancel else firsts[1:]:
            if other in self._rows:
                self._rows[other]["closed_at"] = message.sent_at

    def rows(self) -> Rows:
        messages = [self._messages[first] for first in self._rows]
        table = pa.Table.from_pylist(list(self._rows.values()), schema=ALERTS.arrow_schema)
        numbers = pa.array([message.number for message in messages], pa.int64())
        return Rows("alerts", table, numbers, lambda position: raw_of(messages[position].alert))

    def _row(self, message: _Message, first: str) -> dict[str, Any]:
        info = self._info(message.alert)
        areas = children(info, "area")
        names = list(dict.fromkeys(name for area in areas if (name := text_of(area, "areaDesc"))))
        site_id = self._source.site_of(*names)
        if site_id is None:
            raise WrongValue("areaDesc", "; ".join(names) or None, "no site is configured for it; add it to `site`")
        if not text_of(info, "event"):
            raise WrongValue("event", None, "it is missing")
        place = self._centroid(areas)
        times = {name: self._time(info, name) for name in ("onset", "effective", "expires")}
        sent_at = message.references[0][1] if message.references else message.sent_at
        row = dict.fromkeys(ALERTS.columns) | {
            "alert_id": first,
            "site_id": site_id,
            "kind": text_of(info, "event"),
            "detected_at": times["onset"] or times["effective"] or message.sent_at,
            "sent_at": self._rows.get(first, {}).get("sent_at", sent_at),
            "closed_at": times["expires"],
            "priority": PRIORITIES.get(text_of(info, "severity")),
            "place_name": "; ".join(names) or None,
        }
        if place:
            row["latitude"], row["longitude"] = place
        return row

    def _info(self, alert: Element) -> Element:
        infos = children(alert, "info")
        if not infos:
            raise WrongValue("info", None, "it is missing, so nothing says what is warned of")
        language = str(self._source.options.get("language", "")).lower()
        spoken = [
            info for info in infos if (text_of(info, "language") or DEFAULT_LANGUAGE).lower().startswith(language)
        ]
        chosen = (spoken or infos)[0]
        for info in infos:
            if text_of(info, "language") == text_of(chosen, "language") and info is not chosen:
                self._count("Warns of more than one thing, of which the first is read")
                break
        return chosen

    def _time(self, info: Element, name: str) -> datetime | None:
        try:
            return _moment(name, text_of(info, name))
        except WrongValue:
            self._count(f"{name} could not be read and is left empty")
            return None

    def _centroid(self, areas: list[Element]) -> tuple[float, float] | None:
        shapes = {
            kind: [" ".join((shape.text or "").split()) for area in areas for shape in children(area, kind)]
            for kind in ("polygon", "circle")
        }
        if not is_readable(shapes["polygon"], shapes["circle"]):
            self._count("A polygon or circle could not be read and is left out")
        place = centroid(shapes["polygon"], shapes["circle"])
        if place is None:
            self._count("No polygon or circle says where it is")
        return place

    def _count(self, what: str) -> None:
        self._counts[what] = self._counts.get(what, 0) + 1
