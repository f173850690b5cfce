"""Asking an EarthRanger server: all pages, only what is new, and never a word about the key."""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from connectors import http
from connectors.base import Fetched, Parsed, Source
from connectors.earthranger import EarthRanger
from connectors.errors import SourceChanged, SourceError, SourceRefused, SourceUnavailable
from tests.conftest import Reply, Request, Serve
from tests.connectors.earthranger_server import (
    BASE,
    RANGER,
    RECORDED,
    TOKEN,
    ZEBRA,
    Server,
    event,
    observation,
    rows,
    subject,
)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T4N_TEST_KEY", TOKEN)
    monkeypatch.setattr(http, "BACKOFF_S", 0)


class Puller:
    """Pulls from a server as often as asked, each time from where the last pull ended."""

    def __init__(self, address: str, folder: Path, **options: Any) -> None:
        named = {"site": "555000001", "secret": "T4N_TEST_KEY", "options": options}
        self.source = Source("er", "earthranger", address + BASE, **named)
        self.cursor: Mapping[str, Any] = {}
        self._folder = folder
        self._count = 0

    def fetch(self) -> Fetched:
        self._count += 1
        workspace = self._folder / str(self._count)
        workspace.mkdir()
        fetched = EarthRanger().fetch(self.source, self.cursor, workspace)
        self.cursor = json.loads(json.dumps(fetched.cursor))
        return fetched

    def parse(self) -> list[Parsed]:
        return list(EarthRanger().parse(self.source, self.fetch().payloads))


@pytest.fixture
def server() -> Server:
    return Server(observations=[observation(number) for number in range(5)], events=[event(1)])


@pytest.fixture
def puller(server: Server, serve: Serve, tmp_path: Path) -> Puller:
    return Puller(serve(server), tmp_path)


@pytest.mark.parametrize("knows_cursors", [True, False])
def test_every_page_is_read_from_our_own_base_whatever_host_the_server_names(
    server: Server, puller: Puller, knows_cursors: bool
) -> None:
    server.page_size_max, server.knows_cursors = 2, knows_cursors
    parsed = puller.parse()
    assert {row["fixed_at"] for row in rows(parsed, "fixes")} == {RECORDED + timedelta(hours=n) for n in range(5)}
    assert len(server.queries("/observations")) == 3
    assert not any(TOKEN in value for request in server.asked for value in request.query.values())
    assert all(query["subject_id"] == ZEBRA for query in server.queries("/observations"))


def test_people_are_neither_stored_nor_asked_for(server: Server, puller: Puller) -> None:
    server.subjects.append(subject(RANGER, "person"))
    server.observations.append(observation(1, RANGER))
    parsed = puller.parse()
    assert {row["individual_id"] for row in rows(parsed, "individuals") + rows(parsed, "fixes")} == {ZEBRA}
    assert {query["subject_id"] for query in server.queries("/observations")} == {ZEBRA}


def test_assignments_are_asked_for_25_subjects_at_a_time(server: Server, puller: Puller) -> None:
    server.subjects = [subject(f"animal-{number}") for number in range(60)]
    puller.fetch()
    assert [len(query["subjects"].split(",")) for query in server.queries("/subjectsources")] == [25, 25, 10]


def test_positions_marked_as_wrong_are_asked_for_and_stored_as_outliers(server: Server, puller: Puller) -> None:
    server.observations.append(observation(9, exclusion_flags=2))
    assert [row["is_outlier"] for row in rows(puller.parse(), "fixes")] == [False] * 5 + [True]


def test_the_next_pull_asks_from_a_day_before_the_newest_upload(server: Server, puller: Puller) -> None:
    puller.fetch()
    uploaded = RECORDED + timedelta(days=30)
    server.observations.append(observation(2, id="late", created_at=uploaded.isoformat()))
    late = rows(puller.parse(), "fixes")
    after = server.queries("/observations")[-1]["created_after"]
    assert datetime.fromisoformat(after) == RECORDED + timedelta(hours=4, minutes=5) - timedelta(days=1)
    assert RECORDED + timedelta(hours=2) in {row["fixed_at"] for row in late}
    assert datetime.fromisoformat(puller.cursor["tracks"][ZEBRA]["created_at"]) == uploaded


