"""Restoration records as people fill them in: what is read, and why a row is refused."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import Payload, Rows, Source
from connectors.errors import SourceChanged, SourceRefused
from connectors.restoration import Restoration
from tests.conftest import Reply, Serve
from tests.connectors.restoration_records import HEADING, PLANTED, Reading, read_files

ReadLines = Callable[..., Reading]


@pytest.fixture
def read(tmp_path: Path) -> ReadLines:
    def read_lines(*lines: str, heading: str = HEADING, site: str | dict[str, str] = "1") -> Reading:
        path = tmp_path / "records.csv"
        path.write_text("".join(f"{line}\n" for line in (heading, *lines)), encoding="utf-8")
        return read_files(path, site=site)

    return read_lines


@pytest.mark.parametrize(
    ("visit", "found"),
    [
        ("alive,,,", (10, 0, 0)),
        ("Dead,,,", (0, 10, 0)),
        (" lost ,,,", (0, 0, 10)),
        (",7,2,1", (7, 2, 1)),
        (",7,2,", (7, 2, 1)),
        (",7,,1", (7, 2, 1)),
        (",,2,1", (7, 2, 1)),
        (",7.0,2,1", (7, 2, 1)),
        (",10,,", (10, 0, 0)),
        (",,0,10", (0, 0, 10)),
        ("dead,,10,", (0, 10, 0)),
    ],
)
def test_what_a_visit_found_is_read_from_a_status_or_from_counts(
    read: ReadLines, visit: str, found: tuple[int, int, int]
) -> None:
    assert read(PLANTED, f"C-1,,,,,,2025-09-01,{visit}").counts() == {("C-1", "2025-09-01"): found}


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        ("C-1,,,,,,2025-09-01,,7,2,2", "alive_count", "add up to 11, and fragment_count is 10"),
        ("C-1,,,,,,2025-09-01,,7,1,1", "alive_count", "add up to 9"),
        ("C-1,,,,,,2025-09-01,,,12,", "dead_count", "add up to 12"),
        ("C-1,,,,,,2025-09-01,,7,,", "dead_count", "two of the three"),
        ("C-1,,,,,,2025-09-01,,-1,2,9", "alive_count", "whole number"),
        ("C-1,,,,,,2025-09-01,,7.5,2,1", "alive_count", "whole number"),
        ("C-1,,,,,,2025-09-01,alive,7,2,1", "status", "say otherwise"),
        ("C-1,,,,,,2025-09-01,fine,,,", "status", "alive, dead, lost"),
        ("C-1,,,,,,2025-09-01,,,,", "status", "missing"),
        ("C-1,,,,,,,dead,,,", "observed_on", "missing"),
        ("C-1,,,,,,2025-02-28,dead,,,", "observed_on", "before the planting"),
        ("C-1,,,,,,01/09/2025,dead,,,", "observed_on", "not a day"),
        ("C-1,,,,,,2025-02-30,dead,,,", "observed_on", "not a day"),
        ("C-1,,,,,,45901,dead,,,", "observed_on", "not a day"),
        ("C-1,,,,,,0205-09-01,dead,,,", "observed_on", "year"),
        ("C-1,2025-03-02,,,,,2025-09-01,dead,,,", "planted_on", "earlier row"),
        ("C-1,,South Reef,,,,2025-09-01,dead,,,", "station", "earlier row"),
        ("C-1,,,,,12,2025-09-01,dead,,,", "fragment_count", "earlier row"),
        ("C-1,,,,,0,2025-09-01,dead,,,", "fragment_count", "at least 1"),
        ("C-1,,,,,10,,,,,", "fragment_id", "row 2 has planted it"),
        (",2025-03-01,North Reef,,,,2025-09-01,dead,,,", "fragment_id", "missing"),
        ("C-1,,,,,,2025-09-01,dead,,,,surplus", "(row)", "more cells"),
        ("C-2,,North Reef,,,,2025-09-01,dead,,,", "planted_on", "no row of this fragment"),
        ("C-2,2025-03-01,,,,,2025-09-01,dead,,,", "station", "no row of this fragment"),
    ],
)
def test_a_wrong_row_is_refused_with_its_place_and_the_others_stay(
    read: ReadLines, line: str, field: str, reason: str
) -> None:
    found = read(PLANTED, line)
    assert found.refused == [(3, field)]
    assert reason in found.reasons
    assert found.counts() == {("C-1", "2025-03-01"): (10, 0, 0)}
    assert found.read == 2


def test_a_second_row_of_the_same_visit_is_refused(read: ReadLines) -> None:
    found = read(PLANTED, "C-1,,,,,,2025-09-01,alive,,,", "C-1,,,,,,2025-09-01,dead,,,")
    assert found.refused == [(4, "observed_on")]
    assert found.counts() == {("C-1", "2025-09-01"): (10, 0, 0)}


def test_dead_corals_that_come_back_are_told_and_lost_ones_may(read: ReadLines) -> None:
    back = read(PLANTED, "C-1,,,,,,2025-09-01,,7,3,0", "C-1,,,,,,2025-12-01,,8,2,0")
    assert "C-1" in back.notices
    assert "do not come back" in back.notices
    assert len(back.rows) == 2
    again = read(PLANTED, "C-1,,,,,,2025-09-01,,7,0,3", "C-1,,,,,,2025-12-01,,10,0,0")
    assert again.notices == ""


def test_a_fragment_that_nobody_visited_is_alive_on_the_day_of_planting(read: ReadLines) -> None:
    row = read("A-1,2025-03-01,North  Reef,Porites inventa,Lagoon,,,,,,").rows[0]
    assert row == {
        "fragment_id": "A-1",
        "observed_on": date(2025, 3, 1),
        "site_id": "1",
        "station": "North Reef",
        "planted_on": date(2025, 3, 1),
        "scientific_name": "Porites inventa",
        "nursery": "Lagoon",
        "fragment_count": 1,
        "alive_count": 1,
        "dead_count": 0,
        "lost_count": 0,
    }


@pytest.mark.parametrize(
    "written",
    [
        (f"{HEADING}\n{PLANTED}\nC-1,,,,,,2025-09-01,,7,2,1\n").encode(),
        (f"{HEADING}\n{PLANTED}\nC-1,,,,,,2025-09-01,,7,2,1\n").encode("utf-8-sig"),
        (f"{HEADING}\n{PLANTED}\nC-1,,,,,,2025-09-01,,7,2,1\n").replace(",", ";").encode(),
        (f"{HEADING}\n{PLANTED}\nC-1,,,,,,2025-09-01,,7,2,1\n").replace(",", "\t").replace("\n", "\r\n").encode(),
        (f"{HEADING.upper().replace('_', ' ')}\n{PLANTED}\n\nC-1,,,,,,2025-09-01 00:00:00,,7,2,1\n").encode(),
    ],
    ids=["plain", "byte order mark", "semicolons", "tabs", "capitals and blanks"],
)
def test_every_way_of_saving_the_table_gives_the_same(tmp_path: Path, written: bytes) -> None:
    path = tmp_path / "records.csv"
    path.write_bytes(written)
    found = read_files(path)
    assert found.counts() == {("C-1", "2025-09-01"): (7, 2, 1)}
    assert not found.refused
    assert not found.notices


def test_columns_of_their_own_are_named_and_kept_nowhere(read: ReadLines) -> None:
    lines = (f"{PLANTED},Inventor", "C-1,,,,,,2025-09-01,fine,,,,Inventor")
    found = read(*lines, heading=f"{HEADING},Diver")
    assert "Diver" in found.notices
    kept = [item.rows.to_pylist() if isinstance(item, Rows) else item for item in found.parsed]
    assert "Inventor" not in str(kept)


def test_formulas_are_only_text(read: ReadLines) -> None:
    assert read("=1+1,2025-03-01,@reef,+x,-y,,,,,,").rows[0]["fragment_id"] == "=1+1"


def test_damaged_letters_are_told(tmp_path: Path) -> None:
    path = tmp_path / "records.csv"
    path.write_bytes(f"{HEADING}\nA-1,2025-03-01,Récif,,,,,,,,\n".encode("cp1252"))
    assert "CSV UTF-8" in read_files(path).notices


def test_a_station_without_site_is_told_and_not_stored(read: ReadLines) -> None:
    found = read(PLANTED, "A-1,2025-03-01,Far Reef,,,,,,,,", site={"North Reef": "7"})
    assert {row["site_id"] for row in found.rows} == {"7"}
    assert "Far Reef" in found.notices


def test_a_fragment_may_be_planted_in_one_file_and_visited_in_another(tmp_path: Path) -> None:
    planted, visited = tmp_path / "a.csv", tmp_path / "b.csv"
    planted.write_text(f"{HEADING}\n{PLANTED}\n")
    visited.write_text(
        "fragment_id,observed_on,status,alive_count,dead_count\nC-1,2025-09-01,,7,3\nC-1,2025-10-01,?,,\n"
    )
    found = read_files(planted, visited)
    assert found.counts() == {("C-1", "2025-09-01"): (7, 3, 0)}
    assert "(b.csv)" in found.reasons


@pytest.mark.parametrize("missing", ["fragment_id", "planted_on", "station"])
def test_a_table_without_a_needed_column_is_no_record(read: ReadLines, missing: str) -> None:
    with pytest.raises(SourceChanged, match=f"reef.* has no column {missing}"):
        read(PLANTED, heading=HEADING.replace(missing, "other"))


def test_an_empty_table_says_that_no_row_is_filled_in(read: ReadLines) -> None:
    with pytest.raises(SourceRefused, match="no row is filled in"):
        read()


def fetch(location: Path | str, workspace: Path, cursor: dict | None = None):
    workspace.mkdir()
    return Restoration().fetch(Source("reef", "restoration", str(location)), cursor or {}, workspace)


def test_a_folder_is_read_whole_when_one_of_its_files_has_changed(tmp_path: Path) -> None:
    folder = tmp_path / "records"
    folder.mkdir()
    for name in ("a.csv", "b.CSV", "~$open.xlsx", "notes.txt"):
        (folder / name).write_text(f"{HEADING}\n{PLANTED}\n")
    first = fetch(folder, tmp_path / "first")
    assert [payload.name for payload in first.payloads] == ["a.csv", "b.CSV"]
    assert fetch(folder, tmp_path / "again", dict(first.cursor)).is_unchanged
    (folder / "b.CSV").write_text(f"{HEADING}\n")
    assert len(fetch(folder, tmp_path / "third", dict(first.cursor)).payloads) == 2
    (folder / "b.CSV").unlink()
    assert len(fetch(folder, tmp_path / "fourth", dict(first.cursor)).payloads) == 1


def test_a_folder_without_tables_or_with_a_way_out_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "records"
    folder.mkdir()
    with pytest.raises(SourceRefused, match="0 CSV or Excel files"):
        fetch(folder, tmp_path / "first")
    (tmp_path / "private.csv").write_text("secret")
    (folder / "link.csv").symlink_to(tmp_path / "private.csv")
    with pytest.raises(SourceRefused, match="leads out"):
        fetch(folder, tmp_path / "second")


def test_a_record_at_a_web_address_is_read(serve: Serve, tmp_path: Path) -> None:
    address = serve(lambda request: Reply(f"{HEADING}\n{PLANTED}\n".encode())) + "/records.csv"
    payloads = fetch(address, tmp_path / "pull").payloads
    assert read_files(payloads[0].path).counts() == {("C-1", "2025-03-01"): (10, 0, 0)}


def test_the_figures_are_those_of_the_last_visit_of_each(tmp_path: Path) -> None:
    path = tmp_path / "records.csv"
    lines = [
        PLANTED,
        "C-1,,,,,,2025-09-01,,7,2,1",
        "C-1,,,,,,2025-12-01,,6,4,0",
        "A-1,2025-04-01,South Reef,Acropora inventa,,,2025-05-01,lost,,,",
        "A-2,2025-02-01,South Reef,,,,,,,,",
    ]
    path.write_text("\n".join([HEADING, *lines]))
    figures = Restoration().figures(Source("reef", "restoration", ""), (Payload("records.csv", path),))
    assert figures == {
        "fragments": 10 + 1 + 1,
        "cohorts": 3,
        "stations": 2,
        "visits": 3,
        "alive": 6 + 0 + 1,
        "dead": 4,
        "lost": 0 + 1,
        "first": "2025-02-01",
        "last": "2025-12-01",
        "taxa": ["Acropora inventa", "Porites inventa"],
    }


@st.composite
def records(draw: st.DrawFn) -> list[str]:
    """Lines of a valid record: each fragment says what it is in its first row, or in all of them."""
    lines = []
    for number in range(draw(st.integers(1, 4))):
        planted = draw(st.integers(1, 60))
        says = f"2025-03-01,Reef {number % 2},Porites inventa,,{planted}"
        days = draw(st.lists(st.integers(0, 900), unique=True, max_size=4))
        if draw(st.booleans()) or not days:
            lines.append(f"F{number},{says},,,,,")
        for day in days:
            observed = date(2025, 3, 1) + timedelta(days=day)
            alive = draw(st.integers(0, planted))
            dead = draw(st.integers(0, planted - alive))
            lost = draw(st.sampled_from(["", str(planted - alive - dead)]))
            lines.append(f"F{number},{says},{observed},,{alive},{dead},{lost}")
    return lines


@settings(max_examples=60, deadline=None)
@given(records(), st.randoms(use_true_random=False))
def test_counts_are_always_all_fragments_and_the_order_of_rows_changes_nothing(
    lines: list[str], order: random.Random
) -> None:
    def told(shuffled: list[str]) -> list[dict]:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "records.csv"
            path.write_text("\n".join([HEADING, *shuffled]))
            found = read_files(path)
        assert not found.refused
        return sorted(found.rows, key=lambda row: (row["fragment_id"], row["observed_on"]))

    rows = told(lines)
    assert all(row["alive_count"] + row["dead_count"] + row["lost_count"] == row["fragment_count"] for row in rows)
    assert {row["fragment_id"] for row in rows} == {line.partition(",")[0] for line in lines}
    assert told(order.sample(lines, len(lines))) == rows
