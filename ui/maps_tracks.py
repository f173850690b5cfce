"""Tracks and ranges of tagged animals to a map; it draws positions as they were made ready for the viewer."""

import json
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
import pydeck as pdk

from ui import deck, theme
from ui.movement import MOST_POINTS, MOST_POINTS_OF_ONE, Hue, Movement, thinned
from ui.text import moment, number

SHOWN = {"tracks": "Tracks", "range": "95 % range", "core": "50 % core", "boundary": "Boundary"}
RANGES = {"range": (95, "kde95_km2", 23, 1.2), "core": (50, "kde50_km2", 61, 0)}
OTHERS = "others"


def tracks_map(
    movement: Movement,
    hues: Mapping[str, Hue],
    boundary: str | None,
    shown: Collection[str],
    mode: str,
    height: int,
) -> pdk.Deck:
    """Map of the animals of one site: boundary, ranges, tracks, newest positions with their names, scale bar.

    `boundary` is a GeoJSON geometry; `shown` are keys of `SHOWN`. An animal without a hue has a grey track, no range.
    """
    palette = theme.PALETTES[mode]
    geometry = json.loads(boundary) if boundary else None
    corners = _corners(movement)
    bounds = deck.bounds(geometry if corners.empty else None, corners, None, None)
    layers = [deck.boundary(geometry, palette)] if geometry and "boundary" in shown else []
    layers += [_ranges(kind, movement, hues) for kind in RANGES if kind in shown]
    if "tracks" in shown:
        layers.append(_tracks(movement, hues, palette))
    layers += [*_newest(movement, hues, palette), *deck.scale(bounds, palette)]
    return deck.deck(layers, deck.around(bounds, height), mode, "site", "{n}\n{t}")


def notes(movement: Movement, hues: Mapping[str, Hue]) -> list[str]:
    """What the map leaves out: points of long tracks, hues and ranges of many animals."""
    most = points_of_one(movement)
    left_out = []
    if any(len(track) > most for track in movement.tracks.values()):
        left_out.append(f"Each track is drawn with at most {number(most)} points.")
    if set(movement.tracks) - set(hues):
        left_out.append(f"Grey: animals beyond the first {len(hues)}, without range.")
    return left_out


def points_of_one(movement: Movement) -> int:
    """How many points of each animal are drawn at most, so that all animals together stay small."""
    return min(MOST_POINTS_OF_ONE, MOST_POINTS // max(len(movement.tracks), 1))


def _corners(movement: Movement) -> pd.DataFrame:
    """The extremes of all that there is of the animals, so that the view does not jump when a part of it is hidden."""
    outer = [polygon[0] for shapes in movement.outlines[95].values() for polygon in shapes]
    parts = [np.asarray(part, dtype=float) for part in (*movement.tracks.values(), *outer) if len(part)]
    extremes = [extreme for part in parts for extreme in (part.min(axis=0), part.max(axis=0))]
    if not extremes:
        return pd.DataFrame({"longitude": [], "latitude": []})
    west_south, east_north = np.min(extremes, axis=0), np.max(extremes, axis=0)
    return pd.DataFrame([west_south, east_north], columns=["longitude", "latitude"])


def _tracks(movement: Movement, hues: Mapping[str, Hue], palette: theme.Palette) -> pdk.Layer:
    most = points_of_one(movement)
    others_first = sorted(movement.tracks, key=lambda animal: animal in hues)
    rows = [
        {
            "p": thinned(movement.tracks[animal], most).tolist(),
            "c": theme.rgba(_colour(animal, hues, palette), 255 if animal in hues else 70),
        }
        for animal in others_first
        if len(movement.tracks[animal]) > 1
    ]
    return pdk.Layer(
        "PathLayer",
        rows,
        id="tracks",
        get_path="p",
        get_color="c",
        width_units=deck.PIXELS,
        get_width=1.6,
        joint_rounded=True,
        cap_rounded=True,
        pickable=False,
    )


def _ranges(kind: str, movement: Movement, hues: Mapping[str, Hue]) -> pdk.Layer:
    percent, column, opacity, line = RANGES[kind]
    outlines = movement.outlines[percent]
    animals = movement.animals[movement.animals["animal"].isin(list(hues))]
    rows = [
        {
            "p": polygon,
            "f": theme.rgba(hues[animal].colour, opacity),
            "c": theme.rgba(hues[animal].colour),
            "n": deck.inert(name),
            "t": f"{SHOWN[kind]}: {number(area_km2, 1)} km²",
        }
        for animal, name, area_km2 in zip(*(animals[c] for c in ("animal", "animal_name", column)), strict=True)
        for polygon in outlines.get(animal, [])
    ]
    return pdk.Layer(
        "PolygonLayer",
        rows,
        id=kind,
        get_polygon="p",
        get_fill_color="f",
        stroked=bool(line),
        get_line_color="c",
        line_width_units=deck.PIXELS,
        get_line_width=line,
        pickable=True,
    )


def _newest(movement: Movement, hues: Mapping[str, Hue], palette: theme.Palette) -> list[pdk.Layer]:
    """The newest position of each animal, and the names of those with a hue on a plate in the page colour."""
    rows: dict[str, list[dict]] = {}
    newest = movement.animals.dropna(subset="latitude")[["animal", "animal_name", "last", "latitude", "longitude"]]
    for row in newest.itertuples():
        dot = {"x": deck.place(row), "n": deck.inert(row.animal_name), "t": f"newest position {moment(row.last)}"}
        rows.setdefault(row.animal if row.animal in hues else OTHERS, []).append(dot)
    dots = [
        deck.dots(f"newest-{animal}", found, _colour(animal, hues, palette), 7, palette)
        for animal, found in rows.items()
    ]
    named = [{"x": dot["x"], "n": dot["n"]} for animal, found in rows.items() if animal != OTHERS for dot in found]
    return [*dots, _names(named, palette)]


def _names(rows: list[dict], palette: theme.Palette) -> pdk.Layer:
    return pdk.Layer(
        "TextLayer",
        rows,
        id="names",
        get_position="x",
        get_text="n",
        get_size=13,
        get_color=theme.rgba(palette.text),
        get_pixel_offset=[0, -20],
        background=True,
        get_background_color=theme.rgba(palette.page, 225),
        background_padding=[5, 2],
        character_set=pdk.types.String("auto"),
        font_family=pdk.types.String("Inter, sans-serif"),
        pickable=False,
    )


def _colour(animal: str, hues: Mapping[str, Hue], palette: theme.Palette) -> str:
    return hues[animal].colour if animal in hues else palette.muted
