"""What each viewer gets of cameras, tagged animals, warnings and conflicts, record by record."""

import math
from datetime import date, timedelta
from pathlib import Path

import h3
import pandas as pd
import pytest
from pyproj import Geod

from data import access, queries
from data.access import Viewer
from data.engine import View
from data.store import Store
from tests.data import field_network
from tests.data.field_network import LATITUDE, LONGITUDE, SECRET_WORDS
from tests.data.invented import configured, deployment, filled, moment
from tests.data.network import (
    BEAST,
    EMBARGOED_SITE,
    EVERYONE,
    FOX,
    MANAGER,
    OPEN_SITE,
    PARTNER,
    PRIVATE_SITE,
    PUBLIC,
    REVIEWER,
    STAFF,
    SUMMARY_SITE,
    TIGER,
    TODAY,
)

ALWAYS = (date(2020, 1, 1), TODAY)
OTHER_MANAGER = Viewer("site", frozenset({"999"}))
by_role = pytest.mark.parametrize("viewer", [*EVERYONE, OTHER_MANAGER], ids=lambda viewer: viewer.role)


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> View:
    return field_network.built(tmp_path_factory.mktemp("field"))


def asked(question, view: View, viewer: Viewer, site_id: str = OPEN_SITE, days=ALWAYS) -> pd.DataFrame:
    return question(view, viewer, site_id, *days, TODAY)


def taxa(view: View, viewer: Viewer, days=ALWAYS) -> dict[str, int]:
    records = asked(queries.site_records, view, viewer, days=days)
    return records["scientific_name"].fillna("").value_counts().to_dict()


def test_the_public_gets_sensitive_records_of_released_months_that_are_not_few(view: View) -> None:
    assert taxa(view, PUBLIC) == {FOX: 3, TIGER: 6}
    assert taxa(view, STAFF) == {FOX: 3, TIGER: 17, BEAST: 4, "": 1}
    assert taxa(view, PARTNER) == taxa(view, REVIEWER) == taxa(view, MANAGER) == taxa(view, STAFF)


def test_parts_of_a_month_tell_the_public_nothing_of_a_sensitive_taxon(view: View) -> None:
    assert taxa(view, PUBLIC, (date(2026, 4, 2), TODAY)) == {FOX: 3}
    assert taxa(view, PUBLIC, (date(2026, 1, 1), date(2026, 4, 29))) == {}
    assert taxa(view, PUBLIC, (date(2026, 1, 1), date(2026, 4, 30))) == {TIGER: 6}


def test_the_public_is_told_which_taxa_lack_months(view: View) -> None:
    withheld = asked(queries.site_withheld, view, PUBLIC).set_index("scientific_name")["months"].to_dict()
    assert withheld == {TIGER: 1, BEAST: 1}
    assert asked(queries.site_withheld, view, PARTNER).empty


@by_role
def test_records_and_effort_of_private_and_summary_sources_stay_with_who_sees_them(view: View, viewer: Viewer) -> None:
    for question in (queries.site_records, queries.site_deployments):
        assert asked(question, view, viewer, PRIVATE_SITE).empty is not viewer.sees_all_of(PRIVATE_SITE)
        assert asked(question, view, viewer, SUMMARY_SITE).empty is not viewer.sees_species_of(SUMMARY_SITE)


def test_an_embargo_cuts_effort_where_it_cuts_records(view: View) -> None:
    limit = pd.Timestamp(TODAY - timedelta(days=89), tz="UTC")
    assert asked(queries.site_deployments, view, PUBLIC, EMBARGOED_SITE)["ended_at"].max() == limit
    assert asked(queries.site_records, view, PUBLIC, EMBARGOED_SITE)["started_at"].max() < limit
    assert asked(queries.site_deployments, view, STAFF, EMBARGOED_SITE)["ended_at"].max() > limit


def test_effort_is_cut_to_the_asked_days(view: View) -> None:
    frame = asked(queries.site_deployments, view, STAFF, days=(date(2026, 2, 25), date(2026, 3, 2)))
    assert sorted(frame["trap_nights"]) == [2.0, 4.0]


