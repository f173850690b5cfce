"""The streamed zip: read by others, always the same, and never held as a whole."""

import hashlib
import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.streamed_zip import CHUNK_BYTES, STORED_LEVEL, Member, zip_chunks

MOMENT = datetime(2026, 6, 15, 10, 20, 30, tzinfo=UTC)
contents = st.lists(st.binary(max_size=100), max_size=4)


@given(files=st.lists(st.tuples(contents, st.booleans(), st.sampled_from([0, 1, 6])), max_size=4))
def test_what_goes_in_comes_out(files: list[tuple[list[bytes], bool, int]]) -> None:
    members = [Member(f"data/{n}.bin", chunks, level, large) for n, (chunks, large, level) in enumerate(files)]
    written = b"".join(zip_chunks(members, MOMENT))
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [member.name for member in members]
        for member, (chunks, _, _) in zip(members, files, strict=True):
            whole = b"".join(chunks)
            assert archive.read(member.name) == whole
            assert (member.size, member.sha256) == (len(whole), hashlib.sha256(whole).hexdigest())


def test_other_programs_read_it_large_members_too(tmp_path: Path) -> None:
    if shutil.which("unzip") is None:
        pytest.skip("there is no unzip")
    members = [
        Member("README.md", [b"read me"]),
        Member("data/large.csv", [b"x" * 300_000] * 3, is_large=True),
        Member("data/packed.parquet", [bytes(range(256)) * 1000], STORED_LEVEL, is_large=True),
    ]
    path = tmp_path / "package.zip"
    path.write_bytes(b"".join(zip_chunks(members, MOMENT)))
    subprocess.run(["unzip", "-q", str(path), "-d", str(tmp_path)], check=True, capture_output=True)
    assert (tmp_path / "data" / "large.csv").read_bytes() == b"x" * 900_000
    assert (tmp_path / "data" / "packed.parquet").read_bytes() == bytes(range(256)) * 1000


def test_it_is_sent_while_it_is_made() -> None:
    asked = []

    def large() -> Iterator[bytes]:
        for n in range(200):
            asked.append(n)
            # What cannot be made smaller: as many bytes must leave as come.
            yield b"".join(hashlib.sha256(f"{n} {k}".encode()).digest() for k in range(2_000))

    chunks = zip_chunks([Member("large", large()), Member("after", [b"x"])], MOMENT)
    assert len(next(chunks)) >= CHUNK_BYTES
    assert len(asked) < 10
    assert max(map(len, chunks)) < 3 * CHUNK_BYTES
    assert len(asked) == 200


def test_members_are_asked_for_when_the_ones_before_were_sent() -> None:
    """The last one can hold the hashes of all others."""

    def members() -> Iterator[Member]:
        first = Member("first", iter([b"a", b"b"]))
        yield first
        yield Member("hash", [first.sha256.encode()])

    with zipfile.ZipFile(io.BytesIO(b"".join(zip_chunks(members(), MOMENT)))) as archive:
        assert archive.read("hash").decode() == hashlib.sha256(b"ab").hexdigest()


def test_the_moment_is_the_one_given_in_utc_whatever_the_zone() -> None:
    there = MOMENT.astimezone(timezone(timedelta(hours=8)))
    here, elsewhere = (b"".join(zip_chunks([Member("a", [b"1"])], moment)) for moment in (MOMENT, there))
    assert here == elsewhere
    with zipfile.ZipFile(io.BytesIO(here)) as archive:
        assert archive.getinfo("a").date_time == (2026, 6, 15, 10, 20, 30)


def test_what_breaks_while_it_is_made_breaks_the_zip_too() -> None:
    def broken() -> Iterator[bytes]:
        yield b"some"
        raise OSError("the store is gone")

    sent = []
    with pytest.raises(OSError, match="the store is gone"):
        sent.extend(zip_chunks([Member("broken", broken())], MOMENT))
    assert not zipfile.is_zipfile(io.BytesIO(b"".join(sent)))
