"""The charts of the page Work plan: items per pilot by state, and the milestones of the next months.

Names of pilots stand above their row instead of beside it, so that bars and months keep the width of a phone.
"""

from datetime import date
from html import escape

import plotly.graph_objects as go

from ui import plot, theme
from ui import work_plan as words
from ui.text import count, month
from ui.work_plan import Plan

ROW_PX = 50
LONGEST_NAME = 44
MOST_PILOTS = 20


def by_site(plan: Plan, mode: str) -> go.Figure:
    """Items of each pilot as stacked bars by state, the pilot with the most late items on top."""
    palette = theme.PALETTES[mode]
    shown = plan.by_site.head(MOST_PILOTS)
    rows = list(range(len(shown)))
    names = [_name(name) for name in shown["site_name"]]
    traces = []
    for state, (colour, ink) in words.colours(mode).items():
        if not shown[state].any():
            continue
        trace = plot.bar(
            names,
            shown[state].tolist(),
            colour,
            words.chip(state),
            f"%{{customdata}}: %{{x:,}} {words.STATE_WORDS[state].lower()}<extra></extra>",
        )
        told = [f"{value:,}" if value else "" for value in shown[state]]
        inside = {"text": told, "textposition": "inside", "insidetextfont": {"color": ink}, "textangle": 0}
        traces.append(trace | inside | {"y": rows, "customdata": names, "width": 0.48})
    layout = plot.layout(palette, 100 + ROW_PX * len(rows), has_legend=True)
    layout |= {"barmode": "stack", "uniformtext": {"mode": "hide", "minsize": 10}}
    layout["legend"] |= {"y": 1, "yref": "container", "yanchor": "top"}
    layout["margin"] |= {"t": 74}
    layout["xaxis"] = plot.axis(palette, "Items", rangemode="tozero", **_whole(shown["items"].max()))
    layout["yaxis"] = _rows(len(rows))
    layout["annotations"] = _names_above(names, palette)
    return plot.figure(traces, layout)


def ahead(plan: Plan, mode: str) -> go.Figure:
    """How many open milestones are due in each month at each pilot, darker where there are more."""
    palette = theme.PALETTES[mode]
    months = words.months_ahead(plan.today)
    shown = [site for site in plan.by_site["site_id"] if site in set(plan.ahead["site_id"])][:MOST_PILOTS]
    counts = plan.ahead.pivot_table(index="site_id", columns="month", values="items", aggfunc="sum")
    counts = counts.reindex(index=shown, columns=months).fillna(0).astype(int)
    names = [_name(words.names_of(plan.ahead)[site]) for site in shown]
    told = [
        [f"{name}, {month(when)}: {count(due, 'milestone')}" for when, due in zip(months, row, strict=True)]
        for name, row in zip(names, counts.to_numpy().tolist(), strict=True)
    ]
    # Shades on which the numbers stay readable.
    pale, dark = (palette.sequence[place] for place in ((2, 5) if mode == "light" else (2, 3)))
    most = max(int(counts.to_numpy().max()), 1)
    squares = {
        "type": "heatmap",
        "z": counts.to_numpy().tolist(),
        "text": [[f"{due}" if due else "" for due in row] for row in counts.to_numpy().tolist()],
        "texttemplate": "%{text}",
        "customdata": told,
        "hovertemplate": "%{customdata}<extra></extra>",
        "textfont": {"color": palette.text},
        "colorscale": [[0, palette.grid], [0.001, pale], [1, dark]],
        "zmin": 0,
        "zmax": most,
        "showscale": False,
        "xgap": 3,
        "ygap": 24,
    }
    layout = plot.layout(palette, 48 + ROW_PX * len(shown))
    layout["margin"] |= {"l": 8}
    ticks = {
        "tickvals": list(range(len(months))),
        "ticktext": [_tick(when, place) for place, when in enumerate(months)],
    }
    layout["xaxis"] = plot.axis(palette, showgrid=False, tickangle=0, **ticks)
    layout["yaxis"] = _rows(len(shown))
    layout["annotations"] = _names_above(names, palette)
    return plot.figure([squares], layout)


def _rows(rows: int) -> dict:
    return {"visible": False, "range": [rows - 0.5, -0.6], "fixedrange": True}


def _names_above(names: list[str], palette: theme.Palette) -> list[dict]:
    """A line of text above each row; names come escaped."""
    look = {"showarrow": False, "xanchor": "left", "yanchor": "bottom", "align": "left", "borderpad": 0}
    font = {"color": palette.text, "size": 12.5}
    place = {"xref": "paper", "x": 0, "yref": "y"}
    return [{**look, **place, "y": row - 0.24, "text": name, "font": font} for row, name in enumerate(names)]


def _name(name: str) -> str:
    return escape(name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…", quote=False)


def _tick(when: date, place: int) -> str:
    """The month, with its year at the start and in January."""
    return f"{when:%b}<br>{when:%Y}" if place == 0 or when.month == 1 else f"{when:%b}"


def _whole(most: float) -> dict:
    """No halves between small counts."""
    return {"dtick": 1} if most <= 8 else {}
