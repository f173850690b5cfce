"""Frames to figures of reef surveys: cover over time, what covers a reef then and now, bleaching, survey effort."""

from html import escape

import pandas as pd
import plotly.graph_objects as go

from metrics.reefs import BANDS, COVER
from ui import plot, theme
from ui import reef_words as words
from ui.text import count, number

MOST_HUES = 6
LONGEST_NAME = 24
LONGEST_LABEL = 44
KEPT_END = 11
ROW_PIXELS, LEGEND_PIXELS = 46, 140
BAR_WIDTH = 0.5
METHOD_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star")
# Living corals strong, algae in between, the rest pale: the order of the cover groups.
COVER_COLOURS = {
    "light": ("#084C44", "#23A37A", "#AB5804", "#F7CD54", "#B47EB6", "#69737B", "#D1D9D3"),
    "dark": ("#56F5D2", "#1FA289", "#F1B62F", "#83673A", "#BD7BC1", "#A8BFD0", "#566668"),
}
CLASS_COLOURS = {
    "light": ("#107161", "#8CC6B7", "#F3D9A4", "#E8B04A", "#D9713B", "#B3382C", "#4A4A4A"),
    "dark": ("#37B2AA", "#2C7466", "#75613A", "#A57A21", "#F79B44", "#FDC5B6", "#DEF5F4"),
}


def cover_over_time(means: pd.DataFrame, mode: str) -> go.Figure:
    """Hard coral per station and survey with its standard error; a line joins surveys of one method only.

    Takes what `metrics.reefs.survey_means` gives. With more stations than hues all are muted, and the mean of those
    surveyed in a year is drawn, of each method its own.
    """
    palette = theme.PALETTES[mode]
    rows = means[means["metric"].eq(COVER) & means["surveyed_on"].notna()].sort_values("surveyed_on", kind="stable")
    stations = list(dict.fromkeys(rows["station"].sort_values()))
    is_few = len(stations) <= MOST_HUES
    hues = dict(zip(stations, theme.CATEGORIES[mode], strict=False)) if is_few else {}
    symbols = dict(zip(dict.fromkeys(rows["method"]), METHOD_SYMBOLS * len(rows), strict=False))
    traces, named = [], set()
    for (station, method, _), series in rows.groupby(["station", "method", "source"], sort=True):
        line = _line(hues[station], 2) if is_few else _line(palette.states["never"], 1)
        trace = _series(series, station, method, line, symbols[method])
        traces.append(trace | {"showlegend": is_few and station not in named})
        named.add(station)
    if not is_few:
        traces += _means_of_all(rows, symbols, palette)
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
    labels, traces = [then_label, now_label], []
    for metric, colour in zip(words.COVERS, COVER_COLOURS[mode], strict=True):
        values = [round(float(cover.get(metric, 0.0)), 2) for cover in covers]
        if any(values):
            traces.append(_part(words.metric(metric), values, labels, colour, palette, "of the bottom"))
    return _parts(traces, labels, palette)


def bleaching_bars(classes: pd.DataFrame, mode: str) -> go.Figure:
    """Colonies of each station by bleaching class, as bars of 100 %; takes `station`, `class` and `pct`."""
    palette = theme.PALETTES[mode]
    wide = classes.pivot_table(index="station", columns="class", values="pct")
    labels, traces = wide.index.tolist(), []
    for name, colour in zip(words.BLEACHING_CLASSES, CLASS_COLOURS[mode], strict=True):
        values = wide[name].round(2).tolist() if name in wide else []
        traces.append(_part(words.metric(name), values, labels, colour, palette, "of the colonies"))
    return _parts(traces, labels, palette)


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
                "x": found["year"].astype(int).tolist(),
                "y": found["surveys"].astype(int).tolist(),
                "name": name,
                "marker": {"color": colour},
                "customdata": [[stations, name] for stations in found["stations"].astype(int)],
                "hovertemplate": "%{x}: %{y:,} surveys at %{customdata[0]:,} stations · %{customdata[1]}"
                "<extra></extra>",
            }
        )
    layout = plot.layout(palette, 320, has_legend=True)
    layout |= {"barmode": "stack", "xaxis": years_axis(effort["year"], palette)}
    layout["yaxis"] = plot.axis(palette, "Surveys", rangemode="tozero")
    return plot.figure(traces, layout)


def years_axis(years: pd.Series, palette: theme.Palette) -> dict:
    """An axis of calendar years with at most eight labels, for they have to fit on a phone."""
    steps = (1, 2, 5, 10, 20)
    span = int(years.max() - years.min()) if len(years) else 0
    dtick = next((step for step in steps if span < 8 * step), steps[-1])
    return plot.axis(palette, showgrid=False, dtick=dtick, tickformat="d", tickangle=0)


def _line(colour: str, width: float) -> dict:
    return {"color": colour, "width": width}


