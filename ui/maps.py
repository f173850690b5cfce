"""Frames to maps. The base map lies in ui/static, so that no map asks another host for anything.

What reaches the browser is slim: one layer per category, so that no row repeats its colour; short field names;
coordinates to 4 decimals (11 m). Tooltips are plain text, never HTML.
"""

import json
import math
from collections.abc import Sequence

import pandas as pd
import pydeck as pdk
from pydeck.bindings.json_tools import default_serialize

from ui import theme
from ui.text import count, number

PIXELS = pdk.types.String("pixels")  # a bare "pixels" would be read as an expression
WORLD_ZOOM = {"phone": 0, "mid": 0.4, "wide": 0.72, "xl": 1.5}
WORLD_HEIGHT = {"phone": 300, "mid": 400, "wide": 496, "xl": 720}
PHASE_RADIUS = {"not_started": 3.5, "application": 4.5, "candidate": 5, "green_list": 5.5}
STATE_RADIUS = {"never": 3.5, "fresh": 4.5, "late": 5, "stale": 5.5, "down": 5.5}
POSITION_NOTES = {"country": " · shown at the centre of its country"}
MOST_DOTS = 5_000


class CompactDeck(pdk.Deck):
    """A deck whose JSON has no indentation: half the bytes and a fifth of the time, on every run."""

    def to_json(self) -> str:
        return json.dumps(self, default=default_serialize, separators=(",", ":"), ensure_ascii=False)


def sites_map(sites: pd.DataFrame, colour_by: str, mode: str, width: str) -> pdk.Deck:
    """World map with a dot per site, coloured by `phase` or by the `state` of its data.

    Takes `site_id`, `site_name`, `country`, `latitude`, `longitude`, `position_kind`, `phase` and `state`; sites
    without a position are left out. The layer of a category is called `sites-<category>`.
    """
    palette = theme.PALETTES[mode]
    radii, colours = (PHASE_RADIUS, palette.phases) if colour_by == "phase" else (STATE_RADIUS, palette.states)
    words = theme.PHASE_WORDS if colour_by == "phase" else theme.STATE_WORDS
    rows = _site_rows(sites, colour_by, words)
    layers = [
        _dots(f"sites-{category}", rows[category], colours[category], radius, palette)
        for category, radius in radii.items()
        if rows[category]
    ]
    return _deck(layers, _world(width), mode, "world", "{n}\n{t}")


def cells_map(cells: pd.DataFrame, phases: Sequence[str], mode: str, width: str) -> pdk.Deck:
    """World map with a circle per cell and phase, its area growing with the number of sites there.

    Takes `latitude`, `longitude`, `phase` and `site_count`.
    """
    palette = theme.PALETTES[mode]
    layers = []
    for phase in phases:
        rows = [
            {"x": _place(row), "r": round(2 + math.sqrt(row.site_count), 1), "n": count(row.site_count, "site")}
            for row in cells[cells["phase"].eq(phase)].itertuples()
        ]
        layers.append(_dots(f"cells-{phase}", rows, palette.phases[phase], "r", palette))
    return _deck(layers, _world(width), mode, "world", "{n}")


def site_map(
    boundary: str | None,
    stations: pd.DataFrame,
    latitude: float | None,
    longitude: float | None,
    mode: str,
    height: int,
) -> pdk.Deck:
    """Map of one site: its boundary where it may be shown, its point otherwise, its stations, and a scale bar.

    `boundary` is a GeoJSON geometry. Takes `station`, `latitude`, `longitude`, `radius_m`, `trap_nights` and
    `detections` of the stations; a station with a radius is drawn as the circle that holds it.
    """
    palette = theme.PALETTES[mode]
    geometry = json.loads(boundary) if boundary else None
    bounds = _bounds(geometry, stations, latitude, longitude)
    layers = [_scale_bar(bounds, palette), _scale_label(bounds, palette)]
    if geometry:
        layers.insert(0, _boundary(geometry, palette))
    elif not (pd.isna(latitude) or pd.isna(longitude)):
        point = [{"x": [round(longitude, 4), round(latitude, 4)]}]
        layers.append(_dots("point", point, palette.accent, 8, palette, is_pickable=False))
    if not stations.empty:
        layers += _stations(stations, palette)
    return _deck(layers, _around(bounds, height), mode, "site", "{n}\n{t}")


