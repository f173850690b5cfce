"""The file that `T4N_ACCESS` names: what people who sign in, and scripts that show a token, may see.

Blocks may come in any number and order; whoever fits none of them is the public:

    [[person]]                       # one verified e-mail address
    email = "ana@example.org"
    role = "site"
    sites = ["555512345"]
    expires = 2027-05-31             # optional: the last day (UTC)

    [[domain]]                       # every verified address of a domain, not of domains below it
    domain = "example.org"
    role = "partner"

    [[claim]]                        # a claim of the provider's token, such as a group
    claim = "groups"
    value = "t4n-reviewers"
    role = "reviewer"
    provider = "entra"               # optional: this provider of secrets.toml only

    [session]
    hours = 8                        # sign in again after so long

    [[token]]                        # a script; see data/access_tokens.py
    name = "Reef team of the north coast"
    sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    role = "partner"
    expires = 2027-05-31
"""

import functools
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from data.access import ROLES, Viewer

ACCESS_VARIABLE = "T4N_ACCESS"
SESSION = timedelta(hours=8)
MOST_SESSION_HOURS = 24 * 7
LONGEST_SESSION_S = MOST_SESSION_HOURS * 3600
LONGEST_ADDRESS = 254
# Names that the audit log has for others.
TAKEN_NAMES = ("public", "this machine")
# ASCII only: letters of other alphabets can look like these and be somebody else's.
DOMAIN = re.compile(r"(?=.{3,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.ASCII)
LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}", re.ASCII)
CLAIM = re.compile(r"[A-Za-z][\w:/.-]{0,199}", re.ASCII)
PROVIDER = re.compile(r"[A-Za-z0-9-]{1,50}", re.ASCII)
HASH = re.compile(r"[0-9a-f]{64}")
SITE_ID = re.compile(r"[\w.:-]{1,100}")
# What people can often set themselves at their provider, and what the web server adds: no ground for a role.
NO_GROUND = {
    *("email", "email_verified", "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username"),
    *("profile", "picture", "website", "gender", "birthdate", "zoneinfo", "locale", "phone_number", "address"),
    *("upn", "unique_name", "is_logged_in", "provider", "tokens", "origin", "nonce"),
}
KEYS = {
    "person": {"email", "role", "sites", "expires", "provider"},
    "domain": {"domain", "role", "sites", "expires", "provider"},
    "claim": {"claim", "value", "role", "sites", "expires", "provider"},
    "token": {"name", "sha256", "role", "sites", "expires"},
}


class AccessError(ValueError):
    """The file cannot be used; the message says what is wrong, and holds nothing that stands in it but key names."""


@dataclass(frozen=True)
class Token:
    """A script. It is good through the whole day `expires` (UTC)."""

    name: str
    sha256: str = field(repr=False)
    viewer: Viewer
    expires: date


@dataclass(frozen=True)
class Grant:
    """What a person gets who has this address, an address of this domain, or this `value` of a claim."""

    kind: str
    name: str
    value: str
    provider: str
    viewer: Viewer
    expires: date | None


@dataclass(frozen=True)
class AccessFile:
    """Everything that the file says; grants in its order."""

    grants: tuple[Grant, ...] = ()
    tokens: tuple[Token, ...] = ()
    session: timedelta = SESSION


