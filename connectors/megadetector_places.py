"""Where and when images were taken: the table beside the results of a detector, which say neither."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors.base import Notice, Parsed, Read, Refusal, Source
from connectors.columns import Tally, lacking_offset, moments
from connectors.megadetector_results import Image, plain_path
from connectors.small_csv import Row, read_small_csv
from data.schema import TEXT

SPELLINGS = {
    "folder_prefix": ("folderprefix", "folder"),
    "deployment_id": ("deploymentid",),
    "file": ("file", "filepath"),
    "timestamp": ("timestamp",),
}
NO_TIME = "it is not a date and time such as 2024-05-31T18:30:00+08:00"


class Places:
    """The deployment of each folder and the time of each file, as the table says."""

    def __init__(self, source: Source, zone: str | None, tally: Tally) -> None:
        self._source = source
        self._zone = zone
        self._tally = tally
        self._deployment_of: dict[str, str] = {}
        self._time_of: dict[str, str] = {}
        self._without_place = self._without_time = self._without_site = 0

    def read(self, path: Path) -> Iterator[Parsed]:
        """Learn from the table; a row that says nothing is refused."""
        sheet = read_small_csv(path, self._source.name, SPELLINGS, required=("folder_prefix", "deployment_id"))
        yield Read(len(sheet.rows))
        for row in sheet.rows:
            yield from self._learn(row)

    def _learn(self, row: Row) -> Iterator[Refusal]:
        cells = {name: cell.strip() for name, cell in row.cells.items()}
        file = plain_path(cells["file"])
        prefix = plain_path(cells["folder_prefix"]) or file
        if prefix and cells["deployment_id"]:
            self._deployment_of[prefix] = cells["deployment_id"]
        elif not (file and cells["timestamp"]):
            reason = "the row names neither a deployment of a folder nor the time of a file"
            yield Refusal("detections", row.line, "deployment_id", None, reason, row.raw)
        if file and cells["timestamp"]:
            if moments(pa.array([cells["timestamp"]], TEXT), self._zone).at.null_count:
                yield Refusal("detections", row.line, "timestamp", cells["timestamp"], NO_TIME, row.raw)
            else:
                self._time_of[file] = cells["timestamp"]

    def of(self, images: list[Image]) -> list[tuple[Image, dict[str, Any]]]:
        """The images that have deployment, site and time, with these; the others are counted."""
        placed = []
        for image in images:
            deployment_id = self._deployment(image.file)
            text = self._time_of.get(image.file, image.taken_at)
            site_id = self._source.site_of(deployment_id) if deployment_id else None
            self._without_place += deployment_id is None
            self._without_site += deployment_id is not None and site_id is None
            self._without_time += deployment_id is not None and site_id is not None and text is None
            if site_id and text:
                placed.append((image, text, {"site_id": site_id, "deployment_id": deployment_id}))
        times = self._times([text for _, text, _ in placed])
        known = zip(placed, times, strict=True)
        self._without_time += sum(at is None for at, _ in times)
        return [
            (image, {**place, "started_at": at, "utc_offset_min": offset})
            for (image, _, place), (at, offset) in known
            if at is not None
        ]

    def _times(self, texts: list[str]) -> list[tuple[datetime | None, int | None]]:
        if not texts:
            return []
        column = pa.array(texts, TEXT)
        read = moments(column, self._zone)
        self._tally.add(lacking_offset(self._zone), read.lacks_offset, column)
        return list(zip(read.at.to_pylist(), read.utc_offset_min.to_pylist(), strict=True))

    def _deployment(self, file: str) -> str | None:
        """By the longest of the folders, or the file itself, that the table names."""
        parts = file.split("/")
        names = ("/".join(parts[:length]) for length in range(len(parts), 0, -1))
        return next((self._deployment_of[name] for name in names if name in self._deployment_of), None)

    def notices(self) -> Iterator[Notice]:
        """How many images could not be stored, and why."""
        for count, what in (
            (self._without_place, "lie in no folder that the table of deployments names"),
            (self._without_site, "are of a deployment for which no site is configured"),
            (self._without_time, "have no time that can be read"),
        ):
            if count:
                yield Notice(f"{count} images {what}: they are counted by `check`, and not stored")
