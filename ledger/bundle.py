"""The proof bundle of one record: a small zip with all that somebody else needs to verify it."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.bundle_readme import readme
from ledger.canonical import NotCanonical, canonical, parse
from ledger.receipt import Receipt, WrongReceipt, read_receipt
from ledger.trust import Trust, WrongTrust, read_trust

CREDENTIAL, RECEIPT, TRUST, README = MEMBERS = ("credential.json", "receipt.json", "trust.toml", "README.txt")
LARGEST_BYTES = 2_000_000
# What Python's zip reader raises for zips that are broken or made to break it, an encrypted one among them.
ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError,
    OverflowError, IndexError, struct.error,
)  # fmt: skip


class WrongBundle(ValueError):
    """A file that is no proof bundle; the message says which part of it, and why."""


@dataclass(frozen=True)
class Bundle:
    """What a bundle holds, as it came: nothing in it was checked yet. Without a receipt the record was not anchored."""

    credential: dict[str, Any]
    receipt: Receipt | None = None
    trust: Trust | None = None


def write_bundle(
    credential: Mapping[str, Any], receipt: Receipt | None, trust: Trust, made_on: date, is_demo: bool
) -> bytes:
    """The bundle of a record; the same record, trust file and day give the same bytes.

    The record is written in its canonical form, so that `sha256sum` of the file is its fingerprint.
    Raises WrongBundle where it would be larger than `LARGEST_BYTES`.
    """
    texts = {CREDENTIAL: canonical(dict(credential))}
    if receipt is not None:
        texts[RECEIPT] = (json.dumps(receipt.as_json(), indent=2) + "\n").encode()
    texts[TRUST] = trust.as_toml().encode()
    texts[README] = readme(credential, receipt, trust, made_on, is_demo).encode()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, data in texts.items():
            archive.writestr(_entry(name, made_on), data)
    bundle = written.getvalue()
    if len(bundle) > LARGEST_BYTES:
        raise WrongBundle(f"the bundle would be larger than {LARGEST_BYTES:,} bytes")
    return bundle


def read_bundle(data: bytes) -> Bundle:
    """What a bundle holds; raises WrongBundle for anything that `write_bundle` would not have written."""
    texts = _members(data)
    if CREDENTIAL not in texts:
        raise WrongBundle(f"there is no {CREDENTIAL} in the bundle")
    return Bundle(
        credential=_credential(texts[CREDENTIAL]),
        receipt=_receipt(texts[RECEIPT]) if RECEIPT in texts else None,
        trust=trust_of(texts[TRUST], TRUST) if TRUST in texts else None,
    )


def trust_of(content: bytes, name: str) -> Trust:
    """The trust file of these bytes; raises WrongBundle with its name."""
    try:
        return read_trust(content.decode())
    except UnicodeDecodeError:
        raise WrongBundle(f"{name} is not UTF-8") from None
    except WrongTrust as error:
        raise WrongBundle(f"{name}: {error}") from None


def _members(data: bytes) -> dict[str, bytes]:
    """The files that are read, each unpacked no further than a bundle can be large; the README is for people only."""
    if len(data) > LARGEST_BYTES:
        raise WrongBundle(f"the file is larger than {LARGEST_BYTES:,} bytes, so it is no proof bundle")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if unknown := [name for name in names if name not in MEMBERS]:
                raise WrongBundle(f"the bundle has a file {unknown[0][:100]!r}, which does not belong there")
            if len(set(names)) < len(names):
                raise WrongBundle("the bundle has a file twice")
            return {
                entry.filename: _unpacked(archive, entry) for entry in archive.infolist() if entry.filename != README
            }
    except WrongBundle:
        raise
    except ZIP_ERRORS as error:
        raise WrongBundle(f"the file is not a zip that can be read: {str(error)[:100]}") from None


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise WrongBundle(f"{entry.filename} is compressed in a way that bundles are not")
    with archive.open(entry) as member:
        content = member.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise WrongBundle(f"{entry.filename} is larger than {LARGEST_BYTES:,} bytes")
    return content


def _credential(content: bytes) -> dict[str, Any]:
    document = _document(content, CREDENTIAL)
    try:
        is_as_published = canonical(document) == content
    except NotCanonical as error:
        raise WrongBundle(f"{CREDENTIAL}: {error}") from None
    if not is_as_published:
        raise WrongBundle(f"{CREDENTIAL} is not written as bundles have it (RFC 8785), so a byte of it was changed")
    return document


def _receipt(content: bytes) -> Receipt:
    try:
        return read_receipt(_document(content, RECEIPT))
    except WrongReceipt as error:
        raise WrongBundle(f"{RECEIPT}: {error}") from None


def _document(content: bytes, name: str) -> dict[str, Any]:
    try:
        document = parse(content)
    except NotCanonical as error:
        raise WrongBundle(f"{name}: {error}") from None
    if not isinstance(document, dict):
        raise WrongBundle(f"{name} holds no object with names")
    return document


def _entry(name: str, made_on: date) -> zipfile.ZipInfo:
    """A member without compression, which differs between machines, and as on Linux on every machine."""
    entry = zipfile.ZipInfo(name, (made_on.year, made_on.month, made_on.day, 0, 0, 0))
    entry.create_system, entry.external_attr = 3, 0o100644 << 16
    return entry
