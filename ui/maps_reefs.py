"""Frames to the map of the reef stations of one site, coloured by the band of their newest hard coral cover."""

import json

import pandas as pd
import pydeck as pdk

from ui import deck, theme
from ui import reef_words as words
from ui.text import day, number

UNKNOWN = "unknown"
# More coral makes a larger dot, so that bands differ by more than colour; the smaller lie on top.
RADII = {UNKNOWN: 5, "high": 11, "middle": 8.5, "low": 6}


def stations_map(stations: pd.DataFrame, boundary: str | None, mode: str, height: int) -> pdk.Deck:
    """Map of the stations within the boundary of the site, with a scale bar; a layer per band, whose dots grow with it.

    Takes `station`, `latitude`, `longitude`, `value` (percent), `band` and `surveyed_on`; `boundary` is a GeoJSON
    geometry.
    """
    palette = theme.PALETTES[mode]
    geometry = json.loads(boundary) if boundary else None
    bounds = deck.bounds(geometry, stations, None, None)
    layers = deck.scale(bounds, palette)
    if geometry:
        layers.insert(0, deck.boundary(geometry, palette))
    colours = {UNKNOWN: palette.muted, **words.band_colours(mode)}
    by_band = stations.assign(band=stations["band"].fillna(UNKNOWN))
    for band, radius in RADII.items():
        rows = [_row(row) for row in by_band[by_band["band"].eq(band)].itertuples()]
        if rows:
            layers.append(deck.dots(f"reefs-{band}", rows, colours[band], radius, palette))
    return deck.deck(layers, deck.around(bounds, height), mode, "site", "{n}\n{t}")


def _row(row) -> dict:
    told = "No cover measured"
    if not pd.isna(row.value):
        told = f"{words.BAND_GLYPHS[row.band]} {number(row.value, 1)} % hard coral · {day(row.surveyed_on)}"
    return {"x": deck.place(row), "n": deck.inert(row.station), "t": told}
