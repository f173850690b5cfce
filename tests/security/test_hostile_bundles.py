"""A good proof bundle with any part of it made hostile: it is refused in words, or checked to the end."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.bundle import CREDENTIAL, RECEIPT, TRUST, WrongBundle, read_bundle
from ledger.canonical import NotCanonical, canonical
from ledger.check import OUTCOMES, check
from tests.ledger.invented_records import TODAY, story
from tests.ledger.zips import bundle_of, unzipped, zipped
from tests.security.hostile import changed, paths

HOSTILE: tuple[Any, ...] = (
    *(None, True, 0, 1, -1, 2**53, 10**400, 1.5, 1e308, float("inf"), float("nan")),
    *("", " ", "\0", "\ud800", "\u202e", "0x", "x" * 100_000, "<script>alert(1)</script>", "9999-12-31T23:59:59-14:00"),
    *([], [None], [[[]]], {}, {"": None}, {"__proto__": 1}, [{}] * 3),
)
FILES = unzipped(bundle_of())
DOCUMENTS = {name: json.loads(FILES[name]) for name in (CREDENTIAL, RECEIPT)}


def read_and_checked(files: dict[str, bytes | str]) -> str:
    """The outcome of the check, or the words of the refusal. Nothing else may come up."""
    told = story(index=2)
    try:
        found = read_bundle(zipped(files))
    except WrongBundle as wrong:
        words = str(wrong)
        assert 0 < len(words) < 500
        assert "Traceback" not in words
        return words
    checked = check(found.credential, found.receipt, told.trust, told.answers, TODAY)
    assert checked.outcome in OUTCOMES
    assert checked.reason
    return checked.outcome


def text_of(name: str, document: Any) -> bytes:
    """A record in its canonical form, where it has one: in any other it is refused without being looked at."""
    if name == CREDENTIAL:
        try:
            return canonical(document)
        except NotCanonical:
            pass
    return json.dumps(document).encode()


PLACES = [(name, path) for name, document in DOCUMENTS.items() for path in paths(document)]


def test_the_good_bundle_verifies() -> None:
    assert read_and_checked(dict(FILES)) == "verified"


@pytest.mark.parametrize(("name", "path"), PLACES, ids=[f"{name}:{'.'.join(map(str, path))}" for name, path in PLACES])
def test_a_hostile_value_at_any_place_never_verifies(name: str, path: tuple) -> None:
    for value in HOSTILE:
        document = changed(DOCUMENTS[name], path, value)
        if document == DOCUMENTS[name]:
            continue
        outcome = read_and_checked({**FILES, name: text_of(name, document)})
        # The place of the block in a receipt only says where to look first.
        assert outcome != "verified" or path in (("block_number",), ("block_hash",), ("tx_hash",)), repr(value)[:80]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=20,
)


@given(name=st.sampled_from([CREDENTIAL, RECEIPT]), data=st.data())
def test_any_value_at_any_place_is_an_answer_in_words(name: str, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(paths(DOCUMENTS[name])))
    read_and_checked({**FILES, name: text_of(name, changed(DOCUMENTS[name], path, data.draw(JSON)))})


@given(name=st.sampled_from([CREDENTIAL, RECEIPT, TRUST]), data=st.data())
def test_any_bytes_in_any_file_are_an_answer_in_words(name: str, data: st.DataObject) -> None:
    content = FILES[name]
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, len(content)))
    read_and_checked({**FILES, name: content[:start] + data.draw(st.binary(max_size=50)) + content[end:]})


@pytest.mark.parametrize("name", [CREDENTIAL, RECEIPT])
@pytest.mark.parametrize(
    "content",
    [
        b"[" * 500_000,
        b'{"a":' * 300_000,
        b'{"proof": 1, "proof": 2}',
        b'{"n": ' + b"9" * 1_000_000 + b"}",
        b'{"n": 1e400}',
        b'{"n": -Infinity}',
        b'"' + b"\\" * 1_000_001 + b'"',
        b"\xff\xfe{\x00}\x00",
        b'{"a": "' + b"\\ud800" * 100_000 + b'"}',
        b"[" + b"0," * 900_000 + b"0]",
    ],
    ids=["lists", "objects", "twice", "digits", "huge", "infinite", "backslashes", "UTF-16", "halves", "many"],
)
def test_a_file_that_is_hostile_as_a_whole(name: str, content: bytes) -> None:
    assert read_and_checked({**FILES, name: content}) not in OUTCOMES
