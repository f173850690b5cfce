"""Proof bundles as another program might write them, or somebody who means harm."""

import io
import zipfile
from collections.abc import Mapping
from datetime import date

from ledger.bundle import write_bundle
from tests.ledger.invented_records import Story, story

MADE_ON = date(2026, 6, 1)
MEGABYTE = b"0" * 1_000_000


def bundle_of(told: Story | None = None, is_demo: bool = False) -> bytes:
    """The bundle of a record, or of the third of an invented batch."""
    told = told or story(index=2)
    return write_bundle(told.credential, told.receipt, told.trust, MADE_ON, is_demo)


def unzipped(bundle: bytes) -> dict[str, bytes]:
    """The files of a bundle, whose checksums are right."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


def bomb(name: str, megabytes: int = 20) -> bytes:
    """An invented bundle in which one file unpacks to this size."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for other, content in unzipped(bundle_of()).items():
            if other != name:
                archive.writestr(other, content)
        with archive.open(name, "w") as member:
            for _ in range(megabytes):
                member.write(MEGABYTE)
    return written.getvalue()
