"""Invented tagged animals, warnings and conflicts of one site, in any number; see generate.py."""

from datetime import timedelta

import numpy as np
import pyarrow as pa

from benchmarks.generate import Shape, identifiers, midnight, share_of, site_ids, sites, table_of
from data.schema import ALERTS, COLLARS, FIXES, INCIDENTS, INDIVIDUALS

ANIMALS = 40
SITE = 0
ALERT_COUNT, INCIDENT_COUNT = 2_000, 600
NAME = "field-systems"


def individuals(shape: Shape) -> pa.Table:
    """Rows for `individuals`: elephants of the first site."""
    return table_of(
        INDIVIDUALS,
        ANIMALS,
        individual_id=_animals(),
        site_id=_site(ANIMALS),
        individual_name=[f"Invented {n}" for n in range(ANIMALS)],
        scientific_name=["Elephas maximus"] * ANIMALS,
        is_active=np.ones(ANIMALS, dtype=bool),
    )


def collars(shape: Shape) -> pa.Table:
    """Rows for `collars`: every third one is paid for by movement."""
    number = np.arange(ANIMALS)
    return table_of(
        COLLARS,
        ANIMALS,
        collar_id=[f"collar-{n}" for n in number],
        site_id=_site(ANIMALS),
        individual_id=_animals(),
        kind=np.where(number % 3 == 0, "kinetic", "scheduled"),
        fix_interval_h=np.full(ANIMALS, shape.days * 24 * ANIMALS / shape.fixes),
    )


def fixes(shape: Shape) -> pa.Table:
    """Rows for `fixes`, by animal and time: loops of different length within the site, and a little noise."""
    each = shape.fixes // ANIMALS
    row = np.arange(each * ANIMALS)
    animal, step = row // each, row % each
    placed = sites(shape)
    hours = step * (shape.days * 24 / each)
    wander = sum(np.sin(hours / span + animal * span) for span in (11.0, 37.0, 170.0, 900.0)) / 40
    drift = sum(np.cos(hours / span + animal) for span in (13.0, 41.0, 210.0, 1100.0)) / 40
    return table_of(
        FIXES,
        len(row),
        individual_id=_animals().take(pa.array(animal)),
        site_id=_site(len(row)),
        collar_id=pa.array([f"collar-{n}" for n in range(ANIMALS)]).take(pa.array(animal)),
        fixed_at=midnight(shape.start) + (hours * 3600).astype("timedelta64[s]"),
        latitude=placed["latitude"][SITE].as_py() + wander + 0.001 * share_of(row, 11),
        longitude=placed["longitude"][SITE].as_py() + drift + 0.001 * share_of(row, 12),
        is_outlier=np.zeros(len(row), dtype=bool),
        energy_j=np.where(animal % 3 == 0, 1 + share_of(row, 13), np.nan),
    )


def alerts(shape: Shape) -> pa.Table:
    """Rows for `alerts`, evenly over the days; every seventh is never answered."""
    number = np.arange(ALERT_COUNT)
    detected = midnight(shape.start) + _spread(shape, ALERT_COUNT)
    answered = number % 7 != 0
    arrived = detected + (600 + 1800 * share_of(number, 14)).astype("timedelta64[s]")
    return table_of(
        ALERTS,
        ALERT_COUNT,
        alert_id=identifiers(number, 5_001),
        site_id=_site(ALERT_COUNT),
        kind=["geofence_break"] * ALERT_COUNT,
        individual_id=_animals().take(pa.array(number % ANIMALS)),
        detected_at=detected,
        sent_at=detected + (20 + 60 * share_of(number, 15)).astype("timedelta64[s]"),
        arrived_at=pa.array(arrived, mask=~answered),
        outcome=np.where(number % 9 == 0, "false", "confirmed"),
        place_name=[f"Village {n % 12}" for n in number],
    )


def incidents(shape: Shape) -> pa.Table:
    """Rows for `incidents`: mostly crops."""
    number = np.arange(INCIDENT_COUNT)
    return table_of(
        INCIDENTS,
        INCIDENT_COUNT,
        incident_id=identifiers(number, 6_001),
        site_id=_site(INCIDENT_COUNT),
        happened_at=midnight(shape.start) + _spread(shape, INCIDENT_COUNT),
        kind=np.where(number % 6 == 0, "property", "crop"),
        village=[f"Village {n % 12}" for n in number],
    )


def _spread(shape: Shape, count: int) -> np.ndarray:
    seconds = np.arange(count) * (timedelta(days=shape.days).total_seconds() / count)
    return seconds.astype("timedelta64[s]")


def _animals() -> pa.Array:
    return pa.array([f"animal-{n}" for n in range(ANIMALS)])


def _site(count: int) -> pa.Array:
    return site_ids([SITE]).take(pa.array(np.zeros(count, dtype=np.int32)))
