"""Invented reef surveys, planted corals and heat stress of one site, in any number; see generate.py."""

import numpy as np
import pyarrow as pa

from benchmarks.field import SITE
from benchmarks.generate import Shape, midnight, share_of, site_ids, sites, table_of
from data.schema import HEAT_STRESS, OUTPLANTS, REEF_SURVEYS

STATIONS, SURVEYS_PER_STATION = 20, 20
METRICS = ("hard_coral_pct", "soft_coral_pct", "macroalgae_pct", "turf_algae_pct", "coralline_algae_pct")
COHORTS, VISITS = 1_000, 8
HEAT_STATIONS, HEAT_DAYS = 4, 14_600


def reef_surveys(shape: Shape) -> pa.Table:
    """Rows for `reef_surveys`: `shape.reef_images` images, each with the cover of five groups."""
    row = np.arange(shape.reef_images * len(METRICS))
    image, metric = row // len(METRICS), row % len(METRICS)
    survey = image % (STATIONS * SURVEYS_PER_STATION)
    station, visit = survey // SURVEYS_PER_STATION, survey % SURVEYS_PER_STATION
    placed = sites(shape)
    return table_of(
        REEF_SURVEYS,
        len(row),
        survey_id=pa.array([f"image-{n}" for n in image]),
        site_id=_site(len(row)),
        station=pa.array([f"Reef {n:02}" for n in range(STATIONS)]).take(pa.array(station)),
        surveyed_on=_days(shape, visit * (shape.days // SURVEYS_PER_STATION)),
        method=["CoralNet annotations"] * len(row),
        metric=pa.array(METRICS).take(pa.array(metric)),
        value=20 * share_of(row, 21),
        points=np.full(len(row), 50),
        labelled_by=["human"] * len(row),
        latitude=placed["latitude"][SITE].as_py() + 0.01 * station,
        longitude=placed["longitude"][SITE].as_py() + 0.01 * station,
    )


def outplants(shape: Shape) -> pa.Table:
    """Rows for `outplants`: cohorts of 25 corals, visited every quarter, of which one in ten dies each time."""
    row = np.arange(COHORTS * VISITS)
    cohort, visit = row // VISITS, row % VISITS
    alive = np.round(25 * 0.9 ** (visit + 1)).astype(int)
    planted = cohort % (shape.days // 2)
    return table_of(
        OUTPLANTS,
        len(row),
        fragment_id=[f"cohort-{n}" for n in cohort],
        observed_on=_days(shape, planted + 60 * (visit + 1)),
        site_id=_site(len(row)),
        station=pa.array([f"Reef {n:02}" for n in range(STATIONS)]).take(pa.array(cohort % STATIONS)),
        planted_on=_days(shape, planted),
        scientific_name=["Acropora muricata"] * len(row),
        fragment_count=np.full(len(row), 25),
        alive_count=alive,
        dead_count=25 - alive,
        lost_count=np.zeros(len(row), dtype=int),
    )


def heat_stress(shape: Shape) -> pa.Table:
    """Rows for `heat_stress`: forty years of four stations, hot for a few weeks each year."""
    row = np.arange(HEAT_STATIONS * HEAT_DAYS)
    station, day = row // HEAT_DAYS, row % HEAT_DAYS
    hotspot = np.maximum(0, 2 * np.sin(2 * np.pi * day / 365.25) - 0.5)
    return table_of(
        HEAT_STRESS,
        len(row),
        station=pa.array([f"Station {n}" for n in range(HEAT_STATIONS)]).take(pa.array(station)),
        site_id=_site(len(row)),
        day=_days(shape, day - HEAT_DAYS + shape.days),
        sst_c=27 + hotspot,
        hotspot_c=hotspot,
        dhw_c_weeks=4 * hotspot,
        alert_level=np.minimum(4, (2 * hotspot).astype(int)),
        scale=["CRW regional 0-4"] * len(row),
    )


def _days(shape: Shape, offset: np.ndarray) -> pa.Array:
    """Calendar days so many days after the first one."""
    return pa.array(midnight(shape.start) + offset.astype("timedelta64[D]")).cast(pa.date32())


def _site(count: int) -> pa.Array:
    return site_ids([SITE]).take(pa.array(np.zeros(count, dtype=np.int32)))
