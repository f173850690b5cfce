"""The tables of the page Download: what a package will hold, its first rows, and whose data they are."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from exports.tables import Estimate
from ui.cached_download import PREVIEW_ROWS, Entry
from ui.tables import ROW_HEIGHT
from ui.text import DASH, count


def contents(found: Sequence[Estimate], entries: dict[str, Entry], sizes: Sequence[str]) -> None:
    """One line per table of the package with its rows and about how large it is."""
    rows = [
        {"table": entries[one.table].title, "rows": one.rows, "size": words, "name": one.table}
        for one, words in zip(found, sizes, strict=True)
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        row_height=ROW_HEIGHT,
        alt=f"Table of {count(len(rows), 'table')} of the package with rows and approximate size",
        column_config={
            "table": st.column_config.TextColumn("Table"),
            "rows": st.column_config.NumberColumn("Rows", format="localized"),
            "size": st.column_config.TextColumn("About"),
            "name": st.column_config.TextColumn("Name in the package"),
        },
    )


def preview(rows: pd.DataFrame, title: str) -> None:
    """The first rows of a table as they will be in the package."""
    st.dataframe(
        rows,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=min(388, 40 + ROW_HEIGHT * len(rows)),
        placeholder=DASH,
        alt=f"The first {count(min(PREVIEW_ROWS, len(rows)), 'row')} of {title}",
    )


def owners(rows: Sequence[dict[str, str]]) -> None:
    """Sources with licence and citation."""
    st.dataframe(
        pd.DataFrame(rows, columns=["source", "licence", "citation"]),
        hide_index=True,
        row_height=ROW_HEIGHT,
        placeholder=DASH,
        alt=f"Table of {count(len(rows), 'source')} with licence and citation",
        column_config={
            "source": st.column_config.TextColumn("Source"),
            "licence": st.column_config.TextColumn("Licence"),
            "citation": st.column_config.TextColumn("Cite as", width=560),
        },
    )


def withheld(reasons: dict[str, str]) -> None:
    """The tables that this reader may not have, with the reason."""
    st.dataframe(
        pd.DataFrame(list(reasons.items()), columns=["table", "reason"]),
        hide_index=True,
        row_height=ROW_HEIGHT,
        alt=f"Table of {count(len(reasons), 'table')} that are withheld, with the reason",
        column_config={
            "table": st.column_config.TextColumn("Table"),
            "reason": st.column_config.TextColumn("Why", width=640),
        },
    )
