"""Files exported from Movebank or its Data Repository: one CSV (plain or gzip), a folder, a zip, or a web address."""

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from connectors.base import Fetched, Payload, Source
from connectors.errors import SourceChanged, SourceRefused, words_of
from connectors.one_file import fetch_one_file
from connectors.package_places import ZIP_ERRORS, Zip

LIMIT_BYTES = 5_000_000_000
SUFFIXES = (".csv", ".csv.gz")
FILES_MAX = 1_000


def fetch_files(source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
    """All tables at the location, unless they are those of the cursor.

    Raises SourceRefused when there are none, or when one is a link that leads out of the folder.
    """
    folder = Path(source.location)
    if folder.is_dir():
        return _fetch_folder(source, folder, cursor)
    fetched = fetch_one_file(source, cursor, workspace, "movebank_export", LIMIT_BYTES)
    if fetched.is_unchanged:
        return fetched
    arrived = fetched.payloads[0].path
    if zipfile.is_zipfile(arrived):
        return Fetched(_unpacked(source, arrived, workspace), fetched.cursor)
    # Named as the person knows it; only the local name above becomes a path.
    name = PurePosixPath(source.location.partition("?")[0]).name or "export"
    return Fetched((Payload(name, arrived),), fetched.cursor)


def _fetch_folder(source: Source, folder: Path, cursor: Mapping[str, Any]) -> Fetched:
    try:
        paths = sorted(path for path in folder.iterdir() if path.name.lower().endswith(SUFFIXES))
        _check_any(source, paths)
        for path in paths:
            if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
                raise SourceRefused(f"{source.name}: {path.name} is not a file of the folder", "Copy the file into it.")
        sha256 = {path.name: _sha256(path) for path in paths}
    except (OSError, RuntimeError) as error:
        raise SourceRefused(f"{source.name}: {folder.name} cannot be read ({type(error).__name__})") from error
    if sha256 == cursor.get("files"):
        return Fetched(cursor=cursor, is_unchanged=True)
    return Fetched(tuple(Payload(path.name, path) for path in paths), {"files": sha256})


def _unpacked(source: Source, archive_path: Path, workspace: Path) -> tuple[Payload, ...]:
    where = f"{source.name}: {PurePosixPath(source.location.partition('?')[0]).name}"
    try:
        with zipfile.ZipFile(archive_path) as archive:
            place = Zip(where, archive, workspace)
            names = sorted(name for name in place.names if name.lower().endswith(SUFFIXES))
            _check_any(source, names)
            return tuple(Payload(name, place.unpacked(name, f"table-{n}")) for n, name in enumerate(names))
    except ZIP_ERRORS as error:
        raise SourceChanged(f"{where} is not a readable zip: {words_of(error)}") from error


def _check_any(source: Source, found: list[Any]) -> None:
    if not found:
        raise SourceRefused(
            f"{source.name}: there is no .csv or .csv.gz file at its location",
            "Set `location` to the file that Movebank exported, or to the folder or zip that holds it.",
        )
    if len(found) > FILES_MAX:
        raise SourceRefused(
            f"{source.name}: there are {len(found):,} tables at its location, at most {FILES_MAX:,} are read"
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
