"""What each role must not receive of a store: of other sites than their own, and more of it for the public."""

import itertools
import json
import re
from collections.abc import Iterable, Sequence

import h3
import numpy as np
import pandas as pd
import shapely

from data.access import EXACT_CELLS, PARTNER_CELLS, PARTNER_GRID_DEGREES, Viewer, open_names
from data.engine import View
from data.raw import RawStore
from demo.network import MASKED
from demo.sites import camera_site
from tests.leak.hidden import DECIMALS, NO_TIMES, Hidden, edges, off_the_grid, texts

PLACED = ("deployments", "fixes", "alerts", "reef_surveys", "heat_stress")
MOST_ROWS, NEWEST_OF_ANIMAL, SOME_OF_ANIMAL = 1_500, 3, 40
MOST_WORDS = 20_000
SHORTEST_WORD = 5
NAMES = {
    "deployments": ("location_name", "location_id", "camera_id", "deployment_id", "camera_model"),
    "detections": ("detection_id", "event_id", "individual_id"),
    "individuals": ("individual_id", "individual_name"),
    "collars": ("collar_id", "model"),
    "alerts": ("alert_id",),
    "incidents": ("incident_id",),
    "reef_surveys": ("survey_id",),
    "outplants": ("fragment_id",),
}
NOT_FOR_THE_PUBLIC = {
    "alerts": ("place_name",),
    "incidents": ("village",),
    "reef_surveys": ("station",),
    "outplants": ("nursery", "station", "scientific_name"),
    "heat_stress": ("station",),
    "work_items": ("note",),
}
NOT_FOR_PARTNERS = {"ratings": ("note", "evidence", "evidence_sha256")}
MOMENTS = {"fixes": "fixed_at", "alerts": "detected_at", "incidents": "happened_at"}
FILE_NAME = re.compile(rb"[\w-]{4,}\.(?:jpe?g|png|mp4|wav)", re.IGNORECASE)


def withheld(view: View, viewer: Viewer, store_url: str) -> Hidden:
    """What this viewer must not receive."""
    is_public = not viewer.sees_species_of("")
    found = {table: _somewhere(_others(view, viewer, table)) for table in PLACED}
    true = pd.concat([_some_places(table, rows) for table, rows in found.items()], ignore_index=True)
    places = off_the_grid(true)
    fitted, cells = _fitted(found.values()), _cells(true, EXACT_CELLS)
    if is_public:
        places = pd.concat([places, _snapped(true)])
        cells |= _cells(_snapped(true), PARTNER_CELLS)
    else:
        # From what partners may know, the edges of what they may not are known to some digits.
        fitted = _apart(fitted, _fitted(rows.assign(**_snapped(rows, distinct=False)) for rows in found.values()))
    return Hidden(
        _unpublished(view, places),
        _unpublished(view, off_the_grid(fitted)),
        sorted(cells | _words(view, viewer, is_public) | _file_names(view, viewer, store_url)),
        _times(view, viewer) if is_public else NO_TIMES,
    )


def words_of_comparisons(view: View) -> list[str]:
    """What the page Compare tells nobody: places, what people wrote, and the names of sensitive taxa."""
    t = view.table("species_months").select("scientific_name").distinct()
    taxa = set(texts(view.run(t), ["scientific_name"])) - set(open_names())
    wanted = NOT_FOR_PARTNERS | {"work_items": ("note",), "deployments": NAMES["deployments"]}
    written = {one for table, columns in wanted.items() for one in texts(view.run(view.table(table)), columns)}
    return sorted(one for one in written | taxa if len(one) >= SHORTEST_WORD)


def names_of_images(view: View) -> list[str]:
    """Names of images and surveys, and tags of corals: what would join our rows to those of the source."""
    wanted = {"reef_surveys": ("survey_id",), "outplants": ("fragment_id",)}
    return [one for table, columns in wanted.items() for one in texts(view.run(view.table(table)), columns)]


def _others(view: View, viewer: Viewer, table: str) -> pd.DataFrame:
    """The rows of sites that are not the viewer's own."""
    t = view.table(table)
    return view.run(t.filter(t.site_id.notin(sorted(viewer.sites) or [""])))


