"""Fetching a source that is one file or several, on this machine or at a web address."""

import hashlib
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.base import Fetched, Payload, Source
from connectors.errors import SourceRefused
from connectors.http import Client
from connectors.secret import secret_of


def fetch_one_file(source: Source, cursor: Mapping[str, Any], workspace: Path, name: str, limit_bytes: int) -> Fetched:
    """The file at the source's location as one payload called `name`, unless it is the one of `cursor`.

    Raises SourceRefused when there is no such file or it is larger than `limit_bytes`.
    """
    into = workspace / name
    if re.match(r"https?://", source.location, re.IGNORECASE):
        with Client(source.name, source.location, secret_of(source)) as client:
            etag, last_modified = cursor.get("etag"), cursor.get("last_modified")
            download = client.download(source.location, into, etag, last_modified, limit_bytes)
        if download.is_unchanged:
            return Fetched(cursor=cursor, is_unchanged=True)
        validators = {"etag": download.etag, "last_modified": download.last_modified}
    else:
        _copy(source, into, limit_bytes)
        validators = {}
    with into.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    new_cursor = {"sha256": sha256, **validators}
    if sha256 == cursor.get("sha256"):
        return Fetched(cursor=new_cursor, is_unchanged=True)
    return Fetched((Payload(name, into),), new_cursor)


def fetch_several(wanted: Mapping[str, tuple[Source, int]], cursor: Mapping[str, Any], workspace: Path) -> Fetched:
    """Every file by its name, each at the location of its source and of at most so many bytes.

    When one of them has changed since `cursor` all are given, for they are read together.
    """
    fetched = {
        name: fetch_one_file(part, cursor.get(name, {}), workspace, name, limit)
        for name, (part, limit) in wanted.items()
    }
    if set(cursor) == set(wanted) and all(answer.is_unchanged for answer in fetched.values()):
        return Fetched(cursor={name: dict(answer.cursor) for name, answer in fetched.items()}, is_unchanged=True)
    for name, (part, limit) in wanted.items():
        if fetched[name].is_unchanged:
            fetched[name] = fetch_one_file(part, {}, workspace, name, limit)
    payloads = tuple(payload for answer in fetched.values() for payload in answer.payloads)
    return Fetched(payloads, {name: dict(answer.cursor) for name, answer in fetched.items()})


def _copy(source: Source, into: Path, limit_bytes: int) -> None:
    path = Path(source.location)
    try:
        if path.stat().st_size > limit_bytes:
            raise SourceRefused(f"{source.name}: {path.name} is larger than {limit_bytes / 1e6:,.0f} MB")
        # A copy, because somebody may edit the original while it is read.
        shutil.copyfile(path, into)
    except OSError as error:
        raise SourceRefused(
            f"{source.name}: {path.name} cannot be read ({error.strerror})",
            "Check that `location` in network.toml is the path of this file.",
        ) from error
