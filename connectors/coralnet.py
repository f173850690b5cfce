"""Exports of CoralNet, where points in photographs of the sea floor are labelled: percent covers and annotations.

Formats: https://github.com/coralnet/coralnet (export of percent_covers.csv and annotations.csv).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors import coralnet_annotations, coralnet_covers
from connectors.base import Connector, Fetched, Notice, Parsed, Payload, Refusal, Rows, Source
from connectors.coralnet_files import Image, Line, Table, cell, data_files, fetch_files, number_of
from connectors.coralnet_labels import METRIC_OF, Groups, read_groups
from connectors.errors import SourceChanged
from connectors.options import refused
from data.schema import REEF_SURVEYS

DEPTH = re.compile(r"(\d+(?:\.\d+)?)\s*m?(?:et(?:er|re)s?)?", re.IGNORECASE)
SHOWN = 50
DECIMALS = 4


class CoralNet(Connector):
    """Reads percent_covers.csv and annotations.csv, one file or a folder of them; usernames are never kept.

    Options: `labels`, a CSV file (path on this machine, from the folder of the exports) with `label` and `group`, or
    with `Name` and `Functional Group` as the label set of CoralNet; without it some genera of hard corals are known.
    `station_column`, the column that names the station, `Site` by default.
    A cover is the share of the labels of its group in all points, so labels without a group make it a lower bound:
    `value_high` then holds the upper one.
    """

    name = "coralnet"
    title = "CoralNet percent covers and annotations"
    tables = ("reef_surveys",)
    is_whole = True

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        return fetch_files(source, cursor, workspace)

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        export = _read(source, payloads)
        yield from export.told
        yield from _label_notices(export)
        rows = [(told.image.number, row) for told in export.images for row in _rows(source, told, export)]
        stored = [(number, row) for number, row in rows if row["site_id"]]
        if len(stored) < len(rows):
            count = len({row["survey_id"] for _, row in rows if not row["site_id"]})
            yield Notice(f"{count} images are of a station for which no site is configured: counted, and not stored")
        yield Rows(
            "reef_surveys",
            pa.Table.from_pylist([row for _, row in stored], schema=REEF_SURVEYS.arrow_schema),
            numbers=pa.array([number for number, _ in stored], pa.int64()),
        )

    def figures(self, source: Source, payloads: tuple[Payload, ...]) -> dict[str, Any]:
        """What the exports say of all images.

        `surveys` are stations on a day, `points` is empty where a file does not count them, `hard_coral_pct_mean`
        gives every image the same weight and leaves out files in which no label is known to be hard coral; it is
        empty when no file is left.
        """
        export = _read(source, payloads)
        images = [told.image for told in export.images]
        days = [image.surveyed_on for image in images if image.surveyed_on]
        points = [image.points for image in images]
        covers = [
            export.cover(told.image, "hard_coral_pct") for told in export.images if "hard_coral_pct" in told.metrics
        ]
        return {
            "stations": len({image.station or source.name for image in images}),
            "surveys": len({(image.station or source.name, image.surveyed_on) for image in images}),
            "images": len(images),
            "points": sum(points) if None not in points else None,
            "hard_coral_pct_mean": round(sum(covers) / len(covers), 4) if covers else None,
            "first": min(days).isoformat() if days else None,
            "last": max(days).isoformat() if days else None,
            "unmatched_labels": export.unmatched,
        }


@dataclass(frozen=True)
class _Told:
    """An image with the way its file tells of it, and the metrics of which at least one label of the file is known."""

    image: Image
    method: str
    metrics: tuple[str, ...]


@dataclass
class _Export:
    """All that the files of one pull say; `labels` gives the group of each label, None where it is not known."""

    groups: Groups
    labels: dict[str, str | None] = field(default_factory=dict)
    images: list[_Told] = field(default_factory=list)
    told: list[Parsed] = field(default_factory=list)

    @property
    def unmatched(self) -> list[str]:
        return [label for label, group in self.labels.items() if group is None]

    def metrics(self, labels: Iterable[str]) -> tuple[str, ...]:
        """The metrics that these labels, all those of one file, say anything of."""
        self.labels |= {label: self.groups.of(label) for label in labels if label not in self.labels}
        return tuple(dict.fromkeys(METRIC_OF[group] for label in labels if (group := self.labels[label]) in METRIC_OF))

    def cover(self, image: Image, metric: str) -> float:
        """The percent of all points whose label belongs to the metric."""
        return sum(pct for label, pct in image.percents.items() if METRIC_OF.get(self.labels[label] or "") == metric)

    def unmatched_pct(self, image: Image) -> float:
        """The percent of all points whose label has no group."""
        return sum(pct for label, pct in image.percents.items() if self.labels[label] is None)


def _read(source: Source, payloads: tuple[Payload, ...]) -> _Export:
    """Every image once: annotations first, because they say more than the percent covers of the same image."""
    export = _Export(read_groups(source, payloads))
    tables = [Table(payload.path, f"{source.name}: {payload.name}") for payload in data_files(payloads)]
    points = [table for table in tables if coralnet_annotations.is_annotations(table)]
    covers = [table for table in tables if table not in points and coralnet_covers.is_covers(table)]
    if not points + covers:
        headings = ", ".join(heading[:40] for heading in tables[0].headings[:20]) if tables else "none"
        raise SourceChanged(
            f"{source.name}: no file has the columns of annotations (Name, Row, Column, Label code) or of percent "
            f"covers (Image name, Annotation status); the first has: {headings}",
            "Export them from CoralNet again as CSV.",
        )
    for table in tables:
        if table not in points + covers:
            export.told.append(Notice(f"{table.where} holds neither annotations nor percent covers and is left out"))
    for table in points:
        described = _Described(source, table)
        items = list(coralnet_annotations.Annotations(table, described).read())
        labels = dict.fromkeys(label for item in items if isinstance(item, Image) for label in item.percents)
        _collect(export, items, coralnet_annotations.METHOD, export.metrics(labels), table.where)
        export.told.extend(described.notices())
    for table in covers:
        described = _Described(source, table)
        file = coralnet_covers.Covers(table, described)
        _collect(export, file.read(), coralnet_covers.METHOD, export.metrics(file.labels), table.where)
        export.told.extend(described.notices())
    return export


def _collect(export: _Export, items: Iterable[Any], method: str, metrics: tuple[str, ...], where: str) -> None:
    before = {told.image.name: told.method for told in export.images}
    ids = {told.image.image_id for told in export.images}
    already_told = 0
    for item in items:
        if not isinstance(item, Image):
            export.told.append(item)
        elif before.get(item.name, method) != method:
            already_told += 1
        elif item.image_id in ids:
            reason, raw = "an earlier row is of the same image", f"{where}, line {item.number}"
            export.told.append(Refusal("reef_surveys", item.number, "Image name", item.image_id, reason, raw))
        else:
            ids.add(item.image_id)
            export.images.append(_Told(item, method, metrics))
    if already_told:
        text = f"{where}: {already_told} images are told point by point in another file; their covers are left out"
        export.told.append(Notice(text))


class _Described:
    """Where and when the image of a row was taken, with a count of what could not be read."""

    def __init__(self, source: Source, table: Table) -> None:
        asked = source.options.get("station_column", "Site")
        if not isinstance(asked, str) or not asked.strip():
            raise refused(source, "station_column", "the name of a column", '"Site"')
        self._table = table
        self._station = table.place(asked)
        self._is_missing = self._station is None and "station_column" in source.options
        self._asked = asked
        self._places = {name: table.place(name) for name in ("Date", "Depth", "Latitude", "Longitude")}
        self._unread = dict.fromkeys(self._places, 0)

    def __call__(self, line: Line) -> dict[str, Any]:
        return {
            "station": cell(line, self._station) or None,
            "surveyed_on": self._value(line, "Date", _day),
            "depth_m": self._value(line, "Depth", _depth_m),
            "latitude": self._value(line, "Latitude", lambda text: _degrees(text, 90)),
            "longitude": self._value(line, "Longitude", lambda text: _degrees(text, 180)),
        }

    def _value(self, line: Line, name: str, read: Any) -> Any:
        text = cell(line, self._places[name])
        value = read(text) if text else None
        self._unread[name] += bool(text) and value is None
        return value

    def notices(self) -> Iterator[Notice]:
        if self._is_missing:
            yield Notice(f"{self._table.where} has no column {self._asked}, so its images have no station of their own")
        for name, count in self._unread.items():
            if count:
                yield Notice(f"{self._table.where}: {name} could not be read and is left empty: {count} images")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _depth_m(text: str) -> float | None:
    match = DEPTH.fullmatch(text)
    return float(match[1]) if match else None


def _degrees(text: str, limit: int) -> float | None:
    number = number_of(text)
    return number if number is not None and abs(number) <= limit else None


def _rows(source: Source, told: _Told, export: _Export) -> Iterator[dict[str, Any]]:
    image = told.image
    unmatched_pct = export.unmatched_pct(image)
    for metric in told.metrics:
        value = round(export.cover(image, metric), DECIMALS)
        yield {
            "survey_id": image.image_id,
            "site_id": source.site_of(image.station, source.name),
            "station": image.station or source.name,
            "surveyed_on": image.surveyed_on,
            "method": told.method,
            "metric": metric,
            "value": value,
            "value_high": round(value + unmatched_pct, DECIMALS) if unmatched_pct else None,
            "sample_units": 1,
            "points": image.points,
            "labelled_by": image.labelled_by,
            "depth_m": image.depth_m,
            "latitude": image.latitude,
            "longitude": image.longitude,
        }


def _label_notices(export: _Export) -> Iterator[Notice]:
    if not export.groups.is_given:
        yield Notice("no table of labels is given: only some genera of hard corals are known; set the option `labels`")
    if without := sum("hard_coral_pct" not in told.metrics for told in export.images):
        yield Notice(
            f"{without} images are of files in which no label is known to be hard coral: they give no figure of it, "
            "which is not zero"
        )
    if unmatched := export.unmatched:
        shares = [export.unmatched_pct(told.image) for told in export.images]
        share = sum(shares) / max(1, len(shares))
        more = f" and {len(unmatched) - SHOWN} more" if len(unmatched) > SHOWN else ""
        yield Notice(
            f"{len(unmatched)} labels, {share:.1f} % of the points on average, have no group in the table, so each "
            f"cover is a lower bound: {', '.join(repr(label) for label in unmatched[:SHOWN])}{more}"
        )
