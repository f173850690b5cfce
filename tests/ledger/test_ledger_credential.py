"""Signed records, against the test vector of the W3C and the laws of a signature."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import NotCanonical, canonical, digest, parse
from ledger.credential import (
    Claims,
    Rated,
    WrongCredential,
    check_signature,
    claims_of,
    issued_at,
    issuer_of,
    sign,
    signer_of,
    unsigned,
    valid_until,
)
from tests.ledger.invented_records import DID, ISSUED_AT, KEY, OTHER_DID, OTHER_KEY, claims, record

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(str.strip)
RATINGS = st.builds(
    Rated,
    indicator_id=TEXTS,
    role=TEXTS,
    rating=st.none() | TEXTS,
    score=st.none() | TEXTS,
    rated_on=st.dates().map(str),
)
CLAIMS = st.builds(
    Claims,
    assessment_id=TEXTS,
    site_id=TEXTS,
    tool=TEXTS,
    method=TEXTS,
    jurisdiction=st.none() | TEXTS,
    assessed_on=st.none() | st.dates().map(str),
    ratings=st.lists(RATINGS, max_size=4).map(tuple),
)


@pytest.fixture
def vector(samples: Path) -> dict[str, Any]:
    """The signed credential of https://www.w3.org/TR/vc-di-eddsa/, appendix B.2 (eddsa-jcs-2022)."""
    return parse((samples / "ledger" / "w3c_eddsa-jcs-2022_signed_vector.json").read_bytes())


def test_the_vector_of_the_w3c_verifies(vector: dict[str, Any]) -> None:
    assert check_signature(vector)
    assert signer_of(vector) == "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
    assert issuer_of(vector) == "https://vc.example/issuers/5678"
    assert issued_at(vector) == datetime(2023, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "path",
    [
        ("name",),
        ("issuer",),
        ("credentialSubject", "alumniOf"),
        ("proof", "created"),
        ("type", 1),
        ("@context", 1),
        ("proof", "@context", 1),
    ],
)
def test_the_vector_of_the_w3c_with_another_word_does_not_verify(
    vector: dict[str, Any], path: tuple[str | int, ...]
) -> None:
    changed: Any = vector
    for name in path[:-1]:
        changed = changed[name]
    changed[path[-1]] += "x"
    assert not check_signature(vector)


@given(CLAIMS)
def test_what_was_signed_verifies_and_says_the_same(told: Claims) -> None:
    signed = sign(unsigned(told, DID, ISSUED_AT, bytes(16)), KEY, ISSUED_AT)
    arrived = parse(canonical(signed))
    assert check_signature(arrived)
    assert signer_of(arrived) == DID
    assert digest(arrived) == digest(signed)


@given(st.data())
def test_no_byte_of_a_record_can_be_changed(data: st.DataObject) -> None:
    written = bytearray(canonical(record()))
    place = data.draw(st.integers(0, len(written) - 1))
    written[place] ^= data.draw(st.integers(1, 255))
    try:
        is_right = check_signature(parse(bytes(written)))
    except (NotCanonical, WrongCredential, AttributeError):
        is_right = False
    assert not is_right or digest(parse(bytes(written))) != digest(record())


def test_a_record_says_what_it_was_made_of() -> None:
    assert claims_of(record(supersedes="example-0")) == claims(supersedes="example-0")
    assert issued_at(record()) == ISSUED_AT
    assert valid_until(record()) is None
    assert valid_until(record(valid_until=datetime(2027, 1, 1, tzinfo=UTC))) == datetime(2027, 1, 1, tzinfo=UTC)


def test_ratings_have_one_order_and_letters_one_form() -> None:
    """The same assessment gives the same record, however the source orders it and composes its letters."""
    first, second = claims().ratings
    one = unsigned(claims(method="Caf\u00e9", ratings=(first, second)), DID, ISSUED_AT, bytes(16))
    other = unsigned(claims(method="Cafe\u0301", ratings=(second, first)), DID, ISSUED_AT, bytes(16))
    assert digest(one) == digest(other)


def test_a_salt_changes_the_digest_and_nothing_else() -> None:
    one, other = (unsigned(claims(), DID, ISSUED_AT, bytes([n]) * 16) for n in (1, 2))
    assert digest(one) != digest(other)
    assert one["credentialSubject"] | {"salt": ""} == other["credentialSubject"] | {"salt": ""}


@pytest.mark.parametrize("salt", [b"", bytes(15), bytes(17)])
def test_a_salt_of_another_length_is_refused(salt: bytes) -> None:
    with pytest.raises(ValueError, match="salt"):
        unsigned(claims(), DID, ISSUED_AT, salt)


