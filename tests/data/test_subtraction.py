"""What the public could learn by subtracting two answers: of two days, two periods, or a sum and its parts."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from data import queries
from data.engine import View
from data.store import Store
from tests.data.field_network import alert, fix, incident
from tests.data.invented import configured, deployment, detection, filled, moment, site
from tests.data.network import FOX, OPEN_SITE, PUBLIC, STAFF, TIGER

EMBARGO_DAYS = 90
START, DAYS = moment("2026-01-01T06:00:00"), 200
EVER = date(2020, 1, 1)
FEW = "Lynx lynx"


@pytest.fixture(scope="module")
def embargoed(tmp_path_factory: pytest.TempPathFactory) -> View:
    """A record of every kind on every day, of a source that withholds its newest 90 days."""
    folder = tmp_path_factory.mktemp("embargoed")
    moments = [START + timedelta(days=n) for n in range(DAYS)]
    rows = {
        "detections": [
            detection(f"tiger {n}", at, site_id=OPEN_SITE, scientific_name=TIGER) for n, at in enumerate(moments)
        ],
        "deployments": [deployment("camera-1", START, START + timedelta(days=DAYS), site_id=OPEN_SITE)],
        "fixes": [fix(OPEN_SITE, "animal-1", at, 0.001 * (n % 7)) for n, at in enumerate(moments)],
        "alerts": [alert(OPEN_SITE, n, at) for n, at in enumerate(moments)],
        "incidents": [incident(OPEN_SITE, n, at) for n, at in enumerate(moments)],
    }
    sources = [configured("all", site_ids=OPEN_SITE, embargo_days=EMBARGO_DAYS)]
    return filled(Store(str(folder / "store")), folder, sources, {"all": rows | {"sites": [site(OPEN_SITE)]}})


@pytest.mark.parametrize(
    "question", [queries.site_records, queries.site_fixes, queries.site_alerts, queries.site_incidents]
)
def test_a_month_that_an_embargo_still_cuts_is_not_given_day_by_day(embargoed: View, question) -> None:
    todays = [date(2026, 7, 2) + timedelta(days=n) for n in range(27)]
    sizes = [len(question(embargoed, PUBLIC, OPEN_SITE, EVER, today, today)) for today in todays]
    # The end of March is 90 days away until 29 June, the end of April until 29 July.
    assert set(sizes) == {90}, "January to March, whatever the day in July"
    assert len(question(embargoed, STAFF, OPEN_SITE, EVER, todays[-1], todays[-1])) == DAYS


def test_counted_sites_do_not_grow_day_by_day_either(embargoed: View) -> None:
    counts = [queries.monitored_sites(embargoed, PUBLIC, date(2026, 7, day))["alerts"].tolist() for day in (2, 28)]
    assert counts == [[90], [90]]


def few_and_many(tmp_path: Path) -> View:
    """Six tigers and four lynxes of one released month, half of each labelled by a machine, and many foxes."""
    seen = [(TIGER, 6), (FEW, 4), (FOX, 20)]
    rows = [
        detection(
            f"{name} {n}",
            moment(f"2026-02-{n % 20 + 1:02}T10:00:00"),
            site_id=OPEN_SITE,
            scientific_name=name,
            classification_method="machine" if n % 2 else "human",
        )
        for name, times in seen
        for n in range(times)
    ]
    cameras = [deployment("camera-1", START, START + timedelta(days=60), site_id=OPEN_SITE)]
    tables = {"detections": rows, "deployments": cameras, "sites": [site(OPEN_SITE)]}
    return filled(
        Store(str(tmp_path / "store")), tmp_path, [configured("cameras", site_ids=OPEN_SITE)], {"cameras": tables}
    )


TODAY = date(2026, 6, 15)


def test_a_total_holds_no_suppressed_count(tmp_path: Path) -> None:
    view = few_and_many(tmp_path)
    totals = queries.site_totals(view, PUBLIC, OPEN_SITE, TODAY)
    species = queries.site_species(view, PUBLIC, OPEN_SITE, "2026-01", "2026-06", TODAY)
    assert totals["detections"] == species["detections"].sum() == 26
    assert set(species.loc[species["is_suppressed"], "scientific_name"]) == {FEW}
    assert queries.site_totals(view, STAFF, OPEN_SITE, TODAY)["detections"] == 30


def test_nobody_learns_who_labelled_the_few_records_of_a_month(tmp_path: Path) -> None:
    view = few_and_many(tmp_path)
    records = queries.site_records(view, PUBLIC, OPEN_SITE, EVER, TODAY, TODAY)
    assert not records.loc[records["scientific_name"].eq(TIGER), "is_machine"].any()
    assert records.loc[records["scientific_name"].eq(FOX), "is_machine"].sum() == 10
    species = queries.site_species(view, PUBLIC, OPEN_SITE, "2026-01", "2026-06", TODAY).set_index("scientific_name")
    assert pd.isna(species.loc[TIGER, "machine_only"])
    # Nor by the share of all, from which that of the foxes can be taken.
    assert queries.site_totals(view, PUBLIC, OPEN_SITE, TODAY)["machine_only"] is None
    assert queries.site_totals(view, STAFF, OPEN_SITE, TODAY)["machine_only"] == 15


def test_sources_tell_the_public_no_rows_and_no_day_of_hidden_records(embargoed: View) -> None:
    today = date(2026, 7, 20)
    public = queries.sources(embargoed, PUBLIC, today).iloc[0]
    assert public[["rows_held", "newest_record_on"]].isna().all(), "there are only sensitive records"
    staff = queries.sources(embargoed, STAFF, today).iloc[0]
    assert staff["rows_held"] > 4 * DAYS
    assert pd.Timestamp(staff["newest_record_on"]).date() == (START + timedelta(days=DAYS - 1)).date()
