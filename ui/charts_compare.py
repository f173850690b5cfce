"""The chart of the page Compare: one strip per figure, with the peers, their middle and the site on it."""

from html import escape

import pandas as pd
import plotly.graph_objects as go

from metrics.peers import Standing
from ui import plot, theme
from ui.compare import Comparison
from ui.compare_figures import Figure
from ui.compare_words import amount, interval, value
from ui.text import is_missing

STRIP_PX, LABEL_PX, AXIS_PX = 92, 24, 30
STEPS_ACROSS = 300
MOST_NAMED, LONGEST_NAME = 3, 40
MARGIN, REACH = 0.04, 0.5
TICK_PX, TALLEST_PX = 18, 34
SITE_GLYPH, PEER_GLYPH, MEDIAN_GLYPH, MIDDLE_GLYPH = "◆", "│", "┃", "▒"


def strips(found: Comparison, figures: tuple[Figure, ...], mode: str) -> go.Figure:
    """Each of the figures on an axis of its own: a tick per peer, their median and middle half, the site's interval."""
    palette = theme.PALETTES[mode]
    layout = plot.layout(palette, STRIP_PX * len(figures))
    layout |= {"shapes": [], "annotations": [], "hovermode": "closest", "margin": {"l": 8, "r": 8, "t": 0, "b": 0}}
    traces = []
    for place, figure in enumerate(figures):
        axis = str(place + 1) if place else ""
        own, peers = found.own(figure.name), found.of_peers(figure.name)
        span = _span(own, peers["value"])
        layout |= _axes(place, len(figures), axis, span, palette)
        layout["shapes"] += _middle(found.standings[figure.name], axis, palette)
        layout["annotations"].append(_label(figure, 1 - place / len(figures), palette))
        traces.append(_ticks(figure, peers, span, axis, palette))
        if own is not None:
            traces.append(_site(found, figure, own, span, axis, palette))
    return plot.figure(traces, layout)


def legend(mode: str) -> str:
    """What the marks on a strip mean, as Markdown."""
    palette = theme.PALETTES[mode]
    marks = [
        (palette.accent, SITE_GLYPH, "this site, with its interval"),
        (palette.muted, PEER_GLYPH, "peers, taller where several have the same"),
        (palette.text, MEDIAN_GLYPH, "their median"),
        (palette.accent_soft, MIDDLE_GLYPH, "the middle half of them"),
    ]
    return " &nbsp; ".join(theme.dot(colour, words, glyph) for colour, glyph, words in marks)


def alt(found: Comparison, figures: tuple[Figure, ...]) -> str:
    """What the strips show, for those who do not see them."""
    told = []
    for figure in figures:
        own, standing = found.own(figure.name), found.standings[figure.name]
        mine = "without this site" if own is None else f"this site {value(figure, own['value'])}"
        told.append(f"{figure.label}: {mine}, median of {standing.measuring} peers {value(figure, standing.median)}")
    return f"Strips of peers and this site. {'; '.join(told)}"


def _axes(place: int, strips: int, axis: str, span: tuple[float, float], palette: theme.Palette) -> dict:
    top, bottom = 1 - (place + LABEL_PX / STRIP_PX) / strips, 1 - (place + 1 - AXIS_PX / STRIP_PX) / strips
    return {
        f"xaxis{axis}": plot.axis(palette, range=span, anchor=f"y{axis}", nticks=6, automargin=False),
        f"yaxis{axis}": {"domain": [bottom, top], "range": [-1, 1], "visible": False, "anchor": f"x{axis}"},
    }


def _span(own: dict | None, peers: pd.Series) -> tuple[float, float]:
    """The ends of an axis: those of all values, and of the site's interval as far as it does not squeeze the rest."""
    values = [*peers, *([] if own is None else [own["value"]])]
    low, high = float(min(values)), float(max(values))
    reach = REACH * (high - low) or 1.0
    if own is not None:
        ends = [end for end in (own["low"], own["high"]) if not is_missing(end)]
        low, high = (max(min([low, *ends]), low - reach), min(max([high, *ends]), high + reach))
    room = MARGIN * (high - low) or 1.0
    return low - room, high + room


def _middle(standing: Standing, axis: str, palette: theme.Palette) -> list[dict]:
    """The band of the middle half of the peers and the line of their median."""
    place = {"xref": f"x{axis}", "yref": f"y{axis}", "layer": "below"}
    band = {"x0": standing.lower_quartile, "x1": standing.upper_quartile, "y0": -0.8, "y1": 0.8}
    return [
        {"type": "rect", **place, **band, "fillcolor": plot.clear(palette.accent_soft, 0.35), "line": {"width": 0}},
        {
            "type": "line", **place, "x0": standing.median, "x1": standing.median, "y0": -1, "y1": 1,
            "line": {"color": palette.text, "width": 2},
        },
    ]  # fmt: skip


def _label(figure: Figure, top: float, palette: theme.Palette) -> dict:
    return {
        "text": f"{figure.label}, {figure.unit}", "xref": "paper", "yref": "paper", "x": 0, "y": top,
        "xanchor": "left", "yanchor": "top", "showarrow": False, "font": {"color": palette.text, "size": 12.5},
    }  # fmt: skip


def _ticks(figure: Figure, peers: pd.DataFrame, span: tuple[float, float], axis: str, palette: theme.Palette) -> dict:
    """A tick for each place on the axis at which peers are, taller where there are more, with their names."""
    step = (span[1] - span[0]) / STEPS_ACROSS
    groups = peers.sort_values(["value", "site_name"]).groupby((peers["value"] / step).round())
    told = [_named(list(own["site_name"])) for _, own in groups]
    heights = [min(TALLEST_PX, TICK_PX + 2 * (len(own) - 1)) for _, own in groups]
    shown = [amount(figure, float(own["value"].mean())) for _, own in groups]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [round(float(own["value"].mean()), 3) for _, own in groups],
        "y": [0] * len(told),
        "xaxis": f"x{axis}",
        "yaxis": f"y{axis}",
        "text": [f"{told_as}: {names}" for told_as, names in zip(shown, told, strict=True)],
        "marker": {"symbol": "line-ns", "size": heights, "line": {"width": 1.6, "color": palette.muted}},
        "hovertemplate": "%{text}<extra></extra>",
    }


def _site(
    found: Comparison, figure: Figure, own: dict, span: tuple[float, float], axis: str, palette: theme.Palette
) -> dict:
    """The site with its interval, cut where the axis ends."""
    place = round(own["value"], 3)
    low, high = (place if is_missing(own[end]) else min(max(own[end], span[0]), span[1]) for end in ("low", "high"))
    told = f"{amount(figure, place)}: {_named([found.site['site_name']])}"
    limits = interval(figure, own)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [place],
        "y": [0],
        "xaxis": f"x{axis}",
        "yaxis": f"y{axis}",
        "text": [f"{told}<br>{limits}" if limits else told],
        "marker": {
            "symbol": "diamond", "size": 13, "color": palette.accent, "line": {"width": 1, "color": palette.page},
        },
        "error_x": {
            "type": "data", "symmetric": False, "array": [high - place], "arrayminus": [place - low],
            "color": palette.accent, "thickness": 2.5, "width": 5,
        },
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip


def _named(names: list[str]) -> str:
    """The first names of a few sites as Plotly text, and how many more there are; names come from outside."""
    cut = [name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…" for name in names[:MOST_NAMED]]
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return ", ".join(escape(name, quote=False) for name in cut) + more
