"""The trust file: what it may say, and what is refused."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.trust import Issuer, Trust, WrongTrust, read_trust
from tests.ledger.invented_records import CONTRACT, DID, ISSUER, OTHER_ACCOUNT, OTHER_DID, TRUST

HEAD = f'chain_id = 295\ncontract = "{CONTRACT}"\n'
BLOCK = f'[[issuer]]\nname = "Office"\nkey = "{DID}"\naddress = "{OTHER_ACCOUNT}"\nvalid_from = 2026-01-01\n'
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(str.strip)


def test_a_trust_file_says_which_ledger_and_whom() -> None:
    more = 'confirmations = 3\nchain_name = "Hedera"\nexplorer = "https://hashscan.io"\n'
    text = f"{HEAD}{more}{BLOCK}valid_to = 2028-01-01\n"
    issuer = Issuer("Office", DID, OTHER_ACCOUNT, date(2026, 1, 1), date(2028, 1, 1))
    assert read_trust(text) == Trust(295, CONTRACT, (issuer,), 3, "Hedera", "https://hashscan.io")


def test_only_the_ledger_and_the_issuers_are_needed() -> None:
    trust = read_trust(HEAD + BLOCK)
    assert (trust.confirmations, trust.chain_name, trust.explorer) == (0, None, None)
    assert trust.issuers[0].valid_to is None


def test_addresses_are_compared_without_regard_to_their_letters_case() -> None:
    loud = (HEAD + BLOCK).replace(CONTRACT, f"0x{CONTRACT[2:].upper()}")
    assert read_trust(loud) == read_trust(HEAD + BLOCK)


@given(NAMES, NAMES)
def test_a_trust_file_is_read_as_it_was_written(name: str, chain_name: str) -> None:
    trust = replace(TRUST, chain_name=chain_name, issuers=(replace(ISSUER, name=name), replace(ISSUER, valid_to=None)))
    assert read_trust(trust.as_toml()) == trust


def test_an_issuer_counts_from_its_first_day_to_its_last() -> None:
    first, last = ISSUER.valid_from, ISSUER.valid_to
    assert ISSUER.is_valid_on(first)
    assert ISSUER.is_valid_on(last)
    assert not ISSUER.is_valid_on(date(2025, 12, 31))
    assert not ISSUER.is_valid_on(date(2028, 1, 1))
    assert replace(ISSUER, valid_to=None).is_valid_on(date(2999, 1, 1))


def test_a_key_may_have_several_entries() -> None:
    later = replace(ISSUER, valid_from=date(2028, 1, 1), valid_to=None)
    other = replace(ISSUER, key=OTHER_DID)
    assert replace(TRUST, issuers=(ISSUER, other, later)).of_key(DID) == (ISSUER, later)
    assert TRUST.of_key(OTHER_DID) == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", r"chain_id|issuer"),
        ("chain_id", "not TOML"),
        ("chain_id = 1\nchain_id = 2", "not TOML"),
        (f"chain_id = {'9' * 5000}", "trust file"),
        ("a = " + "[" * 100_000, "not TOML"),
        (HEAD, "issuer.* is missing"),
        (HEAD + "issuer = []", "issuer.* is missing"),
        (HEAD + "issuer = 7", "issuer.* is missing"),
        (HEAD + "issuer = [7]", "issuer 1"),
        (HEAD.replace("295", "0") + BLOCK, "chain_id"),
        (HEAD.replace("295", "true") + BLOCK, "chain_id"),
        (HEAD.replace("295", '"295"') + BLOCK, "chain_id"),
        (HEAD.replace(CONTRACT, CONTRACT[:-1]) + BLOCK, "contract is not an address"),
        (HEAD + "confirmations = -1\n" + BLOCK, "confirmations"),
        (HEAD + "confirmations = 1000000\n" + BLOCK, "confirmations"),
        (HEAD + "confirmation = 3\n" + BLOCK, "confirmation is not known"),
        (HEAD + 'explorer = "http://example.org"\n' + BLOCK, "https"),
        (HEAD + 'explorer = "javascript:alert(1)"\n' + BLOCK, "https"),
        (HEAD + BLOCK.replace("name", "label"), "issuer 1: label is not known"),
        (HEAD + BLOCK + "valid_until = 2027-01-01\n", "issuer 1: valid_until is not known"),
        (HEAD + BLOCK.replace(DID, "did:web:example.org"), "issuer 1: key cannot be used"),
        (HEAD + BLOCK.replace(DID, f"{DID} "), "issuer 1: key cannot be used"),
        (HEAD + BLOCK.replace(OTHER_ACCOUNT, "0x1"), "issuer 1: address"),
        (HEAD + BLOCK.replace("valid_from = 2026-01-01", ""), "issuer 1: valid_from is missing"),
        (HEAD + BLOCK.replace("2026-01-01", '"1.1.2026"'), "issuer 1: valid_from"),
        (HEAD + BLOCK.replace("2026-01-01", "2026-01-01T00:00:00Z"), "issuer 1: valid_from"),
        (HEAD + BLOCK + "valid_to = 2025-01-01\n", "issuer 1: valid_to lies before"),
        (HEAD + BLOCK + BLOCK.replace(DID, "x"), "issuer 2: key"),
        (HEAD + BLOCK + "#" * 200_000, "longer than"),
    ],
)
def test_a_trust_file_that_cannot_be_used_is_refused_with_the_place(text: str, reason: str) -> None:
    with pytest.raises(WrongTrust, match=reason):
        read_trust(text)
