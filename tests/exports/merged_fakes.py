"""An invented data layer for exports: every type of column, texts that mean harm, an empty table, masked rows."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pyarrow as pa

from data import queries
from data.access import Viewer
from data.queries.merged import Choice
from exports.context import Context
from exports.spec import DECLARED, Spec, TableSpec

COMMITTED_AT = datetime(2026, 6, 15, 10, 20, 31, 123456, tzinfo=UTC)
COARSE = "position on a grid of 0.01 degrees; names and identifiers replaced"
NASTY = [
    "plain",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tTab",
    "\rReturn",
    "\nLine",
    "＝1",
    'a "quoted" word',
    "comma, comma",
    "two\r\nlines",
    "",
    None,
    "'=quoted already",
    " =1 after a space",
    "<r>x</r></is></c><c><f>1+1</f></c><c><is></r>",
    "<b>bold</b> [link](javascript:alert(1))",
    "NA",
    "nan",
    "true",
    "007",
    "1e5",
    "https://a.example/?q=1,2",
    "Zażółć gęślą 🐅",
    "_x0041_",
    "\u202eturned\u2028round",
    "\x01control\x0b",
]
SQUARE = [[[10, 40], [11, 40], [11, 41], [10, 40]]]
SHAPES = [
    {"type": "Polygon", "coordinates": SQUARE},
    {"type": "MultiPolygon", "coordinates": [SQUARE, [[[20, 50], [21, 50], [21, 51], [20, 50]]]]},
    {},
    {"type": "Point", "coordinates": [1, 2]},
]
ROW_COUNT = 2 * len(NASTY)
SOURCES = pd.DataFrame(
    {
        "source": ["cameras", "=registry", "reefs"],
        "connector": ["camtrap_dp", "protected_planet", "mermaid"],
        "title": ["Camera <traps>", "Registry, all", "Reefs"],
        "licence": ["CC-BY-4.0", "Terms: no [redistribution](x)", None],
        "sharing": ["public", "public", "private"],
        "outcome": ["stored", "unavailable", "failed"],
        "newest_record_on": [date(2026, 6, 1), None, None],
        "last_success_at": pd.to_datetime(["2026-06-14T01:02:03Z", "2026-05-01T00:00:00Z", None], format="ISO8601"),
    }
)


class FakeView:
    """Only what exports ask of a view."""

    version = 7
    committed_at = COMMITTED_AT
    day = COMMITTED_AT.date()


def _sites() -> list[dict[str, Any]]:
    return [
        {
            "site_id": f"{n:03}",
            "site_name": NASTY[n % len(NASTY)],
            "is_oecm": None if n % 5 == 0 else n % 2 == 0,
            "status_year": None if n % 4 == 0 else 1900 + n,
            "area_km2": None if n % 3 == 0 else n / 7,
            "latitude": None if n % 6 == 0 else 40 + n / 100,
            "longitude": 100 - n / 3,
            "boundary_kind": "polygon",
            "expires_on": None if n % 2 else date(2026, 1, 1) + timedelta(days=n),
            "source": "=registry",
            "masking": "",
        }
        for n in range(ROW_COUNT)
    ]


def _boundaries() -> list[dict[str, Any]]:
    return [
        {"site_id": f"{n:03}", "geojson": json.dumps(shape), "source": "=registry", "masking": ""}
        for n, shape in enumerate(SHAPES)
    ]


def _detections() -> list[dict[str, Any]]:
    return [
        {
            "source": "cameras",
            "detection_id": f"d{n:03}",
            "site_id": f"{n % 3:03}",
            "deployment_id": "camera-1",
            "level": "event",
            "started_at": datetime(2026, 1, 1, 23, 59, 59, 500 * (n % 2), tzinfo=UTC) + timedelta(hours=n),
            "ended_at": None if n % 4 else datetime(1899, 12, 31, 1, 2, 3, tzinfo=UTC),
            "scientific_name": "Vulpes vulpes",
            "behavior": NASTY[n % len(NASTY)],
            "individual_count": None if n % 3 else n + 1,
            "classification_method": "machine" if n % 2 else "human",
            "classification_probability": None if n % 2 == 0 else round(n / ROW_COUNT, 3),
            "is_outside_deployment": n % 2 == 0,
            "masking": COARSE if n % 3 == 0 else "",
        }
        for n in range(ROW_COUNT)
    ]


ROWS: dict[str, list[dict[str, Any]]] = {
    "sites": _sites(),
    "boundaries": _boundaries(),
    "listings": [],
    "detections": _detections(),
}
WITHHELD = {"fixes": "Where tagged animals are is told to those who protect them."}


def stored(name: str) -> pa.Table:
    """All rows of one table as the data layer gives them."""
    return pa.Table.from_pylist(ROWS[name], schema=DECLARED[name].arrow_schema)


def _batches(view: FakeView, viewer: Viewer, name: str, choice: Choice, today: date) -> Iterator[pa.RecordBatch]:
    assert today == view.day
    if name not in ROWS:
        raise KeyError(name)
    yield from stored(name).to_batches(max_chunksize=20)


def _preview(view: FakeView, viewer: Viewer, name: str, choice: Choice, today: date, rows: int) -> pd.DataFrame:
    return stored(name).slice(0, rows).to_pandas()


ANSWERS = {
    "merged_tables": lambda view, viewer: {name: DECLARED[name] for name in ROWS},
    "merged_withheld": lambda view, viewer: WITHHELD,
    "merged_batches": _batches,
    "merged_count": lambda view, viewer, name, choice, today: len(ROWS[name]),
    "merged_preview": _preview,
    "sources": lambda view, viewer, today: SOURCES.copy(),
}


def install(put: Callable[[Any, str, Any], None]) -> None:
    """Answer in place of the data layer; `put` sets an attribute."""
    for name, answer in ANSWERS.items():
        put(queries, name, answer)


def context(is_demo: bool = False) -> Context:
    return Context(FakeView(), Viewer("partner"), is_demo)


def spec(format: str, *names: str, **choice: Any) -> Spec:
    """The spec of these tables, or of all."""
    return Spec.of(context(), [TableSpec(name) for name in names or ROWS], format, Choice(**choice))
