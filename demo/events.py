"""What passed the invented cameras: one row per event, drawn for every station, day and subject on its own."""

import numpy as np
import pandas as pd

from demo.chance import normal, uniform
from demo.effort import DAY_S, FIRST_DAY
from demo.fauna import BESIDES, RHYTHMS, Programme, Subject
from demo.sites import camera_site

DAYS_PER_YEAR = 365.25
EVENTS_PER_DAY_MAX = 4
Keys = tuple[int | np.ndarray, ...]


def subjects_of(programme: Programme) -> tuple[Subject, ...]:
    """The animals of a programme, then what a camera records besides."""
    return (*programme.subjects, *BESIDES)


def draw_events(programme: Programme, stretches: pd.DataFrame) -> pd.DataFrame:
    """All events within the deployments, sorted by time.

    Columns: station, subject (position in `subjects_of`), day (UTC, since `FIRST_DAY`), nth (of the same cell),
    start_s and end_s (seconds after `FIRST_DAY`, UTC), stretch (row of `stretches`).
    A day reads the same in every package that holds it.
    """
    days = np.arange(stretches["start_s"].min() // DAY_S, stretches["end_s"].max() // DAY_S + 1)
    station, day, subject = (axis.ravel() for axis in _cells(programme, days))
    count = _counts(_rates(programme, station, day, subject), programme, station, day, subject)
    rows = np.repeat(np.arange(len(count)), count)
    nth = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    events = pd.DataFrame({"station": station[rows], "subject": subject[rows], "day": day[rows], "nth": nth})
    keys = event_keys(programme, events)
    hour = _local_hours(programme, events, keys)
    second_of_day = ((hour - programme.utc_offset_h) % 24 * 3600).astype(int)
    events["start_s"] = events["day"] * DAY_S + second_of_day
    events["end_s"] = events["start_s"] + 4 + (110 * uniform("duration", *keys) ** 3).astype(int)
    events["stretch"] = _stretch_of(events, stretches)
    return events[events["stretch"] >= 0].sort_values(["start_s", "station", "subject"], ignore_index=True)


def event_keys(programme: Programme, events: pd.DataFrame) -> Keys:
    """What the chance of anything about an event hangs on."""
    columns = (events[name].to_numpy() for name in ("station", "day", "subject", "nth"))
    return camera_site(programme.iso3).number, *columns


def _cells(programme: Programme, days: np.ndarray) -> list[np.ndarray]:
    return np.meshgrid(np.arange(programme.stations), days, np.arange(len(subjects_of(programme))), indexing="ij")


def _rates(programme: Programme, station: np.ndarray, day: np.ndarray, subject: np.ndarray) -> np.ndarray:
    """Expected events per camera night: the mean rate, what the station is worth for the subject, and the season."""
    site = camera_site(programme.iso3).number
    subjects = subjects_of(programme)
    mean = np.array([each.per_100_nights / 100 for each in subjects])
    occupied = np.array([each.occupied for each in subjects])
    peak = np.array([each.season[0] for each in subjects])
    strength = np.array([each.season[1] for each in subjects])
    spread = 0.7
    worth = np.exp(spread * normal("station worth", site, station, subject) - spread**2 / 2) / occupied[subject]
    worth *= uniform("occupied", site, station, subject) < occupied[subject]
    day_of_year = (day + FIRST_DAY.timetuple().tm_yday - 1) % DAYS_PER_YEAR
    season = 1 + strength[subject] * np.cos(2 * np.pi * (day_of_year - peak[subject]) / DAYS_PER_YEAR)
    return mean[subject] * worth * np.maximum(season, 0)


def _counts(rate: np.ndarray, programme: Programme, *cell: np.ndarray) -> np.ndarray:
    """Poisson counts by inversion, at most four a day."""
    chance = uniform("events", camera_site(programme.iso3).number, *cell)
    term = np.exp(-rate)
    below, count = term.copy(), np.zeros(len(rate), dtype=int)
    for number in range(1, EVENTS_PER_DAY_MAX + 1):
        count += chance > below
        term = term * rate / number
        below += term
    return count


def _local_hours(programme: Programme, events: pd.DataFrame, keys: Keys) -> np.ndarray:
    """Hour of the local day (standard time) by the rhythm of the subject."""
    hour = np.zeros(len(events))
    chance, bell = uniform("part of day", *keys), normal("hour", *keys)
    for position, subject in enumerate(subjects_of(programme)):
        is_this = events["subject"].to_numpy() == position
        share_so_far = 0.0
        for peak, spread, share in RHYTHMS[subject.rhythm]:
            chosen = is_this & (chance >= share_so_far)
            hour[chosen] = peak + spread * bell[chosen]
            share_so_far += share
    return hour % 24


def _stretch_of(events: pd.DataFrame, stretches: pd.DataFrame) -> np.ndarray:
    """Row of the deployment that holds the whole event, or -1 when the camera was not working."""
    horizon = int(max(events["end_s"].max(), stretches["end_s"].max())) + 1
    starts = (stretches["station"] * horizon + stretches["start_s"]).to_numpy()
    row = np.searchsorted(starts, (events["station"] * horizon + events["start_s"]).to_numpy(), side="right") - 1
    held_by = stretches.iloc[row.clip(min=0)]
    is_held = (
        (row >= 0)
        & (held_by["station"].to_numpy() == events["station"].to_numpy())
        & (held_by["end_s"].to_numpy() >= events["end_s"].to_numpy())
    )
    return np.where(is_held, row, -1)
