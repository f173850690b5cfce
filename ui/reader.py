"""Who reads: the role that decides what the data layer shows; it never comes from the address bar."""

import functools
from collections.abc import Callable
from urllib.parse import urlsplit

import streamlit as st

from data import access, settings
from data.access import PUBLIC, Viewer
from data.engine import View
from ui import account, cached, scope, sign_in_setup
from ui.text import plain

PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")
ROLES = {
    "public": "Public",
    "partner": "Partner",
    "site": "Site manager",
    "reviewer": "Reviewer",
    "staff": "Staff",
}
HOW_TO_SET_UP = "Nobody can sign in: {problem}. How to set it up: docs/deployment.md, part Sign-in."


def configured() -> Viewer:
    """Who has signed in; where nobody can, the viewer that this installation is set up for."""
    if sign_in_setup.setup().is_wanted:
        return account.current().viewer
    return access.viewer_from_environment(st.get_option("server.address")) if _is_alone() else PUBLIC


def identified() -> Viewer:
    """As `configured`, and say in the sidebar who reads, how to sign in, or how to make that possible."""
    setup = sign_in_setup.setup()
    if setup.is_on:
        who = account.current()
        account.show(who, ROLES[who.viewer.role])
        return who.viewer
    if _is_alone():
        st.caption(f":material/lock: {HOW_TO_SET_UP.format(problem=plain(setup.problem))}")
    return configured()


def choose(view: View) -> Viewer:
    """Let the reader of the demo look through the eyes of each role."""
    role = st.selectbox(
        "View as", list(ROLES), format_func=ROLES.get, key="view_as", help="Only the demo has this switch."
    )
    if role != "site":
        return Viewer(role, frozenset()) if role in ROLES else PUBLIC
    managed = _managed_site(view)
    if managed is None:
        return PUBLIC
    st.caption(f"Manager of {plain(managed['site_name'])}")
    return Viewer("site", frozenset({managed["site_id"]}))


def fragment(function: Callable[..., None]) -> Callable[..., None]:
    """`st.fragment` for what depends on the role: the whole page starts anew once the role is another."""

    @st.fragment
    @functools.wraps(function)
    def checked(*arguments: object) -> None:
        if not settings.is_demo() and configured() != scope.current().viewer:
            st.rerun()
        function(*arguments)

    return checked


def lasting() -> Callable[[], bool]:
    """Tells later, also in a thread that does not know the reader, whether they still have the role of this run."""
    if settings.is_demo() or not sign_in_setup.setup().is_wanted:
        return lambda: True
    told, viewer = account.claims(), scope.current().viewer
    return lambda: account.of_claims(told).viewer == viewer


def _is_alone() -> bool:
    """Whether this is somebody on their own machine: whoever comes through a proxy, or by another name, is not.

    A page elsewhere can give its own name the address of this machine, so the name counts too.
    """
    headers = st.context.headers
    if any(header in headers for header in PROXY_HEADERS):
        return False
    host = headers.get("Host")
    try:
        is_named_so = host is None or access.is_loopback(urlsplit(f"//{host}").hostname)
    except ValueError:
        return False
    return is_named_so and access.is_loopback(st.get_option("server.address"))


def _managed_site(view: View) -> dict | None:
    """The site of the demo's site manager: the first one with cameras."""
    sites = cached.sites(scope.hold(view, PUBLIC))
    with_cameras = sites[sites["has_cameras"].astype(bool)].head(1).to_dict("records")
    return with_cameras[0] if with_cameras else None
