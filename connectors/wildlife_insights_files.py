"""The tables of a Wildlife Insights export: found in a folder, a zip or a zip at a web address."""

import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from connectors.base import Fetched, Payload, Source
from connectors.errors import SourceChanged, SourceRefused, words_of
from connectors.one_file import fetch_one_file
from connectors.package_places import ZIP_ERRORS, Zip, is_url

ZIP_MAX_BYTES = 1_000_000_000
TABLES_MAX = 1_000
# At the top or in one folder. projects.csv is left alone: it holds names and addresses of people.
_MEMBER = re.compile(r"(?:[^/]+/)?(cameras|deployments|images|sequences)(_[^/]*)?\.csv", re.IGNORECASE)


def fetch_export(source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
    """The tables of the export as payloads; the `meta` of each says its `kind`, as its name begins.

    Raises SourceUnavailable, SourceRefused (no such file, no such table) or SourceChanged (no zip).
    """
    folder = Path(source.location)
    if not is_url(source.location) and folder.is_dir():
        return _from_folder(source, folder, cursor)
    fetched = fetch_one_file(source, cursor, workspace, "export.zip", ZIP_MAX_BYTES)
    if fetched.is_unchanged:
        return fetched
    return Fetched(tuple(_unzipped(source, fetched.payloads[0].path, workspace)), fetched.cursor)


def _from_folder(source: Source, folder: Path, cursor: Mapping[str, Any]) -> Fetched:
    root = folder.resolve()
    try:
        files = [*root.glob("*.[cC][sS][vV]"), *root.glob("*/*.[cC][sS][vV]")]
        paths = {path.relative_to(root).as_posix(): path for path in files}
        names = _tables(paths, source.name)
        for name in names:
            if not paths[name].resolve().is_relative_to(root):
                raise SourceRefused(f"{source.name}: {name} is a link to a file outside of the export")
        payloads = tuple(Payload(name, paths[name], {"kind": kind}) for name, kind in names.items())
        hashes = {payload.name: _sha256(payload.path) for payload in payloads}
    except OSError as error:
        raise SourceRefused(f"{source.name}: {folder.name} cannot be read ({error.strerror})") from error
    is_unchanged = hashes == cursor.get("files")
    return Fetched(() if is_unchanged else payloads, {"files": hashes}, is_unchanged)


def _unzipped(source: Source, path: Path, workspace: Path) -> Iterator[Payload]:
    where = f"{source.name}: the export"
    try:
        with zipfile.ZipFile(path) as archive:
            place = Zip(where, archive, workspace)
            for number, (name, kind) in enumerate(_tables(place.names, source.name).items(), 1):
                yield Payload(name, place.unpacked(name, f"{number}.csv"), {"kind": kind})
    except ZIP_ERRORS as error:
        problem = f"{where} is not a readable zip: {words_of(error)}"
        raise SourceChanged(problem, "Send the zip as it was downloaded.") from error


def _tables(names: Iterable[str], source_name: str) -> dict[str, str]:
    """The files that are read, in the order of their names, and the kind of each."""
    kinds = {name: match[1].lower() for name in sorted(names) if (match := _MEMBER.fullmatch(name))}
    if len(kinds) > TABLES_MAX:
        raise SourceRefused(f"{source_name}: the export holds {len(kinds):,} tables, at most {TABLES_MAX:,} are read")
    if "deployments" not in kinds.values() or not {"images", "sequences"} & set(kinds.values()):
        raise SourceRefused(
            f"{source_name}: the export lacks deployments.csv, or images.csv and sequences.csv",
            "Check that `location` in network.toml is the downloaded zip or the folder unpacked from it.",
        )
    return kinds


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
