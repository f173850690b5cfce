"""Frames to figures of reef surveys: cover over time, what covers a reef then and now, bleaching, survey effort."""

from html import escape

import pandas as pd
import plotly.graph_objects as go

from metrics.reefs import BANDS, COVER
from ui import plot, theme
from ui import reef_words as words
from ui.text import number

MOST_HUES = 6
LONGEST_NAME = 24
ROW_PIXELS, LEGEND_PIXELS = 34, 210
METHOD_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star")
# Living corals strong, algae in between, the rest pale: the order of the cover groups.
COVER_COLOURS = {
    "light": ("#00594A", "#66B3A1", "#BD7100", "#E0B15A", "#C79AB5", "#B9C4BF"),
    "dark": ("#6FE3CF", "#268274", "#F2B233", "#8A6A2E", "#B5779A", "#55676A"),
}
CLASS_COLOURS = {
    "light": ("#107161", "#8CC6B7", "#F3D9A4", "#E8B04A", "#D9713B", "#B3382C", "#4A4A4A"),
    "dark": ("#5AB09F", "#1C6C61", "#6B5A33", "#B8862F", "#EB7426", "#F2897D", "#C9D2CF"),
}


def cover_over_time(means: pd.DataFrame, mode: str) -> go.Figure:
    """Hard coral per station and survey with its standard error; a line joins surveys of one method only.

    Takes what `metrics.reefs.survey_means` gives. With more stations than hues all are muted and their mean is drawn.
    """
    palette = theme.PALETTES[mode]
    rows = means[means["metric"].eq(COVER) & means["surveyed_on"].notna()].sort_values("surveyed_on", kind="stable")
    stations = list(dict.fromkeys(rows["station"].sort_values()))
    is_few = len(stations) <= MOST_HUES
    hues = dict(zip(stations, theme.CATEGORIES[mode], strict=False)) if is_few else {}
    symbols = dict(zip(dict.fromkeys(rows["method"]), METHOD_SYMBOLS * len(rows), strict=False))
    traces, named = [], set()
    for (station, method, _), series in rows.groupby(["station", "method", "source"], sort=True):
        trace = _series(series, station, method, hues.get(station, palette.grid), symbols[method])
        traces.append(trace | {"showlegend": is_few and station not in named})
        named.add(station)
    if not is_few:
        traces.append(_mean_of_all(rows, palette))
    traces += [_method_key(method, symbol, palette) for method, symbol in symbols.items()]
    # On a phone each entry of the legend takes a line of its own.
    layout = plot.layout(palette, 340 + 14 * sum(trace.get("showlegend", True) for trace in traces), has_legend=True)
    layout["legend"] |= {"y": -0.14, "yanchor": "top"}
    layout["margin"] |= {"t": 8}
    layout["xaxis"] = plot.axis(palette, type="date", showgrid=False)
    layout["yaxis"] = plot.axis(palette, "Hard coral, %", rangemode="tozero")
    return plot.figure(traces, layout | _bands(palette))


def composition_pair(then: pd.DataFrame, now: pd.DataFrame, then_label: str, now_label: str, mode: str) -> go.Figure:
    """Two bars of 100 %: what covered one reef on two days; each takes `metric` and `value` (percent)."""
    palette = theme.PALETTES[mode]
    covers = [frame.set_index("metric")["value"] for frame in (then, now)]
    traces = []
    for metric, colour in zip(words.COVERS, COVER_COLOURS[mode], strict=True):
        values = [round(float(cover.get(metric, 0.0)), 2) for cover in covers]
        if any(values):
            traces.append(
                _part(words.metric(metric), values, [then_label, now_label], colour, palette, "of the bottom")
            )
    return _parts(traces, 2, palette)


def bleaching_bars(classes: pd.DataFrame, mode: str) -> go.Figure:
    """Colonies of each station by bleaching class, as bars of 100 %; takes `station`, `class` and `pct`."""
    palette = theme.PALETTES[mode]
    wide = classes.pivot_table(index="station", columns="class", values="pct")
    labels = [_short(station) for station in wide.index]
    traces = []
    for name, colour in zip(words.BLEACHING_CLASSES, CLASS_COLOURS[mode], strict=True):
        values = wide[name].round(2).tolist() if name in wide else []
        traces.append(_part(words.metric(name), values, labels, colour, palette, "of the colonies"))
    return _parts(traces, len(labels), palette)


