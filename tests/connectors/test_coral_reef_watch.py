"""Station files of Coral Reef Watch: zeros that are no data stay empty, missing days stay missing, all else is kept."""

import json
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import ingest
from connectors.base import Notice, Parsed, Payload, Read, Refusal, Rows, Source
from connectors.coral_reef_watch import CoralReefWatch
from connectors.errors import SourceChanged, SourceRefused
from tests.conftest import Reply, Request, Serve

RECORDED = Path(__file__).parent.parent / "payloads" / "coral_reef_watch" / "station.txt"
LAST = "2001 01 09 27.2000 28.7000 28.2000      0.2000       0.0000    0.5714            2"
SITE = "555500301"
Parse = Callable[..., list[Parsed]]


def parse(path: Path, site: str | dict[str, str] = SITE) -> list[Parsed]:
    source = Source("reef heat", "coral_reef_watch", str(path), site=site)
    return list(CoralReefWatch().parse(source, (Payload(path.name, path),)))


@pytest.fixture
def read(tmp_path: Path) -> Parse:
    """Parse the recorded file after replacing some of its text."""

    def parse_changed(*changes: tuple[str, str], site: str | dict[str, str] = SITE) -> list[Parsed]:
        text = RECORDED.read_text()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "station.txt"
        path.write_text(text)
        return parse(path, site)

    return parse_changed


def rows(parsed: list[Parsed]) -> dict[date, dict]:
    return {row["day"]: row for item in parsed if isinstance(item, Rows) for row in item.rows.to_pylist()}


def refusals(parsed: list[Parsed]) -> list[Refusal]:
    return [item for item in parsed if isinstance(item, Refusal)]


def january(day: int) -> date:
    return date(2001, 1, day)


def test_a_day_is_stored_with_its_station_and_scale(read: Parse) -> None:
    assert rows(read())[january(8)] == {
        "station": "Invented Reef",
        "site_id": SITE,
        "day": january(8),
        "sst_c": 30.0,
        "hotspot_c": 1.5,
        "dhw_c_weeks": 0.5714,
        "alert_level": 2,
        "scale": "CRW regional 0-4",
        "latitude": -8.125,
        "longitude": 12.375,
        "cell_distance_km": None,
    }


def test_header_dates_are_year_day_month_and_zeros_before_them_are_no_data(read: Parse) -> None:
    days = rows(read())
    assert [day.day for day, row in days.items() if row["dhw_c_weeks"] is None] == [1, 2, 3]
    assert [day.day for day, row in days.items() if row["alert_level"] is None] == [1, 2, 3, 4]
    assert all((row["scale"] is None) == (row["alert_level"] is None) for row in days.values())


def test_a_hotspot_of_zero_is_kept(read: Parse) -> None:
    assert rows(read())[january(1)]["hotspot_c"] == 0


def test_a_day_that_the_file_omits_is_told_and_not_filled(read: Parse) -> None:
    parsed = read()
    assert january(7) not in rows(parsed)
    (notice,) = [item.text for item in parsed if isinstance(item, Notice)]
    assert "2001-01-01 and 2001-01-09" in notice
    assert notice.endswith(": 1.")


def test_the_days_are_found_wherever_the_heading_ends(read: Parse) -> None:
    assert rows(read(("Name:\n", "A new line of the heading\n\nName:\n"))) == rows(read())
    assert rows(read((" \nYYYY", "YYYY"))) == rows(read())


def test_columns_are_known_by_their_names_and_not_by_their_order(read: Parse) -> None:
    heading = "SST@90th_HS SSTA@90th_HS 90th_HS>0"
    swapped = rows(read((heading, "SSTA@90th_HS SST@90th_HS 90th_HS>0")))
    assert swapped[january(8)]["sst_c"] == 2.0


def test_a_map_names_the_site_of_the_station(read: Parse) -> None:
    assert {row["site_id"] for row in rows(read(site={"Invented Reef": "7"})).values()} == {"7"}
    with pytest.raises(SourceRefused, match="Invented Reef"):
        read(site={"Another Reef": "7"})


