"""Where a data package may lie, what it may not make us read, and when it counts as unchanged."""

import gzip
import json
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from connectors import package_places
from connectors.base import Fetched, Source
from connectors.errors import SourceChanged, SourceRefused
from connectors.packages import fetch_package
from tests.conftest import Reply, Request, Serve
from tests.connectors.camtrap_packages import csv_text, deployments, observations, read, write_descriptor, write_package

ROWS = observations({}, {}, {})
IDS = ["o1", "o2", "o3"]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_package(tmp_path / "package", deployments=deployments(), observations=ROWS)


def ids(location: Path | str, workspace: Path) -> list[str]:
    return [row["detection_id"] for row in read(location, workspace).detections]


def fetched(location: Path | str, workspace: Path, cursor: Mapping[str, Any] | None = None) -> Fetched:
    workspace.mkdir(exist_ok=True)
    wanted = {"deployments": True, "observations": True}
    return fetch_package(Source("cameras", "camtrap_dp", str(location)), cursor or {}, workspace, lambda _: wanted)


def zipped(package: Path, into: Path, top: str = "") -> Path:
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in package.iterdir():
            archive.write(path, top + path.name)
    return into


def point_to(package: Path, **observations_resource: Any) -> None:
    write_descriptor(
        package,
        [{"name": "deployments", "path": "deployments.csv"}, {"name": "observations", **observations_resource}],
    )


def test_a_package_is_found_in_a_folder_by_its_descriptor_and_in_a_zip(package: Path, tmp_path: Path) -> None:
    assert ids(package, tmp_path / "a") == IDS
    assert ids(package / "datapackage.json", tmp_path / "b") == IDS
    assert ids(zipped(package, tmp_path / "plain.zip"), tmp_path / "c") == IDS
    assert ids(zipped(package, tmp_path / "nested.zip", "export-7/"), tmp_path / "d") == IDS
    (package / "datapackage.json").rename(package / "datapackage_of_may.json")
    assert ids(package, tmp_path / "e") == IDS


def test_two_descriptors_are_not_chosen_between(package: Path, tmp_path: Path) -> None:
    (package / "datapackage.json").rename(package / "datapackage_a.json")
    (package / "datapackage_b.json").write_text("{}")
    with pytest.raises(SourceRefused, match="more than one datapackage.json"):
        fetched(package, tmp_path / "work")


def test_local_files_are_used_where_they_are(package: Path, tmp_path: Path) -> None:
    paths = [payload.path.resolve() for payload in fetched(package, tmp_path / "work").payloads]
    assert paths == [package / name for name in ("datapackage.json", "deployments.csv", "observations.csv")]


def test_a_table_in_chunks_compressed_or_not_is_one_table(package: Path, tmp_path: Path) -> None:
    head, *lines = csv_text(ROWS).splitlines()
    (package / "one.csv").write_text("\n".join([head, lines[0]]))
    (package / "two.csv.gz").write_bytes(gzip.compress("\n".join([head, *lines[1:]]).encode()))
    point_to(package, path=["one.csv", "two.csv.gz"])
    assert ids(package, tmp_path / "work") == IDS


def test_a_parquet_table_is_read_as_the_same_rows(package: Path, tmp_path: Path) -> None:
    table = pacsv.read_csv(package / "observations.csv")
    assert pa.types.is_timestamp(table.schema.field("eventStart").type)
    pq.write_table(table, package / "observations.parquet")
    expected = read(package, tmp_path / "a").detections
    point_to(package, path="observations.parquet", format="parquet")
    assert read(package, tmp_path / "b").detections == expected


def test_rows_that_stand_in_the_descriptor_are_read(package: Path, tmp_path: Path) -> None:
    point_to(package, data=[dict(row, count=2) for row in ROWS])
    assert [row["individual_count"] for row in read(package, tmp_path / "a").detections] == [2, 2, 2]
    point_to(package, data=[list(ROWS[0]), *(list(row.values()) for row in ROWS)])
    assert ids(package, tmp_path / "b") == IDS
    point_to(package, data=7)
    with pytest.raises(SourceChanged, match="`data` that are no rows"):
        fetched(package, tmp_path / "c")


