"""Exports on their way: how many at once, callers who leave, failures in the middle, and what the log may hold."""

import logging
import threading
import time
from collections.abc import Iterator

import pytest

from data import engine, settings
from tests.data.network import PUBLIC, STAFF
from tests.ui.asgi_client import ask
from tests.ui.conftest import TOKENS, as_role
from ui.api import packages, streamed, tables
from ui.api.slots import SLOTS, Slots

SECRET_PATH = "/srv/store/detections/part-0.parquet"


@pytest.fixture(autouse=True)
def _slots_are_all_given_back() -> Iterator[None]:
    assert SLOTS.taken == 0
    yield
    end = time.monotonic() + 5
    while SLOTS.taken and time.monotonic() < end:
        time.sleep(0.01)
    assert SLOTS.taken == 0


class Source:
    """An export of endless pieces that knows whether it was closed; it may fail at one of them."""

    def __init__(self, fails_at: int | None = None, error: Exception | None = None) -> None:
        self.fails_at, self.error = fails_at, error or RuntimeError(SECRET_PATH)
        self.is_closed = False
        self.threads: set[int] = set()

    def chunks(self, *asked: object) -> Iterator[bytes]:
        try:
            for n in range(10_000):
                self.threads.add(threading.get_ident())
                if n == self.fails_at:
                    raise self.error
                yield b"x" * 100_000
        finally:
            self.is_closed = True


@pytest.fixture
def put(served, monkeypatch: pytest.MonkeyPatch):
    """Lets a source answer for every table."""

    def replace(source: Source) -> Source:
        monkeypatch.setattr(tables, "table_chunks", source.chunks)
        return source

    return replace


def test_a_caller_who_leaves_ends_the_export_and_frees_its_slot(put):
    source = put(Source())
    answer = ask("/tables/sites.csv", leaves_after=1_000_000)
    assert answer.status == 200
    assert not answer.is_whole
    assert len(answer.body) < 3_000_000
    assert source.is_closed
    assert SLOTS.taken == 0


def test_rows_are_not_made_in_the_thread_that_answers_pages(put):
    source = put(Source())
    ask("/tables/sites.csv", leaves_after=1_000_000)
    assert threading.get_ident() not in source.threads


@pytest.mark.parametrize("name", ["csv", "gpkg", "xlsx", "geoparquet"])
def test_a_real_export_that_is_left_is_closed_too(served, name):
    ask(f"/tables/sites.{name}", leaves_after=1)
    assert SLOTS.taken == 0


def test_a_failure_before_the_first_piece_is_told_in_words(put, caplog):
    source = put(Source(fails_at=0))
    answer = ask("/tables/sites.csv")
    assert answer.status == 500
    assert "Try again" in answer.detail
    assert source.is_closed
    assert "an export broke off: RuntimeError" in caplog.text


def test_a_failure_in_the_middle_never_looks_like_the_end(put, caplog):
    put(Source(fails_at=3))
    answer = ask("/tables/sites.csv")
    assert (answer.status, answer.is_whole) == (200, False)
    assert "an export broke off" in caplog.text


def test_no_path_and_no_token_is_in_an_answer_or_in_the_log(put, caplog, monkeypatch):
    put(Source(fails_at=0))
    with caplog.at_level(logging.DEBUG):
        answers = [ask("/tables/sites.csv", headers=as_role("staff"))]

        def broken(*asked: object) -> None:
            raise OSError(f"{SECRET_PATH} {TOKENS['staff']}")

        monkeypatch.setattr(packages.data_package, "chunks", broken)
        answers.append(ask("/package?table=sites", headers=as_role("staff")))
        monkeypatch.setattr(engine, "latest", broken)
        answers.append(ask("/tables", headers=as_role("staff")))
        answers.append(ask("/tables", headers={"Authorization": "Bearer t4n_unknown"}))
    assert [answer.status for answer in answers] == [500, 500, 500, 401]
    told = "".join(caplog.messages) + "".join(answer.body.decode() for answer in answers)
    for secret in (SECRET_PATH, TOKENS["staff"], "t4n_unknown", "Traceback", ".py"):
        assert secret not in told


