"""The published Green List: every irregularity of the real files is read, refused with its place, or told."""

import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import Fetched, Notice, Parsed, Payload, Read, Refusal, Rows, Source
from connectors.errors import SourceChanged, SourceError, SourceRefused
from connectors.green_list import GreenList
from tests.conftest import Reply, Request, Serve

HEADING = "site_id,status,expiry_date,url\n"
PAGE = "https://greenlist.invalid/sites/"
RECORDED = Path(__file__).parent.parent / "payloads" / "green_list" / "green_list_sites.csv"


def read_file(path: Path) -> list[Parsed]:
    return list(GreenList().parse(Source("list", "green_list", str(path)), (Payload(path.name, path),)))


@pytest.fixture
def read(tmp_path: Path):
    def read_lines(*lines: str, heading: str = HEADING, encoding: str = "utf-8") -> list[Parsed]:
        path = tmp_path / "list.csv"
        path.write_bytes((heading + "".join(f"{line}\n" for line in lines)).encode(encoding))
        return read_file(path)

    return read_lines


def listings(parsed: list[Parsed]) -> dict[str, dict]:
    return {row["site_id"]: row for item in parsed if isinstance(item, Rows) for row in item.rows.to_pylist()}


def refusals(parsed: list[Parsed]) -> list[Refusal]:
    return [item for item in parsed if isinstance(item, Refusal)]


def notices(parsed: list[Parsed]) -> str:
    return "\n".join(item.text for item in parsed if isinstance(item, Notice))


@pytest.mark.parametrize(
    ("written", "status", "phase"),
    [
        ("Green Listed", "Green Listed", "green_list"),
        ("Green Listed ", "Green Listed", "green_list"),
        ("green-listed", "Green Listed", "green_list"),
        ("Listed", "Green Listed", "green_list"),
        ("Relisted", "Relisted", "green_list"),
        ("Re-Listed", "Relisted", "green_list"),
        ("CANDIDATE", "Candidate", "candidate"),
        ("Application", "Application", "application"),
        ("Applicant", "Application", "application"),
    ],
)
def test_every_spelling_of_a_status_is_known(read, written: str, status: str, phase: str) -> None:
    row = listings(read(f"142,{written},20290926,{PAGE}moor/"))["142"]
    assert (row["status"], row["phase"]) == (status, phase)


@pytest.mark.parametrize("written", ["20231027", "27-10-2023", "2023-10-27", " 20231027 "])
def test_every_form_of_a_date_is_the_same_day(read, written: str) -> None:
    row = listings(read(f"142,Listed,{written},{PAGE}moor/"))["142"]
    assert row["expires_on"] == date(2023, 10, 27)
    assert row["is_expiry_year_only"] is False


def test_the_last_day_of_a_year_means_that_only_the_year_is_known(read) -> None:
    row = listings(read(f"142,Listed,20261231,{PAGE}moor/"))["142"]
    assert row["expires_on"] == date(2026, 12, 31)
    assert row["is_expiry_year_only"] is True


def test_no_expiry_is_not_a_date(read) -> None:
    row = listings(read(f"142,Candidate,,{PAGE}moor/"))["142"]
    assert row["expires_on"] is None
    assert row["is_expiry_year_only"] is None
    assert row["listing_id"] == "moor:none"


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("5.56E+08,Listed,20290926,", "site_id"),
        ("555512345.0,Listed,20290926,", "site_id"),
        (",Listed,20290926,", "site_id"),
        ("-12,Listed,20290926,", "site_id"),
        ("142,Delisted,20290926,", "status"),
        ("142,,20290926,", "status"),
        ("142,Listed,20291301,", "expiry_date"),
        ("142,Listed,31-02-2029,", "expiry_date"),
        ("142,Listed,12/31/2029,", "expiry_date"),
        ("142,Listed,2029,", "expiry_date"),
    ],
)
def test_a_wrong_line_is_refused_with_its_place_and_the_others_are_kept(read, line: str, field: str) -> None:
    parsed = read(f"7,Listed,20290926,{PAGE}moor/", line)
    (refusal,) = refusals(parsed)
    assert (refusal.table, refusal.row, refusal.field, refusal.raw) == ("listings", 3, field, line)
    assert list(listings(parsed)) == ["7"]


def test_parcels_are_merged_into_their_site(read) -> None:
    parsed = read(f"306793_A,Listed,20290926,{PAGE}isles/", f"306793_B,Listed,20290926,{PAGE}isles/")
    assert listings(parsed)["306793"]["parcels"] == "A;B"
    assert "1 lines repeat a site" in notices(parsed)
    assert "more than once" not in notices(parsed)


