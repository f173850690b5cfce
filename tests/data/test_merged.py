"""The merged dataset: what each viewer may download, and that it agrees with what the pages ask."""

import functools
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import queries
from data.access import Viewer
from data.engine import View
from data.queries.merged import Choice
from data.queries.merged.table import whole_months
from data.store import Store
from tests.data import field_network
from tests.data.invented import configured, filled
from tests.data.network import (
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
    count_of,
)

ALL = Choice()
SINGLE_RECORDS = {"deployments", "detections", "individuals", "collars", "fixes", "alerts", "incidents"}
SITES = (OPEN_SITE, SUMMARY_SITE, PRIVATE_SITE)
each_viewer = pytest.mark.parametrize("viewer", EVERYONE, ids=lambda viewer: viewer.role)
each_tier = pytest.mark.parametrize("viewer", [PUBLIC, PARTNER, MANAGER], ids=lambda viewer: viewer.role)
days = st.dates(date(2020, 1, 1), date(2027, 12, 31))


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> View:
    return field_network.built(tmp_path_factory.mktemp("field"))


@functools.cache
def rows(view: View, viewer: Viewer, name: str, choice: Choice = ALL) -> pd.DataFrame:
    return asked(view, viewer, name, choice)


def asked(view: View, viewer: Viewer, name: str, choice: Choice = ALL) -> pd.DataFrame:
    table = queries.merged_tables(view, viewer)[name]
    batches = list(queries.merged_batches(view, viewer, name, choice, TODAY))
    return pa.Table.from_batches(batches, schema=table.arrow_schema).to_pandas()


def networks(view: View, field: View, viewer: Viewer) -> Iterator[tuple[View, str]]:
    yield from ((one, name) for one in (view, field) for name in queries.merged_tables(one, viewer))


@each_tier
def test_counts_and_previews_are_those_of_the_rows_themselves(view: View, field: View, viewer: Viewer) -> None:
    for one, name in networks(view, field, viewer):
        whole = rows(one, viewer, name)
        assert queries.merged_count(one, viewer, name, ALL, TODAY) == len(whole)
        preview = queries.merged_preview(one, viewer, name, ALL, TODAY, 3)
        pd.testing.assert_frame_equal(preview, whole.head(3))


@each_tier
def test_keys_tell_rows_apart_and_the_order_is_always_the_same(view: View, field: View, viewer: Viewer) -> None:
    for one, name in networks(view, field, viewer):
        whole, key = rows(one, viewer, name), list(queries.merged_tables(one, viewer)[name].key)
        assert not key or not whole.duplicated(key).any(), name
        pd.testing.assert_frame_equal(asked(one, viewer, name), whole)


def test_the_public_is_told_why_it_gets_no_single_records(view: View) -> None:
    withheld = queries.merged_withheld(view, PUBLIC)
    assert set(withheld) == SINGLE_RECORDS
    assert all(reason.endswith(".") for reason in withheld.values())
    for name in SINGLE_RECORDS:
        with pytest.raises(KeyError):
            next(iter(queries.merged_batches(view, PUBLIC, name, ALL, TODAY)))
        with pytest.raises(KeyError):
            queries.merged_count(view, PUBLIC, name, ALL, TODAY)
        with pytest.raises(KeyError):
            queries.merged_preview(view, PUBLIC, name, ALL, TODAY, 1)
    assert queries.merged_withheld(view, Viewer("site")) == withheld
    assert queries.merged_withheld(view, MANAGER) == {}


@each_viewer
def test_detections_by_month_add_up_to_what_the_page_of_a_site_counts(view: View, viewer: Viewer) -> None:
    found = rows(view, viewer, "detections_by_month")
    for site_id in SITES:
        page = queries.site_species(view, viewer, site_id, "2000-01", "2026-12", TODAY)
        shown = page.dropna(subset=["detections"]).fillna({"scientific_name": ""})
        own = found[found["site_id"].eq(site_id)].fillna({"scientific_name": ""})
        counted = own.groupby("scientific_name")[["detections", "individuals"]].sum()
        expected = shown.set_index("scientific_name")[["detections", "individuals"]].astype("int64").sort_index()
        pd.testing.assert_frame_equal(counted, expected, check_index_type=False)


