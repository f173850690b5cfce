"""The parts that all maps are made of: the deck with its base map, dots, boundary, scale bar and the view around them.

The base map lies in ui/static, so that no map asks another host for anything. What reaches the browser is slim: one
layer per category, short field names, coordinates to 4 decimals (11 m). Tooltips are plain text, never HTML.
"""

import json
import math
from collections.abc import Sequence

import pandas as pd
import pydeck as pdk
from pydeck.bindings.json_tools import default_serialize

from ui import theme

PIXELS = pdk.types.String("pixels")  # a bare "pixels" would be read as an expression


class CompactDeck(pdk.Deck):
    """A deck whose JSON has no indentation: half the bytes and a fifth of the time, on every run."""

    def to_json(self) -> str:
        return json.dumps(self, default=default_serialize, separators=(",", ":"), ensure_ascii=False)


def deck(layers: list[pdk.Layer], view: pdk.ViewState, mode: str, kind: str, tooltip: str) -> CompactDeck:
    """The layers on the base map of a `kind`: world (copies side by side) or site."""
    palette = theme.PALETTES[mode]
    style = {
        "backgroundColor": palette.text,
        "color": palette.page,
        "fontFamily": "Inter, sans-serif",
        "fontSize": "13px",
        "borderRadius": "8px",
        "padding": "8px 10px",
        "maxWidth": "280px",
        "whiteSpace": "pre-line",
    }
    return CompactDeck(
        layers=layers,
        map_style=f"app/static/basemap/{mode}-{kind}.json",
        initial_view_state=view,
        views=[pdk.View(type="MapView", controller=True, repeat=kind == "world")],
        tooltip={"text": tooltip, "style": style},
    )


def dots(
    layer_id: str, rows: list[dict], colour: str, radius: float | str, palette: theme.Palette, is_pickable: bool = True
) -> pdk.Layer:
    """Dots at `x` of each row; `radius` in pixels, or the name of the field that holds it."""
    return pdk.Layer(
        "ScatterplotLayer",
        rows,
        id=layer_id,
        get_position="x",
        get_radius=radius,
        radius_units=PIXELS,
        get_fill_color=theme.rgba(colour, 235),
        stroked=True,
        get_line_color=theme.rgba(palette.page),
        line_width_units=PIXELS,
        get_line_width=1.2,
        pickable=is_pickable,
        auto_highlight=is_pickable,
    )


def boundary(geometry: dict, palette: theme.Palette) -> pdk.Layer:
    """The outline of a site from its GeoJSON geometry."""
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    return pdk.Layer(
        "GeoJsonLayer",
        {"type": "FeatureCollection", "features": [feature]},
        id="boundary",
        get_fill_color=theme.rgba(palette.accent, 28),
        get_line_color=theme.rgba(palette.accent),
        line_width_units=PIXELS,
        get_line_width=2,
        pickable=False,
    )


def bounds(
    geometry: dict | None, stations: pd.DataFrame, latitude: float | None, longitude: float | None
) -> tuple[float, float, float, float]:
    """West, south, east, north of what is drawn, at least a few kilometres wide."""
    points = list(_points(geometry["coordinates"])) if geometry else []
    points += list(zip(stations["longitude"], stations["latitude"], strict=True))
    if not points and not (pd.isna(latitude) or pd.isna(longitude)):
        points = [(longitude, latitude)]
    if not points:
        points = [(0.0, 0.0)]
    longitudes, latitudes = zip(*points, strict=True)
    margin = 0.02
    return min(longitudes) - margin, min(latitudes) - margin, max(longitudes) + margin, max(latitudes) + margin


def around(bounds: tuple[float, float, float, float], height: int) -> pdk.ViewState:
    """A view that shows the bounds on two thirds of a map of this height (pixels), the scale bar below them."""
    west, south, east, north = bounds
    span = max(east - west, (north - south) / max(math.cos(math.radians((south + north) / 2)), 0.05), 0.02)
    zoom = min(max(math.log2(0.66 * height * 360 / (512 * span)), 0), 12)
    return pdk.ViewState(
        latitude=round((south + north) / 2, 4), longitude=round((west + east) / 2, 4), zoom=round(zoom, 2), min_zoom=0
    )


def place(row) -> list[float]:
    """Longitude and latitude of a row as the browser gets them."""
    return [round(row.longitude, 4), round(row.latitude, 4)]


def inert(text: object) -> str:
    """Text from outside that deck.gl will not read as an expression (it evaluates strings that start with @@)."""
    words = " ".join(str(text).split())
    return f" {words}" if words.startswith("@@") else words


def scale(bounds: tuple[float, float, float, float], palette: theme.Palette) -> list[pdk.Layer]:
    """A scale bar below what is drawn, and its length."""
    return [_scale_bar(bounds, palette), _scale_label(bounds, palette)]


def _scale_bar(bounds: tuple[float, float, float, float], palette: theme.Palette) -> pdk.Layer:
    start, end, _ = _scale(bounds)
    return pdk.Layer(
        "PathLayer",
        [{"p": [start, end]}],
        id="scale-bar",
        get_path="p",
        get_color=theme.rgba(palette.muted),
        width_units=PIXELS,
        get_width=2,
        pickable=False,
    )


def _scale_label(bounds: tuple[float, float, float, float], palette: theme.Palette) -> pdk.Layer:
    start, _, kilometres = _scale(bounds)
    return pdk.Layer(
        "TextLayer",
        [{"x": start, "s": f"{kilometres:g} km"}],
        id="scale-label",
        get_position="x",
        get_text="s",
        get_size=12,
        get_color=theme.rgba(palette.muted),
        get_text_anchor=pdk.types.String("start"),
        get_pixel_offset=[0, -10],
        font_family=pdk.types.String("Inter, sans-serif"),
        pickable=False,
    )


def _scale(bounds: tuple[float, float, float, float]) -> tuple[list[float], list[float], float]:
    """Start and end of a bar below the site, and its length: the largest round one up to a third of the width."""
    west, south, east, north = bounds
    degree_km = 111.32 * max(math.cos(math.radians(south)), 0.01)
    reach_km = max((east - west) * degree_km / 3, 0.5)
    power = 10 ** math.floor(math.log10(reach_km))
    kilometres = max(step * power for step in (1, 2, 5) if step * power <= reach_km)
    latitude = max(south - 0.08 * (north - south), -85.0)
    return (
        [round(west, 4), round(latitude, 4)],
        [round(west + kilometres / degree_km, 4), round(latitude, 4)],
        kilometres,
    )


def _points(coordinates: Sequence) -> list[tuple[float, float]]:
    """All positions of a GeoJSON coordinate array, whatever its depth."""
    if isinstance(coordinates[0], (int, float)):
        return [tuple(coordinates[:2])]
    return [point for part in coordinates for point in _points(part)]
