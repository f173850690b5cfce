"""The tables of the page Early warning: the board of warnings, and the twins of its charts."""

import math
from datetime import datetime

import pandas as pd
import streamlit as st

from metrics.early_warning import BENCHMARK_LATENCY_S, BENCHMARK_RESPONSE_MIN, STEPS
from ui import tables, theme
from ui.charts_warning import STEP_WORDS, name_of
from ui.text import DASH, count
from ui.warning import Conflicts, Warnings
from ui.warning_words import PRIORITY_WORDS, STATE_LIGHTS, age, chip

MOST_ON_BOARD = 50


def board(found: Warnings, now: datetime) -> None:
    """The newest warnings, each with its state as glyph and word, and how long it was or is open."""
    shown = found.alerts.head(MOST_ON_BOARD)
    ends = shown["closed_at"].fillna(pd.Timestamp(now))
    table = shown[["place_name", "words", "detected_at"]].assign(
        state=[[chip(state)] for state in shown["state"]],
        open_for=[age(lasted) for lasted in ends - shown["detected_at"]],
        priority=[PRIORITY_WORDS.get(word) for word in shown["priority"]],
    )
    chips = {chip(state): theme.STATE_CHIPS[light] for state, light in STATE_LIGHTS.items()}
    st.dataframe(
        table,
        hide_index=True,
        height=min(388, 40 + tables.ROW_HEIGHT * len(table)),
        row_height=tables.ROW_HEIGHT,
        placeholder=DASH,
        alt=f"Table of {count(len(table), 'warning')} with place, state and how long each was open",
        column_config={
            "place_name": st.column_config.TextColumn("Place", width=170),
            "words": st.column_config.TextColumn("Warning", width=210),
            "detected_at": st.column_config.DatetimeColumn(
                "Detected (UTC)", format="D MMM YYYY, HH:mm", timezone="UTC", width=150
            ),
            "state": st.column_config.MultiselectColumn(
                "State", options=list(chips), color=list(chips.values()), width=160
            ),
            "open_for": st.column_config.TextColumn("Open for", width=85),
            "priority": st.column_config.TextColumn("Priority", width=95),
        },
    )


def speed(found: Warnings) -> None:
    """Delay and response with their intervals and the published figures; an end out of reach stays empty."""
    measured = [
        ("Alert delay, seconds", found.delay, BENCHMARK_LATENCY_S),
        ("Response, minutes", found.response, BENCHMARK_RESPONSE_MIN),
    ]
    rows = []
    for label, result, published in measured:
        limits = [edge if math.isfinite(edge) else None for edge in result.interval or (math.nan, math.nan)]
        rows.append((label, result.value, *limits, published, result.n))
    columns = ["Measure", "Median", "Lower limit", "Upper limit", "Published mean", "Warnings"]
    figures = dict.fromkeys(columns[1:4], "Float64")
    frame = pd.DataFrame(rows, columns=columns).astype(figures).round(1)
    tables.plain_table(frame, {column: column for column in columns}, "Table of alert delay and response")


def chain(found: Warnings) -> None:
    """Minutes from the detection of each warning to each step; empty where it did not happen."""
    names = [name_of(row) for row in found.chain.itertuples()]
    frame = found.chain.assign(detected=names, **found.chain[list(STEPS)].round(1))
    headings = {"detected": "Detected", "words": "Warning"} | {step: f"{STEP_WORDS[step]}, min" for step in STEPS}
    tables.plain_table(frame, headings, "Table of minutes from detection to each step")


def calendar(found: Warnings) -> None:
    """Warnings per month, and per hour of the day where the viewer sees hours."""
    if found.hours.empty:
        tables.plain_table(found.months, {"month": "Month from", "alerts": "Warnings"}, "Table of warnings per month")
        return
    headings = {"month": "Month from", "hour": "Hour", "alerts": "Warnings"}
    tables.plain_table(found.hours, headings, "Table of warnings per month and hour")


def conflict_months(found: Conflicts) -> None:
    """Conflicts per month, or quarter, and kind."""
    step = "Quarter from" if found.is_by_quarter else "Month from"
    headings = {"month": step, "words": "Kind", "incidents": "Conflicts"}
    tables.plain_table(found.months, headings, "Table of conflicts over time by kind")


def rates(found: Conflicts) -> None:
    """Conflicts per 100 days of each kind before and after the first warning, with the days behind each rate."""
    headings = {"words": "Kind", "when": "Period", "incidents": "Conflicts", "exposure_days": "Days"}
    headings |= {"per_100_days": "Per 100 days", "low": "Lower limit", "high": "Upper limit"}
    tables.plain_table(found.rates, headings, "Table of conflicts per 100 days before and after the first warning")
