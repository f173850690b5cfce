"""Frames as tables for the screen: columns that are shown, in this order, and how each is written."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from exports.csv_cells import csv_bytes
from ui import theme
from ui.text import DASH, count

MOST_ROWS = 500
ROW_HEIGHT = 38
SITE_COLUMNS = [
    "site_id", "site_name", "country_iso3", "country", "region", "realm", "iucn_category", "area_km2", "latitude",
    "longitude", "position_kind", "phase", "status", "expires_on", "is_expiry_year_only", "newest_detection_on",
    "detections_30d", "detections_prior_30d",
]  # fmt: skip


def sites_table(sites: pd.DataFrame, open_site: Callable[[str], None]) -> None:
    """The sites as a table; `open_site` gets the site id of the row whose button is pressed."""
    ids = list(sites["site_id"])
    table = sites[["site_name", "country", "region", "detections_30d", "newest_detection_on", "expires_on"]].assign(
        phase=[[theme.PHASE_WORDS[phase]] for phase in sites["phase"]], profile="Open"
    )
    st.dataframe(
        table,
        hide_index=True,
        height=min(388, 40 + ROW_HEIGHT * len(table)),
        row_height=ROW_HEIGHT,
        placeholder=DASH,
        alt=f"Table of {count(len(table), 'site')} with phase, detections and end of the certificate",
        column_order=[
            "site_name", "country", "phase", "region", "detections_30d", "newest_detection_on", "expires_on", "profile",
        ],
        column_config=_site_columns(lambda: open_site(ids[st.session_state["open_site"]["row"]])),
    )  # fmt: skip


def species_table(species: pd.DataFrame) -> None:
    """Table twin of the species chart, withheld counts included as blanks with their reason."""
    notes = {(True, True): "Withheld", (False, True): "Withheld", (True, False): "Shown by month", (False, False): ""}
    shown = species.assign(
        note=[notes[pair] for pair in zip(species["is_generalised"], species["is_suppressed"], strict=True)]
    )
    st.dataframe(
        shown,
        hide_index=True,
        row_height=ROW_HEIGHT,
        placeholder=DASH,
        alt="Table of species with detections, animals counted and newest record",
        column_order=["common_name", "scientific_name", "detections", "individuals", "machine_only", "newest", "note"],
        column_config={
            "common_name": st.column_config.TextColumn("Species"),
            "scientific_name": st.column_config.TextColumn("Scientific name"),
            "detections": st.column_config.NumberColumn("Detections", format="localized"),
            "individuals": st.column_config.NumberColumn("Animals counted", format="localized"),
            "machine_only": st.column_config.NumberColumn("By machine only", format="localized"),
            "newest": st.column_config.DateColumn("Newest", format="D MMM YYYY"),
            "note": st.column_config.TextColumn("Protection"),
        },
    )


def source_states(sources: pd.DataFrame) -> None:
    """Sources with a light (glyph and word), why, and the rows of the last pull; takes them as `ui.health` judged."""
    table = sources.assign(
        light=[[f"{theme.STATE_GLYPHS[state]} {theme.STATE_WORDS[state]}"] for state in sources["state"]]
    )
    lights = [f"{theme.STATE_GLYPHS[state]} {theme.STATE_WORDS[state]}" for state in theme.STATES]
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        row_height=ROW_HEIGHT,
        placeholder=DASH,
        alt=f"Table of {count(len(table), 'source')} with state, reason and rows of the last pull",
        column_order=["source", "light", "sentence", "rows_held", "rows_refused"],
        column_config={
            "source": st.column_config.TextColumn("Source", width=170),
            "light": st.column_config.MultiselectColumn(
                "State", options=lights, color=list(theme.STATE_CHIPS.values()), width=110
            ),
            "sentence": st.column_config.TextColumn("Why", width=560),
            "rows_held": st.column_config.NumberColumn("Rows held", format="localized", width=95),
            "rows_refused": st.column_config.NumberColumn("Rows refused", format="localized", width=100),
        },
    )


def plain_table(frame: pd.DataFrame, headings: dict[str, str], alt: str) -> None:
    """The columns named in `headings`, in that order, with those words as their heading."""
    shown = frame[list(headings)].rename(columns=headings)
    st.dataframe(shown, hide_index=True, row_height=ROW_HEIGHT, placeholder=DASH, alt=alt)


def runs_table(runs: pd.DataFrame, source: str) -> None:
    """The latest pulls of a source, newest first."""
    st.dataframe(
        runs,
        hide_index=True,
        row_height=ROW_HEIGHT,
        placeholder=DASH,
        alt=f"Table of the latest pulls of {source}",
        column_order=["started_at", "outcome", "rows_stored", "rows_unchanged", "rows_refused", "seconds", "error"],
        column_config={
            "started_at": st.column_config.DatetimeColumn("Started (UTC)", format="D MMM YYYY, HH:mm", timezone="UTC"),
            "outcome": st.column_config.TextColumn("Outcome"),
            "rows_stored": st.column_config.NumberColumn("Stored", format="localized"),
            "rows_unchanged": st.column_config.NumberColumn("Unchanged", format="localized"),
            "rows_refused": st.column_config.NumberColumn("Refused", format="localized"),
            "seconds": st.column_config.NumberColumn("Seconds", format="%.1f"),
            "error": st.column_config.TextColumn("Error"),
        },
    )


def sites_csv(sites: pd.DataFrame, is_demo: bool) -> bytes:
    """The sites as CSV."""
    return csv_bytes(sites, SITE_COLUMNS, is_demo)


def file_name(name: str, is_demo: bool) -> str:
    """The name of a download; one with invented numbers says so."""
    return f"demo-{name}" if is_demo else name


def _site_columns(on_open: Callable[[], None]) -> dict:
    words = list(theme.PHASE_WORDS.values())
    chips = list(theme.PHASE_CHIPS.values())
    return {
        "site_name": st.column_config.TextColumn("Site", width=210),
        "country": st.column_config.TextColumn("Country", width=120),
        "phase": st.column_config.MultiselectColumn("Phase", options=words, color=chips, width=110),
        "region": st.column_config.TextColumn("Region", width=150),
        "detections_30d": st.column_config.NumberColumn("Detections, 30 d", format="localized", width=120),
        "newest_detection_on": st.column_config.DateColumn("Newest detection", format="D MMM YYYY", width=130),
        "expires_on": st.column_config.DateColumn("Certificate ends", format="D MMM YYYY", width=125),
        "profile": st.column_config.ButtonColumn("Profile", on_click=on_open, key="open_site", width=80),
    }