def test_deployments_without_a_place_share_one_where_they_stand_together(tmp_path: Path) -> None:
    start, day = moment("2026-03-01T00:00:00"), timedelta(days=1)
    cameras = [deployment(f"d{n}", start + n * 10 * day, start + (n * 10 + 5) * day) for n in range(3)]
    cameras.append(deployment("elsewhere", start, start + day, latitude=47.2))
    view = filled(Store(str(tmp_path / "store")), tmp_path, [configured("cams")], {"cams": {"deployments": cameras}})
    places = queries.site_deployments(view, STAFF, "990000001", *ALWAYS, TODAY)["place"]
    assert sorted(places) == ["1", "1", "1", "2"]


def test_only_who_sees_all_learns_the_names_of_places(view: View) -> None:
    names = {viewer: set(asked(queries.site_deployments, view, viewer)["place_name"]) for viewer in EVERYONE}
    assert names[PUBLIC] == names[PARTNER] == {"Place 1", "Place 2"}
    assert "Tiger spring" in names[STAFF] & names[MANAGER]


@pytest.mark.parametrize(("viewer", "resolution"), [(STAFF, 8), (PARTNER, 6), (PUBLIC, 4)])
def test_cells_are_as_fine_as_the_viewer_may_see(view: View, viewer: Viewer, resolution: int) -> None:
    cells = queries.site_places(view, viewer, OPEN_SITE, TODAY)["cell"]
    assert {h3.get_resolution(cell) for cell in cells} == {resolution}
    if viewer is PUBLIC:
        assert set(cells) == {h3.latlng_to_cell(47.0, 11.0, 4)}, "the published point of the site, not the cameras'"


@by_role
def test_nobody_but_the_owner_gets_names_ids_and_models(field: View, viewer: Viewer) -> None:
    frames = [
        queries.site_animals(field, viewer, OPEN_SITE, TODAY),
        asked(queries.site_fixes, field, viewer),
        asked(queries.site_alerts, field, viewer),
        asked(queries.site_incidents, field, viewer),
    ]
    text = " ".join(frame.to_csv() for frame in frames)
    hidden = set(SECRET_WORDS) if not viewer.sees_species_of(OPEN_SITE) else {"Lawan", "serial-7"}
    told = {word for word in SECRET_WORDS if word in text}
    assert told == (set(SECRET_WORDS) if viewer.sees_all_of(OPEN_SITE) else set(SECRET_WORDS) - hidden)


def test_positions_are_exact_on_the_grid_or_absent(field: View) -> None:
    assert asked(queries.site_fixes, field, STAFF)["latitude"].iloc[0] == pytest.approx(LATITUDE)
    coarse = asked(queries.site_fixes, field, PARTNER)
    assert set(coarse["latitude"]) == {15.125}
    assert set(coarse["longitude"]) == {99.655}
    hidden = asked(queries.site_fixes, field, PUBLIC)
    assert len(hidden) == 4, "released months only"
    assert hidden[["latitude", "longitude"]].isna().all().all()


def test_the_span_of_positions_is_that_of_the_days_that_a_viewer_may_see(field: View) -> None:
    april, june = date(2026, 4, 3), date(2026, 6, 3)
    assert queries.site_fix_span(field, STAFF, OPEN_SITE, TODAY) == (april, june)
    assert queries.site_fix_span(field, PUBLIC, OPEN_SITE, TODAY) is None, "the public sees no day"
    assert queries.site_fix_span(field, PARTNER, PRIVATE_SITE, TODAY) is None


def test_the_shape_of_a_track_is_the_same_for_everybody(field: View) -> None:
    april = (date(2026, 4, 1), date(2026, 4, 30))
    shapes = [asked(queries.site_fixes, field, viewer, days=april) for viewer in (STAFF, PARTNER, PUBLIC)]
    for shape in shapes:
        assert shape["north_m"].sum() == pytest.approx(0, abs=0.01)
        assert shape["north_m"].tolist() == pytest.approx(shapes[0]["north_m"].tolist())
        assert shape["step_m"].tolist()[1:] == pytest.approx(shapes[0]["step_m"].tolist()[1:])


def test_steps_are_great_circle_distances_between_successive_positions(field: View) -> None:
    fixes = asked(queries.site_fixes, field, STAFF)
    assert len(fixes) == 5, "the outlier does not count"
    assert math.isnan(fixes["step_m"].iloc[0])
    _, _, metres = Geod(ellps="sphere").inv(LONGITUDE, LATITUDE, LONGITUDE, LATITUDE + 0.001)
    assert fixes["step_m"].iloc[1] == pytest.approx(metres, rel=1e-3)
    assert fixes["step_h"].tolist()[1:4] == [1, 1, 1]


