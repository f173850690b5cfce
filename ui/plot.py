"""What all Plotly charts share: fonts, axes, margins and bars in the colours of one palette; no Streamlit."""

from collections.abc import Callable

import plotly.graph_objects as go

from ui import theme

Draw = Callable[[], go.Figure]


def bar(names: list[str], values: list[int], colour: str, legend: str, hover: str) -> dict:
    """A trace of horizontal bars with a name each."""
    return {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": values,
        "name": legend,
        "marker": {"color": colour},
        "hovertemplate": hover,
    }


def axis(palette: theme.Palette, title: str = "", **options) -> dict:
    """An axis without zero line, in the muted colour."""
    font = {"size": 12.5, "color": palette.muted}
    return {
        "gridcolor": palette.grid,
        "zeroline": False,
        "tickfont": font,
        "title": {"text": title, "font": font},
        "automargin": True,
        **options,
    }


def layout(palette: theme.Palette, height: int, has_legend: bool = False) -> dict:
    """Height, margins and legend of a chart."""
    font = {"family": "Inter, sans-serif", "size": 12.5, "color": palette.muted}
    return {
        "height": height,
        "margin": {"l": 0, "r": 8, "t": 30 if has_legend else 8, "b": 0, "pad": 4},
        "bargap": 0.28,
        "font": font,
        "hoverlabel": {"font": {"family": "Inter, sans-serif", "size": 12.5}},
        "showlegend": has_legend,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": font, "traceorder": "normal"},
    }


def clear(colour: str, opacity: float) -> str:
    """A #RRGGBB colour that lets through what lies below; `opacity` is 0-1."""
    red, green, blue, _ = theme.rgba(colour)
    return f"rgba({red},{green},{blue},{opacity})"


def figure(traces: list[dict], layout: dict) -> go.Figure:
    """The chart, from plain traces and layout."""
    return go.Figure({"data": traces, "layout": layout})
