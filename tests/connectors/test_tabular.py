"""Large tables in blocks: every row comes out once, under its own number, or is refused with its text."""

import codecs
import gzip
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import tabular, utf8_file
from connectors.base import Notice, Refusal
from connectors.errors import SourceChanged
from connectors.tabular import Block, Layout, read_table

COMMAS = Layout()


def read(path: Path, layout: Layout = COMMAS) -> tuple[dict[int, dict[str, str | None]], list[Refusal], list[str]]:
    """Rows by their number, refusals, and the texts of notices."""
    rows, refusals, notices = {}, [], []
    for item in read_table(path, layout, "cameras: t.csv", "detections"):
        if isinstance(item, Block):
            rows |= dict(zip(item.numbers.to_pylist(), item.batch.to_pylist(), strict=True))
        elif isinstance(item, Refusal):
            refusals.append(item)
        elif isinstance(item, Notice):
            notices.append(item.text)
    return rows, refusals, notices


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.csv"


def test_missing_values_of_the_standard_are_empty_and_others_are_text(path: Path) -> None:
    path.write_text('a,b\n"",NA\nNaN,nan\nnull,0\n')
    assert list(read(path)[0].values()) == [{"a": None, "b": None}, {"a": None, "b": None}, {"a": "null", "b": "0"}]


def test_line_breaks_and_delimiters_in_quotes_belong_to_the_cell(path: Path) -> None:
    path.write_bytes(b'a,"b\nc"\r\n"one\r\ntwo","x,""y"""\r\n\r\nlast,row')
    assert read(path)[0] == {2: {"a": "one\r\ntwo", "b\nc": 'x,"y"'}, 3: {"a": "last", "b\nc": "row"}}


def test_a_blank_or_repeated_heading_gets_a_number_and_the_first_keeps_its_name(path: Path) -> None:
    path.write_text("a, a ,,b\n1,2,3,4\n")
    assert read(path)[0] == {2: {"a": "1", "a (2)": "2", " (3)": "3", "b": "4"}}


@pytest.mark.parametrize("text", ["a,b", "a,b\n", "a,b\n\n\n"])
def test_a_table_without_rows_has_no_rows(path: Path, text: str) -> None:
    path.write_text(text)
    assert read(path) == ({}, [], [])


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_a_file_without_a_heading_is_no_table(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(SourceChanged, match="is empty"):
        read(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("is_gzip", [False, True])
def test_letters_survive_every_encoding_and_compression(path: Path, encoding: str, is_gzip: bool) -> None:
    content = "名,b\n雪豹,é\n".encode(encoding)
    path.write_bytes(gzip.compress(content, mtime=0) if is_gzip else content)
    assert read(path, Layout(encoding=encoding))[0] == {2: {"名": "雪豹", "b": "é"}}


def test_letters_cut_by_the_end_of_a_block_survive(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "BLOCK_BYTES", 97)
    monkeypatch.setattr(tabular, "HEADING_BYTES", 11)
    names = ["豹" * (number % 7 + 1) for number in range(200)]
    path.write_bytes(codecs.BOM_UTF8 + b"a,b\n" + "".join(f"{name},x\n" for name in names).encode())
    rows, _, notices = read(path)
    assert [row["a"] for row in rows.values()] == names
    assert not notices


def test_bytes_of_another_encoding_are_read_as_cp1252_and_counted(path: Path) -> None:
    path.write_bytes(b"a,b\n\xc3\xa9tang,\xe9tang\n\x93x\x94,\x81\n")
    rows, _, notices = read(path)
    assert rows == {2: {"a": "étang", "b": "étang"}, 3: {"a": "“x”", "b": "\N{REPLACEMENT CHARACTER}"}}
    assert notices == ["cameras: t.csv: 4 bytes are not utf-8; they were read as cp1252"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["good,row", "short", "far,too,long"]), max_size=120), st.integers(40, 400))
