"""The summary of early warnings: every alert counts once, and none vanishes because it has no place."""

import json

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from metrics.alerts import alert_figures

DEGREES = st.none() | st.floats(-90, 90)
ALERTS = st.lists(st.tuples(st.sampled_from(["proximity", "immobility", "geofence_break"]), DEGREES, DEGREES))


def frame(rows: list[tuple[str, float | None, float | None]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["kind", "latitude", "longitude"])


def test_kinds_are_counted_in_the_order_of_their_names() -> None:
    rows = [("proximity", 0.5, 1.0), ("immobility", None, None), ("proximity", None, 3.0), ("geofence_break", 0.0, 0.0)]
    figures = alert_figures(frame(rows))
    assert list(figures["by_kind"].items()) == [("geofence_break", 1), ("immobility", 1), ("proximity", 2)]
    assert figures["without_place"] == 2


def test_no_alert_at_all_has_no_kind() -> None:
    assert alert_figures(frame([])) == {"by_kind": {}, "without_place": 0}


@given(ALERTS)
def test_every_alert_counts_once_with_or_without_a_place(rows: list[tuple[str, float | None, float | None]]) -> None:
    figures = alert_figures(frame(rows))
    assert sum(figures["by_kind"].values()) == len(rows)
    assert figures["without_place"] == sum(None in (latitude, longitude) for _, latitude, longitude in rows)


@given(ALERTS)
def test_the_figures_are_plain_json(rows: list[tuple[str, float | None, float | None]]) -> None:
    figures = alert_figures(frame(rows))
    assert json.loads(json.dumps(figures)) == figures
