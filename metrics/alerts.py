"""Figures of early warnings."""

from typing import Any

import pandas as pd


def alert_figures(alerts: pd.DataFrame) -> dict[str, Any]:
    """Summary of early warnings, as plain values for JSON: how many of each kind, and how many without a place.

    Takes `kind`, `latitude` and `longitude` of each alert. `by_kind` is sorted by name; an alert that lacks either
    coordinate has no place.

    >>> alert_figures(pd.DataFrame({"kind": ["immobility"], "latitude": [None], "longitude": [None]}))
    {'by_kind': {'immobility': 1}, 'without_place': 1}
    """
    counts = alerts["kind"].value_counts()
    return {
        "by_kind": {str(kind): int(counts[kind]) for kind in sorted(counts.index)},
        "without_place": int(alerts[["latitude", "longitude"]].isna().any(axis="columns").sum()),
    }