def _somewhere(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with a place; a tag that found none says that it is where both axes are 0."""
    return rows[rows["latitude"].notna() & (rows[["latitude", "longitude"]] != 0).any(axis=1)]


def _some(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    return rows.sample(min(most, len(rows)), random_state=1)


def _some_places(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Some different places; of each tagged animal the newest among them."""
    if table == "fixes":
        by_animal = rows.sort_values("fixed_at").groupby("individual_id")
        some = by_animal.sample(SOME_OF_ANIMAL, random_state=1)
        rows = pd.concat([by_animal.tail(NEWEST_OF_ANIMAL), some, _some(rows, MOST_ROWS)])
    places = rows[["latitude", "longitude"]].drop_duplicates()
    return places if table == "fixes" else _some(places, MOST_ROWS)


def _snapped(places: pd.DataFrame, distinct: bool = True) -> pd.DataFrame:
    """The middle of the partners' cell of each place, which is for partners alone."""
    cell = places[["latitude", "longitude"]] // PARTNER_GRID_DEGREES
    middle = ((cell + 0.5) * PARTNER_GRID_DEGREES).round(DECIMALS)
    return middle.drop_duplicates() if distinct else middle


def _fitted(found: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The edges of maps of a whole table, of a site, and of an animal or a station."""
    groups = []
    for number, rows in enumerate(found):
        # Maps leave out what the source marked as wrong.
        rows = rows[~rows["is_outlier"]] if "is_outlier" in rows else rows
        keys = [key for key in ("individual_id", "station") if key in rows]
        groups += [rows.assign(group=f"{number}"), rows.assign(group=f"{number} " + rows["site_id"])]
        groups += [rows.assign(group=f"{number} {key} " + rows[key]) for key in keys]
    return edges(pd.concat([one[["group", "latitude", "longitude"]] for one in groups]))


def _apart(places: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The places that are not among the known ones to the digits that are compared."""
    told = set(known.round(DECIMALS).itertuples(index=False))
    return places[[one not in told for one in places.round(DECIMALS).itertuples(index=False)]]


def _cells(places: pd.DataFrame, resolution: int) -> set[str]:
    """The H3 cells that places lie in."""
    pairs = places[["latitude", "longitude"]].itertuples(index=False)
    return {h3.latlng_to_cell(latitude, longitude, resolution) for latitude, longitude in pairs}


def _unpublished(view: View, places: pd.DataFrame) -> pd.DataFrame:
    """The places that are neither a published point of a site nor a corner of a published boundary."""
    geometries = view.run(view.table("boundaries").select("geojson"))["geojson"]
    corners = shapely.get_coordinates(shapely.from_geojson(geometries.to_numpy())).round(DECIMALS)
    points = view.run(view.table("sites").select("longitude", "latitude")).round(DECIMALS)
    # In a list of corners the latitude of one stands beside the longitude of the next.
    between = [
        np.column_stack([corners[one:, 0][: len(corners) - 1], corners[other:, 1][: len(corners) - 1]])
        for one, other in ((1, 0), (0, 1))
    ]
    published = {tuple(corner) for corner in itertools.chain(corners, *between, points.to_numpy())}
    rounded = places[["longitude", "latitude"]].round(DECIMALS).itertuples(index=False)
    return places[[tuple(place) not in published for place in rounded]].drop_duplicates(ignore_index=True)


def _words(view: View, viewer: Viewer, is_public: bool) -> set[str]:
    """Names and identifiers, what people wrote, and taxa that sites hide."""
    wanted = [*NAMES.items(), *(NOT_FOR_PARTNERS.items() if viewer.role != "reviewer" else ())]
    wanted += NOT_FOR_THE_PUBLIC.items() if is_public else ()
    words = {word for table, columns in wanted for column in columns for word in _column(view, viewer, table, column)}
    return words | {taxon for iso3, taxon, _ in MASKED if not viewer.sees_all_of(camera_site(iso3).site_id)}


def _column(view: View, viewer: Viewer, table: str, column: str) -> Sequence[str]:
    """Texts of a column that stand for nothing of the viewer's own sites."""
    t = view.table(table)
    own = set(view.run(t.filter(t.site_id.isin(sorted(viewer.sites) or [""])).select(column))[column])
    found = sorted(word for word in texts(_others(view, viewer, table), [column]) if len(word) >= SHORTEST_WORD)
    return _some(pd.Series([word for word in found if word not in own], dtype="object"), MOST_WORDS).tolist()


def _file_names(view: View, viewer: Viewer, store_url: str) -> set[str]:
    """Names of pictures and sounds in what the sources sent, which the store does not even keep."""
    raw, runs = RawStore(store_url), view.run(view.table("runs").select("source", "answers")).dropna()
    sources = view.run(view.table("sources").select("source", "site_ids")).set_index("source")["site_ids"]
    names: set[bytes] = set()
    for source, answers in runs.itertuples(index=False):
        if not viewer.sites & set(str(sources.get(source)).split(";")):
            for digest in json.loads(answers).values():
                names.update(FILE_NAME.findall(raw.read(digest)))
    return {name.decode() for name in names}


def _times(view: View, viewer: Viewer) -> pd.Series:
    """Moments of animals and people that are not for the public, and at which nothing else happened that is."""
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
