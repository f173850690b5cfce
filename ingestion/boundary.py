"""A file with the fence or the boundary that a check counts crossings of."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import shapely

from metrics.fences import AREAS, LINES


def read_boundary(path: Path) -> tuple[Mapping[str, Any], ...]:
    """The geometries of a GeoJSON geometry, Feature or FeatureCollection; each feature is a boundary of its own.

    Raises ValueError when the file cannot be read or holds no geometry.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not JSON") from error
    geometries = tuple(_geometries(document))
    if not geometries or not all(map(_is_fence, geometries)):
        raise ValueError(f"{path} holds something else than polygons and lines of GeoJSON")
    return geometries


def _is_fence(geometry: Mapping[str, Any]) -> bool:
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except shapely.errors.ShapelyError:
        return False
    return shape.geom_type in (*AREAS, *LINES) and not shape.is_empty


def _geometries(document: Any) -> list[Mapping[str, Any]]:
    if not isinstance(document, Mapping):
        return []
    features = document.get("features")
    parts = features if isinstance(features, list) else [document]
    found = [part.get("geometry") if "geometry" in part else part for part in parts if isinstance(part, Mapping)]
    return [geometry for geometry in found if isinstance(geometry, Mapping)]
