"""The story map of the page Impact: what each site had reached by the end of a quarter."""

import math

import pandas as pd
import pydeck as pdk

from exports.impact import STATES
from ui import deck, maps, theme
from ui.text import count

RADII = {"unknown": 3.5, "assessed": 4.5, "advanced": 5.5, "field": 6.5}
CELL_DEGREES = 2.0
# Wider than this the world is shown; closer than this the base map has nothing to show.
WORLD_DEGREES, CLOSEST_ZOOM = 90.0, 5.0


def colours(mode: str) -> dict[str, str]:
    """The colour of each state; on the map its dots also differ in size."""
    palette = theme.PALETTES[mode]
    return {
        "unknown": palette.phases["not_started"],
        "assessed": palette.phases["candidate"],
        "advanced": palette.phases["green_list"],
        "field": palette.warm,
    }


def legend(places: pd.DataFrame, mode: str) -> list[str]:
    """Each state as a coloured dot, its words and the number of sites; Markdown."""
    counts = places["state"].value_counts()
    hues = colours(mode)
    return [theme.dot(hues[state], f"{words} {int(counts.get(state, 0)):,}") for state, words in STATES.items()]


def reached_map(places: pd.DataFrame, mode: str, width: str) -> pdk.Deck:
    """World map with a dot per site by its `state`; where sites are very many, a circle for those around it.

    Takes `site_name`, `country`, `latitude`, `longitude`, `position_kind` and `state`. The layer of a state is called
    `reached-<state>`.
    """
    placed = places[places["position_kind"].ne("none")]
    rows = _cells(placed) if len(placed) > maps.MOST_DOTS else _sites(placed)
    radii = dict.fromkeys(RADII, "r") if len(placed) > maps.MOST_DOTS else RADII
    palette, hues = theme.PALETTES[mode], colours(mode)
    layers = [
        deck.dots(f"reached-{state}", rows[state], hues[state], radius, palette)
        for state, radius in radii.items()
        if rows[state]
    ]
    return deck.deck(layers, _view(placed, width), mode, "world", "{n}\n{t}")


def _view(placed: pd.DataFrame, width: str) -> pdk.ViewState:
    """The world, or the part of it in which all of the sites lie."""
    if len(placed):
        bounds = deck.bounds(None, placed, None, None)
        if bounds[2] - bounds[0] < WORLD_DEGREES:
            view = deck.around(bounds, maps.WORLD_HEIGHT[width])
            view.zoom, view.max_zoom = min(view.zoom, CLOSEST_ZOOM), 9
            return view
    longitude = 35 if width == "phone" else 12
    return pdk.ViewState(latitude=20, longitude=longitude, zoom=maps.WORLD_ZOOM[width], min_zoom=0, max_zoom=9)


def _sites(placed: pd.DataFrame) -> dict[str, list[dict]]:
    rows: dict[str, list[dict]] = {state: [] for state in STATES}
    for row in placed.itertuples():
        told = f"{deck.inert(row.country)} · {STATES[row.state]}{maps.POSITION_NOTES.get(row.position_kind, '')}"
        rows[row.state].append({"x": deck.place(row), "n": deck.inert(row.site_name), "t": told})
    return rows


def _cells(placed: pd.DataFrame) -> dict[str, list[dict]]:
    middle = {axis: (placed[axis] // CELL_DEGREES + 0.5) * CELL_DEGREES for axis in ("latitude", "longitude")}
    cells = placed.assign(**middle).groupby(["state", "latitude", "longitude"]).size().rename("sites").reset_index()
    rows: dict[str, list[dict]] = {state: [] for state in STATES}
    for row in cells.itertuples():
        radius = round(2 + math.sqrt(row.sites), 1)
        told = {"x": deck.place(row), "r": radius, "n": count(row.sites, "site"), "t": STATES[row.state]}
        rows[row.state].append(told)
    return rows
