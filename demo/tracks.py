"""Where the invented animals walk, and at which moments their collars say so."""

from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd

from demo.chance import normal, uniform
from demo.effort import DAY_S, FIRST_DAY, GOLDEN_ANGLE
from demo.herds import ANIMALS, Animal

KEPT_MONTHS = 12
STEP_H = 0.5
MEMORIES = 5
# The home range lies towards one side of the site, so that its rim crosses the boundary now and then.
CENTRE_SHARE = 0.5
RHYTHM_STRENGTH = 0.7
GPS_ERROR_KM = 0.003
SUCCESS_SHARE = 0.94
FIX_COST_J = 0.45
JOULES_PER_KM = 0.55
RESTING_KM = 0.03


def fixes(animal: Animal, today: date) -> pd.DataFrame:
    """The positions that the system still keeps on the morning of `today`: those since a first of month a year back.

    Columns as of `whole_track`.
    """
    months = today.year * 12 + today.month - 1 - KEPT_MONTHS
    first_s = (date(months // 12, months % 12 + 1, 1) - FIRST_DAY).days * DAY_S
    track = whole_track(animal, today)
    return track[track["fixed_s"] >= first_s].reset_index(drop=True)


@lru_cache(maxsize=2 * len(ANIMALS))
def whole_track(animal: Animal, today: date) -> pd.DataFrame:
    """Every position since the collar was fitted.

    Columns: fixed_s (seconds after `FIRST_DAY`, UTC), longitude, latitude, energy_j (harvested since the last position;
    NaN of a scheduled collar). A past day reads the same whenever it is generated; only a collar that is lost has lain
    still for the days before `today`, whichever day that is.
    """
    first_h, today_h = ((day - FIRST_DAY).days * 24.0 for day in (animal.fitted_on, today))
    moments = _paid if animal.is_kinetic else _scheduled
    fixed_s, energy_j = moments(animal, first_h, today_h - 24 * animal.silent_days)
    lost_h = today_h - 24 * animal.lost_days
    hour = fixed_s / 3600
    east_km, north_km = _walk(animal, np.minimum(hour, lost_h) if animal.lost_days else hour)
    east_km = east_km + GPS_ERROR_KM * normal("gps", animal.number, 0, fixed_s)
    north_km = north_km + GPS_ERROR_KM * normal("gps", animal.number, 1, fixed_s)
    longitude, latitude = animal.site.place(east_km, north_km)
    columns = {"fixed_s": fixed_s, "longitude": longitude.round(6), "latitude": latitude.round(6)}
    return pd.DataFrame(columns | {"energy_j": energy_j})


def _scheduled(animal: Animal, first_h: float, last_h: float) -> tuple[np.ndarray, np.ndarray]:
    """A position every few hours, a little late, of which some fail."""
    slot = np.arange(np.ceil(first_h / animal.interval_h), np.floor(last_h / animal.interval_h)).astype(int)
    slot = slot[uniform("obtained", animal.number, slot) < SUCCESS_SHARE]
    fixed_s = (slot * animal.interval_h * 3600).astype(int) + (70 * uniform("late", animal.number, slot)).astype(int)
    return fixed_s, np.full(len(slot), np.nan)


def _paid(animal: Animal, first_h: float, last_h: float) -> tuple[np.ndarray, np.ndarray]:
    """A position whenever movement has brought the energy of one more, and what it brought since the last."""
    slot = np.arange(int(first_h / STEP_H), int(last_h / STEP_H))
    east_km, north_km = _walk(animal, np.append(slot, slot[-1] + 1) * STEP_H)
    walked_km = np.hypot(np.diff(east_km), np.diff(north_km))
    yield_j = JOULES_PER_KM * (0.5 + uniform("yield", animal.number, slot))
    stored_j = np.cumsum(np.where(walked_km > RESTING_KM, walked_km * yield_j, 0.0))
    is_paid = np.diff(np.floor(stored_j / FIX_COST_J), prepend=0.0) > 0
    slot, stored_j = slot[is_paid], stored_j[is_paid]
    fixed_s = (slot * STEP_H * 3600).astype(int) + (3600 * STEP_H * uniform("paid", animal.number, slot)).astype(int)
    return fixed_s, np.diff(stored_j, prepend=0.0).round(3)


def _walk(animal: Animal, hour: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Kilometres east and north of the centre of the site at these hours after `FIRST_DAY`.

    A process that keeps to its pace for hours and to its home range for days (OUF, Fleming et al. 2014,
    10.1086/675504), as the moving average of a chance that every half hour has of its own. Its clock runs fast while
    the animal is active and slow while it rests.
    """
    gait = animal.gait
    turn = 2 * np.pi / gait.rhythm_h
    local = hour + animal.site.longitude / 15 - gait.peak_hour
    inner = hour + RHYTHM_STRENGTH / turn * np.sin(turn * local)
    age_h = np.arange(0, MEMORIES * gait.place_h, STEP_H)
    weight = np.exp(-age_h / gait.place_h) - np.exp(-age_h / gait.pace_h)
    weight *= gait.range_km / np.sqrt(np.sum(weight**2))
    step = np.arange(int(inner.min() / STEP_H) - 1, int(inner.max() / STEP_H) + 2)
    drawn = np.arange(step[0] - len(weight) + 1, step[-1] + 1)
    angle = animal.number * GOLDEN_ANGLE
    centre_km = CENTRE_SHARE * float(animal.site.edge_km(np.array([angle]))[0])
    axes = []
    for axis, direction in enumerate((np.cos(angle), np.sin(angle))):
        path_km = np.convolve(normal("walk", animal.number, axis, drawn), weight, "valid")
        axes.append(centre_km * direction + np.interp(inner, step * STEP_H, path_km))
    return axes[0], axes[1]


def crossings_out(animal: Animal, today: date) -> pd.DataFrame:
    """Where and when the animal left its site between two positions; not again within a day of a crossing before.

    Columns: crossed_s, longitude, latitude, next_s (the moment of the later position).
    """
    track = whole_track(animal, today)
    site = animal.site
    origin_lon, origin_lat = site.longitude, site.latitude
    unit_lon, unit_lat = (float(value) for value in site.place(np.array(1.0), np.array(1.0)))
    east_km = (track["longitude"].to_numpy() - origin_lon) / (unit_lon - origin_lon)
    north_km = (track["latitude"].to_numpy() - origin_lat) / (unit_lat - origin_lat)
    beyond_km = np.hypot(east_km, north_km) - site.edge_km(np.arctan2(north_km, east_km))
    before, after = beyond_km[:-1], beyond_km[1:]
    at = np.flatnonzero((before < 0) & (after >= 0))
    share = before[at] / (before[at] - after[at])

    def between(name: str) -> np.ndarray:
        values = track[name].to_numpy()
        return values[at] + share * (values[at + 1] - values[at])

    found = pd.DataFrame({name: between(name) for name in ("fixed_s", "longitude", "latitude")})
    found = found.rename(columns={"fixed_s": "crossed_s"}).assign(next_s=track["fixed_s"].to_numpy()[at + 1])
    return found[np.diff(found["crossed_s"], prepend=-np.inf) > DAY_S].reset_index(drop=True)
