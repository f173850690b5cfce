"""Colours and words of categories, for what Python draws itself; the rest is in .streamlit/config.toml.

Contrast is at least 3:1 on land, ocean and page, and neighbouring colours stay apart for colour-blind readers.
"""

from dataclasses import dataclass

PHASES = ("not_started", "application", "candidate", "green_list")
PHASE_WORDS = {
    "not_started": "Not started",
    "application": "Application",
    "candidate": "Candidate",
    "green_list": "Green List",
}
PHASE_BADGES = {"not_started": "gray", "application": "orange", "candidate": "blue", "green_list": "green"}
PHASE_CHIPS = {"not_started": "#5F6E69", "application": "#9A5B00", "candidate": "#2A78B5", "green_list": "#0B6B3A"}

STATES = ("fresh", "late", "stale", "down", "never")
STATE_WORDS = {"fresh": "Up to date", "late": "Late", "stale": "Stale", "down": "Down", "never": "No data"}
STATE_GLYPHS = {"fresh": "●", "late": "◐", "stale": "○", "down": "✕", "never": "–"}
STATE_CHIPS = {"fresh": "#0B6B3A", "late": "#9A5B00", "stale": "#8A5A2B", "down": "#B3382C", "never": "#5F6E69"}
STATE_BADGES = {"fresh": "green", "late": "orange", "stale": "orange", "down": "red", "never": "gray"}

# At most six things are told apart by colour; each has a glyph too, and `SYMBOLS` are the same ones in Plotly's words.
CATEGORIES = {
    "light": ("#00594A", "#D9713B", "#3F97D6", "#8A1C66", "#7A6400", "#7A52C7"),
    "dark": ("#6FE3CF", "#EB7426", "#86ABDD", "#B5779A", "#F6D783", "#8B6FE8"),
}
GLYPHS = ("●", "■", "▲", "◆", "▼", "★")
SYMBOLS = ("circle", "square", "triangle-up", "diamond", "triangle-down", "star")


@dataclass(frozen=True)
class Palette:
    """The colours of one mode, as #RRGGBB."""

    phases: dict[str, str]
    states: dict[str, str]
    text: str
    muted: str
    grid: str
    page: str
    accent: str
    accent_soft: str
    warm: str
    sequence: tuple[str, ...]


PALETTES = {
    "light": Palette(
        phases={"not_started": "#7C8B86", "application": "#BD7100", "candidate": "#2A78B5", "green_list": "#0B6B3A"},
        states={"fresh": "#0B6B3A", "late": "#AD6100", "stale": "#8A5A2B", "down": "#B3382C", "never": "#7C8B86"},
        text="#08130F",
        muted="#51645E",
        grid="#E4EBE7",
        page="#FFFFFF",
        accent="#00695C",
        accent_soft="#8CC6B7",
        warm="#D9713B",
        sequence=("#EAF4F1", "#CFE7E0", "#AFD7CC", "#8CC6B7", "#66B3A1", "#429E8B", "#258876", "#107161", "#00413A"),
    ),
    "dark": Palette(
        phases={"not_started": "#8C9A96", "application": "#F2B233", "candidate": "#2EA3F7", "green_list": "#A6F3C4"},
        states={"fresh": "#A6F3C4", "late": "#F2B233", "stale": "#C99A6B", "down": "#F2897D", "never": "#8C9A96"},
        text="#E8F0ED",
        muted="#A3B5AF",
        grid="#26393A",
        page="#0D1718",
        accent="#5FD6C0",
        accent_soft="#268274",
        warm="#EB7426",
        sequence=("#12302D", "#14423C", "#17574E", "#1C6C61", "#268274", "#3B9989", "#5AB09F", "#80C7B7", "#D9F2EB"),
    ),
}


def rgba(colour: str, alpha: int = 255) -> list[int]:
    """A #RRGGBB colour as deck.gl takes it: red, green, blue, alpha, each 0-255."""
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)] + [alpha]


def state(name: str, count: int) -> str:
    """A state of data in words, with the number of sites in it."""
    return f"{STATE_WORDS[name]} {count:,}"


def dot(colour: str, words: str, glyph: str = "●") -> str:
    """Markdown of a coloured glyph before its words, so that colour never stands alone."""
    return f':color[{glyph}]{{foreground="{colour}"}} {words}'
