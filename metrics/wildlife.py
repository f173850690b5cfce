"""Camera-trap figures: effort, detections, detection rate, richness and gaps between deployments."""

import math
from datetime import datetime
from typing import Any

import pandas as pd

from metrics.result import Result, nothing

FEWEST_TRAP_NIGHTS = 10
TAIL = 0.025


def trap_nights(deployments: pd.DataFrame) -> Result:
    """Camera effort: the sum over deployments of end minus start, in nights of 24 h.

    Takes `trap_nights` and `ended_at` of each deployment. Two cameras at one place both count. An outage counts
    unless the source ends the deployment there. Missing where there is no deployment or none lasted any time.
    Follows `get_effort` of the R package camtraptor.
    """
    nights = float(deployments["trap_nights"].sum())
    if not nights > 0:
        return nothing("trap nights", "deployments", "no camera effort was recorded", len(deployments))
    return Result(nights, "trap nights", len(deployments), "deployments", newest=deployments["ended_at"].max())


def individuals(detections: pd.DataFrame) -> Result:
    """Animals counted: the sum of `individual_count`, where a detection without a count stands for one animal.

    Takes `individual_count`, `classification_method` and `started_at` of each detection. The same animal is counted
    again at each visit, so this is not a population size. Missing where nothing was detected.
    """
    if detections.empty:
        return nothing("individuals", "detections", "nothing was detected")
    return Result(
        _animals(detections),
        "individuals",
        len(detections),
        "detections",
        newest=detections["started_at"].max(),
        machine_share=float(detections["classification_method"].eq("machine").mean()),
    )


def independent_events(detections: pd.DataFrame, minutes: float = 30) -> Result:
    """Independent events: records of one taxon at one deployment, at least `minutes` after the record before.

    Takes `deployment_id`, `scientific_name`, `started_at` and `ended_at` of the detections of one source; a record
    without an end ends as it starts, and animals without a name are one taxon. The gap runs from the latest end so
    far, so a long visit stays one event (`remove_duplicates` of wiutils; O'Brien, Kinnaird & Wibisono 2003, doi
    10.1017/S1367943003003172). Missing where nothing was detected.
    """
    if detections.empty:
        return nothing("independent events", "detections", "nothing was detected")
    rows = detections[["deployment_id", "started_at"]].assign(
        taxon=detections["scientific_name"].astype("str").fillna(""),
        ended_at=detections["ended_at"].fillna(detections["started_at"]),
    )
    rows = rows.sort_values(["deployment_id", "taxon", "started_at"], ignore_index=True)
    keys = [rows["deployment_id"], rows["taxon"]]
    previous_end = rows.groupby(keys)["ended_at"].cummax().groupby(keys).shift()
    is_new = previous_end.isna() | (rows["started_at"] - previous_end >= pd.Timedelta(minutes=minutes))
    return Result(
        int(is_new.sum()), "independent events", len(rows), "detections", newest=detections["started_at"].max()
    )


def detections_total(
    n_detections: int, trap_nights: float | None, n_machine_only: int = 0, newest: datetime | None = None
) -> Result:
    """Number of detections: one animal taxon in one event, as the source drew its events.

    `n_machine_only` of them were labelled by a machine and by no person. Zero is a figure only where cameras were
    working (`trap_nights` above 0); without any effort it is missing.
    """
    if n_detections == 0 and not _is_effort(trap_nights):
        return nothing("detections", "detections", "no camera effort was recorded")
    return Result(
        n_detections,
        "detections",
        n_detections,
        "detections",
        newest=newest,
        machine_share=_share(n_machine_only, n_detections),
    )


def detection_rate(
    n_detections: int, trap_nights: float | None, n_machine_only: int = 0, newest: datetime | None = None
) -> Result:
    """Detections per 100 trap nights, with the exact 95 % Poisson interval (Garwood 1936, Biometrika 28:437).

    The interval takes detections as independent of one another; visits that follow each other closely make it too
    narrow. The rate depends on how easily a species is seen: it is no abundance and does not rank species (RAI in
    Chen, Xiao & Xiao 2019, doi 10.17520/biods.2018327). Missing below 10 trap nights, where a single detection would
    read as 10 or more per 100 nights. Raises ValueError for a negative number of detections.
    """
    unit = "detections per 100 trap nights"
    if n_detections < 0:
        raise ValueError(f"the number of detections cannot be negative: {n_detections}")
    if not _is_effort(trap_nights):
        return nothing(unit, "detections", "no camera effort was recorded", n_detections)
    if trap_nights < FEWEST_TRAP_NIGHTS:
        reason = f"fewer than {FEWEST_TRAP_NIGHTS} trap nights ({trap_nights:.1f}) are too few for a rate"
        return nothing(unit, "detections", reason, n_detections)
    low, high = poisson_interval(n_detections)
    return Result(
        100 * n_detections / trap_nights,
        unit,
        n_detections,
        "detections",
        interval=(100 * low / trap_nights, 100 * high / trap_nights),
        newest=newest,
        machine_share=_share(n_machine_only, n_detections),
    )


def poisson_interval(count: int) -> tuple[float, float]:
    """Exact 95 % interval of the mean of a Poisson distribution from one count (Garwood 1936, Biometrika 28:437).

    At the lower limit a count this high or higher has probability 0.025, at the upper one a count this low or lower.
    """
    low = _gamma_quantile(TAIL, count) if count else 0.0
    return low, _gamma_quantile(1 - TAIL, count + 1)


