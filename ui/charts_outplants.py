"""Frames to figures of planted corals and heat stress: survival above degree heating weeks, curves, days per level."""

import pandas as pd
import plotly.graph_objects as go

from metrics.heat_stress import SEVERE_DHW, SIGNIFICANT_DHW
from metrics.outplants import PUBLISHED_SURVIVAL_PCT
from ui import plot, theme
from ui import reef_words as words

MOST_DAYS = 800
LEVEL_COLOURS = {
    "light": ("#E8B04A", "#D98A1F", "#D9713B", "#B3382C", "#7D1F3A", "#5B1647", "#3B0E3A"),
    "dark": ("#6B5A33", "#B8862F", "#EB7426", "#F2897D", "#D66BA0", "#B5779A", "#E8D7F0"),
}
THRESHOLDS = {SIGNIFICANT_DHW: "bleaching likely", SEVERE_DHW: "deaths likely"}


def survival_over_heat(months: pd.DataFrame, days: pd.DataFrame, mode: str) -> go.Figure:
    """Two charts on one time axis: planted corals alive per month above, degree heating weeks per day below.

    Takes `month`, `planted` and `alive_pct`, and `day` and `dhw_c_weeks` of any number of stations.
    """
    palette = theme.PALETTES[mode]
    shown = months.dropna(subset="alive_pct")
    alive = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [(pd.Timestamp(month) + pd.offsets.MonthEnd(0)).date().isoformat() for month in shown["month"]],
        "y": shown["alive_pct"].astype(float).round(1).tolist(),
        "customdata": shown[["alive", "planted"]].astype(int).to_numpy().tolist(),
        "line": {"color": palette.accent, "width": 2.4, "shape": "hv"},
        "marker": {"size": 5, "color": palette.accent},
        "hovertemplate": "End of %{x|%b %Y}: %{y:.1f} % alive (%{customdata[0]:,} of %{customdata[1]:,} planted)"
        "<extra></extra>",
    }
    heat = _heat(days, palette)
    traces = [alive | {"yaxis": "y2"}] + ([heat] if heat else [])
    layout = plot.layout(palette, 460)
    layout["xaxis"] = plot.axis(palette, type="date", showgrid=False, anchor="y")
    layout["yaxis"] = plot.axis(palette, "DHW, °C-weeks", rangemode="tozero", domain=[0, 0.44])
    layout["yaxis2"] = plot.axis(palette, "Alive, %", range=[0, 103], domain=[0.54, 1], anchor="x")
    return plot.figure(traces, layout | _thresholds(palette))


def heat(days: pd.DataFrame, mode: str) -> go.Figure:
    """Degree heating weeks per day, the highest of all stations; takes `day` and `dhw_c_weeks`."""
    palette = theme.PALETTES[mode]
    trace = _heat(days, palette)
    layout = plot.layout(palette, 260)
    layout["xaxis"] = plot.axis(palette, type="date", showgrid=False)
    layout["yaxis"] = plot.axis(palette, "DHW, °C-weeks", rangemode="tozero")
    return plot.figure([trace] if trace else [], layout | _thresholds(palette))


def survival_steps(curve: pd.DataFrame, mode: str) -> go.Figure:
    """Share alive by months since planting, as steps with their 95 % limits, beside the published share.

    Takes `months`, `survival_pct`, `low`, `high` and `at_risk`.
    """
    palette = theme.PALETTES[mode]
    columns = ("months", "survival_pct", "low", "high")
    months, alive, low, high = (curve[name].astype(float).round(2).tolist() for name in columns)
    known = [place for place, edge in enumerate(low) if not pd.isna(edge)]
    edge = {"type": "scatter", "mode": "lines", "x": [months[place] for place in known], "hoverinfo": "skip"}
    edge |= {"line": {"width": 0, "shape": "hv"}}
    traces = [
        {**edge, "y": [low[place] for place in known], "showlegend": False},
        {
            **edge,
            "y": [high[place] for place in known],
            "fill": "tonexty",
            "fillcolor": plot.clear(palette.accent, 0.2),
            "name": "95 % interval",
        },
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": months,
            "y": alive,
            "name": "Alive here",
            "line": {"color": palette.accent, "width": 2.4, "shape": "hv"},
            "marker": {"size": 5},
            "customdata": curve["at_risk"].astype(int).tolist(),
            "hovertemplate": "After %{x:.0f} months: %{y:.1f} % alive · %{customdata:,} followed<extra></extra>",
        },
    ]
    layout = plot.layout(palette, 340, has_legend=True)
    layout["xaxis"] = plot.axis(palette, "Months since planting", showgrid=False, rangemode="tozero", dtick=6)
    layout["yaxis"] = plot.axis(palette, "Alive, %", range=[0, 103])
    return plot.figure(traces, layout | _published(palette))


