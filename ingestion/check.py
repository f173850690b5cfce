"""Reads an export or an API without storing anything, and says what would be stored."""

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from connectors import registry
from connectors.base import Refusal, Source
from data.schema import TABLES
from data.standards import GREEN_LIST, criterion_of, standard
from ingestion.boundary import read_boundary
from ingestion.staging import Staging
from metrics import alerts, fences, green_list, heat_stress, movement, readiness, wildlife

UNASSIGNED = "unassigned"
CAMERA_TABLES = ("deployments", "detections", "observation_counts")
REFUSED_SHOWN = 1_000


@dataclass(frozen=True)
class Report:
    """What a check found: rows per table, refused rows, warnings, and figures of the whole."""

    connector: str
    location: str
    rows: Mapping[str, int]
    refusals: tuple[Refusal, ...]
    warnings: tuple[str, ...]
    figures: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> Mapping[str, Any]:
        """The report as the documented JSON object; at most 1,000 refused rows, all of them counted."""
        return {
            "connector": self.connector,
            "location": self.location,
            "rows": dict(self.rows),
            "refused": [
                {key: vars(refusal)[key] for key in ("table", "row", "field", "value", "reason")}
                for refusal in self.refusals[:REFUSED_SHOWN]
            ],
            "refused_count": len(self.refusals),
            "warnings": list(self.warnings),
            "figures": dict(self.figures),
        }


def check(
    connector_name: str,
    location: str,
    today: date,
    secret: str = "",
    options: Mapping[str, Any] | None = None,
    boundary: Path | None = None,
) -> Report:
    """Fetch and parse one location with one connector; with a `boundary` file, count how often animals crossed it.

    Raises ValueError for an unknown connector or a boundary that cannot be used, and SourceError for a location that
    cannot be read.
    """
    connector = registry.connector(connector_name)
    if boundary and "fixes" not in connector.tables:
        raise ValueError(f"{connector_name} reads no positions of animals, so none can cross a boundary")
    boundaries = read_boundary(boundary) if boundary else ()
    source = Source(connector_name, connector_name, location, site=UNASSIGNED, secret=secret, options=options or {})
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        answer = connector.fetch(source, {}, workspace)
        staging = Staging(workspace / "staged")
        staging.fill(connector.parse(source, answer.payloads))
        own_figures = connector.figures(source, answer.payloads)
        frames = {name: staging.table(name).to_pandas() for name in connector.tables}
    stored = {name: frame.drop_duplicates(list(TABLES[name].key)) for name, frame in frames.items()}
    repeats = [_repeats(name, len(frames[name]) - len(stored[name])) for name in frames]
    return Report(
        connector_name,
        location,
        {name: len(frame) for name, frame in stored.items()},
        tuple(staging.refusals),
        (*staging.notices, *filter(None, repeats)),
        _with_standard(own_figures, stored)
        or _figures(stored, today) | (_crossings(stored, boundaries) if boundaries else {}),
    )


def _with_standard(figures: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> Mapping[str, Any]:
    """The connector's figures, with indicators that the standard does not have, and how many criteria are met."""
    if "unknown_indicators" not in figures:
        return figures
    green_list_standard, ratings = standard(GREEN_LIST), tables["ratings"]
    ratings = ratings[ratings["indicator_id"].str.startswith("GLS-")]
    is_known = ratings["indicator_id"].map(green_list_standard.is_known).astype(bool)
    unknown = sorted({*figures["unknown_indicators"], *ratings.loc[~is_known, "indicator_id"]})
    known = ratings[is_known].assign(criterion=ratings["indicator_id"].map(criterion_of))
    criteria = tuple(green_list_standard.criteria)
    return {**figures, "unknown_indicators": unknown, **readiness.criteria_figures(known, criteria)}


def _repeats(table: str, count: int) -> str:
    """What is said of rows whose key an earlier row has; the store keeps the first."""
    return f"{table}: {count:,} rows repeat the identifier of an earlier row and are left out" if count else ""


def _figures(tables: Mapping[str, pd.DataFrame], today: date) -> Mapping[str, Any]:
    figures: dict[str, Any] = {}
    if "deployments" in tables:
        figures |= wildlife.camera_trap_figures(*(tables[name] for name in CAMERA_TABLES))
    if "listings" in tables:
        figures |= green_list.green_list_figures(tables["listings"], today)
    if "fixes" in tables:
        figures |= movement.fix_figures(tables["fixes"], tables["individuals"])
        figures |= {"outliers": int(tables["fixes"]["is_outlier"].sum())}
    if "alerts" in tables:
        figures |= alerts.alert_figures(tables["alerts"])
    if "heat_stress" in tables:
        figures |= heat_stress.heat_stress_figures(tables["heat_stress"])
    return figures


def _crossings(tables: Mapping[str, pd.DataFrame], boundaries: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """How often each followed animal crossed any of the boundaries; outliers are left out."""
    fixes = tables["fixes"].rename(columns={"individual_id": "animal"})
    fixes = fixes[~fixes["is_outlier"].astype(bool)].sort_values(["animal", "fixed_at"])
    counts = Counter(animal for boundary in boundaries for animal in fences.crossings(fixes, boundary)["animal"])
    individuals = tables["individuals"].dropna(subset="individual_name")
    names = dict(zip(individuals["individual_id"], individuals["individual_name"], strict=True))
    by_name: Counter[str] = Counter()
    for animal in fixes["animal"].unique():
        by_name[names.get(animal, animal)] += counts[animal]
    return {"crossings": counts.total(), "crossings_by_individual": dict(sorted(by_name.items()))}
