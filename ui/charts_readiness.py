"""The charts of the page Readiness: sites by criteria as a heat map, what holds sites back, and how long they wait."""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd
import plotly.graph_objects as go

from data.standards import standard
from ui import green_list_words as words
from ui import plot, theme

ROW_PX, HEAD_PX, LABEL_PX = 27, 52, 236
LONGEST_NAME = 28
FEWEST_WIDTH = 900
NO_MARKS: Mapping[str, str] = MappingProxyType({})


def heat_map(sites: pd.DataFrame, cells: pd.DataFrame, mode: str, marks: Mapping[str, str] = NO_MARKS) -> dict:
    """Sites by criteria, as options of ECharts, with a gap between components; the word of a square is its glyph too.

    Takes some of `Network.sites` and its `cells`; `marks` has a sign for some assessments, shown beside the site.
    The squares stand in the order of `places`.
    """
    palette, colours = theme.PALETTES[mode], words.STATE_COLOURS[mode]
    columns = _columns()
    at = {label: place for place, label in enumerate(columns.values())}
    squares = []
    for row, criterion in places(sites):
        state, site = _state(cells, row.site_id, criterion), _bare(row.site_name)
        back, ink = colours[state]
        title = standard().criteria[criterion].title
        squares.append(
            {
                "value": [at[columns[criterion]], row.Index, words.STATES.index(state)],
                "name": f"{site} · {criterion} {title} · {words.STATE_WORDS[state].lower()}",
                "itemStyle": {"color": back},
                "label": {"formatter": words.STATE_GLYPHS[state], "color": ink},
            }
        )
    names = [f"{{n|{_bare(row.site_name)}}}  {{r|{_told(row)}}} {_mark(row, marks)}" for row in sites.itertuples()]
    return _options(list(columns.values()), names, squares, palette)


def places(sites: pd.DataFrame) -> list[tuple]:
    """The site and the criterion of each square of the heat map, in its order."""
    return [(row, criterion) for row in sites.reset_index(drop=True).itertuples() for criterion in standard().criteria]


def heat_map_height(rows: int) -> int:
    """The height of the heat map in pixels."""
    return HEAD_PX + ROW_PX * rows


def held_back(counts: pd.DataFrame, mode: str, is_narrow: bool = False) -> go.Figure:
    """Sites by criterion as stacked bars: not met, not known, met; takes what `criteria_over_sites` gives.

    On a narrow screen criteria go by their numbers alone; the table names them.
    """
    palette = theme.PALETTES[mode]
    criteria = standard().criteria
    titles = ["" if is_narrow else f" {_short(criteria[number].title)}" for number in counts["criterion"]]
    # A narrow no-break space keeps Plotly from reading a bare number as one.
    names = [f"{number}{title}\u202f" for number, title in zip(counts["criterion"], titles, strict=True)]
    traces = []
    for state in ("not_met", "unknown", "met"):
        colour, ink = words.STATE_COLOURS[mode][state]
        hover = f"%{{y}}: %{{x:,}} sites {words.STATE_WORDS[state].lower()}<extra></extra>"
        trace = plot.bar(names, counts[state].tolist(), colour, words.state(state), hover)
        shown = [f"{value:,}" if value else "" for value in counts[state]]
        traces.append(
            trace | {"text": shown, "textposition": "inside", "insidetextfont": {"color": ink}, "textangle": 0}
        )
    layout = plot.layout(palette, 90 + 24 * len(names), has_legend=True)
    layout |= {"barmode": "stack", "xaxis": plot.axis(palette, "Sites", rangemode="tozero")}
    layout["yaxis"] = plot.axis(palette, autorange="reversed", showgrid=False)
    return plot.figure(traces, layout)


