"""Answers as received: kept once, under the hash of their content, whole or not at all."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.raw import BLOCK_BYTES, RawStore


def _kept(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "store").rglob("*") if path.is_file())


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "answer"
    path.write_bytes(content)
    return path


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=3000))
@example(b"")
@example(b"x" * (2 * BLOCK_BYTES + 1))
def test_what_was_kept_is_read_again_by_its_hash(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        raw = RawStore(f"{folder}/store")
        digest = raw.keep(_file(Path(folder), content))
        assert digest == hashlib.sha256(content).hexdigest()
        assert raw.read(digest) == content
        assert [path.name for path in _kept(Path(folder))] == [f"{digest}.zst"]


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    raw = RawStore(str(tmp_path / "store"))
    digest = raw.keep(_file(tmp_path, b"same"))
    before = _kept(tmp_path)[0].stat()
    assert raw.keep(_file(tmp_path, b"same")) == digest
    after = _kept(tmp_path)[0].stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_workers_may_keep_the_same_content_at_once(tmp_path: Path) -> None:
    content = bytes(range(256)) * 20_000
    raw, path = RawStore(str(tmp_path / "store")), _file(tmp_path, content)
    with ThreadPoolExecutor(8) as workers:
        digests = set(workers.map(lambda _: raw.keep(path), range(16)))
    assert [raw.read(digest) for digest in digests] == [content]
    assert len(_kept(tmp_path)) == 1


def test_a_file_that_was_half_written_does_not_count_as_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw, path = RawStore(str(tmp_path / "store")), _file(tmp_path, b"content")

    class Full:
        def __init__(self, *given: object) -> None:
            raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(pa, "CompressedOutputStream", Full)
        with pytest.raises(OSError, match="no space left"):
            raw.keep(path)
    assert not [path for path in _kept(tmp_path) if path.suffix == ".zst"]
    assert raw.read(raw.keep(path)) == b"content"


def test_what_was_never_kept_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    with pytest.raises(FileNotFoundError):
        RawStore(str(tmp_path / "store")).read("0" * 64)
