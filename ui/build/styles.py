"""The four map styles: light and dark, for a world map and for the map of one site.

Run from the project folder: `python -m ui.build.styles`. Every address is relative to the page and served by this
dashboard, so a map never asks the internet for anything.
"""

import json
from pathlib import Path

OUTPUT = Path(__file__).parents[1] / "static" / "basemap"
BASE = "app/static/basemap"
FONT = "Inter-Medium"
# The map library puts the attribution into a list: without the role a screen reader finds a list without items. Its
# plate is light in both modes, so the words are dark in both.
ATTRIBUTION = '<span role="listitem" style="color:#08130F">Natural Earth 1:50m</span>'
# Labels and dots have room from this zoom on.
LABELS_FROM_ZOOM = 2

COLOURS = {
    "light": {
        "ocean": "#E6EEEF",
        "land": "#FAFAF6",
        "coast": "#B9C8C6",
        "border": "#D9DED6",
        "text": "#5B6A64",
        "halo": "#FAFAF6",
    },
    "dark": {
        "ocean": "#0B1A1C",
        "land": "#182A2C",
        "coast": "#34504F",
        "border": "#29403F",
        "text": "#93A8A3",
        "halo": "#132426",
    },
}
# Line widths and letter heights in pixels, at the near and the far end of the zoom range.
SIZES_PX = {
    "world": {"border": (0.5, 1.6), "coast": (0.5, 1.3), "text": (10, 13)},
    "site": {"border": (1.0, 2.0), "coast": (0.8, 1.6), "text": (12, 14)},
}


def by_zoom(sizes_px: tuple[float, float]) -> list:
    """A style expression that grows a size from zoom 1 to zoom 7."""
    near, far = sizes_px
    return ["interpolate", ["linear"], ["zoom"], 1, near, 7, far]


def line(name: str, colour: str, sizes_px: tuple[float, float]) -> dict:
    paint = {"line-color": colour, "line-width": by_zoom(sizes_px)}
    return {"id": name, "type": "line", "source": name, "paint": paint}


def country_labels(colours: dict[str, str], sizes_px: tuple[float, float]) -> dict:
    """Country names, the larger country first where two would overlap."""
    layout = {
        "text-field": ["get", "name"],
        "text-font": [FONT],
        "symbol-sort-key": ["-", 0, ["get", "area_deg2"]],
        "text-size": by_zoom(sizes_px),
        "text-max-width": 7,
        "text-padding": 6,
    }
    paint = {"text-color": colours["text"], "text-halo-color": colours["halo"], "text-halo-width": 1.2}
    about = {"id": "labels", "type": "symbol", "source": "labels", "minzoom": LABELS_FROM_ZOOM}
    return {**about, "layout": layout, "paint": paint}


def style(mode: str, kind: str) -> dict:
    """A style of version 8 of the Mapbox style specification.

    `mode` is light or dark, `kind` is world or site.
    """
    colours, sizes_px = COLOURS[mode], SIZES_PX[kind]
    sources = {
        name: {"type": "geojson", "data": f"{BASE}/{name}.geojson"} for name in ("land", "coast", "borders", "labels")
    }
    sources["land"]["attribution"] = ATTRIBUTION
    land = {"fill-color": colours["land"], "fill-antialias": False}
    return {
        "version": 8,
        "name": f"{mode}-{kind}",
        "glyphs": f"{BASE}/glyphs/{{fontstack}}/{{range}}.pbf",
        "sources": sources,
        "layers": [
            {"id": "ocean", "type": "background", "paint": {"background-color": colours["ocean"]}},
            {"id": "land", "type": "fill", "source": "land", "paint": land},
            line("borders", colours["border"], sizes_px["border"]),
            line("coast", colours["coast"], sizes_px["coast"]),
            country_labels(colours, sizes_px["text"]),
        ],
    }


def main() -> None:
    for mode in COLOURS:
        for kind in SIZES_PX:
            text = json.dumps(style(mode, kind), indent=1)
            (OUTPUT / f"{mode}-{kind}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
