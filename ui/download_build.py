"""Builds a download on disk, with progress, and gives the link that it can be fetched with."""

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import streamlit as st

from exports import data_package
from exports.context import NotOffered
from ui import api, audited, cached, cached_download, download, reader
from ui.api.packages import ZIP
from ui.api.slots import SLOTS
from ui.api.tickets import SECONDS_KEPT, TICKETS
from ui.cached_download import ARCHIVES
from ui.download import Wanted
from ui.scope import Scope

__all__ = ["Built", "NotBuilt", "NotOffered", "build", "last_built", "question_of"]

KEY, OWNER = "download_built", "download_owner"
MOST_BYTES = 4 * 1024**3
SECONDS_BETWEEN_REPORTS = 0.2
TOO_MANY = "Too many downloads are built at this moment. Try again in half a minute."
TOO_LARGE = "This is more than 4 GB: choose fewer rows, or take it with a script as below, which needs no disk here."
NO_ROOM = "There is no room for this file on the server at this moment. Try again later, or take it with a script."
OnProgress = Callable[[int, int], None]


class NotBuilt(Exception):
    """The file cannot be built now; the message is a sentence for a person."""


@dataclass(frozen=True)
class Built:
    """A file that waits to be fetched at `link` until `until`; `question` is what it answers."""

    question: str
    name: str
    size: int
    sha256: str
    link: str
    ticket: str
    until: datetime

    @property
    def is_there(self) -> bool:
        return TICKETS.find(self.ticket) is not None


def last_built() -> Built | None:
    """What this reader has built last."""
    return st.session_state.get(KEY)


def build(scope: Scope, wanted: Wanted, on_progress: OnProgress) -> Built:
    """Build what is wanted; it takes the place of what this reader has built before.

    Raises NotBuilt, and NotOffered where the viewer cannot have it, both with a sentence.
    """
    slot = SLOTS.take(scope.viewer.role == "public")
    if slot is None:
        raise NotBuilt(TOO_MANY)
    try:
        built = _built(scope, wanted, on_progress)
    finally:
        slot.release()
    st.session_state[KEY] = built
    return built


def question_of(scope: Scope, wanted: Wanted) -> str:
    """All that decides the bytes: the choice, the data version and the viewer."""
    return repr((cached.key(scope), wanted.question()))


def _built(scope: Scope, wanted: Wanted, on_progress: OnProgress) -> Built:
    name, chunks = _made(scope, wanted, _seldom(on_progress))
    path = TICKETS.place(name)
    try:
        sha256, size = _written(path, chunks)
        ticket = TICKETS.offer(path, name, ZIP, _owner(), _facts(scope, wanted, sha256), reader.lasting())
    except BaseException as error:
        # Whoever leaves while it is built ends it by an exception too.
        TICKETS.discard(path)
        if isinstance(error, OSError):
            raise NotBuilt(NO_ROOM) from error
        raise
    finally:
        chunks.close()
    until = datetime.now(UTC) + timedelta(seconds=SECONDS_KEPT)
    link = f"{download.base()}{api.API}/files/{ticket}"
    return Built(question_of(scope, wanted), name, size, sha256, link, ticket, until)


def _made(scope: Scope, wanted: Wanted, on_progress: OnProgress) -> tuple[str, Iterator[bytes]]:
    context = cached_download.context(scope)
    if wanted.is_archive:
        archive = ARCHIVES[wanted.kind]
        return archive.file_name(wanted.choice, context), archive.chunks(wanted.choice, context, on_progress)
    spec = wanted.spec(scope)
    return data_package.file_name(spec, context), data_package.chunks(spec, context, on_progress)


def _written(path: Path, chunks: Iterator[bytes]) -> tuple[str, int]:
    hashed, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > MOST_BYTES:
                raise NotBuilt(TOO_LARGE)
            hashed.update(chunk)
            file.write(chunk)
    return hashed.hexdigest(), size


def _facts(scope: Scope, wanted: Wanted, sha256: str) -> dict[str, Any]:
    """What the audit log tells of a file when it is fetched."""
    return {
        "account": audited.name_of(scope),
        "role": scope.viewer.role,
        "tables": [table.name for table in wanted.tables],
        "sites": wanted.choice.sites,
        "format": wanted.kind,
        "sha256": sha256,
    }


def _seldom(on_progress: OnProgress) -> OnProgress:
    """The same, a few times per second at most."""
    last = 0.0

    def report(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN_REPORTS or done >= total:
            last = now
            on_progress(done, total)

    return report


def _owner() -> str:
    return st.session_state.setdefault(OWNER, secrets.token_urlsafe(16))
