"""Frames to maps of field data: map cells (H3) coloured by how often animals were detected there."""

import json
import math

import h3
import pandas as pd
import pydeck as pdk

from ui import deck, theme
from ui.text import count, number

CLASSES = 5
UNMEASURED = "too little effort"


def steps(cells: pd.DataFrame) -> list[float]:
    """The upper ends of the classes of `rate`, round numbers up to the highest; empty where there is no rate."""
    highest = cells["rate"].max()
    if pd.isna(highest) or highest <= 0:
        return []
    power = 10 ** math.floor(math.log10(highest / CLASSES))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if CLASSES * factor * power >= highest)
    return [round((n + 1) * step, 6) for n in range(math.ceil(round(highest / step, 6)))]


def legend(cells: pd.DataFrame, mode: str) -> list[str]:
    """The classes as Markdown: a dot in their colour and the rates that it stands for."""
    palette = theme.PALETTES[mode]
    ends = steps(cells)
    words = [theme.dot(palette.muted, UNMEASURED)] if cells["rate"].isna().any() else []
    words += [theme.dot(palette.muted, "none", "○")] if cells["rate"].eq(0).any() else []
    shades = _shades(palette, len(ends))
    return words + [theme.dot(colour, f"up to {end:g}") for colour, end in zip(shades, ends, strict=True)]


def hexagon_map(cells: pd.DataFrame, boundary: str | None, mode: str, height: int) -> pdk.Deck:
    """Map of a site with a hexagon per map cell, coloured by detections per 100 trap nights.

    `boundary` is a GeoJSON geometry. Takes `cell`, `places`, `trap_nights`, `detections` and `rate`.
    """
    palette = theme.PALETTES[mode]
    geometry = json.loads(boundary) if boundary else None
    corners = [corner for cell in cells["cell"] for corner in h3.cell_to_boundary(cell)]
    drawn = pd.DataFrame(corners, columns=["latitude", "longitude"])
    bounds = deck.bounds(geometry, drawn, None, None)
    layers = [*deck.scale(bounds, palette), _hexagons(cells, palette)]
    if geometry:
        layers.insert(0, deck.boundary(geometry, palette))
    return deck.deck(layers, deck.around(bounds, height), mode, "site", "{n}\n{t}")


def _hexagons(cells: pd.DataFrame, palette: theme.Palette) -> pdk.Layer:
    ends = steps(cells)
    shades = _shades(palette, len(ends))
    rows = [
        {
            "h": row.cell,
            "c": _colour(row.rate, ends, shades, palette),
            "n": UNMEASURED.capitalize() if pd.isna(row.rate) else f"{number(row.rate, 1)} per 100 trap nights",
            "t": f"{count(row.detections, 'detection')} in {number(row.trap_nights)} trap nights at "
            f"{count(row.places, 'station')}",
        }
        for row in cells.itertuples()
    ]
    return pdk.Layer(
        "H3HexagonLayer",
        rows,
        id="hexagons",
        get_hexagon="h",
        get_fill_color="c",
        extruded=False,
        stroked=True,
        get_line_color=theme.rgba(palette.page),
        line_width_units=deck.PIXELS,
        get_line_width=1.2,
        pickable=True,
        auto_highlight=True,
    )


def _colour(rate: float, ends: list[float], shades: list[str], palette: theme.Palette) -> list[int]:
    if pd.isna(rate):
        return theme.rgba(palette.muted, 120)
    if rate == 0:
        return theme.rgba(palette.sequence[0], 210)
    return theme.rgba(next((shade for shade, end in zip(shades, ends, strict=True) if rate <= end), shades[-1]), 215)


def _shades(palette: theme.Palette, number_of_classes: int) -> list[str]:
    """As many colours of the sequence, from the second palest to the strongest."""
    last = len(palette.sequence) - 1
    return [palette.sequence[round(1 + (last - 1) * (n + 1) / number_of_classes)] for n in range(number_of_classes)]
