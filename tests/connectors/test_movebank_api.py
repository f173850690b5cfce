"""The download service of Movebank: licence terms, permissions, keys, and asking only for what is newer."""

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Refusal, Rows, Source
from connectors.errors import SourceChanged, SourceRefused
from connectors.movebank import Movebank
from connectors.movebank_api import licence_terms
from tests.conftest import Reply, Request, Serve

ANSWERS = Path(__file__).parent.parent / "payloads" / "movebank"
TERMS = b"<html><body><h2>License Terms:</h2><p>Ask us &amp; cite us.\x1b[2J</p></body></html>"
MD5 = hashlib.md5(TERMS, usedforsecurity=False).hexdigest()
NO_PERMISSION = b"\n<p>No data available.</p><p>Please contact the data owner for permission to access data.</p>"


@dataclass
class Service:
    """A stand-in for the service that remembers what it was asked; `answer` may take a request over."""

    asks_licence: bool = False
    answer: Callable[[Request], Reply | None] = lambda request: None
    asked: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        self.asked.append(request)
        if reply := self.answer(request):
            return reply
        entity = request.query["entity_type"]
        if self.asks_licence and entity == "event" and not self._is_accepted(request):
            return Reply(TERMS, headers={"accept-license": "true", "Set-Cookie": "session=invented"})
        return Reply((ANSWERS / f"{entity}.csv").read_bytes())

    def _is_accepted(self, request: Request) -> bool:
        return request.query.get("license-md5") == MD5 and request.headers.get("Cookie") == "session=invented"


def source_at(address: str, secret: str = "", **options: Any) -> Source:
    return Source("herd", "movebank", address, site="1", secret=secret, options={"study_id": 4711, **options})


def test_positions_are_asked_with_their_outlier_mark_and_of_gps_alone(serve: Serve, tmp_path: Path) -> None:
    service = Service()
    Movebank().fetch(source_at(serve(service)), {}, tmp_path)
    (event,) = [request for request in service.asked if request.query["entity_type"] == "event"]
    attributes = event.query["attributes"].split(",")
    assert {"visible", "update_ts", "location_lat", "ground_speed"} <= set(attributes)
    assert (event.query["sensor_type_id"], event.query["study_id"]) == ("653", "4711")


def test_what_the_study_does_not_measure_is_not_asked_for(serve: Serve, tmp_path: Path) -> None:
    def without_speed(request: Request) -> Reply | None:
        listed = b"study_id,sensor_type_id,short_name,data_type\n4711,653,timestamp,datetime\n"
        return Reply(listed) if request.query["entity_type"] == "study_attribute" else None

    service = Service(answer=without_speed)
    Movebank().fetch(source_at(serve(service)), {}, tmp_path)
    assert "ground_speed" not in service.asked[-1].query["attributes"]


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ({}, None),
        ({"energy_attribute": "Harvested:energy"}, "harvested_energy"),
        ({"energy_attribute": "burnt_energy"}, None),
    ],
)
def test_energy_is_asked_for_where_it_is_configured_and_the_study_has_it(
    serve: Serve, tmp_path: Path, options: dict[str, Any], asked: str | None
) -> None:
    service = Service()
    Movebank().fetch(source_at(serve(service), **options), {}, tmp_path)
    attributes = service.asked[-1].query["attributes"].split(",")
    assert [name for name in attributes if "energy" in name] == ([asked] if asked else [])


def test_tables_are_joined_by_the_internal_ids_and_keyed_by_the_local_ones(serve: Serve, tmp_path: Path) -> None:
    source = source_at(serve(Service()), kinetic_tags=["K-9"], fix_interval_h={"Steady": 2})
    items = list(Movebank().parse(source, Movebank().fetch(source, {}, tmp_path).payloads))
    rows = {item.table: item.rows.to_pylist() for item in items if isinstance(item, Rows)}
    assert [(row["individual_id"], row["individual_name"]) for row in rows["individuals"]] == [
        ("007", "Amani"),
        ("E-2", None),
    ]
    assert [(row["collar_id"], row["individual_id"], row["kind"]) for row in rows["collars"]] == [
        ("131", "007", "scheduled"),
        ("131", "E-2", "scheduled"),
        ("K-9", "007", "kinetic"),
    ]
    seconds = [row["fixed_at"].strftime("%H:%M:%S") for row in rows["fixes"]]
    assert seconds == ["12:00:01", "12:00:00", "13:00:00", "12:00:00", "12:00:00"]
    assert [item.row for item in items if isinstance(item, Refusal)] == [8]