def test_the_public_gets_sensitive_taxa_by_released_months_of_at_least_5(view: View) -> None:
    found = rows(view, PUBLIC, "detections_by_month", Choice(sites=(OPEN_SITE,)))
    tigers = found[found["scientific_name"].eq(TIGER)]
    assert list(zip(tigers["month"], tigers["detections"], strict=True)) == [("2026-04", 6)]
    assert tigers["machine_only"].isna().all()
    assert tigers["masking"].str.contains("whole months").all()
    foxes = found[found["scientific_name"].eq(FOX)]
    assert list(foxes["detections"]) == [3]
    assert list(foxes["masking"]) == [""]


@each_viewer
def test_single_detections_are_for_those_who_see_the_species_of_a_site(view: View, viewer: Viewer) -> None:
    if viewer == PUBLIC:
        return
    counted = rows(view, viewer, "detections")["site_id"].value_counts()
    for site_id in SITES:
        is_seen = viewer.sees_all_of(site_id) or (viewer.sees_species_of(site_id) and site_id != PRIVATE_SITE)
        assert counted.get(site_id, 0) == (count_of(site_id) if is_seen else 0)


@pytest.mark.parametrize("viewer", [PARTNER, REVIEWER], ids=lambda viewer: viewer.role)
def test_stand_ins_join_what_belongs_together_and_lead_to_nothing_else(view: View, viewer: Viewer) -> None:
    true = rows(view, STAFF, "detections")
    found, cameras = rows(view, viewer, "detections"), rows(view, viewer, "deployments")
    known = {*true["detection_id"], *true["deployment_id"], *rows(view, STAFF, "deployments")["deployment_id"]}
    assert not known & {*found["detection_id"], *found["deployment_id"], *cameras["deployment_id"]}
    at_open = found[found["site_id"].eq(OPEN_SITE)]
    assert set(at_open["deployment_id"]) <= set(cameras.loc[cameras["site_id"].eq(OPEN_SITE), "deployment_id"])
    assert found["individual_id"].isna().all()
    assert cameras["location_name"].isna().all()
    assert (found["masking"] != "").all()
    assert (rows(view, STAFF, "detections")["masking"] == "").all()


def test_partners_get_cameras_on_a_grid_and_staff_where_they_are(view: View) -> None:
    exact, coarse = (
        rows(view, viewer, "deployments", Choice(sites=(OPEN_SITE,))).sort_values("started_at", ignore_index=True)
        for viewer in (STAFF, PARTNER)
    )
    for axis in ("latitude", "longitude"):
        # The middle of a cell of 0.01 degrees ends on 5 thousandths.
        assert ((coarse[axis] * 1000).round(6) % 10 == 5).all()
        assert ((coarse[axis] - exact[axis]).abs() <= 0.005 + 1e-9).all()
    assert (coarse["coordinate_uncertainty_m"] >= 1_570).all()
    assert set(exact["location_name"].dropna()) == {"Tiger spring"}
    assert list(coarse["trap_nights"]) == list(exact["trap_nights"])


def test_positions_and_animals_of_partners_have_no_names_and_lie_on_the_grid(field: View) -> None:
    for name in ("individuals", "collars", "fixes", "alerts", "incidents"):
        found = rows(field, PARTNER, name)
        assert set(found["site_id"]) == {OPEN_SITE, SUMMARY_SITE}
        text = found.drop(columns=["place_name", "village"], errors="ignore").to_csv()
        assert "Lawan" not in text
        assert "serial-7" not in text
        assert "animal-1" not in text
    fixes = rows(field, PARTNER, "fixes")
    assert ((fixes["latitude"] * 1000).round(6) % 10 == 5).all()
    assert set(fixes["individual_id"]) == set(rows(field, PARTNER, "individuals")["individual_id"])
    assert rows(field, STAFF, "fixes")["latitude"].max() < 20, "an outlier lies 5 degrees away"