def _series(rows: pd.DataFrame, station: str, method: str, line: dict, symbol: str) -> dict:
    names = [escape(name, quote=False) for name in (words.method(method), station)]
    told = [[*names, _error(row.se), _sample(row)] for row in rows.itertuples()]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [when.date().isoformat() for when in rows["surveyed_on"]],
        "y": rows["value"].round(2).tolist(),
        "name": _short(station),
        "legendgroup": names[1],
        "line": line,
        "marker": {"symbol": symbol, "size": 5 + 2 * line["width"], "color": line["color"]},
        "error_y": {
            "type": "data",
            "array": [None if pd.isna(se) else round(float(se), 2) for se in rows["se"]],
            "color": line["color"],
            "thickness": 0.6 * line["width"],
            "width": 3,
        },
        "customdata": told,
        "hovertemplate": "%{customdata[1]}, %{x|%-d %b %Y}: %{y:.1f} %%{customdata[2]}<br>"
        "%{customdata[0]}%{customdata[3]}<extra></extra>",
    }


def _means_of_all(rows: pd.DataFrame, symbols: dict[str, str], palette: theme.Palette) -> list[dict]:
    """The mean over stations of each year and method, for networks with too many lines to tell apart."""
    by_station = rows.groupby(["method", rows["surveyed_on"].dt.year.rename("year"), "station"])["value"].mean()
    yearly = by_station.groupby(["method", "year"]).agg(["mean", "size"]).reset_index()
    traces = []
    for method, found in yearly.groupby("method"):
        name = escape(words.method(method), quote=False)
        mean = {
            "type": "scatter",
            "mode": "lines+markers",
            "x": [f"{year}-07-01" for year in found["year"]],
            "y": found["mean"].round(2).tolist(),
            "name": "Mean of the stations surveyed in a year",
            "legendgroup": "mean",
            "showlegend": not traces,
            "line": _line(palette.accent, 3),
            "marker": {"symbol": symbols[method], "size": 9, "color": palette.accent},
            "customdata": [[name, count(size, "station")] for size in found["size"]],
            "hovertemplate": "Mean of %{customdata[1]} in %{x|%Y}: %{y:.1f} %<br>%{customdata[0]}<extra></extra>",
        }
        traces.append(mean)
    return traces


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
    label["bgcolor"] = plot.clear(palette.page, 0.7)
    font = {"color": palette.muted, "size": 12}
    return {"shapes": shapes, "annotations": [{**label, "y": at, "text": f"{at:g} %", "font": font} for at in limits]}


def _part(name: str, values: list[float], labels: list[str], colour: str, palette: theme.Palette, of: str) -> dict:
    """One part of every bar; bars go by their place, as two labels may be the same."""
    hover = f"%{{customdata}}: {name} %{{x:.1f}} % {of}<extra></extra>"
    return {
        **plot.bar(list(range(len(labels))), values, colour, name, hover),
        "customdata": [escape(label, quote=False) for label in labels],
        "width": BAR_WIDTH,
        "marker": {"color": colour, "line": {"color": palette.muted, "width": 1}},
        "text": [f"{value:.0f}" if value >= 6 else "" for value in values],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
    }


def _parts(traces: list[dict], labels: list[str], palette: theme.Palette) -> go.Figure:
    layout = plot.layout(palette, LEGEND_PIXELS + ROW_PIXELS * max(len(labels), 1), has_legend=True)
    layout |= {"barmode": "stack", "uniformtext": {"minsize": 10, "mode": "hide"}}
    layout["xaxis"] = plot.axis(palette, range=[0, 100.5], dtick=25, ticksuffix=" %")
    layout["yaxis"] = {"visible": False, "range": [max(len(labels), 1) - 0.6, -0.8]}
    # Above its bar a name leaves the whole width of a phone to the bar and to the legend.
    name = {"xref": "paper", "x": 0, "xanchor": "left", "yanchor": "bottom", "showarrow": False}
    name["font"] = {"color": palette.text, "size": 12.5}
    layout["annotations"] = [
        {**name, "y": place - BAR_WIDTH / 2, "text": _short(label, LONGEST_LABEL)} for place, label in enumerate(labels)
    ]
    return plot.figure(traces, layout)


def _short(name: str, longest: int = LONGEST_NAME) -> str:
    """A name that fits on a phone: a long one keeps its start and its end, where numbers stand."""
    if len(name) > longest:
        name = f"{name[: longest - KEPT_END - 1].rstrip()}…{name[-KEPT_END:].lstrip()}"
    return escape(name, quote=False)


def _error(se: float) -> str:
    return "" if pd.isna(se) else f" ± {number(se, 1)}"


def _sample(row) -> str:
    return "" if pd.isna(row.n) else f" · n = {row.n:,} {row.n_of}"
