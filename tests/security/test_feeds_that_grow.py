"""Feeds that are small on the way and large in memory or on disk: each is refused before it grows."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors import cap_area, cap_files, coralnet_files, folder, json_text, ledger_files, package_places, parquet
from connectors.base import Source
from connectors.errors import SourceChanged, SourceError, SourceRefused
from connectors.json_text import decode
from connectors.registry import connector
from connectors.tabular import Block, Layout, read_table
from connectors.workbook import read_workbook
from ingestion.submission_reading import read
from tests.security.hostile import zipped
from tests.security.hostile_uploads import SHEET, bzip2_bomb
from tests.servers import PROJECT

ALERT = '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">{}</alert>'
DESCRIPTOR = {"profile": "https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0/camtrap-dp-profile.json"}


def fetched(name: str, location: Path, workspace: Path, **options: object) -> object:
    """What a connector makes of a file or folder, read to the end."""
    source = Source(name, name, str(location), site="1", options=options)
    workspace.mkdir()
    answer = connector(name).fetch(source, {}, workspace)
    return list(connector(name).parse(source, answer.payloads))


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("camtrap_dp", "datapackage.json"),
        ("movebank", "positions.csv"),
        ("wildlife_insights", "deployments.csv"),
        ("assessments", "imet.json"),
        ("assessments", SHEET),
        ("mermaid", SHEET),
        ("coralnet", SHEET),
        ("programme", SHEET),
        ("restoration", SHEET),
    ],
)
def test_a_member_that_unpacks_at_once_is_not_unpacked(name: str, member: str, tmp_path: Path) -> None:
    """bzip2 makes gigabytes of a kilobyte in one step; 3 MB tell as well whether it was asked to."""
    content = bzip2_bomb(member, megabytes=3)
    if "imet" in member:
        content = content.replace(b"[Content_Types].xml", b"no_content_types.xm")
    if name == "wildlife_insights":
        content = content.replace(b"[Content_Types].xml", b"a-folder/images.csv")
    file = tmp_path / ("export.xlsx" if member == SHEET else "export.zip")
    file.write_bytes(content)
    with pytest.raises(SourceError, match=r"compressed in (an unusual way|a way that Excel does not know)"):
        fetched(name, file, tmp_path / "pull")


def test_a_workbook_that_unpacks_at_once_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(bzip2_bomb(megabytes=3))
    with pytest.raises(SourceRefused, match="a way that Excel does not know"):
        read_workbook(tmp_path / "a.xlsx", "plan")
    assert "a way that Excel does not know" in read(bzip2_bomb(megabytes=3)).problems[0]


def test_many_members_of_a_zip_are_measured_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_places, "UNPACKED_MAX_BYTES", 1_000_000)
    (tmp_path / "a.zip").write_bytes(zipped({f"{n}.csv": b"timestamp\n" * 20_000 for n in range(10)}))
    with pytest.raises(SourceRefused, match="is not unpacked"):
        fetched("movebank", tmp_path / "a.zip", tmp_path / "pull")
    assert sum(one.stat().st_size for one in (tmp_path / "pull").rglob("*")) <= 1_100_000


@pytest.mark.parametrize(
    "body", [b"[" + b"[]," * 2_000 + b"0]", b"{" + b'"a":{},' * 2_000 + b'"b":0}', b"[0" + b",0" * 2_000 + b"]"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_json_of_too_many_values_is_not_built(body: bytes, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "__defaults__", (1_000,))
    with pytest.raises(ValueError, match="more than 1,000 values"):
        decode(body.decode().encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_a_number_that_is_no_floating_point_number_is_refused(encoding: str) -> None:
    largest = "9" * json_text.DIGITS_MAX
    assert float(decode(f"[{largest}]".encode(encoding))[0]) == pytest.approx(1e300)
    for sign in ("", "-"):
        with pytest.raises(ValueError, match="too many digits"):
            decode(f"[{sign}{largest}9]".encode(encoding))
    assert decode(json.dumps("9" * 1_000).encode(encoding)) == "9" * 1_000


def write_parquet(path: Path, table: pa.Table, **options: object) -> list:
    pq.write_table(table, path, **options)
    return list(read_table(path, Layout(), "reefs: a.parquet", "detections"))


def _text_in_every_row(texts: pa.Array, rows: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), texts)


@pytest.mark.parametrize("wrap", [lambda column: column, lambda column: pa.StructArray.from_arrays([column], ["x"])])
def test_a_text_that_stands_in_every_row_does_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrap: Callable[[pa.Array], pa.Array]
) -> None:
    monkeypatch.setattr(parquet, "BATCH_MAX_BYTES", 1_000_000)
    column = _text_in_every_row(pa.array(["x" * 5_000]), 1_000)
    with pytest.raises(SourceChanged, match="too large when unpacked"):
        write_parquet(tmp_path / "a.parquet", pa.table({"a": wrap(column)}))
    assert (tmp_path / "a.parquet").stat().st_size < 10_000


def test_a_list_of_one_text_many_times_does_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "BATCH_MAX_BYTES", 1_000_000)
    for kind in (pa.list_(pa.string()), pa.map_(pa.string(), pa.string())):
        cell = [("k", "x" * 5_000)] * 500 if pa.types.is_map(kind) else ["x" * 5_000] * 500
        with pytest.raises(SourceChanged, match="too large when unpacked"):
            write_parquet(tmp_path / "a.parquet", pa.table({"a": pa.array([cell], kind)}))


def test_parquet_that_inflates_beyond_measure_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "INFLATED_MAX_BYTES", 100_000)
    table = pa.table({"a": pa.array([0] * 1_000_000, pa.int64())})
    with pytest.raises(SourceChanged, match="too large when unpacked"):
        write_parquet(tmp_path / "a.parquet", table, compression="zstd", use_dictionary=False)


def test_parquet_with_texts_bytes_and_lists_is_read_as_before(tmp_path: Path) -> None:
    table = pa.table({"a": ["x", "", None], "b": [b"x", None, b"z"], "c": [["p"], [], None], "n": [1, None, 3]})
    (block,) = write_parquet(tmp_path / "a.parquet", table)
    assert isinstance(block, Block)
    assert block.batch.to_pydict() == {
        "a": ["x", None, None],
        "b": ["x", None, "z"],
        "c": ["['p']", "[]", None],
        "n": ["1", None, "3"],
    }


def test_warnings_of_many_elements_are_not_held_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cap_files, "ELEMENTS_MAX", 1_000)
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "a.xml").write_text(ALERT.format("<a/>" * 1_001))
    with pytest.raises(SourceChanged, match="more than 1,000 elements"):
        fetched("cap", tmp_path / "one", tmp_path / "pull-1")
    (tmp_path / "many").mkdir()
    for n in range(3):
        (tmp_path / "many" / f"{n}.xml").write_text(ALERT.format("<a/>" * 400))
    with pytest.raises(SourceChanged, match="1,000 elements in all"):
        fetched("cap", tmp_path / "many", tmp_path / "pull-2")


def test_a_polygon_without_end_is_not_read() -> None:
    square = "0,0 0,1 1,1 1,0 0,0"
    assert cap_area.is_readable([square], [])
    assert not cap_area.is_readable([" ".join([square] * (cap_area.LETTERS_MAX // len(square) + 1))], [])


def test_a_line_without_end_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coralnet_files, "LINE_CHARACTERS", 10_000)
    (tmp_path / "export.csv").write_text("Name,Row,Column,Label code\n" + "x" * 50_000)
    with pytest.raises(SourceChanged, match="line of more than 10,000 letters"):
        fetched("coralnet", tmp_path / "export.csv", tmp_path / "pull")


@pytest.mark.parametrize(
    ("name", "ending", "most"),
    [
        ("cap", ".xml", 2_000),
        ("coralnet", ".csv", 1_000),
        ("mermaid", ".xlsx", None),
        ("mermaid", ".json", 10_000),
        ("movebank", ".csv", 1_000),
        ("programme", ".csv", 1_000),
        ("earthranger", ".json", 10_000),
    ],
)
def test_a_folder_of_tiny_files_or_of_links_is_refused(
    name: str, ending: str, most: int | None, tmp_path: Path
) -> None:
    many, links = tmp_path / "many", tmp_path / "links"
    many.mkdir()
    links.mkdir()
    for n in range((most or 1_000) + 1):
        (many / f"{n}{ending}").touch()
    secret = tmp_path / "secret"
    secret.write_text("secret of the machine")
    (links / f"a{ending}").symlink_to(secret)
    for number, place in enumerate((many, links)):
        with pytest.raises(SourceError, match=name) as caught:
            fetched(name, place, tmp_path / f"pull-{number}")
        assert str(tmp_path) not in str(caught.value)
        assert "secret of" not in str(caught.value)


def test_a_folder_is_counted_before_each_file_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(4):
        (tmp_path / f"{n}.csv").touch()
    monkeypatch.setattr(Path, "resolve", lambda path: pytest.fail("each link is followed before they are counted"))
    with pytest.raises(SourceRefused, match="holds 4 files"):
        folder.files_of(Source("reefs", "coralnet", str(tmp_path)), (".csv",), 3)


def test_rows_that_each_bring_a_column_do_not_fill_the_disk(tmp_path: Path) -> None:
    rows = [{f"c{n}": 1} for n in range(6_000)]
    names = ("deployments", "media", "observations")
    (tmp_path / "datapackage.json").write_text(
        json.dumps(DESCRIPTOR | {"resources": [{"name": name, "data": rows} for name in names]})
    )
    with pytest.raises(SourceChanged, match="cells"):
        fetched("camtrap_dp", tmp_path, tmp_path / "pull")


def test_a_package_of_files_without_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    names = ("deployments", "media", "observations")
    (tmp_path / "datapackage.json").write_text(
        json.dumps(DESCRIPTOR | {"resources": [{"name": name, "path": ["a.csv"] * 100_000} for name in names]})
    )
    with pytest.raises(SourceRefused, match="more than 1,000 files"):
        fetched("camtrap_dp", tmp_path, tmp_path / "pull")


def test_batches_are_measured_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_files, "ALL_MAX_BYTES", 1_000)
    for n in range(4):
        (tmp_path / f"{n}.json").write_text(" " * 400)
    (tmp_path / "pull").mkdir()
    with pytest.raises(SourceRefused, match="MB in all"):
        ledger_files.fetch_batches(Source("ledger", "ledger", str(tmp_path)), tmp_path / "pull")
    assert len(list((tmp_path / "pull").iterdir())) == 3


DAMAGED = """
import random, sys
from pathlib import Path
from connectors.errors import SourceError
from connectors.tabular import Layout, read_table
path, chance = Path(sys.argv[1]), random.Random(1)
good = path.read_bytes()
for _ in range(800):
    content = bytearray(good)
    for _ in range(chance.randint(1, 4)):
        content[chance.randrange(len(content) // 2, len(content))] = chance.choice((0, 127, 128, 255))
    path.write_bytes(b"PAR1" + content[4:])
    try:
        list(read_table(path, Layout(), "reefs", "detections"))
    except SourceError:
        continue
print("still there")
"""


def test_damaged_parquet_never_ends_the_process(tmp_path: Path) -> None:
    """Arrow ends it where a part of the footer is asked for that it cannot make sense of."""
    columns = {
        "a": ["x", "y", None] * 9,
        "b": [["p"], [], None] * 9,
        "n": [1, None, 3] * 9,
        "s": [{"q": 1}, None, {}] * 9,
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    run = subprocess.run(
        [sys.executable, "-c", DAMAGED, str(tmp_path / "a.parquet")], cwd=PROJECT, capture_output=True, text=True
    )
    assert (run.returncode, run.stdout) == (0, "still there\n"), run.stderr[-2_000:]
