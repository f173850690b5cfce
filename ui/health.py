"""How each source is doing: its state, why, and which sources a reader of a page must be told about."""

from collections.abc import Iterator
from datetime import datetime

import pandas as pd

from metrics.coverage import Freshness, freshness
from ui.text import is_missing

WORST_FIRST = ("down", "never", "stale", "late", "fresh")


def judged(sources: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """The sources with `state` and its `sentence`, worst first."""
    verdicts = [_freshness(row, now) for row in sources.itertuples()]
    found = sources.assign(
        state=[verdict.state for verdict in verdicts], sentence=[verdict.sentence for verdict in verdicts]
    )
    rank = [WORST_FIRST.index(verdict.state) for verdict in verdicts]
    return found.assign(rank=rank).sort_values(["rank", "source"], ignore_index=True).drop(columns="rank")


def of_site(sources: pd.DataFrame, site_id: str) -> pd.DataFrame:
    """The sources that are configured for one site."""
    return sources[[site_id in ids for ids in sources["site_ids"]]]


def warnings(sources: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """State and sentence of every source whose numbers stop early, for a warning above them."""
    for row in sources[sources["state"].isin(["down", "never", "stale", "late"])].itertuples():
        yield row.state, f"{row.source}: {row.sentence}"


def _freshness(row, now: datetime) -> Freshness:
    return freshness(
        None if is_missing(row.newest_record_on) else pd.Timestamp(row.newest_record_on).date(),
        None if is_missing(row.last_success_at) else row.last_success_at,
        "" if is_missing(row.outcome) else row.outcome,
        row.refresh_hours,
        now,
    )
