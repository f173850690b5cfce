"""The loopback server speaks as the systems do that it stands for."""

import json
import tomllib
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from email.message import Message
from typing import Any

import pytest

from demo import reefcloud
from demo.network import DOWN_SOURCE, SOURCES, TOKEN_VARIABLE, network_toml
from demo.server import DEMO_TOKEN, DemoServer
from demo.sites import sites

TODAY = date(2026, 11, 22)
AREAS = "/v4/protected_areas"
LIST = "/green-list/green_list_sites.csv"
# What is to be added to the path of a source for an answer.
QUESTIONS = {
    "protected_planet": f"{AREAS}?token={DEMO_TOKEN}",
    "earthranger": "/status",
    "movebank": f"?api-token={DEMO_TOKEN}&entity_type=tag",
    "mermaid": "/summarysampleevents/",
    "reefcloud": f"/tiers/{reefcloud.TIER}",
}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(TOKEN_VARIABLE, raising=False)
        with DemoServer(TODAY) as running:
            yield running


def ask(server: DemoServer, path: str, **headers: str) -> Answer:
    request = urllib.request.Request(server.url + path, headers={n.replace("_", "-"): v for n, v in headers.items()})
    try:
        with urllib.request.urlopen(request) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read())


def ask_registry(server: DemoServer, path: str) -> Answer:
    return ask(server, path, Authorization=f"Bearer {DEMO_TOKEN}")


def all_pages(server: DemoServer, per_page: int) -> list[dict[str, Any]]:
    rows, page = [], "1"
    while page:
        answer = ask_registry(server, f"{AREAS}?per_page={per_page}&page={page}")
        rows += answer.json["protected_areas"]
        page = answer.headers["X-Next-Page"]
    return rows


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}])
def test_the_registry_refuses_a_caller_without_the_token(server: DemoServer, headers: dict[str, str]) -> None:
    answer = ask(server, AREAS, **headers)
    assert answer.status == 401
    assert answer.json == {"error": "Unauthorized. Invalid or expired token."}


def test_the_registry_takes_the_token_as_header_or_as_parameter(server: DemoServer) -> None:
    assert ask_registry(server, "/test").json == {"status": "Success!"}
    assert ask(server, f"/test?token={DEMO_TOKEN}").json == {"status": "Success!"}


def test_the_token_is_the_one_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, "another-token")
    with DemoServer(TODAY) as server:
        assert ask(server, "/test?token=another-token").status == 200
        assert ask(server, f"/test?token={DEMO_TOKEN}").status == 401


def test_a_page_of_more_than_50_is_refused(server: DemoServer) -> None:
    assert ask_registry(server, f"{AREAS}?per_page=50").status == 200
    answer = ask_registry(server, f"{AREAS}?per_page=51")
    assert (answer.status, answer.json) == (400, {"error": "per_page must be less than 50"})


@pytest.mark.parametrize("page", ["0", "-1", "x", "1e3"])
def test_a_page_that_is_no_number_is_refused(server: DemoServer, page: str) -> None:
    assert ask_registry(server, f"{AREAS}?page={page}").status == 400


def test_totals_stand_in_the_headers(server: DemoServer) -> None:
    first, last = (ask_registry(server, f"{AREAS}?per_page=50&page={page}") for page in (1, 7))
    names = ("X-Total", "X-Total-Pages", "X-Per-Page", "X-Page", "X-Next-Page", "X-Prev-Page")
    assert [first.headers[name] for name in names] == ["320", "7", "50", "1", "2", ""]
    assert [last.headers[name] for name in names] == ["320", "7", "50", "7", "", "6"]


@pytest.mark.parametrize("per_page", [50, 32])
def test_all_pages_hold_every_area_and_one_of_them_twice(server: DemoServer, per_page: int) -> None:
    count = Counter(row["site_id"] for row in all_pages(server, per_page))
    assert set(count) == {int(site.site_id) for site in sites()}
    assert sorted(count.values())[-2:] == [1, 2]


def test_the_repeated_area_ends_one_page_and_begins_the_next(server: DemoServer) -> None:
    first, second = (
        ask_registry(server, f"{AREAS}?per_page=50&page={page}").json["protected_areas"] for page in (1, 2)
    )
    assert first[-1] == second[0]


