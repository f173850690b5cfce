"""The shape that all pages share: header, row of key figures, cards, main and side column.

Every width class uses the same elements in the same order, since a widget that moves elsewhere loses its value.
"""

from collections.abc import Callable

import streamlit as st

from ui import audited, client, notices, tables
from ui.scope import current


def header(title: str, caption: str):
    """Title, demo badge and one sentence, all Markdown; gives the place for at most three actions."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
        # A fixed width makes the actions wrap below the title on a phone instead of squeezing it.
        with st.container(width=640, gap="xxsmall"):
            st.title(title, anchor=False)
            with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
                if current().is_demo:
                    notices.demo_badge()
                st.caption(caption, width="content")
        return st.container(horizontal=True, width="content")


def figures():
    """The row of four key figures: four beside one another, or two by two."""
    return st.grid(2 if client.is_narrow() else 4, min_column_width=140, gap="small")


def columns(main: int, side: int) -> tuple:
    """A main and a side cell of these shares, below one another on narrow windows."""
    if client.is_narrow():
        grid = st.grid(1, min_column_width=200)
        return grid.cell(column_span=1), grid.cell(column_span=1)
    grid = st.grid(main + side, min_column_width=40)
    return grid.cell(column_span=main), grid.cell(column_span=side)


def card(title: str, note: str = "", **container):
    """A bordered box with a bold title and one grey line; both are Markdown."""
    box = st.container(border=True, **container)
    box.markdown(f"**{title}**" + (f"  \n:small[:gray[{note}]]" if note else ""))
    return box


def plot(figure, alt: str, key: str) -> None:
    """A Plotly chart; `alt` says what it shows to those who do not see it."""
    st.plotly_chart(figure, config={"displayModeBar": False}, alt=alt, key=key)


def table_twin(label: str, key: str, draw: Callable[[], None]) -> None:
    """The same numbers as a table, drawn once the reader opens it."""
    twin = st.expander(label, key=key, on_change="rerun", icon=":material/table:")
    if twin.open:
        with twin:
            draw()


def download_csv(label: str, rows: Callable[[], bytes], name: str, help_text: str = "", place=st) -> None:
    """A button that saves a table as CSV, put together once somebody clicks; `place` may be the header's actions."""
    place.download_button(
        label,
        data=audited.given(current(), rows, tables=[name], format="csv"),
        file_name=tables.file_name(name, current().is_demo),
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        help=help_text or None,
    )
