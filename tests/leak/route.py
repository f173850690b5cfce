"""Which pages and downloads are driven, and what each role must not receive."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import shapely

from data import queries
from data.access import PARTNER_GRID_DEGREES, PUBLIC, Viewer, open_names
from data.engine import View
from demo.network import MASKED
from demo.sites import camera_site
from tests.leak import attacks
from tests.leak.hidden import DECIMALS, off_the_grid, texts
from tests.leak.reader import Link
from ui import navigation

PLACED = ("deployments", "fixes", "alerts", "reef_surveys")
MOST_ROWS = 1_500
MOST_WORDS = 150
SHORTEST_WORD = 5
NAMES = {
    "deployments": ("location_name", "location_id", "camera_id", "deployment_id"),
    "detections": ("detection_id", "event_id", "individual_id"),
    "individuals": ("individual_id", "individual_name"),
    "collars": ("collar_id",),
    "alerts": ("alert_id",),
    "incidents": ("incident_id",),
    "reef_surveys": ("survey_id",),
    "outplants": ("fragment_id",),
}
NOT_FOR_THE_PUBLIC = {
    "alerts": ("place_name",),
    "incidents": ("village",),
    "reef_surveys": ("station",),
    "outplants": ("nursery",),
    "work_items": ("note",),
}
NOT_FOR_PARTNERS = {"ratings": ("note", "evidence", "evidence_sha256")}
MOMENTS = {"fixes": "fixed_at", "alerts": "detected_at", "incidents": "happened_at"}


@dataclass(frozen=True)
class Secrets:
    """What a role must not receive."""

    places: pd.DataFrame
    edges: pd.DataFrame
    words: list[str]
    times: pd.Series


def links(view: View) -> list[Link]:
    """Every page of the navigation; those about a site for several sites, with tabs, filters and periods."""
    masked = camera_site(MASKED[0][0]).site_id
    cameras = [one for one in _sites(view, "deployments") if one != masked]
    field, reefs, assessed = (_sites(view, table) for table in ("alerts", "outplants", "ratings"))
    anchored = view.run(view.table("anchors").select("assessment_id"))["assessment_id"].sort_values().head(1)
    pages = [(name, "") for entries in navigation.SECTIONS.values() for name, *_ in entries]
    tabs = {"Wildlife": masked, "Movement": field[0], "Warnings": field[0], "Reefs": reefs[0], "Sources": field[0]}
    views = {"Species": masked, "Map": cameras[0], "Effort": cameras[1]}
    return [
        *pages,
        *(("site", f"site={one}&tab={tab}") for tab, one in tabs.items()),
        *(("wildlife", f"site={one}&view={tab}&period=all") for tab, one in views.items()),
        ("movement", f"site={field[1]}"),
        *(("early_warning", f"site={field[0]}&period={period}") for period in ("90d", "all")),
        ("compare", f"site={masked}&same=realm&size=any"),
        ("assess", f"site={assessed[0]}&component=4"),
        *(("ledger", f"assessment={one}") for one in anchored),
    ]


def secrets(view: View, viewer: Viewer) -> Secrets:
    """What this viewer must not receive: of other sites than their own, and more of it for the public."""
    is_public = not viewer.sees_species_of("")
    found = [_others(view, viewer, table).dropna(subset=["latitude"]).assign(table=table) for table in PLACED]
    rows = pd.concat([_some(one, MOST_ROWS) for one in found], ignore_index=True)
    group = rows["table"] + rows["site_id"]
    edges = attacks.edges(pd.concat([one.assign(group=one["table"] + one["site_id"]) for one in found]))
    places = off_the_grid(rows.assign(group=group))[["latitude", "longitude"]]
    if is_public:
        places = pd.concat([places, _snapped(rows)])
    wanted = NAMES | (NOT_FOR_PARTNERS if viewer.role != "reviewer" else {})
    pairs = [*wanted.items(), *(NOT_FOR_THE_PUBLIC.items() if is_public else ())]
    words = {word for table, columns in pairs for column in columns for word in _words(view, viewer, table, column)}
    words |= {taxon for iso3, taxon, _ in MASKED if not viewer.sees_all_of(camera_site(iso3).site_id)}
    return Secrets(
        _unpublished(view, places),
        _unpublished(view, off_the_grid(edges)),
        sorted(words),
        _times(view, viewer, is_public),
    )


def _sites(view: View, table: str) -> list[str]:
    return sorted(view.run(view.table(table).select("site_id").distinct())["site_id"])


def _others(view: View, viewer: Viewer, table: str) -> pd.DataFrame:
    """The rows of sites that are not the viewer's own."""
    t = view.table(table)
    return view.run(t.filter(t.site_id.notin(sorted(viewer.sites) or [""])))


