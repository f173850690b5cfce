"""What the ledger's check found, as a badge on the pages about assessments; each one leads to the check itself."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from ui import cached_ledger, navigation
from ui import ledger_words as words
from ui.scope import Scope


def header(place, scope: Scope, assessment_id: str) -> None:
    """The outcome of one assessment, in the header's actions; nothing where it was never signed."""
    outcome = cached_ledger.outcomes(scope).get(assessment_id)
    if outcome is not None:
        navigation.check_link(assessment_id, f"Ledger: {words.coloured(outcome)}", words.OUTCOME_ICONS[outcome], place)


def glyphs(outcomes: Mapping[str, str]) -> dict[str, str]:
    """The sign of each assessment's outcome, as the legend explains it."""
    return {assessment_id: words.OUTCOME_GLYPHS[outcome] for assessment_id, outcome in outcomes.items()}


def legend(sites: pd.DataFrame, outcomes: Mapping[str, str]) -> None:
    """How many of these sites have which outcome, each a link to the assessments that have it."""
    counts = sites["assessment_id"].map(outcomes).value_counts()
    if counts.empty:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("On the ledger:", width="content")
        for outcome in words.OUTCOMES:
            if outcome in counts:
                navigation.outcome_link(
                    outcome, f"{words.chip(outcome)} {counts[outcome]:,}", words.OUTCOME_ICONS[outcome]
                )
