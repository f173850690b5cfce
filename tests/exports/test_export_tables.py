"""One table as one file: each format read back by another program holds the rows of the data layer."""

import io
import json
import math
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from data import queries
from data.access import Viewer
from data.queries.merged import Choice
from exports.context import Context, NotOffered
from exports.package_rows import in_blocks
from exports.spec import FORMATS
from exports.tables import estimate, media_type, suffix, table_chunks, table_file_name
from tests.exports import merged_fakes
from tests.exports.merged_fakes import ROWS, SHAPES, stored

ALL = Choice()
each_format = pytest.mark.parametrize("format", FORMATS)


def made(name: str, format: str, context: Context, *columns: str) -> bytes:
    return b"".join(table_chunks(name, columns, ALL, format, context))


@pytest.mark.parametrize("name", ROWS)
def test_parquet_holds_the_rows_with_their_meanings(faked: Context, name: str) -> None:
    file = pq.ParquetFile(io.BytesIO(made(name, "parquet", faked)))
    assert file.read().replace_schema_metadata().equals(stored(name))
    assert all(field.metadata[b"description"] for field in file.schema_arrow)
    assert file.schema_arrow.metadata[b"data_version"] == b"7"
    assert {file.metadata.row_group(n).column(0).compression for n in range(file.num_row_groups)} <= {"ZSTD"}


