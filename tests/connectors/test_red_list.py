"""The Red List: one question after another, the newest global category, and a key that stays in its header."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors import red_list
from connectors.base import Fetched, Notice, Parsed, Refusal, Rows, Source
from connectors.errors import SourceChanged, SourceRefused, SourceUnavailable
from connectors.red_list import RedList
from tests.conftest import Reply, Request, Serve

BASE = "/api/v4"
KEY = "invented-key-0123456789"
LION, FOX = "Panthera leo", "Vulpes vulpes"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T4N_TEST_KEY", KEY)


def assessment(number: int, category: str = "VU", scope: Any = "1", **more: Any) -> dict[str, Any]:
    row = {"assessment_id": number, "year_published": "2023", "latest": True, "red_list_category_code": category}
    row |= {"url": f"https://red-list.example/{number}", "assessment_date": "2021-10-25T01:00:00.000+01:00"}
    return row | {"scopes": [{"description": {"en": "a scope"}, "code": scope}]} | more


@dataclass
class Api:
    """A stand-in for the API: assessments by species, trends by assessment, and what it was asked."""

    species: dict[str, Any] = field(default_factory=dict)
    trends: dict[str, str] = field(default_factory=dict)
    answer: Callable[[Request], Reply | None] = lambda request: None
    asked: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        self.asked.append(request)
        if request.headers.get("Authorization") != KEY:
            return Reply(b'{"error": "Unauthorized"}', 401)
        if reply := self.answer(request):
            return reply
        if request.path == f"{BASE}/taxa/scientific_name":
            found = self.species.get(f"{request.query['genus_name']} {request.query['species_name']}")
            return _reply(None if found is None else {"taxon": {}, "assessments": found})
        trend = self.trends.get(request.path.removeprefix(f"{BASE}/assessment/"))
        return _reply(trend and {"population_trend": {"description": {"en": trend}, "code": "1"}})

    def names(self) -> list[str]:
        queries = [request.query for request in self.asked if "genus_name" in request.query]
        return [f"{query['genus_name']} {query['species_name']}" for query in queries]


def _reply(body: Any) -> Reply:
    return Reply(b'{"error": "Not found"}', 404) if body is None else Reply(json.dumps(body).encode())


def source_at(address: str, *taxa: str, **options: Any) -> Source:
    named = {"secret": "T4N_TEST_KEY", "options": {"pause_s": 0, **options}, "taxa": taxa}
    return Source("iucn", "red_list", address + BASE, **named)


def fetch(source: Source, tmp_path: Path, cursor: dict[str, Any] | None = None) -> Fetched:
    return RedList().fetch(source, cursor or {}, tmp_path)


def parse(source: Source, tmp_path: Path) -> list[Parsed]:
    return list(RedList().parse(source, fetch(source, tmp_path).payloads))


def rows(parsed: list[Parsed]) -> list[dict[str, Any]]:
    return [row for item in parsed if isinstance(item, Rows) for row in item.rows.to_pylist()]


def told(parsed: list[Parsed]) -> str:
    return "\n".join(item.text for item in parsed if isinstance(item, Notice))


def test_the_newest_global_assessment_counts_whatever_its_numbers_are_written_as(serve: Serve, tmp_path: Path) -> None:
    older, regional = assessment(1, "LC", latest=False, year_published="2008"), assessment(3, "CR", "4")
    api = Api({LION: [older, assessment(2, "VU"), regional], FOX: [assessment(5, "LC", 1, year_published=2021)]})
    api.trends = {"2": "Decreasing"}
    found = rows(parse(source_at(serve(api), LION, FOX), tmp_path))
    assert found == [
        {
            "scientific_name": LION,
            "category": "VU",
            "year_published": 2023,
            "population_trend": "Decreasing",
            "link": "https://red-list.example/2",
            "asked_on": datetime.now(UTC).date(),
        },
        {
            "scientific_name": FOX,
            "category": "LC",
            "year_published": 2021,
            "population_trend": None,
            "link": "https://red-list.example/5",
            "asked_on": datetime.now(UTC).date(),
        },
    ]


def test_without_a_mark_of_the_latest_the_newest_year_counts(serve: Serve, tmp_path: Path) -> None:
    years = [assessment(1, "EN", year_published="2004", latest=None), assessment(2, "NT", latest=None)]
    assert [row["category"] for row in rows(parse(source_at(serve(Api({LION: years})), LION), tmp_path))] == ["NT"]


@pytest.mark.parametrize(
    ("written", "category"), [("LR/lc", "LC"), ("LR/nt", "NT"), ("LR/cd", "NT"), ("dd", "DD"), (" EX ", "EX")]
)
def test_older_categories_are_those_of_today(serve: Serve, tmp_path: Path, written: str, category: str) -> None:
    api = Api({LION: [assessment(1, written)]})
    assert [row["category"] for row in rows(parse(source_at(serve(api), LION), tmp_path))] == [category]


def test_a_category_that_is_none_is_refused_with_its_row(serve: Serve, tmp_path: Path) -> None:
    api = Api({FOX: [assessment(1, "XX")], LION: [assessment(2, "EN")]})
    parsed = parse(source_at(serve(api), FOX, LION), tmp_path)
    assert [(item.row, item.field, item.value) for item in parsed if isinstance(item, Refusal)] == [
        (2, "red_list_category_code", "XX")
    ]
    assert [row["scientific_name"] for row in rows(parsed)] == [LION]


def test_a_species_without_a_global_assessment_is_told_and_not_made_up(serve: Serve, tmp_path: Path) -> None:
    parsed = parse(source_at(serve(Api({FOX: [assessment(1, scope="2")]})), LION, FOX), tmp_path)
    assert rows(parsed) == []
    assert "no assessment of 1 species: Panthera leo" in told(parsed)
    assert "Only regional assessments exist of 1 species: Vulpes vulpes" in told(parsed)


def test_only_names_of_species_are_asked_for(serve: Serve, tmp_path: Path) -> None:
    api = Api({LION: [assessment(1)]})
    seen = (LION, LION, "Aves", "Panthera leo persica", "Panthera sp.", "Vulpes spp", "panthera leo", "Canis cf")
    parse(source_at(serve(api), *seen), tmp_path)
    assert api.names() == [LION]


def test_the_option_species_goes_before_the_names_of_the_store(serve: Serve, tmp_path: Path) -> None:
    api = Api({FOX: [assessment(1)]})
    parse(source_at(serve(api), LION, species=[FOX]), tmp_path)
    assert api.names() == [FOX]


def test_a_species_is_asked_for_again_when_its_answer_is_old(serve: Serve, tmp_path: Path) -> None:
    api = Api({LION: [assessment(1)]})
    source = source_at(serve(api), LION, FOX, keep_days=30)
    cursor = json.loads(json.dumps(fetch(source, tmp_path).cursor))
    assert set(cursor["asked"]) == {LION, FOX}
    assert fetch(source, tmp_path, cursor).is_unchanged
    today = datetime.now(UTC).date()
    aged = {LION: (today - timedelta(days=30)).isoformat(), FOX: (today - timedelta(days=29)).isoformat()}
    api.asked.clear()
    again = fetch(source, tmp_path, {"asked": aged})
    assert api.names() == [LION]
    assert date.fromisoformat(again.cursor["asked"][LION]) == today


def test_a_new_species_of_the_store_is_asked_for_at_the_next_pull(serve: Serve, tmp_path: Path) -> None:
    api = Api({LION: [assessment(1)], FOX: [assessment(2)]})
    address = serve(api)
    cursor = dict(fetch(source_at(address, LION), tmp_path).cursor)
    fetch(source_at(address, LION, FOX), tmp_path, cursor)
    assert api.names() == [LION, FOX]


def test_a_long_list_is_asked_for_over_several_pulls(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(red_list, "SPECIES_PER_PULL", 1)
    source = source_at(serve(Api({LION: [assessment(1)], FOX: [assessment(2)]})), LION, FOX)
    first = fetch(source, tmp_path)
    assert "1 more species are asked for at the next pulls" in told(list(RedList().parse(source, first.payloads)))
    second = fetch(source, tmp_path, dict(first.cursor))
    assert [row["scientific_name"] for row in rows(list(RedList().parse(source, second.payloads)))] == [FOX]


def test_there_is_a_pause_before_each_question(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(red_list.time, "sleep", slept.append)
    parse(source_at(serve(Api({LION: [assessment(1)]})), LION, FOX, pause_s=2), tmp_path)
    assert slept == [2, 2, 2]


def test_before_any_species_is_known_nothing_is_asked_and_it_is_said(serve: Serve, tmp_path: Path) -> None:
    api = Api()
    assert "No species is known yet" in told(parse(source_at(serve(api)), tmp_path))
    assert not api.asked


def test_an_address_that_knows_no_species_at_all_is_refused(serve: Serve, tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="none of the species") as caught:
        fetch(source_at(serve(Api()), *(f"Inventus nullus{letter}" for letter in "abcde")), tmp_path)
    assert "location" in caught.value.advice


def test_the_key_stands_alone_in_the_header_and_in_no_message(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    api = Api()
    address = serve(api)
    monkeypatch.setenv("T4N_TEST_KEY", "wrong-key")
    with pytest.raises(SourceRefused, match="key was not accepted") as caught:
        fetch(source_at(address, LION), tmp_path)
    assert [request.headers["Authorization"] for request in api.asked] == ["wrong-key"]
    assert not any("wrong-key" in str(request.query) for request in api.asked)
    assert "wrong-key" not in f"{caught.value}{caught.value.advice}{caplog.text}"


@pytest.mark.parametrize(("status", "kind"), [(429, SourceUnavailable), (500, SourceUnavailable), (403, SourceRefused)])
def test_trouble_with_one_question_stores_nothing_of_the_pull(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, kind: type[Exception]
) -> None:
    monkeypatch.setattr("connectors.http.BACKOFF_S", 0)
    api = Api({FOX: [assessment(1)], LION: [assessment(2)]})
    api.answer = lambda request: Reply(b"{}", status) if request.query.get("genus_name") == "Vulpes" else None
    with pytest.raises(kind, match="iucn: "):
        fetch(source_at(serve(api), FOX, LION), tmp_path)


@pytest.mark.parametrize(
    "answer", [{}, [], {"assessments": {}}, {"assessments": [7]}, {"assessments": [{"category": "VU"}]}], ids=json.dumps
)
def test_an_answer_of_another_shape_is_told(serve: Serve, tmp_path: Path, answer: Any) -> None:
    api = Api(answer=lambda request: Reply(json.dumps(answer).encode()))
    with pytest.raises(SourceChanged, match="iucn: /taxa/scientific_name of Panthera leo"):
        fetch(source_at(serve(api), LION), tmp_path)


@pytest.mark.parametrize(
    "options", [{"species": ["Panthera"]}, {"species": 7}, {"pause_s": "long"}, {"keep_days": -1}], ids=json.dumps
)
def test_an_option_that_cannot_be_used_is_named(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(SourceRefused, match=f"`{next(iter(options))}`"):
        fetch(source_at("https://red-list.example", LION, **options), tmp_path)