def selected_site(event: dict) -> str | None:
    """The site id that the reader clicked on a `sites_map`, or None."""
    objects = event["selection"]["objects"]
    return next((rows[0]["i"] for layer, rows in objects.items() if layer.startswith("sites-") and rows), None)


def _deck(layers: list[pdk.Layer], view: pdk.ViewState, mode: str, kind: str, tooltip: str) -> CompactDeck:
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


def _site_rows(sites: pd.DataFrame, colour_by: str, words: dict[str, str]) -> dict[str, list[dict]]:
    """The rows of each category, in one walk over the sites: slicing a wide frame per category takes longer."""
    rows: dict[str, list[dict]] = {category: [] for category in words}
    columns = ("site_id", "site_name", "country", "position_kind", "longitude", "latitude", colour_by)
    for site_id, name, country, kind, longitude, latitude, category in zip(*(sites[c] for c in columns), strict=True):
        if kind != "none":
            place = f"{_inert(country)} · {words[category]}{POSITION_NOTES.get(kind, '')}"
            position = [round(longitude, 4), round(latitude, 4)]
            rows[category].append({"i": site_id, "n": _inert(name), "t": place, "x": position})
    return rows


def _dots(
    layer_id: str, rows: list[dict], colour: str, radius: float | str, palette: theme.Palette, is_pickable: bool = True
) -> pdk.Layer:
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


def _boundary(geometry: dict, palette: theme.Palette) -> pdk.Layer:
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


def _stations(stations: pd.DataFrame, palette: theme.Palette) -> list[pdk.Layer]:
    rows = [
        {
            "x": _place(row),
            "m": 0 if pd.isna(row.radius_m) else round(row.radius_m),
            "r": round(4 + min(math.sqrt(0 if pd.isna(row.detections) else row.detections) * 0.6, 14), 1),
            "n": _inert(row.station),
            "t": f"{number(row.detections)} detections in {number(row.trap_nights)} trap nights",
        }
        for row in stations.itertuples()
    ]
    circles = pdk.Layer(
        "ScatterplotLayer",
        [row for row in rows if row["m"]],
        id="station-radius",
        get_position="x",
        get_radius="m",
        get_fill_color=theme.rgba(palette.warm, 20),
        stroked=True,
        get_line_color=theme.rgba(palette.warm, 120),
        line_width_units=PIXELS,
        get_line_width=1,
        pickable=False,
    )
    return [circles, _dots("stations", rows, palette.warm, "r", palette)]


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


def _bounds(
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


def _points(coordinates: Sequence) -> list[tuple[float, float]]:
    """All positions of a GeoJSON coordinate array, whatever its depth."""
    if isinstance(coordinates[0], (int, float)):
        return [tuple(coordinates[:2])]
    return [point for part in coordinates for point in _points(part)]


def _around(bounds: tuple[float, float, float, float], height: int) -> pdk.ViewState:
    """A view that shows the bounds on two thirds of a map of this height (pixels), the scale bar below them."""
    west, south, east, north = bounds
    span = max(east - west, (north - south) / max(math.cos(math.radians((south + north) / 2)), 0.05), 0.02)
    zoom = min(max(math.log2(0.66 * height * 360 / (512 * span)), 0), 12)
    return pdk.ViewState(
        latitude=round((south + north) / 2, 4), longitude=round((west + east) / 2, 4), zoom=round(zoom, 2), min_zoom=0
    )


def _world(width: str) -> pdk.ViewState:
    longitude = 35 if width == "phone" else 12
    return pdk.ViewState(latitude=20, longitude=longitude, zoom=WORLD_ZOOM[width], min_zoom=0, max_zoom=9)


def _place(row) -> list[float]:
    return [round(row.longitude, 4), round(row.latitude, 4)]


def _inert(text: object) -> str:
    """Text from outside that deck.gl will not read as an expression (it evaluates strings that start with @@)."""
    words = " ".join(str(text).split())
    return f" {words}" if words.startswith("@@") else words
