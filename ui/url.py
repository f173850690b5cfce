"""Choices that live in the address bar, so that a copied link shows the same page.

Streamlit's own binding writes the label of an option, with its counts and colours, into the address; here the option
itself is written. What the address holds is untrusted: an unknown value is named to the reader and the default shown.
"""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

import streamlit as st

from ui import notices

NONE = "none"
_LAST = "_address_"


def one(widget: Callable, label: str, options: Sequence[str], *, key: str, default: str, **shown) -> str:
    """One option of `widget` (st.selectbox, st.segmented_control), kept under `key` in the address."""
    asked, is_new = _asked(key)
    known = [value for value in asked if value in options]
    notices.unknown_values(label, [value for value in asked if value not in options])
    wanted = known[0] if known else default
    if is_new:
        st.session_state[key] = wanted
    start = None if is_new else wanted
    if widget is st.selectbox:
        chosen = widget(label, options, index=options.index(start) if start else 0, key=key, **shown)
    else:
        chosen = widget(label, options, default=start, required=True, key=key, **shown)
    chosen = chosen if chosen in options else default
    _write(key, [] if chosen == default else [chosen])
    return chosen


def many(
    widget: Callable, label: str, options: Sequence[str], *, key: str, default: Sequence[str] = (), **shown
) -> list[str]:
    """Some options of `widget` (st.pills, st.multiselect), kept under `key` in the address; none is a choice too."""
    asked, is_new = _asked(key)
    known = [value for value in options if value in asked]
    notices.unknown_values(label, [value for value in asked if value not in options and value != NONE])
    wanted = known if known or NONE in asked else list(default)
    if is_new:
        st.session_state[key] = wanted
    chosen = widget(label, options, default=None if is_new else wanted, key=key, **shown)
    chosen = [value for value in options if value in chosen]
    _write(key, [] if chosen == list(default) else chosen or [NONE])
    return chosen


def forget(*keys: str) -> None:
    """Take choices out of the address and back to their default, where another choice has made them meaningless."""
    for key in keys:
        st.query_params.pop(key, None)
        st.session_state[_LAST + key] = None


def shared() -> str:
    """The address that leads others to what this reader sees."""
    params = [(key, value) for key in st.query_params for value in st.query_params.get_all(key)]
    address = (st.context.url or "").split("?")[0]
    return f"{address}?{urlencode(params)}" if params else address


def _asked(key: str) -> tuple[list[str], bool]:
    """What the address asks for, and whether a link or the back button changed it under a living widget."""
    asked = st.query_params.get_all(key)
    is_new = key in st.session_state and st.session_state.get(_LAST + key) != asked
    return asked, is_new


def _write(key: str, values: list[str]) -> None:
    if values != st.query_params.get_all(key):
        if values:
            st.query_params[key] = values
        else:
            st.query_params.pop(key, None)
    st.session_state[_LAST + key] = values
