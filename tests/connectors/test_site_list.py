"""The programme's own list of sites."""

from pathlib import Path

import pytest

from connectors.base import Notice, Parsed, Payload, Read, Refusal, Rows, Source
from connectors.errors import SourceChanged
from connectors.site_list import SiteList

HEADING = "site_id,site_name,country_iso3,realm,iucn_category,designation,area_km2,latitude,longitude"


@pytest.fixture
def read(tmp_path: Path):
    def read_lines(*lines: str, heading: str = HEADING, encoding: str = "utf-8") -> list[Parsed]:
        path = tmp_path / "sites.csv"
        path.write_bytes("\n".join([heading, *lines]).encode(encoding))
        return list(SiteList().parse(Source("own", "site_list", str(path)), (Payload(path.name, path),)))

    return read_lines


def sites(parsed: list[Parsed]) -> list[dict]:
    return [row for item in parsed if isinstance(item, Rows) for row in item.rows.to_pylist()]


def refusals(parsed: list[Parsed]) -> list[Refusal]:
    return [item for item in parsed if isinstance(item, Refusal)]


def test_a_full_line_becomes_a_site(read) -> None:
    (site,) = sites(read("990000201,Two Valleys,xaa; XAB,Coastal,II,National Park,512.5,-47.25,11.5"))
    expected = {
        "site_id": "990000201",
        "site_name": "Two Valleys",
        "country_iso3": "XAA;XAB",
        "realm": "coastal",
        "iucn_category": "II",
        "designation": "National Park",
        "area_km2": 512.5,
        "latitude": -47.25,
        "longitude": 11.5,
        "boundary_kind": "point",
    }
    assert {name: value for name, value in site.items() if value is not None} == expected


def test_id_and_name_are_enough(read) -> None:
    parsed = read("990000203,Village Forest", heading="Site ID,Name")
    (site,) = sites(parsed)
    assert (site["site_name"], site["boundary_kind"]) == ("Village Forest", "restricted")
    assert [item for item in parsed if isinstance(item, Read)] == [Read(1)]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("5.56E+08,Hill,,,,,,,", "site_id"),
        ("990000204_A,Hill,,,,,,,", "site_id"),
        ("990000204,  ,,,,,,,", "site_name"),
        ("990000204,Hill,Nowhere,,,,,,", "country_iso3"),
        ("990000204,Hill,,air,,,,,", "realm"),
        ('990000204,Hill,,,,,"1,200",,', "area_km2"),
        ("990000204,Hill,,,,,-3,,", "area_km2"),
        ("990000204,Hill,,,,,nan,,", "area_km2"),
        ("990000204,Hill,,,,,,95,11", "latitude"),
        ("990000204,Hill,,,,,,47,181", "longitude"),
        ("990000204,Hill,,,,,,47,", "longitude"),
        ("990000204,Hill,,,,,,,11", "latitude"),
        ("990000204,Hill, Moor,XAA,,,,,47,11", "site_name"),
    ],
)
def test_a_wrong_value_refuses_its_line_alone(read, line: str, field: str) -> None:
    parsed = read(line, "990000205,Lake,,,,,,,")
    (refusal,) = refusals(parsed)
    assert (refusal.table, refusal.row, refusal.field, refusal.raw) == ("sites", 2, field, line)
    assert [site["site_name"] for site in sites(parsed)] == ["Lake"]


def test_the_same_site_described_in_two_ways_is_not_guessed(read) -> None:
    parsed = read("1,Hill,,,,,,,", "1,Hill,,,,,,,", "1,Moor,,,,,,,")
    assert [site["site_name"] for site in sites(parsed)] == ["Hill"]
    assert [item.text for item in parsed if isinstance(item, Notice)] == ["Line 3 repeats line 2 and is left out."]
    (refusal,) = refusals(parsed)
    assert refusal.row == 4
    assert "line 2" in refusal.reason


def test_a_name_over_two_lines_keeps_the_later_line_numbers_right(read) -> None:
    parsed = read('1,"Hill\nand Moor",,,,,,,', "x,Lake,,,,,,,")
    assert sites(parsed)[0]["site_name"] == "Hill\nand Moor"
    assert [refusal.row for refusal in refusals(parsed)] == [4]


def test_a_list_in_another_encoding_is_told(read) -> None:
    parsed = read("1,R\u00e9serve,,,,,,,", encoding="cp1252")
    assert [item.text for item in parsed if isinstance(item, Notice)] == [
        "Some letters cannot be read (shown as U+FFFD): save the list as CSV UTF-8."
    ]


def test_a_spreadsheet_file_is_not_a_table(read) -> None:
    with pytest.raises(SourceChanged, match="not a text file"):
        read("1,Hill", encoding="utf-16")
