"""Asking the registry: every page, no area lost, nothing unchanged pulled twice."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Source
from connectors.errors import SourceRefused, SourceUnavailable
from connectors.protected_planet import ProtectedPlanet
from tests.conftest import Reply, Request, Serve
from tests.connectors.registry_answers import area, notices, rows

TOKEN = "invented-key-1234567890"


class Registry:
    """A small registry that pages like the real one; `walks` are the orders in which it gives its areas."""

    def __init__(self, *walks: list[dict[str, Any]], has_total: bool = True) -> None:
        self.walks = list(walks)
        self.has_total = has_total
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Reply:
        self.asked.append(request)
        page, per_page = int(request.query["page"]), int(request.query["per_page"])
        if page == 1 and sum(asked.query["page"] == "1" for asked in self.asked) > 1 and len(self.walks) > 1:
            self.walks.pop(0)
        walk = self.walks[0]
        total = {"X-Total": str(len(walk))} if self.has_total else {}
        return Reply(
            json.dumps({"protected_areas": walk[(page - 1) * per_page : page * per_page]}).encode(), headers=total
        )


def pull(location: str, workspace: Path, cursor: dict[str, Any] | None = None, **options: Any):
    workspace.mkdir(exist_ok=True)
    source = Source("registry", "protected_planet", location, options=options)
    fetched = ProtectedPlanet().fetch(source, cursor or {}, workspace)
    return fetched, list(ProtectedPlanet().parse(source, fetched.payloads))


@pytest.mark.parametrize("has_total", [True, False])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_every_page_is_read(serve: Serve, tmp_path: Path, count: int, has_total: bool) -> None:
    registry = Registry([area(site_id) for site_id in range(1, count + 1)], has_total=has_total)
    _, parsed = pull(serve(registry), tmp_path, per_page=2)
    assert [row["site_id"] for row in rows(parsed, "sites")] == [str(site_id) for site_id in range(1, count + 1)]
    assert notices(parsed) == ""


def test_a_page_that_fails_ends_the_pull(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.http.BACKOFF_S", 0)
    registry = Registry([area(site_id) for site_id in range(1, 6)])
    base = serve(lambda request: Reply(status=502) if request.query["page"] == "2" else registry(request))
    with pytest.raises(SourceUnavailable, match="/v4/protected_areas"):
        pull(base, tmp_path, per_page=2)


def test_an_area_that_the_first_walk_missed_is_found_by_the_second(serve: Serve, tmp_path: Path) -> None:
    first, second = [area(1), area(2), area(2)], [area(1), area(2), area(3)]
    _, parsed = pull(serve(Registry(first, second)), tmp_path, per_page=2)
    assert sorted(row["site_id"] for row in rows(parsed, "sites")) == ["1", "2", "3"]
    assert "counts" not in notices(parsed)
    assert "sent more than once" in notices(parsed)


def test_an_area_that_two_walks_missed_is_told(serve: Serve, tmp_path: Path) -> None:
    registry = Registry([area(1), area(2), area(2)])
    _, parsed = pull(serve(registry), tmp_path, per_page=2)
    assert "counts 3 areas for /v4/protected_areas but sent 2" in notices(parsed)
    assert len(registry.asked) == 4


def test_a_repeated_area_at_the_end_of_a_page_does_not_hide_the_next_page(serve: Serve, tmp_path: Path) -> None:
    areas = [area(1), area(2), area(2), area(3), area(4)]

    def answer(request: Request) -> Reply:
        start = (int(request.query["page"]) - 1) * 2
        return Reply(json.dumps({"protected_areas": areas[start : start + 2]}).encode(), headers={"X-Total": "4"})

    _, parsed = pull(serve(answer), tmp_path, per_page=2)
    assert [row["site_id"] for row in rows(parsed, "sites")] == ["1", "2", "3", "4"]


def test_a_server_with_smaller_pages_than_asked_is_read_to_the_end(serve: Serve, tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        page = int(request.query["page"])
        return Reply(
            json.dumps({"protected_areas": [area(page)] if page <= 3 else []}).encode(), headers={"X-Total": "3"}
        )

    _, parsed = pull(serve(answer), tmp_path, per_page=50)
    assert [row["site_id"] for row in rows(parsed, "sites")] == ["1", "2", "3"]


def test_a_server_that_ignores_the_page_ends(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.protected_planet.AREAS_MAX", 10)
    page = json.dumps({"protected_areas": [area(1), area(2)]}).encode()
    with pytest.raises(SourceRefused, match="more than 10 areas"):
        pull(serve(lambda request: Reply(page)), tmp_path, per_page=2)


def test_the_whole_world_is_not_pulled_by_mistake(serve: Serve, tmp_path: Path) -> None:
    asked: list[Request] = []

    def answer(request: Request) -> Reply:
        asked.append(request)
        return Reply(json.dumps({"protected_areas": [area(1)]}).encode(), headers={"X-Total": "300000"})

    with pytest.raises(SourceRefused, match="more than") as caught:
        pull(serve(answer), tmp_path)
    assert "countries" in caught.value.advice
    assert len(asked) == 1


def test_countries_are_searched_one_by_one_and_filtered_again(serve: Serve, tmp_path: Path) -> None:
    other = area(2, countries=[{"iso_3": "XAB"}])
    shared = area(3, countries=[{"iso_3": "XAB"}, {"iso_3": "XAA"}])
    silent = {key: value for key, value in area(4).items() if key != "countries"}
    registry = Registry([area(1), other, shared, silent])
    _, parsed = pull(serve(registry), tmp_path, countries=["XAA"])
    assert registry.asked[0].path == "/v4/protected_areas/search"
    assert registry.asked[0].query == {"country": "XAA", "with_geometry": "true", "page": "1", "per_page": "50"}
    assert [row["site_id"] for row in rows(parsed, "sites")] == ["1", "3", "4"]
    assert rows(parsed, "sites")[1]["country_iso3"] == "XAB;XAA"
    assert "1 areas lie outside the country" in notices(parsed)


def test_sites_are_asked_one_by_one(serve: Serve, tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        site_id = int(request.path.rpartition("/")[2])
        return Reply(json.dumps({"protected_area": area(site_id)}).encode())

    _, parsed = pull(serve(answer), tmp_path, sites=[990000101, "990000102"], with_geometry=False)
    assert [row["site_id"] for row in rows(parsed, "sites")] == ["990000101", "990000102"]


@pytest.mark.parametrize(
    "options",
    [{"countries": ["Kenya"]}, {"countries": "ken"}, {"sites": ["../countries"]}, {"sites": [-1]}, {"per_page": 51}],
)
def test_a_wrong_option_is_refused_before_anything_is_asked(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(SourceRefused, match=next(iter(options))):
        pull("http://127.0.0.1:9", tmp_path, **options)


def test_no_area_at_all_does_not_retire_every_site(serve: Serve, tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="no area"):
        pull(serve(Registry([])), tmp_path, countries=["XAA"])


def test_the_same_areas_in_another_order_are_unchanged(serve: Serve, tmp_path: Path) -> None:
    areas = [area(1), area(2), area(3)]
    first, _ = pull(serve(Registry(areas)), tmp_path / "1", per_page=2)
    again, _ = pull(serve(Registry(areas[::-1])), tmp_path / "2", dict(first.cursor), per_page=2)
    assert again.is_unchanged
    renamed = [area(1, name_english="Three Valleys"), *areas[1:]]
    changed, _ = pull(serve(Registry(renamed)), tmp_path / "3", dict(first.cursor), per_page=2)
    assert not changed.is_unchanged


def test_the_key_is_taken_from_its_variable(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = Registry([area(1)])
    base = serve(lambda request: registry(request) if request.query.get("token") == TOKEN else Reply(status=401))
    source = Source("registry", "protected_planet", base, secret="T4N_TEST_KEY")
    monkeypatch.delenv("T4N_TEST_KEY", raising=False)
    with pytest.raises(SourceRefused, match="T4N_TEST_KEY"):
        ProtectedPlanet().fetch(source, {}, tmp_path)
    monkeypatch.setenv("T4N_TEST_KEY", TOKEN)
    fetched = ProtectedPlanet().fetch(source, {}, tmp_path)
    assert len(fetched.payloads) == 1
    assert TOKEN not in repr(fetched)
    monkeypatch.setenv("T4N_TEST_KEY", "another-key")
    with pytest.raises(SourceRefused, match="the key was not accepted") as caught:
        ProtectedPlanet().fetch(source, {}, tmp_path)
    assert "another-key" not in str(caught.value)


def test_a_deprecated_version_is_told(serve: Serve, tmp_path: Path) -> None:
    page = json.dumps({"protected_areas": [area(1)]}).encode()
    base = serve(lambda request: Reply(page, headers={"deprecated": "true", "X-Total": "1"}))
    assert "deprecated" in notices(pull(base, tmp_path, path="/v3/protected_areas")[1])
