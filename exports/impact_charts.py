"""The charts and the map of the impact report as SVG: words stay text, and each chart says in words what it shows."""

import io
import json
import re
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from exports.evidence_charts import GRID, INK, MUTED, OPTIONS
from exports.impact_figure import Chart
from exports.impact_words import short

LAND = Path(__file__).parent / "impact_land.json"
WIDTH, HEIGHT, MAP_HEIGHT = 5.0, 2.0, 2.75
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "impact report",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "hatch.linewidth": 0.6,
}
# Fill with its hatch, line and marker of each series: they stay apart in grey print too.
SERIES = (("#00695C", "", "-", "o"), ("#D9713B", "////", (0, (5, 2)), "s"), ("#2A78B5", "\\\\\\\\", (0, (1, 1.5)), "^"))
# Colour, marker and its size of each state on the map, as drawn on screen.
STATES = {
    "unknown": ("#9AA8A3", ".", 3),
    "assessed": ("#2A78B5", "o", 3.5),
    "advanced": ("#0B6B3A", "^", 4.5),
    "field": ("#D9713B", "s", 5),
}
BOUNDS = (-180, 180, -58, 84)
MOST_LABELS = 8
IDENTIFIERS = re.compile(r'(\bid="|url\(#|href="#)')


def chart_svg(chart: Chart, key: str) -> str:
    """A chart over time; `key` makes its identifiers its own where several charts stand on one page."""
    with OPTIONS, mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, HEIGHT), facecolor="white", layout="constrained")
        axes = figure.add_subplot()
        if chart.is_empty:
            axes.set_axis_off()
            axes.text(0, 0.5, "Nothing measured", color=MUTED, transform=axes.transAxes)
        else:
            (_bars if chart.kind == "bars" else _lines)(axes, chart)
            _frame(axes, chart)
        return _svg(figure, chart.title, chart.alt, key)


def map_svg(places: pd.DataFrame, words: dict[str, str], title: str, key: str) -> str:
    """The sites on a map of the world by their `state`, whose words are the legend; sites without a place are left out.

    Takes `longitude`, `latitude` and `state`.
    """
    placed = places.dropna(subset=["longitude", "latitude"])
    counts = places["state"].value_counts()
    told = [f"{text}: {int(counts.get(state, 0)):,}" for state, text in words.items()]
    with OPTIONS, mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, MAP_HEIGHT), facecolor="white")
        axes = figure.add_axes((0, 0.15, 1, 0.85))
        axes.add_collection(PolyCollection(_land(), facecolor="#E9EDEB", edgecolor="#B9C8C6", linewidth=0.4))
        axes.set(xlim=BOUNDS[:2], ylim=BOUNDS[2:])
        axes.set_axis_off()
        for state, (colour, marker, size) in STATES.items():
            own = placed[placed["state"].eq(state)]
            axes.plot(
                own["longitude"], own["latitude"], marker, color=colour, markersize=size, markeredgecolor="white",
                markeredgewidth=0.4,
            )  # fmt: skip
        handles = [
            Line2D([], [], linestyle="", marker=marker, color=colour, markersize=size + 1.5)
            for colour, marker, size in STATES.values()
        ]
        figure.legend(handles, told, loc="lower center", ncols=2, frameon=False, handletextpad=0.2)
        return _svg(figure, title, f"{title}. {'; '.join(told)}.", key)


@cache
def _land() -> tuple[list, ...]:
    return tuple(json.loads(LAND.read_text(encoding="utf-8"))["rings"])


def _bars(axes: Axes, chart: Chart) -> None:
    base = [0.0] * len(chart.quarters)
    for (name, values), (colour, hatch, _, _) in zip(chart.series, SERIES, strict=False):
        heights = [value or 0.0 for value in values]
        axes.bar(
            range(len(heights)), heights, bottom=base, label=name, color=colour, hatch=hatch, edgecolor="white",
            linewidth=0.3,
        )  # fmt: skip
        base = [low + high for low, high in zip(base, heights, strict=True)]


def _lines(axes: Axes, chart: Chart) -> None:
    for (name, values), (colour, _, line, marker) in zip(chart.series, SERIES, strict=False):
        known = [(place, value) for place, value in enumerate(values) if value is not None]
        if known:
            axes.plot(
                *zip(*known, strict=True), label=name, color=colour, linestyle=line, marker=marker, markersize=3.5,
                clip_on=False,
            )  # fmt: skip
            axes.annotate(
                short(known[-1][1]), known[-1], (6, 0), textcoords="offset points", va="center", weight="bold"
            )


def _frame(axes: Axes, chart: Chart) -> None:
    many = -(-len(chart.quarters) // MOST_LABELS)
    # The same quarter of each year, where there are too many to name them all.
    step = many if many == 1 else -(-many // 4) * 4
    shown = range(len(chart.quarters) - 1, -1, -step)
    axes.set_xticks(list(shown), [chart.quarters[place].replace("-", "\n") for place in shown])
    axes.set_xlim(-0.6, len(chart.quarters) + 0.4)
    axes.set_ylabel(chart.unit)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(colors=MUTED, labelcolor=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GRID)
    if len(chart.series) > 1:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, borderaxespad=0.2)


def _svg(figure: Figure, title: str, description: str, key: str) -> str:
    """The figure without prologue, with title and description for readers who hear it."""
    written = io.StringIO()
    FigureCanvasSVG(figure).print_svg(written, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    _, start, rest = written.getvalue().partition("<svg ")
    attributes, end, body = rest.partition(">")
    own = IDENTIFIERS.sub(rf"\g<1>{key}-", f"{attributes}{end}\n\x00{body}")
    named = f'<title id="{key}-title">{escape(title)}</title>\n<desc id="{key}-desc">{escape(description)}</desc>\n'
    return f'{start}role="img" aria-labelledby="{key}-title {key}-desc" {own}'.replace("\x00", named)
