"""Frames of the page Movement as tables for the screen: areas, distances, excursions, collars."""

from collections.abc import Mapping
from functools import partial

import pandas as pd
import streamlit as st

from metrics.collars import collar_health
from metrics.displacement import immobility
from metrics.home_range import effective_sample_size, kernel_range, minimum_convex_polygon
from ui import movement
from ui.results import how
from ui.tables import ROW_HEIGHT
from ui.text import DASH, count

MOST_SHOWN_HEIGHT = 420
moments = partial(st.column_config.DatetimeColumn, format="D MMM YYYY, HH:mm", timezone="UTC")
figures = partial(st.column_config.NumberColumn, format="localized", width="small")


def ranges_table(animals: pd.DataFrame, hues: Mapping[str, movement.Hue]) -> None:
    """Areas per animal in km²; an animal without an area stays in the table, with its reason."""
    glyphs = [f"{hues[animal].glyph} " if animal in hues else "" for animal in animals["animal"]]
    rounded = {name: animals[name].round(1) for name in ("kde95_km2", "kde50_km2", "mcp95_km2", "effective_n")}
    shown = animals.assign(animal=glyphs + animals["animal_name"], **rounded)
    columns = {
        "animal": st.column_config.TextColumn("Animal", width=115),
        "kde95_km2": figures("Range", help=f"km². 95 %: {how(kernel_range)}", width=60),
        "kde50_km2": figures("Core", help=f"km². 50 %: {how(kernel_range)}", width=55),
        "mcp95_km2": figures("Polygon", help=f"km². {how(minimum_convex_polygon)}", width=68),
        "effective_n": figures("Eff. n", help=how(effective_sample_size), width=58),
    }
    if shown["missing"].ne("").any():
        columns["missing"] = st.column_config.TextColumn("Why no area", width=260)
    _table(shown, f"Table of home ranges of {count(len(shown), 'animal')} in square kilometres", columns)


def days_table(days: pd.DataFrame) -> None:
    """Table twin of the distance chart, newest day first."""
    shown = days.sort_values(["day", "animal_name"], ascending=[False, True]).assign(
        day=days["day"].dt.date, km=days["km"].round(2), net_km=days["net_km"].round(2)
    )
    _table(
        shown,
        f"Table of distances on {count(len(shown), 'animal day')}",
        {
            "animal_name": st.column_config.TextColumn("Animal"),
            "day": st.column_config.DateColumn("Local day", format="D MMM YYYY"),
            "km": figures("km along the track"),
            "net_km": figures("km from start to end"),
            "fixes": figures("Positions"),
        },
    )


def newest_table(animals: pd.DataFrame) -> None:
    """Table twin of the map: where each animal was last, as the viewer may know."""
    _table(
        animals.dropna(subset="latitude"),
        f"Table of the newest positions of {count(len(animals), 'animal')}",
        {
            "animal_name": st.column_config.TextColumn("Animal"),
            "last": moments("Newest position (UTC)"),
            "latitude": st.column_config.NumberColumn("Latitude", format="%.4f"),
            "longitude": st.column_config.NumberColumn("Longitude", format="%.4f"),
        },
    )


def excursions_table(excursions: pd.DataFrame) -> None:
    """Stays outside the boundary, newest first; one that goes on has no return."""
    shown = excursions.sort_values("left_at", ascending=False).assign(
        hours=excursions["hours"].round(1),
        farthest_km=excursions["farthest_km"].round(2),
        back=["○ Outside" if missing else "● Returned" for missing in excursions["returned_at"].isna()],
    )
    _table(
        shown,
        f"Table of {count(len(shown), 'excursion')} over the boundary",
        {
            "animal_name": st.column_config.TextColumn("Animal"),
            "back": st.column_config.TextColumn("State", width=110),
            "left_at": moments("Left (UTC)"),
            "returned_at": moments("Returned (UTC)"),
            "hours": figures("Hours outside"),
            "farthest_km": figures("Farthest, km", help="Greatest distance of a position beyond the boundary."),
        },
    )


def collars_table(collars: pd.DataFrame) -> None:
    """Collars with a light (glyph and word), what they sent, and since when an animal has not moved."""
    lights = {state: f"{movement.COLLAR_GLYPHS[state]} {word}" for state, word in movement.COLLAR_WORDS.items()}
    numbers = ("fixes_per_day", "joules_per_day", "longest_gap_h", "days_since_last")
    rounded = {name: collars[name].round(1) for name in numbers}
    light = [[lights[state]] for state in collars["state"]]
    shown = collars.assign(light=light, success=collars["success"].round(2), **rounded)
    chips = [movement.COLLAR_CHIPS[state] for state in lights]
    columns = {
        "animal_name": st.column_config.TextColumn("Animal", width=130),
        "light": st.column_config.MultiselectColumn(
            "State", options=list(lights.values()), color=chips, width=115, help=how(immobility)
        ),
        "collar_kind": st.column_config.TextColumn("Kind", width=95, help=how(collar_health)),
        "model": st.column_config.TextColumn("Model", width=130),
        "fixes_per_day": figures("Per day", width=75),
        "success": st.column_config.NumberColumn(
            "Success", format="percent", width=80, help="Positions obtained of those scheduled."
        ),
        "joules_per_day": figures("J per day", width=80),
        "longest_gap_h": figures("Longest gap, h", width=105),
        "days_since_last": figures("Days silent", width=90),
        "since": moments("Not moving since (UTC)", width=165),
        "note": st.column_config.TextColumn("Note", width=260),
    }
    used = {name: column for name, column in columns.items() if shown[name].notna().any() and shown[name].ne("").any()}
    _table(shown, f"Table of {count(len(shown), 'collar')} with state, positions per day and longest gap", used)


def species_table(species: pd.DataFrame) -> None:
    """What anybody may know: animals, areas and effective positions by taxon."""
    shown = species.assign(
        **{column: species[column].astype(float).round(1) for column in ("range_km2", "core_km2", "effective_n")}
    )
    _table(
        shown,
        f"Table of home ranges of {count(len(shown), 'taxon', 'taxa')} in square kilometres",
        {
            "common_name": st.column_config.TextColumn("Species"),
            "scientific_name": st.column_config.TextColumn("Scientific name"),
            "animals": st.column_config.TextColumn("Animals"),
            "range_km2": figures("Median range, km²", help=f"95 %. {how(kernel_range)}", width="medium"),
            "core_km2": figures("Median core, km²", help=f"50 %. {how(kernel_range)}", width="medium"),
            "effective_n": figures("Median effective n", help=how(effective_sample_size), width="medium"),
        },
    )


def _table(frame: pd.DataFrame, alt: str, columns: dict[str, dict]) -> None:
    st.dataframe(
        frame[list(columns)],
        hide_index=True,
        height=min(MOST_SHOWN_HEIGHT, 40 + ROW_HEIGHT * len(frame)),
        row_height=ROW_HEIGHT,
        placeholder=DASH,
        alt=alt,
        column_config=columns,
    )