def test_geoparquet_puts_points_where_rows_lie(faked: Context) -> None:
    content = made("sites", "geoparquet", faked)
    frame = gpd.read_parquet(io.BytesIO(content))
    expected = stored("sites").to_pandas()
    assert frame.crs == "OGC:CRS84"
    has_place = expected["latitude"].notna()
    assert list(frame.geometry.notna()) == list(has_place)
    assert np.array_equal(frame.geometry[has_place].x, expected["longitude"][has_place])
    assert np.array_equal(frame.geometry[has_place].y, expected["latitude"][has_place])
    geo = json.loads(pq.ParquetFile(io.BytesIO(content)).metadata.metadata[b"geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    told = geo["columns"]["geometry"]
    assert (told["encoding"], told["geometry_types"]) == ("WKB", ["Point"])
    assert told["bbox"] == list(frame.geometry[has_place].total_bounds)


def test_geoparquet_holds_areas_and_leaves_out_what_is_none(faked: Context) -> None:
    frame = gpd.read_parquet(io.BytesIO(made("boundaries", "geoparquet", faked)))
    assert "geojson" not in frame
    expected = [shapely.from_geojson(json.dumps(shape)) if shape else None for shape in SHAPES]
    assert frame.geometry[0].equals(expected[0])
    assert frame.geometry[1].equals(expected[1])
    assert frame.geometry[2:].isna().all()
    assert set(frame.geometry[:2].geom_type) == {"MultiPolygon"}


@pytest.mark.parametrize("name", ["detections", "listings"])
def test_tables_without_a_place_are_plain_parquet(faked: Context, name: str) -> None:
    content = made(name, "geoparquet", faked)
    assert content == made(name, "parquet", faked)
    assert b"geo" not in pq.ParquetFile(io.BytesIO(content)).metadata.metadata


@pytest.mark.parametrize("name", ROWS)
def test_gdal_reads_the_geopackage(faked: Context, tmp_path: Path, name: str) -> None:
    path = tmp_path / "table.gpkg"
    path.write_bytes(made(name, "geopackage", faked))
    expected = stored(name).to_pandas()
    is_placed = name in ("sites", "boundaries")
    assert pyogrio.read_info(path)["features"] == len(expected)
    assert pyogrio.list_layers(path)[0][0] == name
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = dict(file.execute("SELECT data_type, last_change FROM gpkg_contents"))
        assert found == {"features" if is_placed else "attributes": "2026-06-15T10:20:31.000Z"}
        for column in stored(name).column_names:
            if pa.types.is_string(stored(name).schema.field(column).type) and column != "geojson":
                texts = [row[0] for row in file.execute(f'SELECT "{column}" FROM "{name}" ORDER BY fid')]
                assert texts == stored(name)[column].to_pylist()


def test_a_geopackage_holds_places_moments_and_numbers(faked: Context, tmp_path: Path) -> None:
    path = tmp_path / "table.gpkg"
    path.write_bytes(made("sites", "geopackage", faked))
    frame, expected = gpd.read_file(path), stored("sites").to_pandas()
    assert frame.crs.to_epsg() == 4326
    has_place = expected["latitude"].notna()
    assert np.array_equal(frame.geometry[has_place].y, expected["latitude"][has_place])
    pd.testing.assert_series_equal(frame["area_km2"], expected["area_km2"])
    path.write_bytes(made("detections", "geopackage", faked))
    moments = pd.to_datetime(pyogrio.read_dataframe(path)["started_at"], utc=True)
    apart = moments.to_numpy() - stored("detections").to_pandas()["started_at"].to_numpy()
    assert np.abs(apart).max() < np.timedelta64(1, "ms")


def test_a_map_needs_the_position_whatever_columns_are_chosen(faked: Context) -> None:
    plain = pq.ParquetFile(io.BytesIO(made("sites", "parquet", faked, "site_name"))).schema_arrow.names
    assert plain == ["site_id", "site_name", "masking"]
    located = pq.ParquetFile(io.BytesIO(made("sites", "geoparquet", faked, "site_name"))).schema_arrow.names
    assert located == ["site_id", "site_name", "latitude", "longitude", "masking", "geometry"]


@each_format
def test_the_demo_says_so_in_every_file(faked: Context, tmp_path: Path, format: str) -> None:
    demo = replace(faked, is_demo=True)
    path = tmp_path / table_file_name("detections", format, demo)
    assert path.name == f"demo-detections-v7.{suffix(format)}"
    path.write_bytes(made("detections", format, demo))
    read = {
        "csv": pd.read_csv,
        "parquet": pd.read_parquet,
        "geoparquet": pd.read_parquet,
        "geopackage": pyogrio.read_dataframe,
        "xlsx": lambda file: pd.read_excel(file, sheet_name="detections"),
    }[format]
    frame = read(path)
    assert frame.columns[-1] == "is_demo"
    assert (frame["is_demo"] == True).all()  # noqa: E712
    assert len(frame) == len(ROWS["detections"])


def test_what_is_not_a_number_is_nothing(faked: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = pa.array([math.nan, None, 1.0])
    batch = stored("sites").slice(0, 3).set_column(10, "area_km2", numbers).to_batches()
    monkeypatch.setattr(queries, "merged_batches", lambda *asked: iter(batch))
    found = pq.read_table(io.BytesIO(made("sites", "parquet", faked)))["area_km2"]
    assert found.to_pylist() == [None, None, 1.0]


@each_format
def test_who_may_not_have_a_table_learns_it_before_the_first_byte(faked: Context, format: str) -> None:
    for name, columns, error in (("fixes", (), NotOffered), ("runs", (), ValueError), ("sites", ("x",), ValueError)):
        with pytest.raises(error):
            table_chunks(name, columns, ALL, format, faked)
    with pytest.raises(ValueError, match="no format"):
        table_chunks("sites", (), ALL, "exe", faked)


def test_an_error_of_the_data_layer_comes_through_gdal(faked: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*asked: object) -> Iterator[pa.RecordBatch]:
        yield from stored("sites").to_batches()
        raise OSError("the store is gone")

    monkeypatch.setattr(queries, "merged_batches", broken)
    with pytest.raises(OSError, match="the store is gone"):
        made("sites", "geopackage", faked)


def test_nothing_is_left_on_the_disk_when_nobody_waits(faked: Context, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for format in ("geopackage", "xlsx"):
        chunks = table_chunks("sites", (), ALL, format, faked)
        assert next(chunks)
        assert list(tmp_path.iterdir())
        chunks.close()
        assert not list(tmp_path.iterdir())


def test_blocks_are_of_one_size_however_rows_come() -> None:
    whole = pa.table({"n": range(23)})
    for at_once in (1, 4, 7, 23):
        blocks = list(in_blocks(whole.to_batches(max_chunksize=at_once), 5))
        assert [len(block) for block in blocks] == [5, 5, 5, 5, 3]
        assert pa.Table.from_batches(blocks).equals(whole)
    assert list(in_blocks([], 5)) == []


@each_format
def test_an_estimate_counts_rows_and_is_near_what_is_made(faked: Context, format: str) -> None:
    spec = merged_fakes.spec(format)
    for told in estimate(spec, faked):
        assert told.rows == len(ROWS[told.table])
        whole = len(made(told.table, format, faked))
        assert 0 < told.size_bytes < 3 * whole + 1_000


def test_an_estimate_grows_with_the_rows(faked: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = merged_fakes.spec("csv", "detections")
    ((_, _, few),) = estimate(spec, faked)
    monkeypatch.setattr(queries, "merged_count", lambda *asked: 1000 * len(ROWS["detections"]))
    ((_, rows, many),) = estimate(spec, faked)
    assert rows == 1000 * len(ROWS["detections"])
    assert 700 < many / few <= 1000
    with pytest.raises(NotOffered):
        estimate(merged_fakes.spec("csv", "sites"), replace(faked, viewer=Viewer("staff")))


def test_media_types_are_those_that_are_registered() -> None:
    assert media_type("csv").startswith("text/csv")
    assert media_type("geopackage") == "application/geopackage+sqlite3"
    assert {suffix(format) for format in FORMATS} == {"csv", "parquet", "gpkg", "xlsx"}


def test_days_and_flags_survive_each_format(faked: Context, tmp_path: Path) -> None:
    expected = stored("sites").to_pylist()
    path = tmp_path / "sites.gpkg"
    path.write_bytes(made("sites", "geopackage", faked))
    _, table = pyogrio.read_arrow(path)
    for column in ("expires_on", "is_oecm", "status_year"):
        assert table[column].to_pylist() == [row[column] for row in expected]
    assert isinstance(expected[0]["expires_on"], date)
