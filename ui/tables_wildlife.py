"""The tables of the page Wildlife, and the species as a download."""

import pandas as pd
import streamlit as st

from exports.csv_cells import csv_bytes
from ui import tables
from ui.text import DASH, count, number

MOST_MONTHS = 60
MOST_ROWS_UNSCROLLED = 10
CSV_COLUMNS = {
    "scientific_name": "scientific_name",
    "common_name": "common_name",
    "detections": "detections",
    "machine_only": "machine_only",
    "events": "independent_events_30min",
    "rate": "events_per_100_trap_nights",
    "rate_low": "rate_95_low",
    "rate_high": "rate_95_high",
    "places": "stations_with_records",
    "occupancy": "naive_occupancy",
    "active_day_share": "active_day_share",
    "newest": "newest_on",
    "is_generalised": "is_by_month_only",
}


def species_table(species: pd.DataFrame, places: int, red_list: pd.DataFrame) -> None:
    """One row per taxon with its rate and its year; the Red List category where there is one, for reading only."""
    shown = species.assign(
        interval=[_interval(row.rate_low, row.rate_high) for row in species.itertuples()],
        of_places=[None if pd.isna(seen) else f"{seen} of {places}" for seen in species["places"]],
        trend=[months[-MOST_MONTHS:] if isinstance(months, list) else None for months in species["trend"]],
        active_days=100 * species["active_day_share"],
        by_machine=100 * species["machine_share"],
    )
    of_months = ["detections"] if species["is_generalised"].any() else []
    columns = ["name", "scientific_name", *of_months, "events", "rate", "interval", "trend", "of_places"]
    columns += ["active_days", "by_machine", "newest"]
    if not red_list.empty:
        categories = red_list.set_index("scientific_name")["category"]
        shown["category"] = shown["scientific_name"].map(categories)
        columns.append("category")
    st.dataframe(
        shown[columns],
        hide_index=True,
        height="content" if len(shown) <= MOST_ROWS_UNSCROLLED else 420,
        row_height=tables.ROW_HEIGHT,
        placeholder=DASH,
        alt=f"Table of {count(len(shown), 'taxon', 'taxa')} with independent events, rate, stations and newest record",
        column_config=_species_columns(),
    )


def species_csv(species: pd.DataFrame, is_demo: bool) -> bytes:
    """The species as CSV, without Red List categories, whose terms forbid passing them on."""
    return csv_bytes(species.rename(columns=CSV_COLUMNS), list(CSV_COLUMNS.values()), is_demo)


def downtime_table(downtime: pd.DataFrame) -> None:
    """When each station had no working camera, and why, the newest first."""
    shown = downtime.sort_values("stopped_at", ascending=False).head(tables.MOST_ROWS)
    column = st.column_config
    st.dataframe(
        shown[["place_name", "stopped_at", "resumed_at", "nights", "reason"]],
        hide_index=True,
        height="content" if len(shown) <= MOST_ROWS_UNSCROLLED else 420,
        row_height=tables.ROW_HEIGHT,
        placeholder=DASH,
        alt=f"Table of {count(len(shown), 'stretch', 'stretches')} without a working camera",
        column_config={
            "place_name": column.TextColumn("Station"),
            "stopped_at": column.DatetimeColumn("Stopped (UTC)", format="D MMM YYYY, HH:mm", timezone="UTC"),
            "resumed_at": column.DatetimeColumn("Worked again (UTC)", format="D MMM YYYY, HH:mm", timezone="UTC"),
            "nights": column.NumberColumn("Nights", format="%.1f"),
            "reason": column.TextColumn("What the record of the camera says"),
        },
    )


def _interval(low: float, high: float) -> str | None:
    return None if pd.isna(low) else f"{number(low, 1)}{DASH}{number(high, 1)}"


def _species_columns() -> dict:
    column = st.column_config
    return {
        "name": column.TextColumn("Species", width=160),
        "scientific_name": column.TextColumn("Scientific name", width=145),
        "events": column.NumberColumn("Events", format="localized", width=60, help="Independent events, 30 min apart"),
        "rate": column.NumberColumn("Rate", format="%.1f", width=52, help="Independent events per 100 trap nights"),
        "interval": column.TextColumn("95 % interval", width=97),
        "trend": column.AreaChartColumn("By month", width=100, y_min=0, help="Independent events"),
        "of_places": column.TextColumn("Stations", width=76, help="With a record, of those with effort"),
        "active_days": column.NumberColumn(
            "Active days", format="%.1f %%", width=88, help="Camera days with a record, of all camera days"
        ),
        "by_machine": column.NumberColumn(
            "By machine", format="%.0f %%", width=86, help="Detections that no person labelled"
        ),
        "newest": column.DateColumn("Newest", format="D MMM YYYY", width=95),
        "category": column.TextColumn("Red List", width=80, help="IUCN Red List category; for reading only"),
        "detections": column.NumberColumn("Detections", format="localized", width=82),
    }
