"""Invented records and deployments as the queries give them, for the figures of camera traps."""

import pandas as pd

START = pd.Timestamp("2025-03-01", tz="UTC")
MOMENT = "datetime64[us, UTC]"


def records(*rows: tuple[str, str | None, float], **columns) -> pd.DataFrame:
    """Records from (place, taxon, minutes after the start); each place has one deployment of the same name."""
    starts = pd.Series([START + pd.Timedelta(minutes=minute) for _, _, minute in rows], dtype=MOMENT)
    names = pd.array([taxon for _, taxon, _ in rows], "str")
    places = pd.array([place for place, _, _ in rows], "str")
    frame = pd.DataFrame(
        {
            "place": places,
            "deployment": places,
            "started_at": starts,
            "ended_at": starts,
            "utc_offset_min": pd.array([0] * len(rows), "Int64"),
            "scientific_name": names,
            "common_name": names,
            "individual_count": pd.array([pd.NA] * len(rows), "Int64"),
            "is_machine": False,
            "individual": pd.array([None] * len(rows), "str"),
            "has_clock_issue": False,
            "is_generalised": False,
        }
    ).astype({"is_machine": bool, "has_clock_issue": bool, "is_generalised": bool})
    return frame.assign(**columns)


def deployments(*rows: tuple[str, float, float], **columns) -> pd.DataFrame:
    """Deployments from (place, first hour, hours that it lasts)."""
    begin = pd.Series([START + pd.Timedelta(hours=first) for _, first, _ in rows], dtype=MOMENT)
    end = pd.Series([START + pd.Timedelta(hours=first + length) for _, first, length in rows], dtype=MOMENT)
    places = pd.array([place for place, _, _ in rows], "str")
    frame = pd.DataFrame(
        {
            "place": places,
            "place_name": "Place " + pd.Series(places, dtype="str"),
            "deployment": pd.array([str(n) for n in range(len(rows))], "str"),
            "started_at": begin,
            "ended_at": end,
            "trap_nights": (end - begin) / pd.Timedelta(days=1),
            "camera_functioning": pd.array([None] * len(rows), "str"),
        }
    )
    return frame.assign(**columns)
