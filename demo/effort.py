"""When and where the invented cameras stand: stations, and deployments that a dead battery splits."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from demo.chance import normal, uniform
from demo.fauna import Programme
from demo.sites import camera_site

# Days are counted from here, so that a deployment has the same number whenever it is generated.
FIRST_DAY = date(2020, 1, 1)
WINDOW_MONTHS = 24
SERVICE_DAYS = 80
BATTERY_FAILURE_SHARE = 0.22
DAY_S = 86_400
GOLDEN_ANGLE = np.pi * (3 - 5**0.5)


def window(programme: Programme, today: date) -> tuple[date, date]:
    """First day of the package and the day at whose start (UTC) its records end.

    The first day is the first of a month two years back, so that the package of tomorrow holds that of today.
    """
    last = today - timedelta(days=programme.silent_days)
    months = today.year * 12 + today.month - 1 - WINDOW_MONTHS
    return date(months // 12, months % 12 + 1, 1), last


def station_positions(programme: Programme) -> tuple[np.ndarray, np.ndarray]:
    """True longitudes and latitudes of the stations, spread over the site and inside its boundary."""
    site = camera_site(programme.iso3)
    station = np.arange(programme.stations)
    angle = station * GOLDEN_ANGLE + 0.3 * normal("station angle", site.number, station)
    reach = 0.85 * np.sqrt((station + uniform("station reach", site.number, station)) / programme.stations)
    distance_km = reach * site.edge_km(angle)
    return site.place(distance_km * np.cos(angle), distance_km * np.sin(angle))


def stretches(programme: Programme, today: date) -> pd.DataFrame:
    """Every deployment that ended in the window, sorted by station and start.

    Columns: station, service (number of the visit that began it), part (0, or 1 after a battery was changed),
    start_s and end_s (seconds after `FIRST_DAY`, UTC).
    """
    site = camera_site(programme.iso3).number
    first, last = ((day - FIRST_DAY).days for day in window(programme, today))
    services = np.arange(first // SERVICE_DAYS - 2, last // SERVICE_DAYS + 2)
    station, service = (grid.ravel() for grid in np.meshgrid(np.arange(programme.stations), services, indexing="ij"))
    start_s = _visit_s(programme, site, station, service)
    end_s = _visit_s(programme, site, station, service + 1) - 1800
    length_s = end_s - start_s
    fails = uniform("battery fails", site, station, service) < BATTERY_FAILURE_SHARE
    dead_s = start_s + (length_s * (0.35 + 0.5 * uniform("battery life", site, station, service))).astype(int)
    repair_s = dead_s + ((5 + 18 * uniform("repair", site, station, service)) * DAY_S).astype(int)
    whole = pd.DataFrame({"station": station, "service": service, "part": 0, "start_s": start_s, "end_s": end_s})
    whole["end_s"] = np.where(fails, dead_s, end_s)
    second = whole.assign(part=1, start_s=repair_s, end_s=end_s)[fails & (repair_s + 2 * DAY_S < end_s)]
    both = pd.concat([whole, second], ignore_index=True)
    is_shown = (both["end_s"] > first * DAY_S) & (both["start_s"] < last * DAY_S)
    shown = both[is_shown].sort_values(["station", "start_s"], ignore_index=True)
    # A camera that still runs is reported up to the last reading.
    shown["end_s"] = shown["end_s"].clip(upper=last * DAY_S)
    return shown


def _visit_s(programme: Programme, site: int, station: np.ndarray, service: np.ndarray) -> np.ndarray:
    """The moment of a service visit, in the local daytime of its day."""
    stagger = SERVICE_DAYS * uniform("stagger", site, station)
    day = np.floor(stagger + SERVICE_DAYS * service + 6 * uniform("visit day", site, station, service))
    hour = 8 + 7 * uniform("visit hour", site, station, service) - programme.utc_offset_h
    return (day * DAY_S + hour * 3600).astype(int)
