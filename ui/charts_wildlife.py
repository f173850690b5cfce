"""Frames to figures of the page Wildlife: curves, heat maps and bars; what was not measured stays empty."""

import re
from collections.abc import Mapping
from html import escape

import pandas as pd
import plotly.graph_objects as go

from metrics.result import Result
from ui import plot, theme
from ui.charts import species_name

SUNRISE, SUNSET = 6, 18
UNIT_WORDS = {"place": "Camera stations", "day": "Camera days"}
MOST_BARS = 5
ROW_PIXELS, MOST_PIXELS = 20, 1_200


def accumulation(curve: pd.DataFrame, estimate: Result, unit: str, mode: str) -> go.Figure:
    """Species that so many stations or days find on average, with their 95 % band, and the estimate of all.

    Takes `units`, `species`, `low` and `high`.
    """
    palette = theme.PALETTES[mode]
    units = curve["units"].astype(int).tolist()
    low, species, high = (curve[name].astype(float).round(2).tolist() for name in ("low", "species", "high"))
    edge = {"type": "scatter", "mode": "lines", "x": units, "line": {"width": 0}, "hoverinfo": "skip"}
    traces = [
        {**edge, "y": low, "showlegend": False},
        {**edge, "y": high, "fill": "tonexty", "fillcolor": plot.clear(palette.accent, 0.18), "name": "95 % interval"},
        {
            "type": "scatter",
            "mode": "lines",
            "x": units,
            "y": species,
            "name": "Species found",
            "line": {"color": palette.accent, "width": 2.2},
            "customdata": list(zip(low, high, strict=True)),
            "hovertemplate": "%{x:,}: %{y:.1f} species (%{customdata[0]:.1f}–%{customdata[1]:.1f})<extra></extra>",
        },
    ]
    if estimate.value is not None:
        dashes = {"color": palette.warm, "width": 1.6, "dash": "dash"}
        line = {"type": "scatter", "mode": "lines", "x": [units[0], units[-1]], "y": [estimate.value] * 2}
        hover = f"At least {estimate.value:.1f} species live there (Chao2)<extra></extra>"
        traces.append({**line, "name": "Chao2 estimate", "line": dashes, "hovertemplate": hover})
    layout = plot.layout(palette, 340, has_legend=True)
    layout["xaxis"] = plot.axis(palette, UNIT_WORDS[unit], showgrid=False)
    layout["yaxis"] = plot.axis(palette, "Species", rangemode="tozero")
    return plot.figure(traces, layout)


def activity(curves: Mapping[str, pd.DataFrame], names: Mapping[str, str], is_sun_time: bool, mode: str) -> go.Figure:
    """Activity of one or two taxa through the day, the common part of two shaded.

    Takes `hour` and `density` (share of the activity per hour) by scientific name, and what each is called.
    """
    palette = theme.PALETTES[mode]
    colours = [palette.accent, palette.warm]
    traces = []
    if len(curves) == 2:
        first, second = curves.values()
        common = [100 * min(pair) for pair in zip(first["density"], second["density"], strict=True)]
        shade = {"fill": "tozeroy", "fillcolor": plot.clear(palette.muted, 0.18), "line": {"width": 0}}
        area = {"type": "scatter", "mode": "lines", "name": "Common to both", "hoverinfo": "skip", **shade}
        traces.append({**area, "x": first["hour"].round(2).tolist(), "y": [round(value, 3) for value in common]})
    for (scientific, curve), colour, dash in zip(curves.items(), colours, ("solid", "dash"), strict=False):
        name = species_name(names[scientific], None)
        line = {
            "type": "scatter",
            "mode": "lines",
            "x": curve["hour"].round(2).tolist(),
            "y": (100 * curve["density"]).round(3).tolist(),
            "name": name,
            "line": {"color": colour, "width": 2.2, "dash": dash},
            "hovertemplate": f"{_as_template(name)}, hour %{{x:.0f}}: %{{y:.1f}} % per hour<extra></extra>",
        }
        traces.append(line)
    layout = plot.layout(palette, 340, has_legend=True)
    title = "Hour by the sun (sunrise 6, sunset 18)" if is_sun_time else "Hour of the day, local clock"
    layout["xaxis"] = plot.axis(palette, title, showgrid=False, range=[0, 24], dtick=3)
    layout["yaxis"] = plot.axis(palette, "% of activity per hour", rangemode="tozero")
    if is_sun_time:
        layout["shapes"] = [_upright(hour, palette) for hour in (SUNRISE, SUNSET)]
    return plot.figure(traces, layout)


