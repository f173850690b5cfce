"""Which pages and downloads are driven: all of them, and those about a site for each that has something to hide."""

import json
from collections.abc import Collection, Sequence

from data import queries
from data.access import PUBLIC, Viewer
from data.engine import View
from demo.network import MASKED
from demo.sites import camera_site
from tests.leak.received import Received, fetch
from tests.leak.session import Link, read_pages
from ui import navigation
from ui.reader import ROLES

API = "/api/v1"
# CSV of each table is taken from the interface for scripts, and of some from the page.
BUILT = {
    "xlsx": ("alerts_by_month", "individuals", "incidents", "deployments"),
    "parquet": ("reef_surveys", "deployments"),
    "geoparquet": ("sites", "alerts"),
    "geopackage": ("sites", "reef_surveys", "fixes", "deployments"),
}
# What two roles of one line may know of places, taxa and moments of other sites is the same, so that each of the two
# drives half of the sites.
HALVES = {"public": 0, "site": 1, "partner": 0, "reviewer": 1, "staff": 0}


def links(view: View, role: str) -> list[Link]:
    """Every page of the navigation, and those about a site with tabs, filters and periods."""
    pages = [(name, "") for entries in navigation.SECTIONS.values() for name, *_ in entries]
    anchored = sorted(view.run(view.table("anchors").select("assessment_id"))["assessment_id"])[:2]
    reefs, cameras, commented = (
        found[HALVES[role] :: 2]
        for found in (sites(view, "reef_surveys"), sites(view, "deployments"), _most_commented(view))
    )
    return [
        *pages,
        *_of_cameras(cameras),
        *_of_the_field(view, HALVES[role]),
        *((page, f"site={one}&tab=Reefs") for one in reefs for page in ("reefs", "site")),
        *(("assess", f"site={one}&component={part}") for one in commented for part in (1, 2, 3, 4)),
        *(("ledger", f"assessment={one}") for one in anchored),
    ]


def _of_cameras(found: Sequence[str]) -> list[Link]:
    masked = camera_site(MASKED[0][0]).site_id
    return [
        *(("site", f"site={one}") for one in found),
        *(("wildlife", f"site={one}&view={tab}") for one in found for tab in ("Map", "Effort")),
        ("site", f"site={masked}&tab=Wildlife"),
        ("wildlife", f"site={masked}&view=Species&period=all"),
        *compared(found),
    ]


def _of_the_field(view: View, half: int) -> list[Link]:
    found = sorted({one for table in ("fix_days", "alerts", "incidents") for one in sites(view, table)})
    return [
        *(
            (page, f"site={one}")
            for one in found[half::2]
            for page in ("site", "wildlife", "movement", "early_warning")
        ),
        *(("site", f"site={found[half]}&tab={tab}") for tab in ("Movement", "Warnings", "Sources")),
        *(("early_warning", f"site={found[half]}&period={period}") for period in ("90d", "all")),
    ]


def compared(found: Sequence[str]) -> list[Link]:
    """The page Compare for some sites, with as many peers as there are."""
    return [("compare", f"site={one}&same=realm&size=any") for one in found]


def built(tables: Collection[str]) -> list[Link]:
    """The page Download with a package in each format, of those tables that are offered."""
    offered = {kind: [name for name in names if name in tables] for kind, names in BUILT.items()}
    return [
        ("download", "&".join([f"format={kind}", *(f"table={name}" for name in names)]))
        for kind, names in offered.items()
    ]


def _most_commented(view: View) -> list[str]:
    t = view.table("ratings")
    counted = t.group_by("site_id").agg(notes=t.note.count())
    return view.run(counted.order_by(counted.notes.desc(), "site_id").limit(2))["site_id"].tolist()


def sites(view: View, table: str) -> list[str]:
    return sorted(view.run(view.table(table).select("site_id").distinct())["site_id"])


def managed_site(view: View) -> str:
    """The site whose manager the demo shows: the first one with cameras."""
    found = queries.sites(view, PUBLIC, view.day)
    return str(found.loc[found["has_cameras"].astype(bool), "site_id"].iloc[0])


def token(role: str) -> str:
    return f"t4n_of-the-{role}-of-the-leak-test"


def headers(role: str) -> dict[str, str]:
    return {} if role == "public" else {"Authorization": f"Bearer {token(role)}"}


def drive(url: str, view: View, viewer: Viewer, pages: Sequence[Link]) -> Received:
    """Some pages, then all downloads, by the page and by the interface for scripts, and the page before any script."""
    role = viewer.role
    listed = fetch(url, f"{API}/tables", headers(role))
    tables = [table["name"] for table in json.loads(listed)["tables"]]
    received = read_pages(url, [*pages, *built(tables)], None if role == "public" else ROLES[role])
    received.add("tables", listed)
    addresses = [f"tables/{table}.csv" for table in tables]
    addresses += ["darwin-core.zip", "impact-report.html", "impact-report.pdf", "openapi.json"]
    addresses += [] if role == "public" else ["camtrap-dp.zip"]
    for address in addresses:
        received.add(address, fetch(url, f"{API}/{address}", headers(role)))
    received.add("html", fetch(url, "/"))
    return received
