"""Who has signed in, by the claims of the provider's token, and what the access file gives them.

The token itself was checked before (signature, issuer, end); what is checked here holds at every run of a page.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from data import access_file
from data.access import PUBLIC, Viewer
from data.access_file import AccessFile, Grant

CLOCKS_APART = timedelta(minutes=2)
LONGEST_NAME = 200
# An entry that fits more exactly comes first.
KINDS = ("person", "claim", "domain")


class Refused(Exception):
    """A sign-in does not count; the message is a sentence for the reader, `outcome` a word or two for the log."""

    def __init__(self, outcome: str, sentence: str) -> None:
        super().__init__(sentence)
        self.outcome = outcome


@dataclass(frozen=True)
class Identity:
    """Somebody whom a provider vouches for; `email` is empty where it does not vouch for an address."""

    provider: str
    subject: str
    email: str
    claims: Mapping[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        """What the page and the audit log call them."""
        name = self.email or f"{self.provider}:{self.subject}"
        return "".join(sign for sign in name if sign.isprintable())[:LONGEST_NAME]


def identity(claims: Mapping[str, Any], client_id: str, session: timedelta, now: datetime) -> Identity:
    """Whom these claims are about. Raises Refused where they are not for us, too old, or of an unverified address."""
    audience = claims.get("aud")
    if client_id not in (audience if isinstance(audience, list) else [audience]):
        raise Refused("wrong audience", "This sign-in was made for another application.")
    provider, subject = claims.get("provider"), claims.get("sub")
    if not isinstance(provider, str) or not isinstance(subject, str) or not subject:
        raise Refused("no subject", "The provider did not say who signed in.")
    signed_in_at = _moment(claims.get("iat"))
    if signed_in_at is None or signed_in_at > now + CLOCKS_APART:
        raise Refused("no time", "The provider did not say when this sign-in was made.")
    if now >= signed_in_at + session:
        raise Refused("session over", "Your session has ended. Sign in again to go on.")
    is_verified = claims.get("email_verified")
    # Where the provider says nothing of it the address counts for nothing, and a claim may still.
    if is_verified is not None and is_verified is not True:
        raise Refused("unverified", "Your provider has not verified your e-mail address, so it cannot be used here.")
    email = access_file.address(claims.get("email")) if is_verified is True else ""
    return Identity(provider, subject, email, claims)


def viewer_of(who: Identity, file: AccessFile, today: date) -> Viewer:
    """The role of the first entry that fits: person before claim before domain, then the order in the file."""
    fitting = [one for one in file.grants if _is_good(one, today) and _fits(one, who)]
    return min(fitting, key=lambda one: KINDS.index(one.kind)).viewer if fitting else PUBLIC


def session_key(claims: Mapping[str, Any]) -> str:
    """What tells one sign-in from every other, of the same person too."""
    told = [claims.get(name) for name in ("provider", "iss", "sub", "iat", "nonce")]
    return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()


def _is_good(grant: Grant, today: date) -> bool:
    return grant.expires is None or today <= grant.expires


def _fits(grant: Grant, who: Identity) -> bool:
    if grant.provider not in ("", who.provider):
        return False
    if grant.kind == "person":
        return grant.name == who.email
    if grant.kind == "domain":
        return grant.name == who.email.partition("@")[2]
    told = who.claims.get(grant.name)
    return grant.value == told or (isinstance(told, list) and grant.value in told)


def _moment(seconds: Any) -> datetime | None:
    if type(seconds) not in (int, float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
