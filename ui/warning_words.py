"""The words of early warnings and conflicts: states, kinds, durations, and figures beside the published ones."""

import math
from dataclasses import replace
from datetime import timedelta

from data.access import DELAY, FEWEST_SHOWN
from metrics import early_warning
from metrics.result import Result
from ui import results
from ui.text import joined, number

STATES = ("open", "acknowledged", "arrived", "closed")
STATE_WORDS = {"open": "Open", "acknowledged": "Acknowledged", "arrived": "Responders there", "closed": "Closed"}
STATE_GLYPHS = {"open": "●", "acknowledged": "◐", "arrived": "◆", "closed": "○"}
STATE_LIGHTS = {"open": "down", "acknowledged": "late", "arrived": "fresh", "closed": "never"}
PRIORITY_WORDS = {"high": "▲ High", "medium": "■ Medium", "low": "▽ Low"}
KIND_WORDS = {
    "geofence_break": "Crossed a virtual fence",
    "proximity": "Close to a marked place",
    "immobility": "Has stopped moving",
    "low_speed": "Moves very slowly",
}
INCIDENT_WORDS = {
    "crop": "Crops",
    "property": "Property",
    "livestock": "Livestock",
    "injury": "People hurt",
    "death": "People killed",
    "animal_death": "Animals killed",
}
MONTHS_ONLY = (
    "Live warnings and their places are not shown: they would lead people to the animals. You see months that ended at "
    f"least {DELAY.days} days ago, and of each kind only months with at least {FEWEST_SHOWN} warnings. "
    "How long the steps took is true."
)
QUARTERS_ONLY = (
    f"You see quarters that ended at least {DELAY.days} days ago, and of each kind only quarters with at least "
    f"{FEWEST_SHOWN} conflicts, to protect people and animals. As few conflicts are left out, rates before and after "
    "would be wrong, so they are not shown."
)


def delay_sentence(result: Result) -> str:
    """The alert delay beside the published one, in one sentence."""
    return _compared(result, "s", early_warning.BENCHMARK_LATENCY_S, "went out")


def response_sentence(result: Result) -> str:
    """The response time beside the published one, in one sentence."""
    return _compared(result, "min", early_warning.BENCHMARK_RESPONSE_MIN, "had responders on the ground")


def ratio_sentence(ratio: Result) -> str:
    """How often conflicts came after the first warning, compared with before."""
    if ratio.missing:
        return sample(ratio)
    return f"All kinds together came {number(ratio.value, 2)} times as often as before ({sample(ratio, 2)})."


def sample(result: Result, decimals: int = 1) -> str:
    """What a value rests on, where the upper end of its interval may be out of reach."""
    if result.interval and math.isinf(result.interval[1]):
        low = number(result.interval[0], decimals)
        return joined([results.sample(replace(result, interval=None)), f"95 % interval from {low} up"])
    return results.sample(result, decimals)


def unit(result: Result, name: str) -> str:
    """The value with its unit, or a dash."""
    return results.value(result) if result.missing else f"{results.value(result)} {name}"


def share(result: Result) -> str:
    """A share in whole percent, with what it is of."""
    return sample(result) if result.missing else f"{result.value:.0f} % of {result.n:,} {result.of}"


def chip(state: str) -> str:
    """A state as glyph and word."""
    return f"{STATE_GLYPHS[state]} {STATE_WORDS[state]}"


def kind(name: str) -> str:
    """What was warned of, in words; sources name their kinds themselves."""
    words = KIND_WORDS.get(name) or " ".join(name.replace("_", " ").split())
    return words[:1].upper() + words[1:]


def age(lasted: timedelta) -> str:
    """How long something lasted, roughly: 12 min, 5 h, 3 days."""
    minutes = max(lasted.total_seconds() / 60, 0)
    if minutes < 90:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 1440:.0f} days"


def lead(result: Result) -> str:
    """How long before the animal the warning was there, in words."""
    if result.missing:
        return sample(result)
    when = "before the animal" if result.value >= 0 else "after the animal: too late"
    return f"half of them {number(abs(result.value))} min or more {when} (n = {result.n:,})"


def _compared(result: Result, name: str, published: float, what: str) -> str:
    if result.missing:
        return sample(result)
    low, high = result.interval or (-math.inf, math.inf)
    verdict = "shorter" if high < published else "longer" if low > published else "no clear difference"
    ours = f"Half of the warnings {what} within {unit(result, name)}"
    return f"{ours}; published: {published:g} {name} on average ({verdict})."
