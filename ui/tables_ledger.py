"""The tables of the page Ledger: assessments with their outcome, what differs from the signed record, and issuers."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from exports.csv_cells import csv_bytes
from ledger.trust import Trust
from ui import client, green_list_words, tables
from ui import ledger_words as words
from ui.text import DASH, count, day, is_missing

CHIPS = [words.chip(outcome) for outcome in words.OUTCOMES]
CHIP_COLOURS = [words.OUTCOME_CHIPS[outcome] for outcome in words.OUTCOMES]
SITE_WIDTH = 230
CSV_COLUMNS = [
    "assessment_id", "site_id", "site_name", "assessed_on", "assessed_year", "outcome", "failed_step", "reason",
    "notes", "issuer", "issued_at", "anchored_at", "reached_at", "digest", "root", "tx_hash", "block_number",
]  # fmt: skip


def assessments(rows: pd.DataFrame, on_open: Callable[[str], None]) -> None:
    """Assessments with what the last check found; `on_open` gets the identifier of a pressed row."""
    ids = list(rows["assessment_id"])
    shown = rows.assign(
        light=[[words.chip(outcome)] for outcome in rows["outcome"]],
        assessed=[_assessed(row) for row in rows.itertuples()],
        open="Open",
    )
    st.dataframe(
        shown,
        hide_index=True,
        height="content",
        row_height=tables.ROW_HEIGHT,
        placeholder=DASH,
        alt=f"Table of {count(len(shown), 'assessment')} with what was found on the ledger, problems first",
        column_order=["site_name", "open", "light", "reason", "assessed", "anchored_at", "issuer", "assessment_id"],
        column_config={
            "site_name": st.column_config.TextColumn("Site", width=150 if client.is_narrow() else SITE_WIDTH),
            "light": st.column_config.MultiselectColumn("Outcome", options=CHIPS, color=CHIP_COLOURS, width=185),
            "open": st.column_config.ButtonColumn(
                "Check",
                on_click=lambda: on_open(ids[st.session_state["open_check"]["row"]]),
                key="open_check",
                width=65,
            ),
            "reason": st.column_config.TextColumn("Why", width=270),
            "assessed": st.column_config.TextColumn("Assessed on", width=95),
            "anchored_at": st.column_config.DatetimeColumn(
                "Anchored on", format="D MMM YYYY", timezone="UTC", width=100
            ),
            "issuer": st.column_config.TextColumn("Issuer", width=165),
            "assessment_id": st.column_config.TextColumn("Assessment", width=150),
        },
    )


def assessments_csv(rows: pd.DataFrame, is_demo: bool) -> bytes:
    """The assessments as CSV, with the hashes that others need to check them."""
    return csv_bytes(rows.assign(assessed_on=pd.to_datetime(rows["assessed_on"]).dt.date), CSV_COLUMNS, is_demo)


def differences(rows: pd.DataFrame) -> None:
    """What was signed beside what this dashboard shows."""
    shown = rows.assign(
        entry=[_entry(row) for row in rows.itertuples()],
        who=[green_list_words.ROLE_WORDS.get(role, role) for role in rows["role"]],
        signed=[_value(value) for value in rows["signed"]],
        held=[_value(value) for value in rows["held"]],
    )
    headings = {"entry": "Indicator or field", "signed": "Signed", "held": "Held now", "who": "Rated by"}
    tables.plain_table(shown, headings, f"Table of {count(len(shown), 'value')} that differ from what was signed")


def issuers(trust: Trust) -> None:
    """The issuers of a trust file with their keys, their accounts and how long they count."""
    shown = pd.DataFrame(
        [(one.name, one.valid_from, one.valid_to, one.key, one.address) for one in trust.issuers],
        columns=["name", "valid_from", "valid_to", "key", "address"],
    )
    headings = {"name": "Issuer", "valid_from": "Trusted from", "valid_to": "Until", "key": "Key", "address": "Account"}
    tables.plain_table(shown, headings, f"Table of {count(len(shown), 'trusted issuer')}")


def _entry(row) -> str:
    """What differs: the rating of an indicator, another field of it, or a field of the assessment."""
    field = row.field.replace("_", " ")
    if is_missing(row.indicator_id):
        return field.capitalize()
    indicator = green_list_words.short(row.indicator_id)
    return indicator if row.field == "rating" else f"{indicator}, {field}"


def _assessed(row) -> str | None:
    if not is_missing(row.assessed_on):
        return day(row.assessed_on)
    return None if is_missing(row.assessed_year) else str(row.assessed_year)


def _value(value: object) -> str:
    """A rating with its glyph; any other value as it is."""
    if is_missing(value):
        return DASH
    return green_list_words.RATING_WORDS.get(value, str(value))
