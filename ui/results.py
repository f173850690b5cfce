"""Shows a figure with its sample: value, unit, n and interval, or a dash with the reason, and how it is computed."""

import inspect
from collections.abc import Callable
from datetime import datetime
from typing import Any

import streamlit as st

from metrics.result import Result
from ui.text import DASH, day, joined, moment, number

SMALL = 1_000


def how(metric: Callable) -> str:
    """How a figure is computed: the documentation of its metric, as Markdown."""
    return inspect.getdoc(metric) or ""


def value(result: Result, decimals: int | None = None) -> str:
    """The value in words; a dash where there is none, never a zero. Small numbers that are not whole get a decimal."""
    if result.value is None:
        return DASH
    if decimals is None:
        decimals = 0 if result.value == round(result.value) or result.value >= SMALL else 1
    return number(result.value, decimals)


def share(result: Result) -> str:
    """A part of a whole, such as 5 of 8; a dash where there is no whole."""
    return DASH if result.value is None else f"{result.value:,.0f} of {result.n:,}"


def sample(result: Result, decimals: int = 1) -> str:
    """What the value rests on, or why it is missing."""
    if result.missing:
        return _sentence(result.missing)
    parts = [f"n = {result.n:,} {result.of}"]
    if result.interval:
        low, high = (number(edge, decimals) for edge in result.interval)
        # A dash before a negative number would read as its sign.
        between = DASH if result.interval[0] >= 0 else " to "
        parts.append(f"95 % interval {low}{between}{high}")
    if result.machine_share:
        parts.append(f"{result.machine_share:.0%} labelled by a machine only".replace("%", " %"))
    if result.newest is not None:
        parts.append(f"newest {moment(result.newest) if isinstance(result.newest, datetime) else day(result.newest)}")
    return joined(parts)


def compared(change: Result) -> dict[str, str]:
    """What a card shows of a change in percent, such as +8.4 %; nothing where there is nothing to compare with.

    More detections are neither good nor bad, so the change has no colour.
    """
    if change.value is None:
        return {}
    return {"delta": f"{change.value:+.1f} %", "delta_description": "vs before", "delta_color": "off"}


def figure(label: str, shown: str, note: str, metric: Callable | None = None, **metric_options: Any) -> None:
    """A card with one key figure, the line that says what it rests on, and a help that says how it is computed."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.metric(label, shown, help=how(metric) if metric else None, **metric_options)
        st.caption(note)


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."
