"""The loopback server speaks as EarthRanger and Movebank do, with their habits."""

import csv
import io
import json
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from demo.communities import COMMUNITIES
from demo.earthranger import OTHER_HOST, PAGE_SIZE_MAX
from demo.field_events import SENSOR_TYPE, events
from demo.herds import ALPINE, AMUR, ANIMALS, ENERGY_KEY, KENYAN, THAI, herd
from demo.movebank import LICENCE_MD5, STUDIES, TERMS
from demo.network import TOKEN_VARIABLE
from demo.observations import observations, subject_id
from demo.server import DEMO_TOKEN, DemoServer

TODAY = date(2026, 11, 22)
STUDY_IDS = {study.source: study.study_id for study in STUDIES}
TRACKED, FEW = subject_id(ANIMALS[0]), subject_id(ANIMALS[1])


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(TOKEN_VARIABLE, raising=False)
        with DemoServer(TODAY) as running:
            yield running


def ask(address: str, **headers: str) -> tuple[int, Any, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def ranger(server: DemoServer, path: str, source: str = THAI, version: str = "v1.0", **asked: Any) -> tuple[int, Any]:
    address = f"{server.url}/earthranger/{source}/api/{version}{path}?{urlencode(asked)}"
    status, _, body = ask(address, Authorization=f"Bearer {DEMO_TOKEN}")
    return status, json.loads(body)


def pages(server: DemoServer, path: str, source: str = THAI, **asked: Any) -> list[dict[str, Any]]:
    """The pages of an answer, by the query of each `next` alone."""
    found = [ranger(server, path, source, **asked)[1]["data"]]
    while following := found[-1]["next"]:
        assert following.startswith(f"{OTHER_HOST}/earthranger/{source}/")
        query = {name: values[0] for name, values in parse_qs(urlsplit(following).query).items()}
        found.append(ranger(server, path, source, **query)[1]["data"])
    return found


def movebank(server: DemoServer, entity: str, source: str = AMUR, cookie: str = "", **asked: Any) -> tuple:
    asked = {"study_id": STUDY_IDS[source], "api-token": DEMO_TOKEN, "entity_type": entity} | asked
    headers = {"Cookie": cookie} if cookie else {}
    return ask(f"{server.url}/movebank/{source}/service/direct-read?{urlencode(asked)}", **headers)


def table(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode())))


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
def test_events_need_the_token_and_the_refusal_has_the_envelope(server: DemoServer, headers: dict[str, str]) -> None:
    status, _, body = ask(f"{server.url}/earthranger/{THAI}/api/v1.0/subjects", **headers)
    assert status == 401
    assert json.loads(body)["status"]["code"] == 401
    assert json.loads(body)["data"] == []


@pytest.mark.parametrize(
    ("path", "source", "version"),
    [("/patrols", THAI, "v1.0"), ("/subjects", "none", "v1.0"), ("/subjects", THAI, "v2.0"), ("/", THAI, "v3.0")],
)
def test_what_a_server_does_not_have_is_not_there(server: DemoServer, path: str, source: str, version: str) -> None:
    assert ranger(server, path, source, version)[0] == 404


def test_people_and_cars_are_tracked_beside_the_animals(server: DemoServer) -> None:
    _, answer = ranger(server, "/subjects", include_inactive="true")
    kinds = Counter(subject["subject_type"] for subject in answer["data"])
    assert kinds == {"wildlife": 5, "person": 1, "vehicle": 1}


def test_pages_of_events_are_capped_and_repeat_the_row_at_each_border(server: DemoServer) -> None:
    found = pages(server, "/activity/events", sort_by="updated_at", page_size=1000)
    assert [len(page["results"]) for page in found[:-1]] == [PAGE_SIZE_MAX] * (len(found) - 1)
    count = Counter(row["id"] for page in found for row in page["results"])
    assert set(count) == {event["id"] for event in events(COMMUNITIES[0], TODAY)}
    assert sum(count.values()) - len(count) == len(found) - 1 >= 1
    assert found[0]["results"][-1] == found[1]["results"][0]
    assert found[0]["count"] > len(count)


def test_events_are_asked_for_by_their_last_change(server: DemoServer) -> None:
    since = "2026-11-01T00:00:00+00:00"
    (found,) = pages(server, "/activity/events", sort_by="updated_at", page_size=1000, updated_since=since)
    times = [row["updated_at"] for row in found["results"]]
    assert times == sorted(times)
    assert since <= times[0] < times[-1] < "2026-11-22"
    assert ranger(server, "/activity/events", sort_by="name")[0] == 400
    assert ranger(server, "/activity/events", updated_since="yesterday")[0] == 400


def test_event_types_of_both_versions_have_nothing_in_common(server: DemoServer) -> None:
    first = ranger(server, "/activity/events/eventtypes")[1]["data"]
    second = ranger(server, "/activity/eventtypes", version="v2.0")[1]["data"]
    assert [(one["value"], one["category"]) for one in second] == [(SENSOR_TYPE, "early_warning")]
    assert {one["value"]: one["category"]["value"] for one in first}["geofence_break"] == "analyzer_event"
    assert not {one["value"] for one in first} & {one["value"] for one in second}
    sent = {event["event_type"] for community in COMMUNITIES for event in events(community, TODAY)}
    assert sent == {one["value"] for one in (*first, *second)}