def test_the_next_pull_asks_for_what_changed_since_the_last_with_an_overlap(serve: Serve, tmp_path: Path) -> None:
    service = Service()
    source = source_at(serve(service))
    before = datetime.now(UTC)
    cursor = dict(Movebank().fetch(source, {}, tmp_path).cursor)
    assert "update_ts_start" not in service.asked[-1].query
    again = Movebank().fetch(source, json.loads(json.dumps(cursor)), tmp_path)
    assert again.is_unchanged
    since = datetime.strptime(service.asked[-1].query["update_ts_start"], "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)
    assert before - timedelta(days=1, seconds=1) <= since <= before - timedelta(hours=1)


def test_the_cursor_of_another_study_is_not_used(serve: Serve, tmp_path: Path) -> None:
    service = Service()
    address = serve(service)
    cursor = Movebank().fetch(source_at(address), {}, tmp_path).cursor
    other = Movebank().fetch(source_at(address, study_id=4712), cursor, tmp_path)
    assert "update_ts_start" not in service.asked[-1].query
    assert not other.is_unchanged


def test_licence_terms_wait_for_a_person(serve: Serve, tmp_path: Path) -> None:
    service = Service(asks_licence=True)
    with pytest.raises(SourceRefused, match="herd.*licence") as caught:
        Movebank().fetch(source_at(serve(service)), {}, tmp_path)
    assert "python ingest.py accept-licence herd" in caught.value.advice
    assert all("license-md5" not in request.query for request in service.asked)


@pytest.mark.parametrize("accepted", [MD5, ["0" * 32, MD5]])
def test_accepted_terms_are_answered_by_their_md5_with_the_same_cookie(
    serve: Serve, tmp_path: Path, accepted: Any
) -> None:
    source = source_at(serve(Service(asks_licence=True)), accepted_licence_md5=accepted)
    fetched = Movebank().fetch(source, {}, tmp_path)
    assert fetched.payloads[-1].path.read_bytes() == (ANSWERS / "event.csv").read_bytes()


def test_terms_may_be_accepted_in_a_file_by_the_name_of_the_source(serve: Serve, tmp_path: Path) -> None:
    licences = tmp_path / "licences.json"
    source = source_at(serve(Service(asks_licence=True)), licences=str(licences))
    for content, message in (({"other": MD5}, "licence terms"), ([], "cannot be read")):
        licences.write_text(json.dumps(content))
        with pytest.raises(SourceRefused, match=message):
            Movebank().fetch(source, {}, tmp_path)
    licences.write_text(json.dumps({"herd": MD5}))
    assert Movebank().fetch(source, {}, tmp_path).payloads


def test_the_terms_are_shown_as_text_that_cannot_command_a_terminal(serve: Serve) -> None:
    text, md5 = licence_terms(source_at(serve(Service(asks_licence=True))))
    assert text.split() == ["License", "Terms:", "Ask", "us", "&", "cite", "us.[2J"]
    assert md5 == MD5


def test_a_study_without_terms_has_none_to_show(serve: Serve) -> None:
    with pytest.raises(SourceRefused, match="no licence"):
        licence_terms(source_at(serve(Service())))


def test_no_permission_is_a_refusal_and_not_an_empty_study(serve: Serve, tmp_path: Path) -> None:
    service = Service(answer=lambda request: Reply(NO_PERMISSION))
    with pytest.raises(SourceRefused, match="no data of it") as caught:
        Movebank().fetch(source_at(serve(service)), {}, tmp_path)
    assert "permission" in caught.value.advice


def test_an_empty_answer_has_changed_and_a_heading_alone_has_no_rows(serve: Serve, tmp_path: Path) -> None:
    heading = (ANSWERS / "event.csv").read_bytes().splitlines()[0]
    for body in (b"", heading):

        def answer(request: Request, body: bytes = body) -> Reply | None:
            return Reply(body) if request.query["entity_type"] == "event" else None

        source = source_at(serve(Service(answer=answer)))
        payloads = Movebank().fetch(source, {}, tmp_path).payloads
        if body:
            items = list(Movebank().parse(source, payloads))
            assert not [item for item in items if isinstance(item, Rows) and item.table == "fixes"]
        else:
            with pytest.raises(SourceChanged, match="timestamp"):
                list(Movebank().parse(source, payloads))


@pytest.mark.parametrize("key", ["someone:pass word", "invented-token"])
def test_the_key_is_sent_and_stays_out_of_messages_and_logs(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, key: str
) -> None:
    monkeypatch.setenv("T4N_TEST_KEY", key)
    caplog.set_level(logging.DEBUG)
    service = Service(answer=lambda request: Reply(status=403))
    with pytest.raises(SourceRefused) as caught:
        Movebank().fetch(source_at(serve(service), secret="T4N_TEST_KEY"), {}, tmp_path)
    (request,) = service.asked
    if ":" in key:
        assert request.headers["Authorization"] == "Basic c29tZW9uZTpwYXNzIHdvcmQ="
    else:
        assert request.query["api-token"] == key
        assert "Authorization" not in request.headers
    chain = f"{caught.value}{caught.value.advice}{caught.value.__context__}{caplog.text}"
    assert key not in chain
    assert "c29tZW9uZTp" not in chain
