"""Proof bundles: what is in them, and that the same record has the same bytes."""

import hashlib
import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.bundle import LARGEST_BYTES, MEMBERS, Bundle, WrongBundle, read_bundle, write_bundle
from ledger.canonical import parse
from ledger.credential import check_signature
from tests.ledger.invented_records import TRUST, Rated, record, story
from tests.ledger.zips import MADE_ON, bundle_of, unzipped, zipped


def _texts(bundle: bytes) -> dict[str, str]:
    return {name: content.decode() for name, content in unzipped(bundle).items()}


def test_a_bundle_is_read_as_it_was_written() -> None:
    told = story(index=2)
    assert read_bundle(bundle_of(told)) == Bundle(dict(told.credential), told.receipt, told.trust)


def test_a_bundle_holds_just_its_four_files() -> None:
    assert tuple(_texts(bundle_of())) == MEMBERS == ("credential.json", "receipt.json", "trust.toml", "README.txt")


def test_a_record_that_was_not_anchored_has_no_receipt() -> None:
    bundle = write_bundle(record(), None, TRUST, MADE_ON, False)
    assert "receipt.json" not in _texts(bundle)
    assert read_bundle(bundle) == Bundle(record(), None, TRUST)


def test_the_fingerprint_is_the_sha_256_of_the_file() -> None:
    """So that anyone can compare it with a program that every system has."""
    texts = _texts(bundle_of())
    computed = hashlib.sha256(texts["credential.json"].encode()).hexdigest()
    assert json.loads(texts["receipt.json"])["digest"] == f"0x{computed}"


def test_the_same_record_has_the_same_bytes() -> None:
    assert bundle_of(story(index=2)) == bundle_of(story(index=2))
    assert len({bundle_of(story(index=index)) for index in range(5)}) == 5


def test_nothing_in_a_bundle_depends_on_the_machine() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle_of())) as archive:
        for entry in archive.infolist():
            assert entry.date_time == (2026, 6, 1, 0, 0, 0)
            assert (entry.compress_type, entry.create_system) == (zipfile.ZIP_STORED, 3)


def test_demo_data_say_so_first() -> None:
    told = _texts(bundle_of(is_demo=True))["README.txt"]
    assert told.startswith("Demo data: this assessment and its ledger are made up")
    assert "demo" not in _texts(bundle_of())["README.txt"].lower()


def test_a_bundle_is_never_too_large_to_be_read() -> None:
    ratings = tuple(Rated(f"{n:0300}", "self", "x" * 300, "y" * 300, "z" * 300) for n in range(2000))
    with pytest.raises(WrongBundle, match="larger than"):
        write_bundle(record(ratings=ratings), None, TRUST, MADE_ON, False)
    fitting = write_bundle(record(ratings=ratings[:1000]), None, TRUST, MADE_ON, False)
    assert LARGEST_BYTES / 2 < len(fitting) <= LARGEST_BYTES
    assert len(read_bundle(fitting).credential["credentialSubject"]["ratings"]) == 1000


@given(st.data())
def test_no_byte_of_a_bundle_can_be_changed_in_its_record(data: st.DataObject) -> None:
    """Any other byte in the record, with a checksum that fits: it is refused, or the check fails."""
    files = unzipped(bundle_of())
    content = bytearray(files["credential.json"])
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    try:
        bundle = read_bundle(zipped(files | {"credential.json": bytes(content)}))
    except WrongBundle:
        return
    assert story(index=2, credential=bundle.credential, receipt=bundle.receipt).outcome in (
        "content_changed",
        "wrong_issuer",
    )


@given(st.data())
def test_any_changed_byte_is_an_answer_in_words(data: st.DataObject) -> None:
    """Of the zip itself: its record is read as it was, or the bundle is refused."""
    bundle = bytearray(bundle_of())
    for _ in range(data.draw(st.integers(1, 3))):
        bundle[data.draw(st.integers(0, len(bundle) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = read_bundle(bytes(bundle))
    except WrongBundle:
        return
    assert read.credential == story(index=2).credential


@given(st.binary(max_size=300))
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(WrongBundle):
        read_bundle(data)


def test_spaces_between_the_words_of_a_record_are_a_change_too() -> None:
    texts = _texts(bundle_of())
    spaced = json.dumps(json.loads(texts["credential.json"]), indent=1)
    assert check_signature(parse(spaced)), "the record says the same"
    with pytest.raises(WrongBundle, match="a byte of it was changed"):
        read_bundle(zipped(texts | {"credential.json": spaced}))


def test_a_bundle_that_was_zipped_again_is_read() -> None:
    texts = _texts(bundle_of())
    assert read_bundle(zipped(texts)) == read_bundle(bundle_of())
    del texts["README.txt"], texts["trust.toml"]
    assert read_bundle(zipped(texts)).trust is None
