"""An evidence pack can be read, checked and trusted without the dashboard."""

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import packs
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.standards import Indicator
from exports.csv_cells import csv_bytes, one_line
from exports.evidence_pack import build
from metrics.readiness import ROLES

MEMBERS = {
    "README.txt", "SHA256SUMS", "assessment.json", "charts/criteria.svg", "charts/history.svg", "criteria.csv",
    "evidence.csv", "figures.csv", "methods.md", "ratings.csv",
}  # fmt: skip
TABLES = ("ratings.csv", "criteria.csv", "evidence.csv", "figures.csv")
HOSTILE = "../../etc/x\n\n=cmd|' /C calc'!A0,\"<script>\u202e$a_b$ & \x00\x1b保护区"


def test_a_pack_holds_the_expected_files_and_nothing_else(files):
    assert set(files) == MEMBERS
    assert list(files) == sorted(files)


def test_hashes_are_those_of_every_other_file(files):
    lines = files["SHA256SUMS"].decode().splitlines()
    found = {name: sha for sha, name in (line.split("  ") for line in lines)}
    assert found == {name: hashlib.sha256(files[name]).hexdigest() for name in MEMBERS - {"SHA256SUMS"}}


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="needs sha256sum")
def test_the_command_in_the_readme_checks_the_files(tmp_path):
    with zipfile.ZipFile(io.BytesIO(build(packs.pack()))) as archive:
        archive.extractall(tmp_path)
    check = ["sha256sum", "-c", "SHA256SUMS"]
    assert " ".join(check) in (tmp_path / "README.txt").read_text()
    assert subprocess.run(check, cwd=tmp_path, capture_output=True).returncode == 0
    (tmp_path / "ratings.csv").write_text("changed")
    assert subprocess.run(check, cwd=tmp_path, capture_output=True).returncode == 1


def test_the_same_pack_gives_the_same_bytes():
    assert build(packs.pack()) == build(packs.pack())
    turned = packs.pack().ratings.sample(frac=1, random_state=1)
    assert build(packs.pack(ratings=turned)) == build(packs.pack())


def test_members_carry_the_moment_of_making_in_utc():
    east = datetime(2026, 2, 3, 12, 5, 6, tzinfo=timezone(timedelta(hours=8)))
    with zipfile.ZipFile(io.BytesIO(build(packs.pack(made_at=east)))) as archive:
        assert {member.date_time for member in archive.infolist()} == {(2026, 2, 3, 4, 5, 6)}
        assert {member.external_attr >> 16 for member in archive.infolist()} == {0o100644}


def test_the_readme_says_of_what_and_when(files):
    words = files["README.txt"].decode()
    for told in (
        "Wide Valley (Nowhere, site 7)",
        "wide-valley-2026 of 2026-01-02",
        "Data version: 12, stored 2026-02-01 08:30 UTC",
        "2026-02-03 04:05 UTC",
        "Data never change a rating.",
        "- wide-valley: licence CC-BY-4.0, newest pull 2026-02-01 00:00 UTC",
        "once; 4 here",
    ):
        assert told in words
    assert all(name in words for name in MEMBERS)


def test_the_readme_tells_each_role_apart_and_where_they_disagree(files):
    words = files["README.txt"].decode()
    assert "The site itself: 1 of 17 criteria met, 1 not met, 15 not known; first in the way: GLS-V1.1-3.4.1" in words
    assert "Expert group: 1 of 17 criteria met, 1 not met, 15 not known" in words
    assert "Reviewer: 1 of 17 criteria met, 0 not met, 16 not known\n" in words
    assert "The roles disagree on GLS-V1.1-3.4.1\n" in words


def test_the_assessment_reads_as_json_with_nothing_that_is_no_json(files):
    told = json.loads(files["assessment.json"], parse_constant=pytest.fail)
    assert told["assessment"] == {
        "assessed_on": "2026-01-02",
        "assessed_year": None,
        "assessment_id": "wide-valley-2026",
        "jurisdiction": None,
        "supersedes": None,
    }
    assert told["site"]["site_name"] == "Wide Valley"
    assert (told["data_version"], told["committed_at"]) == (12, "2026-02-01T08:30:00Z")
    assert told["standard"]["standard_id"] == "GLS-1.1"
    assert {role: found["met"] for role, found in told["criteria_found_by_role"].items()} == dict.fromkeys(ROLES, 1)
    assert "demo" not in told


def test_each_figure_has_its_method_once_and_all_its_marks(files):
    words = files["methods.md"].decode()
    assert words.count("## `metrics.early_warning.acknowledged_share`") == 1
    assert "Share of the warnings\nthat anybody answered." in words
    assert words.count("- Beside ") == len(packs.judged())
    twice = packs.members(packs.pack(evidence=packs.judged() * 2))["methods.md"].decode()
    assert twice.count("## `") == words.count("## `")


def test_invented_data_say_so_in_every_file():
    files = packs.members(packs.pack(is_demo=True))
    assert files["README.txt"].startswith(b"Demo data")
    assert json.loads(files["assessment.json"])["demo"].startswith("Demo data")
    assert all("Demo data" in files[name].decode() for name in MEMBERS - {"SHA256SUMS"})
    assert packs.table(files, "criteria.csv")[0]["criterion"] == "1.1"


