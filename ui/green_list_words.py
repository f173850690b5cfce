"""Words, glyphs and colours of assessments: roles, ratings, states of criteria, deadlines."""

from exports import evidence_tables
from metrics import readiness
from ui import theme

ROLES = readiness.ROLES
ROLE_WORDS = evidence_tables.ROLE_WORDS
STATES = readiness.CRITERION_STATES
STATE_WORDS = evidence_tables.STATE_WORDS
STATE_GLYPHS = {"met": "●", "not_met": "○", "unknown": "–"}
STATE_CHIPS = {"met": "#0B6B3A", "not_met": "#B3541E", "unknown": "#5F6E69"}
# Background and ink of a square, by mode.
STATE_COLOURS = {
    "light": {"met": ("#01665E", "#FFFFFF"), "not_met": ("#B3541E", "#FFFFFF"), "unknown": ("#E2E8E5", "#51645E")},
    "dark": {"met": ("#4FB9A6", "#0D1718"), "not_met": ("#D9713B", "#0D1718"), "unknown": ("#26393A", "#A3B5AF")},
}
RATING_GLYPHS = {"met": "●", "partly": "◐", "not_met": "○", "not_applicable": "∅"}
RATING_WORDS = {name: f"{glyph} {evidence_tables.RATING_WORDS[name]}" for name, glyph in RATING_GLYPHS.items()}
NOT_RATED = "–"
DEADLINE_WORDS = {"comply": "Comply with the Standard", "renewal": "Renewal", "midterm_review": "Mid-term review"}
DUE_WORDS = {"overdue": "Overdue", "due_soon": "Within a year", "current": "Later", "passed": "Day has passed"}
DUE_LIGHTS = {"overdue": "down", "due_soon": "late", "current": "fresh", "passed": "never"}


def rating(name: object) -> str:
    """A rating with its glyph; a dash where nobody rated."""
    return RATING_WORDS.get(name, NOT_RATED) if isinstance(name, str) else NOT_RATED


def state(name: str) -> str:
    """The state of a criterion with its glyph."""
    return f"{STATE_GLYPHS[name]} {STATE_WORDS[name]}"


def legend(mode: str) -> str:
    """The states of criteria in their colours, as Markdown."""
    parts = []
    for name in STATES:
        back, ink = STATE_COLOURS[mode][name]
        parts.append(f':color[{STATE_GLYPHS[name]}]{{foreground="{ink}" background="{back}"}} {STATE_WORDS[name]}')
    return " &nbsp; ".join(parts)


def due(name: str) -> str:
    """How pressing a deadline is, with a glyph."""
    return f"{theme.STATE_GLYPHS[DUE_LIGHTS[name]]} {DUE_WORDS[name]}"


def short(indicator_id: str) -> str:
    """The number of an indicator without the name of its standard, such as 3.4.2."""
    return indicator_id.rsplit("-", 1)[-1]
