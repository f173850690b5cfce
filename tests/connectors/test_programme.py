"""The work plan: what each row says, and why one is refused."""

import re
from datetime import date
from pathlib import Path

import pytest

from connectors.base import Notice, Payload, Refusal, Rows, Source
from connectors.programme import CRITERION, Programme
from data.standards import standard

HEADING = "item_id,site_id,kind,title,technology,criterion,solution_id,starts_on,due_on,done_on,owner,note"
FIRST = "s1,7,solution,Alarm towers,early warning,3.4,,2026-01-15,2026-12-31,,Invented authority,"


def read(path: Path, *lines: str, site: str | dict[str, str] = "") -> list:
    path.write_text("\n".join([HEADING, *lines]), encoding="utf-8")
    return list(Programme().parse(Source("plan", "programme", str(path), site=site), (Payload(path.name, path),)))


def rows(parsed: list) -> list[dict]:
    return [row for item in parsed if isinstance(item, Rows) for row in item.rows.to_pylist()]


def test_an_item_is_read_whole(tmp_path: Path) -> None:
    (row,) = rows(read(tmp_path / "plan.csv", FIRST))
    assert row == {
        "item_id": "s1",
        "site_id": "7",
        "kind": "solution",
        "title": "Alarm towers",
        "technology": "early warning",
        "criterion": "3.4",
        "solution_id": None,
        "starts_on": date(2026, 1, 15),
        "due_on": date(2026, 12, 31),
        "done_on": None,
        "owner": "Invented authority",
        "note": None,
    }


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (",7,solution,Title,,,,,,,,", "item_id"),
        ("m1,,milestone,Title,,,,,,,,", "site_id"),
        ("m1,7,dream,Title,,,,,,,,", "kind"),
        ("m1,7,milestone,,,,,,,,,", "title"),
        ("m1,7,milestone,Title,,5.1,,,,,,", "criterion"),
        ("m1,7,milestone,Title,,2.7,,,,,,", "criterion"),
        ("m1,7,milestone,Title,,,,2026-02-01,2026-01-01,,,", "due_on"),
        ("m1,7,milestone,Title,,,,,31/12/2026,,,", "due_on"),
        ("s1,7,milestone,Title,,,,,,,,", "item_id"),
        ("m1,7,milestone,Title,,,,,,,,,surplus", "(row)"),
    ],
)
def test_a_wrong_row_is_refused_and_the_others_stay(tmp_path: Path, line: str, field: str) -> None:
    parsed = read(tmp_path / "plan.csv", FIRST, line)
    assert [(item.row, item.field) for item in parsed if isinstance(item, Refusal)] == [(3, field)]
    assert [row["item_id"] for row in rows(parsed)] == ["s1"]


def test_a_milestone_of_no_solution_is_told_and_an_indicator_is_cut_to_its_criterion(tmp_path: Path) -> None:
    parsed = read(tmp_path / "plan.csv", FIRST, "m1,7,milestone,Title,,GLS-V1.1-3.7.2,s9,,,,,")
    assert rows(parsed)[1]["criterion"] == "3.7"
    assert "m1" in "".join(item.text for item in parsed if isinstance(item, Notice))


def test_the_figures_count_the_items(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_text("\n".join([HEADING, FIRST, "m1,8,milestone,Title,,3.7,s1,,2026-06-30,2026-06-12,,"]))
    figures = Programme().figures(Source("plan", "programme", ""), (Payload("plan.csv", path),))
    assert figures == {
        "items": 2,
        "by_kind": {"milestone": 1, "solution": 1},
        "sites": 2,
        "criteria": ["3.4", "3.7"],
        "done": 1,
    }


def test_a_criterion_is_one_of_those_of_the_standard() -> None:
    written = [f"{component}.{number}" for component in range(10) for number in range(10)]
    assert {one for one in written if re.fullmatch(CRITERION, one)} == set(standard().criteria)
