"""An invented network with a source of each way of sharing, pulled into a store, and short ways to ask about it."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from data import journal, queries
from data.access import Viewer
from data.engine import View, latest
from data.store import Store
from tests.data.invented import Row, configured, deployment, detection, filled, moment, run, site

TODAY = date(2026, 6, 15)
FOX, TIGER, BEAST = "Vulpes vulpes", "Panthera tigris", "Invented beast"
OPEN_SITE, SUMMARY_SITE, PRIVATE_SITE, EMBARGOED_SITE, FORMER_SITE = "100", "200", "300", "400", "500"
PUBLIC, PARTNER, REVIEWER, STAFF = (Viewer(role) for role in ("public", "partner", "reviewer", "staff"))
MANAGER = Viewer("site", frozenset({OPEN_SITE, PRIVATE_SITE}))
EVERYONE = (PUBLIC, PARTNER, REVIEWER, STAFF, MANAGER)
SOURCES = [
    configured("open cameras", site_ids=OPEN_SITE),
    configured("summary cameras", site_ids=SUMMARY_SITE, sharing="public-summary"),
    configured("private cameras", site_ids=PRIVATE_SITE, sharing="private"),
    configured("embargoed cameras", site_ids=EMBARGOED_SITE, embargo_days=90),
    configured("registry", connector="protected_planet", site_ids=None, sharing="public"),
    configured("published list", connector="green_list", site_ids=None, sharing="public"),
]


def _seen(site_id: str, name: str | None, day: str, times: int) -> list[Row]:
    return [
        detection(
            f"{site_id} {name} {day} {n}",
            moment(f"{day}T10:00:00"),
            site_id=site_id,
            scientific_name=name,
            utc_offset_min=480,
            individual_count=2,
            classification_method="machine" if n == 0 else "human",
        )
        for n in range(times)
    ]


DETECTIONS = {
    "open cameras": [
        *_seen(OPEN_SITE, FOX, "2026-06-10", 3),
        *_seen(OPEN_SITE, TIGER, "2026-06-11", 2),
        *_seen(OPEN_SITE, TIGER, "2026-05-02", 6),
        *_seen(OPEN_SITE, TIGER, "2026-04-20", 6),
        *_seen(OPEN_SITE, TIGER, "2026-03-20", 3),
        *_seen(OPEN_SITE, BEAST, "2026-04-21", 4),
        *_seen(OPEN_SITE, None, "2026-04-22", 1),
    ],
    "summary cameras": _seen(SUMMARY_SITE, FOX, "2026-06-01", 10),
    "private cameras": _seen(PRIVATE_SITE, FOX, "2026-06-01", 7),
    "embargoed cameras": [
        *_seen(EMBARGOED_SITE, FOX, "2026-06-01", 1),
        *_seen(EMBARGOED_SITE, FOX, "2026-03-18", 2),
        *_seen(EMBARGOED_SITE, FOX, "2026-03-17", 4),
        *_seen(EMBARGOED_SITE, FOX, "2026-02-10", 8),
    ],
    "former cameras": _seen(FORMER_SITE, FOX, "2026-06-01", 5),
}
SITE_OF = {source: rows[0]["site_id"] for source, rows in DETECTIONS.items()}


def _deployments(source: str) -> list[Row]:
    ends = moment("2026-03-01T00:00:00")
    place = {"site_id": SITE_OF[source], "location_id": "L1", "location_name": "Tiger spring", "camera_id": "serial 7"}
    return [
        deployment("camera-1", ends - timedelta(days=10), ends, **place),
        deployment("camera-2", ends, ends + timedelta(days=100), site_id=SITE_OF[source], latitude=47.2),
    ]


def built(folder: Path, without: Callable[[Row], bool] = lambda row: False) -> View:
    """The network in a fresh store below a folder, without some of its detections where asked."""
    store = Store(str(folder / "store"))
    rows = {
        source: {
            "detections": [row for row in found if not without(row)],
            "deployments": _deployments(source),
            "observation_counts": [
                {
                    "site_id": SITE_OF[source],
                    "deployment_id": "camera-1",
                    "day": date(2026, 2, 20),
                    "observation_type": "blank",
                    "row_count": 9,
                }
            ],
        }
        for source, found in DETECTIONS.items()
    }
    place = {"country_iso3": "AUT", "latitude": 47.0, "longitude": 11.0}
    rows["registry"] = {
        "sites": [site(name, **place) for name in (*SITE_OF.values(), "O'Hara")],
        "boundaries": [{"site_id": OPEN_SITE, "geojson": "{}", "is_redistributable": True}],
        "listings": [_listing("registry", OPEN_SITE, "Candidate", "candidate")],
    }
    rows["published list"] = {
        "listings": [_listing("gl", name, "Green Listed", "green_list") for name in (OPEN_SITE, SUMMARY_SITE)]
    }
    filled(store, folder, SOURCES, rows)
    _add_runs(store)
    return latest(store.url)


def _listing(listing_id: str, site_id: str, status: str, phase: str) -> Row:
    return {
        "listing_id": listing_id,
        "site_id": site_id,
        "status": status,
        "phase": phase,
        "expires_on": date(2027, 12, 31),
    }


def _add_runs(store: Store) -> None:
    """Each source of cameras was pulled twice: stored, then failed with a message that names a place."""
    secret = {"error": "no file Tiger spring", "advice": "ask the ranger", "warnings": "Tiger spring is dark"}
    runs = [
        *(run(source, moment("2026-06-14T00:00:00"), cursor="{}") for source in SITE_OF),
        *(run(source, moment("2026-06-15T00:00:00"), outcome="unavailable", **secret) for source in SITE_OF),
    ]
    refused = [
        {
            "run_id": "1",
            "table": "detections",
            "row": 7,
            "field": field,
            "value": "Tiger spring",
            "reason": "is required but empty",
            "raw": "Tiger spring;7",
            "source": source,
        }
        for source in SITE_OF
        for field in ("started_at", "site_id")
    ]
    with store.transaction() as transaction:
        journal.add_runs(transaction, runs)
        for source in SITE_OF:
            own = [row for row in refused if row["source"] == source]
            journal.replace_refused(transaction, source, own, is_whole=True)
        transaction.publish()


def count_of(site_id: str) -> int:
    return sum(row["site_id"] == site_id for rows in DETECTIONS.values() for row in rows)


def days_of(view: View, viewer: Viewer, site_id: str) -> dict[date, int]:
    frame = queries.site_days(view, viewer, site_id, TODAY)
    return dict(zip(pd.to_datetime(frame["day"]).dt.date, frame["detections"], strict=True))


def species_of(view: View, viewer: Viewer, site_id: str, first: str = "2000-01", last: str = "2026-12") -> pd.DataFrame:
    frame = queries.site_species(view, viewer, site_id, first, last, TODAY)
    return frame.assign(scientific_name=frame["scientific_name"].fillna("")).set_index("scientific_name")
