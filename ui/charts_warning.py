"""Frames to figures of early warnings and conflicts: the chain of each warning, its speed, and when they come.

A step that did not happen is no dot; a warning that is still open has no end.
"""

import math
from datetime import date
from html import escape

import pandas as pd
import plotly.graph_objects as go

from metrics.early_warning import STEPS
from metrics.result import Result
from ui import plot, theme
from ui.text import day, month, number
from ui.warning_words import INCIDENT_WORDS

STEP_WORDS = {
    "sent": "Sent",
    "acknowledged": "Acknowledged",
    "arrived": "Responders there",
    "animal_arrived": "Animal there",
    "closed": "Closed",
}
STEP_SYMBOLS = {
    "sent": "circle",
    "acknowledged": "diamond",
    "arrived": "square",
    "animal_arrived": "triangle-up",
    "closed": "x",
}
SHORTEST_MIN = 0.1
TICKS_MIN = {1 / 6: "10 s", 1: "1 min", 10: "10 min", 60: "1 h", 1440: "1 day", 10080: "1 week"}


def chain_timeline(chain: pd.DataFrame, mode: str) -> go.Figure:
    """A line per warning from its detection to its end, with a sign for each step; the first minutes are stretched.

    Takes `detected_at`, `words` and the minutes to each step. A warning without an end runs on to the right.
    """
    palette = theme.PALETTES[mode]
    rows = list(range(len(chain)))
    ends = chain[list(STEPS)].max(axis=1).fillna(SHORTEST_MIN)
    reach = max(2 * float(ends.max()), 30) if len(chain) else 30
    is_open = chain["closed"].isna()
    stops = [reach if going_on else stop for going_on, stop in zip(is_open, ends, strict=True)]
    traces = [_lines(rows, stops, palette)]
    words = [escape(word, quote=False) for word in chain["words"]]
    for step, colour in _step_colours(palette).items():
        traces.append(_signs(chain, step, colour, words))
    going_on = [row for row in rows if is_open[row]]
    sign = {"symbol": "triangle-right-open", "size": 10, "color": palette.muted}
    hover = "Not closed in the data<extra></extra>"
    traces.append(_dots([reach] * len(going_on), going_on, "Not closed", sign, hover) | {"cliponaxis": False})
    names = [name_of(row) for row in chain.itertuples()]
    layout = plot.layout(palette, 96 + 26 * len(rows), has_legend=True)
    ticks = {minutes: word for minutes, word in TICKS_MIN.items() if minutes <= reach}
    span = [math.log10(SHORTEST_MIN) - 0.05, math.log10(reach) + 0.05]
    layout["xaxis"] = plot.axis(
        palette, "Time since detection", type="log", range=span, tickvals=list(ticks), ticktext=list(ticks.values())
    )
    layout["yaxis"] = plot.axis(palette, showgrid=False, tickvals=rows, ticktext=names, autorange="reversed")
    return plot.figure(traces, layout)


def against_published(result: Result, published: float, unit: str, mode: str) -> go.Figure:
    """A median with its interval as a dot and a bar, beside the published figure as a line; the median is measured."""
    palette = theme.PALETTES[mode]
    low, high = result.interval or (result.value, result.value)
    reach = 1.25 * max(result.value, published, high if math.isfinite(high) else low)
    bar = {"array": [min(high, reach) - result.value], "arrayminus": [result.value - low], "symmetric": False}
    dot = {
        "type": "scatter",
        "mode": "markers",
        "x": [result.value],
        "y": [0],
        "marker": {"size": 14, "color": palette.accent},
        "error_x": {"type": "data", "color": palette.accent, "thickness": 3, "width": 0, **bar},
        "hovertemplate": f"Here: %{{x:,.1f}} {unit}<extra></extra>",
    }
    layout = plot.layout(palette, 108)
    layout["margin"] |= {"t": 24}
    layout["xaxis"] = plot.axis(palette, range=[0, reach], ticksuffix=f" {unit}")
    layout["yaxis"] = {"visible": False, "range": [-1, 1]}
    layout |= _mark(published, f"Published: {published:g} {unit}", palette)
    return plot.figure([dot], layout)


def incidents_by_kind(months: pd.DataFrame, since: date | None, is_by_quarter: bool, mode: str) -> go.Figure:
    """Conflicts per month, or per quarter, stacked by kind, with a line where warnings started.

    Takes `month` (the first day), `kind` and `incidents`.
    """
    palette = theme.PALETTES[mode]
    traces = []
    for kind, colour in zip(INCIDENT_WORDS, theme.CATEGORIES[mode], strict=True):
        found = months[months["kind"].eq(kind) & months["incidents"].gt(0)]
        if found.empty:
            continue
        name = INCIDENT_WORDS[kind]
        traces.append(
            {
                "type": "bar",
                "x": [start.isoformat() for start in found["month"]],
                "y": found["incidents"].astype(int).tolist(),
                "xperiod": "M3" if is_by_quarter else "M1",
                "xperiodalignment": "middle",
                "name": name,
                "marker": {"color": colour},
                "customdata": [_period(start, is_by_quarter) for start in found["month"]],
                "hovertemplate": f"%{{customdata}}: %{{y:,}} · {name}<extra></extra>",
            }
        )
    layout = plot.layout(palette, 300, has_legend=True)
    layout |= {"barmode": "stack", "xaxis": plot.axis(palette, type="date", showgrid=False)}
    layout["yaxis"] = _whole_numbers("Conflicts", months.groupby("month")["incidents"].sum().max(), palette)
    if since is not None:
        layout["margin"] |= {"t": 52}
        layout["legend"] |= {"y": 1.1}
        start = month(since) if is_by_quarter else day(since)
        layout |= _mark(since.isoformat(), f"Warnings since {start}", palette)
    return plot.figure(traces, layout)


