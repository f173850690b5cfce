"""The record of one assessment: a W3C Verifiable Credential 2.0, secured with the cryptosuite eddsa-jcs-2022.

It holds who was rated how and when, and no comment, no evidence, no person and no place but the site's identifier.
Data model: https://www.w3.org/TR/vc-data-model-2.0/. Proof: https://www.w3.org/TR/vc-di-eddsa/#eddsa-jcs-2022.
"""

import functools
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.canonical import canonical
from ledger.keys import did_of, public_key_of
from ledger.values import WrongValue, day, mapping, moment, moment_text, optional_text, text

CONTEXTS = ("https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/undefined-terms/v2")
TYPE = "ProtectedAreaAssessmentCredential"
SUBJECT_TYPE = "ProtectedAreaAssessment"
SALT_BYTES = 16
MOST_RATINGS = 2_000
SIGNATURE_BYTES = 64
DAYS = ("assessed_on", "rated_on")
NEEDED = ("assessment_id", "site_id", "tool", "method", "indicator_id", "role")


class WrongCredential(WrongValue):
    """A document that is no record of an assessment: which field, and why."""


@dataclass(frozen=True)
class Rated:
    """One indicator as one role rated it; days are ISO texts and numbers texts, so that no reader rounds them."""

    indicator_id: str
    role: str
    rating: str | None = None
    score: str | None = None
    score_max: str | None = None
    rated_on: str | None = None


@dataclass(frozen=True)
class Claims:
    """What a record says of an assessment: the fields of `assessments` that never change, and its ratings."""

    assessment_id: str
    site_id: str
    tool: str
    method: str
    standard_version: str | None = None
    jurisdiction: str | None = None
    phase: str | None = None
    assessed_on: str | None = None
    assessed_year: str | None = None
    supersedes: str | None = None
    ratings: tuple[Rated, ...] = ()


FACTS = tuple(field.name for field in fields(Claims) if field.name != "ratings")
RATED = tuple(field.name for field in fields(Rated))


