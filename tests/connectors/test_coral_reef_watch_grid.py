"""Gridded heat stress, read from a real server of the ERDDAP protocol: cells, coasts, days, and what is asked again."""

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyproj import Geod

import ingest
from connectors.base import Fetched, Notice, Parsed, Read, Refusal, Rows, Source
from connectors.coral_reef_watch import CoralReefWatch
from connectors.errors import SourceChanged, SourceError, SourceRefused, SourceUnavailable
from data.store import Store
from ingestion.network import Network
from ingestion.pull import Outcome, pull
from tests.connectors import erddap_server as invented
from tests.connectors.erddap_server import Front
from tests.data.invented import contents
from tests.servers import PROJECT, free_port, wait_for

SITE = "555500301"
SEA, COAST, TOWN, FAR = [24.72, -81.56], [24.73, -81.63], [24.87, -81.77], [10.0, -81.56]
FROM = {"from": invented.FIRST}
EARTH = Geod(a=6_371_008.8, b=6_371_008.8)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server over the invented grid."""
    if importlib.util.find_spec("xpublish_erddap") is None:
        pytest.skip("xpublish-erddap is not installed (requirements-dev.txt)")
    port = free_port()
    with (tmp_path_factory.mktemp("erddap") / "server.log").open("w") as log:
        command = [sys.executable, "-m", "tests.connectors.erddap_server", str(port)]
        process = subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(f"http://127.0.0.1:{port}/erddap/info/NOAA_DHW/index.csv", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def front(server: str) -> Iterator[Front]:
    with Front(server) as front:
        yield front


@pytest.fixture(scope="session")
def truth() -> dict[str, Any]:
    return invented.heat()


def source(location: str, stations: dict[str, list[float]] | None = None, secret: str = "", **options: Any) -> Source:
    options = {"stations": stations or {"Sea": SEA}, **FROM, **options}
    return Source("reef heat", "coral_reef_watch", location, site=SITE, secret=secret, options=options)


def fetch(asked: Source, folder: Path, cursor: dict[str, Any] | None = None) -> Fetched:
    folder.mkdir(exist_ok=True)
    return CoralReefWatch().fetch(asked, cursor or {}, folder)


def read(asked: Source, folder: Path) -> list[Parsed]:
    return list(CoralReefWatch().parse(asked, fetch(asked, folder).payloads))


def rows(parsed: list[Parsed]) -> list[dict[str, Any]]:
    return [row for item in parsed if isinstance(item, Rows) for row in item.rows.to_pylist()]


def notices(parsed: list[Parsed]) -> list[str]:
    return [item.text for item in parsed if isinstance(item, Notice)]


def cell_of(row: dict[str, Any]) -> tuple[int, int]:
    return invented.LATITUDES.index(row["latitude"]), invented.LONGITUDES.index(row["longitude"])


def spherical_km(here: list[float], there: tuple[float, float]) -> float:
    return EARTH.inv(here[1], here[0], there[1], there[0])[2] / 1000


def asked_days(front: Front) -> list[tuple[date, date]]:
    """The first and last day of each question for data."""
    found = [re.findall(r"\((\d{4}-\d\d-\d\d)T12:00:00Z\)", path) for path in front.asked]
    return [(date.fromisoformat(days[0]), date.fromisoformat(days[1])) for days in found if days]


def test_every_day_is_that_of_the_cell_in_which_the_station_lies(front: Front, truth: Any, tmp_path: Path) -> None:
    stored = rows(read(source(front.location), tmp_path))
    assert [row["day"] for row in stored] == invented.days()
    for place, row in enumerate(stored):
        assert (row["latitude"], row["longitude"]) == (24.725, -81.575)
        value = {name: values[place][cell_of(row)] for name, values in truth.items()}
        assert row["sst_c"] == pytest.approx(value["CRW_SST"])
        assert row["hotspot_c"] == pytest.approx(max(value["CRW_HOTSPOT"], 0))
        assert row["dhw_c_weeks"] == pytest.approx(value["CRW_DHW"], abs=1e-5)
        assert (row["alert_level"], row["scale"]) == (value["CRW_BAA_7D_MAX"], "CRW global 0-5")
        assert (row["station"], row["site_id"]) == ("Sea", SITE)
        assert row["cell_distance_km"] == pytest.approx(spherical_km(SEA, (24.725, -81.575)), abs=0.001)
    assert truth["CRW_HOTSPOT"][:, 3, 4].min() < 0


def test_a_station_on_land_is_read_in_the_nearest_cell_of_the_sea(front: Front, truth: Any, tmp_path: Path) -> None:
    cells = [(north, east) for north in range(7) for east in range(7) if truth["CRW_DHW"][0, north, east] >= 0]
    away = {cell: spherical_km(COAST, (invented.LATITUDES[cell[0]], invented.LONGITUDES[cell[1]])) for cell in cells}
    nearest = min(away, key=away.get)
    stored = rows(read(source(front.location, {"Coast": COAST}), tmp_path))
    assert {cell_of(row) for row in stored} == {nearest}
    assert stored[0]["cell_distance_km"] == pytest.approx(away[nearest], abs=0.001)
    assert [row["dhw_c_weeks"] for row in stored] == pytest.approx(list(truth["CRW_DHW"][:, *nearest]), abs=1e-5)


def test_stations_far_from_the_sea_or_outside_the_grid_are_named_and_left_out(front: Front, tmp_path: Path) -> None:
    parsed = read(source(front.location, {"Sea": SEA, "Town": TOWN, "Far": FAR}), tmp_path)
    assert {row["station"] for row in rows(parsed)} == {"Sea"}
    town, far = notices(parsed)
    assert "Town is left out: no cell within 3 cells" in town
    assert "Far is left out: it lies outside latitudes 24.575 to 24.875" in far


@pytest.mark.parametrize("position", [TOWN, FAR, [24.72, 98.44]])
def test_a_source_without_any_station_in_the_sea_is_refused(front: Front, tmp_path: Path, position: list) -> None:
    with pytest.raises(SourceRefused, match=r"reef heat: no station lies in or near .*\(Invented Quay\)"):
        fetch(source(front.location, {"Invented Quay": position}), tmp_path)


@pytest.mark.parametrize("longitude", [-81.56, 278.44])
def test_a_grid_that_counts_to_360_and_runs_north_gives_the_same(
    front: Front, tmp_path: Path, longitude: float
) -> None:
    stations = {"Sea": [SEA[0], longitude], "Coast": COAST}
    expected = [row for row in rows(read(source(front.location, stations), tmp_path)) if row["day"] != invented.OMITTED]
    front.dataset = "dhw_5km_lon360"
    parsed = read(source(front.location, stations), tmp_path)
    assert [row["longitude"] for row in rows(parsed)] == pytest.approx([row["longitude"] for row in expected])
    for one, other in zip(rows(parsed), expected, strict=True):
        assert {**one, "longitude": 0} == {**other, "longitude": 0}
    assert [text.partition(": ")[2] for text in notices(parsed)] == [
        f"{name}: 1 days without a number; they stay missing" for name in stations
    ]


def test_a_question_is_for_a_year_at_most_and_never_beyond_what_the_dataset_has(front: Front, tmp_path: Path) -> None:
    fetch(source(front.location, **{"from": date(1985, 4, 1)}), tmp_path)
    box, *parts = asked_days(front)
    assert box == (invented.LAST, invented.LAST)
    assert all((last - first).days < 366 for first, last in parts)
    asked = [first + timedelta(days=day) for first, last in parts for day in range((last - first).days + 1)]
    assert asked == invented.days()
    assert not any("[" in path for path in front.asked)


def test_two_years_are_read_unless_from_says_another_day(front: Front, tmp_path: Path) -> None:
    stations = {"Sea": SEA}
    for options, first in (({}, date(2023, 1, 1)), ({"from": "2024-12-30"}, date(2024, 12, 30))):
        asked = Source("reef heat", "coral_reef_watch", front.location, site=SITE)
        asked = Source(**{**vars(asked), "options": {"stations": stations, **options}})
        assert rows(read(asked, tmp_path))[0]["day"] == first


def test_a_day_after_the_last_one_is_refused(front: Front, tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="`from` is after the last day of NOAA_DHW, 2024-12-31"):
        fetch(source(front.location, **{"from": date(2025, 1, 1)}), tmp_path)


def _pull(location: str, store: Path, stations: dict[str, list[float]], **options: Any) -> Outcome:
    (outcome,) = pull(Network((source(location, stations, **options),)), str(store), accept_loss=True)
    assert not outcome.is_trouble, outcome.error
    return outcome


def test_the_next_pull_asks_only_for_what_may_change_and_stores_the_same_as_one_whole_pull(
    front: Front, tmp_path: Path
) -> None:
    stations = {"Sea": SEA, "Coast": COAST}
    front.dataset = "ten_days_ago"
    _pull(front.location, tmp_path / "twice", stations)
    front.dataset = "NOAA_DHW"
    front.asked.clear()
    outcome = _pull(front.location, tmp_path / "twice", stations)
    assert (outcome.stored, outcome.unchanged, outcome.retired) == (20, 62, 0)
    assert asked_days(front) == [(invented.LAST - timedelta(days=40), invented.LAST)] * 2
    _pull(front.location, tmp_path / "once", stations)
    twice, once = (contents(Store(str(tmp_path / name)), "heat_stress") for name in ("twice", "once"))
    assert len(once) == 2 * len(invented.days())
    assert twice == once


def test_a_pull_without_a_new_day_asks_for_no_data(front: Front, tmp_path: Path) -> None:
    first = fetch(source(front.location), tmp_path)
    front.asked.clear()
    again = fetch(source(front.location), tmp_path, json.loads(json.dumps(dict(first.cursor))))
    assert again.is_unchanged
    assert [path.rpartition("/info/")[2] for path in front.asked] == ["NOAA_DHW/index.csv"]


def test_other_stations_are_read_from_the_start_and_those_dropped_are_retired(front: Front, tmp_path: Path) -> None:
    _pull(front.location, tmp_path, {"Sea": SEA, "Coast": COAST})
    outcome = _pull(front.location, tmp_path, {"Coast": COAST, "Second": [24.6, -81.5]})
    assert (outcome.stored, outcome.retired) == (len(invented.days()),) * 2
    assert {row["station"] for row in contents(Store(str(tmp_path)), "heat_stress")} == {"Coast", "Second"}


@pytest.mark.parametrize(
    ("dataset", "kind", "said"),
    [
        ("NOPE", SourceRefused, "the server knows no dataset NOAA_DHW"),
        ("sst_alone", SourceRefused, "no daily variable CRW_DHW; it has: CRW_SST"),
    ],
)
def test_a_dataset_that_is_not_there_or_another_one_is_told(
    front: Front, tmp_path: Path, dataset: str, kind: type[SourceError], said: str
) -> None:
    front.dataset = dataset
    with pytest.raises(kind, match=f"reef heat: .*{said}") as caught:
        fetch(source(front.location), tmp_path)
    assert "`location`" in caught.value.advice


@pytest.mark.parametrize(
    ("described_as", "dataset", "kind", "said"),
    [
        ("NOAA_DHW", "ten_days_ago", SourceUnavailable, "the days of NOAA_DHW changed while they were read"),
        ("NOAA_DHW", "sst_alone", SourceChanged, "did not understand what was asked of NOAA_DHW"),
        ("NOAA_DHW", "dhw_5km_lon360", SourceChanged, "did not understand what was asked of NOAA_DHW"),
    ],
)
def test_a_dataset_that_is_not_as_described_is_told(
    front: Front, tmp_path: Path, described_as: str, dataset: str, kind: type[SourceError], said: str
) -> None:
    front.described_as, front.dataset = described_as, dataset
    with pytest.raises(kind, match=f"reef heat: .*{said}"):
        fetch(source(front.location), tmp_path)


def test_data_on_another_host_are_read_only_where_it_is_listed_and_without_a_key(
    front: Front, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("T4N_TEST_KEY", "invented-key")
    front.moved_to = server
    other = {"redirects_to": [server.removeprefix("http://")]}
    assert len(rows(read(source(front.location, **other), tmp_path))) == len(invented.days())
    for refused in (source(front.location), source(front.location, secret="T4N_TEST_KEY", **other)):
        with pytest.raises(SourceRefused, match="redirects to another host"):
            fetch(refused, tmp_path)


def test_a_check_recomputes_the_degree_heating_weeks(front: Front, truth: Any, capsys: pytest.CaptureFixture) -> None:
    options = [f"stations={{'Invented Reef' = {SEA}}}", f"from={invented.FIRST}"]
    command = ["check", "coral_reef_watch", front.location, "--json"]
    assert ingest.main(command + [part for option in options for part in ("--option", option)]) == ingest.OK
    report = json.loads(capsys.readouterr().out)
    assert report["rows"] == {"heat_stress": len(invented.days())}
    assert report["figures"]["dhw_recomputed_max_error"] == pytest.approx(0, abs=1e-4)
    assert report["figures"]["dhw_max"] == pytest.approx(truth["CRW_DHW"][:, 3, 4].max(), abs=1e-4)


def test_rows_are_counted_and_found_again(front: Front, tmp_path: Path) -> None:
    parsed = read(source(front.location), tmp_path)
    assert sum(item.count for item in parsed if isinstance(item, Read)) == len(invented.days())
    for block in (item for item in parsed if isinstance(item, Rows)):
        assert json.loads(block.raw(0))["time"] == f"{block.rows['day'][0]}T12:00:00Z"
        assert block.numbers[0].as_py() == 3
    assert not [item for item in parsed if isinstance(item, Refusal)]
