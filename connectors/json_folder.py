"""Saved answers of an API: one JSON file, or the JSON files of a folder."""

from pathlib import Path

from connectors.base import Source
from connectors.errors import SourceRefused
from connectors.folder import files_of

FILES_MAX = 10_000


def json_files(source: Source) -> list[Path]:
    """The file at the location, or the JSON files of the folder; raises SourceRefused when there is none."""
    location = Path(source.location)
    where = f"{source.name}: {location.name}"
    try:
        if not location.is_dir():
            return [location]
    except (OSError, ValueError) as error:
        raise SourceRefused(f"{where} cannot be read") from error
    found = files_of(source, (".json",), FILES_MAX)
    if not found:
        raise SourceRefused(f"{where} holds no JSON files", "Put the saved answers there.")
    return found
