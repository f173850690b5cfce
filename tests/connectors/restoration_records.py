"""Invented restoration records, and what reading them gives."""

from dataclasses import dataclass
from pathlib import Path

from connectors.base import Notice, Parsed, Payload, Read, Refusal, Rows, Source
from connectors.restoration import Restoration

HEADING = (
    "fragment_id,planted_on,station,scientific_name,nursery,fragment_count,observed_on,status,"
    "alive_count,dead_count,lost_count"
)
PLANTED = "C-1,2025-03-01,North Reef,Porites inventa,Lagoon,10,,,,,"


@dataclass(frozen=True)
class Reading:
    parsed: list[Parsed]

    @property
    def rows(self) -> list[dict]:
        return [row for item in self.parsed if isinstance(item, Rows) for row in item.rows.to_pylist()]

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

    def counts(self) -> dict[tuple[str, str], tuple[int, int, int]]:
        return {
            (row["fragment_id"], row["observed_on"].isoformat()): (
                row["alive_count"],
                row["dead_count"],
                row["lost_count"],
            )
            for row in self.rows
        }


def read_files(*paths: Path, site: str | dict[str, str] = "1") -> Reading:
    source = Source("reef", "restoration", str(paths[0]), site=site)
    return Reading(list(Restoration().parse(source, tuple(Payload(path.name, path) for path in paths))))
