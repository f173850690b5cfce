"""What reading invented assessments gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.assessments import Assessments
from connectors.base import Notice, Parsed, Payload, Read, Refusal, Rows, Source


@dataclass(frozen=True)
class Reading:
    parsed: list[Parsed]
    figures: Mapping[str, Any]

    def rows(self, table: str) -> list[dict]:
        return [
            row
            for item in self.parsed
            if isinstance(item, Rows) and item.table == table
            for row in item.rows.to_pylist()
        ]

    @property
    def assessments(self) -> dict[str, dict]:
        return {row["assessment_id"]: row for row in self.rows("assessments")}

    @property
    def ratings(self) -> dict[tuple[str, str, str], str | float]:
        return {
            (row["assessment_id"], row["indicator_id"], row["role"]): row["rating"] or row["score"]
            for row in self.rows("ratings")
        }

    @property
    def refused(self) -> list[tuple[int, str]]:
        return [(item.row, item.field) for item in self.parsed if isinstance(item, Refusal)]

    @property
    def reasons(self) -> str:
        return "\n".join(item.reason for item in self.parsed if isinstance(item, Refusal))

    @property
    def notices(self) -> str:
        return "\n".join(item.text for item in self.parsed if isinstance(item, Notice))

    @property
    def read(self) -> int:
        return sum(item.count for item in self.parsed if isinstance(item, Read))


def read_files(*paths: Path, site: str | dict[str, str] = "") -> Reading:
    source = Source("network", "assessments", str(paths[0]), site=site)
    payloads = tuple(Payload(path.name, path) for path in paths)
    return Reading(list(Assessments().parse(source, payloads)), Assessments().figures(source, payloads))
