"""Tokens with which scripts show who asks: the file that `T4N_ACCESS` names says what each of them may see.

The file holds hashes only, so who reads it can use none of the tokens:

    [[token]]
    name = "Reef team of the north coast"
    sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    role = "site"
    sites = ["555512345"]
    expires = 2027-05-31
"""

import hashlib
import hmac
import logging
import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from data.access import ROLES, Viewer

ACCESS_VARIABLE = "T4N_ACCESS"
PREFIX = "t4n_"
RANDOM_BYTES = 32
LONGEST_TOKEN = 200
HASH = re.compile(r"[0-9a-f]{64}")
SITE_ID = re.compile(r"[\w.:-]{1,100}")
KEYS = {"name", "sha256", "role", "sites", "expires"}
log = logging.getLogger(__name__)


class AccessError(ValueError):
    """The file of tokens cannot be used; the message says what is wrong, and holds nothing secret."""


@dataclass(frozen=True)
class Token:
    """One entry of the file. It is good through the whole day `expires` (UTC)."""

    name: str
    sha256: str = field(repr=False)
    viewer: Viewer
    expires: date


def viewer_of(token: str, today: date | None = None) -> Viewer | None:
    """Who asks with this token, or None where it is not known or no longer good.

    While the file is broken no token is good, and the log says why.
    """
    try:
        tokens = _tokens()
    except AccessError as error:
        log.error("%s: %s; no token is accepted", ACCESS_VARIABLE, error)
        return None
    given = hash_of(token[:LONGEST_TOKEN])
    # All are compared, each in the same time, so that the answer's time tells nothing of them.
    known = [one for one in tokens if hmac.compare_digest(one.sha256, given)]
    today = today or datetime.now(UTC).date()
    return known[0].viewer if known and today <= known[0].expires else None


def hash_of(token: str) -> str:
    """What the file holds of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def fresh_token() -> str:
    """A new token that nobody can guess; its beginning lets people and tools see what it is."""
    return PREFIX + secrets.token_urlsafe(RANDOM_BYTES)


def block(token: str, name: str, viewer: Viewer, expires: date) -> str:
    """The lines about a token to add to the file. Raises AccessError where they would not be accepted."""
    lines = ["[[token]]", f"name = {_quoted(name)}", f'sha256 = "{hash_of(token)}"', f'role = "{viewer.role}"']
    if viewer.sites:
        lines.append(f"sites = [{', '.join(map(_quoted, sorted(viewer.sites)))}]")
    text = "\n".join([*lines, f"expires = {expires.isoformat()}"]) + "\n"
    read_tokens(text)
    return text


def read_tokens(text: str) -> tuple[Token, ...]:
    """The entries of a file of tokens. Raises AccessError."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # Its own message may quote the file.
        raise AccessError("the file is not TOML") from error
    entries = told.pop("token", [])
    if told or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise AccessError("the file holds something else than [[token]] blocks")
    tokens = tuple(_token(place, entry) for place, entry in enumerate(entries, 1))
    for what in ("name", "sha256"):
        if len({getattr(token, what) for token in tokens}) < len(tokens):
            raise AccessError(f"two tokens have the same {what}")
    return tokens


def _token(place: int, entry: Mapping[str, Any]) -> Token:
    name, hashed, role, expires = (entry.get(key) for key in ("name", "sha256", "role", "expires"))
    if unknown := sorted(set(entry) - KEYS):
        raise AccessError(f"token {place} has an unknown key {unknown[0]!r}")
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        raise AccessError(f"token {place} needs a name")
    if not isinstance(hashed, str) or not HASH.fullmatch(hashed):
        raise AccessError(f"token {place} needs sha256, as 64 small hexadecimal digits")
    if role not in ROLES:
        raise AccessError(f"token {place} needs a role; roles are {', '.join(ROLES)}")
    # A moment is a day too to Python, but it would end in the middle of one.
    if type(expires) is not date:
        raise AccessError(f"token {place} needs expires, a day such as 2027-05-31 without quotes")
    return Token(name, hashed, Viewer(role, _sites(place, role, entry.get("sites", []))), expires)


def _sites(place: int, role: str, sites: Any) -> frozenset[str]:
    if not isinstance(sites, list) or not all(isinstance(one, str) and SITE_ID.fullmatch(one) for one in sites):
        raise AccessError(f"token {place} needs sites as a list of site ids in quotes")
    if bool(sites) != (role == "site"):
        raise AccessError(f"token {place}: the role site needs sites, and no other role has any")
    return frozenset(sites)


def _tokens() -> tuple[Token, ...]:
    """The entries of the file as it is now, so that a token ends as soon as it is taken out."""
    path = os.environ.get(ACCESS_VARIABLE)
    if not path:
        return ()
    try:
        return read_tokens(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise AccessError("the file cannot be read") from error
    except UnicodeDecodeError as error:
        raise AccessError("the file is not text in UTF-8") from error


def _quoted(text: str) -> str:
    """A text as TOML has it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
