"""The data package: complete, explained, checked by others, and the same whenever and wherever it is made."""

import hashlib
import io
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import frictionless
import pandas as pd
import pytest

from data import queries
from exports import data_package
from exports.context import Context, NotOffered
from exports.spec import FORMATS, Spec
from exports.streamed_zip import LARGE_BYTES
from tests.exports import merged_fakes
from tests.exports.merged_fakes import COARSE, ROW_COUNT, ROWS

PROJECT = Path(__file__).parents[2]
DATA_FILES = {
    "csv": [f"data/{name}.csv" for name in ROWS],
    "parquet": [f"data/{name}.parquet" for name in ROWS],
    "geoparquet": [f"data/{name}.parquet" for name in ROWS],
    "geopackage": ["data/data.gpkg"],
    "xlsx": ["data/data.xlsx"],
}
MASKED_ROWS = sum(row["masking"] == COARSE for row in ROWS["detections"])
BUILD = """
import sys
from exports import data_package
from tests.exports import merged_fakes
merged_fakes.install(setattr)
sys.stdout.buffer.writelines(data_package.chunks(merged_fakes.spec(sys.argv[1]), merged_fakes.context(is_demo=True)))
"""
each_format = pytest.mark.parametrize("format", FORMATS)


def members(spec: Spec, context: Context) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(data_package.chunks(spec, context)))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def readme(spec: Spec, context: Context) -> str:
    return members(spec, context)["README.md"].decode()


@each_format
def test_a_package_has_its_files_and_their_checksums(faked: Context, format: str) -> None:
    found = members(merged_fakes.spec(format), faked)
    beside = ["dictionary.csv", "sources.csv", "package.json", "README.md", "datapackage.json", "SHA256SUMS"]
    assert list(found) == [*DATA_FILES[format], *beside]
    sums = [line.split("  ") for line in found["SHA256SUMS"].decode().splitlines()]
    assert [name for _, name in sums] == list(found)[:-1]
    for expected, name in sums:
        assert hashlib.sha256(found[name]).hexdigest() == expected


@each_format
def test_the_descriptor_names_sizes_hashes_and_columns(faked: Context, format: str) -> None:
    found = members(merged_fakes.spec(format), faked)
    told = json.loads(found["datapackage.json"])
    assert told["created"] == "2026-06-15T10:20:31Z"
    assert told["version"] == "7.0.0"
    assert told["sourcesDown"] == ["=registry", "reefs"]
    assert told["masked"] == {name: {COARSE: MASKED_ROWS} if name == "detections" else {} for name in ROWS}
    assert {one["name"] for one in told["licenses"]} == {"CC-BY-4.0", "Terms-no-redistribution-x"}
    assert [one["path"] for one in told["resources"]] == [*DATA_FILES[format], "dictionary.csv", "sources.csv"]
    for resource in told["resources"]:
        content = found[resource["path"]]
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    tables = told["resources"][0].get("tables") or told["resources"][:-2]
    detections = next(table for table in tables if table["name"] == "detections")
    assert detections["rows"] == ROW_COUNT
    fields = {field["name"]: field for field in detections["schema"]["fields"]}
    assert fields["utc_offset_min"]["unit"] == "min"
    assert fields["level"]["constraints"] == {"enum": ["event", "media"]}
    assert fields["classification_probability"]["constraints"] == {"minimum": 0, "maximum": 1}
    assert detections["schema"]["primaryKey"] == ["source", "detection_id"]
    assert Spec.from_json(found["package.json"]) == merged_fakes.spec(format)
    assert told["query"] == json.loads(found["package.json"])


def test_frictionless_finds_no_error_in_the_csv_package(faked: Context, tmp_path: Path) -> None:
    for name, content in members(merged_fakes.spec("csv"), faked).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    report = frictionless.Package(str(tmp_path / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "type", "note"])
    assert report.stats["tasks"] == len(ROWS) + 2
    (tmp_path / "data" / "sites.csv").write_bytes(b"site_id\r\n1\r\n")
    assert not frictionless.Package(str(tmp_path / "datapackage.json")).validate().valid


@each_format
def test_the_same_question_has_the_same_bytes_in_another_process_at_another_time(format: str) -> None:
    first = _built_elsewhere(format, "1", "UTC")
    # The times in a zip are of 2 seconds.
    time.sleep(2.1)
    assert _built_elsewhere(format, "2", "Asia/Tokyo") == first
    assert len(first) > 1_000


def _built_elsewhere(format: str, seed: str, zone: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(PROJECT)}
    made = subprocess.run(
        [sys.executable, "-c", BUILD, format], check=True, capture_output=True, env=environment, cwd=PROJECT
    )
    return made.stdout