def current() -> AccessFile:
    """The file as it is at this moment, so that a role ends as soon as it is taken out. Raises AccessError."""
    path = os.environ.get(ACCESS_VARIABLE)
    if not path:
        return AccessFile()
    try:
        return read(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise AccessError("the file cannot be read") from error
    except UnicodeDecodeError as error:
        raise AccessError("the file is not text in UTF-8") from error


@functools.lru_cache(maxsize=4)
def read(text: str) -> AccessFile:
    """What a text says. Raises AccessError."""
    try:
        told = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        # Its own message may quote the file.
        raise AccessError("the file is not TOML") from error
    session = _session(told.pop("session", {}))
    blocks = {kind: _blocks(kind, told.pop(kind, [])) for kind in KEYS}
    if told:
        raise AccessError(f"the file holds something else than {', '.join(f'[[{kind}]]' for kind in KEYS)}, [session]")
    tokens = tuple(_token(place, block) for place, block in enumerate(blocks.pop("token"), 1))
    for what in ("name", "sha256"):
        if len({getattr(token, what) for token in tokens}) < len(tokens):
            raise AccessError(f"two tokens have the same {what}")
    grants = tuple(_grant(kind, n, block) for kind, several in blocks.items() for n, block in enumerate(several, 1))
    if len({(one.kind, one.name, one.value, one.provider) for one in grants}) < len(grants):
        raise AccessError("two blocks are about the same person, domain or claim")
    return AccessFile(grants, tokens, session)


def address(text: object) -> str:
    """An e-mail address in the form in which it is compared, or an empty text where it is none that may be."""
    # The check comes before the small letters: those of some signs outside ASCII are inside it.
    if not isinstance(text, str) or not text.isascii() or len(text) > LONGEST_ADDRESS:
        return ""
    local, _, domain = text.lower().partition("@")
    return f"{local}@{domain}" if LOCAL_PART.fullmatch(local) and DOMAIN.fullmatch(domain) else ""


def _blocks(kind: str, blocks: Any) -> list[dict[str, Any]]:
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise AccessError(f"the file holds something else than blocks under [[{kind}]]")
    for place, block in enumerate(blocks, 1):
        if unknown := sorted(set(block) - KEYS[kind]):
            raise AccessError(f"{kind} {place} has an unknown key {unknown[0]!r}")
    return blocks


def _session(told: Any) -> timedelta:
    if not isinstance(told, dict) or set(told) - {"hours"}:
        raise AccessError("[session] holds something else than hours")
    hours = told.get("hours", SESSION / timedelta(hours=1))
    if type(hours) not in (int, float) or not 0 < hours <= MOST_SESSION_HOURS:
        raise AccessError(f"hours of [session] must be a number above 0 and at most {MOST_SESSION_HOURS}")
    return timedelta(hours=hours)


def _token(place: int, block: Mapping[str, Any]) -> Token:
    name, hashed = block.get("name"), block.get("sha256")
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        raise AccessError(f"token {place} needs a name")
    if name.strip().casefold() in TAKEN_NAMES:
        raise AccessError(f"token {place} needs another name: the audit log would take it for somebody else")
    if not isinstance(hashed, str) or not HASH.fullmatch(hashed):
        raise AccessError(f"token {place} needs sha256, as 64 small hexadecimal digits")
    viewer = _viewer(f"token {place}", block)
    return Token(name, hashed, viewer, _day(f"token {place}", block.get("expires")))


def _grant(kind: str, place: int, block: Mapping[str, Any]) -> Grant:
    where = f"{kind} {place}"
    name, value = _fits(kind, where, block)
    provider = block.get("provider", "")
    if "provider" in block and not (isinstance(provider, str) and PROVIDER.fullmatch(provider)):
        raise AccessError(f"{where} needs provider as a name of secrets.toml, or none")
    expires = _day(where, block["expires"]) if "expires" in block else None
    return Grant(kind, name, value, provider, _viewer(where, block), expires)


def _fits(kind: str, where: str, block: Mapping[str, Any]) -> tuple[str, str]:
    """Whom a block is about, in the form in which it is compared."""
    if kind == "person":
        if not (email := address(block.get("email"))):
            raise AccessError(f"{where} needs email, one address in plain letters (ASCII)")
        return email, ""
    if kind == "domain":
        # An address of the domain is what will be compared, so that is what must be good.
        domain = address(f"somebody@{block.get('domain')}").partition("@")[2]
        if not domain:
            raise AccessError(f"{where} needs domain, such as example.org, in plain letters (ASCII)")
        return domain, ""
    claim, value = block.get("claim"), block.get("value")
    if not isinstance(claim, str) or not CLAIM.fullmatch(claim):
        raise AccessError(f"{where} needs claim, the name of a claim")
    if claim.lower() in NO_GROUND:
        raise AccessError(f"{where}: people can set {claim!r} themselves, or the server does; no role can hang on it")
    if not isinstance(value, str) or not value.strip():
        raise AccessError(f"{where} needs value, a text in quotes")
    return claim, value


def _viewer(where: str, block: Mapping[str, Any]) -> Viewer:
    role, sites = block.get("role"), block.get("sites", [])
    if role not in ROLES:
        raise AccessError(f"{where} needs a role; roles are {', '.join(ROLES)}")
    if not isinstance(sites, list) or not all(isinstance(one, str) and SITE_ID.fullmatch(one) for one in sites):
        raise AccessError(f"{where} needs sites as a list of site ids in quotes")
    if bool(sites) != (role == "site"):
        raise AccessError(f"{where}: the role site needs sites, and no other role has any")
    return Viewer(role, frozenset(sites))


def _day(where: str, expires: Any) -> date:
    # A moment is a day too to Python, but it would end in the middle of one.
    if type(expires) is not date:
        raise AccessError(f"{where} needs expires, a day such as 2027-05-31 without quotes")
    return expires
