"""Hostile files handed in: refused in words, in bounded memory, and written down without their names."""

import asyncio
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from data import audit
from tests.security import hostile_uploads
from tests.security.uploading import Page, Shown
from tests.servers import PROJECT

MOST_MEMORY_KB = 1_000_000
LARGEST_BYTES = 20 * 1024**2
# Prints what is said of each file, and how much memory was in use at most.
READ_ALL = """
import json
from ingestion.submission_reading import read
from tests.security import hostile_uploads
told = {}
for name, content in {**hostile_uploads.tables(), **hostile_uploads.workbooks()}.items():
    found = read(content)
    told[name] = [list(found.problems), len(found.lines)]
# Of this process alone; what getrusage tells begins with the memory of the one that started it.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({"told": told, "peak_kb": int(peak.split()[1])}))
"""


@pytest.fixture(scope="module")
def read() -> dict:
    """What a process of its own says of every file, and the memory that it took."""
    run = subprocess.run(
        [sys.executable, "-c", READ_ALL], cwd=PROJECT, capture_output=True, text=True, timeout=300, check=True
    )
    return json.loads(run.stdout)


def test_every_file_is_an_answer_in_words(read: dict) -> None:
    assert set(read["told"]) == {*hostile_uploads.tables(), *hostile_uploads.workbooks()}
    for name, (problems, lines) in read["told"].items():
        assert problems or lines, name
        for problem in problems:
            assert 0 < len(problem) < 2_500, name
            for hidden in ("Traceback", "/tmp", "openpyxl", str(PROJECT)):  # noqa: S108 - a path that no words may hold
                assert hidden not in problem, name


def test_no_file_fills_the_memory(read: dict) -> None:
    assert read["peak_kb"] < MOST_MEMORY_KB


@pytest.mark.parametrize(
    "name",
    [
        *("zip bomb", "zip that lies", "bzip2 bomb", "nested zips", "macros", "macros by another name"),
        *("laughs", "laughs in strings", "entity of a file", "rows without end", "a row far below"),
        *("NUL", "UTF-16", "UTF-32", "a column twice", "rows without end", "a quotation mark that never closes"),
    ],
)
def test_what_no_person_hands_in_is_refused_as_a_whole(read: dict, name: str) -> None:
    problems, lines = read["told"][name]
    assert problems
    assert not lines


def hand_in(url: str, page: str, role: str, files: list[tuple[str, bytes]]) -> list[tuple[int, Shown]]:
    """Hand files in one after the other, all in one session; a good role ends it."""

    async def all_of_them() -> list[tuple[int, Shown]]:
        async with Page(url, page, role=role) as session:
            assert session.field
            return [await session.hand_in(name, content) for name, content in files]

    return asyncio.run(all_of_them())


def uploads(place: Path) -> list[dict]:
    return [dict(entry) for entry in audit.entries(place / "audit") if entry["event"] == "upload"]


def test_a_session_survives_all_of_it_and_everything_is_written_down(app: str, place: Path) -> None:
    known = {**hostile_uploads.tables(), **hostile_uploads.workbooks()}
    chosen = ("nothing", "an image", "UTF-16", "HTML", "a huge cell", "many columns", "zip bomb", "bzip2 bomb",
              "macros", "laughs", "deep XML", "half a file")  # fmt: skip
    before = len(uploads(place))
    answers = hand_in(app, "assess", "staff", [("a.xlsx", known[name]) for name in chosen])
    for name, (status, shown) in zip(chosen, answers, strict=True):
        assert (status, shown.exceptions) == (204, ()), name
        assert shown.refusals, name
    lines = uploads(place)[before:]
    assert [line["sha256"] for line in lines] == [hashlib.sha256(known[name]).hexdigest() for name in chosen]
    assert {(line["outcome"], line["role"]) for line in lines} == {("refused", "staff")}


@pytest.mark.parametrize(("page", "ending"), [("assess", ".csv"), ("ledger", ".zip")])
def test_no_name_of_a_file_is_believed_shown_as_html_or_written_down(
    app: str, place: Path, page: str, ending: str
) -> None:
    names = [name.replace(".csv", ending) for name in hostile_uploads.NAMES]
    # Other bytes each time, because the same file twice is one line.
    files = [(name, b"x" * number) for number, name in enumerate(names, 1)]
    before = len(uploads(place))
    for (name, _), (status, shown) in zip(files, hand_in(app, page, "staff", files), strict=True):
        assert (status, shown.exceptions) == (204, ()), name
        assert shown.refusals, name
        if name:
            assert all(name not in text for text in shown.texts), name
    assert {line["outcome"] for line in uploads(place)[before:]} == {"refused"}
    log = b"".join(file.read_bytes() for file in (place / "audit").glob("*.jsonl"))
    for word in (
        b"onerror",
        b"passwd",
        b"ana@",
        b"Ana",
        b"06-12345678",
        b"Injected",
        b"javascript",
        b"xxxx",
        b"127.0.0",
    ):
        assert word not in log
    assert audit.check(place / "audit").problems == ()


def test_the_limit_of_the_server_is_its_own(app: str) -> None:
    async def sent() -> list[int]:
        async with Page(app, "assess", role="staff") as page:
            endless = (bytes(1_000_000) for _ in range(200))
            too_large = await page.put("a.csv", bytes(LARGEST_BYTES + 1))
            chunked = await page.put("a.csv", endless)
            lying = await page.put("a.csv", b"x", {"Content-Length": "5"})
            _, shown = await page.hand_in("a.csv", b"still there")
            assert shown.refusals
            return [too_large[0], chunked[0], lying[0]]

    assert asyncio.run(sent()) == [413, 413, 400]
