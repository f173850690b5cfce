"""What an ERDDAP server may answer instead of the days: its own errors, web pages, changed tables, odd values."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Fetched, Notice, Parsed, Refusal, Rows, Source
from connectors.coral_reef_watch import CoralReefWatch
from connectors.coral_reef_watch_cells import Station, days_of_station
from connectors.coral_reef_watch_erddap import Axis, Grid, read_info
from connectors.errors import NothingThere, SourceChanged, SourceError, SourceRefused, SourceUnavailable
from tests.conftest import Reply, Request, Serve

PAGE = b"<!DOCTYPE html><html><body>The proxy is tired</body></html>"
INFO = """Row Type,Variable Name,Attribute Name,Data Type,Value
dimension,time,,double,"nValues=3, evenlySpaced=true, averageSpacing=1 day"
attribute,time,actual_range,double,"9.784368E8, 9.786096E8"
dimension,latitude,,double,"nValues=3600, evenlySpaced=true, averageSpacing=-0.05"
attribute,latitude,actual_range,double,"-89.975, 89.975"
dimension,longitude,,double,"nValues=7200, evenlySpaced=true, averageSpacing=0.05"
attribute,longitude,actual_range,double,"-179.975, 179.975"
variable,CRW_SST,,float,"time, latitude, longitude"
variable,CRW_HOTSPOT,,float,"time, latitude, longitude"
variable,CRW_DHW,,float,"time, latitude, longitude"
variable,CRW_BAA,,byte,"time, latitude, longitude"
variable,CRW_BAA_mask,,byte,"latitude, longitude"
"""
DAYS = """time,latitude,longitude,CRW_SST,CRW_HOTSPOT,CRW_DHW,CRW_BAA
UTC,degrees_north,degrees_east,Celsius,Celsius,Celsius weeks,1
2001-01-02T12:00:00Z,-8.125,12.375,28.5,-0.5,0.0,0
2001-01-03T12:00:00Z,-8.125,12.375,30.0,1.4,0.2,2
2001-01-04T12:00:00Z,-8.125,12.375,31.0,2.1,0.5,2
"""
LAST = "2001-01-04T12:00:00Z,-8.125,12.375,31.0,2.1,0.5,2"
STATIONS = {"Invented Reef": [-8.12, 12.37]}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.http.BACKOFF_S", 0)


def source(base: str, site: Any = "555500301", path: str = "/erddap/griddap/NOAA_DHW", **options: Any) -> Source:
    options = {"stations": STATIONS, "from": "2001-01-01", **options}
    return Source("reef heat", "coral_reef_watch", base + path, site=site, options=options)


def answer(info: Reply, days: Reply):
    return lambda request: info if request.path == "/erddap/info/NOAA_DHW/index.csv" else days


def fetch(asked: Source, folder: Path) -> Fetched:
    return CoralReefWatch().fetch(asked, {}, folder)


def read(serve: Serve, folder: Path, days: str = DAYS, info: str = INFO, **options: Any) -> list[Parsed]:
    asked = source(serve(answer(Reply(info.encode()), Reply(days.encode()))), **options)
    return list(CoralReefWatch().parse(asked, fetch(asked, folder).payloads))


def rows(parsed: list[Parsed]) -> list[dict[str, Any]]:
    return [row for item in parsed if isinstance(item, Rows) for row in item.rows.to_pylist()]


def error_body(code: int, message: str) -> bytes:
    return f'Error {{\n    code={code};\n    message="{message}";\n}}\n'.encode()


@pytest.mark.parametrize(
    ("reply", "kind", "said"),
    [
        (Reply(PAGE, 502), SourceUnavailable, "the server failed .*502"),
        (Reply(PAGE, 503), SourceUnavailable, "the server failed .*503"),
        (Reply(PAGE), SourceRefused, "a web page instead of a file"),
        (Reply(PAGE, 404), NothingThere, "nothing at this address"),
        (Reply(error_body(404, "Currently unknown datasetID=NOAA_DHW"), 404), SourceRefused, "no dataset NOAA_DHW"),
        (Reply(error_body(404, "Currently unknown datasetID=NOAA_DHW")), SourceRefused, "no dataset NOAA_DHW"),
        (Reply(error_body(400, r"Query error: no \"CRW_X\" here"), 400), SourceChanged, '400: Query error: no "CRW_X"'),
        (Reply(error_body(500, "Query error: CRW_X"), 500), SourceChanged, "500: Query error: CRW_X"),
        (Reply(error_body(500, "out of memory"), 500), SourceUnavailable, "500: out of memory"),
        (Reply(error_body(429, "too many"), 429), SourceUnavailable, "429: too many"),
        (Reply(error_body(413, "too much data"), 413), SourceRefused, "too much asked"),
        (Reply(error_body(404, "Query error: axis#0=time ends"), 404), SourceUnavailable, "changed while"),
        (Reply(error_body(404, "x" * 5000), 404), SourceChanged, "did not understand"),
        (Reply(b""), SourceChanged, ""),
        (Reply(b"\xff\xfe\x00\x01"), SourceChanged, ""),
    ],
)
@pytest.mark.parametrize("is_info", [True, False])
def test_each_error_says_what_the_reader_must_do(
    serve: Serve, tmp_path: Path, reply: Reply, kind: type[SourceError], said: str, is_info: bool
) -> None:
    replies = (reply, Reply(DAYS.encode())) if is_info else (Reply(INFO.encode()), reply)
    with pytest.raises(kind, match=f"reef heat: .*{said}") as caught:
        fetch(source(serve(answer(*replies))), tmp_path)
    assert type(caught.value) is kind
    assert caught.value.advice
    assert len(str(caught.value)) < 500


def test_a_question_is_not_answered_twice_by_a_server_that_refuses(serve: Serve, tmp_path: Path) -> None:
    asked: list[Request] = []

    def refuse(request: Request) -> Reply:
        asked.append(request)
        return Reply(error_body(404, "Currently unknown datasetID=NOAA_DHW"), 404)

    with pytest.raises(SourceRefused):
        fetch(source(serve(refuse)), tmp_path)
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"stations": {}}, "stations"),
        ({"stations": ["Reef"]}, "stations"),
        ({"stations": {"Reef": [-8.12]}}, "stations"),
        ({"stations": {"Reef": [-98.12, 12]}}, "stations"),
        ({"stations": {"Reef": ["-8.12", "12"]}}, "stations"),
        ({"stations": {" ": [-8.12, 12]}}, "stations"),
        ({"from": "soon"}, "from"),
        ({"from": 2001}, "from"),
        ({"scale": ""}, "scale"),
        ({"redirects_to": 3}, "redirects_to"),
    ],
)
def test_a_wrong_option_is_refused_by_its_name(tmp_path: Path, options: dict[str, Any], named: str) -> None:
    with pytest.raises(SourceRefused, match=f"reef heat: the option `{named}`"):
        fetch(source("http://127.0.0.1:9", **options), tmp_path)


@pytest.mark.parametrize("path", ["/erddap/griddap/", "/erddap/griddap/NOAA_DHW.csv?CRW_DHW", "/erddap/griddap/a/b"])
def test_an_address_without_the_id_of_one_dataset_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(SourceRefused, match="the id of a dataset"):
        fetch(source("http://127.0.0.1:9", path=path), tmp_path)


def test_the_address_of_a_page_of_the_dataset_will_do(serve: Serve, tmp_path: Path) -> None:
    base = serve(answer(Reply(INFO.encode()), Reply(DAYS.encode())))
    assert fetch(source(base, path="/erddap/griddap/NOAA_DHW.html"), tmp_path).payloads


def test_each_station_needs_a_site(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="no site is configured for the station Invented Reef"):
        fetch(source("http://127.0.0.1:9", site={"Another": "1"}), tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("CRW_DHW", "CRW_HEAT", "no column CRW_DHW"),
        ("time", "when", "no column time"),
        ("Celsius weeks", "weeks", "CRW_DHW in the unit 'weeks'"),
        ("Celsius,Celsius,", "Kelvin,Celsius,", "CRW_SST in the unit 'Kelvin'"),
    ],
)
def test_a_changed_table_is_named(serve: Serve, tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(SourceChanged, match=f"reef heat: .*{told}"):
        read(serve, tmp_path, DAYS.replace(old, new, 1))


@pytest.mark.parametrize("lost", ["attribute,time,", "attribute,latitude,", "attribute,longitude,", "Row Type"])
def test_a_description_that_lacks_something_is_told(serve: Serve, tmp_path: Path, lost: str) -> None:
    info = "\n".join(line for line in INFO.splitlines() if not line.startswith(lost))
    with pytest.raises(SourceChanged, match="reef heat: the description of NOAA_DHW"):
        read(serve, tmp_path, info=info)


def test_units_may_be_spelled_in_any_usual_way(serve: Serve, tmp_path: Path) -> None:
    expected = rows(read(serve, tmp_path))
    for spelled in ("degree_C", "degrees_Celsius", "degC", "degree_Celsius"):
        assert rows(read(serve, tmp_path, DAYS.replace("Celsius weeks", f"{spelled}_weeks"))) == expected
        assert rows(read(serve, tmp_path, DAYS.replace("Celsius,Celsius,", f"{spelled},{spelled},"))) == expected


def test_a_hotspot_below_zero_is_no_heat_stress_and_stored_as_zero(serve: Serve, tmp_path: Path) -> None:
    assert [row["hotspot_c"] for row in rows(read(serve, tmp_path))] == [0, 1.4, 2.1]


@pytest.mark.parametrize("level", ["2.9", "6", "-1"])
def test_a_level_that_is_not_on_the_scale_is_left_empty_and_told(serve: Serve, tmp_path: Path, level: str) -> None:
    parsed = read(serve, tmp_path, DAYS.replace(LAST, f"{LAST[:-1]}{level}"))
    assert [(row["alert_level"], row["scale"]) for row in rows(parsed)][1:] == [(2, "CRW global 0-5"), (None, None)]
    (notice,) = [item.text for item in parsed if isinstance(item, Notice)]
    assert "scale CRW global 0-5 are left empty: 1 rows" in notice
    assert level in notice


def test_the_name_of_the_scale_says_its_highest_level(serve: Serve, tmp_path: Path) -> None:
    parsed = read(serve, tmp_path, DAYS.replace(LAST, f"{LAST[:-1]}7"), scale="CRW global 0-7")
    assert (rows(parsed)[-1]["alert_level"], rows(parsed)[-1]["scale"]) == (7, "CRW global 0-7")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("2001-01-04T12", "2001-13-04T12", "time"),
        (",31.0,", ",99.0,", "CRW_SST"),
        (",0.5,", ",-0.5,", "CRW_DHW"),
        (",2.1,", ",warm,", "CRW_HOTSPOT"),
        ("-8.125", "NaN", "latitude"),
        (",31.0,", ",", "(row)"),
    ],
)
def test_a_wrong_row_is_refused_and_the_others_are_stored(
    serve: Serve, tmp_path: Path, old: str, new: str, field: str
) -> None:
    parsed = read(serve, tmp_path, DAYS.replace(LAST, LAST.replace(old, new)))
    (refusal,) = [item for item in parsed if isinstance(item, Refusal)]
    assert (refusal.field, refusal.row) == (field, 5)
    assert refusal.reason
    assert len(rows(parsed)) == 2


def test_a_day_without_any_number_stays_missing(serve: Serve, tmp_path: Path) -> None:
    parsed = read(serve, tmp_path, DAYS.replace("30.0,1.4,0.2,2", "NaN,NaN,NaN,NaN"))
    assert [row["day"].day for row in rows(parsed)] == [2, 4]
    assert "1 days without a number" in next(item.text for item in parsed if isinstance(item, Notice))


@pytest.mark.parametrize(("step", "expected"), [("-0.05", "[(10.1):1:(9.9)]"), ("0.05", "[(9.9):1:(10.1)]")])
def test_the_spacing_tells_which_way_an_axis_runs(tmp_path: Path, step: str, expected: str) -> None:
    path = tmp_path / "info.csv"
    path.write_text(INFO.replace("averageSpacing=-0.05", f"averageSpacing={step}"))
    axis = read_info(path, "reef heat").latitude
    assert Axis(axis.lowest, axis.highest, axis.count, axis.is_descending).around(10, 2) == expected


def test_a_place_on_the_edge_of_the_world_is_in_the_grid(tmp_path: Path) -> None:
    path = tmp_path / "info.csv"
    path.write_text(INFO)
    grid: Grid = read_info(path, "reef heat")
    for latitude, longitude in ((0, 180), (0, -180), (90, 0), (-90, 359.99)):
        assert grid.place(latitude, longitude)
    assert grid.longitude.around(180, 0) == "[(179.975)]"
    assert grid.variables == ("CRW_SST", "CRW_HOTSPOT", "CRW_DHW", "CRW_BAA")


def test_replies_of_such_a_server_are_the_ones_of_their_truth(samples: Path) -> None:
    truth = json.loads((samples / "truth.json").read_text())["sets"]["erddap_generated_point"]
    station = Station("Keys", "555500301", (24.72, -81.62), "CRW global 0-5")
    variables = ("CRW_SST", "CRW_DHW", "CRW_BAA_7D_MAX")
    parsed = list(days_of_station(samples / truth["file"], "reef heat", variables, station, set()))
    assert len(rows(parsed)) == truth["rows"]
    last = rows(parsed)[-1]
    assert last["dhw_c_weeks"] == pytest.approx(truth["dhw_last"], abs=1e-5)
    assert f"{last['day']}T12:00:00Z" == truth["time_last"]
    assert (last["latitude"], last["longitude"]) == (truth["grid_lat"], truth["grid_lon"])
    assert {row["alert_level"] for row in rows(parsed)} == {None}


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("err_unknown_dataset.txt", SourceRefused),
        ("err_time_after_end.txt", SourceUnavailable),
        ("err_outside_lat.txt", SourceChanged),
    ],
)
def test_errors_of_such_a_server_are_understood(
    serve: Serve, samples: Path, tmp_path: Path, file: str, kind: type[SourceError]
) -> None:
    reply = Reply((samples / "erddap_generated" / file).read_bytes(), 404)
    with pytest.raises(SourceError) as caught:
        fetch(source(serve(answer(Reply(INFO.encode()), reply))), tmp_path)
    assert type(caught.value) is kind


def test_the_description_of_such_a_server_is_read(samples: Path) -> None:
    grid = read_info(samples / "erddap_generated" / "info.csv", "reef heat")
    assert (grid.first.isoformat(), grid.last.isoformat()) == ("2023-07-01T12:00:00+00:00", "2023-08-29T12:00:00+00:00")
    assert (grid.latitude, grid.longitude) == (Axis(24.675, 24.775, 3, True), Axis(-81.675, -81.575, 3, False))
    assert {"CRW_SST", "CRW_HOTSPOT", "CRW_DHW", "CRW_BAA", "CRW_BAA_7D_MAX"} < set(grid.variables)
