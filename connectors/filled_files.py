"""Finding and fetching tables that people fill in: one file, or all of a folder."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from connectors.base import Fetched, Source
from connectors.errors import SourceRefused
from connectors.one_file import fetch_several
from connectors.package_places import is_url

FILE_MAX_BYTES = 50_000_000
FILES_MAX = 1_000
# An old workbook is taken too, so that it is refused by its name and never passed over.
SUFFIXES = (".csv", ".xlsx", ".xlsm", ".xls")
LOCK = "~$"


def fetch_tables(
    source: Source, cursor: Mapping[str, Any], workspace: Path, template: str, others: tuple[str, ...] = ()
) -> Fetched:
    """Every CSV and Excel file, and those that end in one of `others`, unless none has changed since `cursor`.

    `template` is what `ingest.py template` calls the table, for whoever has none. Raises SourceRefused without a file.
    """
    locations = _wanted(source, template, others)
    wanted = {name: (replace(source, location=location), FILE_MAX_BYTES) for name, location in locations.items()}
    return fetch_several(wanted, cursor, workspace)


def _wanted(source: Source, template: str, others: tuple[str, ...]) -> dict[str, str]:
    """The location of each file by its name."""
    if is_url(source.location):
        return {PurePosixPath(urlsplit(source.location).path).name or template: source.location}
    location = Path(source.location)
    where = f"{source.name}: {location.name}"
    try:
        if not location.is_dir():
            return {location.name: source.location}
        found = sorted(path for path in location.iterdir() if _is_table(path, (*SUFFIXES, *others)))
        outside = [path for path in found if not path.resolve().is_relative_to(location.resolve())]
    except (OSError, RuntimeError, ValueError) as error:
        raise SourceRefused(f"{where} cannot be read") from error
    if outside:
        raise SourceRefused(f"{where} holds a link that leads out of the folder")
    or_others = f" (or {', '.join(others)})" if others else ""
    if not 0 < len(found) <= FILES_MAX:
        raise SourceRefused(
            f"{where} holds {len(found)} CSV or Excel files{or_others}, and from 1 to {FILES_MAX:,} can be read",
            f"Put filled templates there: python ingest.py template {template} -o FILE.xlsx writes an empty one.",
        )
    return {path.name: str(path) for path in found}


def _is_table(path: Path, suffixes: tuple[str, ...]) -> bool:
    return path.suffix.lower() in suffixes and not path.name.startswith((LOCK, "."))
