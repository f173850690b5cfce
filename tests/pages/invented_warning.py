"""Invented answers of the queries behind the page Early warning: warnings and conflicts at the invented sites.

The first site warns since 15 August 2025 and has conflicts before and after; the second has conflicts only.
"""

from datetime import date, timedelta

import pandas as pd

from data.access import seen_position
from tests.pages import invented

SINCE = date(2025, 8, 15)
WARNED, CONFLICTS_ONLY = "990000001", "990000002"
STEPS = ("sent", "acknowledged", "arrived", "animal_arrived", "closed")
MOMENTS = ("detected_at", *(f"{step}_at" for step in STEPS))
HIDDEN_FROM_PUBLIC = {"place_name": None, "animal_name": None, "latitude": float("nan"), "longitude": float("nan")}


def monitored_sites() -> pd.DataFrame:
    """Two sites with cameras; the first has everything else too."""
    sites = invented.sites().head(2)
    return pd.DataFrame(
        {
            "site_id": sites["site_id"],
            "site_name": sites["site_name"],
            "country": sites["country"],
            "cameras": pd.array([12, 8], dtype="Int64"),
            "animals": pd.array([6, pd.NA], dtype="Int64"),
            "animals_few": [False, True],
            "alerts": pd.array([30, pd.NA], dtype="Int64"),
            "has_cameras": True,
            "has_collars": True,
            "has_alerts": [True, False],
            "has_incidents": True,
            **invented.NO_REEFS,
        }
    )


def site_alerts() -> pd.DataFrame:
    """40 warnings, ten days apart and newest first: the newest unanswered, the next ones on their way to closed."""
    names = [str(number) for number in range(40, 0, -1)]
    detected = [pd.Timestamp(invented.NOW) - timedelta(days=10 * back, hours=2 + back % 5) for back in range(40)]
    happened = [() if back == 0 else STEPS[:back] if back < 4 else STEPS for back in range(40)]
    after = {"sent": 0.5, "acknowledged": 3, "arrived": 15, "animal_arrived": 40, "closed": 90}
    frame = pd.DataFrame({"alert": names, "kind": "elephant_near_village", "detected_at": detected})
    for step, minutes in after.items():
        moments = [
            moment + timedelta(minutes=minutes * (1 + back % 7 / 5)) if step in steps else pd.NaT
            for back, (moment, steps) in enumerate(zip(detected, happened, strict=True))
        ]
        frame[f"{step}_at"] = pd.Series(moments, dtype="datetime64[us, UTC]")
    frame.loc[0, "sent_at"] = detected[0] + timedelta(seconds=38)
    return frame.assign(
        detected_at=frame["detected_at"].astype("datetime64[us, UTC]"),
        animal_name=["Asha", None] * 20,
        priority=["high", "medium", "low", None] * 10,
        outcome=[None, None, None, None, *["confirmed", "confirmed", "false", "unverified"] * 9],
        place_name=["Mill village", "@@=alert(1)", invented.HOSTILE, "North fence"] * 10,
        latitude=[-1.23456, -1.25678, None, -1.21234] * 10,
        longitude=[36.98765, 36.95432, None, 36.91234] * 10,
        is_by_month=False,
    )


def by_month(alerts: pd.DataFrame) -> pd.DataFrame:
    """What the public would get of warnings: every time moved with its detection to the first moment of the month."""
    start = alerts["detected_at"].dt.tz_localize(None).dt.to_period("M").dt.start_time.dt.tz_localize("UTC")
    back = alerts["detected_at"] - start
    moved = alerts.assign(**{moment: alerts[moment] - back for moment in MOMENTS})
    return moved.assign(is_by_month=True, **HIDDEN_FROM_PUBLIC)


def site_incidents() -> pd.DataFrame:
    """Conflicts every twelve days for two years, all with crops but for every fifth, in a hostile village."""
    days = [date(2024, 10, 1) + timedelta(days=12 * step) for step in range(60)]
    frame = pd.DataFrame(
        {"happened_on": pd.Series(days, dtype="object"), "kind": ["crop", *["crop"] * 3, "death"] * 12}
    )
    frame = frame.assign(
        scientific_name="Loxodonta africana", common_name="African savanna elephant", village=invented.HOSTILE
    )
    return frame.assign(loss=120.5, loss_unit="EUR").sort_values("happened_on", ascending=False, ignore_index=True)


def seen_alerts(view, viewer, site_id: str, first: date, last: date, today: date) -> pd.DataFrame:
    found = site_alerts()
    days = found["detected_at"].dt.date
    found = found[days.between(first, last) & (site_id == WARNED)]
    if not viewer.sees_species_of(site_id):
        return by_month(found)
    coarse = {axis: seen_position(viewer, site_id, found[axis]) for axis in ("latitude", "longitude")}
    return found.assign(**coarse, animal_name=found["animal_name"] if viewer.sees_all_of(site_id) else None)


def seen_incidents(view, viewer, site_id: str, first: date, last: date, today: date) -> pd.DataFrame:
    found = site_incidents()
    found = found[[first <= day <= last for day in found["happened_on"]]]
    if viewer.sees_species_of(site_id):
        return found
    quarters = [date(day.year, 3 * ((day.month - 1) // 3) + 1, 1) for day in found["happened_on"]]
    return found.assign(happened_on=quarters, village=None, loss=None, loss_unit=None)


def seen_since(view, viewer, site_id: str, today: date) -> date | None:
    first = SINCE if viewer.sees_species_of(site_id) else SINCE.replace(day=1)
    return first if site_id == WARNED else None


def answers() -> dict:
    """The invented answer of each query, with the query's own parameters."""
    return {
        "site_alerts": seen_alerts,
        "site_incidents": seen_incidents,
        "warning_since": seen_since,
    }
