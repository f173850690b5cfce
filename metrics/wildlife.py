"""Camera-trap figures: effort, detections, richness, and the summary of one export."""

from datetime import datetime
from typing import Any

import pandas as pd

from metrics.events import independent_events
from metrics.rates import is_effort, share
from metrics.result import Result, nothing


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


def detections_total(
    n_detections: int, trap_nights: float | None, n_machine_only: int | None = 0, newest: datetime | None = None
) -> Result:
    """Number of detections: one animal taxon in one event, as the source drew its events.

    `n_machine_only` of them were labelled by a machine and by no person; None where that is not told. Zero is a figure
    only where cameras were working (`trap_nights` above 0); without any effort it is missing.
    """
    if n_detections == 0 and not is_effort(trap_nights):
        return nothing("detections", "detections", "no camera effort was recorded")
    return Result(
        n_detections,
        "detections",
        n_detections,
        "detections",
        newest=newest,
        machine_share=share(n_machine_only, n_detections),
    )


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


def _utc_text(moment: pd.Timestamp) -> str | None:
    return None if pd.isna(moment) else moment.tz_convert("UTC").strftime("%Y-%m-%dT%H:%M:%SZ")


def _bounding_box(places: pd.DataFrame) -> list[float] | None:
    if places.empty:
        return None
    longitude, latitude = places["longitude"], places["latitude"]
    return [float(edge) for edge in (longitude.min(), latitude.min(), longitude.max(), latitude.max())]
