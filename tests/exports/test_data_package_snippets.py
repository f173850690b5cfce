"""The ready lines of pandas and DuckDB in a package really open its tables, with their types."""

import io
import json
import re
import zipfile
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from exports import data_package
from exports.context import Context
from exports.csv_cells import inert
from exports.package_snippets import READR_TYPES
from exports.spec import FORMATS
from tests.exports import merged_fakes
from tests.exports.merged_fakes import ROWS, stored

each_format = pytest.mark.parametrize("format", FORMATS)


@pytest.fixture
def unpacked(faked: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str) -> Path:
    content = b"".join(data_package.chunks(merged_fakes.spec(format), faked))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def snippet(folder: Path, tool: str) -> tuple[str, str]:
    """The language and the text below a heading of README.md."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    return re.search(rf"### {tool}\n\n```(\w+)\n(.*?)\n```\n", text, re.DOTALL).groups()


@each_format
def test_the_lines_of_pandas_read_every_table(unpacked: Path, format: str) -> None:
    language, text = snippet(unpacked, "pandas")
    assert language == "python"
    tables: dict[str, pd.DataFrame] = {}
    exec(compile(text, "README.md", "exec"), tables)
    for name in ROWS:
        expected = stored(name).to_pandas()
        assert len(tables[name]) == len(expected)
        assert list(tables[name]["site_id"]) == list(expected["site_id"]), "a site id is a text"
    sites, expected = tables["sites"], stored("sites").to_pandas()
    assert sites["status_year"].isna().sum() == expected["status_year"].isna().sum()
    assert sites["latitude"].sum() == pytest.approx(expected["latitude"].sum())
    assert tables["detections"]["started_at"].dt.year.eq(2026).all()
    if format != "xlsx":
        whole = expected["site_name"].map(inert) if format == "csv" else expected["site_name"]
        found = sites["site_name"].fillna("").str.replace("\r\n", "\n").str.replace("\r", "\n")
        assert list(found) == list(whole.fillna("").str.replace("\r\n", "\n").str.replace("\r", "\n"))


@each_format
def test_the_lines_of_duckdb_read_every_table(unpacked: Path, format: str, capsys) -> None:
    language, text = snippet(unpacked, "DuckDB")
    if language == "python":
        exec(compile(text, "README.md", "exec"), {})
        shown = capsys.readouterr().out
        assert all(f" {len(rows)} │" in shown or f" {len(rows)} |" in shown for rows in ROWS.values())
        return
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    con.execute(text)
    for name in ROWS:
        assert con.execute(f"SELECT count(*) FROM {name}").fetchall() == [(len(ROWS[name]),)]
    found = con.execute("SELECT site_id, site_name, is_oecm, latitude, expires_on FROM sites ORDER BY site_id")
    change = inert if format == "csv" else lambda text: text
    expected = [
        (row["site_id"], change(row["site_name"]), row["is_oecm"], row["latitude"], row["expires_on"])
        for row in stored("sites").to_pylist()
    ]
    assert found.fetchall() == expected
    moments = con.execute("SELECT epoch_us(started_at) FROM detections ORDER BY detection_id").fetchall()
    assert [moment for (moment,) in moments] == stored("detections")["started_at"].cast("int64").to_pylist()


@pytest.mark.parametrize("format", ["csv"])
def test_the_lines_of_r_name_a_type_for_every_column(unpacked: Path, format: str) -> None:
    _, text = snippet(unpacked, "R")
    schemas = {
        one["name"]: one["schema"]["fields"] for one in json.loads(Path("datapackage.json").read_text())["resources"]
    }
    for name in ROWS:
        letters = re.search(rf'data/{name}\.csv", col_types = "(\w+)"', text)[1]
        assert letters == "".join(READR_TYPES[field["type"]] for field in schemas[name])
