"""The charts of the page Impact: numbers per quarter as bars or lines, the same that the report draws."""

import plotly.graph_objects as go

from exports.impact_figure import Chart
from ui import plot, theme

DASHES = ("solid", "dash", "dot")
SYMBOLS = ("circle", "square", "triangle-up")
PATTERNS = ("", "/", "\\")
MOST_LABELS = 6
HEIGHT = 220


def over_time(chart: Chart, mode: str) -> go.Figure:
    """The chart of a figure; quarters of which nothing is known stay empty."""
    palette = theme.PALETTES[mode]
    make = _bars if chart.kind == "bars" else _line
    looks = list(zip(theme.CATEGORIES[mode], DASHES, SYMBOLS, PATTERNS, strict=False))
    traces = [make(chart, place, looks[place], palette) for place in range(len(chart.series))]
    layout = plot.layout(palette, HEIGHT, has_legend=len(traces) > 1)
    places = range(len(chart.quarters) - 1, -1, -_step(len(chart.quarters)))
    shown = [chart.quarters[place] for place in reversed(places)]
    category = {"type": "category", "categoryorder": "array", "categoryarray": list(chart.quarters)}
    ticks = {"tickvals": shown, "ticktext": [quarter.replace("-", "<br>") for quarter in shown], "tickangle": 0}
    ends = {"range": [-0.6, len(chart.quarters) - 0.4]}
    layout["xaxis"] = plot.axis(palette, showgrid=False, **category, **ticks, **ends)
    layout["yaxis"] = plot.axis(palette, chart.unit, rangemode="tozero", nticks=5)
    layout["barmode"] = "stack"
    return plot.figure(traces, layout)


def _bars(chart: Chart, place: int, look: tuple, palette: theme.Palette) -> dict:
    name, values = chart.series[place]
    colour, _, _, pattern = look
    return {
        "type": "bar",
        "x": list(chart.quarters),
        "y": list(values),
        "name": name,
        "marker": {
            "color": colour,
            "pattern": {"shape": pattern, "fgcolor": palette.page, "fillmode": "overlay", "size": 6},
        },
        "hovertemplate": f"%{{x}}: %{{y:,}} · {name}<extra></extra>",
    }


def _line(chart: Chart, place: int, look: tuple, palette: theme.Palette) -> dict:
    name, values = chart.series[place]
    colour, dash, symbol, _ = look
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": list(chart.quarters),
        "y": list(values),
        "name": name,
        "line": {"color": colour, "width": 2, "dash": dash},
        "marker": {"color": colour, "size": 6, "symbol": symbol},
        "hovertemplate": f"%{{x}}: %{{y:,}} · {name}<extra></extra>",
    }


def _step(quarters: int) -> int:
    """Every how many quarters are named: all, or the same one of each year, so that they fit on a phone."""
    return 1 if quarters <= MOST_LABELS else -(-quarters // (4 * MOST_LABELS)) * 4
