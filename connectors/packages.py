"""Frictionless data packages: found in a folder, in a zip or at a web address, with the files of their resources.

Specification: https://specs.frictionlessdata.io/data-package/ (a path is relative, below the descriptor, or a URL).
Nothing that a package says is trusted: its paths stay below it, and its zip is read within limits.
"""

import csv
import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

from connectors.base import Fetched, Payload, Source
from connectors.errors import SourceChanged, SourceRefused, words_of
from connectors.http import Client
from connectors.json_text import decode
from connectors.package_places import DESCRIPTOR, ZIP_ERRORS, Folder, Place, Zip, is_url, path_inside
from connectors.secret import secret_of
from connectors.tabular import Layout

PACKAGE = "package"
DESCRIPTOR_MAX_BYTES = 20_000_000
FILES_MAX = 1_000
# Of rows in the descriptor itself; each row may bring columns that all others then have too.
INLINE_CELLS_MAX = 20_000_000

Descriptor = Mapping[str, Any]
Wanted = Callable[[Descriptor], Mapping[str, bool]]


def fetch_package(source: Source, cursor: Mapping[str, Any], workspace: Path, wanted: Wanted) -> Fetched:
    """The descriptor and the files of the resources that `wanted` names after seeing the descriptor.

    `wanted` says of each resource whether it is needed; one that is not may be absent. The first payload is the
    descriptor; the `meta` of each other one says which resource it belongs to and how it is written (`layout_of`).
    Local files stay where they are. The cursor holds the SHA-256 of each file and what the server said of it; when
    nothing differs from it, nothing is handed on.
    Raises SourceUnavailable, SourceRefused (no such file, a path out of the package) or SourceChanged (no package).
    """
    if not is_url(source.location):
        return _fetch_local(source, Path(source.location), cursor, workspace, wanted)
    with Client(source.name, source.location, secret_of(source)) as client:
        web = Web(source, client, cursor, workspace)
        arrived = web.descriptor()
        if not arrived.exists():
            return Fetched(cursor=cursor, is_unchanged=True)
        if zipfile.is_zipfile(arrived):
            fetched = _fetch_local(source, arrived, cursor, workspace, wanted)
            return replace(fetched, cursor={**fetched.cursor, "seen": web.seen})
        # The list of resources is needed every time, so the server is never asked whether it is unchanged.
        del web.seen[PACKAGE]
        return web.completed(_payloads(web, arrived, wanted, workspace))