def months_worked(months: pd.DataFrame, mode: str) -> go.Figure:
    """Share of the nights of each month on which each place had a working camera; no night at all stays empty.

    Takes `place_name`, `month` (its first day), `nights` and `share`.
    """
    palette = theme.PALETTES[mode]
    shares = months.pivot_table(index=["place", "place_name"], columns="month", values="share", sort=False)
    in_order = sorted(shares.index, key=lambda place: _natural(place[1]))
    shares = shares.mask(shares.eq(0)).reindex(index=in_order, columns=sorted(shares.columns))
    names = [escape(str(name), quote=False) for _, name in shares.index]
    # Rows of one name would be drawn as one: each gets an invisible mark of its own.
    rows = [name + "\u200b" * names[:n].count(name) for n, name in enumerate(names)]
    percent = (100 * shares).round().astype("object").where(shares.notna(), None)
    squares = {
        "type": "heatmap",
        "z": percent.to_numpy().tolist(),
        "x": [month.isoformat()[:7] for month in pd.to_datetime(shares.columns).date],
        "y": rows,
        **_squares(palette, 100),
        "hovertemplate": "%{y}, %{x|%b %Y}: %{z} % of nights<extra></extra>",
    }
    layout = plot.layout(palette, min(70 + ROW_PIXELS * len(shares), MOST_PIXELS))
    layout["xaxis"] = plot.axis(palette, showgrid=False, type="date", tickformat="%b %Y")
    layout["yaxis"] = plot.axis(palette, showgrid=False, autorange="reversed", type="category")
    return plot.figure([squares], layout)


def cameras_per_day(days: pd.DataFrame, mode: str) -> go.Figure:
    """Working cameras on each day as a calendar, a row per month; a day without any stays empty.

    Takes `day` and `cameras`.
    """
    palette = theme.PALETTES[mode]
    dates = pd.to_datetime(days["day"])
    counts = days.assign(month=dates.dt.strftime("%Y-%m"), date=dates.dt.day)
    counts = counts.pivot_table(index="month", columns="date", values="cameras").reindex(columns=range(1, 32))
    squares = {
        "type": "heatmap",
        "z": [[None if not cameras > 0 else int(cameras) for cameras in row] for row in counts.to_numpy(dtype=float)],
        "x": list(range(1, 32)),
        "y": list(counts.index),
        **_squares(palette, max(int(days["cameras"].max()), 1)),
        "hovertemplate": "%{y}-%{x}: %{z} cameras<extra></extra>",
    }
    layout = plot.layout(palette, min(70 + ROW_PIXELS * len(counts), MOST_PIXELS))
    layout["xaxis"] = plot.axis(palette, "Day of the month", showgrid=False, tickvals=[1, 8, 15, 22, 29])
    layout["yaxis"] = plot.axis(palette, showgrid=False, autorange="reversed", type="category")
    return plot.figure([squares], layout)


def individuals_by_month(individuals: pd.DataFrame, mode: str) -> go.Figure:
    """Recognised animals per month and species, the rarer ones together.

    Takes `month` (its first day), `scientific_name`, `common_name` and `recognised`.
    """
    palette = theme.PALETTES[mode]
    colours = theme.CATEGORIES[mode]
    most = individuals.groupby("scientific_name", dropna=False)["recognised"].sum().nlargest(MOST_BARS).index
    is_shown = individuals["scientific_name"].isin(most)
    traces = [
        _month_bars(rows, species_name(rows["common_name"].iloc[0], name), colour)
        for (name, rows), colour in zip(
            individuals[is_shown].groupby("scientific_name", dropna=False, sort=False), colours, strict=False
        )
    ]
    if not is_shown.all():
        others = individuals[~is_shown].groupby("month", as_index=False)["recognised"].sum()
        traces.append(_month_bars(others, "Others", palette.muted))
    layout = plot.layout(palette, 240, has_legend=True)
    layout["barmode"] = "stack"
    layout["xaxis"] = plot.axis(palette, showgrid=False, type="date", tickformat="%b %Y")
    layout["yaxis"] = plot.axis(palette, "Recognised animals", rangemode="tozero", tickformat=",d")
    return plot.figure(traces, layout)


def _month_bars(rows: pd.DataFrame, name: str, colour: str) -> dict:
    return {
        "type": "bar",
        "x": [month.isoformat() for month in pd.to_datetime(rows["month"]).dt.date],
        "y": rows["recognised"].astype(int).tolist(),
        "name": name,
        "marker": {"color": colour},
        "hovertemplate": f"{_as_template(name)}, %{{x|%b %Y}}: %{{y}} recognised<extra></extra>",
    }


def _squares(palette: theme.Palette, most: int) -> dict:
    """How the squares of a heat map from 0 to `most` look."""
    steps = len(palette.sequence) - 1
    scale = [[step / steps, colour] for step, colour in enumerate(palette.sequence)]
    gaps = {"xgap": 2, "ygap": 2, "hoverongaps": False}
    return {"colorscale": scale, "zmin": 0, "zmax": most, "showscale": False, **gaps}


def _natural(name: object) -> list[tuple[bool, int, str]]:
    """What puts Station 2 before Station 10."""
    parts = re.split(r"(\d+)", str(name))
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]


def _upright(hour: int, palette: theme.Palette) -> dict:
    line = {"color": palette.muted, "width": 1, "dash": "dot"}
    return {"type": "line", "x0": hour, "x1": hour, "y0": 0, "y1": 1, "yref": "paper", "line": line}


def _as_template(name: str) -> str:
    """A name inside a hover template, where %{ would begin a field."""
    return name.replace("%", "&#37;")
