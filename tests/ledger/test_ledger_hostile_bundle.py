"""Bundles that were made to do harm: each is refused with a reason, in bounded time and memory."""

import io
import json
import struct
import tracemalloc
import zipfile
import zlib
from typing import Any

import pytest

from ledger.bundle import LARGEST_BYTES, WrongBundle, read_bundle, write_bundle
from tests.ledger.invented_records import TRUST, record, story
from tests.ledger.zips import MADE_ON, bomb, bundle_of, unzipped, zipped

FILES = unzipped(bundle_of())


def _with(name: str, content: Any) -> bytes:
    return zipped(FILES | {name: content})


def _receipt(**changed: Any) -> str:
    return json.dumps(json.loads(FILES["receipt.json"]) | changed)


def _encrypted() -> bytes:
    """A bundle whose first file is marked as encrypted, in its entry and before its bytes."""
    data = bytearray(zipped(FILES))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    return bytes(data)


def _lying_about_its_size() -> bytes:
    """A file that unpacks to far more than its entry says."""
    data = bytearray(bomb("credential.json"))
    for signature, size in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.rindex(signature) + size, 100)
    return bytes(data)


def _twice() -> bytes:
    written = io.BytesIO(zipped(FILES))
    with zipfile.ZipFile(written, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("credential.json", "{}")
    return written.getvalue()


def _wrong_checksum() -> bytes:
    return zipped(FILES, zipfile.ZIP_STORED).replace(b"example-3", b"example-4", 1)


REFUSED = [
    ("nothing", b"", "not a zip"),
    ("a page of the web", b"<html><body>Not found</body></html>", "not a zip"),
    ("a gzip", zlib.compress(b"x"), "not a zip"),
    ("an empty zip", b"PK\x05\x06" + bytes(18), "no credential.json"),
    ("a zip that breaks off", zipped(FILES)[:-30], "not a zip"),
    ("a zip without its first half", zipped(FILES)[900:], "zip"),
    ("larger than any bundle", bytes(LARGEST_BYTES + 1), "larger than 2,000,000"),
    ("a record too many", _with("credential.json", " " * (LARGEST_BYTES + 1)), "larger than 2,000,000"),
    ("a zip bomb", bomb("credential.json"), "larger than 2,000,000"),
    ("a bomb that lies about its size", _lying_about_its_size(), "credential.json|zip"),
    ("a bomb in the receipt", bomb("receipt.json"), "larger than 2,000,000"),
    ("a bomb in the trust file", bomb("trust.toml"), "larger than 2,000,000"),
    ("another way of compression", zipped(FILES, zipfile.ZIP_LZMA), "compressed in a way"),
    ("and another", zipped(FILES, zipfile.ZIP_BZIP2), "compressed in a way"),
    ("a password", _encrypted(), "zip that can be read"),
    ("a wrong checksum", _wrong_checksum(), "zip that can be read"),
    ("a file twice", _twice(), "twice"),
    ("a file more", _with("notes.txt", "hello"), "'notes.txt', which does not belong"),
    ("a way up", _with("../credential.json", "{}"), r"'\.\./credential\.json', which does not belong"),
    ("a way up on another system", _with("..\\evil.exe", "x"), "does not belong"),
    ("a place of the whole machine", _with("/etc/passwd", "x"), "does not belong"),
    ("a folder", _with("credential.json/", ""), "does not belong"),
    ("another case", _with("Credential.json", "{}"), "does not belong"),
    ("many files", zipped({f"{n}": "" for n in range(5_000)}), "does not belong"),
    ("no record", zipped({"receipt.json": FILES["receipt.json"]}), "no credential.json"),
    ("an empty record", _with("credential.json", ""), "credential.json: this is not JSON"),
    ("a record that is a list", _with("credential.json", "[]"), "credential.json holds no object"),
    ("a record that is a word", _with("credential.json", '"x"'), "credential.json holds no object"),
    ("a record in UTF-16", _with("credential.json", '{"a":"b"}'.encode("utf-16")), "credential.json: .* UTF-8"),
    ("a record with a byte-order mark", _with("credential.json", b"\xef\xbb\xbf{}"), "credential.json: .* JSON"),
    ("a record in Latin-1", _with("credential.json", '{"a":"é"}'.encode("latin-1")), "credential.json: .* UTF-8"),
    ("a name twice", _with("credential.json", '{"a":"1","a":"2"}'), "credential.json: .* twice"),
    ("deep nesting", _with("credential.json", '{"a":' * 300_000 + "1" + "}" * 300_000), "nested deeper"),
    ("a huge number", _with("credential.json", '{"a":' + "9" * 1_000_000 + "}"), "too large"),
    ("a number that is none", _with("credential.json", '{"a":NaN}'), "NaN is no number"),
    ("half a letter", _with("credential.json", r'{"a":"\ud800"}'), "no canonical form"),
    ("a line at the end", _with("credential.json", FILES["credential.json"] + b"\n"), "a byte of it was changed"),
    ("a receipt that is a list", _with("receipt.json", "[]"), "receipt.json holds no object"),
    ("a receipt without fields", _with("receipt.json", "{}"), "receipt.json: proof"),
    ("a receipt with a field more", _with("receipt.json", _receipt(verified=True)), "verified is not a field"),
    ("a receipt with a name twice", _with("receipt.json", '{"index":0,"index":1}'), "receipt.json: .* twice"),
    ("a receipt of wrong types", _with("receipt.json", _receipt(index="2")), "index is not a whole number"),
    ("a long proof", _with("receipt.json", _receipt(proof=["0x" + "00" * 32] * 9_000)), "at most 32 hashes"),
    ("a trust file that is none", _with("trust.toml", "hello"), "trust.toml: .* TOML"),
    ("a trust file in UTF-16", _with("trust.toml", "chain_id = 1".encode("utf-16")), "trust.toml is not UTF-8"),
    ("a trust file that trusts nobody", _with("trust.toml", "chain_id = 1"), "trust.toml: "),
    ("a deep trust file", _with("trust.toml", "a = " + "[" * 150_000), "trust.toml: .* TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "data", "reason"), REFUSED, ids=[case[0] for case in REFUSED])
def test_refused_with_a_reason(what: str, data: bytes, reason: str) -> None:
    with pytest.raises(WrongBundle, match=reason) as caught:
        read_bundle(data)
    assert len(str(caught.value)) < 400, "the bundle does not fill the screen of its reader"


def test_a_bomb_is_not_unpacked() -> None:
    large = bomb("credential.json", megabytes=200)
    tracemalloc.start()
    with pytest.raises(WrongBundle):
        read_bundle(large)
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most_bytes < 10 * LARGEST_BYTES


def test_the_readme_is_for_people_and_is_not_read() -> None:
    told = story(index=2)
    bundle = read_bundle(bomb("README.txt"))
    assert bundle.credential == told.credential


def test_a_bundle_with_another_record_is_read_and_does_not_verify() -> None:
    """Its zip, its JSON and its receipt are in order, so the check is what finds it."""
    other = write_bundle(record(4), story(index=2).receipt, TRUST, MADE_ON, False)
    bundle = read_bundle(other)
    assert story(credential=bundle.credential, receipt=bundle.receipt).outcome == "content_changed"