def test_days_follow_the_sun_at_the_animal(field: View) -> None:
    fixes = asked(queries.site_fixes, field, STAFF)
    # 05:00 UTC is 11:38 by the sun at 99.65 degrees east.
    assert pd.Timestamp(fixes["local_day"].iloc[0]).date() == date(2026, 4, 3)


def test_the_public_gets_warnings_of_released_months_with_true_durations_only(field: View) -> None:
    alerts = asked(queries.site_alerts, field, PUBLIC)
    assert alerts["is_by_month"].all()
    assert len(alerts) == 5, "four of another kind are too few, May and June not released"
    assert set(alerts["detected_at"]) == {pd.Timestamp("2026-04-01", tz="UTC")}
    assert set((alerts["sent_at"] - alerts["detected_at"]).dt.total_seconds()) == {42}
    assert alerts[["place_name", "animal_name", "latitude", "longitude"]].isna().all().all()
    for viewer in (PARTNER, STAFF):
        assert len(asked(queries.site_alerts, field, viewer)) == 11


def test_the_public_gets_conflicts_by_released_quarter_and_never_few(field: View) -> None:
    conflicts = asked(queries.site_incidents, field, PUBLIC)
    assert conflicts["kind"].tolist() == ["crop"] * 6
    assert set(conflicts["happened_on"]) == {date(2026, 1, 1)}
    assert conflicts[["scientific_name", "village", "loss", "loss_unit"]].isna().all().all()
    assert len(asked(queries.site_incidents, field, PARTNER)) == 11


def test_the_first_warning_is_told_to_the_public_by_month(field: View) -> None:
    assert queries.warning_since(field, STAFF, OPEN_SITE, TODAY) == date(2026, 4, 3)
    assert queries.warning_since(field, PUBLIC, OPEN_SITE, TODAY) == date(2026, 4, 1)
    assert queries.warning_since(field, PUBLIC, PRIVATE_SITE, TODAY) is None


@by_role
def test_a_private_field_system_is_invisible_to_others(field: View, viewer: Viewer) -> None:
    is_seen = viewer.sees_all_of(PRIVATE_SITE)
    assert queries.site_animals(field, viewer, PRIVATE_SITE, TODAY).empty is not is_seen
    for question in (queries.site_fixes, queries.site_alerts, queries.site_incidents):
        assert asked(question, field, viewer, PRIVATE_SITE).empty is not is_seen
    assert (PRIVATE_SITE in set(queries.monitored_sites(field, viewer, TODAY)["site_id"])) is is_seen


def test_monitored_sites_count_no_few_animals_and_warnings_for_the_public(field: View) -> None:
    public = queries.monitored_sites(field, PUBLIC, TODAY).set_index("site_id")
    assert public["animals"].isna().all()
    assert public["animals_few"].all()
    assert public["alerts"].tolist() == [5, 5]
    staff = queries.monitored_sites(field, STAFF, TODAY).set_index("site_id")
    assert staff["animals"].tolist() == [1, 1, 1]
    assert staff["alerts"].tolist() == [11, 11, 11]
    assert not staff["has_cameras"].any()


def test_a_source_of_positions_has_a_newest_record_and_rows(field: View) -> None:
    sources = queries.sources(field, STAFF, TODAY).set_index("source")
    assert pd.Timestamp(sources.loc[f"collars {OPEN_SITE}", "newest_record_on"]).date() == date(2026, 6, 3)


def test_days_of_positions_leave_out_what_the_source_marked_as_wrong(field: View) -> None:
    days = field.run(field.table("fix_days"))
    days = days[days["site_id"].eq(OPEN_SITE)]
    counted = dict(zip(pd.to_datetime(days["day"]).dt.date, days["fixes"], strict=True))
    assert counted == {date(2026, 4, 3): 4, date(2026, 6, 3): 1}


def test_corners_of_a_range_follow_the_rules_for_positions() -> None:
    ring = [(99.6511, 15.1211), (99.6589, 15.1212), (99.6711, 15.1411), (99.6511, 15.1611), (99.6511, 15.1211)]
    assert access.seen_rings(STAFF, OPEN_SITE, [ring]) == [ring]
    assert access.seen_rings(PUBLIC, OPEN_SITE, [ring]) == []
    coarse = access.seen_rings(PARTNER, OPEN_SITE, [ring])[0]
    assert coarse == [(99.655, 15.125), (99.675, 15.145), (99.655, 15.165), (99.655, 15.125)]
