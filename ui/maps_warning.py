"""Frames to the map of early warnings at one site."""

import json

import pandas as pd
import pydeck as pdk

from ui import deck, theme
from ui.text import moment
from ui.warning_words import STATE_LIGHTS, STATES, chip

MOST_DOTS = 300
RADII = {"open": 8, "acknowledged": 7, "arrived": 6, "closed": 4.5}


def colours(mode: str) -> dict[str, str]:
    """The colour of each state of a warning; the newest calls for attention, a closed one steps back."""
    return {state: theme.PALETTES[mode].states[light] for state, light in STATE_LIGHTS.items()}


def alerts_map(alerts: pd.DataFrame, boundary: str | None, mode: str, height: int) -> pdk.Deck:
    """Map of the newest warnings with a position, open ones on top, within the boundary of the site and a scale bar.

    Takes `place_name`, `words`, `detected_at`, `state`, `latitude` and `longitude`, newest first; `boundary` is a
    GeoJSON geometry. The layer of a state is called `alerts-<state>`.
    """
    palette = theme.PALETTES[mode]
    shown = placed(alerts).head(MOST_DOTS)
    geometry = json.loads(boundary) if boundary else None
    bounds = deck.bounds(geometry, shown, None, None)
    layers = deck.scale(bounds, palette)
    if geometry:
        layers.insert(0, deck.boundary(geometry, palette))
    for state in reversed(STATES):
        rows = [_row(row) for row in shown[shown["state"].eq(state)].itertuples()]
        if rows:
            layers.append(deck.dots(f"alerts-{state}", rows, colours(mode)[state], RADII[state], palette))
    return deck.deck(layers, deck.around(bounds, height), mode, "site", "{n}\n{t}")


def placed(alerts: pd.DataFrame) -> pd.DataFrame:
    """The warnings whose position the viewer may see."""
    return alerts.dropna(subset=["latitude", "longitude"])


def _row(row) -> dict:
    place = "" if pd.isna(row.place_name) else f" · {deck.inert(row.place_name)}"
    words = f"{deck.inert(row.words)}{place}"
    return {"x": deck.place(row), "n": words, "t": f"{chip(row.state)} · {moment(row.detected_at)}"}
