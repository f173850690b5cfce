"""What is shown before there is any data: progress of the first pull, or how to start one."""

import streamlit as st

from data import settings
from data.engine import View
from ui import notices
from ui.text import plain

COMMANDS = """python ingest.py add camtrap_dp path/to/package --name my-cameras --site 555512345
python ingest.py pull
streamlit run dashboard.py"""


def is_needed(view: View | None) -> bool:
    """Whether there is nothing whole to show yet: no data, or the first pull still going on."""
    preparation = settings.preparation()
    return view is None or (preparation is not None and preparation.is_first)


def show() -> None:
    """The page that stands in for all pages until there is something to show."""
    if settings.preparation() is None:
        _no_data()
    else:
        st.title("Preparing the dashboard", anchor=False)
        st.caption("The sources are being read for the first time. This page opens by itself when they are in.")
        _progress()


def show_unfinished() -> None:
    """A line that says that more sources are being read behind a page that is already there."""
    if settings.preparation() is not None:
        _unfinished()


@st.fragment(run_every=2)
def _unfinished() -> None:
    preparation = settings.preparation()
    if preparation is None:
        st.rerun()
    if preparation.error:
        st.caption(f"The last pull stopped: {plain(preparation.error)}")
    else:
        st.caption(f"Still reading: {plain(preparation.label)}, {preparation.done} of {preparation.total} sources done")


@st.fragment(run_every=0.5)
def _progress() -> None:
    preparation = settings.preparation()
    if preparation is None:
        st.rerun()
    if preparation.error:
        st.error(
            f"The sources could not be read: {plain(preparation.error)}. Check the log, then start again.",
            icon=":material/error:",
        )
        return
    share = preparation.done / preparation.total if preparation.total else 0.0
    words = f"{plain(preparation.label)} · {preparation.done} of {preparation.total} sources read"
    st.progress(min(share, 1.0), text=words)


def _no_data() -> None:
    st.title("No data yet", anchor=False)
    notices.empty(
        "database_off",
        "Nothing has been stored yet",
        "List your sources, pull them once, and start the dashboard again:",
    )
    st.code(COMMANDS, language="bash")