def read_descriptor(path: Path, where: str) -> dict[str, Any]:
    """The descriptor of a package; raises SourceChanged when it is not one with resources."""
    try:
        if path.stat().st_size > DESCRIPTOR_MAX_BYTES:
            raise SourceChanged(
                f"{where} is larger than {DESCRIPTOR_MAX_BYTES / 1e6:.0f} MB: too large for a descriptor"
            )
        descriptor = decode(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise SourceChanged(f"{where} is not JSON: {error}") from error
    resources = descriptor.get("resources") if isinstance(descriptor, dict) else None
    if not isinstance(resources, list) or not all(isinstance(resource, dict) for resource in resources):
        raise SourceChanged(f"{where} is not a data package: it has no list called `resources`")
    return descriptor


def layout_of(payload: Payload) -> Layout:
    """How the file of a resource is written, from the `meta` that `fetch_package` gave it."""
    return Layout(**{key: payload.meta[key] for key in ("delimiter", "quote", "encoding") if key in payload.meta})


class Web(Place):
    """A package at a web address; `seen` is what the server said of each file (ETag and Last-Modified)."""

    def __init__(self, source: Source, client: Client, cursor: Mapping[str, Any], workspace: Path) -> None:
        self.where = f"{source.name}: {DESCRIPTOR}"
        self.seen: dict[str, list[str | None]] = {}
        self._location = source.location
        self._client = client
        self._cursor = cursor
        self._workspace = workspace
        self._addresses: dict[str, str] = {}

    def descriptor(self) -> Path:
        return self._get(PACKAGE, self._location)

    def file(self, key: str, path: str) -> Path | None:
        if not is_url(path):
            path = urljoin(self._location, quote(str(path_inside(path, self.where))))
        return self._get(key, path)

    def _get(self, key: str, url: str, is_repeated: bool = False) -> Path:
        """Where the file is, or would be if the server had not said that it is the one of the cursor."""
        is_known = key in self._cursor.get("files", {}) and not is_repeated
        etag, last_modified = self._cursor.get("seen", {}).get(key, [None, None]) if is_known else [None, None]
        into = self._workspace / key
        download = self._client.download(url, into, etag, last_modified)
        self.seen[key] = [download.etag, download.last_modified]
        self._addresses[key] = url
        return into

    def completed(self, payloads: list[Payload]) -> Fetched:
        """All payloads, also the unchanged ones if any other has changed."""
        known = self._cursor.get("files", {})
        files = {p.meta["key"]: _sha256(p.path) if p.path.exists() else known[p.meta["key"]] for p in payloads}
        if files == known:
            return Fetched(cursor={"files": files, "seen": self.seen}, is_unchanged=True)
        for key in files:
            if key in self._addresses and not (self._workspace / key).exists():
                files[key] = _sha256(self._get(key, self._addresses[key], is_repeated=True))
        return Fetched(tuple(payloads), {"files": files, "seen": self.seen})


def _fetch_local(source: Source, location: Path, cursor: Mapping[str, Any], workspace: Path, wanted: Wanted) -> Fetched:
    where = f"{source.name}: {location.name}"
    try:
        if zipfile.is_zipfile(location):
            return _fetch_zip(where, location, cursor, workspace, wanted)
        folder = Folder(where, location)
        payloads = _payloads(folder, folder.descriptor(), wanted, workspace)
        files = {payload.meta["key"]: _sha256(payload.path) for payload in payloads}
    except OSError as error:
        raise SourceRefused(f"{where} cannot be read: {error.strerror}") from error
    is_unchanged = files == cursor.get("files")
    return Fetched(() if is_unchanged else tuple(payloads), {"files": files}, is_unchanged)


def _fetch_zip(where: str, location: Path, cursor: Mapping[str, Any], workspace: Path, wanted: Wanted) -> Fetched:
    files = {PACKAGE: _sha256(location)}
    if files == cursor.get("files"):
        return Fetched(cursor={"files": files}, is_unchanged=True)
    try:
        with zipfile.ZipFile(location) as archive:
            place = Zip(where, archive, workspace)
            return Fetched(tuple(_payloads(place, place.descriptor(), wanted, workspace)), {"files": files})
    except ZIP_ERRORS as error:
        raise SourceChanged(f"{where} is not a readable zip: {words_of(error)}") from error


def _payloads(place: Place, descriptor_path: Path, wanted: Wanted, workspace: Path) -> list[Payload]:
    descriptor = read_descriptor(descriptor_path, place.where)
    payloads = [Payload(DESCRIPTOR, descriptor_path, {"key": PACKAGE})]
    for name, is_needed in wanted(descriptor).items():
        for resource in descriptor["resources"]:
            if resource.get("name") == name:
                payloads += islice(_payloads_of(resource, name, is_needed, place, workspace), FILES_MAX)
                if len(payloads) > FILES_MAX:
                    raise SourceRefused(f"{place.where} names more than {FILES_MAX:,} files")
    return payloads


def _payloads_of(
    resource: Mapping[str, Any], name: str, is_needed: bool, place: Place, workspace: Path
) -> Iterator[Payload]:
    where = f"{place.where}, resource {name}"
    meta = {"resource": name, **_written(resource, where)}
    if "data" in resource:
        yield Payload(name, _inline(resource["data"], workspace / name, where), {"resource": name, "key": name})
        return
    paths = resource.get("path")
    paths = [paths] if isinstance(paths, str) else paths
    if not isinstance(paths, list) or not paths or not all(isinstance(path, str) for path in paths):
        raise SourceChanged(f"{where} has neither a `path` nor `data`")
    for number, part in enumerate(paths, 1):
        key = f"{name}-{number}"
        path = _file(place, key, part, is_needed)
        if path:
            yield Payload(re.sub(r"\?.*", "", part), path, {**meta, "key": key})
        elif is_needed:
            raise SourceRefused(f"{where} names {part!r}, which is not there", "Add the file or correct its name.")


def _file(place: Place, key: str, path: str, is_needed: bool) -> Path | None:
    try:
        return place.file(key, path)
    except SourceRefused:
        if is_needed:
            raise
        return None


def _written(resource: Mapping[str, Any], where: str) -> dict[str, str]:
    """The delimiter, quotation mark and encoding that a resource states; raises SourceChanged when they cannot be."""
    dialect = resource.get("dialect")
    dialect = dialect if isinstance(dialect, dict) else {}
    given = {
        "delimiter": dialect.get("delimiter"),
        "quote": dialect.get("quoteChar"),
        "encoding": resource.get("encoding"),
    }
    stated = {key: str(value) for key, value in given.items() if value is not None}
    for key in ("delimiter", "quote"):
        if not re.fullmatch(r"[\t -~]", stated.get(key, ",")):
            raise SourceChanged(f"{where} has the {key} {stated[key]!r}, which is not one plain character")
    try:
        " ".encode(stated.get("encoding", "utf-8"))
    except (LookupError, ValueError) as error:
        raise SourceChanged(f"{where} has the unknown encoding {stated['encoding']!r}") from error
    return stated


def _inline(data: Any, into: Path, where: str) -> Path:
    """Rows that stand in the descriptor itself, as a CSV file."""
    if isinstance(data, str):
        into.write_text(data, "utf-8", "replace", "")
        return into
    if not isinstance(data, list) or not all(isinstance(row, dict | list) for row in data):
        raise SourceChanged(f"{where} has `data` that are no rows")
    rows = [row for row in data if isinstance(row, dict)]
    names = list(dict.fromkeys(name for row in rows for name in row))
    if len(data) * len(names) > INLINE_CELLS_MAX:
        raise SourceChanged(f"{where} has `data` of more than {INLINE_CELLS_MAX:,} cells")
    with into.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file)
        if names:
            writer.writerow(names)
        for row in data:
            cells = [row.get(name) for name in names] if isinstance(row, dict) else row
            writer.writerow([cell if isinstance(cell, str) or cell is None else json.dumps(cell) for cell in cells])
    return into


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
