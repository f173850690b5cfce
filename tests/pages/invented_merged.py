"""Invented answers of the questions about the merged dataset: a few rows per table, one with a hostile name."""

from collections.abc import Iterator
from datetime import date

import pandas as pd
import pyarrow as pa

from data.queries.merged import Choice, Extent, Merged
from exports.spec import DECLARED
from tests.pages import invented

FIRST, SECOND = "990000001", "990000002"
FORMULA = "=HYPERLINK(1,2)"
OFFERED = ("sites", "listings", "detections_by_month", "effort_by_month", "heat_stress")
SINGLE = ("deployments", "detections")
COARSE = "position on a grid of 0.01 degrees; names and identifiers replaced"
MONTHS = ("2026-07", "2026-08", "2026-09")


def _sites() -> list[dict]:
    known = invented.sites()[["site_id", "site_name", "country_iso3", "country", "region", "phase", "latitude"]]
    rows = known.astype(object).where(known.notna(), None).to_dict("records")
    return [row | {"longitude": 10.0, "source": "aldermere-cameras", "masking": ""} for row in rows]


def _by_month() -> list[dict]:
    taxa = [("Equus quagga", "Plains zebra"), ("<b>Odd</b>", None)]
    return [
        {
            "source": "aldermere-cameras",
            "site_id": site,
            "month": month,
            "scientific_name": taxon,
            "common_name": english,
        }
        | {"detections": 10, "individuals": 12, "machine_only": 1, "masking": ""}
        for site in (FIRST, SECOND)
        for month in MONTHS
        for taxon, english in taxa
    ]


def _detections() -> list[dict]:
    return [
        {"source": "brant-cameras", "detection_id": f"d{n}", "site_id": FIRST, "deployment_id": "c1", "level": "event"}
        | {"started_at": pd.Timestamp(f"2026-07-{n + 1:02}T10:00Z"), "scientific_name": "Equus quagga"}
        | {"behavior": FORMULA, "is_outside_deployment": False, "masking": COARSE}
        for n in range(30)
    ]


def _deployments() -> list[dict]:
    start, end = pd.Timestamp("2026-07-01T00:00Z"), pd.Timestamp("2026-10-01T00:00Z")
    place = {"latitude": 1.235, "longitude": 36.985, "coordinate_uncertainty_m": 1570.0}
    return [
        {"source": "brant-cameras", "deployment_id": "c1", "site_id": FIRST, "location_id": "l1", "masking": COARSE}
        | {"started_at": start, "ended_at": end, "trap_nights": 92.0, **place}
    ]


def _effort() -> list[dict]:
    return [
        {"source": "aldermere-cameras", "site_id": FIRST, "month": month, "trap_nights": 31.0, "masking": ""}
        for month in MONTHS
    ]


ROWS = {
    "sites": _sites(),
    "listings": [],
    "detections_by_month": _by_month(),
    "effort_by_month": _effort(),
    "heat_stress": [],
    "deployments": _deployments(),
    "detections": _detections(),
}


def _sees(viewer) -> bool:
    return viewer.role != "public"


def tables(view, viewer) -> dict[str, Merged]:
    return {name: table for name, table in DECLARED.items() if name in OFFERED or (_sees(viewer) and name in SINGLE)}


def withheld(view, viewer) -> dict[str, str]:
    return {} if _sees(viewer) else {name: DECLARED[name].withheld for name in SINGLE}


def stored(viewer, name: str, choice: Choice) -> pa.Table:
    """The chosen rows of a table; KeyError where the viewer may not have it."""
    table = tables(None, viewer)[name]
    rows = [
        row
        for row in ROWS[name]
        if (not choice.sites or row["site_id"] in choice.sites)
        and (not choice.taxa or not table.taxon or row[table.taxon] in choice.taxa)
        and (choice.first is None or table.day != "month" or row["month"] >= f"{choice.first:%Y-%m}")
    ]
    return pa.Table.from_pylist(rows, schema=table.arrow_schema)


def batches(view, viewer, name: str, choice: Choice, today: date) -> Iterator[pa.RecordBatch]:
    assert today == view.day, "exports know no other day than that of the data version"
    yield from stored(viewer, name, choice).to_batches()


def extent(view, viewer, name: str, today: date) -> Extent:
    rows, day = stored(viewer, name, Choice()).to_pandas(), DECLARED[name].day
    days = pd.to_datetime(rows[day].dropna()).dt.date if day and len(rows) else []
    return Extent(
        len(rows), min(days, default=None), max(days, default=None), tuple(sorted(set(rows["source"].dropna())))
    )


def answers() -> dict:
    """The invented answer of each query, with the query's own parameters."""
    return {
        "merged_tables": tables,
        "merged_withheld": withheld,
        "merged_batches": batches,
        "merged_extent": extent,
        "merged_count": lambda view, viewer, name, choice, today: len(stored(viewer, name, choice)),
        "merged_preview": lambda view, viewer, name, choice, today, rows: (
            stored(viewer, name, choice).slice(0, rows).to_pandas()
        ),
    }
