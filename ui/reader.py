"""Who reads: the role that decides what the data layer shows; it never comes from the address bar."""

import streamlit as st

from data import access
from data.access import PUBLIC, Viewer
from data.engine import View
from ui import cached, scope
from ui.text import plain

PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")
ROLES = {
    "public": "Public",
    "partner": "Partner",
    "site": "Site manager",
    "reviewer": "Reviewer",
    "staff": "Staff",
}


def configured() -> Viewer:
    """The viewer that this installation is set up for; whoever comes through a proxy is not alone on their machine."""
    if any(header in st.context.headers for header in PROXY_HEADERS):
        return PUBLIC
    return access.viewer_from_environment(st.get_option("server.address"))


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


def _managed_site(view: View) -> dict | None:
    """The site of the demo's site manager: the first one with cameras."""
    sites = cached.sites(scope.hold(view, PUBLIC))
    with_cameras = sites[sites["has_cameras"].astype(bool)].head(1).to_dict("records")
    return with_cameras[0] if with_cameras else None
