"""The tables of the page Impact: twins of its charts and of its map, comparisons, and sources with their licence."""

import pandas as pd
import streamlit as st

from exports.impact import STATES
from exports.impact_before_after import Comparison
from exports.impact_figure import FAILED, Chart
from ui import tables
from ui.text import DASH, count


def over_time(chart: Chart) -> None:
    """The numbers of a chart, newest quarter first."""
    frame = pd.DataFrame(dict(chart.series), index=list(chart.quarters), dtype="float64")
    frame = frame[::-1].rename_axis("Quarter").reset_index()
    st.dataframe(
        frame,
        hide_index=True,
        row_height=tables.ROW_HEIGHT,
        placeholder=DASH,
        alt=f"Table: {chart.title}",
        column_config={name: st.column_config.NumberColumn(name, format="localized") for name, _ in chart.series},
    )


def comparison(one: Comparison) -> None:
    """Both sides of a comparison."""
    if len(one.table):
        st.table(one.table.set_index(one.table.columns[0]), border="horizontal", width="stretch")


def places(found: pd.DataFrame) -> None:
    """The sites with what each had reached."""
    shown = found.assign(state=found["state"].map(STATES)).sort_values(["state", "site_name"], ignore_index=True)
    headings = {"site_name": "Site", "country": "Country", "state": "Reached"}
    tables.plain_table(shown.head(tables.MOST_ROWS), headings, f"Table of {count(len(shown), 'site')} on the map")
    if len(shown) > tables.MOST_ROWS:
        st.caption(f"The first {tables.MOST_ROWS:,} of {len(shown):,} sites.")


def sources(found: pd.DataFrame) -> None:
    """Sources with licence, newest record and how their last pull went."""
    shown = found.assign(state=["Failed" if outcome in FAILED else "Worked" for outcome in found["outcome"]])
    headings = {
        "source": "Source",
        "title": "What it is",
        "licence": "Licence",
        "newest_record_on": "Newest record",
        "state": "Last pull",
    }
    tables.plain_table(shown, headings, f"Table of {count(len(shown), 'source')} with licence")