def test_a_repeated_line_is_stored_once_and_counted(read) -> None:
    parsed = read(*[f"142,Listed,20290926,{PAGE}moor/"] * 4)
    assert sum(len(item.rows) for item in parsed if isinstance(item, Rows)) == 1
    assert "3 lines repeat a site" in notices(parsed)


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_expiries_the_later_is_kept_and_told(read, order: int) -> None:
    lines = [f"142,Listed,20231027,{PAGE}moor/", f"142,Relisted,20290101,{PAGE}moor/", f"142,Candidate,,{PAGE}moor/"]
    parsed = read(*lines[::order])
    row = listings(parsed)["142"]
    assert (row["status"], row["expires_on"]) == ("Relisted", date(2029, 1, 1))
    assert "Site 142 is listed more than once" in notices(parsed)
    assert "2023-10-27" in notices(parsed)


def test_sites_of_one_application_share_a_listing(read) -> None:
    rows = listings(
        read(
            f"1,Listed,20261231,{PAGE}two-valleys/",
            f"2,Listed,2026-12-31,{PAGE}two-valleys/?wg-choose-original=true",
            f"3,Listed,20271231,{PAGE}two-valleys/",
            "4,Listed,20261231,",
        )
    )
    assert rows["1"]["listing_id"] == rows["2"]["listing_id"] == "two-valleys:2026-12-31"
    assert rows["3"]["listing_id"] == "two-valleys:2027-12-31"
    assert rows["4"]["listing_id"] == "site-4"


def test_a_comma_in_a_link_that_is_not_quoted_is_joined_again(read) -> None:
    parsed = read(f"142,Listed,20290926,{PAGE}lake,-marsh/", f'143,Listed,20290926,"{PAGE}fen,-moor/"')
    rows = listings(parsed)
    assert rows["142"]["link"] == f"{PAGE}lake,-marsh/"
    assert rows["143"]["link"] == f"{PAGE}fen,-moor/"
    assert "Line 2: the link holds a comma" in notices(parsed)
    assert "Line 3" not in notices(parsed)


def test_a_surplus_cell_is_refused_where_the_link_is_not_last(read) -> None:
    (refusal,) = refusals(read("a,b,142,Listed,20290926", heading="url,site_id,status,expiry_date\n"))
    assert refusal.row == 2


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "greenlist.invalid", "https://a b", "//x"])
def test_only_web_addresses_become_links(read, link: str) -> None:
    parsed = read(f'142,Listed,20290926,"{link}"')
    assert listings(parsed)["142"]["link"] is None
    assert "Line 2: the link is left out" in notices(parsed)


def test_letters_lost_before_publication_are_kept_and_told(read) -> None:
    parsed = read(f"142,Listed,20290926,{PAGE}for\N{REPLACEMENT CHARACTER}t/")
    assert listings(parsed)["142"]["link"] == f"{PAGE}for\N{REPLACEMENT CHARACTER}t/"
    assert "U+FFFD" in notices(parsed)


@pytest.mark.parametrize(
    "heading",
    [
        "\ufeffsite_id,status,expiry_date,url\r\n",
        " Site ID ;STATUS;Expiry Date;Url\n",
        "WDPA_ID\tstatus\texpiry-date\turl\n",
        "country,url,expiry_date,status,site_id\n",
    ],
)
def test_headings_are_read_leniently(read, heading: str) -> None:
    cells = {"siteid": "142", "wdpaid": "142", "status": "Listed", "expirydate": "20290926", "url": f"{PAGE}moor/"}
    delimiter = next(mark for mark in ";\t," if mark in heading)
    names = ["".join(filter(str.isalnum, name.lower())) for name in heading.split(delimiter)]
    line = delimiter.join(cells.get(name.strip("\ufeff"), "") for name in names)
    assert listings(read(line, heading=heading))["142"]["listing_id"] == "moor:2029-09-26"


@pytest.mark.parametrize("missing", ["site_id", "status", "expiry_date", "url"])
def test_a_missing_column_is_named(read, missing: str) -> None:
    with pytest.raises(SourceChanged, match=missing):
        read("1,2,3", heading=HEADING.replace(missing, "other"))


