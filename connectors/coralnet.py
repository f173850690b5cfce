"""Exports of CoralNet, where points in photographs of the sea floor are labelled: percent covers and annotations.

Formats: https://github.com/coralnet/coralnet (export of percent_covers.csv and annotations.csv).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors import coralnet_annotations, coralnet_covers
from connectors.base import Connector, Fetched, Notice, Parsed, Payload, Refusal, Source
from connectors.coralnet_files import Table, data_files, fetch_files
from connectors.coralnet_labels import read_groups
from connectors.coralnet_places import PlaceOptions, Places, place_options
from connectors.errors import SourceChanged
from connectors.labelled_images import Image, LabelledImages, Told

ENDINGS = (".csv", ".xlsx")


class CoralNet(Connector):
    """Reads percent covers and annotations, one CSV or Excel file or a folder of them.

    Usernames are never stored in a table or shown; the raw answer keeps what the file holds.

    Options: `labels`, a CSV file (path on this machine, from the folder of the exports) with `label` and `group`, or
    with `Name` and `Functional Group` as the label set of CoralNet; without it some genera of hard corals are known.
    `station_column`, the column that names the station, `Site` by default. `image_name`, a regular expression with
    groups named `station`, `date` and `depth` (any of them), searched in the first 255 characters of an image's name;
    they count where the file has no column for them, or a blank cell in it.
    A cover is the share of the labels of its group in all points, so labels without a group make it a lower bound:
    `value_high` then holds the upper one. With a table, an image that has only labels without a group gives no figure.
    """

    name = "coralnet"
    title = "CoralNet percent covers and annotations"
    tables = ("reef_surveys",)
    is_whole = True

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        place_options(source)
        return fetch_files(source, cursor, workspace, ENDINGS)

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        export = _read(source, payloads)
        yield from export.told
        if not export.images.groups.is_given:
            text = "no table of labels is given: only some genera of hard corals are known; set the option `labels`"
            yield Notice(text)
        yield from export.images.notices()
        yield from export.images.rows(source)

    def figures(self, source: Source, payloads: tuple[Payload, ...]) -> dict[str, Any]:
        """What the exports say of all images; see LabelledImages.figures.

        `hard_coral_pct_mean` leaves out files in which no label is known to be hard coral.
        """
        return _read(source, payloads).images.figures(source)


@dataclass
class _Export:
    """All that the files of one pull say."""

    images: LabelledImages
    told: list[Parsed] = field(default_factory=list)


def _read(source: Source, payloads: tuple[Payload, ...]) -> _Export:
    """Every image once: annotations first, because they say more than the percent covers of the same image."""
    options = place_options(source)
    export = _Export(LabelledImages(read_groups(source, payloads)))
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
        _read_points(export, table, options)
    for table in covers:
        _read_covers(export, table, options)
    return export


def _read_points(export: _Export, table: Table, options: PlaceOptions) -> None:
    places = Places(options, table)
    items = list(coralnet_annotations.Annotations(table, places).read())
    labels = dict.fromkeys(label for item in items if isinstance(item, Image) for label in item.percents)
    _collect(export, items, coralnet_annotations.METHOD, export.images.metrics(labels), table.where)
    export.told.extend(places.notices())


def _read_covers(export: _Export, table: Table, options: PlaceOptions) -> None:
    places = Places(options, table)
    file = coralnet_covers.Covers(table, places)
    _collect(export, file.read(), coralnet_covers.METHOD, export.images.metrics(file.labels), table.where)
    export.told.extend(places.notices())


def _collect(export: _Export, items: Iterable[Any], method: str, metrics: tuple[str, ...], where: str) -> None:
    before = {told.image.name: told.method for told in export.images.images}
    ids = {told.image.image_id for told in export.images.images}
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
            export.images.images.append(Told(item, method, metrics))
    if already_told:
        text = f"{where}: {already_told} images are told point by point in another file; their covers are left out"
        export.told.append(Notice(text))