@pytest.mark.parametrize(
    ("cell", "wrong", "field"),
    [
        ("2001 01 09", "2001 13 09", "YYYY MM DD"),
        ("2001 01 09", "2001 02 30", "YYYY MM DD"),
        ("28.2000  ", "-999.0000", "SST@90th_HS"),
        ("  0.0000", " -1.0000", "90th_HS>0"),
        ("0.5714", "******", "DHW_from_90th_HS>1"),
        ("0.5714", "NaN", "DHW_from_90th_HS>1"),
        ("           2", "           5", "BAA_7day_max"),
        ("           2", "         1.5", "BAA_7day_max"),
        ("2001 01 09", "2001 01 08", "YYYY MM DD"),
        ("           2", "", "(row)"),
    ],
)
def test_a_wrong_line_is_refused_with_its_place_and_the_others_are_stored(
    read: Parse, cell: str, wrong: str, field: str
) -> None:
    assert cell in LAST
    parsed = read((LAST, LAST.replace(cell, wrong)))
    (refusal,) = refusals(parsed)
    assert refusal.row == RECORDED.read_text().splitlines().index(LAST) + 1
    assert refusal.field == field
    assert refusal.reason
    assert len(rows(parsed)) == 7
    assert sum(item.count for item in parsed if isinstance(item, Read)) == 8


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Invented Reef", "", "Name"),
        ("2001 04 01", "2001 01 25", "First Valid DHW Date"),
        ("First Valid BAA Date:", "First BAA:", "First Valid BAA Date"),
        ("-8.1250", "-98.1250", "Polygon Middle Latitude"),
        ("YYYY MM DD", "DATE", "YYYY MM DD"),
        ("SST_MIN", "BAA_7day_max", "BAA_7day_max"),
    ],
)
def test_a_heading_that_cannot_be_trusted_is_named(read: Parse, old: str, new: str, told: str) -> None:
    with pytest.raises(SourceChanged, match=f"reef heat: .*{told}"):
        read((old, new))


def test_a_heading_without_days_is_not_an_empty_answer(tmp_path: Path) -> None:
    path = tmp_path / "station.txt"
    path.write_text(RECORDED.read_text().partition("2001 01 01")[0])
    with pytest.raises(SourceChanged, match="no day"):
        parse(path)


def test_a_station_is_asked_for_again_only_if_it_changed(serve: Serve, tmp_path: Path) -> None:
    asked: list[Request] = []

    def answer(request: Request) -> Reply:
        asked.append(request)
        if request.headers.get("If-Modified-Since") == "Tue, 09 Jan 2001 12:00:00 GMT":
            return Reply(status=304)
        return Reply(RECORDED.read_bytes(), headers={"Last-Modified": "Tue, 09 Jan 2001 12:00:00 GMT"})

    source = Source("reef heat", "coral_reef_watch", f"{serve(answer)}/product/vs/data/invented.txt", site=SITE)
    first = CoralReefWatch().fetch(source, {}, tmp_path)
    assert len(rows(list(CoralReefWatch().parse(source, first.payloads)))) == 8
    assert CoralReefWatch().fetch(source, first.cursor, tmp_path).is_unchanged
    assert len(asked) == 2


def test_a_check_of_the_published_florida_file_gives_the_figures_of_its_truth(samples: Path, capsys) -> None:
    truth = json.loads((samples / "truth.json").read_text())["sets"]["crw_virtual_station"]
    assert ingest.main(["check", "coral_reef_watch", str(samples / truth["file"]), "--json"]) == ingest.OK
    report = json.loads(capsys.readouterr().out)
    assert (report["rows"], report["refused_count"]) == ({"heat_stress": truth["rows"]}, 0)
    assert report["figures"] == {
        "days": truth["rows"],
        "first": truth["date_min"],
        "last": truth["date_max"],
        "missing_days": truth["missing_days"],
        "dhw_max": truth["max_dhw"],
        "dhw_max_on": truth["max_dhw_date"],
        "days_by_level": truth["days_by_baa"],
        "dhw_recomputed_max_error": 0.0,
    }


def test_a_published_station_file_is_the_one_of_its_truth_and_read_at_once(samples: Path) -> None:
    truth = json.loads((samples / "truth.json").read_text())["sets"]["crw_virtual_station"]
    started = time.perf_counter()
    days = rows(parse(samples / truth["file"]))
    assert time.perf_counter() - started < 1
    last = days[date.fromisoformat(truth["last"]["date"])]
    expected = [truth["last"][name] for name in ("sst_c", "hotspot_c", "dhw", "baa_7day_max")]
    assert [last[name] for name in ("sst_c", "hotspot_c", "dhw_c_weeks", "alert_level")] == expected
    assert (last["station"], last["latitude"], last["longitude"]) == (truth["station"], truth["lat"], truth["lon"])
    with_weeks = min(day for day, row in days.items() if row["dhw_c_weeks"] is not None)
    with_level = min(day for day, row in days.items() if row["alert_level"] is not None)
    assert (with_weeks.isoformat(), with_level.isoformat()) == (truth["first_valid_dhw"], truth["first_valid_baa"])