def test_geometry_comes_only_when_it_is_asked_for_and_not_where_it_is_restricted(server: DemoServer) -> None:
    plain = ask_registry(server, f"{AREAS}?per_page=50").json["protected_areas"]
    drawn = ask_registry(server, f"{AREAS}?per_page=50&with_geometry=true").json["protected_areas"]
    assert not any("geojson" in row for row in plain)
    kinds = {site.site_id: site.boundary_kind for site in sites()}
    for row in drawn:
        found = row["geojson"]["geometry"]["type"] if row["geojson"] else None
        assert found == {"polygon": "Polygon", "point": "Point", "restricted": None}[kinds[str(row["site_id"])]]


def test_a_search_by_country_finds_its_areas(server: DemoServer) -> None:
    rows = ask_registry(server, f"{AREAS}/search?country=KEN&per_page=50").json["protected_areas"]
    assert {row["site_id"] for row in rows} == {int(site.site_id) for site in sites() if site.country.iso3 == "KEN"}


def test_the_green_list_search_forgets_the_other_filters(server: DemoServer) -> None:
    rows = ask_registry(server, f"{AREAS}/search?country=KEN&is_green_list=false&per_page=50").json["protected_areas"]
    assert all(row["is_green_list"] for row in rows)
    assert {row["parent_iso3"] for row in rows} > {"KEN"}


def test_one_area_comes_with_its_geometry(server: DemoServer) -> None:
    site = next(site for site in sites() if site.boundary_kind == "polygon")
    area = ask_registry(server, f"{AREAS}/{site.site_id}").json["protected_area"]
    assert area["name_english"] == site.site_name
    assert area["geojson"]["geometry"]["coordinates"] == [site.boundary()]
    assert ask_registry(server, f"{AREAS}/1").status == 404


@pytest.mark.parametrize(
    "path", [LIST, "/cameras/amur-cameras/observations.csv.gz", "/cameras/mexico-forest-cameras.zip"]
)
def test_an_unchanged_file_is_not_sent_again(server: DemoServer, path: str) -> None:
    first = ask(server, path)
    assert first.status == 200
    again = ask(server, path, If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert ask(server, path, If_None_Match='"other"').body == first.body


def test_every_resource_of_a_package_is_there(server: DemoServer) -> None:
    folder = "/cameras/kenya-savannah-cameras/"
    descriptor = ask(server, f"{folder}datapackage.json").json
    for resource in descriptor["resources"]:
        assert ask(server, folder + resource["path"]).status == 200


@pytest.mark.parametrize(
    "path", ["/", "/v5", "/cameras/none/datapackage.json", "/cameras/amur-cameras/../../demo/server.py"]
)
def test_anything_else_is_not_there(server: DemoServer, path: str) -> None:
    assert ask(server, path).status == 404


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_system_that_is_down_answers_503_and_the_others_answer(server: DemoServer, source: Any) -> None:
    paths = {each.name: each.path + QUESTIONS.get(each.connector, "") for each in SOURCES}
    server.take_down(source.name)
    down = {name for name, path in paths.items() if ask(server, path).status == 503}
    server.bring_up(source.name)
    assert down == {source.name}
    assert ask(server, paths[source.name]).status == 200


def test_only_a_source_of_the_demo_can_be_taken_down(server: DemoServer) -> None:
    with pytest.raises(KeyError):
        server.take_down("no-such-source")


def test_network_toml_lists_every_source_with_what_its_owner_allows() -> None:
    blocks = {block["name"]: block for block in tomllib.loads(network_toml("http://127.0.0.1:1"))["source"]}
    assert list(blocks) == [source.name for source in SOURCES]
    assert Counter(block["connector"] for block in blocks.values()) == {
        "camtrap_dp": 8,
        "earthranger": 3,
        "movebank": 2,
        "protected_planet": 1,
        "green_list": 1,
        "coral_reef_watch": 4,
        "mermaid": 1,
        "coralnet": 1,
        "reefcloud": 1,
        "restoration": 1,
        "assessments": 1,
        "programme": 1,
        "ledger": 1,
    }
    assert Counter(block["sharing"] for block in blocks.values()) == {"public": 20, "public-summary": 4, "private": 2}
    assert blocks["india-hills-cameras"]["sharing"] == "private"
    assert DOWN_SOURCE in blocks
    assert all(block["location"].startswith("http://127.0.0.1:1") for block in blocks.values())


def test_network_toml_names_the_variable_of_the_token_and_never_the_token() -> None:
    text = network_toml("http://127.0.0.1:1")
    assert f'secret = "{TOKEN_VARIABLE}"' in text
    assert DEMO_TOKEN not in text
