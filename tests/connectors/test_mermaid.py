"""Asking MERMAID: every page of what was asked for, no token elsewhere, nothing unchanged pulled twice."""

from pathlib import Path
from typing import Any

import pytest

from connectors.errors import SourceChanged, SourceRefused, SourceUnavailable
from tests.conftest import Reply, Serve
from tests.connectors.mermaid_answers import PATH, PAYLOADS, PROJECT_ID, Service, cover, event, pull, reply

TOKEN = "invented-token-1234567890"


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_every_page_is_read_at_the_configured_host(serve: Serve, tmp_path: Path, count: int) -> None:
    service = Service(*(event(number) for number in range(count)))
    pulled = pull(serve(service), tmp_path, limit=2)
    assert [row["survey_id"] for row in pulled.rows] == [f"event-{number}" for number in range(count)]
    assert {request.path for request in service.asked} == {PATH}
    assert pulled.notices == ""


def test_pages_without_end_are_not_followed_forever(serve: Serve, tmp_path: Path) -> None:
    page = {"count": 2, "next": f"https://inner.invalid{PATH}?limit=1000&page=2", "results": [event()]}
    with pytest.raises(SourceChanged, match="no end"):
        pull(serve(lambda request: reply(page)), tmp_path)


def test_surveys_lost_between_two_pages_end_the_pull(serve: Serve, tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="counts 3 sample events but sent 2"):
        pull(serve(Service(event(1), event(2), event(2))), tmp_path, limit=2)


def test_projects_and_countries_are_asked_for_by_name_or_id(serve: Serve, tmp_path: Path) -> None:
    service = Service(event())
    base = serve(service)
    pull(base, tmp_path, projects=["Invented Reefs", "Other Reefs"], countries="Atlantis")
    pull(base, tmp_path, projects=[PROJECT_ID])
    assert service.asked[0].query == {
        "limit": "1000",
        "project_name": "Invented Reefs,Other Reefs",
        "country_name": "Atlantis",
    }
    assert service.asked[1].query == {"limit": "1000", "project_id": PROJECT_ID}


def test_a_server_that_ignores_the_filter_does_not_add_the_world(serve: Serve, tmp_path: Path) -> None:
    service = Service(event(1), event(2, project_name="Elsewhere"), event(3, country_name="Lemuria"))
    pulled = pull(serve(service), tmp_path, projects=["invented reefs"], countries=["Atlantis"])
    assert [row["survey_id"] for row in pulled.rows] == ["event-1"]
    assert "2 sample events of other projects or countries" in pulled.notices


@pytest.mark.parametrize(
    "options",
    [{"projects": 5}, {"projects": ["A, B"]}, {"countries": ["Atlantis", PROJECT_ID]}, {"limit": 5001}, {"limit": "9"}],
)
def test_a_wrong_option_is_refused_before_anything_is_asked(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(SourceRefused, match=next(iter(options))):
        pull("http://127.0.0.1:9", tmp_path, **options)


def test_the_token_is_sent_as_bearer_only_when_there_is_one(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Service(event())
    base = serve(service)
    monkeypatch.setenv("T4N_TEST_KEY", TOKEN)
    pull(base, tmp_path)
    pulled = pull(base, tmp_path, secret="T4N_TEST_KEY")
    assert [request.headers["Authorization"] for request in service.asked] == [None, f"Bearer {TOKEN}"]
    assert TOKEN not in repr(pulled)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_an_error_of_the_service_needs_a_person(serve: Serve, tmp_path: Path, status: int) -> None:
    with pytest.raises(SourceRefused, match=str(status)):
        pull(serve(lambda request: reply({"detail": "Invented"}, status)), tmp_path)


def test_a_web_page_is_a_changed_source(serve: Serve, tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match="web page"):
        pull(serve(lambda request: Reply(b"<!DOCTYPE html><html></html>")), tmp_path)


def test_a_saved_error_is_told_from_a_saved_answer(tmp_path: Path) -> None:
    (tmp_path / "saved.json").write_text('{"detail": "Not found."}')
    with pytest.raises(SourceRefused, match=r"saved\.json is an error"):
        pull(str(tmp_path / "saved.json"), tmp_path / "pull")


def test_no_survey_at_all_does_not_retire_every_survey(serve: Serve, tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="no sample event"):
        pull(serve(Service()), tmp_path)


def test_a_folder_of_saved_pages_gives_what_the_service_gives(serve: Serve, tmp_path: Path) -> None:
    pages = {"1": "page-1.json", "2": "page-2.json"}
    base = serve(lambda request: Reply((PAYLOADS / pages[request.query.get("page", "1")]).read_bytes()))
    folder = tmp_path / "saved"
    folder.mkdir()
    for name in pages.values():
        (folder / name).write_bytes((PAYLOADS / name).read_bytes())
    asked, saved = pull(base, tmp_path / "asked"), pull(str(folder), tmp_path / "pull")
    assert asked.rows == saved.rows
    assert asked.fetched.cursor == saved.fetched.cursor


def test_nothing_is_pulled_again_until_a_survey_changes(serve: Serve, tmp_path: Path) -> None:
    service = Service(event(1), event(2), event(3))
    base = serve(service)
    first = pull(base, tmp_path / "1", limit=2)
    service.events.reverse()
    assert pull(base, tmp_path / "2", first.fetched.cursor, limit=2).fetched.is_unchanged
    service.events[0] = event(3, {"benthicpit": cover(31)})
    edited = pull(base, tmp_path / "3", first.fetched.cursor, limit=2).fetched
    was, now = (dict(fetched.cursor["sample_events"]) for fetched in (first.fetched, edited))
    assert [key for key in now if now[key] != was[key]] == ["event-3"]
    del service.events[0]
    assert not pull(base, tmp_path / "4", edited.cursor, limit=2).fetched.is_unchanged
