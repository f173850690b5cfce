"""Invented assessments of every site, four versions each, rated by two roles; see generate.py."""

from datetime import timedelta

import numpy as np
import pyarrow as pa

from benchmarks.generate import Shape, site_ids, table_of
from data.schema import ASSESSMENTS, RATINGS
from data.standards import standard

VERSIONS, MONTHS_APART = 4, 12
ROLES = ("self", "expert_group")
SAID = ("met", "met", "met", "partly", "not_met")
PHASES = ("green_list", "candidate", "application")


def assessments(shape: Shape) -> pa.Table:
    """Rows for `assessments`: one a year of each site, the newest two months ago."""
    row = np.arange(shape.sites * VERSIONS)
    site, version = row // VERSIONS, row % VERSIONS
    days = [_day(shape, one) for one in version]
    ids = [_id(number, one) for number, one in zip(site, version, strict=True)]
    return table_of(
        ASSESSMENTS,
        len(row),
        assessment_id=ids,
        site_id=site_ids(site),
        tool=["green_list"] * len(row),
        method=["Green List"] * len(row),
        standard_version=["GLS-1.1"] * len(row),
        phase=[PHASES[number % len(PHASES)] for number in site],
        assessed_on=days,
        assessed_year=[day.year for day in days],
        status=["submitted"] * len(row),
        supersedes=[None if one == 0 else _id(number, one - 1) for number, one in zip(site, version, strict=True)],
        committed_on=[shape.end - timedelta(days=int(number) % 2200) for number in site],
    )


def ratings(shape: Shape) -> pa.Table:
    """Rows for `ratings`: every known indicator of every version by two roles."""
    known = list(standard().indicators)
    row = np.arange(shape.sites * VERSIONS * len(ROLES) * len(known))
    indicator, rest = row % len(known), row // len(known)
    role, rest = rest % len(ROLES), rest // len(ROLES)
    version, site = rest % VERSIONS, rest // VERSIONS
    place = (site * 7 + indicator * 3 + role) % len(SAID)
    names = pa.array([_id(number, one) for number in range(shape.sites) for one in range(VERSIONS)])
    return table_of(
        RATINGS,
        len(row),
        assessment_id=names.take(pa.array(site * VERSIONS + version)),
        indicator_id=pa.array(known).take(pa.array(indicator)),
        role=pa.array(ROLES).take(pa.array(role)),
        site_id=site_ids(site),
        rating=pa.array(SAID).take(pa.array(np.maximum(place - version, 0))),
        rated_on=pa.array([_day(shape, one) for one in range(VERSIONS)]).take(pa.array(version)),
        note=["Invented"] * len(row),
    )


def _id(site: int, version: int) -> str:
    return f"site-{site}-{version}"


def _day(shape: Shape, version: int):
    return shape.end - timedelta(days=60 + 30 * MONTHS_APART * (VERSIONS - 1 - int(version)))
