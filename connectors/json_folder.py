"""Saved answers of an API: one JSON file, or the JSON files of a folder."""

from pathlib import Path

from connectors.base import Source
from connectors.errors import SourceRefused

FILES_MAX = 10_000


def json_files(source: Source) -> list[Path]:
    """The file at the location, or the JSON files of the folder; raises SourceRefused when there is none."""
    location = Path(source.location)
    where = f"{source.name}: {location.name}"
    try:
        if not location.is_dir():
            return [location]
        found = sorted(path for path in location.iterdir() if path.suffix.lower() == ".json")
        outside = [path for path in found if not path.resolve().is_relative_to(location.resolve())]
    except (OSError, RuntimeError, ValueError) as error:
        raise SourceRefused(f"{where} cannot be read") from error
    if outside:
        raise SourceRefused(f"{where} holds a link that leads out of the folder")
    if not 0 < len(found) <= FILES_MAX:
        raise SourceRefused(f"{where} holds {len(found)} JSON files, and from 1 to {FILES_MAX:,} can be read")
    return found
