"""Frames to figures. Plotly draws the charts; the Overview's bars are Vega-Lite, which paints much sooner.

Bars for named things are sorted and carry their value; a month or hour without measurement stays empty.
"""

from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from metrics.green_list import ALL_REGIONS
from ui import plot, theme
from ui.text import number

MOST_SPECIES = 12
OBSERVATION_WORDS = {
    "animal": "Animal",
    "human": "Person",
    "vehicle": "Vehicle",
    "blank": "Blank",
    "unknown": "Unknown",
    "unclassified": "Not yet classified",
}


def pipeline_by_region(pipeline: pd.DataFrame, mode: str) -> dict[str, Any]:
    """Stacked bars as a Vega-Lite specification: sites per region and phase, the Green List first.

    Takes `region`, one column per phase, and `total`. Written as a plain specification, since Altair's validation
    would take longer than the rest of the page.
    """
    palette = theme.PALETTES[mode]
    regions = pipeline[pipeline["region"].ne(ALL_REGIONS)].sort_values("total", ascending=False)
    rows = [
        {"region": row["region"], "phase": theme.PHASE_WORDS[phase], "sites": row[phase], "rank": -rank}
        for row in regions.to_dict("records")
        for rank, phase in enumerate(theme.PHASES)
        if row[phase]
    ]
    axis = {"domain": False, "ticks": False, "labelFontSize": 12.5, "labelColor": palette.muted, "title": None}
    colours = {"domain": list(theme.PHASE_WORDS.values()), "range": list(palette.phases.values())}
    region = {"field": "region", "type": "nominal", "title": "Region"}
    phase = {"field": "phase", "type": "nominal", "title": "Phase"}
    sites = {"field": "sites", "type": "quantitative", "title": "Sites"}
    return {
        "data": {"values": rows},
        "height": 26 * len(regions) + 34,
        "mark": {"type": "bar", "height": {"band": 0.68}},
        "encoding": {
            "y": {**region, "sort": list(regions["region"]), "axis": {"labelLimit": 170, **axis}},
            "x": {**sites, "axis": {"tickCount": 4, "tickMinStep": 1, "gridColor": palette.grid, **axis}},
            "color": {**phase, "scale": colours, "legend": None},
            "order": {"field": "rank", "type": "quantitative"},
            "tooltip": [region, phase, sites],
        },
    }


def species_bars(species: pd.DataFrame, mode: str) -> go.Figure:
    """Detections per species, most first; the part that only a machine labelled is hatched.

    Takes `scientific_name`, `common_name`, `detections` (missing where suppressed: left out) and `machine_only`.
    """
    palette = theme.PALETTES[mode]
    shown = species.dropna(subset="detections").nlargest(MOST_SPECIES, "detections").iloc[::-1]
    names = [species_name(row.common_name, row.scientific_name) for row in shown.itertuples()]
    machine = shown["machine_only"].fillna(0).astype(int).tolist()
    total = shown["detections"].astype(int).tolist()
    person = [whole - part for whole, part in zip(total, machine, strict=True)]
    hover = "%{y}: %{x:,}"
    bars = [
        plot.bar(names, person, palette.accent, "Labelled by a person", f"{hover} labelled by a person<extra></extra>"),
        plot.bar(names, machine, palette.accent_soft, "By a machine only", f"{hover} by a machine only<extra></extra>"),
    ]
    bars[1]["marker"]["pattern"] = {"shape": "/", "fgcolor": palette.accent, "fillmode": "overlay", "size": 6}
    bars[1] |= {"text": [number(value) for value in total], "textposition": "outside", "cliponaxis": False}
    layout = plot.layout(palette, 60 + 28 * len(names), has_legend=any(machine))
    layout |= {"barmode": "stack", "xaxis": {"visible": False, "range": [0, max(total, default=1) * 1.3]}}
    layout["yaxis"] = plot.axis(palette, showgrid=False)
    return plot.figure(bars, layout)


def effort_by_month(effort: pd.DataFrame, mode: str) -> go.Figure:
    """Trap nights per month on a true time axis, so that months without cameras stay visibly empty.

    Takes `month` (its first day), `trap_nights` and `stations`.
    """
    palette = theme.PALETTES[mode]
    bars = {
        "type": "bar",
        "x": [month.isoformat() for month in pd.to_datetime(effort["month"]).dt.date],
        "y": effort["trap_nights"].astype(float).round(1).tolist(),
        "customdata": effort["stations"].astype(int).tolist(),
        "marker": {"color": palette.accent},
        "hovertemplate": "%{x|%b %Y}: %{y:,.0f} trap nights at %{customdata} stations<extra></extra>",
    }
    layout = plot.layout(palette, 260)
    layout |= {"xaxis": plot.axis(palette, type="date", showgrid=False), "yaxis": plot.axis(palette, "Trap nights")}
    return plot.figure([bars], layout)


def activity_by_hour(hours: pd.DataFrame, mode: str) -> go.Figure:
    """Share of each species' detections per hour of the local day, the most detected species on top.

    Takes `hour` (0-23), `scientific_name`, `common_name` and `detections`.
    """
    palette = theme.PALETTES[mode]
    counts = hours.pivot_table(
        index=["scientific_name", "common_name"], columns="hour", values="detections", aggfunc="sum", dropna=False
    )
    counts = counts.reindex(columns=range(24)).fillna(0).astype(float)
    totals = counts.sum(axis=1)
    most = totals[totals > 0].nlargest(MOST_SPECIES).index
    shares = 100 * counts.loc[most].div(totals.loc[most], axis=0)
    steps = len(palette.sequence) - 1
    squares = {
        "type": "heatmap",
        "z": shares.round(1).to_numpy().tolist(),
        "x": [f"{hour:02d}" for hour in range(24)],
        "y": [species_name(common, scientific) for scientific, common in shares.index],
        "colorscale": [[step / steps, colour] for step, colour in enumerate(palette.sequence)],
        "xgap": 2,
        "ygap": 2,
        "showscale": False,
        "hovertemplate": "%{y}, %{x}:00: %{z} % of its detections<extra></extra>",
    }
    layout = plot.layout(palette, 70 + 28 * len(most))
    layout["xaxis"] = plot.axis(palette, "Hour of the day, local time", showgrid=False, dtick=3)
    layout["yaxis"] = plot.axis(palette, showgrid=False, autorange="reversed")
    return plot.figure([squares], layout)


def observation_types(types: pd.DataFrame, mode: str) -> go.Figure:
    """Rows per observation type, most first. Takes `observation_type` and `row_count`."""
    palette = theme.PALETTES[mode]
    shown = types.sort_values("row_count")
    names = [OBSERVATION_WORDS.get(kind, escape(kind, quote=False)) for kind in shown["observation_type"]]
    rows = shown["row_count"].astype(int).tolist()
    bars = plot.bar(names, rows, palette.accent, "", "%{y}: %{x:,} rows<extra></extra>")
    bars |= {"text": [number(value) for value in rows], "textposition": "outside", "cliponaxis": False}
    layout = plot.layout(palette, 40 + 30 * len(names))
    layout |= {"xaxis": {"visible": False, "range": [0, max(rows, default=1) * 1.2]}}
    layout["yaxis"] = plot.axis(palette, showgrid=False)
    return plot.figure([bars], layout)


def species_name(common: str | None, scientific: str | None) -> str:
    """The common name, or the scientific one in italics, as Plotly text; names come from outside."""
    if common and not pd.isna(common):
        return escape(common, quote=False)
    if scientific and not pd.isna(scientific):
        return f"<i>{escape(scientific, quote=False)}</i>"
    return "Not identified"