def calendar(hours: pd.DataFrame, clock: str, mode: str) -> go.Figure:
    """Warnings per hour of the day and month, darker where there are more; takes `month`, `hour` and `alerts`."""
    palette = theme.PALETTES[mode]
    counts = hours.pivot_table(index="hour", columns="month", values="alerts", aggfunc="sum")
    months = pd.date_range(min(counts.columns), max(counts.columns), freq="MS").date
    counts = counts.reindex(index=range(24), columns=months).fillna(0).astype(int)
    steps = len(palette.sequence) - 1
    squares = {
        "type": "heatmap",
        "z": counts.to_numpy().tolist(),
        "x": [month(start) for start in counts.columns],
        "y": [f"{hour:02d}" for hour in counts.index],
        "colorscale": [[step / steps, colour] for step, colour in enumerate(palette.sequence)],
        "xgap": 2,
        "ygap": 2,
        "showscale": False,
        "hovertemplate": "%{x}, %{y}:00: %{z:,} warnings<extra></extra>",
    }
    layout = plot.layout(palette, 400)
    layout["xaxis"] = plot.axis(palette, showgrid=False, type="category")
    layout["yaxis"] = plot.axis(palette, f"Hour, {clock}", showgrid=False, type="category", dtick=3)
    layout["yaxis"]["autorange"] = "reversed"
    return plot.figure([squares], layout)


def alerts_per_month(months: pd.DataFrame, mode: str) -> go.Figure:
    """Warnings per month on a true time axis; takes `month` (its first day) and `alerts`."""
    palette = theme.PALETTES[mode]
    bars = {
        "type": "bar",
        "x": [start.isoformat() for start in months["month"]],
        "y": months["alerts"].astype(int).tolist(),
        "xperiod": "M1",
        "xperiodalignment": "middle",
        "marker": {"color": palette.accent},
        "customdata": [month(start) for start in months["month"]],
        "hovertemplate": "%{customdata}: %{y:,} warnings<extra></extra>",
    }
    layout = plot.layout(palette, 260)
    layout["xaxis"] = plot.axis(palette, type="date", showgrid=False)
    layout["yaxis"] = _whole_numbers("Warnings", months["alerts"].max(), palette)
    return plot.figure([bars], layout)


def name_of(row) -> str:
    """The moment of a warning as its name."""
    return f"{row.detected_at:%d %b %H:%M}"


def _step_colours(palette: theme.Palette) -> dict[str, str]:
    colours = (palette.accent, palette.phases["candidate"], palette.phases["green_list"], palette.warm, palette.muted)
    return dict(zip(STEPS, colours, strict=True))


def _lines(rows: list[int], stops: list[float], palette: theme.Palette) -> dict:
    """All lines as one trace with gaps between them."""
    x = [edge for stop in stops for edge in (SHORTEST_MIN, max(stop, SHORTEST_MIN), None)]
    y = [edge for row in rows for edge in (row, row, None)]
    line = {"color": palette.accent_soft, "width": 3}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip", "showlegend": False}


def _signs(chain: pd.DataFrame, step: str, colour: str, words: list[str]) -> dict:
    """The sign of one step on every line that has it; what came before the detection stands at its start."""
    rows = [row for row, minutes in enumerate(chain[step]) if not math.isnan(minutes)]
    minutes = [float(chain[step].iloc[row]) for row in rows]
    sign = {"symbol": STEP_SYMBOLS[step], "size": 11, "color": colour}
    hover = f"%{{customdata[0]}}<br>{STEP_WORDS[step]}: %{{customdata[1]}} min after detection<extra></extra>"
    dots = _dots([max(wait, SHORTEST_MIN) for wait in minutes], rows, STEP_WORDS[step], sign, hover)
    told = [[words[row], number(wait, 1)] for row, wait in zip(rows, minutes, strict=True)]
    return dots | {"customdata": told}


def _dots(x: list[float], y: list[int], name: str, marker: dict, hover: str) -> dict:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "name": name,
        "marker": marker,
        "hovertemplate": hover,
    }


def _whole_numbers(title: str, most: int, palette: theme.Palette) -> dict:
    """An axis of counts, without halves between small ones."""
    return plot.axis(palette, title, rangemode="tozero", **({"dtick": 1} if most <= 5 else {}))


def _mark(x: float | str, words: str, palette: theme.Palette) -> dict:
    """A dashed line across the chart at one place of its axis, with words at its top."""
    line = {"color": palette.text, "width": 1.5, "dash": "dash"}
    shape = {"type": "line", "xref": "x", "yref": "paper", "x0": x, "x1": x, "y0": 0, "y1": 1, "line": line}
    label = {"xref": "x", "yref": "paper", "x": x, "y": 1, "yanchor": "bottom", "text": words, "showarrow": False}
    return {"shapes": [shape], "annotations": [label | {"font": {"color": palette.text, "size": 12.5}}]}


def _period(start: date, is_by_quarter: bool) -> str:
    return f"Quarter from {month(start)}" if is_by_quarter else month(start)
