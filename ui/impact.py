"""What the page Impact shares among its parts: choices in the address, time slider, and its report as a file."""

from collections.abc import Callable, Sequence

import streamlit as st

from exports.impact import Impact
from exports.impact_document import NO_CAUSE
from exports.impact_figure import Figure
from exports.impact_records import THEMES, Filters
from ui import audited, cached_impact, client, results, tables, url
from ui.cached_impact import Choices
from ui.scope import Scope, current
from ui.text import day

__all__ = ["NO_CAUSE", "Figure", "Filters", "Impact", "choose", "choose_quarter", "how", "report", "report_button"]

MIMES = {"html": "text/html", "pdf": "application/pdf"}
ICONS = {"html": ":material/description:", "pdf": ":material/picture_as_pdf:"}
ALL = ""


def choose(choices: Choices) -> dict[str, str]:
    """The chosen sites: country, theme, pilot and supporter, all together; on a phone all but the first stay folded."""
    options = {
        "country": ("Country", choices.countries),
        "theme": ("Theme", THEMES),
        "pilot": ("Pilot", choices.pilots),
        "supporter": ("Supported by", {name: name for name in choices.supporters}),
    }
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    with row:
        chosen = {"country": _choice("country", *options.pop("country"))}
        if client.width() == "phone":
            with st.popover("More filters", icon=":material/tune:"):
                chosen |= {key: _choice(key, *option) for key, option in options.items()}
        else:
            chosen |= {key: _choice(key, *option) for key, option in options.items()}
    return chosen


def choose_quarter(choices: Choices) -> str:
    """The quarter to whose end figures are told; empty for the newest."""
    quarters = list(choices.quarters)
    chosen = url.one(
        time_slider,
        "Until the end of",
        quarters,
        key="until",
        default=quarters[-1],
        format_func=lambda quarter: f"{quarter} ({day(choices.quarters[quarter])})",
        help="Move it to see what had been reached by then.",
    )
    return "" if chosen == quarters[-1] else chosen


def time_slider(label: str, options: Sequence[str], *, default: str | None, required: bool, key: str, **shown) -> str:
    """A slider over quarters that `ui.url.one` can keep in the address; one quarter alone needs no slider."""
    if len(options) < 2:
        st.caption(f"{label} {shown['format_func'](options[0])}")
        return options[0]
    return st.select_slider(label, options, value=default, key=key, **shown)


def how(metrics: Sequence[Callable], key: str) -> None:
    """How a figure is computed, one click away."""
    opened = st.expander("How is this computed", key=key, on_change="rerun", icon=":material/function:")
    if opened.open:
        with opened:
            for metric in metrics:
                st.markdown(results.how(metric))


def report_button(place, scope: Scope, filters: Filters, format_name: str) -> None:
    """A button that saves the impact report; it is made when somebody presses it."""
    place.download_button(
        f"Impact report ({format_name.upper()})",
        data=audited.given(
            # Everybody gets the public view; the log keeps who took it.
            current(),
            lambda: report(scope, filters, format_name),
            tables=["impact report"],
            format=format_name,
        ),
        file_name=tables.file_name(f"impact-report.{format_name}", scope.is_demo),
        mime=MIMES[format_name],
        icon=ICONS[format_name],
        on_click="ignore",
        help="Figures, charts, methods and sources of the chosen sites, in the public view, for A4.",
    )


def report(scope: Scope, filters: Filters, format_name: str) -> bytes:
    """The report of what the page shows."""
    # Its charts bring Matplotlib along, which takes more than a second to import.
    from exports import impact_report

    found = impact_report.compose(cached_impact.impact(scope, filters), scope.view, scope.is_demo)
    return impact_report.FORMATS[format_name](found)


def _choice(key: str, label: str, names: dict[str, str]) -> str:
    return url.one(
        st.selectbox,
        label,
        [ALL, *names],
        key=key,
        default=ALL,
        format_func=lambda value: names.get(value, value) if value else "All",
        width=210,
    )
