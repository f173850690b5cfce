"""Invented Camtrap DP packages, small enough to write in a moment."""

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

FIRST = datetime(2025, 1, 1, 6, tzinfo=UTC)
NAMES = ("Vulpes vulpes", "Sus scrofa", "Panthera tigris", "")
CAMERAS = 4


def write_package(folder: Path, prefix: str, events: int, edition: int = 1) -> Path:
    """Events spread over a year; a later edition lacks some, has new ones, and says something else of others."""
    folder.mkdir(parents=True, exist_ok=True)
    deployments = [
        {
            "deploymentID": f"{prefix}-d{n}",
            "locationID": f"L{n}",
            "latitude": 47 + n / 100,
            "longitude": 11.5,
            "deploymentStart": _text(FIRST - timedelta(days=1)),
            "deploymentEnd": _text(FIRST + timedelta(days=400)),
        }
        for n in range(CAMERAS)
    ]
    numbers = [n for n in range(events) if edition == 1 or n % 7] + list(range(events, events + 40 * (edition - 1)))
    observations = [_observation(prefix, n, events, edition) for n in numbers]
    _write_csv(folder / "deployments.csv", deployments)
    _write_csv(folder / "observations.csv", observations)
    (folder / "datapackage.json").write_text(json.dumps(_descriptor()))
    return folder


def _observation(prefix: str, number: int, events: int, edition: int) -> Mapping[str, Any]:
    start = FIRST + timedelta(days=365 * (number % events) / events)
    is_animal = number % 5 != 0
    return {
        "observationID": f"{prefix}-{number}",
        "deploymentID": f"{prefix}-d{number % CAMERAS}",
        "eventID": f"{prefix}-e{number}",
        "eventStart": _text(start),
        "eventEnd": _text(start + timedelta(minutes=2)),
        "observationLevel": "event",
        "observationType": "animal" if is_animal else "blank",
        "scientificName": NAMES[number % len(NAMES)] if is_animal else "",
        "count": number % 3 + edition if is_animal and number % 11 else "",
        "classificationMethod": "machine" if number % 2 else "human",
    }


def _descriptor() -> Mapping[str, Any]:
    profile = "https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.2/camtrap-dp-profile.json"
    resources = [{"name": name, "path": f"{name}.csv"} for name in ("deployments", "observations")]
    return {"profile": profile, "resources": resources}


def _write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