def observed_richness(detections: pd.DataFrame, is_verified_only: bool = False) -> Result:
    """Taxa observed: distinct scientific names as given, at any rank, so `Ardea` beside `Ardea cinerea` makes two.

    Takes `scientific_name`, `classification_method` and `started_at`. With `is_verified_only` only labels given by a
    person count; otherwise those of machines do too. Animals without a name count in neither. It is what was seen,
    not what lives there: more effort finds more. Missing where no detection has such a name.
    """
    named = detections[detections["scientific_name"].notna()]
    if is_verified_only:
        named = named[named["classification_method"].eq("human")]
    of = "detections named by a person" if is_verified_only else "named detections"
    if named.empty:
        return nothing("taxa observed", of, f"there are no {of}")
    return Result(
        named["scientific_name"].nunique(),
        "taxa observed",
        len(named),
        of,
        newest=named["started_at"].max(),
        machine_share=float(named["classification_method"].eq("machine").mean()),
    )


def deployment_gaps(deployments: pd.DataFrame) -> pd.DataFrame:
    """Stretches without any camera between the first and the last deployment of each place.

    Takes `source`, `location_id`, `latitude`, `longitude`, `started_at` and `ended_at`. Deployments that overlap or
    touch count as one. A deployment without `location_id` is placed by its coordinates to 4 decimals, so the result is
    as sensitive as the positions. Gives `source`, `location_id`, `gap_started_at`, `gap_ended_at` (UTC) and
    `gap_nights` (of 24 h), one row per gap.
    """
    latitude, longitude = (deployments[axis].round(4).astype("str") for axis in ("latitude", "longitude"))
    stretches = (
        deployments[["source", "started_at", "ended_at"]]
        .assign(location_id=deployments["location_id"].astype("str").fillna(latitude + "," + longitude))
        .sort_values(["source", "location_id", "started_at"], ignore_index=True)
    )
    place = stretches.groupby(["source", "location_id"])["ended_at"]
    covered_until = place.cummax().groupby([stretches["source"], stretches["location_id"]]).shift()
    gaps = stretches.assign(gap_started_at=covered_until, gap_ended_at=stretches["started_at"])
    gaps = gaps[gaps["gap_ended_at"] > gaps["gap_started_at"]]
    gap_nights = (gaps["gap_ended_at"] - gaps["gap_started_at"]) / pd.Timedelta(days=1)
    columns = ["source", "location_id", "gap_started_at", "gap_ended_at", "gap_nights"]
    return gaps.assign(gap_nights=gap_nights)[columns].reset_index(drop=True)


def camera_trap_figures(
    deployments: pd.DataFrame, detections: pd.DataFrame, observation_counts: pd.DataFrame
) -> dict[str, Any]:
    """Summary of one camera-trap export, as plain values for JSON.

    `species` are the distinct names sorted, `individuals` counts a missing count as one, `independent_events` are
    those 30 minutes apart, `trap_nights` has 4 decimals, `first` and `last` are the first start and last end of a
    detection (UTC, to the second; rows that are not animals are stored by day only and take no part), `bbox` the
    deployments' [lon min, lat min, lon max, lat max], `by_type` the rows per observation type. A value is None where
    there is no row to take it from.
    """
    ends = detections["ended_at"].fillna(detections["started_at"])
    effort = trap_nights(deployments).value
    others = observation_counts.groupby("observation_type", observed=True)["row_count"].sum()
    return {
        "species": sorted(detections["scientific_name"].dropna().unique()),
        "individuals": _animals(detections),
        "independent_events": independent_events(detections).value,
        "trap_nights": None if effort is None else round(effort, 4),
        "first": _utc_text(detections["started_at"].min()),
        "last": _utc_text(ends.max()),
        "bbox": _bounding_box(deployments),
        "by_type": {"animal": len(detections)} | {kind: int(rows) for kind, rows in others.items()},
    }


def _animals(detections: pd.DataFrame) -> int:
    return int(detections["individual_count"].fillna(1).sum())


def _is_effort(trap_nights: float | None) -> bool:
    return not pd.isna(trap_nights) and trap_nights > 0


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _utc_text(moment: pd.Timestamp) -> str | None:
    return None if pd.isna(moment) else moment.tz_convert("UTC").strftime("%Y-%m-%dT%H:%M:%SZ")


def _bounding_box(places: pd.DataFrame) -> list[float] | None:
    if places.empty:
        return None
    longitude, latitude = places["longitude"], places["latitude"]
    return [float(edge) for edge in (longitude.min(), latitude.min(), longitude.max(), latitude.max())]


def _gamma_quantile(probability: float, shape: int) -> float:
    """The x below which a gamma variable of this whole-number shape and scale 1 lies with this probability."""
    reach = 10 * math.sqrt(shape) + 10
    low, high = max(0.0, shape - reach), shape + reach
    while high - low > 1e-10 * high:
        middle = (low + high) / 2
        if _gamma_cdf(middle, shape) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _gamma_cdf(x: float, shape: int) -> float:
    """Regularised lower incomplete gamma function by its power series (NIST DLMF 8.11.4), every term positive."""
    term = math.exp(shape * math.log(x) - x - math.lgamma(shape + 1)) if x > 0 else 0.0
    total, k = 0.0, shape
    while term > 1e-17 * total:
        total += term
        k += 1
        term *= x / k
    return total