def effort_bars(effort: pd.DataFrame, mode: str) -> go.Figure:
    """Surveys per year, stacked by method; takes `year`, `method`, `surveys` and `stations`."""
    palette = theme.PALETTES[mode]
    by_size = effort.groupby("method")["surveys"].sum().sort_values(ascending=False).index
    hues = [*theme.CATEGORIES[mode], *[palette.muted] * len(by_size)]
    traces = []
    for method, colour in zip(by_size, hues, strict=False):
        found = effort[effort["method"].eq(method)]
        name = escape(words.method(method), quote=False)
        traces.append(
            {
                "type": "bar",
                "x": [str(year) for year in found["year"]],
                "y": found["surveys"].astype(int).tolist(),
                "name": name,
                "marker": {"color": colour},
                "customdata": found["stations"].astype(int).tolist(),
                "hovertemplate": f"%{{x}}: %{{y:,}} surveys at %{{customdata:,}} stations · {name}<extra></extra>",
            }
        )
    layout = plot.layout(palette, 320, has_legend=True)
    layout["legend"] |= {"y": -0.14, "yanchor": "top"}
    layout["margin"] |= {"t": 8}
    years = [str(year) for year in sorted(effort["year"].unique())]
    layout |= {"barmode": "stack", "xaxis": plot.axis(palette, type="category", showgrid=False)}
    layout["xaxis"] |= {"categoryorder": "array", "categoryarray": years}
    layout["yaxis"] = plot.axis(palette, "Surveys", rangemode="tozero")
    return plot.figure(traces, layout)


def _series(rows: pd.DataFrame, station: str, method: str, colour: str, symbol: str) -> dict:
    told = [[escape(words.method(method), quote=False), _error(row.se), _sample(row)] for row in rows.itertuples()]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [when.date().isoformat() for when in rows["surveyed_on"]],
        "y": rows["value"].round(2).tolist(),
        "name": _short(station),
        "legendgroup": _short(station),
        "line": {"color": colour, "width": 2},
        "marker": {"symbol": symbol, "size": 9, "color": colour},
        "error_y": {
            "type": "data",
            "array": [None if pd.isna(se) else round(float(se), 2) for se in rows["se"]],
            "color": colour,
            "thickness": 1.2,
            "width": 3,
        },
        "customdata": told,
        "hovertemplate": f"{escape(station, quote=False)}, %{{x|%-d %b %Y}}: %{{y:.1f}} %%{{customdata[1]}}<br>"
        "%{customdata[0]}%{customdata[2]}<extra></extra>",
    }


def _mean_of_all(rows: pd.DataFrame, palette: theme.Palette) -> dict:
    """The mean over stations of each half-year, for networks with too many lines to tell apart."""
    half = rows["surveyed_on"].dt.year.astype(str) + rows["surveyed_on"].dt.quarter.gt(2).map(
        {False: "-04", True: "-10"}
    )
    by_station = rows.assign(half=half).groupby(["half", "station"])["value"].mean()
    mean = by_station.groupby("half").mean()
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [f"{name}-01" for name in mean.index],
        "y": mean.round(2).tolist(),
        "name": "Mean of the stations surveyed in a half-year",
        "line": {"color": palette.accent, "width": 3},
        "hovertemplate": "%{y:.1f} %<extra></extra>",
    }


def _method_key(method: str, symbol: str, palette: theme.Palette) -> dict:
    """An entry of the legend that says which sign stands for which method."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [None],
        "y": [None],
        "name": escape(words.method(method), quote=False),
        "marker": {"symbol": f"{symbol}-open", "size": 9, "color": palette.muted},
        "hoverinfo": "skip",
    }


def _bands(palette: theme.Palette) -> dict:
    """Dotted lines at the limits of the cover bands."""
    limits = [limit for limit in BANDS.values() if limit]
    line = {"color": palette.muted, "width": 1, "dash": "dot"}
    shapes = [
        {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": limit, "y1": limit, "line": line} for limit in limits
    ]
    label = {"xref": "paper", "x": 1, "xanchor": "right", "yanchor": "bottom", "showarrow": False}
    font = {"color": palette.muted, "size": 12}
    return {"shapes": shapes, "annotations": [{**label, "y": at, "text": f"{at:g} %", "font": font} for at in limits]}


def _part(name: str, values: list[float], labels: list[str], colour: str, palette: theme.Palette, of: str) -> dict:
    return {
        **plot.bar(labels, values, colour, name, f"%{{y}}: {name} %{{x:.1f}} % {of}<extra></extra>"),
        "marker": {"color": colour, "line": {"color": palette.page, "width": 1}},
        "text": [f"{value:.0f}" if value >= 6 else "" for value in values],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
    }


def _parts(traces: list[dict], rows: int, palette: theme.Palette) -> go.Figure:
    height = LEGEND_PIXELS + ROW_PIXELS * max(rows, 1)
    layout = plot.layout(palette, height, has_legend=True)
    # Below the axis; on a phone each entry takes a line of its own.
    layout["legend"] |= {"y": 0, "yref": "container", "yanchor": "bottom"}
    layout["margin"] |= {"t": 8, "b": LEGEND_PIXELS - 50}
    layout |= {"barmode": "stack", "xaxis": plot.axis(palette, range=[0, 100], ticksuffix=" %")}
    layout["yaxis"] = plot.axis(palette, showgrid=False, type="category", autorange="reversed")
    return plot.figure(traces, layout)


def _short(station: str) -> str:
    name = station if len(station) <= LONGEST_NAME else f"{station[: LONGEST_NAME - 1]}…"
    return escape(name, quote=False)


def _error(se: float) -> str:
    return "" if pd.isna(se) else f" ± {number(se, 1)}"


def _sample(row) -> str:
    return "" if pd.isna(row.n) else f" · n = {row.n:,} {row.n_of}"
