"""The states of a page, each with its words and its look."""

from collections.abc import Sequence

import streamlit as st

from ui.text import plain

DEMO_HELP = "These numbers are made up. They show what the page will look like."


def demo_badge() -> None:
    """Marks a page whose numbers are invented."""
    st.badge("Demo data", icon=":material/science:", color="orange", help=DEMO_HELP)


def empty(icon: str, headline: str, way_out: str) -> None:
    """A bordered box in place of content: what is missing, and one way out of it."""
    with st.container(border=True, horizontal_alignment="center", gap="xxsmall"):
        st.markdown(f":gray[:material/{icon}:] **{headline}**", width="content")
        st.caption(way_out, width="content")


def no_match(what: str) -> None:
    """No row passes the filters."""
    empty("search_off", f"No {what} matches these filters", "Clear the search or choose another phase or region.")


def no_sites() -> None:
    """The store holds data, but no site."""
    empty("travel_explore", "No sites are known yet", "They appear once the registry source has been pulled.")


def nothing_recorded(what: str) -> None:
    """A site without sensors of this kind, which is not the same as a zero."""
    empty("sensors_off", f"No {what} yet", "Numbers appear here once the first camera reports.")


def restricted(why: str) -> None:
    """Something that exists but is not shown to this reader."""
    empty("lock", "Not shown here", why)


def unknown_values(label: str, values: Sequence[str]) -> None:
    """The link asks for options that do not exist; the page goes on with those that do."""
    if values:
        shown = ", ".join(f"“{plain(value[:60])}”" for value in values[:5])
        st.error(
            f"The link asks for {plain(label.lower())} {shown}, which does not exist here. You see the usual view.",
            icon=":material/link_off:",
        )


def unknown_site(site_id: str) -> None:
    """The link names a site that is not in the network, or not visible to this reader."""
    st.error(
        f"There is no site with the code “{plain(site_id[:60])}”. Choose a site below.",
        icon=":material/wrong_location:",
    )


def source_warning(state: str, sentence: str) -> None:
    """A source fails or is late: what is shown stops early."""
    st.warning(plain(sentence), icon=":material/cloud_off:" if state == "down" else ":material/schedule:")


def page_error() -> None:
    """The page broke; the reader gets words, the log gets the cause."""
    st.error(
        "This part of the page could not be loaded. Try again in a few minutes, or go back to the overview.",
        title="Something went wrong",
        icon=":material/error:",
    )
