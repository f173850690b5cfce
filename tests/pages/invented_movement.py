"""Invented answers of the queries behind the page Movement: three animals of one site, masked as the queries mask.

Asha walks around one place with an hourly collar, the second has a hostile name and a kinetic collar, the third sent
too little for an area. All end with the invented day.
"""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from data.access import Viewer, seen_position
from tests.pages import invented

SITE_ID = "990000001"
HOURS, FEW_HOURS = 24 * 100, 28
LATITUDE, LONGITUDE = -1.2, 37.0
METRES_PER_DEGREE = 111_195.0
NEWEST_DAY = invented.TODAY


def monitored_sites() -> pd.DataFrame:
    """The site with animals, and one with cameras alone."""
    flags = ("has_cameras", "has_collars", "has_alerts", "has_incidents")
    rows = [
        (SITE_ID, "Aldermere National Park", "Kenya", 12, 3, False, None, True, True, False, False),
        ("990000002", "Brant Bay Reserve", "France", 8, None, False, None, True, False, False, False),
    ]
    names = ["site_id", "site_name", "country", "cameras", "animals", "animals_few", "alerts", *flags]
    frame = pd.DataFrame(rows, columns=names).assign(**invented.NO_REEFS)
    return frame.astype(dict.fromkeys(("cameras", "animals", "alerts"), "Int64"))


def site_animals(viewer: Viewer, site_id: str) -> pd.DataFrame:
    """The animals of the site; names and models for its managers, taxa for anybody."""
    is_full, knows_species = viewer.sees_all_of(site_id), viewer.sees_species_of(site_id)
    names = ["Asha", invented.HOSTILE, "@@=alert(1)"] if is_full else ["Animal 1", "Animal 2", "Animal 3"]
    frame = pd.DataFrame(
        {
            "animal": ["1", "2", "3"],
            "animal_name": names,
            "scientific_name": ["Loxodonta africana", "Loxodonta africana", "Equus quagga"],
            "common_name": ["African elephant", "African elephant", "Plains zebra"],
            "sex": ["female", "male", None] if knows_species else None,
            "is_active": [True, True, False] if knows_species else None,
            "collar_kind": ["scheduled", "kinetic", "scheduled"],
            "model": "Collar X" if is_full else None,
            "fix_interval_h": [1.0, None, 1.0],
            "fitted_at": pd.Series([pd.NaT] * 3, dtype="datetime64[us, UTC]"),
            "removed_at": pd.Series([pd.NaT] * 3, dtype="datetime64[us, UTC]"),
        }
    )
    return frame if site_id == SITE_ID else frame.head(0)


def track(animal: str, hours: int, ends: pd.Timestamp, seed: int) -> pd.DataFrame:
    """Hourly fixes of an animal that wanders around one place, in metres and degrees."""
    steps = np.random.default_rng(seed).normal(0, 400, (hours, 2))
    path = np.zeros((hours, 2))
    for hour in range(1, hours):
        path[hour] = path[hour - 1] * 0.95 + steps[hour]
    path -= path.mean(axis=0)
    fixed_at = pd.date_range(end=ends, periods=hours, freq="h").astype("datetime64[us, UTC]")
    longitude = LONGITUDE + path[:, 0] / (METRES_PER_DEGREE * np.cos(np.radians(LATITUDE)))
    local = fixed_at + pd.to_timedelta(longitude * 240, unit="s")
    return pd.DataFrame(
        {
            "animal": pd.Series([animal] * hours, dtype="str"),
            "fixed_at": fixed_at,
            "local_day": local.tz_localize(None).normalize().astype("datetime64[s]"),
            "east_m": path[:, 0],
            "north_m": path[:, 1],
            "step_m": np.concatenate([[np.nan], np.hypot(*np.diff(path, axis=0).T)]),
            "step_h": np.concatenate([[np.nan], np.ones(hours - 1)]),
            "latitude": LATITUDE + path[:, 1] / METRES_PER_DEGREE,
            "longitude": longitude,
            "energy_j": 2.0 if animal == "2" else np.nan,
        }
    )


def fixes() -> pd.DataFrame:
    """All fixes, exactly."""
    newest = pd.Timestamp(invented.NOW) - timedelta(hours=1)
    return pd.concat(
        [
            track("1", HOURS, newest, 1),
            track("2", HOURS, newest - timedelta(days=4), 2),
            track("3", FEW_HOURS, newest, 3),
        ],
        ignore_index=True,
    )


def first_day() -> date:
    """The day of the oldest fix."""
    return fixes()["fixed_at"].min().date()


def site_fixes(viewer: Viewer, site_id: str, first: date, last: date) -> pd.DataFrame:
    """The fixes between two days, with positions as this viewer may see them."""
    frame = fixes()
    days = frame["fixed_at"].dt.date
    frame = frame[days.ge(first) & days.le(last) & (site_id == SITE_ID)].reset_index(drop=True)
    return frame.assign(
        latitude=seen_position(viewer, site_id, frame["latitude"]),
        longitude=seen_position(viewer, site_id, frame["longitude"]),
    )


def site_fix_span(fixes: pd.DataFrame) -> tuple[date, date] | None:
    """The first and the last local day of fixes."""
    days = pd.to_datetime(fixes["local_day"])
    return None if fixes.empty else (days.min().date(), days.max().date())


def answers() -> dict:
    """The invented answer of each query, with the query's own parameters."""
    return {
        "site_animals": lambda view, viewer, site_id, today: site_animals(viewer, site_id),
        "site_fixes": lambda view, viewer, site_id, first, last, today: site_fixes(viewer, site_id, first, last),
        "site_fix_span": lambda view, viewer, site_id, today: site_fix_span(
            site_fixes(viewer, site_id, date(1970, 1, 1), today)
        ),
    }