@pytest.mark.parametrize(("limit", "stalls"), [("MOST_SECONDS_OF_A_PART", True), ("MOST_SECONDS", False)])
def test_a_caller_who_takes_nothing_or_takes_too_long_makes_room(put, monkeypatch, limit, stalls):
    monkeypatch.setattr(streamed, limit, 0.2)
    source = put(Source())
    assert not ask("/tables/sites.csv", stalls_after=200_000 if stalls else None).is_whole
    assert source.is_closed


def test_too_many_at_once_are_asked_to_come_back(served):
    held = [SLOTS.take(is_public=True) for _ in range(3)]
    try:
        for address in ("/tables/sites.csv", "/package?table=sites", "/darwin-core.zip", "/tables?count=true"):
            answer = ask(address)
            assert (answer.status, answer.headers["retry-after"]) == (503, "30")
            assert "too many" in answer.detail.lower()
        assert ask("/tables").status == 200
        assert ask("/tables/sites.csv", headers=as_role("staff")).status == 200, "with a token there is room"
        held.append(SLOTS.take(is_public=False))
        assert ask("/tables/sites.csv", headers=as_role("staff")).status == 503
    finally:
        for slot in held:
            slot.release()
    assert ask("/tables/sites.csv").status == 200


@pytest.mark.parametrize(
    "address",
    ["/tables/sites.csv", "/tables/sites.csv?column=x", "/darwin-core.zip?site=nowhere", "/package?table=sites", "/x"],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_answer_gives_its_slot_back(served, address, method):
    ask(address, method)
    assert SLOTS.taken == 0


def test_a_slot_is_given_back_once_only():
    slots = Slots(2, 1)
    first, second = slots.take(is_public=True), slots.take(is_public=False)
    assert slots.take(is_public=False) is None
    for _ in range(3):
        first.release()
    assert slots.taken == 1
    assert slots.take(is_public=True)
    second.release()


def test_there_is_no_answer_without_data_but_a_time_to_come_back(served, monkeypatch):
    monkeypatch.setattr(engine, "latest", lambda store: None)
    for address in ("", "/tables", "/tables/sites.csv", "/package?table=sites", "/openapi.json", "/impact-report.pdf"):
        answer = ask(address)
        assert (answer.status, answer.headers["retry-after"]) == (503, "60")
        assert "no data yet" in answer.detail


def test_there_is_no_answer_while_the_first_pull_is_under_way(served, monkeypatch):
    monkeypatch.setattr(settings, "preparation", lambda: settings.Preparation(1, 2, "x", is_first=True))
    assert ask("/tables/sites.csv").status == 503
    monkeypatch.setattr(settings, "preparation", lambda: settings.Preparation(1, 2, "x"))
    assert ask("/tables/sites.csv").status == 200


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "t4n_x", "Bearer t4n_unknown", "Bearer a b", "bearer \xff", "", ","],
)
def test_a_token_that_is_not_known_is_refused_and_never_taken_for_the_public(served, header):
    answer = ask("/tables/sites.csv", headers={"Authorization": header})
    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith('Bearer realm="tech4nature"')


def test_the_scheme_may_be_written_in_any_case(served):
    assert ask("", headers={"authorization": f"bEARER  {TOKENS['staff']}"}).json["tier"]["role"] == STAFF.role


def test_who_shows_no_token_is_the_public_whatever_else_is_sent(served, monkeypatch):
    monkeypatch.setenv("T4N_VIEWER", "staff")
    sent = {"Cookie": "role=staff; view_as=staff", "X-Role": "staff", "X-Forwarded-User": "admin"}
    assert ask("", headers=sent).json["tier"]["role"] == PUBLIC.role


def test_a_broken_file_of_tokens_refuses_tokens_and_keeps_the_public_going(served, tmp_path):
    (tmp_path / "access.toml").write_text("[[")
    assert ask("", headers=as_role("staff")).status == 401
    assert ask("/tables/sites.csv").status == 200
