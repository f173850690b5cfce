"""An invented network with tagged animals, warnings and conflicts at an open, a summary and a private site."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path

from data.engine import View
from data.store import Store
from tests.data.invented import Row, configured, filled, moment, site
from tests.data.network import OPEN_SITE, PRIVATE_SITE, SUMMARY_SITE

SHARED = {OPEN_SITE: "public", SUMMARY_SITE: "public-summary", PRIVATE_SITE: "private"}
ELEPHANT = "Elephas maximus"
SECRET_WORDS = ("Lawan", "Secret fence", "Hidden village", "serial-7")
LATITUDE, LONGITUDE = 15.123456, 99.654321


def fix(site_id: str, animal: str, at: datetime, north: float = 0.0, east: float = 0.0, **fields) -> Row:
    place = {"latitude": LATITUDE + north, "longitude": LONGITUDE + east}
    return {"individual_id": animal, "site_id": site_id, "fixed_at": at, "is_outlier": False, **place, **fields}


def alert(site_id: str, number: int, at: datetime, **fields) -> Row:
    return {
        "alert_id": f"alert-{number}",
        "site_id": site_id,
        "kind": "geofence_break",
        "individual_id": "animal-1",
        "detected_at": at,
        "sent_at": at + timedelta(seconds=42),
        "arrived_at": at + timedelta(minutes=18),
        "outcome": "confirmed",
        "latitude": LATITUDE,
        "longitude": LONGITUDE,
        "place_name": "Secret fence",
        **fields,
    }


def incident(site_id: str, number: int, at: datetime, **fields) -> Row:
    return {
        "incident_id": f"incident-{number}",
        "site_id": site_id,
        "happened_at": at,
        "kind": "crop",
        "scientific_name": ELEPHANT,
        "village": "Hidden village",
        "loss": 123.0,
        "loss_unit": "kg",
        **fields,
    }


def _tables(site_id: str) -> dict[str, list[Row]]:
    april, may, june = (moment(f"2026-0{month}-03T05:00:00") for month in (4, 5, 6))
    animal = {"individual_id": "animal-1", "site_id": site_id}
    track = [fix(site_id, "animal-1", april + timedelta(hours=hour), 0.001 * hour) for hour in range(4)]
    alerts = [alert(site_id, n, april + timedelta(days=n, hours=n)) for n in range(5)]
    alerts += [alert(site_id, 5 + n, april, kind="immobility") for n in range(4)]
    return {
        "individuals": [{**animal, "individual_name": "Lawan", "scientific_name": ELEPHANT, "sex": "female"}],
        "collars": [{**animal, "collar_id": "serial-7", "kind": "kinetic", "model": "serial-7"}],
        "fixes": [*track, fix(site_id, "animal-1", june), fix(site_id, "animal-1", may, 5.0, is_outlier=True)],
        "alerts": [*alerts, alert(site_id, 9, may), alert(site_id, 10, june)],
        "incidents": [
            *(incident(site_id, n, moment("2026-02-10T03:00:00") + timedelta(days=n)) for n in range(6)),
            *(incident(site_id, 6 + n, moment("2026-03-10T03:00:00"), kind="property") for n in range(4)),
            incident(site_id, 10, june),
        ],
    }


def _same(table: str, rows: list[Row]) -> list[Row]:
    return rows


def built(folder: Path, empty: Collection[str] = (), change: Callable[[str, list[Row]], list[Row]] = _same) -> View:
    """The network in a fresh store below a folder; of the sites that are `empty` there is nothing but their name.

    `change` gives what is stored instead of the rows of a table.
    """
    sources = [
        configured(f"collars {site_id}", connector="earthranger", site_ids=site_id, sharing=level)
        for site_id, level in SHARED.items()
    ]
    sources.append(configured("registry", connector="protected_planet", site_ids=None))
    rows = {
        f"collars {site_id}": {name: change(name, some) for name, some in _tables(site_id).items()}
        for site_id in SHARED
        if site_id not in empty
    }
    place = {"country_iso3": "THA", "latitude": 15.0, "longitude": 99.5}
    rows["registry"] = {"sites": [site(site_id, **place) for site_id in SHARED]}
    return filled(Store(str(folder / "store")), folder, sources, rows)
