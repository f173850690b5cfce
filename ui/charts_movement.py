"""Frames to figures of the page Movement: distance per day, with a symbol per animal."""

from collections.abc import Mapping
from html import escape

import pandas as pd
import plotly.graph_objects as go

from ui import plot, theme
from ui.movement import Hue
from ui.text import count

HEIGHT = 320


def daily_distance(days: pd.DataFrame, hues: Mapping[str, Hue], mode: str) -> go.Figure:
    """Distance per local day: a dot per animal that has a hue, and the median of all animals as a line.

    Takes `animal`, `animal_name`, `day` and `km`; a day without enough positions stays empty.
    """
    palette = theme.PALETTES[mode]
    by_animal = {animal: days[days["animal"].eq(animal)] for animal in hues}
    traces = [_dots(by_animal[animal], hue) for animal, hue in hues.items() if not by_animal[animal].empty]
    traces.append(_median(days, days["animal"].nunique(), palette))
    layout = plot.layout(palette, HEIGHT, has_legend=True)
    layout["xaxis"] = plot.axis(palette, type="date", showgrid=False)
    layout["yaxis"] = plot.axis(palette, "km per day", rangemode="tozero")
    return plot.figure(traces, layout)


def _dots(days: pd.DataFrame, hue: Hue) -> dict:
    name = escape(days["animal_name"].iloc[0], quote=False)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": days["day"].dt.strftime("%Y-%m-%d").tolist(),
        "y": days["km"].round(2).tolist(),
        "name": name,
        "marker": {"color": hue.colour, "symbol": hue.symbol, "size": 6, "opacity": 0.75},
        "hovertemplate": f"{name}, %{{x|%-d %b %Y}}: %{{y:.1f}} km<extra></extra>",
    }


def _median(days: pd.DataFrame, animals: int, palette: theme.Palette) -> dict:
    medians = days.groupby("day")["km"].median().asfreq("D")
    return {
        "type": "scatter",
        "mode": "lines",
        "x": medians.index.strftime("%Y-%m-%d").tolist(),
        "y": [None if pd.isna(km) else round(km, 2) for km in medians],
        "name": f"Median of {count(animals, 'animal')}",
        "line": {"color": palette.text, "width": 2},
        "hovertemplate": "Median, %{x|%-d %b %Y}: %{y:.1f} km<extra></extra>",
    }