@pytest.mark.parametrize(
    ("options", "asked"),
    [({}, set()), ({"energy_key": "joules"}, {"true"}), ({"kinetic_models": ["Invented"]}, {"true"})],
)
def test_details_of_positions_are_asked_for_only_where_they_are_used(
    server: Server, serve: Serve, tmp_path: Path, options: dict[str, Any], asked: set[str]
) -> None:
    Puller(serve(server), tmp_path, **options).fetch()
    queries = server.queries("/observations")
    assert {query["include_details"] for query in queries if "include_details" in query} == asked


def test_an_option_that_cannot_be_used_is_told_before_anything_is_asked(
    server: Server, serve: Serve, tmp_path: Path
) -> None:
    with pytest.raises(SourceRefused, match="`incidents`"):
        Puller(serve(server), tmp_path, incidents={"raid": "crops"}).fetch()
    assert not server.asked


def test_a_report_that_was_corrected_is_sent_again_under_the_same_name(
    server: Server, serve: Serve, tmp_path: Path
) -> None:
    puller = Puller(serve(server), tmp_path, incidents={"raid": "crop", "cow": "livestock"})
    server.events = [event(1, "raid", provenance="")]
    before = rows(puller.parse(), "incidents")
    server.events = [event(1, "cow", provenance="", updated_at=(RECORDED + timedelta(days=2)).isoformat())]
    after = rows(puller.parse(), "incidents")
    assert [(row["incident_id"], row["kind"]) for row in before + after] == [
        ("event-1", "crop"),
        ("event-1", "livestock"),
    ]


def test_nothing_new_is_unchanged_and_keeps_the_place(server: Server, puller: Puller) -> None:
    puller.fetch()
    cursor = puller.cursor
    puller.fetch()
    again = puller.fetch()
    assert again.is_unchanged
    assert not again.payloads
    assert puller.cursor["tracks"] == cursor["tracks"]


def test_a_server_that_ignores_created_after_is_asked_by_time_with_a_long_overlap(
    server: Server, puller: Puller
) -> None:
    server.observations = [observation(24 * number) for number in range(100)]
    server.page_size_max = 10
    puller.fetch()
    server.knows_created_after = False
    found = rows(puller.parse(), "fixes")
    since = datetime.fromisoformat(server.queries("/observations")[-1]["since"])
    assert since == RECORDED + timedelta(days=99 - 30)
    assert {row["fixed_at"] for row in found} == {RECORDED + timedelta(days=number) for number in range(69, 100)}


def test_an_empty_track_of_an_animal_seen_lately_is_a_missing_permission(server: Server, puller: Puller) -> None:
    server.may_see_tracks = False
    server.subjects = [subject(ZEBRA, last_position_date=datetime.now(UTC).isoformat())]
    with pytest.raises(SourceRefused, match="no permission"):
        puller.fetch()


def test_an_animal_that_moves_on_while_it_is_read_is_no_missing_permission(server: Server, puller: Puller) -> None:
    now = datetime.now(UTC)
    server.observations = [observation(0, recorded_at=(now - timedelta(hours=3)).isoformat())]
    server.subjects = [subject(ZEBRA, last_position_date=now.isoformat())]
    assert len(rows(puller.parse(), "fixes")) == 1


def test_an_empty_track_of_an_animal_not_seen_for_long_is_silence(server: Server, puller: Puller) -> None:
    server.observations = []
    server.subjects = [subject(ZEBRA, last_position_date="2020-01-01T00:00:00Z")]
    assert rows(puller.parse(), "fixes") == []


def test_alerts_are_asked_for_from_a_month_before_the_last_change(server: Server, puller: Puller) -> None:
    puller.fetch()
    server.events.append(event(5, "immobility_all_clear"))
    alert = rows(puller.parse(), "alerts")
    since = datetime.fromisoformat(server.queries("/activity/events")[-1]["updated_since"])
    assert since == RECORDED + timedelta(hours=1) - timedelta(days=30)
    assert [row["closed_at"] for row in alert] == [RECORDED + timedelta(hours=5)]