def test_the_public_gets_warnings_and_conflicts_in_cells_of_at_least_5(field: View) -> None:
    alerts = rows(field, PUBLIC, "alerts_by_month", Choice(sites=(OPEN_SITE,)))
    assert alerts[["month", "kind", "alerts"]].to_numpy().tolist() == [["2026-04", "geofence_break", 5]]
    conflicts = rows(field, PUBLIC, "incidents_by_quarter", Choice(sites=(OPEN_SITE,)))
    assert conflicts[["quarter", "kind", "incidents"]].to_numpy().tolist() == [[date(2026, 1, 1), "crop", 6]]
    staff = rows(field, STAFF, "alerts_by_month", Choice(sites=(OPEN_SITE,)))
    assert staff["alerts"].sum() == len(rows(field, STAFF, "alerts", Choice(sites=(OPEN_SITE,))))


@each_tier
def test_a_choice_gives_the_rows_that_it_names_and_no_others(view: View, field: View, viewer: Viewer) -> None:
    choice = Choice((OPEN_SITE, PRIVATE_SITE), date(2026, 3, 1), date(2026, 5, 31), (TIGER, field_network.ELEPHANT))
    for one, name in networks(view, field, viewer):
        table, whole = queries.merged_tables(one, viewer)[name], rows(one, viewer, name)
        kept = whole[whole["site_id"].isin(choice.sites)]
        if table.taxon:
            kept = kept[kept[table.taxon].isin(choice.taxa)]
        if table.day:
            day = kept[table.day].astype("str").str.slice(0, 10)
            kept = kept[(day >= "2026-03") & (day < "2026-06")]
        pd.testing.assert_frame_equal(rows(one, viewer, name, choice), kept.reset_index(drop=True))


@given(first=days, length=st.integers(0, 800))
def test_whole_months_are_those_whose_days_all_lie_between(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    begins, ends = whole_months(first, last)
    every = [first + timedelta(days=n) for n in range(length + 1)]
    after = last + timedelta(days=1)
    inside = {
        f"{day:%Y-%m}"
        for day in every
        if day.replace(day=1) >= first and (f"{day:%Y-%m}" != f"{after:%Y-%m}" or after.day == 1)
    }
    assert {f"{day:%Y-%m}" for day in every if begins <= f"{day:%Y-%m}" <= ends} == inside


def test_an_open_end_takes_every_month() -> None:
    assert whole_months(date.min, date.max) == ("0001-01", "9999-12")


def test_in_the_last_month_of_all_no_month_lies_wholly() -> None:
    begins, ends = whole_months(date.max, date.max)
    assert begins > ends
    assert begins > "2026-01"


def test_an_empty_store_has_every_table_without_rows(tmp_path: Path) -> None:
    empty = filled(Store(str(tmp_path / "store")), tmp_path, [configured("cameras")], {})
    for name, table in queries.merged_tables(empty, STAFF).items():
        assert rows(empty, STAFF, name).empty
        assert list(queries.merged_preview(empty, STAFF, name, ALL, TODAY, 5).columns) == table.columns


@each_tier
def test_the_extent_of_a_table_is_that_of_its_rows(view: View, field: View, viewer: Viewer) -> None:
    for one, name in networks(view, field, viewer):
        table, whole = queries.merged_tables(one, viewer)[name], rows(one, viewer, name)
        found = queries.merged_extent(one, viewer, name, TODAY)
        assert found.rows == len(whole)
        assert set(found.sources) == {source for names in whole["source"].dropna() for source in names.split(";")}
        days = sorted(whole[table.day].dropna().astype("str").str.slice(0, 10)) if table.day else []
        days = [f"{day}-01" if len(day) == 7 else day for day in days]
        told = [None if edge is None else edge.isoformat() for edge in (found.first, found.last)]
        assert told == ([days[0], days[-1]] if days else [None, None])
