"""An invented impact, as the page hands it to the report: six figures, a comparison, and names that mean harm."""

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pandas as pd

from exports.impact import Impact
from exports.impact_before_after import Comparison
from exports.impact_figure import Chart, Figure, Span
from exports.impact_records import Filters
from exports.impact_report import Report, compose
from metrics import impact as metrics
from metrics.impact_conflicts import conflict_change
from metrics.result import Result, nothing

HOSTILE = '<script>alert(1)</script> #import "x" $ \\ *bold* [x](javascript:alert(1)) @@ & \u202e'
QUARTERS = {"2025-Q3": date(2025, 9, 30), "2025-Q4": date(2025, 12, 31), "2026-Q1": date(2026, 3, 31)}
SPAN = Span(QUARTERS, date(2026, 3, 31))
VIEW = SimpleNamespace(version=12, committed_at=datetime(2026, 3, 31, 8, 30, 15, 123456, tzinfo=UTC))
KEYS = ("sites", "area", "warned", "animals", "reef", "advanced")


def figure(key: str, **changes: object) -> Figure:
    values = (None, 1.0, 2.5)
    whole = Figure(
        key,
        f"Title of {key}",
        f"{1_000 + KEYS.index(key):,} things",
        f"By 31 Mar 2026, this was reached by {key}.",
        f"Caveat of {key}.",
        (("value", Result(2.5, "things", 3, "sites")),),
        Chart(
            "bars" if key == "area" else "lines", f"Chart of {key}", "Things", tuple(QUARTERS), (("Things", values),)
        ),
        f"n = 3 sites of {key}",
        (metrics.sites_known,),
    )
    return replace(whole, **changes)


def comparison() -> Comparison:
    table = pd.DataFrame({"Period": ["Before", "After"], "Conflicts": ["12", "7"]})
    ratio = nothing("times the rate before", "conflicts", "nothing was recorded")
    return Comparison("conflicts", "Conflicts", "Fewer than before.", ratio, table, "n = 19", (conflict_change,))


def places() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "site_id": ["1", "2", "3"],
            "site_name": [HOSTILE, "Valley", "Bay"],
            "country": ["Kenya", HOSTILE, "Peru"],
            "latitude": [1.0, -20.5, None],
            "longitude": [36.5, 57.5, None],
            "position_kind": ["registry", "country", "none"],
            "state": ["field", "assessed", "unknown"],
        }
    )


def sources() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source": [HOSTILE, "registry"],
            "title": ["Camera traps", "Registry"],
            "licence": ["CC-BY-4.0", None],
            "outcome": ["unavailable", "stored"],
            "newest_record_on": [date(2026, 3, 1), None],
            "last_success_at": pd.to_datetime(["2026-03-02T05:00:00Z", None], utc=True),
        }
    )


def impact(**changes: object) -> Impact:
    whole = Impact(
        filters=Filters(country="KEN", supporter=HOSTILE, until="2026-Q1"),
        words=("Country: Kenya", f"Supported by: {HOSTILE}"),
        span=SPAN,
        places=places(),
        figures=tuple(figure(key) for key in KEYS),
        comparisons=(comparison(),),
        sources=sources(),
    )
    return replace(whole, **changes)


def report(is_demo: bool = True, **changes: object) -> Report:
    return compose(impact(**changes), VIEW, is_demo)
