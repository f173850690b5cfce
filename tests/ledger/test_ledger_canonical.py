"""The canonical form, against the examples of RFC 8785 and the laws that it promises."""

import json
import math
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import DEEPEST, LARGEST_INTEGER, NotCanonical, canonical, digest, parse

PROJECT = Path(__file__).parents[2]
# RFC 8785, section 3.2.2 (also testdata/input/values.json of github.com/cyberphone/json-canonicalization).
SAMPLE = (
    r'{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],'
    r' "string": "\u20ac$\u000F\u000aA\u0027\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}'
)
SAMPLE_CANONICAL = (
    r'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
    r'"string":"€$\u000f\nA' + "'" + r'B\"\\\\\"/"}'
)
# RFC 8785, section 3.2.3: names are sorted by their UTF-16 code units.
NAMES = {
    "\u20ac": "Euro Sign",
    "\r": "Carriage Return",
    "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One",
    "\U0001f600": "Emoji: Grinning Face",
    "\u0080": "Control",
    "\u00f6": "Latin Small Letter O With Diaeresis",
}
NAMES_SORTED = [
    "Carriage Return",
    "One",
    "Control",
    "Latin Small Letter O With Diaeresis",
    "Euro Sign",
    "Emoji: Grinning Face",
    "Hebrew Letter Dalet With Dagesh",
]
# RFC 8785, appendix B: the bits of a double and how it is written.
NUMBERS = [
    ("0000000000000000", "0"),
    ("8000000000000000", "0"),
    ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("ffefffffffffffff", "-1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"),
    ("c340000000000000", "-9007199254740992"),
    ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"),
    ("44b52d02c7e14af6", "1e+23"),
    ("44b52d02c7e14af7", "1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef4f", "999999999999999900000"),
    ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"),
    ("41b3de4355555554", "333333333.33333325"),
    ("41b3de4355555555", "333333333.3333333"),
    ("41b3de4355555556", "333333333.3333334"),
    ("41b3de4355555557", "333333333.33333343"),
    ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
]
# Whole numbers from 2**53 to 10**21 are written without a dot, and are then too large to be read alike everywhere.
EXACT = st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda number: not LARGEST_INTEGER < abs(number) < 1e21 or not number.is_integer()
)
LETTERS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | EXACT | LETTERS
DOCUMENTS = st.recursive(VALUES, lambda inner: st.lists(inner) | st.dictionaries(LETTERS, inner), max_leaves=8)


def test_the_example_of_the_standard_is_written_as_it_says() -> None:
    assert canonical(parse(SAMPLE)).decode() == SAMPLE_CANONICAL


def test_names_are_sorted_as_the_standard_says() -> None:
    assert list(json.loads(canonical(NAMES)).values()) == NAMES_SORTED


@pytest.mark.parametrize(("bits", "written"), NUMBERS)
def test_numbers_are_written_as_the_standard_says(bits: str, written: str) -> None:
    assert canonical(struct.unpack(">d", bytes.fromhex(bits))[0]).decode() == written


@given(DOCUMENTS)
def test_reading_the_canonical_form_gives_the_same_document(document: object) -> None:
    assert parse(canonical(document)) == document


@given(DOCUMENTS)
def test_the_canonical_form_is_its_own_canonical_form(document: object) -> None:
    assert canonical(parse(canonical(document))) == canonical(document)


@given(st.dictionaries(LETTERS, VALUES, min_size=2, max_size=6), st.randoms())
def test_the_order_of_names_and_the_space_between_do_not_matter(document: dict[str, object], chance: object) -> None:
    pairs = list(document.items())
    chance.shuffle(pairs)
    written = json.dumps(dict(pairs), indent=3, ensure_ascii=False)
    assert digest(parse(written)) == digest(document)


@given(DOCUMENTS, DOCUMENTS)
def test_different_documents_have_different_canonical_forms(one: object, other: object) -> None:
    # As text, because to Python False is 0 and 1 is 1.0.
    told, other_told = (json.dumps(parse(canonical(document)), sort_keys=True) for document in (one, other))
    assert (canonical(one) == canonical(other)) == (told == other_told)


def test_letters_that_look_alike_stay_different() -> None:
    assert digest("\u00e9") != digest("e\u0301")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": 1, "b": {"c": 1, "c": 1}}', "the name 'c' twice"),
        ("[NaN]", "NaN is no number"),
        ("[-Infinity]", "-Infinity is no number"),
        ("[9007199254740992]", "too large"),
        ("[-9007199254740992]", "too large"),
        (f"[{'9' * 5000}]", "too large"),
        ("[1e400]", "too large"),
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "nested deeper"),
        ('{"a":' * 100_000, "nested deeper"),
        ("[" * 1_000_000, "nested deeper"),
        (json.dumps(["[" * DEEPEST + '\\"', "x"]) + "[" * DEEPEST, "not JSON"),
        ("{" + '"a":0,' * 100_000 + '"a":0}', "the name 'a' twice"),
        ('{"a": 1', "not JSON"),
        ("", "not JSON"),
        ("{} {}", "not JSON"),
        ("\ufeff{}", "not JSON"),
        (b'{"a": "\xff"}', "not UTF-8"),
        ("{}".encode("utf-16"), "not UTF-8"),
    ],
)
def test_a_text_with_more_than_one_reading_is_refused(text: str | bytes, reason: str) -> None:
    with pytest.raises(NotCanonical, match=reason):
        parse(text)


def test_deep_texts_do_not_end_a_process_that_allows_deep_calls() -> None:
    """Some libraries raise Python's limit, and its JSON parser then runs out of stack before it reaches it."""
    code = "import sys; from ledger.canonical import parse; sys.setrecursionlimit(10**6); parse('[' * 10**6)"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1, "ended by an exception and not by a signal"
    assert "NotCanonical: the document is nested deeper than 32 levels" in done.stderr


@given(st.lists(st.text('[]{}"\\ a', max_size=120), max_size=4))
def test_brackets_in_texts_are_not_nesting(texts: list[str]) -> None:
    assert parse(json.dumps(texts)) == texts


@pytest.mark.parametrize("first", ["", "\\", '"', '\\"', '"\\', "\\\\", 'a\\\\"'])
def test_texts_end_where_json_says(first: str) -> None:
    """Whatever is escaped before: the brackets of the second text are its letters, and those after it are nesting."""
    texts = [first, "[" * (DEEPEST + 1)]
    assert parse(json.dumps(texts)) == texts
    with pytest.raises(NotCanonical, match="nested deeper"):
        parse(json.dumps(texts) + "[" * (DEEPEST + 1))


def test_documents_may_be_as_deep_as_it_says() -> None:
    assert canonical(parse("[" * DEEPEST + "]" * DEEPEST)).decode() == "[" * DEEPEST + "]" * DEEPEST


@pytest.mark.parametrize("document", [math.nan, math.inf, 2**53, {1: 2}, "\ud800", {"a": object()}, {"a": {1, 2}}])
def test_what_has_no_canonical_form_is_refused(document: object) -> None:
    with pytest.raises(NotCanonical, match="no canonical form"):
        canonical(document)


def test_a_half_of_a_letter_is_refused() -> None:
    with pytest.raises(NotCanonical):
        canonical(parse(r'{"a": "\ud800"}'))