def _some(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    return rows.sample(min(most, len(rows)), random_state=1)


def _snapped(places: pd.DataFrame) -> pd.DataFrame:
    """The middle of the partners' cell of each place, which is for partners alone."""
    cell = places[["latitude", "longitude"]] // PARTNER_GRID_DEGREES
    return ((cell + 0.5) * PARTNER_GRID_DEGREES).round(DECIMALS).drop_duplicates()


def _unpublished(view: View, places: pd.DataFrame) -> pd.DataFrame:
    """The places that are neither a published point of a site nor a corner of a published boundary."""
    geometries = view.run(view.table("boundaries").select("geojson"))["geojson"]
    corners = shapely.get_coordinates(shapely.from_geojson(geometries.to_numpy())).round(DECIMALS)
    points = view.run(view.table("sites").select("longitude", "latitude")).round(DECIMALS)
    published = {tuple(corner) for corner in itertools.chain(corners, points.to_numpy())}
    rounded = places[["longitude", "latitude"]].round(DECIMALS).itertuples(index=False)
    return places[[tuple(place) not in published for place in rounded]].drop_duplicates(ignore_index=True)


def _words(view: View, viewer: Viewer, table: str, column: str) -> Sequence[str]:
    """Some of the texts of a column that stand for nothing else."""
    own = view.table(table)
    own = set(view.run(own.filter(own.site_id.isin(sorted(viewer.sites) or [""])).select(column))[column])
    found = sorted(word for word in texts(_others(view, viewer, table), [column]) if len(word) >= SHORTEST_WORD)
    return _some(pd.Series([word for word in found if word not in own], dtype="object"), MOST_WORDS).tolist()


def _times(view: View, viewer: Viewer, is_public: bool) -> pd.Series:
    """Moments of animals and people that are not for the public, and at which nothing else happened that is."""
    if not is_public:
        return pd.Series([], dtype="datetime64[ns, UTC]")
    t = view.table("detections")
    is_told = t.scientific_name.isin(open_names()).fill_null(False) | t.site_id.isin(sorted(viewer.sites) or [""])
    told, untold = (view.run(t.filter(which).select("started_at", "utc_offset_min")) for which in (is_told, ~is_told))
    # Exchange formats write the local clock.
    local = told["started_at"] + pd.to_timedelta(told["utc_offset_min"].fillna(0), unit="min")
    told = pd.concat([told["started_at"], local], ignore_index=True)
    found = [untold["started_at"], *(_others(view, viewer, table)[column] for table, column in MOMENTS.items())]
    times = pd.concat([_some(one, MOST_ROWS) for one in found], ignore_index=True)
    # What happens at a whole hour happens everywhere.
    is_odd = (times.dt.second > 0) | (times.dt.minute > 0)
    return times[is_odd & ~times.dt.floor("s").isin(told.dt.floor("s"))].reset_index(drop=True)


def managed_site(view: View) -> str:
    """The site whose manager the demo shows: the first one with cameras."""
    sites = queries.sites(view, PUBLIC, view.day)
    return str(sites.loc[sites["has_cameras"].astype(bool), "site_id"].iloc[0])
