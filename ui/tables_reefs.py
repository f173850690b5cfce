"""The tables of the page Reefs: newest cover per station, the twins of its charts, and every number with its source."""

import pandas as pd
import streamlit as st

from exports.csv_cells import csv_bytes
from metrics.outplants import PUBLISHED_SURVIVAL_PCT
from ui import reef_words as words
from ui import tables, theme
from ui.reefs import Heat, Restoration, Surveys
from ui.text import DASH, count

NUMBERS = {
    "station": "Station",
    "surveyed_on": "Surveyed",
    "what": "What",
    "value": "Value",
    "se": "Standard error",
    "n": "n",
    "n_of": "n counts",
    "how": "Method",
    "who": "Labelled by",
    "source": "Source",
    "points": "Points",
    "low": "Lower bound",
    "high": "Upper bound",
    "depth_m": "Depth, m",
}
BAND_COLOURS = {band: theme.STATE_CHIPS[light] for band, light in words.BAND_LIGHTS.items()}


def stations(found: Surveys) -> None:
    """The newest hard coral cover of each station, with its band as glyph and word."""
    shown = found.stations.assign(
        band=[[] if pd.isna(band) else [words.band(band)] for band in found.stations["band"]],
        how=[DASH if pd.isna(used) else words.methods(used.split(" + ")) for used in found.stations["methods"]],
    )
    st.dataframe(
        shown,
        hide_index=True,
        height=min(388, 40 + tables.ROW_HEIGHT * max(len(shown), 1)),
        row_height=tables.ROW_HEIGHT,
        placeholder=DASH,
        alt=f"Table of {count(len(shown), 'station')} with the newest cover of hard coral",
        column_order=["station", "value", "se", "band", "surveyed_on", "how"],
        column_config={
            "station": st.column_config.TextColumn("Station", width=150),
            "value": st.column_config.NumberColumn("Hard coral, %", format="%.1f", width=100),
            "se": st.column_config.NumberColumn("± SE", format="%.1f", width=60),
            "band": st.column_config.MultiselectColumn(
                "Band",
                options=[words.band(band) for band in BAND_COLOURS],
                color=list(BAND_COLOURS.values()),
                width=130,
            ),
            "surveyed_on": st.column_config.DateColumn("Surveyed", format="D MMM YYYY", width=100),
            "how": st.column_config.TextColumn("Method", width=180),
        },
    )


def changes(found: Surveys) -> None:
    """First and last cover of each station and method, and the change between them with its limits."""
    frame = found.changes.assign(how=[words.method(name) for name in found.changes["method"]])
    frame = frame.round({name: 1 for name in ("first", "last", "change", "low", "high")})
    frame = _with_days(frame, "first_on", "last_on")
    headings = {"station": "Station", "how": "Method", "first_on": "First", "first": "First, %", "last_on": "Last"}
    headings |= {"last": "Last, %", "change": "Change, points", "low": "Lower limit", "high": "Upper limit"}
    tables.plain_table(frame, headings, "Table of changes of hard coral cover per station")


def composition(then: pd.DataFrame, now: pd.DataFrame, then_label: str, now_label: str) -> None:
    """What covered one reef on two days."""
    pair = then.merge(now, on="metric", how="outer", suffixes=("_then", "_now")).round(1)
    pair = pair.assign(what=[words.metric(name) for name in pair["metric"]])
    headings = {"what": "Cover", "value_then": f"{then_label}, %", "value_now": f"{now_label}, % "}
    tables.plain_table(pair, headings, "Table of what covered the reef on two days")


def survival(found: Restoration) -> None:
    """The curve of survival, with its limits and the published share."""
    low, high = PUBLISHED_SURVIVAL_PCT
    frame = found.curve.assign(published=f"{low:.0f}{DASH}{high:.0f}").round(1)
    headings = {"months": "Months", "at_risk": "Corals followed", "survival_pct": "Alive, %", "low": "Lower limit"}
    headings |= {"high": "Upper limit", "published": "Published, %"}
    tables.plain_table(frame, headings, "Table of survival by months since planting")


def months(found: Restoration) -> None:
    """Planted, alive, dead and lost corals at the end of each month."""
    headings = {"month": "Month from", "planted": "Planted", "alive": "Alive", "dead": "Dead", "lost": "Lost"}
    headings |= {"alive_pct": "Alive, %"}
    tables.plain_table(found.months.round({"alive_pct": 1}), headings, "Table of planted corals per month")


def heat_years(heat: Heat) -> None:
    """Days per year and alert level, and the highest degree heating weeks of each year."""
    highest = heat.by_year.groupby("year", as_index=False)["dhw_max"].max()
    levels = heat.levels.assign(level=[words.level(number) for number in heat.levels["alert_level"]])
    frame = levels.merge(highest, on="year", how="left").round({"dhw_max": 1})
    headings = {
        "year": "Year",
        "level": "Alert level",
        "days": f"{heat.step.capitalize()}s",
        "dhw_max": "Highest DHW of the year",
    }
    tables.plain_table(frame, headings, "Table of days per alert level and year")


def bleaching(found: Surveys) -> None:
    """Colonies by bleaching class at the newest survey of each station."""
    frame = found.bleaching.assign(what=[words.metric(name) for name in found.bleaching["class"]])
    frame = _with_days(frame.round({"pct": 1}), "surveyed_on")
    headings = {"station": "Station", "surveyed_on": "Surveyed", "what": "Class", "pct": "Colonies, %"}
    tables.plain_table(frame, headings, "Table of colonies by bleaching class")


def effort(found: Surveys) -> None:
    """Surveys, stations, sample units and points per year and method."""
    frame = found.effort.assign(how=[words.method(name) for name in found.effort["method"]])
    headings = {"year": "Year", "how": "Method", "surveys": "Surveys", "stations": "Stations"}
    headings |= {"sample_units": "Images or sample units", "points": "Points"}
    tables.plain_table(frame, headings, "Table of survey effort per year and method")


def numbers(found: Surveys) -> None:
    """Every figure of every survey with its sample, method, labeller and source, newest first."""
    every = len(found.means)
    if every > tables.MOST_ROWS:
        st.caption(f"The newest {tables.MOST_ROWS:,} of {every:,} numbers; the download holds all.")
    shown = _numbers(found, tables.MOST_ROWS).round({name: 2 for name in ("value", "se", "low", "high", "depth_m")})
    tables.plain_table(shown, NUMBERS, "Table of every figure with its method and source")


def numbers_csv(found: Surveys, is_demo: bool) -> bytes:
    """The same numbers as CSV, in the store's own words and unrounded."""
    columns = [
        "source", "station", "surveyed_on", "metric", "value", "se", "low", "high", "n", "n_of", "points", "method",
        "labelled_by", "depth_m",
    ]  # fmt: skip
    return csv_bytes(_numbers(found, len(found.means)), columns, is_demo)


def _numbers(found: Surveys, most: int) -> pd.DataFrame:
    ordered = found.means.sort_values("surveyed_on", ascending=False, kind="stable", ignore_index=True).head(most)
    return _with_days(ordered, "surveyed_on").assign(
        what=[words.metric(name) for name in ordered["metric"]],
        how=[words.method(name) for name in ordered["method"]],
        who=[words.labelled(name) for name in ordered["labelled_by"]],
    )


def _with_days(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The frame with these columns as calendar days without a time."""
    return frame.assign(**{name: pd.to_datetime(frame[name]).dt.date for name in columns})
