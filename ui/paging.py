"""A long list that is searched, and shown one page at a time."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

PER_PAGE = 20


def search(placeholder: str, on_change: Callable[[], None] | None = None) -> str:
    """The words that are looked for, kept in the address."""
    return st.text_input(
        "Search",
        type="search",
        live=True,
        max_chars=80,
        placeholder=placeholder,
        key="q",
        bind="query-params",
        on_change=on_change,
        width=320,
    )


def page_of(rows: pd.DataFrame, key: str, caption: str) -> tuple[pd.DataFrame, int]:
    """The rows of the chosen page and its number; draws the choice beside a caption, where there is one."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(caption, width="content")
        pages = -(-len(rows) // PER_PAGE)
        page = st.pagination(pages, key=key) if pages > 1 else 1
    return rows.iloc[(page - 1) * PER_PAGE : page * PER_PAGE].reset_index(drop=True), page


def first_page(key: str) -> Callable[[], None]:
    """What a filter does when it changes: the page that was shown may be none of the new rows."""

    def back() -> None:
        st.session_state[key] = 1

    return back
