"""The tables of the page Readiness: sites by criteria, the clock, what changed, and the twins of its charts."""

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from data.standards import standard
from exports.csv_cells import csv_bytes
from ui import green_list_words as words
from ui import ledger_words, tables, theme
from ui.readiness import CRITERIA, Network
from ui.text import DASH, count

DUE = [words.due(name) for name in words.DUE_WORDS]
DUE_CHIPS = [theme.STATE_CHIPS[words.DUE_LIGHTS[name]] for name in words.DUE_WORDS]
CSV_COLUMNS = [
    "site_id", "site_name", "country", "region", "phase", "assessment_id", "day", "met", "not_met", "unknown",
    "next_blocker", "oldest_evidence_on", *CRITERIA,
]  # fmt: skip


def sites_by_criteria(
    sites: pd.DataFrame,
    cells: pd.DataFrame,
    on_open: Callable[[str], None],
    outcomes: Mapping[str, str],
    on_check: Callable[[str], None],
) -> None:
    """The same as the heat map, as a table with what is next in the way; `on_open` gets the site of a pressed row.

    `outcomes` has what the ledger's check found, by assessment; `on_check` gets the assessment of a pressed badge.
    """
    ids, assessed = list(sites["site_id"]), list(sites["assessment_id"])
    badges = [ledger_words.chip(outcomes[one]) if one in outcomes else None for one in assessed]
    glyphs = _cells(sites, cells).map(lambda state: words.STATE_GLYPHS[state])
    shown = pd.concat([sites.reset_index(drop=True), glyphs], axis=1).assign(
        blocker=[DASH if pd.isna(one) else words.short(one) for one in sites["next_blocker"]],
        open="Open",
        ledger=badges,
    )
    st.dataframe(
        shown,
        hide_index=True,
        height=min(600, 40 + tables.ROW_HEIGHT * max(len(shown), 1)),
        row_height=tables.ROW_HEIGHT,
        placeholder=DASH,
        alt=f"Table of {count(len(shown), 'site')} by the 17 criteria: {', '.join(map(words.state, words.STATES))}",
        column_order=["site_name", "met", "blocker", "open", *(["ledger"] if any(badges) else []), "day", *CRITERIA],
        column_config={
            "site_name": st.column_config.TextColumn("Site", width=200, pinned=True),
            "met": st.column_config.NumberColumn("Criteria met, of 17", width=90),
            "blocker": st.column_config.TextColumn("Next in the way", width=90),
            "day": st.column_config.DateColumn("Assessed", format="D MMM YYYY", width=95),
            "open": st.column_config.ButtonColumn(
                "Assessment",
                on_click=lambda: on_open(ids[st.session_state["open_assessment"]["row"]]),
                key="open_assessment",
                width=90,
            ),
            "ledger": st.column_config.ButtonColumn(
                "On the ledger",
                on_click=lambda: on_check(assessed[st.session_state["open_ledger"]["row"]]),
                key="open_ledger",
                width=200,
            ),
            **{
                one: st.column_config.TextColumn(one, width=44, help=standard().criteria[one].title) for one in CRITERIA
            },
        },
    )


def sites_csv(found: Network, sites: pd.DataFrame, is_demo: bool) -> bytes:
    """The sites with the state of each criterion, as CSV."""
    rows = pd.concat([sites.reset_index(drop=True), _cells(sites, found.cells)], axis=1)
    return csv_bytes(rows, CSV_COLUMNS, is_demo)


def held_back(counts: pd.DataFrame) -> None:
    """Sites by criterion and state."""
    frame = counts.assign(title=[standard().criteria[one].title for one in counts["criterion"]])
    headings = {"criterion": "Criterion", "title": "Title", "not_met": "Not met", "unknown": "Not known", "met": "Met"}
    tables.plain_table(frame, headings, "Table of sites by criterion and state")


def waits(curves: pd.DataFrame) -> None:
    """Share of sites still in each phase by months, with its limits."""
    frame = curves.round(1).assign(phase=[theme.PHASE_WORDS[phase] for phase in curves["phase"]])
    headings = {"phase": "Phase", "months": "Months", "at_risk": "Sites followed", "moved_on": "Moved on"}
    headings |= {"still_in_phase_pct": "Still there, %", "low": "Lower limit", "high": "Upper limit"}
    tables.plain_table(frame, headings, "Table of sites still in each phase by months")


def deadlines(due: pd.DataFrame) -> None:
    """What is due in the process, the most pressing first, with the state as glyph and word."""
    shown = due.assign(
        what=[words.DEADLINE_WORDS[name] for name in due["deadline"]],
        light=[[words.due(state)] for state in due["state"]],
    )
    st.dataframe(
        shown,
        hide_index=True,
        height=min(388, 40 + tables.ROW_HEIGHT * max(len(shown), 1)),
        row_height=tables.ROW_HEIGHT,
        placeholder=DASH,
        alt=f"Table of {count(len(shown), 'deadline')}, the most pressing first",
        column_order=["site_name", "what", "due_on", "days_left", "light"],
        column_config={
            "site_name": st.column_config.TextColumn("Site", width=210),
            "what": st.column_config.TextColumn("What", width=180),
            "due_on": st.column_config.DateColumn("Due", format="D MMM YYYY", width=100),
            "days_left": st.column_config.NumberColumn("Days left", format="localized", width=90),
            "light": st.column_config.MultiselectColumn("State", options=DUE, color=DUE_CHIPS, width=140),
        },
    )


def changed(rows: pd.DataFrame) -> None:
    """Criteria that were found otherwise a quarter ago."""
    frame = rows.assign(
        title=[standard().criteria[one].title for one in rows["criterion"]],
        before=[words.state(state) for state in rows["state_before"]],
        after=[words.state(state) for state in rows["state_after"]],
    )
    headings = {"site_name": "Site", "criterion": "Criterion", "title": "Title", "before": "Before", "after": "Now"}
    tables.plain_table(frame, headings, "Table of criteria whose state changed this quarter")


def _cells(sites: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """The state of each criterion, a row per site in their order; what is not rated is not known."""
    wide = cells.reindex(index=sites["site_id"], columns=list(CRITERIA)).reset_index(drop=True)
    return wide.astype("object").where(wide.notna(), "unknown")
