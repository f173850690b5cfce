"""An invented network of camera traps with everything that makes exchange hard, and ways to read an archive back."""

import csv
import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa

from data import queries
from data.access import Viewer
from data.engine import View
from data.queries.merged import Choice
from data.store import Store
from exports.context import Context
from tests.data.invented import Row, configured, deployment, detection, filled, moment, site

STAFF, PARTNER, PUBLIC = Viewer("staff"), Viewer("partner"), Viewer()
VALLEY, RIDGE, UPLAND = "101", "202", "303"
MANAGER = Viewer("site", frozenset({VALLEY}))
FORMULA = '=HYPERLINK("http://evil.example","name")'
TWO_LINES = "Vulpes\r\nvulpes\t\u202e"
QUOTED = 'Canis "lupus", sensu <b>lato</b>'
HOSTILE = (FORMULA, TWO_LINES, QUOTED, "Panthera\x00tigris")
SOURCES = [
    configured("valley cameras", site_ids=VALLEY, licence="CC-BY-4.0"),
    configured("ridge cameras", site_ids=RIDGE, licence="CC0-1.0"),
    configured("upland (shared)", site_ids=UPLAND, licence="Ask <the> owner"),
    configured("registry", connector="protected_planet", site_ids=None),
]
SITES = [
    site(VALLEY, site_name="Wide Valley", country_iso3="AUT", latitude=47.28, longitude=11.62, area_km2=120.5),
    site(RIDGE, site_name="Long <Ridge>\tNorth", country_iso3="AUT;DEU", latitude=47.31, longitude=-11.58),
    site(UPLAND, site_name="=Upland", country_iso3="FJI", area_km2=40.0),
]

CONTACTS = [
    {"site_id": VALLEY, "address": "https://valley.example/contact"},
    {"site_id": "999", "address": "https://elsewhere.example/contact"},
    {"site_id": "*", "address": "office@network.example"},
]
# Everybody who may see single detections somewhere.
VIEWERS = (STAFF, PARTNER, MANAGER)


def _cameras(site_id: str, **fields: object) -> list[Row]:
    began = moment("2026-01-30T22:15:00")
    shared = {"site_id": site_id, "utc_offset_min": 345, **fields}
    return [
        deployment("c1", began, began + timedelta(days=20, hours=7), location_name=FORMULA, **shared),
        deployment("c2", moment("2026-03-01T00:00:00"), moment("2026-04-15T12:00:30"), latitude=47.2, **shared)
        | {"coordinate_uncertainty_m": 0.2, "feature_type": "Waterhole | big", "location_id": "L\n2"},
        deployment("=c3", moment("2025-01-01T00:00:00"), moment("2025-02-01T00:00:00"), **shared)
        | {"feature_type": "roadDirt", "coordinate_uncertainty_m": 187.0, "trap_nights": 20.5},
    ]


def _seen(number: int, at: str, **fields: object) -> Row:
    return detection(f"o{number}", moment(at), **{"deployment_id": "c1", "utc_offset_min": 345, **fields})


def _detections(site_id: str) -> list[Row]:
    plain = [_seen(100 + n, f"2026-02-{1 + n:02}T03:04:05", ended_at=moment(f"2026-02-{1 + n:02}T03:05:05"))
             for n in range(8)]  # fmt: skip
    rows = [
        *plain,
        _seen(1, "2026-02-02T18:30:00.900000", event_id="e1", individual_count=3, sex="female", life_stage="Adult"),
        _seen(2, "2026-02-02T18:30:00", event_id="e1", scientific_name=None, classification_method="machine")
        | {"classification_probability": 0.25},
        _seen(3, "2026-03-02T18:30:00", deployment_id="c2", utc_offset_min=None, level="media", sex="unknown"),
        _seen(4, "2026-03-03T18:30:00", deployment_id="c2", level="media", event_id="e1", behavior="eats | runs"),
        # Outside its deployment by a year, and in none that is known.
        _seen(5, "2026-03-04T00:00:00", deployment_id="=c3", is_outside_deployment=True, individual_id="-7"),
        _seen(6, "2026-03-05T00:00:00", deployment_id="lost"),
        *(_seen(10 + n, f"2026-03-{10 + n}T12:00:00", deployment_id="c2", scientific_name=name)
          for n, name in enumerate(HOSTILE)),
        _seen(20, "2026-03-20T12:00:00", deployment_id="c2") | {"detection_id": "o\n20"},
        _seen(21, "2026-03-20T12:00:00", deployment_id="c2") | {"detection_id": "o 20"},
        _seen(22, "2026-03-21T12:00:00", deployment_id="c2") | {"detection_id": "NA"},
    ]  # fmt: skip
    return [row | {"site_id": site_id} for row in rows]


def built(folder: Path) -> View:
    """The network in a fresh store: three sources whose identifiers are the same."""
    rows = {
        source["source"]: {"detections": _detections(source["site_ids"]), "deployments": _cameras(source["site_ids"])}
        for source in SOURCES[:3]
    }
    rows["registry"] = {"sites": SITES, "contacts": CONTACTS}
    return filled(Store(str(folder / "store")), folder, SOURCES, rows)


def context(view: View, viewer: Viewer = STAFF, is_demo: bool = False) -> Context:
    return Context(view, viewer, is_demo)


def members(archive: bytes) -> dict[str, bytes]:
    """The files of a zip, which must be whole."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def rows(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    """The rows of a CSV, read by Python's own reader."""
    return list(csv.DictReader(io.StringIO(files[name].decode("utf-8"), newline="")))


def merged(context: Context, name: str, choice: Choice | None = None) -> pd.DataFrame:
    """A whole table of the merged dataset."""
    view, viewer = context.view, context.viewer
    schema = queries.merged_tables(view, viewer)[name].arrow_schema
    batches = queries.merged_batches(view, viewer, name, choice or Choice(), context.today)
    return pa.Table.from_batches(list(batches), schema=schema).to_pandas()