def test_another_delimiter_and_encoding_are_read_as_stated(package: Path, tmp_path: Path) -> None:
    rows = observations({"scientificName": "Lutrogale perspicillata, jeune"}, {"scientificName": "Étourneau"})
    (package / "observations.csv").write_bytes(csv_text(rows, ";").encode("utf-16"))
    point_to(package, path="observations.csv", dialect={"delimiter": ";"}, encoding="utf-16")
    names = [row["scientific_name"] for row in read(package, tmp_path / "work").detections]
    assert names == ["Lutrogale perspicillata, jeune", "Étourneau"]


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        ({"path": "observations.csv", "encoding": "klingon"}, "unknown encoding 'klingon'"),
        ({"path": "observations.csv", "dialect": {"delimiter": "::"}}, "delimiter '::'"),
        ({}, "neither a `path` nor `data`"),
        ({"path": [1]}, "neither a `path` nor `data`"),
    ],
)
def test_a_resource_that_cannot_be_read_as_stated_is_told(
    package: Path, tmp_path: Path, resource: dict, told: str
) -> None:
    point_to(package, **resource)
    with pytest.raises(SourceChanged) as caught:
        fetched(package, tmp_path / "work")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "path",
    ["../secret.csv", "a/../../secret.csv", "/etc/passwd", "~/secret.csv", "..\\secret.csv", "C:/secret.csv", "\0", ""],
)
@pytest.mark.parametrize("is_zip", [False, True])
def test_a_path_out_of_the_package_is_refused(package: Path, tmp_path: Path, path: str, is_zip: bool) -> None:
    (tmp_path / "secret.csv").write_text(csv_text(ROWS))
    point_to(package, path=path)
    location = zipped(package, tmp_path / "p.zip") if is_zip else package
    with pytest.raises(SourceRefused, match="outside of the package"):
        fetched(location, tmp_path / "work")