def test_a_column_given_twice_is_not_guessed(read) -> None:
    with pytest.raises(SourceChanged, match="more than one column for site_id"):
        read("1,2,Listed,,", heading="site_id,wdpa_id,status,expiry_date,url\n")


def test_an_unclosed_quotation_mark_is_told_with_its_line(read) -> None:
    with pytest.raises(SourceChanged, match="line 3"):
        read("7,Listed,20290926,", '8,"Listed,20290926,', "9,Listed,20290926,")


def test_an_empty_list_does_not_retire_every_listing(read) -> None:
    with pytest.raises(SourceChanged, match="no row"):
        read("", " ,,,")


def test_a_missing_or_huge_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pull(location: Path) -> Fetched:
        return GreenList().fetch(Source("list", "green_list", str(location)), {}, tmp_path)

    with pytest.raises(SourceRefused, match="absent.csv cannot be read"):
        pull(tmp_path / "absent.csv")
    with pytest.raises(SourceRefused, match="cannot be read"):
        pull(tmp_path)
    monkeypatch.setattr("connectors.green_list.LIMIT_BYTES", 10)
    with pytest.raises(SourceRefused, match="larger"):
        pull(RECORDED)


def test_a_list_on_the_web_is_read_once_per_version(serve: Serve, tmp_path: Path) -> None:
    bodies = [RECORDED.read_bytes()]

    def answer(request: Request) -> Reply:
        if request.headers.get("If-None-Match") == "v1":
            return Reply(status=304)
        return Reply(bodies[-1], headers={"ETag": f"v{len(bodies)}"})

    source = Source("list", "green_list", f"{serve(answer)}/green_list_sites.csv?key=1")
    first = GreenList().fetch(source, {}, tmp_path)
    assert [payload.path.read_bytes() for payload in first.payloads] == bodies
    assert GreenList().fetch(source, first.cursor, tmp_path).is_unchanged
    without_etag = {"sha256": first.cursor["sha256"]}
    assert GreenList().fetch(source, without_etag, tmp_path).is_unchanged
    bodies.append(b"new list")
    assert not GreenList().fetch(source, without_etag, tmp_path).is_unchanged


def test_the_recorded_list_loses_no_line() -> None:
    parsed = read_file(RECORDED)
    assert [item.count for item in parsed if isinstance(item, Read)] == [11]
    assert [(item.row, item.field) for item in refusals(parsed)] == [(11, "site_id"), (12, "status")]
    # Eleven lines, two refused, two parcels of one site.
    assert len(listings(parsed)) == 8


def test_rows_keep_their_line_for_later_checks(read) -> None:
    parsed = read("7,Nothing,,", f"142,Listed,20290926,{PAGE}moor/")
    (rows,) = (item for item in parsed if isinstance(item, Rows))
    assert rows.numbers.to_pylist() == [3]
    assert rows.raw(0) == f"142,Listed,20290926,{PAGE}moor/"


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_no_damage_to_a_list_is_more_than_a_source_error(data: st.DataObject) -> None:
    damaged = bytearray(RECORDED.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        path.write_bytes(bytes(damaged))
        try:
            parsed = read_file(path)
        except SourceError:
            return
    read_lines = sum(item.count for item in parsed if isinstance(item, Read))
    assert read_lines >= len(listings(parsed)) + len(refusals(parsed))
    assert len(listings(parsed)) + len(refusals(parsed)) > 0


def test_the_real_list_of_december_2025_reads_as_published(samples: Path) -> None:
    name = "green_list_sites_2025-12-01.csv"
    truth = json.loads((samples / "truth.json").read_text())["sets"][f"greenlist_{name}"]
    parsed = read_file(samples / "greenlist" / name)
    rows = list(listings(parsed).values())
    as_of = date.fromisoformat(truth["as_of"])
    by_status = {status: sum(row["status"] == status for row in rows) for status in truth["by_status_after_strip"]}
    assert by_status == truth["by_status_after_strip"]
    assert len(rows) == truth["rows"] == truth["distinct_sites_after_dropping_parcel_suffix"]
    assert sum(row["expires_on"] < as_of for row in rows) == truth["listed_and_expired_as_of"]
    assert sum(row["expires_on"] >= as_of for row in rows) == truth["listed_and_current_as_of"]
    assert min(row["expires_on"] for row in rows).isoformat() == truth["expiry_min"]
    assert max(row["expires_on"] for row in rows).isoformat() == truth["expiry_max"]
    assert len({row["link"] for row in rows}) == truth["distinct_urls"]
    assert refusals(parsed) == []
