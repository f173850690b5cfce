"""The charts of an evidence pack as SVG: criteria by role, and how many were met over time.

Words stay text, so that a reader can search, copy and hear them; each state and role has a sign besides its colour.
"""

import io
import threading
from collections.abc import Sequence
from xml.sax.saxutils import escape

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from data.standards import Standard
from exports.csv_cells import DEMO_LINE, one_line
from exports.evidence_tables import ROLE_WORDS, STATE_WORDS, day, roles_in

STATE_GLYPHS = {"met": "●", "not_met": "○", "unknown": "–"}
# Fill, ink and line of a cell: dark, light and empty, so that they stay apart in grey print too.
STATE_STYLES = {
    "met": ("#01665E", "#FFFFFF", "-"),
    "not_met": ("#F6C79A", "#3B1A00", "-"),
    "unknown": ("#FFFFFF", "#51645E", (0, (3, 2))),
}
# Colour, marker with its size, and line of a role: points that meet show as one in the other.
ROLE_STYLES = {
    "self": ("#00594A", "o", 12, "-"),
    "expert_group": ("#B35A1F", "s", 7.5, (0, (5, 2))),
    "reviewer": ("#8A1C66", "^", 4, (0, (1, 1.5))),
}
INK, MUTED, GRID = "#08130F", "#51645E", "#C5D0CB"
WIDTH, MARGIN, TOP = 8.27, 0.35, 1.55
ROW, LABELS, FOOT = 0.3, 4.3, 0.6
HISTORY_HEIGHT = 4.6
POINTS_PER_INCH = 72
LONGEST_HEADING = 85
STYLE = {"svg.fonttype": "none", "svg.hashsalt": "evidence pack", "font.family": "sans-serif", "font.size": 8.5}
# Matplotlib has one set of options for all threads of a process.
OPTIONS = threading.Lock()


def criteria_chart(standard: Standard, states: pd.DataFrame, heading: tuple[str, str], is_demo: bool) -> bytes:
    """Criteria by role as cells with sign and word, by component; `heading` is the site, and of what."""
    roles = roles_in(states)
    cells = {(row["criterion"], row["role"]): row for row in states.to_dict("records")}
    height = TOP + ROW * (len(standard.criteria) + 1.3 * len(standard.components)) + FOOT
    told = [
        f"{number} {criterion.title}: "
        + (", ".join(f"{ROLE_WORDS[role]} {_state(cells, number, role)[1]}" for role in roles) or "nobody has rated")
        for number, criterion in standard.criteria.items()
    ]
    with OPTIONS, mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, height), facecolor="white")
        axes = _page(figure, height)
        _titles(axes, "Criteria as each role sees them", is_demo)
        _cells(axes, standard, roles, cells)
        _legend(axes, height - FOOT + 0.3)
        return _svg(figure, "Criteria as each role sees them", told, heading, is_demo)


def history_chart(history: pd.DataFrame, criteria: int, heading: tuple[str, str], is_demo: bool) -> bytes:
    """Criteria met over time, a line per role; takes `assessed_on`, `role` and `met`, and how many criteria there are.

    An assessment of no known day, or of which nothing is known, has no point.
    """
    points = history.assign(assessed_on=pd.to_datetime(history["assessed_on"])).dropna(subset=["assessed_on", "met"])
    points = points.sort_values(["assessed_on", "role", "met"])
    told = [
        f"{ROLE_WORDS[row['role']]}, {day(row['assessed_on'])}: {int(row['met'])} of {criteria}"
        for row in points.to_dict("records")
    ] or ["No assessment of a known day is here."]
    title = f"Criteria met over time, of {criteria}"
    with OPTIONS, mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, HISTORY_HEIGHT), facecolor="white")
        page = _page(figure, HISTORY_HEIGHT)
        _titles(page, title, is_demo)
        if points.empty:
            _write(page, MARGIN, TOP + 0.3, told[0], color=MUTED)
        else:
            box = (0.09, 0.12, 0.86, 1 - (TOP + 0.2) / HISTORY_HEIGHT - 0.12)
            _lines(figure.add_axes(box), points, criteria)
        return _svg(figure, title, told, heading, is_demo)


def _page(figure: Figure, height: float) -> Axes:
    """Axes over the whole page, in inches from its upper left corner."""
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(height, 0))
    axes.set_axis_off()
    return axes


def _write(axes: Axes, x: float, y: float, words: str, **style: object) -> None:
    axes.text(x, y, words, **{"va": "center", "color": INK, "parse_math": False, **style})


def _titles(axes: Axes, title: str, is_demo: bool) -> None:
    """The title, below the place of the heading, and the mark of invented data."""
    _write(axes, MARGIN, 1.05, title, size=11, weight="bold")
    if is_demo:
        _write(axes, WIDTH - MARGIN, 1.05, DEMO_LINE, ha="right", weight="bold")


