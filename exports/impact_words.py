"""The words of the page Impact and of its report: numbers, days, samples and what interval says; plain text."""

import inspect
from collections.abc import Callable, Sequence
from datetime import date, datetime

from metrics.result import Result

DASH = "–"
WHOLE_FROM = 1_000


def number(value: float, decimals: int = 0) -> str:
    """A number with grouped thousands."""
    return f"{value:,.{decimals}f}"


def short(value: float) -> str:
    """A number as briefly as it can be told: a decimal only where it is not whole and small."""
    return number(value, 0 if value == round(value) or abs(value) >= WHOLE_FROM else 1)


def count(value: float, one: str, many: str = "") -> str:
    """A counted noun: 1 site, 320 sites."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def day(value: date) -> str:
    """A calendar day, such as 22 Nov 2026."""
    return f"{value.day} {value:%b %Y}"


def capital(words: str) -> str:
    """A reason as a sentence."""
    return f"{words[:1].upper()}{words[1:]}."


def limits(result: Result, decimals: int = 1, sign: str = "") -> str:
    """The 95 % interval in words, empty where there is none."""
    if result.interval is None:
        return ""
    low, high = (f"{edge:{sign},.{decimals}f}" for edge in result.interval)
    return f"95 % interval {low} to {high}"


def sample(
    results: Sequence[Result], since: date | None, until: date, down: Sequence[str], is_by_month: bool = False
) -> str:
    """What a figure rests on: n, period, newest record, and the sources that failed at their last pull.

    Of what the public knows by month (`is_by_month`) the newest month is told.
    """
    told = list(dict.fromkeys(f"n = {_counted(one)}" for one in results if one.n))
    told = told or ["nothing measured"]
    told.append(f"{day(since)} to {day(until)}" if since and since <= until else f"until {day(until)}")
    newest = [_as_day(one.newest) for one in results if one.newest is not None]
    if newest:
        told.append(f"newest month {max(newest):%b %Y}" if is_by_month else f"newest record {day(max(newest))}")
    told.append(f"sources down: {', '.join(down)}" if down else "no source down")
    return " · ".join(told)


def methods(metrics: Sequence[Callable]) -> tuple[tuple[str, str], ...]:
    """How figures are computed: the name of each metric, and its documentation."""
    return tuple((f"{one.__module__}.{one.__name__}", inspect.getdoc(one) or "") for one in metrics)


def _counted(result: Result) -> str:
    """The size of a sample with what it counts, in the singular where it is one: 1 site with tags."""
    noun, *rest = result.of.split(" ")
    return " ".join([number(result.n), noun.removesuffix("s") if result.n == 1 else noun, *rest])


def _as_day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
