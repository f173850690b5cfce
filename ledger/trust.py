"""The trust file: which contract on which chain counts, and whose signatures and anchors."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.keys import public_key_of
from ledger.values import WrongValue, address, day, mapping, optional_text, text, whole

SETTINGS = {"chain_id", "contract", "confirmations", "chain_name", "explorer", "issuer"}
ISSUER = {"name", "key", "address", "valid_from", "valid_to"}
MOST_CONFIRMATIONS = 100_000
LARGEST_BYTES = 200_000


class WrongTrust(ValueError):
    """A trust file that cannot be used; the message says where and why."""


@dataclass(frozen=True)
class Issuer:
    """Who may sign with `key` (did:key) and anchor from `address` (lower case), on which days (UTC, both included)."""

    name: str
    key: str
    address: str
    valid_from: date
    valid_to: date | None = None

    def is_valid_on(self, when: date) -> bool:
        return self.valid_from <= when and (self.valid_to is None or when <= self.valid_to)


@dataclass(frozen=True)
class Trust:
    """The ledger that counts, with the number of blocks that must lie on top of an anchor before it is final."""

    chain_id: int
    contract: str
    issuers: tuple[Issuer, ...]
    confirmations: int = 0
    chain_name: str | None = None
    explorer: str | None = None

    def of_key(self, key: str) -> tuple[Issuer, ...]:
        """The entries of one key; an issuer may have several, one after the other."""
        return tuple(issuer for issuer in self.issuers if issuer.key == key)

    def as_toml(self) -> str:
        """The trust file, readable by `read_trust`."""
        told = {
            "chain_id": str(self.chain_id),
            "chain_name": _quoted(self.chain_name),
            "contract": _quoted(self.contract),
            "confirmations": str(self.confirmations),
            "explorer": _quoted(self.explorer),
        }
        blocks = ["\n".join(f"{name} = {value}" for name, value in told.items() if value)]
        for issuer in self.issuers:
            lines = [f"{name} = {_quoted(getattr(issuer, name))}" for name in ("name", "key", "address")]
            lines += [f"valid_from = {issuer.valid_from}"]
            lines += [f"valid_to = {issuer.valid_to}"] if issuer.valid_to else []
            blocks.append("\n".join(["[[issuer]]", *lines]))
        return "\n\n".join(blocks) + "\n"


def read_trust(content: str) -> Trust:
    """The trust file of a text in TOML; raises WrongTrust."""
    if len(content) > LARGEST_BYTES:
        raise WrongTrust(f"the trust file is longer than {LARGEST_BYTES:,} letters")
    try:
        data = tomllib.loads(content)
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits is a ValueError too.
        raise WrongTrust(f"the trust file is not TOML: {error}") from None
    try:
        _check_names(data, SETTINGS)
        explorer = optional_text(data, "explorer")
        if explorer and not explorer.startswith("https://"):
            raise WrongValue("explorer", "is not an address that begins with https://")
        found = Trust(
            chain_id=whole(data, "chain_id", least=1),
            contract=address(data.get("contract"), "contract"),
            issuers=_issuers(data.get("issuer")),
            confirmations=whole(data, "confirmations", most=MOST_CONFIRMATIONS) if "confirmations" in data else 0,
            chain_name=optional_text(data, "chain_name"),
            explorer=explorer,
        )
    except WrongValue as wrong:
        raise WrongTrust(f"the trust file: {wrong}") from None
    return found


def _issuers(listed: Any) -> tuple[Issuer, ...]:
    if not isinstance(listed, list) or not listed:
        raise WrongValue("[[issuer]]", "is missing: nobody's records could be trusted")
    issuers = []
    for number, block in enumerate(listed, start=1):
        try:
            issuers.append(_issuer(mapping(block, "issuer")))
        except WrongValue as wrong:
            raise WrongValue(f"issuer {number}: {wrong.field}", wrong.reason) from None
    return tuple(issuers)


def _issuer(block: Mapping[str, Any]) -> Issuer:
    _check_names(block, ISSUER)
    key = text(block, "key")
    try:
        public_key_of(key)
    except ValueError as error:
        raise WrongValue("key", f"cannot be used: {error}") from None
    first, last = day(block, "valid_from"), day(block, "valid_to")
    if first is None:
        raise WrongValue("valid_from", "is missing")
    issuer = Issuer(
        name=text(block, "name"),
        key=key,
        address=address(block.get("address"), "address"),
        valid_from=date.fromisoformat(first),
        valid_to=date.fromisoformat(last) if last else None,
    )
    if issuer.valid_to and issuer.valid_to < issuer.valid_from:
        raise WrongValue("valid_to", "lies before valid_from")
    return issuer


def _check_names(block: Mapping[str, Any], known: set[str]) -> None:
    """A misspelt name must not silently mean that, say, no end was given."""
    if unknown := sorted(set(block) - known):
        raise WrongValue(unknown[0], f"is not known here; known are {', '.join(sorted(known))}")


def _quoted(value: str | None) -> str:
    """A basic string of TOML."""
    if value is None:
        return ""
    signs = {'"': '\\"', "\\": "\\\\"}
    return '"' + "".join(signs.get(s, s if s.isprintable() else f"\\U{ord(s):08X}") for s in value) + '"'
