"""What the reader's window looks like: light or dark, and how wide.

Streamlit restyles the page when the theme changes, but does not run the script again; a small component reports it,
so that maps and charts, whose colours are chosen in Python, follow.
"""

import streamlit as st

KEY = "client_window"
MODES = ("light", "dark")
WIDTHS = ("phone", "mid", "wide", "xl")

_JAVASCRIPT = """
export default function (component) {
  const { data, parentElement, setStateValue } = component
  const host = parentElement.host || parentElement
  const colour = getComputedStyle(host).getPropertyValue("--st-background-color").trim()
  const rgb = colour.match(/^#(..)(..)(..)/)
  const [red, green, blue] = rgb ? rgb.slice(1).map((pair) => parseInt(pair, 16)) : [255, 255, 255]
  const mode = red * 0.299 + green * 0.587 + blue * 0.114 < 128 ? "dark" : "light"
  const report = () => {
    const pixels = window.innerWidth
    const width = pixels < 640 ? "phone" : pixels < 1200 ? "mid" : pixels < 1800 ? "wide" : "xl"
    const seen = mode + "-" + width
    if (seen !== data.seen) setStateValue("seen", seen)
  }
  report()
}
"""


def watch() -> None:
    """Report theme and width of the window; the script runs again when either changes."""
    component = st.components.v2.component("client_window", js=_JAVASCRIPT)
    component(key=KEY, data={"seen": f"{mode()}-{width()}"}, on_seen_change=lambda: None, height=1)


def mode() -> str:
    """`light` or `dark`."""
    return _reported(0, MODES) or ("dark" if st.context.theme.type == "dark" else "light")


def width() -> str:
    """`phone` (below 640 px), `mid` (below 1200), `wide` (below 1800) or `xl`."""
    guess = "phone" if "Mobi" in (st.context.headers.get("User-Agent") or "") else "wide"
    return _reported(1, WIDTHS) or guess


def is_narrow() -> bool:
    """Whether cards stand below one another instead of side by side."""
    return width() in ("phone", "mid")


def _reported(part: int, allowed: tuple[str, ...]) -> str | None:
    seen = st.session_state.get(KEY, {}).get("seen") or ""
    word = [*seen.split("-"), "", ""][part]
    return word if word in allowed else None
