"""Files that are not what they should be: each is a problem in words, and none an error of the program."""

import io
import struct
import zipfile
from pathlib import Path

import pytest

from ingestion.submission_reading import MOST_BYTES, MOST_UNPACKED_BYTES, read
from tests.ingestion.submitted import STAFF, checked, filled, network, row, table, workbook


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