def heat_years(levels: pd.DataFrame, mode: str) -> go.Figure:
    """Station-days per year at each alert level above none, stacked; takes `year`, `alert_level` and `days`."""
    palette = theme.PALETTES[mode]
    years = [str(year) for year in sorted(levels["year"].unique())]
    traces = []
    for level, colour in enumerate(LEVEL_COLOURS[mode], start=1):
        found = levels[levels["alert_level"].eq(level)]
        if not found.empty:
            name = words.level(level)
            traces.append(
                {
                    "type": "bar",
                    "x": [str(year) for year in found["year"]],
                    "y": found["days"].astype(int).tolist(),
                    "name": name,
                    "marker": {"color": colour, "line": {"color": palette.page, "width": 0.5}},
                    "hovertemplate": f"%{{x}}: %{{y:,}} station-days at {name}<extra></extra>",
                }
            )
    layout = plot.layout(palette, 300, has_legend=True)
    layout |= {"barmode": "stack", "xaxis": plot.axis(palette, type="category", showgrid=False)}
    layout["xaxis"] |= {"categoryorder": "array", "categoryarray": years, "range": [-0.5, len(years) - 0.5]}
    layout["yaxis"] = plot.axis(palette, "Station-days", rangemode="tozero")
    return plot.figure(traces, layout)


def per_day(days: pd.DataFrame) -> tuple[pd.Series, str]:
    """Degree heating weeks by day, the highest of all stations, and what a point stands for.

    A series of more than `MOST_DAYS` becomes the highest of each week: no screen shows more, and it is less to send.
    """
    known = days.dropna(subset="dhw_c_weeks")
    highest = known.groupby("day")["dhw_c_weeks"].max()
    if len(highest) <= MOST_DAYS:
        return highest, "%{x|%-d %b %Y}"
    weekly = highest.resample("W", label="left", closed="left").max().dropna()
    return weekly, "Highest of the week from %{x|%-d %b %Y}"


def _heat(days: pd.DataFrame, palette: theme.Palette) -> dict | None:
    if days.empty:
        return None
    highest, when = per_day(days)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [day.date().isoformat() for day in highest.index],
        "y": highest.round(2).tolist(),
        "fill": "tozeroy",
        "fillcolor": plot.clear(palette.warm, 0.3),
        "line": {"color": palette.warm, "width": 1.6},
        "hovertemplate": f"{when}: %{{y:.1f}} °C-weeks<extra></extra>",
    }


def _thresholds(palette: theme.Palette) -> dict:
    line = {"color": palette.muted, "width": 1, "dash": "dot"}
    shapes = [
        {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": limit, "y1": limit, "line": line}
        for limit in THRESHOLDS
    ]
    font = {"color": palette.muted, "size": 12}
    label = {"xref": "paper", "x": 0, "xanchor": "left", "yanchor": "bottom", "showarrow": False, "font": font}
    return {
        "shapes": shapes,
        "annotations": [{**label, "y": at, "text": f"{at:g}: {told}"} for at, told in THRESHOLDS.items()],
    }


def _published(palette: theme.Palette) -> dict:
    low, high = PUBLISHED_SURVIVAL_PCT
    box = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": low, "y1": high, "layer": "below"}
    box |= {"line": {"width": 0}, "fillcolor": plot.clear(palette.warm, 0.25)}
    label = {"xref": "paper", "x": 0.01, "xanchor": "left", "y": low, "yanchor": "bottom", "showarrow": False}
    label |= {"text": f"Published: {low:.0f} to {high:.0f} %", "font": {"color": palette.text, "size": 12}}
    return {"shapes": [box], "annotations": [label]}