def test_rows_keep_their_numbers_beside_ragged_ones(lines: list[str], block_bytes: int) -> None:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(tabular, "BLOCK_BYTES", block_bytes)
        path = Path(folder) / "t.csv"
        path.write_text("\n".join(["a,b", *lines]))
        rows, refusals, _ = read(path)
    expected = dict(enumerate(lines, 2))
    assert sorted(rows) == [number for number, line in expected.items() if line == "good,row"]
    assert {refusal.row: refusal.raw for refusal in refusals} == {
        number: line for number, line in expected.items() if line != "good,row"
    }


@pytest.mark.parametrize("tail", ["one,two,three\n", "short\n"])
def test_a_refused_row_says_how_many_cells_it_has(path: Path, tail: str) -> None:
    path.write_text("a,b\n" + tail)
    (refusal,) = read(path)[1]
    assert refusal.reason == f"it has {tail.count(',') + 1} cells and the heading has 2"
    assert refusal.raw == tail.strip()


def test_a_quotation_mark_that_is_never_closed_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "BLOCK_BYTES", 1000)
    path.write_text("a,b\n1,2\n" + '3,"4\n' + "5,6\n" * 1000)
    with pytest.raises(SourceChanged, match="cameras: t.csv.*quotation mark"):
        read(path)


def test_a_compressed_table_made_to_fill_the_disk_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(utf8_file, "INFLATED_MAX_BYTES", 1_000_000)
    path.write_bytes(gzip.compress(b"a,b\n" + b",\n" * 2_000_000, mtime=0))
    with pytest.raises(SourceChanged, match="inflates to more than"):
        read(path)


@pytest.mark.parametrize(
    "content", [b"PAR1 and no more", gzip.compress(b"a,b\n1,2\n" * 100, mtime=0)[:-12], b"\x1f\x8bx"]
)
def test_a_damaged_file_is_told(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(SourceChanged, match="cameras: t.csv cannot be read as a table"):
        read(path)


def test_parquet_columns_of_any_type_are_read_as_text(path: Path) -> None:
    table = {
        "moment": pa.array([0, None], pa.timestamp("us", "Asia/Shanghai")),
        "number": pa.array([187.5, float("nan")]),
        "flag": pa.array([True, None]),
        "words": pa.array(["x", "NA"]).dictionary_encode(),
        "nested": pa.array([{"a": 1}, None]),
    }
    pq.write_table(pa.table(table), path)
    rows = read(path)[0]
    assert list(rows[1].values()) == ["1970-01-01 08:00:00.000000+0800", "187.5", "true", "x", "{'a': 1}"]
    assert set(rows[2].values()) == {None}


def test_a_row_can_be_shown_as_it_was_after_others_were_left_out(path: Path) -> None:
    path.write_text("Name,count\none,1\ntwo,\nthree,3\n")
    (block,) = read_table(path, COMMAS, "cameras: t.csv", "detections")
    kept = block.where(pa.array([False, True, True])).where(pa.array([True, False]))
    assert (len(kept), kept.numbers.to_pylist(), kept.raw(0)) == (1, [3], '{"Name": "two"}')


def test_columns_are_known_by_older_names_and_other_spellings(path: Path) -> None:
    path.write_text("deployment_id,start\nd1,now\n")
    (block,) = read_table(path, COMMAS, "cameras: t.csv", "deployments")
    named = block.named(["deploymentID", "deploymentStart", "habitat"], {"deploymentStart": ["start"]}, (), "")
    assert named.column("deploymentStart").to_pylist() == ["now"]
    assert (named.own_name("deploymentID"), named.column("habitat").to_pylist()) == ("deployment_id", [None])
    with pytest.raises(SourceChanged, match="cameras has no column habitat; it has: deployment_id, start"):
        block.named(["habitat"], {}, ["habitat"], "cameras")


def test_a_table_with_columns_without_end_is_told_before_they_are_read(path: Path) -> None:
    path.write_bytes(b"," * 300_000 + b"\n1\n")
    with pytest.raises(SourceChanged, match="more than 2,000 columns"):
        read(path)


def test_a_parquet_file_with_columns_without_end_is_told(path: Path) -> None:
    pq.write_table(pa.table({f"c{number}": [1] for number in range(2_001)}), path)
    with pytest.raises(SourceChanged, match="more than 2,000 columns"):
        read(path)