def test_positions_are_paged_by_a_cursor_without_a_count(server: DemoServer) -> None:
    asked = {"subject_id": TRACKED, "filter": "null", "page_size": 1000, "use_cursor": "true"}
    found = pages(server, "/observations", **asked)
    assert len(found) > 3
    assert all("count" not in page and len(page["results"]) <= 1000 for page in found)
    rows = [row for page in found for row in page["results"]]
    assert [row["id"] for row in rows] == [row["id"] for row in observations(ANIMALS[0], TODAY)]
    assert [row["recorded_at"] for row in rows] == sorted(row["recorded_at"] for row in rows)


def test_positions_without_one_animal_to_ask_for_are_refused(server: DemoServer) -> None:
    assert ranger(server, "/observations")[0] == 400
    assert ranger(server, "/observations", subject_id=FEW, source_id="x")[0] == 400


def test_positions_that_are_excluded_come_only_when_asked_for(server: DemoServer) -> None:
    shown = {
        flag: [row for page in pages(server, "/observations", subject_id=FEW, page_size=400, **more)
               for row in page["results"]]
        for flag, more in (("clean", {}), ("two", {"filter": "2"}), ("all", {"filter": "null"}))
    }  # fmt: skip
    assert len(shown["clean"]) + len(shown["two"]) == len(shown["all"])
    assert {row["exclusion_flags"] for row in shown["two"]} == {2}


def test_positions_are_asked_for_by_when_they_arrived(server: DemoServer) -> None:
    asked = {"subject_id": FEW, "use_cursor": "true", "page_size": 1000, "created_after": "2026-11-20T00:00:00Z"}
    (found,) = pages(server, "/observations", **asked)
    assert 0 < len(found["results"]) < 100
    assert min(row["created_at"] for row in found["results"]) >= "2026-11-20"


def test_the_harvested_energy_is_a_detail_of_a_kinetic_collar_alone(server: DemoServer) -> None:
    asked = {"subject_id": FEW, "use_cursor": "true", "page_size": 10}
    plain = ranger(server, "/observations", **asked)[1]["data"]["results"]
    told = ranger(server, "/observations", include_details="true", **asked)[1]["data"]["results"]
    scheduled = ranger(server, "/observations", **asked | {"subject_id": TRACKED, "include_details": "true"})[1]
    assert not any("observation_details" in row for row in (*plain, *scheduled["data"]["results"]))
    assert all(row["observation_details"][ENERGY_KEY] > 0 for row in told)


@pytest.mark.parametrize("source", [THAI, KENYAN])
def test_an_all_clear_follows_each_alarm_of_an_animal_that_walked_on(server: DemoServer, source: str) -> None:
    rows = [row for page in pages(server, "/activity/events", source, page_size=400) for row in page["results"]]
    rows = list({row["id"]: row for row in rows}.values())
    warned, cleared = (
        Counter(row["related_subjects"][0]["id"] for row in rows if row["event_type"] == kind)
        for kind in ("immobility", "immobility_all_clear")
    )
    lost = Counter(subject_id(animal) for animal in herd(source) if animal.lost_days)
    assert warned == cleared + lost
    assert cleared


def test_terms_come_in_place_of_positions_until_the_same_client_accepts_them(server: DemoServer) -> None:
    status, headers, body = movebank(server, "event")
    assert (status, headers["accept-license"], body) == (200, "true", TERMS)
    cookie = headers["Set-Cookie"]
    assert movebank(server, "event", **{"license-md5": LICENCE_MD5})[0] == 403
    assert movebank(server, "event", cookie=cookie, **{"license-md5": "0" * 32})[0] == 403
    status, headers, body = movebank(server, "event", cookie=cookie, **{"license-md5": LICENCE_MD5})
    assert (status, headers["accept-license"]) == (200, None)
    assert set(table(body)[0]) == {"timestamp", "location_lat", "location_long", "individual_id", "tag_id"}


def test_a_study_without_terms_answers_at_once_with_what_is_asked_for(server: DemoServer) -> None:
    asked = {"attributes": "individual_local_identifier,timestamp,location_lat,visible", "sensor_type_id": "653"}
    rows = table(movebank(server, "event", ALPINE, **asked)[2])
    assert {row["individual_local_identifier"] for row in rows} == {animal.name for animal in herd(ALPINE)}
    assert 0 < sum(row["visible"] == "false" for row in rows) < 10
    assert 0 < sum(not row["location_lat"] for row in rows) < 60
    assert movebank(server, "event", ALPINE, **asked | {"sensor_type_id": "2365683"})[2].count(b"\n") == 1


def test_a_study_sends_what_changed_since_a_time(server: DemoServer) -> None:
    asked = {"attributes": "timestamp,update_ts", "update_ts_start": "20261120120000000"}
    rows = table(movebank(server, "event", ALPINE, **asked)[2])
    assert 0 < len(rows) < 100
    assert min(row["update_ts"] for row in rows) >= "2026-11-20 12:00:00.000"
    assert max(row["timestamp"] for row in rows) < "2026-11-22"


@pytest.mark.parametrize("asked", [{"api-token": ""}, {"api-token": "wrong"}, {"study_id": "1"}])
def test_without_permission_a_page_says_that_there_are_no_data(server: DemoServer, asked: dict[str, str]) -> None:
    status, _, body = movebank(server, "individual", **asked)
    assert status == 200
    assert body.lstrip().startswith(b"<p>No data available.")


def test_questions_that_the_service_does_not_know_are_errors_of_the_service(server: DemoServer) -> None:
    assert movebank(server, "study_attribute")[0] == 500
    assert movebank(server, "patrol")[0] == 500
    assert movebank(server, "event", ALPINE, update_ts_start="yesterday")[0] == 500
    assert ask(f"{server.url}/movebank/none/service/direct-read")[0] == 404
