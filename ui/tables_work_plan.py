"""The tables of the page Work plan: what is late and due, counts by pilot and criterion, and every item."""

import pandas as pd
import streamlit as st

from data.standards import standard
from exports.csv_cells import csv_bytes
from ui import tables
from ui import work_plan as words
from ui.text import DASH, count
from ui.work_plan import Plan

COUNTED = {state: words.STATE_WORDS[state] for state in words.ORDER}
ITEM_COLUMNS = {
    "light": "State",
    "title": "What",
    "due_on": "Due",
    "days_late": "Days late",
    "site_name": "Pilot",
    "criterion": "Criterion",
    "owner": "Owner",
    "solution": "Solution",
    "technology": "Technology",
    "kind_words": "Kind",
}
DONE_COLUMNS = {
    "title": "What",
    "done_on": "Done",
    "on_time": "Its day",
    "site_name": "Pilot",
    "criterion": "Criterion",
    "owner": "Owner",
    "solution": "Solution",
    "kind_words": "Kind",
}
MILESTONE_COLUMNS = {
    "light": "State",
    "title": "What",
    "due_on": "Due",
    "done_on": "Done",
    "days_late": "Days late",
    "criterion": "Criterion",
    "owner": "Owner",
}
WIDTHS = {
    "title": 270,
    "site_name": 180,
    "kind_words": 90,
    "solution": 200,
    "technology": 150,
    "owner": 160,
    "on_time": 110,
}
DATES = ["starts_on", "due_on", "done_on"]
CSV_COLUMNS = [
    "item_id", "site_id", "site_name", "kind", "state", "days_late", "title", "solution_id", "solution",
    "technology", "criterion", *DATES, "owner", "note", "source",
]  # fmt: skip


def pressing(plan: Plan) -> None:
    """What is late or due within a quarter, the most pressing first."""
    found = plan.pressing
    _items(found, ITEM_COLUMNS, f"Table of {count(len(found), 'item')} that are late or due, the most pressing first")


def every_item(plan: Plan) -> None:
    """All items, the most pressing first and those without a day last, with their notes where the viewer has any."""
    found = plan.items
    columns = ITEM_COLUMNS | {"done_on": "Done"} | ({"note": "Note"} if found["note"].notna().any() else {})
    _items(found, columns, f"Table of {count(len(found), 'item')} of the work plan with state, day and owner")


def milestones(found: pd.DataFrame, solution: str) -> None:
    """The milestones of one solution."""
    _items(found, MILESTONE_COLUMNS, f"Table of the milestones of {solution}")


def done_lately(plan: Plan) -> None:
    """What was done in the last quarter, and how far from the day it was due."""
    found = plan.done_lately.assign(on_time=[words.lateness(days) for days in plan.done_lately["days_late"]])
    _items(found, DONE_COLUMNS, f"Table of {count(len(found), 'item')} done in the last quarter")


def by_site(plan: Plan) -> None:
    """Items per pilot by state, with what comes next and what is late longest."""
    headings = {"site_name": "Pilot", "items": "Items", **COUNTED, "next_due_on": "Next due"}
    headings |= {"latest_days": "Longest late, days"}
    tables.plain_table(plan.by_site, headings, "Table of items per pilot and state")


def by_criterion(plan: Plan) -> None:
    """Items per criterion of the Standard by state, and at how many pilots."""
    pilots = plan.items.groupby("criterion")["site_id"].nunique()
    found = plan.by_criterion.assign(pilots=plan.by_criterion["criterion"].map(pilots).astype("int64"))
    st.dataframe(
        found,
        hide_index=True,
        height=min(720, 40 + tables.ROW_HEIGHT * max(len(found), 1)),
        row_height=tables.ROW_HEIGHT,
        placeholder=DASH,
        alt=f"Table of {count(len(found), 'criterion', 'criteria')} with their items by state",
        column_order=["criterion", "title", *words.ORDER, "pilots", "next_due_on"],
        column_config={
            "criterion": st.column_config.TextColumn("Criterion", width=75),
            "title": st.column_config.TextColumn("Title", width=380),
            **{state: st.column_config.NumberColumn(word, width=80) for state, word in COUNTED.items()},
            "pilots": st.column_config.NumberColumn("Pilots", width=65),
            "next_due_on": st.column_config.DateColumn("Next due", format="D MMM YYYY", width=100),
        },
    )


def ahead(plan: Plan) -> None:
    """Open milestones per pilot and month."""
    headings = {"site_name": "Pilot", "month": "Month from", "items": "Milestones"}
    tables.plain_table(plan.ahead, headings, "Table of open milestones per pilot and month")


def items_csv(plan: Plan, is_demo: bool) -> bytes:
    """The items as CSV, in the store's own words, with their state today."""
    return csv_bytes(_with_days(plan.items), CSV_COLUMNS, is_demo)


def _items(found: pd.DataFrame, columns: dict[str, str], alt: str) -> None:
    every = len(found)
    if every > tables.MOST_ROWS:
        st.caption(f"The first {tables.MOST_ROWS:,} of {every:,} items; the download holds all.")
    found = found.head(tables.MOST_ROWS)
    shown = found.assign(
        light=[[words.chip(state)] for state in found["state"]],
        kind_words=[words.KIND_WORDS[kind] for kind in found["kind"]],
    )
    st.dataframe(
        shown[list(columns)],
        hide_index=True,
        height=min(388, 40 + tables.ROW_HEIGHT * max(len(shown), 1)),
        row_height=tables.ROW_HEIGHT,
        placeholder=DASH,
        alt=alt,
        column_config={name: _column(name, label) for name, label in columns.items()},
    )


def _column(name: str, label: str):
    if name == "light":
        return st.column_config.MultiselectColumn(
            label,
            options=[words.chip(state) for state in words.ORDER],
            color=[words.STATE_CHIPS[state] for state in words.ORDER],
            width=115,
        )
    if name in DATES:
        return st.column_config.DateColumn(label, format="D MMM YYYY", width=100)
    if name == "days_late":
        return st.column_config.NumberColumn(label, format="localized", width=80, help="Negative: done early")
    if name == "criterion":
        return st.column_config.TextColumn(label, width=75, help=standard().title)
    return st.column_config.TextColumn(label, width=WIDTHS.get(name, 240))


def _with_days(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its days as calendar days without a time."""
    return frame.assign(**{name: pd.to_datetime(frame[name]).dt.date for name in DATES})
