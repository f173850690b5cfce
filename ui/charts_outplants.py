"""Frames to figures of planted corals and heat stress: survival above degree heating weeks, curves, days per level."""

import pandas as pd
import plotly.graph_objects as go

from metrics.heat_stress import SEVERE_DHW, SIGNIFICANT_DHW
from metrics.outplants import PUBLISHED_SURVIVAL_PCT
from ui import plot, theme
from ui import reef_words as words
from ui.charts_reefs import years_axis

MOST_DAYS = 800
WEEK = pd.Timedelta(weeks=1)
LONGEST_JOINED = 2 * WEEK
LEVEL_COLOURS = {
    "light": ("#F8CB78", "#DC951E", "#CE6042", "#BD0832", "#9E295A", "#56207C", "#12093D"),
    "dark": ("#75612C", "#A27931", "#FC7E02", "#FE9C89", "#FCBCCF", "#8E81DB", "#FDEBFE"),
}
THRESHOLDS = {SIGNIFICANT_DHW: "bleaching likely", SEVERE_DHW: "deaths likely"}


def survival_over_heat(months: pd.DataFrame, days: pd.DataFrame, mode: str) -> go.Figure:
    """Two charts on one time axis: planted corals alive per month above, degree heating weeks per day below.

    Takes `month`, `alive`, `dead`, `lost` and `alive_pct` (of those alive or dead), and `day` and `dhw_c_weeks` of any
    number of stations. Where no heat is known the upper chart fills the space.
    """
    palette = theme.PALETTES[mode]
    shown = months.dropna(subset="alive_pct")
    alive = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [(pd.Timestamp(month) + pd.offsets.MonthEnd(0)).date().isoformat() for month in shown["month"]],
        "y": shown["alive_pct"].astype(float).round(1).tolist(),
        "customdata": shown[["alive", "dead", "lost"]].astype(int).to_numpy().tolist(),
        "line": {"color": palette.accent, "width": 2.4, "shape": "hv"},
        "marker": {"size": 5, "color": palette.accent},
        "hovertemplate": "End of %{x|%b %Y}: %{y:.1f} % alive (%{customdata[0]:,} alive, %{customdata[1]:,} dead; "
        "%{customdata[2]:,} lost)<extra></extra>",
    }
    heat = _heat(days, palette)
    if not heat:
        layout = plot.layout(palette, 300) | _note("No heat stress is known for these days", palette)
        layout["xaxis"] = plot.axis(palette, type="date", showgrid=False)
        layout["yaxis"] = plot.axis(palette, "Alive, %", range=[0, 103])
        return plot.figure([alive], layout)
    traces = [alive | {"yaxis": "y2"}, heat]
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
    if not trace:
        return _empty(layout, "No heat stress is known", palette)
    layout["xaxis"] = plot.axis(palette, type="date", showgrid=False)
    layout["yaxis"] = plot.axis(palette, "DHW, °C-weeks", rangemode="tozero")
    return plot.figure([trace], layout | _thresholds(palette))


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


def heat_years(levels: pd.DataFrame, step: str, mode: str) -> go.Figure:
    """Days per year at each alert level above none, stacked; takes `year`, `alert_level` and `days`.

    `step` names what is counted: station-day, or week for viewers who see no days.

    Years without any such day, and levels without a colour of their own, keep their place.
    """
    palette = theme.PALETTES[mode]
    colours = LEVEL_COLOURS[mode]
    traces = []
    for level, found in levels[levels["alert_level"].ge(1)].groupby("alert_level"):
        name = words.level(int(level))
        traces.append(
            {
                "type": "bar",
                "x": found["year"].astype(int).tolist(),
                "y": found["days"].astype(int).tolist(),
                "name": name,
                "text": str(level),
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "marker": {
                    "color": colours[min(int(level), len(colours)) - 1],
                    "line": {"color": palette.muted, "width": 1},
                },
                "hovertemplate": f"%{{x}}: %{{y:,}} {step}s at {name}<extra></extra>",
            }
        )
    layout = plot.layout(palette, 300, has_legend=True)
    if not traces:
        told = f"No day of {_span(levels['year'])} reached alert level 1" if len(levels) else "No alert level is known"
        return _empty(layout, told, palette)
    layout |= {"barmode": "stack", "uniformtext": {"minsize": 10, "mode": "hide"}}
    layout["xaxis"] = years_axis(levels["year"], palette)
    layout["xaxis"] |= {"range": [levels["year"].min() - 0.5, levels["year"].max() + 0.5]}
    layout["yaxis"] = plot.axis(palette, f"{step.capitalize()}s", rangemode="tozero")
    return plot.figure(traces, layout)


def per_day(days: pd.DataFrame) -> tuple[pd.Series, str]:
    """Degree heating weeks by day, the highest of all stations, and what a point stands for.

    A series of more than `MOST_DAYS` becomes the highest of each week from Monday on: no screen shows more, and it is
    less to send. One that comes by week is told so too. Where more than two weeks are unknown the line is broken.
    """
    known = days.dropna(subset="dhw_c_weeks")
    highest, when = known.groupby("day")["dhw_c_weeks"].max(), "%{x|%-d %b %Y}"
    if len(highest) > MOST_DAYS or highest.index.to_series().diff().min() >= WEEK:
        highest = highest.resample("W-MON", label="left", closed="left").max().dropna()
        when = f"Highest of the week from {when}"
    is_after_gap = highest.index.to_series().diff().gt(LONGEST_JOINED)
    breaks = highest.index[is_after_gap] - pd.Timedelta(days=1)
    return highest.reindex(highest.index.union(breaks)), when


def _heat(days: pd.DataFrame, palette: theme.Palette) -> dict | None:
    if days["dhw_c_weeks"].isna().all():
        return None
    highest, when = per_day(days)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [day.date().isoformat() for day in highest.index],
        "y": [None if pd.isna(value) else round(value, 2) for value in highest],
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
    label["bgcolor"] = plot.clear(palette.page, 0.7)
    return {
        "shapes": shapes,
        "annotations": [{**label, "y": at, "text": f"{at:g}: {told}"} for at, told in THRESHOLDS.items()],
    }


def _empty(layout: dict, told: str, palette: theme.Palette) -> go.Figure:
    """A chart of nothing that says so."""
    hidden = {"xaxis": {"visible": False}, "yaxis": {"visible": False}}
    return plot.figure([], layout | {"height": 90} | hidden | _note(told, palette))


def _note(told: str, palette: theme.Palette) -> dict:
    label = {"xref": "paper", "yref": "paper", "x": 0.5, "y": 0.1, "showarrow": False, "text": told}
    return {"annotations": [label | {"font": {"color": palette.text, "size": 12.5}}]}


def _span(years: pd.Series) -> str:
    first, last = years.min(), years.max()
    return f"{first}" if first == last else f"{first} to {last}"


def _published(palette: theme.Palette) -> dict:
    low, high = PUBLISHED_SURVIVAL_PCT
    box = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": low, "y1": high, "layer": "below"}
    box |= {"line": {"width": 0}, "fillcolor": plot.clear(palette.warm, 0.25)}
    label = {"xref": "paper", "x": 0.01, "xanchor": "left", "y": low, "yanchor": "bottom", "showarrow": False}
    label |= {"text": f"Published: {low:.0f} to {high:.0f} %", "font": {"color": palette.text, "size": 12}}
    return {"shapes": [box], "annotations": [label]}
