"""Keys as did:key identifiers and as files."""

from pathlib import Path

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from ledger.keys import KeyRefused, did_of, new_key, public_key_of, read_key, write_key
from tests.ledger.invented_records import DID, KEY

# A test vector of https://w3c-ccg.github.io/did-key-spec/: the identifier, and its key in base 58 as `publicKeyBase58`.
PUBLISHED = "did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH"
PUBLISHED_KEY = base58.b58decode("B12NYF8RrR3h41TDCTJojY59usg3mbtbjnFs7Eud1Y6u")


def test_a_published_identifier_is_its_key() -> None:
    assert public_key_of(PUBLISHED).public_bytes_raw() == PUBLISHED_KEY
    assert did_of(public_key_of(PUBLISHED)) == PUBLISHED


def test_every_key_has_its_own_identifier() -> None:
    keys = [new_key() for _ in range(20)]
    assert len({did_of(key.public_key()) for key in keys}) == 20
    for key in keys:
        assert public_key_of(did_of(key.public_key())).public_bytes_raw() == key.public_key().public_bytes_raw()


@pytest.mark.parametrize(
    "did",
    [
        "",
        "did:key:",
        "did:web:example.org",
        "did:key:z",
        "did:key:zOOO",
        "did:key:z\u00e9",
        f"did:key:z{'1' * 1_000_000}",
        f"{DID} ",
        f"{DID}\n",
        # A key of another kind (secp256k1, multicodec e7 01), and one that is too short.
        f"did:key:z{base58.b58encode(bytes([0xE7, 0x01]) + bytes(33)).decode()}",
        f"did:key:z{base58.b58encode(bytes([0xED, 0x01]) + bytes(31)).decode()}",
    ],
)
def test_what_is_no_identifier_of_such_a_key_is_refused(did: str) -> None:
    with pytest.raises(ValueError, match="identifier"):
        public_key_of(did)


def test_a_key_file_is_read_back_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "issuer.pem"
    write_key(path, KEY)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_key(path).private_bytes_raw() == KEY.private_bytes_raw()


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "issuer.pem"
    path.write_text("something")
    with pytest.raises(KeyRefused, match="already"):
        write_key(path, KEY)
    assert path.read_text() == "something"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_key_file_that_others_may_read_is_refused_with_advice(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "issuer.pem"
    write_key(path, KEY)
    path.chmod(mode)
    with pytest.raises(KeyRefused, match=r"chmod 600 .*issuer\.pem"):
        read_key(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no private key"),
        (b"\xff\xfe", "no private key"),
        (KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word")), "without a password"),
        (KEY.public_key().public_bytes_raw(), "no private key"),
        (
            generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            "another kind",
        ),
    ],
)
def test_a_file_without_such_a_key_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "issuer.pem"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyRefused, match=reason):
        read_key(path)


def test_a_key_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyRefused, match="cannot be read"):
        read_key(tmp_path / "issuer.pem")
    with pytest.raises(KeyRefused, match="cannot be written"):
        write_key(tmp_path / "folder" / "issuer.pem", KEY)