def _cells(axes: Axes, standard: Standard, roles: Sequence[str], cells: dict) -> None:
    width = (WIDTH - 2 * MARGIN - LABELS) / max(len(roles), 1)
    for column, role in enumerate(roles):
        _write(axes, MARGIN + LABELS + (column + 0.5) * width, TOP - 0.15, ROLE_WORDS[role], ha="center", weight="bold")
    if not roles:
        _write(axes, MARGIN + LABELS, TOP - 0.15, "Nobody has rated", color=MUTED)
    y = TOP
    for component in standard.components.values():
        _write(axes, MARGIN, y + 0.65 * ROW, f"{component.number} {component.title}", weight="bold", color=MUTED)
        y += 1.3 * ROW
        for criterion in standard.criteria.values():
            if criterion.component != component.number:
                continue
            _write(axes, MARGIN, y + ROW / 2, f"{criterion.number} {criterion.title}")
            for column, role in enumerate(roles):
                state, words = _state(cells, criterion.number, role)
                _cell(axes, MARGIN + LABELS + column * width, y, width, state, f"{STATE_GLYPHS[state]} {words}")
            y += ROW


def _state(cells: dict, criterion: str, role: str) -> tuple[str, str]:
    """The state of a criterion, and its words with the indicators met out of those that apply."""
    row = cells.get((criterion, role), {"state": "unknown", "applicable": 0})
    counts = f" {row['met']}/{row['applicable']}" if row["applicable"] else ""
    return row["state"], STATE_WORDS[row["state"]] + counts


def _cell(axes: Axes, x: float, y: float, width: float, state: str, words: str) -> None:
    fill, ink, line = STATE_STYLES[state]
    gap = 0.025
    box = Rectangle((x + gap, y + gap), width - 2 * gap, ROW - 2 * gap, facecolor=fill, edgecolor=MUTED, linewidth=0.6)
    box.set_linestyle(line)
    axes.add_patch(box)
    _write(axes, x + width / 2, y + ROW / 2, words, ha="center", color=ink, size=8)


def _legend(axes: Axes, y: float) -> None:
    for place, (state, words) in enumerate(STATE_WORDS.items()):
        _cell(axes, MARGIN + place * 1.05, y - ROW / 2, 1.0, state, f"{STATE_GLYPHS[state]} {words}")
    counts = "3/5: indicators met, of those that apply. Not rated is not known."
    _write(axes, MARGIN + 3.3, y, counts, color=MUTED, size=8)


def _lines(axes: Axes, points: pd.DataFrame, criteria: int) -> None:
    newest = set()
    for role in roles_in(points):
        colour, marker, size, line = ROLE_STYLES[role]
        own = points[points["role"].eq(role)]
        days, met = list(own["assessed_on"].dt.to_pydatetime()), list(own["met"].astype(int))
        axes.plot(
            days, met, label=ROLE_WORDS[role], color=colour, marker=marker, linestyle=line, markersize=size,
            markerfacecolor="none", markeredgewidth=1.5, clip_on=False,
        )  # fmt: skip
        newest.add((days[-1], met[-1]))
    for place in sorted(newest):
        axes.annotate(str(place[1]), place, (11, 0), textcoords="offset points", va="center", weight="bold")
    axes.set(ylim=(0, criteria), ylabel="Criteria met")
    axes.set_yticks([*range(0, criteria - 1, 5), criteria])
    axes.margins(x=0.06)
    locator = AutoDateLocator(minticks=2, maxticks=8)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.01), ncols=3, frameon=False, borderaxespad=0)


def _svg(figure: Figure, title: str, told: Sequence[str], heading: tuple[str, str], is_demo: bool) -> bytes:
    """The figure with title and description for readers who hear it, and the heading above.

    The heading has words from outside: matplotlib would warn of each letter that its own font lacks.
    """
    lines = [one_line(line) for line in heading]
    written = io.StringIO()
    FigureCanvasSVG(figure).print_svg(written, metadata={"Date": None, "Creator": None})
    places = zip(lines, (0.4, 0.68), (13, 9.5), strict=True)
    shown = "".join(
        f'<text x="{MARGIN * POINTS_PER_INCH:g}" y="{y * POINTS_PER_INCH:g}" fill="{INK}" font-size="{size}"'
        f' font-family="sans-serif">{escape(_cut(line))}</text>\n'
        for line, y, size in places
    )
    name = f"{f'{DEMO_LINE} ' if is_demo else ''}{title}: {'; '.join(lines)}"
    named = f"<title>{escape(name)}</title>\n<desc>{escape('; '.join(told))}</desc>\n"
    head, start, rest = written.getvalue().partition("<svg ")
    attributes, end, body = rest.partition(">")
    body, close, tail = body.rpartition("</svg>")
    return f'{head}{start}role="img" {attributes}{end}\n{named}{body}{shown}{close}{tail}'.encode()


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_HEADING else f"{line[: LONGEST_HEADING - 1]}…"
