"""Ed25519 keys of issuers: as did:key identifiers, and as files that only their owner can read."""

import functools
import os
from pathlib import Path

import base58
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

DID_KEY = "did:key:"
# Multicodec ed25519-pub, as an unsigned varint.
ED25519 = b"\xed\x01"
LONGEST_DID = 100
MOST_KEYS = 1_000
OTHERS = 0o077


class KeyRefused(ValueError):
    """A key file that is not used; the message says why and what to do."""


def new_key() -> Ed25519PrivateKey:
    """A fresh key."""
    return Ed25519PrivateKey.generate()


def did_of(key: Ed25519PublicKey) -> str:
    """The did:key identifier of a public key, such as did:key:z6Mk... (https://w3c-ccg.github.io/did-key-spec/)."""
    return f"{DID_KEY}z{base58.b58encode(ED25519 + key.public_bytes_raw()).decode()}"


@functools.lru_cache(MOST_KEYS)
def public_key_of(did: str) -> Ed25519PublicKey:
    """The public key that a did:key identifier is; raises ValueError where it is none of an Ed25519 key."""
    if not did.startswith(f"{DID_KEY}z") or len(did) > LONGEST_DID:
        raise ValueError(f"{did[:LONGEST_DID]!r} is no did:key identifier")
    try:
        told = base58.b58decode(did.removeprefix(f"{DID_KEY}z"))
    except ValueError:
        raise ValueError(f"{did!r} is no did:key identifier: it is not in base 58") from None
    if not told.startswith(ED25519) or len(told) != len(ED25519) + 32:
        raise ValueError(f"{did!r} is not the identifier of an Ed25519 key")
    key = Ed25519PublicKey.from_public_bytes(told.removeprefix(ED25519))
    if did_of(key) != did:
        # Such as spaces at the end, which the decoder overlooks: identifiers are compared as texts.
        raise ValueError(f"{did!r} is no did:key identifier as it is written")
    return key


def read_key(path: Path) -> Ed25519PrivateKey:
    """The private key of a PEM file (PKCS #8, without a password); raises KeyRefused, also where others may read it."""
    try:
        if path.stat().st_mode & OTHERS:
            raise KeyRefused(f"others on this machine may read {path}. Run: chmod 600 {path}")
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise KeyRefused(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        if isinstance(error, KeyRefused):
            raise
        raise KeyRefused(f"{path} holds no private key in PEM (PKCS #8) without a password") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefused(f"{path} holds a key of another kind; records are signed with Ed25519")
    return key


def write_key(path: Path, key: Ed25519PrivateKey) -> None:
    """Write a private key that only its owner can read; raises KeyRefused where there is a file already."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyRefused(f"there is a file {path} already; a key is never overwritten") from None
    except OSError as error:
        raise KeyRefused(f"{path} cannot be written: {error.strerror}") from None
    with os.fdopen(file, "wb") as writing:
        writing.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
