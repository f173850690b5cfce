"""Tokens with which scripts show who asks; the file of data/access_file.py says what each of them may see.

The file holds hashes only, so who reads it can use none of the tokens.
"""

import hashlib
import hmac
import logging
import secrets
from datetime import UTC, date, datetime

from data import access_file
from data.access import Viewer
from data.access_file import ACCESS_VARIABLE, AccessError, Token

PREFIX = "t4n_"
RANDOM_BYTES = 32
LONGEST_TOKEN = 200
log = logging.getLogger(__name__)


def viewer_of(token: str, today: date | None = None) -> Viewer | None:
    """Who asks with this token, or None where it is not known or no longer good."""
    entry = entry_of(token, today)
    return entry.viewer if entry else None


def entry_of(token: str, today: date | None = None) -> Token | None:
    """The entry of a token with its name, or None where it is not known or no longer good.

    While the file is broken no token is good, and the log says why.
    """
    try:
        tokens = access_file.current().tokens
    except AccessError as error:
        log.error("%s: %s; no token is accepted", ACCESS_VARIABLE, error)
        return None
    given = hash_of(token[:LONGEST_TOKEN])
    # All are compared, each in the same time, so that the answer's time tells nothing of them.
    known = [one for one in tokens if hmac.compare_digest(one.sha256, given)]
    today = today or datetime.now(UTC).date()
    return known[0] if known and today <= known[0].expires else None


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
    access_file.read(text)
    return text


def _quoted(text: str) -> str:
    """A text as TOML has it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