def test_a_signature_by_another_key_does_not_verify() -> None:
    mine, other = record(), record(key=OTHER_KEY)
    assert not check_signature(mine | {"proof": other["proof"]})
    assert not check_signature(mine | {"proof": mine["proof"] | {"proofValue": other["proof"]["proofValue"]}})


def test_a_signature_is_not_valid_for_another_issuer() -> None:
    assert check_signature(record(issuer=OTHER_DID)), "only the trust file says who may sign for whom"
    assert not check_signature(record() | {"issuer": OTHER_DID})


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (None, "proof is not an object"),
        ([], "proof is not an object"),
        ({"type": "Ed25519Signature2020"}, "proof.type"),
        ({"cryptosuite": "ecdsa-jcs-2019"}, "proof.cryptosuite"),
        ({"proofPurpose": "authentication"}, "proof.proofPurpose"),
        ({"proofValue": None}, "proofValue is missing"),
        ({"proofValue": 7}, "proofValue is not a text"),
        ({"proofValue": "z0OIl"}, "no signature"),
        ({"proofValue": "u7xZ"}, "no signature"),
        ({"proofValue": "z11"}, "no signature"),
        ({"proofValue": "z" + "2" * 10_000}, "longer than"),
        ({"verificationMethod": "https://example.org/key"}, "no key"),
        ({"verificationMethod": DID}, "two different keys"),
        ({"verificationMethod": f"{DID}#{OTHER_DID.removeprefix('did:key:')}"}, "two different keys"),
        ({"verificationMethod": "did:key:z" + "6" * 200}, "no key"),
    ],
)
def test_a_proof_that_cannot_be_one_is_refused(changed: Any, reason: str) -> None:
    signed = record()
    with pytest.raises(WrongCredential, match=reason):
        check_signature(signed | {"proof": signed["proof"] | changed if isinstance(changed, dict) else changed})


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"assessmentId": None}, "assessmentId is missing"),
        ({"assessmentId": 7}, "assessmentId is not a text"),
        ({"siteId": " "}, "siteId is empty"),
        ({"method": "x" * 301}, "longer than 300"),
        ({"assessedOn": "2026-02-30"}, "is not a day"),
        ({"assessedOn": "20260301"}, "is not a day"),
        ({"assessedYear": 2026}, "assessedYear is not a text"),
        ({"latitude": "47.1"}, "latitude is not a field"),
        ({"comment": "seen by a ranger"}, "comment is not a field"),
        ({"ratings": {}}, "not a list"),
        ({"ratings": ["met"]}, "not an object"),
        ({"ratings": [{"indicatorId": "1.1"}]}, "role is missing"),
        ({"ratings": [{"indicatorId": "1.1", "role": "self", "ratedOn": "today"}]}, "is not a day"),
        ({"ratings": [{"indicatorId": "1.1", "role": "self", "evidence": "photo"}]}, "evidence is not a field"),
        ({"ratings": [{"indicatorId": "1.1", "role": "self"}] * 2}, "twice"),
        ({"ratings": [{"indicatorId": str(n), "role": "self"} for n in range(2001)]}, "at most 2000"),
    ],
)
def test_a_record_of_something_else_is_refused(changed: dict[str, Any], reason: str) -> None:
    document = copy.deepcopy(record())
    document["credentialSubject"] |= changed
    with pytest.raises(WrongCredential, match=reason):
        claims_of(document)


@pytest.mark.parametrize("when", [None, 7, "2026-03-31", "31.3.2026", "2026-03-31T12:00:00", "2026-13-01T00:00:00Z"])
def test_a_record_without_a_moment_is_refused(when: Any) -> None:
    with pytest.raises(WrongCredential, match="validFrom"):
        issued_at(record() | {"validFrom": when})


def test_a_record_holds_no_word_that_it_was_not_given() -> None:
    """Everything in a record is of the standard, a claim, or a hash: nothing comes along by accident."""
    document = record()
    subject = document["credentialSubject"]
    assert set(document) == {"@context", "type", "issuer", "validFrom", "credentialSubject", "proof"}
    assert set(subject) - {"type", "salt", "ratings"} == {
        "assessmentId",
        "siteId",
        "tool",
        "method",
        "standardVersion",
        "phase",
        "assessedOn",
        "assessedYear",
    }
    assert json.loads(canonical(subject["ratings"])) == [
        {"indicatorId": "1.1", "role": "self", "rating": "met", "score": "3", "scoreMax": "3", "ratedOn": "2026-03-01"},
        {"indicatorId": "1.2", "role": "reviewer", "rating": "not_met", "ratedOn": "2026-03-20"},
    ]