def test_a_link_out_of_the_package_is_refused(package: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(csv_text(ROWS))
    (package / "observations.csv").unlink()
    (package / "observations.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(SourceRefused, match="outside of the package"):
        fetched(package, tmp_path / "work")


def test_a_local_package_may_not_send_us_to_the_web(package: Path, tmp_path: Path) -> None:
    point_to(package, path="https://example.org/observations.csv")
    with pytest.raises(SourceRefused, match="only a package that comes from the web"):
        fetched(package, tmp_path / "work")


def test_a_file_that_is_named_but_absent_is_told(package: Path, tmp_path: Path) -> None:
    (package / "observations.csv").unlink()
    for location in (package, zipped(package, tmp_path / "p.zip")):
        with pytest.raises(SourceRefused, match="observations.csv"):
            fetched(location, tmp_path / "work")


def test_a_zip_made_to_fill_the_disk_is_not_unpacked(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package_places, "UNSUSPICIOUS_BYTES", 1_000_000)
    zipped(package, tmp_path / "p.zip")
    for location, name in (("p.zip", "zeros.csv"), ("q.zip", "datapackage.json")):
        with zipfile.ZipFile(tmp_path / location, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, bytes(1_100_000))
    # Only members that are asked for are unpacked, so the first is harmless.
    assert ids(tmp_path / "p.zip", tmp_path / "a") == IDS
    with pytest.raises(SourceRefused, match="inflates beyond all measure"):
        fetched(tmp_path / "q.zip", tmp_path / "b")


def test_a_link_in_a_zip_is_not_followed(package: Path, tmp_path: Path) -> None:
    (package / "observations.csv").unlink()
    member = zipfile.ZipInfo("observations.csv")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(zipped(package, tmp_path / "p.zip"), "a") as archive:
        archive.writestr(member, "/etc/passwd")
    with pytest.raises(SourceRefused, match="observations.csv is a link"):
        fetched(tmp_path / "p.zip", tmp_path / "work")


def test_a_damaged_zip_is_told(package: Path, tmp_path: Path) -> None:
    content = bytearray(zipped(package, tmp_path / "p.zip").read_bytes())
    content[60:90] = bytes(30)
    (tmp_path / "p.zip").write_bytes(content)
    with pytest.raises(SourceChanged, match="p.zip"):
        fetched(tmp_path / "p.zip", tmp_path / "work")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"resources": [7]}', "[" * 100_000, "<html>"])
def test_a_descriptor_that_is_none_is_told(package: Path, tmp_path: Path, text: str) -> None:
    (package / "datapackage.json").write_text(text)
    with pytest.raises(SourceChanged, match="cameras: package"):
        fetched(package, tmp_path / "work")


def test_only_a_changed_file_makes_a_local_package_new(package: Path, tmp_path: Path) -> None:
    for location in (package, zipped(package, tmp_path / "p.zip")):
        cursor = json.loads(json.dumps(dict(fetched(location, tmp_path / "a").cursor)))
        again = fetched(location, tmp_path / "b", cursor)
        assert again.is_unchanged
        assert not again.payloads
    cursor = fetched(package, tmp_path / "c").cursor
    (package / "observations.csv").write_text(csv_text(observations({"count": "5"})))
    assert not fetched(package, tmp_path / "d", cursor).is_unchanged


class Web:
    """A server for the files of one folder that knows ETags, unless told not to, and counts what it sends."""

    def __init__(self, folder: Path, has_etags: bool = True) -> None:
        self.folder = folder
        self.has_etags = has_etags
        self.sent: list[str] = []

    def __call__(self, request: Request) -> Reply:
        path = self.folder / request.path.lstrip("/")
        if not path.is_file():
            return Reply(status=404)
        etag = f'"{hash(path.read_bytes())}"'
        if self.has_etags and request.headers.get("If-None-Match") == etag:
            return Reply(status=304)
        self.sent.append(path.name)
        return Reply(path.read_bytes(), headers={"ETag": etag} if self.has_etags else {})


def test_a_package_on_the_web_is_read_with_paths_relative_to_it_or_whole(
    package: Path, tmp_path: Path, serve: Serve
) -> None:
    address = serve(Web(tmp_path))
    assert ids(f"{address}/package/datapackage.json", tmp_path / "a") == IDS
    point_to(package, path=f"{address}/package/observations.csv")
    assert ids(f"{address}/package/datapackage.json", tmp_path / "b") == IDS
    point_to(package, path="observations.csv")
    zipped(package, tmp_path / "p.zip")
    assert ids(f"{address}/p.zip", tmp_path / "c") == IDS
    point_to(package, path="../secret.csv")
    with pytest.raises(SourceRefused, match="outside of the package"):
        fetched(f"{address}/package/datapackage.json", tmp_path / "d")


@pytest.mark.parametrize("has_etags", [True, False])
@pytest.mark.parametrize("name", ["package/datapackage.json", "p.zip"])
def test_an_unchanged_package_on_the_web_is_known_by_etag_or_by_content(
    package: Path, tmp_path: Path, serve: Serve, has_etags: bool, name: str
) -> None:
    zipped(package, tmp_path / "p.zip")
    web = Web(tmp_path, has_etags)
    location = f"{serve(web)}/{name}"
    cursor = json.loads(json.dumps(dict(fetched(location, tmp_path / "a").cursor)))
    web.sent.clear()
    again = fetched(location, tmp_path / "b", cursor)
    assert again.is_unchanged
    assert not again.payloads
    assert ("observations.csv" in web.sent or "p.zip" in web.sent) == (not has_etags)
    assert fetched(location, tmp_path / "c", again.cursor).is_unchanged


def test_when_one_file_on_the_web_has_changed_all_are_handed_on(package: Path, tmp_path: Path, serve: Serve) -> None:
    location = f"{serve(Web(tmp_path))}/package/datapackage.json"
    cursor = fetched(location, tmp_path / "a").cursor
    (package / "observations.csv").write_text(csv_text(observations({"count": "5"})))
    again = fetched(location, tmp_path / "b", cursor)
    assert [payload.path.exists() for payload in again.payloads] == [True] * 3
    assert fetched(location, tmp_path / "c", again.cursor).is_unchanged