def waits(curves: pd.DataFrame, mode: str) -> go.Figure:
    """Share of sites still in a phase by months since they entered it; takes what `time_in_phase` gives."""
    palette = theme.PALETTES[mode]
    traces = []
    for phase, dash in (("application", "solid"), ("candidate", "dash")):
        curve = curves[curves["phase"].eq(phase)]
        if curve.empty:
            continue
        name = theme.PHASE_WORDS[phase]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": [0.0, *curve["months"].round(1)],
                "y": [100.0, *curve["still_in_phase_pct"].round(1)],
                "name": name,
                "line": {"shape": "hv", "width": 3, "color": palette.phases[phase], "dash": dash},
                "hovertemplate": f"{name}: %{{y:.0f}} % still there after %{{x:.0f}} months<extra></extra>",
            }
        )
    layout = plot.layout(palette, 300, has_legend=True)
    layout["xaxis"] = plot.axis(palette, "Months in the phase", rangemode="tozero", showgrid=False)
    layout["yaxis"] = plot.axis(palette, "Still in the phase, %", range=[0, 104])
    return plot.figure(traces, layout)


def _columns() -> dict[str, str]:
    """The label of each criterion on the axis; the middle one of a component carries its name, a blank one follows."""
    known = standard()
    columns: dict[str, str] = {}
    for component in known.components.values():
        own = [one.number for one in known.criteria.values() if one.component == component.number]
        for place, number in enumerate(own):
            title = component.title if place == len(own) // 2 else " "
            columns[number] = f"{{c|{title}}}\n{{k|{number}}}"
        columns[f"gap {component.number}"] = " " * int(component.number)
    columns.popitem()
    return columns


def _options(columns: list[str], names: list[str], squares: list[dict], palette: theme.Palette) -> dict:
    none = {"show": False}
    bare = {"type": "category", "axisTick": none, "axisLine": none, "splitLine": none}
    ink = {"fontFamily": "Inter", "fontSize": 12.5, "color": palette.text}
    rich = {"c": {**ink, "fontWeight": 600, "lineHeight": 22}, "k": {**ink, "fontSize": 12, "color": palette.muted}}
    return {
        "tooltip": {"formatter": "{b}", "confine": True},
        "grid": {"left": LABEL_PX, "right": 84, "top": HEAD_PX - 4, "bottom": 2, "outerBoundsMode": "none"},
        "xAxis": {
            **bare,
            "data": columns,
            "position": "top",
            "axisLabel": {"interval": 0, "hideOverlap": False, "rich": rich},
        },
        "yAxis": {
            **bare,
            "data": names,
            "inverse": True,
            "axisLabel": {"interval": 0, "rich": {"n": ink, "r": {**ink, "fontWeight": 600}}},
        },
        "series": [
            {
                "type": "heatmap",
                "data": squares,
                "label": {"show": True, "fontSize": 12},
                "itemStyle": {"borderWidth": 3, "borderColor": palette.page, "borderRadius": 5},
                "selectedMode": "single",
                "select": {"itemStyle": {"borderColor": palette.text, "borderWidth": 2}},
            }
        ],
        "visualMap": {"show": False, "min": 0, "max": 2, "dimension": 2, "inRange": {"opacity": [1, 1]}},
    }


def _state(cells: pd.DataFrame, site_id: str, criterion: str) -> str:
    if site_id not in cells.index or criterion not in cells.columns:
        return "unknown"
    found = cells.at[site_id, criterion]
    return found if isinstance(found, str) else "unknown"


def _told(row) -> str:
    return words.NOT_RATED if pd.isna(row.met) else f"{row.met}"


def _mark(row, marks: Mapping[str, str]) -> str:
    return f"{{n|{marks[row.assessment_id]}}}" if row.assessment_id in marks else ""


def _bare(name: str) -> str:
    """A name without what ECharts would read as markup, cut to fit beside the squares."""
    bare = name.translate(str.maketrans("{}|\n", "()/ "))
    return bare if len(bare) <= LONGEST_NAME else f"{bare[: LONGEST_NAME - 1]}…"


def _short(title: str) -> str:
    return title if len(title) <= 40 else f"{title[:39]}…"