def unsigned(
    claims: Claims, issuer: str, issued_at: datetime, salt: bytes, valid_until: datetime | None = None
) -> dict[str, Any]:
    """The credential before it is signed, with texts in Unicode's form NFC and ratings in a fixed order.

    The salt of `SALT_BYTES` random bytes keeps anyone from guessing a record from its hash.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"the salt has {len(salt)} bytes instead of {SALT_BYTES}")
    ratings = sorted(claims.ratings, key=lambda rated: (rated.indicator_id, rated.role))
    subject = {"type": SUBJECT_TYPE, "salt": salt.hex(), **_named(claims, FACTS)}
    document = {
        "@context": list(CONTEXTS),
        "type": ["VerifiableCredential", TYPE],
        "issuer": issuer,
        "validFrom": moment_text(issued_at),
        "credentialSubject": {**subject, "ratings": [_named(rated, RATED) for rated in ratings]},
    }
    return document | ({"validUntil": moment_text(valid_until)} if valid_until else {})


def sign(document: Mapping[str, Any], key: Ed25519PrivateKey, created: datetime) -> dict[str, Any]:
    """The document with a proof by this key."""
    did = did_of(key.public_key())
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": moment_text(created),
        "verificationMethod": f"{did}#{did.removeprefix('did:key:')}",
        "proofPurpose": "assertionMethod",
        "@context": document["@context"],
    }
    signature = key.sign(_signed_bytes(document, options))
    return {**document, "proof": {**options, "proofValue": f"z{base58.b58encode(signature).decode()}"}}


def check_signature(credential: Mapping[str, Any]) -> bool:
    """Whether the proof was made with the key that it names, over just this document.

    Raises WrongCredential where there is no proof of this cryptosuite.
    """
    proof = _proof(credential)
    document = {name: value for name, value in credential.items() if name != "proof"}
    context = proof.get("@context", document.get("@context"))
    if not _begins_with(document.get("@context"), context):
        return False
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    key = public_key_of(signer_of(credential))
    try:
        key.verify(_signature(proof), _signed_bytes({**document, "@context": context}, options))
    except InvalidSignature:
        return False
    return True


def signer_of(credential: Mapping[str, Any]) -> str:
    """The did:key identifier of the key that the proof names; raises WrongCredential where it names none."""
    method = _text(_proof(credential), "verificationMethod")
    did, _, fragment = method.partition("#")
    try:
        public_key_of(did)
    except ValueError as error:
        raise WrongCredential("proof.verificationMethod", f"is no key: {error}") from None
    if fragment != did.removeprefix("did:key:"):
        raise WrongCredential("proof.verificationMethod", "names two different keys")
    return did


def issuer_of(credential: Mapping[str, Any]) -> str:
    """Who the record says that it is from."""
    issuer = credential.get("issuer")
    return _text(issuer, "id") if isinstance(issuer, Mapping) else _text(credential, "issuer")


def issued_at(credential: Mapping[str, Any]) -> datetime:
    """From when on the record is valid."""
    return _wrapped(moment, credential, "validFrom")


def valid_until(credential: Mapping[str, Any]) -> datetime | None:
    """Until when the record is valid; None without an end."""
    return _wrapped(moment, credential, "validUntil") if credential.get("validUntil") is not None else None


def claims_of(credential: Mapping[str, Any]) -> Claims:
    """What a record says; raises WrongCredential for a field that is missing, unknown or not of its kind."""
    subject = _wrapped_mapping(credential.get("credentialSubject"), "credentialSubject")
    facts = _fields(subject, FACTS, {"type", "salt", "ratings"})
    listed = subject.get("ratings")
    if not isinstance(listed, list) or len(listed) > MOST_RATINGS:
        raise WrongCredential("ratings", f"is not a list of at most {MOST_RATINGS} ratings")
    ratings = tuple(Rated(**_fields(_wrapped_mapping(one, "ratings"), RATED, set())) for one in listed)
    if len({(rated.indicator_id, rated.role) for rated in ratings}) < len(ratings):
        raise WrongCredential("ratings", "rates an indicator twice by the same role")
    kinds = credential.get("type")
    if not isinstance(kinds, list) or TYPE not in kinds:
        raise WrongCredential("type", f"is not {TYPE}")
    return Claims(**facts, ratings=ratings)


def _fields(data: Mapping[str, Any], names: tuple[str, ...], others: set[str]) -> dict[str, str | None]:
    """The texts of a mapping by our names; a field that nobody knows could hide what nobody looks at."""
    if unknown := sorted(set(data) - {_camel(name) for name in names} - others):
        raise WrongCredential(str(unknown[0])[:100], "is not a field of a record")
    found = {name: _wrapped(day if name in DAYS else optional_text, data, _camel(name)) for name in names}
    if missing := [name for name in names if name in NEEDED and found[name] is None]:
        raise WrongCredential(_camel(missing[0]), "is missing")
    return found


def _named(told: Claims | Rated, names: tuple[str, ...]) -> dict[str, str]:
    values = {_camel(name): getattr(told, name) for name in names}
    return {name: unicodedata.normalize("NFC", value) for name, value in values.items() if value is not None}


@functools.cache
def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)


def _signed_bytes(document: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    return sha256(canonical(dict(options))).digest() + sha256(canonical(dict(document))).digest()


def _proof(credential: Mapping[str, Any]) -> Mapping[str, Any]:
    proof = _wrapped_mapping(credential.get("proof"), "proof")
    wanted = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofPurpose": "assertionMethod"}
    for name, value in wanted.items():
        if proof.get(name) != value:
            raise WrongCredential(f"proof.{name}", f"is not {value}")
    return proof


def _signature(proof: Mapping[str, Any]) -> bytes:
    value = _text(proof, "proofValue")
    try:
        signature = base58.b58decode(value[1:]) if value.startswith("z") else b""
    except ValueError:
        signature = b""
    if len(signature) != SIGNATURE_BYTES:
        raise WrongCredential("proof.proofValue", "is no signature in base 58")
    return signature


def _begins_with(contexts: Any, first: Any) -> bool:
    """Whether the document's contexts begin with those of the proof, as the cryptosuite asks for."""
    contexts, first = (one if isinstance(one, list) else [one] for one in (contexts, first))
    return contexts[: len(first)] == first


def _text(data: Mapping[str, Any], name: str) -> str:
    return _wrapped(text, data, name)


def _wrapped(read: Any, data: Any, name: str) -> Any:
    try:
        return read(data, name)
    except WrongValue as wrong:
        raise WrongCredential(wrong.field, wrong.reason) from None


def _wrapped_mapping(value: Any, field: str) -> Mapping[str, Any]:
    return _wrapped(mapping, value, field)
