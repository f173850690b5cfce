"""The account of the reader: who they are, what that gives them here, and the way in and out."""

import functools
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from data import access_file, audit, identity, sign_outs
from data.access import PUBLIC, Viewer
from data.access_file import ACCESS_VARIABLE, AccessError, AccessFile
from data.identity import Refused
from ui import scope, sign_in_answers, sign_in_setup
from ui.sign_in_setup import DEFAULT_PROVIDER, Setup
from ui.sign_ins import SIGN_INS
from ui.text import plain

FILE_IS_BROKEN = "Roles cannot be read at this moment, so everyone sees what the public sees. The server log says why."
NO_ROLE = "This account has no role here: you see what the public sees."
SIGNED_OUT = "You have signed out."
FAILURES = {
    sign_in_answers.REFUSED: "The sign-in did not work. Try again, or ask who runs this dashboard.",
    sign_in_answers.UNREACHED: "The sign-in service does not answer. Try again in a few minutes; the log of the server "
    "has the reason.",
}
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Account:
    """Who reads: `name` is empty for nobody, `notice` says why they see less than they may expect."""

    name: str = ""
    viewer: Viewer = PUBLIC
    notice: str = ""


def current() -> Account:
    """The account as it stands at this run: a role that was taken away, and a session that is over, end here."""
    return of_claims(claims())


def claims() -> Mapping[str, Any] | None:
    """What the provider said of the reader, from the signed cookie of this session; None where nobody signed in."""
    return st.user.to_dict() if sign_in_setup.setup().is_on and st.user.is_logged_in else None


def of_claims(told: Mapping[str, Any] | None) -> Account:
    """The account behind these claims at this moment; also for a thread that does not know the reader."""
    setup, file = sign_in_setup.setup(), _access_file()
    if file is None:
        return Account(notice=FILE_IS_BROKEN)
    if told is None or not setup.is_on:
        return Account()
    try:
        return _account(told, setup, file)
    except Refused as refused:
        _note(told, "sign_in_refused", audit.NOBODY, outcome=refused.outcome)
        return Account(notice=str(refused))


def show(account: Account, role: str) -> None:
    """The place in the sidebar that says who reads and in which role, with the buttons to sign in and out."""
    setup = sign_in_setup.setup()
    notice = account.notice
    if account.name:
        st.caption(f":material/account_circle: {plain(account.name)} · {role}")
    elif not notice:
        notice = FAILURES.get(sign_in_answers.failure(st.context.cookies), "")
    if notice:
        st.caption(f":material/info: {notice}")
    if account.name:
        if st.button("Sign out", icon=":material/logout:", key="sign_out", width="stretch"):
            _sign_out(account)
        return
    for provider in setup.providers:
        label = "Sign in" if len(setup.providers) == 1 else f"Sign in with {provider.title()}"
        if st.button(label, icon=":material/login:", key=f"sign_in_{provider}", width="stretch"):
            st.login(None if provider == DEFAULT_PROVIDER else provider)


def _account(told: Mapping[str, Any], setup: Setup, file: AccessFile) -> Account:
    client_id = setup.providers.get(told.get("provider"))
    if client_id is None:
        raise Refused("unknown provider", "This sign-in was made with a provider that is no longer set up.")
    now = scope.now()
    who = identity.identity(told, client_id, file.session, now)
    if sign_outs.is_ended(identity.session_key(told)):
        return Account(notice=SIGNED_OUT)
    viewer = identity.viewer_of(who, file, now.date())
    _note(told, "sign_in", who.name, role=viewer.role, sites=sorted(viewer.sites) or None)
    return Account(who.name, viewer, NO_ROLE if viewer == PUBLIC else "")


def _sign_out(account: Account) -> None:
    told = st.user.to_dict()
    sign_outs.end(identity.session_key(told))
    _note(told, "sign_out", account.name)
    st.logout()


def _note(told: Mapping[str, Any], event: str, account: str, **facts: Any) -> None:
    """Add a line to the audit log, once for each sign-in and again when its role changes or it ends."""
    if SIGN_INS.note(identity.session_key(told), f"{event} {facts}"):
        audit.record(event, account, **facts)


def _access_file() -> AccessFile | None:
    """What the access file says, or None while it is broken."""
    try:
        file = access_file.current()
    except AccessError as error:
        _tell(str(error))
        return None
    _tell.cache_clear()
    return file


@functools.lru_cache(maxsize=16)
def _tell(problem: str) -> None:
    log.error("%s: %s; everybody is public", ACCESS_VARIABLE, problem)
