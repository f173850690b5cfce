"""CoralNet exports as Excel files, stations and days out of image names, and images of which nothing is known."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Source
from connectors.coralnet_labels import Groups
from connectors.coralnet_places import NAME_MAX_CHARACTERS
from connectors.errors import SourceChanged, SourceRefused
from connectors.labelled_images import Image, LabelledImages, Told
from tests.connectors.test_coralnet import CURRENT, LABELS, POINTS, Pull, pull, truth_of, written

NAMED = r"(?P<station>[A-Z][a-z]+)_(?P<depth>\d+m)_(?P<date>\d{8})"


def workbook(path: Path, *sheets: tuple[str, str]) -> Path:
    """An Excel file with these sheets, of which each is given as CSV; numbers are stored as numbers."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, text in sheets:
        sheet = book.create_sheet(name)
        for row in csv.reader(io.StringIO(text)):
            sheet.append([float(cell) if cell.replace(".", "").isdigit() else cell for cell in row])
    book.save(path)
    return path


def test_the_published_image_names_give_the_published_mean_of_each_site(samples: Path, tmp_path: Path) -> None:
    truth = truth_of(samples, "coralnet_percent_cover_bocas")
    corals = [(label, "Hard coral") for label in truth["hard_coral_labels_scleractinian"]]
    with (samples / truth["file"]).open(encoding="utf-8") as file:
        others = [(label, "Other") for label in next(csv.reader(file))[4:] if (label, "Hard coral") not in corals]
    with (tmp_path / "groups.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("label", "group"), *corals, *others])
    found = Pull(
        samples / truth["file"],
        tmp_path / "pull",
        labels=str(tmp_path / "groups.csv"),
        image_name=r"^(?P<station>[A-Za-z]+)_\d+m_(?P<date>\d{8})_T\d",
    )
    assert f"{truth['image_names_not_matching']} images have a name that" in found.reading.notices
    by_site: dict[str, list[float]] = {}
    for row in found.rows:
        by_site.setdefault(row["station"], []).append(row["value"])
    without_place = by_site.pop("reef")
    assert len(without_place) == truth["image_names_not_matching"]
    assert sorted(by_site) == truth["sites_parsed"]
    means = {site: sum(values) / len(values) for site, values in by_site.items()}
    assert means == pytest.approx(truth["hard_coral_mean_by_site"], abs=1e-4)
    assert found.figures["hard_coral_pct_mean"] == pytest.approx(truth["hard_coral_pct_mean_of_images"], abs=1e-4)
    first_and_last = [found.figures[name].replace("-", "") for name in ("first", "last")]
    assert first_and_last == truth["dates_parsed"]


@pytest.mark.parametrize("content", [CURRENT, POINTS])
def test_an_excel_export_gives_what_the_csv_gives(tmp_path: Path, content: str) -> None:
    (tmp_path / "labels.csv").write_text(LABELS)
    meta = "Source,Invented\nDate,2024-05-02\n"
    path = workbook(tmp_path / "export.xlsx", ("Data", content), ("Meta", meta))
    by_excel, by_csv = Pull(path, tmp_path / "a", labels="labels.csv"), pull(tmp_path, content, station_column="Site")
    assert by_excel.covers() == by_csv.covers()
    assert by_excel.figures == by_csv.figures
    assert [row["points"] for row in by_excel.rows] == [row["points"] for row in by_csv.rows]


def test_a_folder_may_mix_excel_and_csv_and_hold_the_file_of_an_open_excel(tmp_path: Path) -> None:
    written(tmp_path, CURRENT)
    workbook(tmp_path / "points.xlsx", ("Meta", "a,b\n"), ("Data", POINTS.replace("a.jpg", "b.jpg")))
    (tmp_path / "~$points.xlsx").write_bytes(b"user")
    assert Pull(tmp_path, tmp_path / "pull", labels="labels.csv").covers() == {"7": 50, "b.jpg": 50}


def test_an_excel_table_of_labels_is_read(tmp_path: Path) -> None:
    export = written(tmp_path, CURRENT)
    workbook(tmp_path / "labels.xlsx", ("Sheet1", LABELS))
    assert Pull(export, tmp_path / "pull", labels="labels.xlsx").covers() == {"7": 50}


def test_excel_files_that_are_no_export_are_told(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text(LABELS)
    path = workbook(tmp_path / "export.xlsx", ("One", CURRENT), ("Two", CURRENT))
    with pytest.raises(SourceChanged, match="no sheet Data"):
        Pull(path, tmp_path / "a", labels="labels.csv")
    path.write_bytes(b"PK\x03\x04 and then nothing of a workbook")
    with pytest.raises(SourceRefused, match=r"export\.xlsx"):
        Pull(path, tmp_path / "b", labels="labels.csv")


def test_station_day_and_depth_come_from_the_name_where_no_column_has_them(tmp_path: Path) -> None:
    by_name = pull(tmp_path, CURRENT.replace("a.jpg", "North_07m_20240502_01.jpg"), image_name=NAMED).rows[0]
    assert (by_name["station"], by_name["surveyed_on"], by_name["depth_m"]) == ("North", date(2024, 5, 2), 7)
    heading, row = CURRENT.replace("a.jpg", "North_07m_20240502_01.jpg").splitlines()
    columns = heading.replace("Annotation status", "Site,Date,Annotation status")
    both = row.replace("Confirmed", "South,2023-01-31,Confirmed")
    by_column = pull(tmp_path, f"{columns}\n{both}\n", image_name=NAMED).rows[0]
    assert (by_column["station"], by_column["surveyed_on"], by_column["depth_m"]) == ("South", date(2023, 1, 31), 7)
    blank = pull(tmp_path, f"{columns}\n{row.replace('Confirmed', ',,Confirmed')}\n", image_name=NAMED).rows[0]
    assert (blank["station"], blank["surveyed_on"]) == ("North", date(2024, 5, 2))


def test_a_station_of_a_name_decides_the_site(tmp_path: Path) -> None:
    export = written(tmp_path, CURRENT.replace("a.jpg", "North_07m_20240502.jpg"))
    found = Pull(export, tmp_path / "pull", {"North": "555500009"}, labels="labels.csv", image_name=NAMED)
    assert {row["site_id"] for row in found.rows} == {"555500009"}


@pytest.mark.parametrize("name", ["a.jpg", "x" * NAME_MAX_CHARACTERS + "North_07m_20240502.jpg"])
def test_a_name_that_does_not_fit_or_is_too_long_is_counted(tmp_path: Path, name: str) -> None:
    found = pull(tmp_path, CURRENT.replace("a.jpg", name), image_name=NAMED)
    assert found.rows[0]["station"] == "reef"
    assert "1 images have a name that `image_name` does not fit" in found.reading.notices


def test_a_day_of_a_name_that_is_none_is_left_empty_and_counted(tmp_path: Path) -> None:
    found = pull(tmp_path, CURRENT.replace("a.jpg", "North_07m_20241399.jpg"), image_name=NAMED)
    assert found.rows[0]["surveyed_on"] is None
    assert "Date could not be read and is left empty: 1 images" in found.reading.notices


@pytest.mark.parametrize("wrong", [3, "", "(?P<station>", r"(\w+)_", r"(?P<reef>\w+)", ["(?P<station>.)"]])
def test_a_wrong_expression_is_refused_with_advice(tmp_path: Path, wrong: Any) -> None:
    with pytest.raises(SourceRefused, match="image_name") as caught:
        pull(tmp_path, CURRENT, image_name=wrong)
    assert "(?P<station>" in caught.value.advice


ALL_UNKNOWN = (
    "Image ID,Image name,Annotation status,Points,ACROP,*MOEN,SAND,UNHEARD\n"
    "7,a.jpg,Confirmed,10,30.000,20.000,50.000,0.000\n8,b.jpg,Confirmed,10,0.000,0.000,0.000,100.000\n"
)


def test_an_image_of_unmatched_labels_gives_no_figure_where_a_table_says_what_is_known(tmp_path: Path) -> None:
    found = pull(tmp_path, ALL_UNKNOWN)
    assert found.covers() == {"7": 50}
    assert (found.figures["images"], found.figures["hard_coral_pct_mean"]) == (2, 50)
    assert "1 images have only labels without a group: they give no figure, which is not zero" in found.reading.notices


def test_without_a_table_such_an_image_stays_a_lower_bound(tmp_path: Path) -> None:
    heading, row = "Image name,Annotation status,Porites,Sand", "a.jpg,Confirmed,0,100"
    found = Pull(written(tmp_path, f"{heading}\n{row}\n"), tmp_path / "pull")
    assert [(row["value"], row["value_high"]) for row in found.rows] == [(0, 100)]


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 50), min_size=1), st.sets(st.sampled_from("abcd")))
def test_the_cover_lies_within_its_bounds_whatever_the_unmatched_labels_are(
    counts: dict[str, int], corals: set[str]
) -> None:
    table = {label: "hard coral" if label in corals else "other" for label in "abef"}
    total = sum(counts.values())
    image = Image(
        "1", "a.jpg", {label: 100 * count / total for label, count in counts.items()}, total, None, 2, *[None] * 5
    )
    images = LabelledImages(Groups(table))
    images.images.append(Told(image, "invented", images.metrics([*"ab", *counts])))
    truth = 100 * sum(count for label, count in counts.items() if label in corals) / total
    rows = [
        row
        for block in images.rows(Source("reef", "coralnet", "", site="1"))
        for row in block.rows.to_pylist()
        if row["metric"] == "hard_coral_pct"
    ]
    assert bool(rows) == bool(corals & set("ab") and counts.keys() & set("abef"))
    for row in rows:
        assert row["value"] <= truth + 1e-4
        assert truth <= (row["value_high"] or row["value"]) + 1e-4