def test_types_of_both_versions_say_what_an_event_without_a_category_is(server: Server, puller: Puller) -> None:
    server.event_types = {
        "v1": [{"value": "immobility", "category": {"id": "c", "value": "analyzer_event"}}],
        "v2": [{"value": "proximity", "category": "analyzer_event"}, {"value": "gate", "category": "monitoring"}],
    }
    bare = {"event_category": None, "provenance": ""}
    kinds = ("immobility", "proximity", "gate", "unheard_of")
    server.events = [event(number, kind, **bare) for number, kind in enumerate(kinds)]
    assert [row["kind"] for row in rows(puller.parse(), "alerts")] == ["immobility", "proximity"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, SourceRefused), (401, SourceRefused), (403, SourceRefused), (404, SourceRefused), (500, SourceUnavailable)],
)
def test_an_error_says_what_to_do_and_never_the_token(
    serve: Serve, tmp_path: Path, status: int, kind: type[SourceError], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = json.dumps({"data": [], "status": {"code": status, "detail": f"refused {TOKEN}"}}).encode()
    with pytest.raises(kind, match="er: ") as caught:
        Puller(serve(lambda request: Reply(body, status)), tmp_path).fetch()
    assert_silent(caught.value, caplog)


def assert_silent(error: BaseException | None, caplog: pytest.LogCaptureFixture) -> None:
    """The token is in no log line and nowhere along the chain of exceptions."""
    assert TOKEN not in caplog.text
    seen = 0
    while error is not None and seen < 20:
        assert TOKEN not in f"{error} {error!r} {getattr(error, 'advice', '')} {vars(error)}"
        error, seen = error.__cause__ or error.__context__, seen + 1


@pytest.mark.parametrize(
    "next_page",
    [
        "http://elsewhere.example/api/v1.0/subjects",
        "http://[broken?page=2",
        f"?auth={TOKEN}&page=2",
        7,
    ],
)
def test_a_next_page_without_a_way_to_it_ends_the_pull_and_not_the_silence(
    serve: Serve, tmp_path: Path, next_page: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = json.dumps({"data": {"count": 9, "next": next_page, "results": [subject(ZEBRA)]}, "status": {}}).encode()
    with pytest.raises(SourceChanged) as caught:
        Puller(serve(lambda request: Reply(body)), tmp_path).fetch()
    assert_silent(caught.value, caplog)


def test_pages_that_lead_in_a_circle_are_an_error(serve: Serve, tmp_path: Path) -> None:
    asked: list[Request] = []

    def circle(request: Request) -> Reply:
        asked.append(request)
        page = {"next": f"/subjects?page={len(asked) % 2}", "results": [subject(ZEBRA)]}
        return Reply(json.dumps(page).encode()) if len(asked) < 10 else Reply(status=404)

    with pytest.raises(SourceChanged, match="the pages of /subjects have no end"):
        Puller(serve(circle), tmp_path).fetch()


def test_an_error_inside_a_good_answer_is_an_error(serve: Serve, tmp_path: Path) -> None:
    body = b'{"data": [], "status": {"code": 403, "message": "Forbidden"}}'
    with pytest.raises(SourceRefused, match="/subjects answered with the error 403"):
        Puller(serve(lambda request: Reply(body)), tmp_path).fetch()


def test_a_web_page_is_not_taken_for_an_answer(serve: Serve, tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match="a web page"):
        Puller(serve(lambda request: Reply(b"<!DOCTYPE html><html></html>")), tmp_path).fetch()


def test_a_gateway_that_fails_with_a_web_page_is_tried_again_later(serve: Serve, tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="502"):
        Puller(serve(lambda request: Reply(b"<html>Bad Gateway</html>", 502)), tmp_path).fetch()


def test_the_server_may_ask_for_patience_in_seconds_or_by_date(
    server: Server, serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", slept.append)
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    waits = ["7", soon]

    def busy_at_first(request: Request) -> Reply:
        return Reply(b"<html>slow down</html>", 429, {"Retry-After": waits.pop(0)}) if waits else server(request)

    assert rows(Puller(serve(busy_at_first), tmp_path).parse(), "fixes")
    assert slept[0] == 7
    assert 20 < slept[1] <= 30


def test_an_address_that_carries_a_key_is_refused_without_repeating_it(tmp_path: Path) -> None:
    source = Source("er", "earthranger", f"https://park.example/api/v1.0?auth={TOKEN}")
    with pytest.raises(SourceRefused, match="more than a path") as caught:
        EarthRanger().fetch(source, {}, tmp_path)
    assert TOKEN not in str(caught.value) + caught.value.advice