def test_real_data_are_nowhere_called_invented(files):
    assert not [name for name, content in files.items() if b"Demo data" in content]


def test_hostile_text_names_no_file_and_runs_nowhere():
    rated = packs.ratings([("3.4.1", "self", "met", f"={HOSTILE}", f"@{HOSTILE}", "-1", "2025-01-01")])
    rated = rated.assign(source=f"\t{HOSTILE}")
    packed = packs.pack(
        site={"site_id": "7", "site_name": HOSTILE, "country": None},
        ratings=rated,
        states=packs.states(rated),
        sources=[{"name": HOSTILE, "licence": None, "newest_pull": None}],
    )
    files = packs.members(packed)
    assert set(files) == MEMBERS
    for name in TABLES:
        for row in packs.table(files, name):
            assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    row = next(row for row in packs.table(files, "ratings.csv") if row["rating"])
    assert (row["note"], row["evidence"]) == (f"'={HOSTILE}", f"'@{HOSTILE}")
    assert packs.table(files, "evidence.csv")[0]["evidence_sha256"] == "'-1"


def test_a_name_cannot_write_lines_into_the_readme():
    packed = packs.pack(site={"site_id": "7", "site_name": "Valley\n\nWHAT THE ROLES FOUND\r- 17 of 17\u2028\u202ex"})
    words = packs.members(packed)["README.txt"].decode()
    assert words.count("\nWHAT THE ROLES FOUND\n") == 1
    assert "Site:         Valley WHAT THE ROLES FOUND - 17 of 17 x (site 7)\n" in words


@given(st.text(max_size=40))
def test_text_on_one_line_is_one_line(words):
    line = one_line(words)
    assert len(line.splitlines()) <= 1
    assert line == one_line(line)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_a_cell_that_a_spreadsheet_would_run_is_inert(sign):
    frame = pd.DataFrame({"words": [f"{sign}1", "a=1"], "number": [-1.5, 2.0]})
    written = csv_bytes(frame, ["words", "number"], is_demo=False).decode("utf-8-sig")
    assert f"'{sign}1" in written
    assert "a=1,2.0" in written
    assert ",-1.5" in written


def test_rows_of_another_assessment_or_role_are_refused():
    other = packs.ratings().assign(assessment_id="other")
    with pytest.raises(ValueError, match="one assessment"):
        packs.pack(ratings=other)
    with pytest.raises(ValueError, match="one assessment"):
        packs.pack(states=packs.states(other))
    with pytest.raises(ValueError, match="role must be one of"):
        packs.pack(ratings=packs.ratings().assign(role="mentor"))


def test_an_assessment_that_nobody_rated_still_gives_a_pack():
    rated = packs.ratings([])
    empty = packs.pack(
        ratings=rated,
        states=packs.states(rated),
        history=packs.pack().history.iloc[:0],
        evidence=[],
        sources=[],
    )
    files = packs.members(empty)
    assert set(files) == MEMBERS
    assert [packs.table(files, name) for name in TABLES] == [[], [], [], []]
    words = files["README.txt"].decode()
    assert "Has not rated: The site itself, Expert group, Reviewer" in words
    assert "none here" in words
    assert "No figure stands beside this assessment." in words
    assert "None is named." in words


def test_adapted_indicators_are_named_and_unknown_ones_too():
    known = replace(
        packs.STANDARD,
        jurisdiction="MEX",
        left_out={"GLS-V1.1-3.4.1": "no threats"},
        indicators={"GLS-V1.1-2.1.1": Indicator("GLS-V1.1-2.1.1", "2.1", "Our own words", is_generic=False)},
    )
    named = {**packs.pack().assessment, "jurisdiction": "MEX"}
    files = packs.members(packs.pack(standard=known, assessment=named))
    assert "Indicators:   as adapted in MEX\n" in files["README.txt"].decode()
    texts = {row["indicator_id"]: row["indicator"] for row in packs.table(files, "ratings.csv")}
    assert texts["GLS-V1.1-3.4.1"] == "Left out in this jurisdiction: no threats"
    assert texts["GLS-V1.1-2.1.1"] == "Our own words"
    unknown = packs.members(packs.pack(assessment=named))["README.txt"].decode()
    assert "the generic ones; the assessment names MEX, whose own ones we do not hold" in unknown


def test_a_year_stands_for_a_day_that_is_not_known():
    told = {**packs.pack().assessment, "assessed_on": pd.NaT, "assessed_year": 2024}
    assert "wide-valley-2026 of 2024\n" in packs.members(packs.pack(assessment=told))["README.txt"].decode()


def test_a_moment_elsewhere_is_told_in_utc():
    east = datetime(2026, 2, 1, 7, 0, tzinfo=timezone(timedelta(hours=8)))
    told = json.loads(packs.members(packs.pack(committed_at=east))["assessment.json"])
    assert told["committed_at"] == "2026-01-31T23:00:00Z"
    assert told["made_at"] == f"{datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC):%Y-%m-%dT%H:%M:%SZ}"
