"""What the API tells the audit log: tokens that were used or refused, and what was given to whom."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from data import audit

# 206: from its beginning on, as browsers ask that may break off and go on later.
GIVEN = (200, 206)
REFUSED = 403


def note_caller(request: Request, account: str, role: str) -> None:
    """Remember who asks, for the lines of this request."""
    request.state.caller = {"account": account, "role": role}


def note_download(request: Request, **facts: Any) -> None:
    """Say that the answer gives data, and which; empty facts are left out."""
    request.state.download = {name: value for name, value in facts.items() if value}


def record_answer(request: Request, status: int) -> None:
    """Add the lines about an answer: one for a token, one for the data that it gives or refuses.

    Who has the same bytes already (304) and who only asks for the headers is given nothing.
    """
    caller: Mapping[str, str] = getattr(request.state, "caller", {"account": audit.NOBODY, "role": "public"})
    if status == 401:
        audit.record("token_used", audit.NOBODY, outcome="refused")
    elif caller["account"] != audit.NOBODY:
        audit.record("token_used", **caller, outcome="accepted")
    facts = getattr(request.state, "download", None)
    if status == REFUSED or (status in GIVEN and facts is not None and request.method != "HEAD"):
        outcome = "refused" if status == REFUSED else "given"
        audit.record("download", **{**caller, **(facts or {})}, outcome=outcome)
