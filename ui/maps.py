"""Frames to maps of sites and camera stations."""

import json
import math
from collections.abc import Sequence

import pandas as pd
import pydeck as pdk

from ui import deck, theme
from ui.text import count, number

WORLD_ZOOM = {"phone": 0, "mid": 0.4, "wide": 0.72, "xl": 1.5}
WORLD_HEIGHT = {"phone": 300, "mid": 400, "wide": 496, "xl": 720}
PHASE_RADIUS = {"not_started": 3.5, "application": 4.5, "candidate": 5, "green_list": 5.5}
STATE_RADIUS = {"never": 3.5, "fresh": 4.5, "late": 5, "stale": 5.5, "down": 5.5}
POSITION_NOTES = {"country": " · shown at the centre of its country"}
MOST_DOTS = 5_000


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
        deck.dots(f"sites-{category}", rows[category], colours[category], radius, palette)
        for category, radius in radii.items()
        if rows[category]
    ]
    return deck.deck(layers, _world(width), mode, "world", "{n}\n{t}")


def cells_map(cells: pd.DataFrame, phases: Sequence[str], mode: str, width: str) -> pdk.Deck:
    """World map with a circle per cell and phase, its area growing with the number of sites there.

    Takes `latitude`, `longitude`, `phase` and `site_count`.
    """
    palette = theme.PALETTES[mode]
    layers = []
    for phase in phases:
        rows = [
            {"x": deck.place(row), "r": round(2 + math.sqrt(row.site_count), 1), "n": count(row.site_count, "site")}
            for row in cells[cells["phase"].eq(phase)].itertuples()
        ]
        layers.append(deck.dots(f"cells-{phase}", rows, palette.phases[phase], "r", palette))
    return deck.deck(layers, _world(width), mode, "world", "{n}")


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
    bounds = deck.bounds(geometry, stations, latitude, longitude)
    layers = deck.scale(bounds, palette)
    if geometry:
        layers.insert(0, deck.boundary(geometry, palette))
    elif not (pd.isna(latitude) or pd.isna(longitude)):
        point = [{"x": [round(longitude, 4), round(latitude, 4)]}]
        layers.append(deck.dots("point", point, palette.accent, 8, palette, is_pickable=False))
    if not stations.empty:
        layers += _stations(stations, palette)
    return deck.deck(layers, deck.around(bounds, height), mode, "site", "{n}\n{t}")


def selected_site(event: dict) -> str | None:
    """The site id that the reader clicked on a `sites_map`, or None."""
    objects = event["selection"]["objects"]
    return next((rows[0]["i"] for layer, rows in objects.items() if layer.startswith("sites-") and rows), None)


def _site_rows(sites: pd.DataFrame, colour_by: str, words: dict[str, str]) -> dict[str, list[dict]]:
    """The rows of each category, in one walk over the sites: slicing a wide frame per category takes longer."""
    rows: dict[str, list[dict]] = {category: [] for category in words}
    columns = ("site_id", "site_name", "country", "position_kind", "longitude", "latitude", colour_by)
    for site_id, name, country, kind, longitude, latitude, category in zip(*(sites[c] for c in columns), strict=True):
        if kind != "none":
            place = f"{deck.inert(country)} · {words[category]}{POSITION_NOTES.get(kind, '')}"
            position = [round(longitude, 4), round(latitude, 4)]
            rows[category].append({"i": site_id, "n": deck.inert(name), "t": place, "x": position})
    return rows


def _stations(stations: pd.DataFrame, palette: theme.Palette) -> list[pdk.Layer]:
    rows = [
        {
            "x": deck.place(row),
            "m": 0 if pd.isna(row.radius_m) else round(row.radius_m),
            "r": round(4 + min(math.sqrt(0 if pd.isna(row.detections) else row.detections) * 0.6, 14), 1),
            "n": deck.inert(row.station),
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
        line_width_units=deck.PIXELS,
        get_line_width=1,
        pickable=False,
    )
    return [circles, deck.dots("stations", rows, palette.warm, "r", palette)]


def _world(width: str) -> pdk.ViewState:
    longitude = 35 if width == "phone" else 12
    return pdk.ViewState(latitude=20, longitude=longitude, zoom=WORLD_ZOOM[width], min_zoom=0, max_zoom=9)
