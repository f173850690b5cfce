"""What readers of the pages hand in and take out, as the audit log keeps it: under their account and role."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from data import audit
from ui import account, reader
from ui.scope import Scope

# Whoever is alone on their own machine, where T4N_VIEWER says what they see.
OWN_MACHINE = "this machine"
_LAST = "audited"


def name_of(scope: Scope) -> str:
    """The account that the lines of this reader carry."""
    is_nobody = scope.is_demo or scope.viewer.role == "public"
    return account.current().name or (audit.NOBODY if is_nobody else OWN_MACHINE)


def note(scope: Scope, event: str, **facts: Any) -> None:
    """Add a line about this reader."""
    audit.record(event, name_of(scope), role=scope.viewer.role, **facts)


def note_once(scope: Scope, event: str, **facts: Any) -> None:
    """As `note`, though the page is drawn anew as often as its reader touches anything."""
    line = repr((event, sorted(facts.items())))
    if st.session_state.get(_LAST) != line:
        st.session_state[_LAST] = line
        note(scope, event, **facts)


def show_trouble(scope: Scope) -> None:
    """Tell staff that lines are being lost."""
    if scope.viewer.role == "staff" and (trouble := audit.trouble()):
        st.error(trouble, icon=":material/history_edu:")


def given(scope: Scope, make: Callable[[], bytes], **facts: Any) -> Callable[[], bytes]:
    """The same download, with a line each time that somebody takes it.

    Streamlit makes it in a thread that does not know the reader, so who they are is found out now.
    """
    told = {"account": name_of(scope), "role": scope.viewer.role, **facts}
    has_role = reader.lasting()

    def made() -> bytes:
        if not has_role():
            audit.record("download", **told, outcome="refused")
            raise PermissionError("the reader has another role now than when the page was drawn")
        content = make()
        audit.record("download", **told, outcome="given")
        return content

    return made
