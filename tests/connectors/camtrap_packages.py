"""Small Camtrap DP packages made for one test each, and what reading one gave."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.base import Notice, Parsed, Read, Refusal, Rows, Source
from connectors.camtrap_dp import CamtrapDP

PROFILE = "https://raw.githubusercontent.com/tdwg/camtrap-dp/{}/camtrap-dp-profile.json"
DEPLOYMENT = {
    "deploymentID": "d1",
    "locationID": "ridge",
    "latitude": "10.12345",
    "longitude": "100.12345",
    "deploymentStart": "2024-01-01T00:00:00Z",
    "deploymentEnd": "2024-01-11T00:00:00Z",
}
OBSERVATION = {
    "observationID": "o1",
    "deploymentID": "d1",
    "mediaID": "",
    "eventID": "",
    "eventStart": "2024-01-02T03:04:05Z",
    "eventEnd": "2024-01-02T03:04:15Z",
    "observationLevel": "event",
    "observationType": "animal",
    "scientificName": "Panthera pardus",
    "count": "1",
}
OLD_DEPLOYMENT = {
    ("start" if name == "deploymentStart" else "end" if name == "deploymentEnd" else name): value
    for name, value in DEPLOYMENT.items()
}
OLD_OBSERVATION = {
    "observationID": "o1",
    "deploymentID": "d1",
    "sequenceID": "s1",
    "mediaID": "",
    "timestamp": "2021-02-03T04:05:06Z",
    "observationType": "animal",
    "cameraSetup": "FALSE",
    "scientificName": "Panthera pardus",
    "count": "2",
}

Row = Mapping[str, str]


def csv_text(rows: Sequence[Row], delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(text, names, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def deployments(*changes: Row, like: Row = DEPLOYMENT) -> list[Row]:
    return [{**like, **change} for change in changes or ({},)]


def observations(*changes: Row, like: Row = OBSERVATION) -> list[Row]:
    return [{**like, "observationID": f"o{number}", **change} for number, change in enumerate(changes, 1)]


def write_package(folder: Path, version: str = "1.0.2", **tables: Sequence[Row] | bytes) -> Path:
    """A folder with a descriptor and one CSV file per table (`_` in a name stands for `-`)."""
    folder.mkdir(parents=True, exist_ok=True)
    resources = []
    for table, rows in tables.items():
        name = table.replace("_", "-")
        (folder / f"{name}.csv").write_bytes(rows if isinstance(rows, bytes) else csv_text(rows).encode())
        resources.append({"name": name, "path": f"{name}.csv"})
    write_descriptor(folder, resources, profile=PROFILE.format(version))
    return folder


def write_descriptor(folder: Path, resources: list[dict[str, Any]], **others: Any) -> None:
    (folder / "datapackage.json").write_text(json.dumps({**others, "resources": resources}))


@dataclass(frozen=True)
class Reading:
    """All that reading one package gave."""

    parsed: list[Parsed]

    def rows(self, table: str) -> list[dict[str, Any]]:
        return [row for item in self._all(Rows) if item.table == table for row in item.rows.to_pylist()]

    @property
    def detections(self) -> list[dict[str, Any]]:
        return self.rows("detections")

    @property
    def refusals(self) -> list[Refusal]:
        return self._all(Refusal)

    @property
    def counts(self) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for row in self.rows("observation_counts"):
            counts[row["observation_type"]] += row["row_count"]
        return dict(counts)

    @property
    def notices(self) -> str:
        return "\n".join(item.text for item in self._all(Notice))

    @property
    def rows_read(self) -> list[int]:
        return [item.count for item in self._all(Read)]

    @property
    def rows_left_out(self) -> int:
        return sum(int(number) for number in re.findall(r"^observations left out, .*?: (\d+) rows", self.notices, re.M))

    def _all(self, kind: type) -> list[Any]:
        return [item for item in self.parsed if isinstance(item, kind)]


def read(location: Path | str, workspace: Path, **settings: Any) -> Reading:
    """Fetch and parse; `settings` are those of the source, which has one site unless they say otherwise."""
    source = Source("cameras", "camtrap_dp", str(location), **{"site": "555500001", **settings})
    workspace.mkdir(exist_ok=True)
    fetched = CamtrapDP().fetch(source, {}, workspace)
    return Reading(list(CamtrapDP().parse(source, fetched.payloads)))
