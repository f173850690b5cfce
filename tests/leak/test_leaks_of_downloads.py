"""No table that somebody may download holds a true position or a name that its reader may not know."""

import functools
import itertools
import re

import pandas as pd
import pytest

from data import engine, queries
from data.access import PUBLIC, Viewer
from data.engine import View
from data.queries.merged import Choice
from exports.context import Context
from exports.tables import table_chunks
from tests.leak.hidden import Hidden, off_the_grid, texts

PARTNERS = (Viewer("partner"), Viewer("reviewer"))
NOT_STAFF = (PUBLIC, *PARTNERS, Viewer("site", frozenset({"990000001"})))
POSITIONS = ("deployments", "fixes", "alerts", "reef_surveys", "heat_stress")
NAMES = {
    "deployments": ("location_name", "camera_id", "deployment_id", "camera_model"),
    "individuals": ("individual_id", "individual_name"),
    "collars": ("collar_id", "model"),
    "alerts": ("alert_id",),
    "incidents": ("incident_id",),
    "reef_surveys": ("survey_id",),
    "outplants": ("fragment_id",),
}
ONLY_THE_PUBLIC_MUST_NOT_KNOW = {"alerts": ("place_name",), "incidents": ("village",), "outplants": ("nursery",)}
MOST_POSITIONS = 200
each = pytest.mark.parametrize("viewer", NOT_STAFF, ids=lambda viewer: viewer.role)


@pytest.fixture(scope="session")
def view(demo_store) -> View:
    return engine.latest(str(demo_store / "demo"))


@functools.cache
def downloads(view: View, viewer: Viewer) -> bytes:
    context = Context(view, viewer, is_demo=True)
    names = queries.merged_tables(view, viewer)
    return b"\n".join(itertools.chain.from_iterable(table_chunks(n, (), Choice(), "csv", context) for n in names))


def cells(seen: bytes) -> set[str]:
    return set(re.split(r'[,"\r\n]+', seen.decode()))


def stored(view: View, table: str, viewer: Viewer) -> pd.DataFrame:
    """The rows of other people's sites."""
    rows = view.run(view.table(table))
    return rows[~rows["site_id"].isin(viewer.sites)]


def positions(view: View, viewer: Viewer) -> Hidden:
    rows = [stored(view, table, viewer).dropna(subset=["latitude"]) for table in POSITIONS]
    places = pd.concat([one[["latitude", "longitude"]].drop_duplicates() for one in rows])
    public = view.run(view.table("sites"))[["latitude", "longitude"]].round(3).apply(tuple, axis=1)
    places = off_the_grid(places[~places.round(3).apply(tuple, axis=1).isin(public)])
    return Hidden(places.sample(min(MOST_POSITIONS, len(places)), random_state=1), [])


def words(view: View, viewer: Viewer) -> set[str]:
    wanted = [(table, NAMES[table]) for table in NAMES]
    if viewer == PUBLIC:
        wanted += list(ONLY_THE_PUBLIC_MUST_NOT_KNOW.items())
    return {text for table, columns in wanted for text in texts(stored(view, table, viewer), columns)}


def own_words(view: View, viewer: Viewer) -> set[str]:
    """What places and cameras of the viewer's own sites are called too."""
    rows = {table: view.run(view.table(table)) for table in NAMES}
    return {
        text
        for table, columns in NAMES.items()
        for text in texts(rows[table][rows[table]["site_id"].isin(viewer.sites)], columns)
    }


@each
def test_no_download_holds_a_true_position_of_others(view: View, viewer: Viewer) -> None:
    hidden = positions(view, viewer)
    assert len(hidden.positions) > 100
    assert hidden.positions_in(downloads(view, viewer)) == 0


@each
def test_no_download_holds_a_name_or_identifier_of_others(view: View, viewer: Viewer) -> None:
    hidden = words(view, viewer) - own_words(view, viewer)
    assert len(hidden) > 100
    assert hidden & cells(downloads(view, viewer)) == set()


def test_the_search_finds_both_where_they_are_given_out(view: View) -> None:
    """Staff get them, so a search that finds none there could find none anywhere."""
    staff = Viewer("staff")
    seen, hidden = downloads(view, staff), positions(view, staff)
    assert hidden.positions_in(seen) > len(hidden.positions) / 2
    assert len(words(view, staff) & cells(seen)) > 100


def test_no_name_of_a_recognised_animal_is_given_to_partners(view: View) -> None:
    rows = view.run(view.table("detections"))
    known = set(texts(rows, ["individual_id"]))
    for viewer in PARTNERS:
        found = queries.merged_preview(view, viewer, "detections", Choice(), view.day, 100_000)
        assert len(found) > 1_000
        assert not known & set(texts(found, ["individual_id"]))
