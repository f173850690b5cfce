"""Rows of CoralNet exports that are refused: no odd number stops a pull, no remark or name of a person is kept."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Refusal
from connectors.coralnet_files import number_of
from tests.connectors.test_coralnet import CURRENT, pull

PEOPLE = {"Last annotator": "inventor_1", "Photographer name": "inventor_2", "Comments": "inventor_3 was here"}


def refusals(folder: Path, content: str) -> list[Refusal]:
    return pull(folder, content).reading.refusals


@pytest.mark.parametrize("points", ["1e999", "-1e999", "1e30", "2147483648", "9" * 400, "-5", "lots"])
def test_an_impossible_count_of_points_is_refused(tmp_path: Path, points: str) -> None:
    (refusal,) = refusals(tmp_path, CURRENT.replace(",10,", f",{points},"))
    assert (refusal.field, refusal.value, refusal.row) == ("Points", points, 2)


@pytest.mark.parametrize("cover", ["1e999", "1e30", "100.1", "-1"])
def test_an_impossible_cover_is_refused_without_naming_a_column_of_the_file(tmp_path: Path, cover: str) -> None:
    (refusal,) = refusals(tmp_path, CURRENT.replace("30.000", cover))
    assert refusal.field == "a label"
    assert "ACROP" not in (refusal.field, refusal.reason)


@given(st.text(alphabet="0123456789.eE+-", max_size=12) | st.integers().map(str) | st.floats().map(str))
def test_a_number_is_one_that_a_whole_number_of_32_bits_can_hold(text: str) -> None:
    number = number_of(text)
    assert number is None or (number == float(text) and -(2**31) < int(number) < 2**31)


def test_a_depth_of_many_digits_is_left_empty(tmp_path: Path) -> None:
    content = CURRENT.replace("Annotation status", "Depth,Annotation status").replace("Conf", f"{'9' * 400}m,Conf")
    assert pull(tmp_path, content).rows[0]["depth_m"] is None


@pytest.mark.parametrize("before", ["Annotation status", "Points"])
def test_columns_of_people_are_not_kept_of_a_refused_cover(tmp_path: Path, before: str) -> None:
    heading, row = (line.split(",") for line in CURRENT.splitlines())
    place = heading.index(before)
    row[-1] = "lots"
    heading[place:place], row[place:place] = PEOPLE, PEOPLE.values()
    (refusal,) = refusals(tmp_path, f"{','.join(heading)}\n{','.join(row)}\n")
    assert "a.jpg" in refusal.raw
    assert "inventor" not in str(refusal)


def test_a_remark_behind_the_labels_is_not_kept(tmp_path: Path) -> None:
    heading, row = CURRENT.splitlines()
    (refusal,) = refusals(tmp_path, f"{heading},{','.join(PEOPLE)}\n{row},{','.join(PEOPLE.values())}\n")
    assert refusal.field == "a label"
    assert "inventor" not in str(refusal)


def test_columns_of_people_are_not_kept_of_a_refused_point(tmp_path: Path) -> None:
    heading, names = ",".join(PEOPLE), ",".join(PEOPLE.values())
    content = f"Name,{heading},Row,Column,Label\na.jpg,{names},1,1,ACROP\na.jpg,{names},2,1,\n,{names},3,1,SAND\n"
    found = refusals(tmp_path, content)
    assert [refusal.field for refusal in found] == ["Label", "Name"]
    assert "inventor" not in str(found)
