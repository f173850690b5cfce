"""Files that wait to be fetched: who gets them, how long, and what becomes of them."""

import os
import stat
import threading
import time
from pathlib import Path

import pytest

from tests.ui.asgi_client import ask
from ui.api import files, tickets
from ui.api.tickets import MOST_FILES, SECONDS_KEPT, Tickets


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept(clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    found = Tickets(clock, str(tmp_path))
    monkeypatch.setattr(files, "TICKETS", found)
    yield found
    found.clear()


def offered(kept: Tickets, body: bytes = b"bytes", owner: str = "reader", name: str = "data.zip") -> tuple[str, Path]:
    path = kept.place(name)
    path.write_bytes(body)
    return kept.offer(path, name, "application/zip", owner), path


def test_a_ticket_gives_its_file_as_an_attachment_as_often_as_one_likes(kept):
    ticket, _ = offered(kept, b"x" * 300_000, name='a"b\r\nc.zip')
    for _ in range(2):
        answer = ask(f"/files/{ticket}")
        assert (answer.status, answer.body) == (200, b"x" * 300_000)
        assert answer.headers["content-disposition"] == 'attachment; filename="a-b-c.zip"'
        assert answer.headers["content-type"] == "application/zip"
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["content-length"] == "300000"


def test_a_download_that_was_cut_off_can_go_on(kept):
    ticket, _ = offered(kept, bytes(range(200)))
    answer = ask(f"/files/{ticket}", headers={"Range": "bytes=100-"})
    assert (answer.status, answer.body) == (206, bytes(range(100, 200)))


def test_tickets_cannot_be_guessed(kept):
    found = {offered(kept, owner=str(n))[0] for n in range(30)}
    assert len(found) == 30
    assert all(len(ticket) >= 43 for ticket in found), "256 bits in base 64"
    (ticket, *_) = found
    for guess in (ticket[:-1], ticket.swapcase(), ticket + "=", "..", "%2e%2e%2ffile", "a" * 10_000):
        assert ask(f"/files/{guess}").status == 404


def test_nobody_else_on_the_machine_can_read_the_file(kept):
    _, path = offered(kept)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_is_gone_after_its_time(kept, clock):
    ticket, path = offered(kept)
    clock.now += SECONDS_KEPT - 1
    assert ask(f"/files/{ticket}").status == 200
    clock.now += 1
    assert "build it again" in ask(f"/files/{ticket}").detail
    assert not path.parent.exists()


def test_a_file_goes_when_its_time_is_over_though_nobody_asks(tmp_path, monkeypatch):
    monkeypatch.setattr(tickets, "SECONDS_KEPT", 0)
    kept = Tickets(folder=str(tmp_path))
    _, path = offered(kept)
    end = time.monotonic() + 10
    while path.exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not path.exists()


def test_a_new_file_takes_the_place_of_the_former_of_the_same_reader(kept):
    first, path = offered(kept)
    other, _ = offered(kept, owner="another reader")
    second, _ = offered(kept)
    assert not path.exists()
    assert [kept.find(ticket) is not None for ticket in (first, other, second)] == [False, True, True]


def test_there_are_never_more_files_than_the_limit_and_the_oldest_go_first(kept, tmp_path):
    found = [offered(kept, owner=str(n))[0] for n in range(MOST_FILES + 3)]
    assert [kept.find(ticket) is None for ticket in found].count(True) == 3
    assert [kept.find(ticket) for ticket in found[:3]] == [None] * 3
    assert len(list(tmp_path.iterdir())) == MOST_FILES


def test_there_are_never_more_bytes_than_the_limit(kept, monkeypatch):
    monkeypatch.setattr(tickets, "MOST_BYTES", 10)
    found = [offered(kept, b"1234", owner=str(n))[0] for n in range(4)]
    assert [kept.find(ticket) is not None for ticket in found] == [False, False, True, True]


def test_a_page_of_another_host_cannot_fetch_a_file(kept):
    ticket, _ = offered(kept)
    answers = {site: ask(f"/files/{ticket}", headers={"Sec-Fetch-Site": site}).status for site in (
        "same-origin", "none", "same-site", "cross-site")}  # fmt: skip
    assert answers == {"same-origin": 200, "none": 200, "same-site": 403, "cross-site": 403}


def test_a_file_that_vanished_is_told_in_words(kept):
    ticket, path = offered(kept)
    path.unlink()
    assert ask(f"/files/{ticket}").status == 404


def test_what_a_killed_process_left_behind_is_taken_away_and_nothing_else(tmp_path):
    old, new, foreign = (tmp_path / name for name in (f"{tickets.FOLDER}old", f"{tickets.FOLDER}new", "other-old"))
    for folder in (old, new, foreign):
        folder.mkdir()
    (tmp_path / f"{tickets.FOLDER}link").symlink_to(foreign)
    for folder in (old, foreign):
        os.utime(folder, (0, 0))
    Tickets(folder=str(tmp_path)).place("x")
    assert [folder.exists() for folder in (old, new, foreign)] == [False, True, True]


def test_many_readers_at_once_keep_the_limits(kept, tmp_path):
    def read(owner: int) -> None:
        for _ in range(10):
            ticket, _ = offered(kept, owner=str(owner))
            kept.find(ticket)

    threads = [threading.Thread(target=read, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(tmp_path.iterdir())) == 8


def test_clearing_takes_all_files_away(kept, tmp_path):
    for n in range(3):
        offered(kept, owner=str(n))
    kept.clear()
    assert list(tmp_path.iterdir()) == []