def test_the_readme_says_what_was_asked_masked_and_missing(faked: Context) -> None:
    text = readme(merged_fakes.spec("csv", sites=("1", "<b>2</b>"), taxa=("Vulpes *vulpes*",)), faked)
    for words in (
        "data version 7 of 2026-06-15 10:20:31 UTC",
        "a partner of the network (tier partner)",
        "Sites: 1, \\<b\\>2\\</b\\>.",
        "Taxa: Vulpes \\*vulpes\\*.",
        "- listings: taxa do not apply; all columns.",
        f"- detections, of {ROW_COUNT} rows. {MASKED_ROWS} rows: {COARSE}. {ROW_COUNT - MASKED_ROWS} rows: nothing.",
        "- fixes is not for this tier: Where tagged animals are is told to those who protect them.",
        "- =registry: unavailable; last pulled with success on 2026-05-01.",
        "- reefs: failed; never pulled with success.",
        "- cameras. Licence: CC-BY-4.0. Cite as: cameras (Camera \\<traps\\>), in: Tech4Nature network",
        "python -m exports.data_package --spec package.json",
        "sha256sum -c SHA256SUMS",
    ):
        assert words in text, words
    assert "<b>" not in text
    assert "reefs. Licence" not in text, "it gave no rows"


def test_days_are_repeated_with_what_they_mean_for_each_table(faked: Context) -> None:
    spec = merged_fakes.spec("csv", first=pd.Timestamp("2026-01-01").date())
    text = readme(spec, faked)
    assert "- Days: from 2026-01-01 to the last one, both included." in text
    assert "- detections: by the column started_at; all columns." in text
    assert "- sites: days do not apply; all columns." in text


def test_sources_and_dictionary_are_tables_that_no_spreadsheet_runs(faked: Context) -> None:
    found = members(merged_fakes.spec("csv"), faked)
    sources = pd.read_csv(io.BytesIO(found["sources.csv"]), dtype=str).set_index("source")
    assert list(sources.index) == ["cameras", "'=registry", "reefs"]
    assert list(sources["is_down"]) == ["false", "true", "true"]
    assert list(sources["is_in_package"]) == ["true", "true", "false"]
    assert sources.loc["cameras", "last_success_at"] == "2026-06-14T01:02:03Z"
    dictionary = pd.read_csv(io.BytesIO(found["dictionary.csv"]))
    nights = dictionary[(dictionary["table"] == "detections") & (dictionary["column"] == "started_at")]
    assert nights[["type", "unit", "meaning"]].to_numpy().tolist() == [["datetime", "UTC", "First moment of the event"]]


@each_format
def test_the_demo_says_so_wherever_one_looks(faked: Context, format: str) -> None:
    demo, spec = replace(faked, is_demo=True), merged_fakes.spec(format)
    found = members(spec, demo)
    assert data_package.file_name(spec, demo).startswith("demo-tech4nature-data-")
    assert "Demo data: these numbers are made up." in found["README.md"].decode()[:200]
    told = json.loads(found["datapackage.json"])
    assert told["isDemo"] is True
    assert told["title"].startswith("Demo data: these numbers are made up.")
    tables = told["resources"][0].get("tables") or told["resources"][:-2]
    assert all("is_demo" in [field["name"] for field in one["schema"]["fields"]] for one in tables)
    assert "is_demo" not in members(spec, faked)["datapackage.json"].decode()


def test_names_of_files_tell_specs_apart_and_hold_nothing_of_the_asker(faked: Context) -> None:
    one = merged_fakes.spec("csv", "sites", sites=("../../etc/passwd\u00a0".strip(),))
    other = merged_fakes.spec("csv", "sites")
    names = [data_package.file_name(spec, faked) for spec in (one, other)]
    assert names[0] != names[1]
    assert all(name.startswith("tech4nature-sites-csv-v7-") and name.endswith(".zip") for name in names)
    assert not any("/" in name or ".." in name for name in names)


@each_format
def test_progress_goes_from_some_to_all_rows(faked: Context, format: str) -> None:
    steps: list[tuple[int, int]] = []
    for _ in data_package.chunks(merged_fakes.spec(format), faked, lambda done, total: steps.append((done, total))):
        pass
    total = sum(map(len, ROWS.values()))
    assert {of for _, of in steps} == {total}
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert steps[-1] == (total, total)


def test_what_cannot_be_made_is_refused_before_the_first_byte(faked: Context) -> None:
    with pytest.raises(ValueError, match="data version"):
        data_package.chunks(replace(merged_fakes.spec("csv"), data_version=6), faked)
    with pytest.raises(NotOffered):
        data_package.chunks(replace(merged_fakes.spec("csv"), tier="staff"), faked)


def test_only_members_that_may_be_large_are_written_as_large(faked: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_large(rows: int) -> bool:
        monkeypatch.setattr(queries, "merged_count", lambda *asked: rows)
        content = b"".join(data_package.chunks(merged_fakes.spec("csv", "sites"), faked))
        # The version that is needed to read the first member: 4.5 for large ones.
        return content[4] == 45

    assert not is_large(ROW_COUNT)
    assert is_large(LARGE_BYTES // 1_000)


def test_an_error_while_rows_are_read_breaks_the_package(faked: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*asked: object) -> Iterator:
        raise OSError("the store is gone")
        yield

    monkeypatch.setattr(queries, "merged_batches", broken)
    for format in FORMATS:
        with pytest.raises(OSError, match="the store is gone"):
            list(data_package.chunks(merged_fakes.spec(format, "sites"), faked))
