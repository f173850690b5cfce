"""Files that are not what they should be: each is a problem in words, and none an error of the program."""

import io
import struct
import zipfile
from pathlib import Path

import pytest

from ingestion.submission_reading import MOST_BYTES, MOST_UNPACKED_BYTES, read
from tests.ingestion.submitted import (
    FIRST,
    MANAGER,
    MARSH,
    OTHER_MANAGER,
    SECOND,
    STAFF,
    checked,
    filled,
    hand_in,
    network,
    row,
    table,
    workbook,
)


def repacked(content: bytes, **parts: bytes) -> bytes:
    """The workbook with more parts, or others, by their names with `__` for a slash."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        named = {name.replace("__", "/"): part for name, part in parts.items()}
        for name in old.namelist():
            if name not in named:
                new.writestr(name, old.read(name))
        for name, part in named.items():
            new.writestr(name, part)
    return out.getvalue()


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


FILLED = {3: {"site_id": "555500401", "assessment_date": "2026-03-01", "rating": "met"}}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"x" * (MOST_BYTES + 1), "larger than 20 MB"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "old .xls"),
        (bytes(range(256)) * 20, "not a text file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "not a text file"),
        ("indicator_id,rating\n".encode("utf-16"), "not a text file"),
        (b"name,value\na,1\n", "no column indicator_id"),
        (b'{"Imet": {}}', "no column indicator_id"),
        (b"indicator_id,indicator_id\n1,2\n", "more than one column"),
        (b'indicator_id,rating\n"1.1.1,met\n', "cannot be read from line 2"),
        (b"indicator_id,rating\n", "No row is filled in"),
        (zipped(**{"imet.json": b"{}"}), "zip archive"),
        (table(row()).replace(b"note", b"assessment_held_by").replace(b"met,", b"met,office"), "assessment_held_by"),
        (struct.pack("<4sHHH", b"PK\x05\x06", 0, 0, 65535) + bytes(20), "zip archive"),
    ],
    ids=range(15),
)
def test_a_file_that_is_no_filled_template_is_told_in_words(content: bytes, words: str) -> None:
    (problem,) = read(content).problems
    assert words in problem
    assert "network.toml" not in problem
    assert "/tmp" not in problem  # noqa: S108


def test_a_workbook_with_macros_is_not_taken() -> None:
    assert read(workbook(FILLED)).problems == ()
    (problem,) = read(repacked(workbook(FILLED), xl__vbaProject=b"", **{"xl/vbaProject.bin": b"macro"})).problems
    assert "macros" in problem


def test_a_workbook_that_unpacks_without_end_is_not_taken() -> None:
    bomb = repacked(workbook(FILLED), xl__media__a=bytes(MOST_UNPACKED_BYTES))
    assert len(bomb) < MOST_UNPACKED_BYTES / 100
    (problem,) = read(bomb).problems
    assert "larger than 40 MB when unpacked" in problem


def test_a_workbook_that_declares_entities_is_not_taken() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    (problem,) = read(repacked(workbook(FILLED), xl__sharedStrings=bomb, **{"xl/sharedStrings.xml": bomb})).problems
    assert "XML entities" in problem


def test_a_damaged_part_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    (problem,) = read(repacked(workbook(FILLED), **{"xl/workbook.xml": b"<broken"})).problems
    assert "cannot be read as an Excel workbook" in problem


def test_two_filled_sheets_are_handed_in_one_by_one() -> None:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(workbook(FILLED)))
    book.copy_worksheet(book.worksheets[0])
    out = io.BytesIO()
    book.save(out)
    (problem,) = read(out.getvalue()).problems
    assert "More than one sheet" in problem


def test_whatever_goes_wrong_while_reading_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RecursionError("deep")

    monkeypatch.setattr("ingestion.submission_reading.read_filled", fail)
    assert read(table(row())).problems == ("The file cannot be read (RecursionError).",)


def test_the_name_of_a_file_leads_nowhere(store_url: str, tmp_path: Path) -> None:
    filled(store_url, network(tmp_path))
    found = checked(table(row()), STAFF, store_url, "../../../../etc/passwd\x00.csv")
    assert found.can_be_stored


def test_without_any_store_the_site_is_not_known() -> None:
    from ingestion import submissions

    (problem,) = submissions.check(table(row()), "a.csv", STAFF, None).problems
    assert "there is no site 555500401" in problem


def test_a_flood_of_short_rows_is_turned_away_before_it_is_read(store: str) -> None:
    flood = table(row()) + b",\n" * 3_000_000
    (problem,) = checked(flood, MANAGER, store).problems
    assert problem == "The file holds more than 20,000 rows."


def test_a_workbook_with_a_flood_of_rows_is_turned_away_before_it_is_read(store: str) -> None:
    book = io.BytesIO(workbook({2: row()}))
    with zipfile.ZipFile(book, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b"<worksheet><sheetData>" + b"<row/>" * 200_000)
    (problem,) = checked(book.getvalue(), MANAGER, store).problems
    assert problem == "The workbook holds more than 20,000 rows."


def test_a_flood_of_assessments_is_turned_away_at_once(store: str) -> None:
    many = table(*(row(assessment_id=f"valley-{number}") for number in range(15_000)))
    (problem,) = checked(many, MANAGER, store).problems
    assert "more than 100 assessments" in problem


def test_what_is_stored_of_others_cannot_be_learned_by_guessing(store: str) -> None:
    """A report must be the same whether a guess at another site's assessment is right or wrong."""
    hand_in(table(row(), row(SECOND, "not_met")), MANAGER, store)
    reports = []
    for guess in ("met", "not_met", "partly"):
        for cells in ({}, {"assessment_date": "2026-02-02"}, {"status": "draft"}, {"phase": "candidate"}):
            found = checked(table(row(FIRST, guess) | cells, row(SECOND, guess) | cells), OTHER_MANAGER, store)
            told = found.rows.drop(columns="rating").to_dict("records")
            reports.append((told, found.problems, found.notices, found.storable))
    assert all(report == reports[0] for report in reports)
    assert reports[0][3] == 0


def test_a_name_that_is_taken_says_nothing_of_what_it_names(store: str) -> None:
    hand_in(table(row()), MANAGER, store)
    found = [checked(table(row(rating=guess, site_id=MARSH)), OTHER_MANAGER, store) for guess in ("met", "partly")]
    assert [one.problems for one in found] == [found[0].problems] * 2
    assert found[0].rows["reason"].tolist() == found[1].rows["reason"].tolist() == ["its assessment is not taken"]
