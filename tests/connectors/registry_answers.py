"""Invented answers of the registry, and what reading them gives."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from connectors.base import Notice, Parsed, Payload, Refusal, Rows, Source
from connectors.protected_planet import ProtectedPlanet


def area(site_id: object = 990000101, **fields: Any) -> dict[str, Any]:
    named = {"site_id": site_id, "name_english": "Two Valleys", "name": "Zwei T\u00e4ler", "geojson": None}
    return {**named, "countries": [{"iso_3": "XAA"}], **fields}


def read(*areas: dict[str, Any], meta: dict[str, str] | None = None) -> list[Parsed]:
    return read_text(json.dumps({"protected_areas": areas}), meta)


def read_text(text: str, meta: dict[str, str] | None = None) -> list[Parsed]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "page-1.json"
        path.write_text(text)
        source = Source("registry", "protected_planet", "https://registry.invalid")
        return list(ProtectedPlanet().parse(source, (Payload("/v4/protected_areas?page=1", path, meta or {}),)))


def rows(parsed: list[Parsed], table: str) -> list[dict[str, Any]]:
    blocks = (item for item in parsed if isinstance(item, Rows) and item.table == table)
    return [row for block in blocks for row in block.rows.to_pylist()]


def refusals(parsed: list[Parsed]) -> list[tuple[str, int, str]]:
    return [(item.table, item.row, item.field) for item in parsed if isinstance(item, Refusal)]


def notices(parsed: list[Parsed]) -> str:
    return "\n".join(item.text for item in parsed if isinstance(item, Notice))
