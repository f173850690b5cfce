"""The figures that a check shows of every reef connector, so that they can be compared with one another."""

from collections.abc import Collection, Hashable, Sequence
from datetime import date
from statistics import fmean
from typing import Any

DECIMALS = 4


def reef_figures(
    *,
    stations: Collection[str],
    surveys: Collection[Hashable],
    images: int | None,
    points: int | None,
    covers: Sequence[float],
    days: Collection[date],
    unmatched_labels: Sequence[str],
) -> dict[str, Any]:
    """What a reef source holds, as a plain dictionary.

    `stations` and `surveys` are counted as given; `images` and `points` are None where the source does not count them.
    `hard_coral_pct_mean` is the mean of `covers` (percent) with equal weight, None without any; `first` and `last` are
    the earliest and latest of `days`.
    """
    return {
        "stations": len(stations),
        "surveys": len(surveys),
        "images": images,
        "points": points,
        "hard_coral_pct_mean": round(fmean(covers), DECIMALS) if covers else None,
        "first": min(days).isoformat() if days else None,
        "last": max(days).isoformat() if days else None,
        "unmatched_labels": list(unmatched_labels),
    }
