"""Draws a check step by step: what was asked, what it means, what was compared, and where it stops."""

import streamlit as st

from ledger.check import Check
from ledger.steps import Step
from ui import ledger_words as words
from ui.text import moment, plain

MOST_SHOWN = 200


def verdict(outcome: str, reason: str, issuer: str | None = None) -> None:
    """What a check found: the outcome in words with its icon, why, and what it means for the reader."""
    with st.container(border=True, gap="xsmall"):
        st.badge(words.OUTCOME_WORDS[outcome], icon=words.OUTCOME_ICONS[outcome], color=words.OUTCOME_BADGES[outcome])
        st.markdown(f"**{plain(reason)}**")
        st.caption(words.OUTCOME_MEANS[outcome])
        if issuer:
            st.caption(f"Signed by {plain(issuer)}.")


def steps(check: Check) -> None:
    """Every step of a check in its order."""
    for place, step in enumerate(check.steps, start=1):
        _step(place, step)
    for note in check.notes:
        st.info(plain(note), icon=":material/info:")


def _step(place: int, step: Step) -> None:
    title = f"{words.STATE_ICONS[step.state]} **{place}. {step.question}** {words.STATE_WORDS[step.state]}"
    if step.state == "not_done" and not step.inputs:
        st.markdown(f"{title}  \n:small[:gray[{plain(step.said)}]]")
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown(title)
        st.markdown(plain(step.said))
        st.caption(f"What this means: {words.STEP_MEANS[step.name]}")
        if step.inputs:
            with st.expander("What was compared", expanded=step.state == "failed", icon=":material/compare:"):
                inputs(step.inputs)


def inputs(pairs: tuple[tuple[str, str], ...]) -> None:
    """Values with their labels, in letters of one width that wrap."""
    for label, value in pairs:
        with st.container(gap="xxsmall"):
            st.caption(plain(label))
            st.code(_cut(value), language=None, wrap_lines=True)


def last_look(reached_at: object) -> str:
    """When the ledger answered last, in words."""
    told = moment(reached_at)
    return f"The ledger answered last on {told}." if told[0].isdigit() else "The ledger has not answered yet."


def _cut(value: str) -> str:
    return value if len(value) <= MOST_SHOWN else f"{value[:MOST_SHOWN]}…"
