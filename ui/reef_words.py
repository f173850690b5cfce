"""Words, glyphs and colours of reefs: metrics, methods, cover bands, alert levels, bleaching classes."""

from collections.abc import Iterable

from ui import theme

METRIC_WORDS = {
    "hard_coral_pct": "Hard coral",
    "soft_coral_pct": "Soft coral",
    "macroalgae_pct": "Macroalgae",
    "turf_algae_pct": "Turf algae",
    "coralline_algae_pct": "Coralline algae",
    "unidentified_pct": "Not identified",
    "other_cover_pct": "Other",
    "bleached_pct": "Bleached colonies",
    "normal_pct": "Not bleached",
    "pale_pct": "Pale",
    "bleached_20_pct": "1–20 % bleached",
    "bleached_50_pct": "21–50 % bleached",
    "bleached_80_pct": "51–80 % bleached",
    "bleached_100_pct": "81–100 % bleached",
    "recently_dead_pct": "Recently dead",
    "fish_biomass_kgha": "Fish biomass, kg/ha",
    "habitat_complexity_score": "Habitat complexity, 0–5",
}
COVERS = tuple(METRIC_WORDS)[:7]
BLEACHING_CLASSES = tuple(METRIC_WORDS)[8:15]
METHOD_WORDS = {
    "benthicpit": "Point intercept transect",
    "benthiclit": "Line intercept transect",
    "benthicpqt": "Photo quadrat transect",
    "quadrat_benthic_percent": "Bleaching quadrats",
    "colonies_bleached": "Colony counts",
    "beltfish": "Fish belt transect",
    "habitatcomplexity": "Habitat complexity by eye",
    "CoralNet annotations": "Photo points (CoralNet)",
    "CoralNet percent cover": "Percent cover (CoralNet)",
    "photo points (ReefCloud)": "Photo points (ReefCloud)",
}
LABELLED_WORDS = {"human": "People", "machine": "A machine", "both": "People and a machine", "model": "Modelled"}

BAND_LIGHTS = {"low": "down", "middle": "late", "high": "fresh"}
BAND_GLYPHS = {"low": "▼", "middle": "◆", "high": "▲"}
BAND_WORDS = {"low": "below 10 %", "middle": "10 to 30 %", "high": "30 % and more"}

LEVEL_WORDS = ("No stress", "Watch", "Warning", "Alert 1", "Alert 2", "Alert 3", "Alert 4", "Alert 5")
RESOLUTIONS = {
    "exact": "Positions are exact, as the surveys give them.",
    "grid": "Positions are shown to about 1 km, to protect rare corals.",
    "site": "One dot stands for the whole site: where its reefs are is withheld, to protect rare corals.",
}


def metric(name: str) -> str:
    """What a metric measures."""
    return METRIC_WORDS.get(name, name)


def method(name: str) -> str:
    """How it was surveyed; a method that is not known keeps the name that its source gives."""
    return METHOD_WORDS.get(name, name)


def methods(names: Iterable[str]) -> str:
    """Several methods in one line."""
    return ", ".join(method(name) for name in names)


def labelled(name: object) -> str | None:
    """Who gave the labels; None where the source does not say."""
    return LABELLED_WORDS.get(name) if isinstance(name, str) else None


def level(number: int) -> str:
    """A bleaching alert level with its number."""
    return f"{number} {LEVEL_WORDS[number]}" if 0 <= number < len(LEVEL_WORDS) else f"Level {number}"


def band(name: str) -> str:
    """A cover band as glyph and word."""
    return f"{BAND_GLYPHS[name]} {BAND_WORDS[name]}"


def band_colours(mode: str) -> dict[str, str]:
    """The colour of each cover band."""
    return {name: theme.PALETTES[mode].states[light] for name, light in BAND_LIGHTS.items()}


def band_legend(mode: str) -> list[str]:
    """The bands as Markdown, each with its glyph in its colour."""
    colours = band_colours(mode)
    return [theme.dot(colours[name], BAND_WORDS[name], BAND_GLYPHS[name]) for name in BAND_WORDS]
