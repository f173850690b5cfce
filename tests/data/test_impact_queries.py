"""What each viewer gets of the whole network: the same cells as of one site, and no sum that tells a hidden one."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import queries
from data.access import FEWEST_SHOWN, Viewer
from data.engine import View
from data.queries.impact import _in_groups
from data.queries.merged import Choice
from data.queries.warning import STEPS
from data.store import Store
from tests.data import field_network, test_reef_queries
from tests.data.field_network import SECRET_WORDS, fix
from tests.data.invented import configured, filled, moment, site
from tests.data.network import EVERYONE, OPEN_SITE, PRIVATE_SITE, PUBLIC, STAFF, SUMMARY_SITE, TODAY

SITES = (OPEN_SITE, SUMMARY_SITE, PRIVATE_SITE)
EVER = date(2020, 1, 1)
QUESTIONS = (
    queries.network_alerts,
    queries.network_animals,
    queries.network_cameras,
    queries.network_incidents,
    queries.network_outplants,
    queries.network_reef_surveys,
    queries.network_taxa,
    queries.network_warning_starts,
)
by_role = pytest.mark.parametrize("viewer", EVERYONE, ids=lambda viewer: viewer.role)


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> View:
    return field_network.built(tmp_path_factory.mktemp("field"))


def merged(view: View, viewer: Viewer, name: str) -> pd.DataFrame:
    schema = queries.merged_tables(view, viewer)[name].arrow_schema
    return pa.Table.from_batches(queries.merged_batches(view, viewer, name, Choice(), TODAY), schema=schema).to_pandas()


def steps_of(alerts: pd.DataFrame) -> list[tuple]:
    return sorted(tuple(map(str, row)) for row in alerts[["kind", *STEPS, "outcome"]].to_numpy())


@by_role
def test_warnings_of_the_network_are_those_of_its_sites(field: View, viewer: Viewer) -> None:
    every = queries.network_alerts(field, viewer, TODAY)
    for site_id in SITES:
        own = queries.site_alerts(field, viewer, site_id, EVER, TODAY, TODAY)
        assert steps_of(every[every["site_id"].eq(site_id)]) == steps_of(own)
        since = queries.network_warning_starts(field, viewer, TODAY).set_index("site_id")["since"]
        told = queries.warning_since(field, viewer, site_id, TODAY)
        assert since.get(site_id) == (None if told is None else pd.Timestamp(told))


@by_role
def test_warnings_and_conflicts_add_up_to_the_merged_dataset(field: View, viewer: Viewer) -> None:
    by_month = merged(field, viewer, "alerts_by_month").groupby("site_id")["alerts"].sum().to_dict()
    assert queries.network_alerts(field, viewer, TODAY)["site_id"].value_counts().to_dict() == by_month
    conflicts = queries.network_incidents(field, viewer, TODAY)
    assert conflicts["incidents"].sum() == merged(field, viewer, "incidents_by_quarter")["incidents"].sum()
    for site_id in SITES:
        own = queries.site_incidents(field, viewer, site_id, EVER, TODAY, TODAY)
        assert conflicts.loc[conflicts["site_id"].eq(site_id), "incidents"].sum() == len(own)


@by_role
def test_taxa_and_cameras_are_those_of_the_merged_dataset(view: View, viewer: Viewer) -> None:
    months = merged(view, viewer, "detections_by_month").dropna(subset=["scientific_name"])
    first = months.groupby(["site_id", "scientific_name"])["month"].min()
    taxa = queries.network_taxa(view, viewer, TODAY).set_index(["site_id", "scientific_name"])["first_on"]
    assert taxa.dt.strftime("%Y-%m").to_dict() == first.to_dict()
    worked = merged(view, viewer, "effort_by_month").groupby("site_id")["month"].min()
    cameras = queries.network_cameras(view, viewer, TODAY).set_index("site_id")["first_on"]
    assert cameras.dt.strftime("%Y-%m").to_dict() == worked.to_dict()


def test_the_public_learns_no_month_of_few_detections(view: View) -> None:
    """The tiger was seen 3 times in March, which is few, and 6 times in April."""
    taxa = queries.network_taxa(view, PUBLIC, TODAY)
    tiger = taxa[taxa["scientific_name"].eq("Panthera tigris")]
    assert tiger["first_on"].tolist() == [pd.Timestamp("2026-04-01")]
    staff = queries.network_taxa(view, STAFF, TODAY)
    assert staff.loc[staff["scientific_name"].eq("Panthera tigris"), "first_on"].min() == pd.Timestamp("2026-03-01")


def herd(folder: Path, tagged: dict[str, str]) -> View:
    """Animals with the month of their first position, and one more position each, at an open site."""
    fixes = [
        fix(OPEN_SITE, name, moment(f"{month}-05T05:00:00") + timedelta(days=40 * again), again * 0.01)
        for name, month in tagged.items()
        for again in range(2)
    ]
    taxa = [{"individual_id": name, "site_id": OPEN_SITE, "scientific_name": name.split("-")[0]} for name in tagged]
    tables = {"fixes": fixes, "individuals": taxa, "sites": [site(OPEN_SITE)]}
    return filled(
        Store(str(folder / "store")), folder, [configured("collars", site_ids=OPEN_SITE)], {"collars": tables}
    )


def counts(view: View, viewer: Viewer) -> dict[str, int]:
    found = queries.network_animals(view, viewer, TODAY)
    return {day.strftime("%Y-%m"): int(n) for day, n in zip(found["known_on"], found["animals"], strict=True)}


def test_no_quarter_tells_the_public_of_fewer_than_five_animals(tmp_path: Path) -> None:
    months = [
        "2024-01",
        "2024-02",
        "2024-05",
        "2024-08",
        "2024-08",
        "2025-02",
        "2025-02",
        "2025-03",
        "2025-03",
        "2026-01",
    ]
    view = herd(tmp_path, {f"Elephas-{n}": month for n, month in enumerate(months)})
    assert counts(view, STAFF) == {"2024-01": 2, "2024-04": 1, "2024-07": 2, "2025-01": 4, "2026-01": 1}
    # From the newest on: 1 and 4 make five, dated to the newest of them, and the five before likewise.
    assert counts(view, PUBLIC) == {"2024-07": 5, "2026-01": 5}
    monitored = queries.monitored_sites(view, PUBLIC, TODAY)["animals"]
    assert monitored.tolist() == [10]


def test_a_site_with_a_taxon_of_few_tagged_animals_counts_none_of_them(tmp_path: Path) -> None:
    tagged = {f"Elephas-{n}": "2024-01" for n in range(6)} | {f"Panthera-{n}": "2024-01" for n in range(2)}
    view = herd(tmp_path, tagged)
    assert counts(view, PUBLIC) == {}
    assert queries.monitored_sites(view, PUBLIC, TODAY)["animals"].isna().all()
    assert sum(counts(view, STAFF).values()) == 8


@by_role
def test_tagged_animals_add_up_to_those_of_the_sites(field: View, viewer: Viewer) -> None:
    by_site = queries.network_animals(field, viewer, TODAY).groupby("site_id")["animals"].sum().to_dict()
    monitored = queries.monitored_sites(field, viewer, TODAY).set_index("site_id")["animals"].dropna()
    assert by_site == {site_id: n for site_id, n in monitored.items() if n}


quarters = st.dictionaries(st.integers(0, 20), st.integers(1, 9), min_size=1)


@given(quarters)
def test_groups_keep_every_animal_and_never_count_one_early(counted: dict[int, int]) -> None:
    groups = _in_groups(pd.Series(counted), FEWEST_SHOWN)
    total = sum(counted.values())
    assert sum(n for _, n in groups) == total
    assert all(n >= FEWEST_SHOWN for _, n in groups) or total < FEWEST_SHOWN
    for until in range(21):
        known = sum(n for quarter, n in groups if quarter <= until)
        assert known <= sum(n for quarter, n in counted.items() if quarter <= until)


@given(quarters)
def test_groups_of_one_are_the_quarters_themselves(counted: dict[int, int]) -> None:
    assert dict(_in_groups(pd.Series(counted), 1)) == counted


@by_role
def test_private_and_named_things_stay_with_who_sees_them(field: View, viewer: Viewer) -> None:
    frames = {question.__name__: question(field, viewer, TODAY) for question in QUESTIONS}
    text = " ".join(frame.to_csv() for frame in frames.values())
    assert not [word for word in SECRET_WORDS if word in text], (
        "no name of a place, a village or an animal, for anybody"
    )
    is_seen = any(PRIVATE_SITE in set(frame["site_id"]) for frame in frames.values())
    assert is_seen is viewer.sees_all_of(PRIVATE_SITE)


@by_role
def test_reefs_of_two_sites_are_never_taken_for_one(tmp_path: Path, viewer: Viewer) -> None:
    sources = [configured(f"reefs {site_id}", connector="mermaid", site_ids=site_id) for site_id in SITES[:2]]
    rows = {f"reefs {one}": test_reef_queries.tables(one) | {"sites": [site(one)]} for one in SITES[:2]}
    view = filled(Store(str(tmp_path / "store")), tmp_path, sources, rows)
    for question, column in ((queries.network_outplants, "cohort"), (queries.network_reef_surveys, "station")):
        frame = question(view, viewer, TODAY)
        assert set(frame["site_id"]) == set(SITES[:2])
        assert (frame.groupby(column)["site_id"].nunique() == 1).all()
        names = any(secret in frame.to_csv() for secret in test_reef_queries.SECRETS)
        assert names is viewer.sees_species_of(OPEN_SITE)


def test_an_empty_store_answers_with_the_columns_that_are_promised(tmp_path: Path) -> None:
    view = filled(
        Store(str(tmp_path / "store")), tmp_path, [configured("cameras")], {"cameras": {"sites": [site("1")]}}
    )
    for question in QUESTIONS:
        frame = question(view, PUBLIC, TODAY)
        assert frame.empty
        assert "site_id" in frame.columns
