"""Published batches of signed records, from a file, a folder or a web address, and the trust file beside them."""

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urljoin, urlsplit

from connectors.base import Payload, Source
from connectors.errors import SourceChanged, SourceRefused
from connectors.http import Client
from connectors.json_folder import json_files
from connectors.options import refused
from connectors.package_places import is_url
from ledger.batch import WrongBatch, one_record, read_entries
from ledger.canonical import NotCanonical, parse
from ledger.receipt import Receipt
from ledger.trust import LARGEST_BYTES, Trust, WrongTrust, read_trust

TRUST = "trust"
INDEX = "index.json"
BATCH_MAX_BYTES = 100_000_000
BATCHES_MAX = 1_000
# All batches together, since each record needs some of the memory.
ALL_MAX_BYTES = 1_000_000_000
# A name below the folder of the index, so that an index cannot lead elsewhere.
NAME = re.compile(r"([\w-][\w.-]*/)*[\w-][\w.-]*\.json", re.ASCII)


def fetch_batches(source: Source, workspace: Path) -> list[Payload]:
    """Every published batch, as it was received."""
    if is_url(source.location):
        return _downloaded(source, workspace)
    files = [path for path in json_files(source) if path.name != INDEX or path == Path(source.location)]
    if not files or len(files) > BATCHES_MAX:
        raise SourceRefused(
            f"{source.name}: the folder holds {len(files)} batches, and from 1 to {BATCHES_MAX:,} can be read",
            "python ingest.py anchor writes batches.",
        )
    found = []
    for n, path in enumerate(files):
        found.append(Payload(path.name, _copied(source, path, _place(workspace, n), BATCH_MAX_BYTES)))
        _check_sum(source, found)
    return found


def fetch_trust(source: Source, workspace: Path) -> Payload:
    """The trust file as a payload; raises SourceRefused where the option `trust` names none."""
    name = source.options.get(TRUST)
    if not isinstance(name, str) or not name:
        raise refused(source, TRUST, "the path of a trust file", '"trust.toml"')
    location = Path() if is_url(source.location) else Path(source.location)
    folder = location if location.is_dir() else location.parent
    return Payload(TRUST, _copied(source, folder / name, workspace / "trust.toml", LARGEST_BYTES))


def read_trust_of(source: Source, payload: Payload) -> Trust:
    """Which ledger and which issuers count; raises SourceRefused where the file cannot be used."""
    try:
        return read_trust(payload.path.read_text(encoding="utf-8"))
    except (WrongTrust, UnicodeDecodeError) as error:
        reason = error if isinstance(error, WrongTrust) else "the trust file is not UTF-8 text"
        raise SourceRefused(f"{source.name}: {reason}", "Correct the file that the option `trust` names.") from None


def entries_of(source: Source, payload: Payload) -> list[Any]:
    """The entries of one batch; raises SourceChanged where the file is no batch."""
    try:
        return read_entries(payload.path.read_bytes())
    except WrongBatch as wrong:
        raise SourceChanged(
            f"{source.name}: {payload.name}: {wrong}", "Ask whoever publishes the batches, or leave this file out."
        ) from None


def receipts_of(source: Source, payload: Payload) -> Iterator[Receipt]:
    """The receipts of one batch; those that cannot be read are refused later, with their records."""
    for number, entry in enumerate(entries_of(source, payload), start=1):
        try:
            _, receipt = one_record(entry, number)
        except WrongBatch:
            continue
        if receipt is not None:
            yield receipt


def _downloaded(source: Source, workspace: Path) -> list[Payload]:
    """The batch at the address, or those that the index there names. The key is for the node alone."""
    with Client(source.name, source.location) as client:
        first = _place(workspace, 0)
        client.download(source.location, first, limit_bytes=BATCH_MAX_BYTES)
        names = _names(source, first)
        if names is None:
            return [Payload(PurePosixPath(urlsplit(source.location).path).name or "batch.json", first)]
        found = []
        for n, name in enumerate(names, start=1):
            client.download(urljoin(source.location, name), _place(workspace, n), limit_bytes=BATCH_MAX_BYTES)
            found.append(Payload(name, _place(workspace, n)))
            _check_sum(source, found)
        return found


def _check_sum(source: Source, batches: list[Payload]) -> None:
    if sum(batch.path.stat().st_size for batch in batches) > ALL_MAX_BYTES:
        raise SourceRefused(f"{source.name}: the batches have more than {ALL_MAX_BYTES / 1e6:,.0f} MB in all")


def _names(source: Source, path: Path) -> list[str] | None:
    """The batches that an index names; None where the file is no index."""
    try:
        data = parse(path.read_bytes())
    except NotCanonical as error:
        raise SourceChanged(f"{source.name}: the answer cannot be read: {error}") from None
    if not isinstance(data, Mapping) or "batches" not in data:
        return None
    names = data["batches"]
    if not isinstance(names, list) or not 0 < len(names) <= BATCHES_MAX:
        raise SourceChanged(f"{source.name}: `batches` of the index is not a list of 1 to {BATCHES_MAX:,} names")
    wrong = [name for name in names if not isinstance(name, str) or not NAME.fullmatch(name)]
    if wrong or len(set(names)) < len(names):
        shown = f"{str(wrong[0])[:100]!r}, which is no" if wrong else "twice the same"
        raise SourceChanged(f"{source.name}: `batches` of the index names {shown} file below it such as 2026-01.json")
    return names


def _copied(source: Source, path: Path, into: Path, limit_bytes: int) -> Path:
    try:
        if path.stat().st_size > limit_bytes:
            raise SourceRefused(f"{source.name}: {path.name} is larger than {limit_bytes / 1e6:,.1f} MB")
        # A copy, because somebody may edit the original while it is read.
        shutil.copyfile(path, into)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be used"
        raise SourceRefused(
            f"{source.name}: {path.name} cannot be read ({reason})",
            "Check `location` and the option `trust` of this source in network.toml.",
        ) from None
    return into


def _place(workspace: Path, number: int) -> Path:
    return workspace / f"batch-{number:04}.json"
