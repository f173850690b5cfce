"""The tree of a batch, against published trees and a tree computed by the definition of RFC 9162."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.merkle import proofs, root, root_from

# Published for Certificate Transparency: github.com/transparency-dev/merkle, testonly/constants.go.
ENTRIES = [
    bytes.fromhex(entry)
    for entry in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# Published beside them in the tests of certificate-transparency: index, size and proof.
PROOFS = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
TREES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70, unique=True)


@st.composite
def places(draw: st.DrawFn) -> tuple[list[bytes], int]:
    """A tree and one of its entries."""
    entries = draw(TREES)
    return entries, draw(st.integers(0, len(entries) - 1))


def _root_by_definition(entries: list[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, word by word."""
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    left, right = _root_by_definition(entries[:split]), _root_by_definition(entries[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@pytest.mark.parametrize("size", range(9))
def test_roots_are_the_published_ones(size: int) -> None:
    assert root(ENTRIES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "path"), PROOFS)
def test_proofs_are_the_published_ones(index: int, size: int, path: list[str]) -> None:
    assert [step.hex() for step in proofs(ENTRIES[:size])[index]] == path
    assert root_from(ENTRIES[index], index, size, [bytes.fromhex(step) for step in path]).hex() == ROOTS[size]


@given(TREES)
def test_a_root_is_as_the_standard_defines_it(entries: list[bytes]) -> None:
    assert root(entries) == _root_by_definition(entries)


@given(TREES)
def test_the_proof_of_every_entry_leads_to_the_root(entries: list[bytes]) -> None:
    for index, path in enumerate(proofs(entries)):
        assert root_from(entries[index], index, len(entries), path) == root(entries)


@given(places(), st.integers(0, 255))
def test_another_bit_in_the_entry_leads_elsewhere(place: tuple[list[bytes], int], bit: int) -> None:
    entries, index = place
    assert root_from(_flipped(entries[index], bit), index, len(entries), proofs(entries)[index]) != root(entries)


@given(places(), st.integers(0, 255), st.data())
def test_another_bit_in_the_proof_leads_elsewhere(
    place: tuple[list[bytes], int], bit: int, data: st.DataObject
) -> None:
    entries, index = place
    path = proofs(entries)[index]
    if path:
        changed = data.draw(st.integers(0, len(path) - 1))
        path[changed] = _flipped(path[changed], bit)
        assert root_from(entries[index], index, len(entries), path) != root(entries)


@given(places(), st.data())
def test_the_proof_of_another_place_leads_elsewhere(place: tuple[list[bytes], int], data: st.DataObject) -> None:
    entries, index = place
    other = data.draw(st.integers(0, len(entries) - 1))
    try:
        reached = root_from(entries[index], other, len(entries), proofs(entries)[index])
    except ValueError:
        reached = b""
    assert (reached == root(entries)) == (other == index)


@given(places())
def test_a_proof_of_the_wrong_length_is_refused(place: tuple[list[bytes], int]) -> None:
    entries, index = place
    path = proofs(entries)[index]
    with pytest.raises(ValueError, match="longer"):
        root_from(entries[index], index, len(entries), [*path, bytes(32)])
    if path:
        with pytest.raises(ValueError, match="shorter"):
            root_from(entries[index], index, len(entries), path[:-1])


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_place_outside_the_tree_is_refused(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no entry"):
        root_from(bytes(32), index, size, [])


def test_a_node_cannot_be_passed_off_as_an_entry() -> None:
    """Leaves and nodes are hashed apart, so that the tree of two subtrees is not the tree of four entries."""
    halves = [root(ENTRIES[:2]), root(ENTRIES[2:4])]
    assert root(halves) != root(ENTRIES[:4])


def _flipped(value: bytes, bit: int) -> bytes:
    return (int.from_bytes(value, "big") ^ (1 << bit)).to_bytes(len(value), "big")
