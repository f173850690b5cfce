"""The views of MERMAID's projects: what this reader may read, what was edited, and nothing counted twice."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import SourceChanged, SourceRefused, SourceUnavailable
from tests.conftest import Request, Serve
from tests.connectors.mermaid_answers import (
    FAMILY_OF,
    POLICY_OF,
    PROJECT_ID,
    Projects,
    Pull,
    Service,
    cover,
    event,
    pull,
    reply,
    views,
)

BOTH = {
    "colonies_bleached": {"sample_unit_count": 2, "percent_normal_avg": "60.0", "percent_bleached_avg": "40.0"},
    "quadrat_benthic_percent": {"sample_unit_count": 2, "percent_hard_avg_avg": "25.0"},
}
FISH = {"beltfish": {"sample_unit_count": 3, "biomass_kgha_avg": "300.00", "biomass_kgha_sd": "20.00"}}
LONG_AGO = datetime.now(UTC) - timedelta(days=3)

Read = Callable[..., Pull]


@pytest.fixture
def read(serve: Serve, tmp_path: Path) -> Read:
    """Pull the views of the invented project from a service."""
    addresses: dict[int, str] = {}

    def pull_views(service: Projects, **more: Any) -> Pull:
        if id(service) not in addresses:
            addresses[id(service)] = serve(service)
        chosen = {"projects": ["Invented Reefs"], "view": "projects"} | more
        return pull(addresses[id(service)], tmp_path / str(len(service.asked)), **chosen)

    return pull_views


def test_the_views_give_what_the_summary_gives_and_the_depth(read: Read, serve: Serve, tmp_path: Path) -> None:
    """So another view of the same surveys replaces their rows in place of doubling them."""
    events = [event(1, {"benthicpit": cover(30)} | BOTH), event(2, {"benthicpqt": cover("12.50")} | FISH), event(3)]
    summary = pull(serve(Service(*events)), tmp_path / "summary")
    for family in (service := Projects(*events)).views.values():
        for row in family:
            row["depth_avg"] = "7.25"
    by_project = read(service, limit=2)

    def order(row: dict[str, Any]) -> tuple[str, str, str]:
        return row["survey_id"], row["method"], row["metric"]

    told = sorted(({**row, "depth_m": None} for row in by_project.rows), key=order)
    assert told == sorted(summary.rows, key=order)
    assert {row["depth_m"] for row in by_project.rows} == {7.25}
    assert by_project.figures == summary.figures
    assert by_project.notices == ""


def test_every_view_of_the_project_and_of_no_other_is_asked_for(read: Read) -> None:
    service = Projects(event(1))
    read(service, projects=[PROJECT_ID.upper()])
    asked = [f"/v1/projects/{PROJECT_ID}/{family}/sampleevents/" for family in POLICY_OF]
    assert sorted(service.asked_views) == sorted(asked)


def test_a_view_need_not_repeat_of_which_method_it_is(read: Read) -> None:
    service = Projects(event(1))
    del service.views["benthicpits"][0]["data_policy_benthicpit"]
    assert [row["method"] for row in read(service).rows] == ["benthicpit"]


def test_a_saved_answer_that_names_no_method_is_changed(tmp_path: Path) -> None:
    flat = {name: value for name, value in event(1).items() if name != "protocols"}
    (tmp_path / "saved.json").write_text(json.dumps([flat]))
    with pytest.raises(SourceChanged, match="no sample event has the field protocols"):
        pull(str(tmp_path / "saved.json"), tmp_path / "pull")


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_every_page_of_a_view_is_read(read: Read, count: int) -> None:
    pulled = read(Projects(*(event(number) for number in range(count))), limit=2)
    assert [row["survey_id"] for row in pulled.rows] == [f"event-{number}" for number in range(count)]


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("method", FAMILY_OF)
def test_a_view_for_members_only_is_unknown_and_never_zero(read: Read, method: str, status: int) -> None:
    service = Projects(event(1, {"benthicpit": cover(30), "benthiclit": cover(20)}))
    service.members_only = {FAMILY_OF[method]: status}
    pulled = read(service)
    assert method not in {row["method"] for row in pulled.rows}
    assert 0 not in {row["value"] for row in pulled.rows}
    assert "shared with members only; unknown, not zero" in pulled.notices
    assert f"{method} is" in pulled.notices or f"{method} and" in pulled.notices


def test_nothing_readable_at_all_does_not_retire_every_survey(read: Read) -> None:
    service = Projects(event(1))
    service.members_only = dict.fromkeys(POLICY_OF, 401)
    with pytest.raises(SourceRefused, match="no sample event"):
        read(service)


def test_a_key_that_is_not_accepted_is_no_private_method(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T4N_TEST_KEY", "invented-token")
    service = Projects(event(1, {"benthicpit": cover(30)} | FISH))
    service.members_only = {"beltfishes": 401}
    with pytest.raises(SourceRefused, match="key was not accepted"):
        read(service, secret="T4N_TEST_KEY")
    assert {request.headers["Authorization"] for request in service.asked} == {"Bearer invented-token"}


def test_a_private_method_read_with_a_key_is_told(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T4N_TEST_KEY", "invented-token")
    service = Projects(event(1, FISH))
    service.views["beltfishes"][0]["data_policy_beltfish"] = "private"
    pulled = read(service, secret="T4N_TEST_KEY")
    assert [row["value"] for row in pulled.rows] == [300]
    assert "beltfish is private and read with your key" in pulled.notices


def test_bleaching_without_quadrats_is_neither_zero_nor_private(read: Read) -> None:
    service = Projects(event(1, {"colonies_bleached": BOTH["colonies_bleached"]}))
    service.views["bleachingqcs"][0] |= {"percent_hard_avg_avg": None, "percent_soft_avg_avg": None}
    pulled = read(service)
    assert {row["method"] for row in pulled.rows} == {"colonies_bleached"}
    assert pulled.notices == ""


def test_no_name_mail_or_note_of_a_view_is_kept(read: Read) -> None:
    pulled = read(Projects(event(1, project_notes="ask bo@reefs.invalid", contact_link="x@reefs.invalid")))
    for text in (pulled.fetched.payloads[0].path.read_text(), repr(pulled.parsed), repr(pulled.fetched.cursor)):
        assert not [word for word in ("Ada", "@", "note", "observers", "created_on", "members") if word in text]


def test_views_are_not_asked_for_again_until_a_project_is_updated(read: Read) -> None:
    service = Projects(event(1), event(2))
    first = read(service).fetched
    asked = len(service.asked_views)
    assert read(service, cursor=first.cursor).fetched.is_unchanged
    assert len(service.asked_views) == asked
    service.views = views(event(1), event(2, {"benthicpit": cover(31)}))
    service.listed[0]["updated_on"] = "2025-05-02T08:00:00Z"
    edited = read(service, cursor=first.cursor)
    assert [row["value"] for row in edited.rows] == [30, 31]


def test_an_edit_that_did_not_touch_its_project_is_found_too(read: Read) -> None:
    """An old survey may be edited years later without a new date of its project."""
    service = Projects(event(1), event(2))
    first = read(service).fetched
    service.views = views(event(1), event(2, {"benthicpit": cover(31)}))
    edited = read(service, cursor={**first.cursor, "read_at": LONG_AGO.isoformat()})
    assert [row["value"] for row in edited.rows] == [30, 31]


def test_a_new_build_of_the_same_surveys_is_no_change(read: Read) -> None:
    service = Projects(event(1), event(2, BOTH))
    first = read(service).fetched
    service.views = views(event(2, BOTH), event(1), created_on="2026-02-02T00:00:00Z")
    service.listed[0]["updated_on"] = "2026-02-02T00:00:00Z"
    again = read(service, cursor=first.cursor).fetched
    assert again.is_unchanged
    assert read(service, cursor=again.cursor).fetched.is_unchanged
    assert len(service.asked_views) == 2 * len(POLICY_OF)


def test_another_key_may_read_other_views(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T4N_TEST_KEY", "invented-token")
    service = Projects(event(1, {"benthicpit": cover(30)} | FISH))
    service.members_only = {"beltfishes": 401}
    first = read(service).fetched
    service.members_only = {}
    assert {row["method"] for row in read(service, cursor=first.cursor, secret="T4N_TEST_KEY").rows} == {
        "benthicpit",
        "beltfish",
    }


def test_surveys_lost_between_two_pages_of_a_view_end_the_pull(read: Read) -> None:
    with pytest.raises(SourceUnavailable, match="counts 3 sample events but sent 2"):
        read(Projects(event(1), event(2), event(2)), limit=2)


def test_countries_choose_among_the_events_of_a_project(read: Read) -> None:
    pulled = read(Projects(event(1), event(2, country_name="Lemuria")), countries=["atlantis"])
    assert [row["survey_id"] for row in pulled.rows] == ["event-1"]
    assert "1 sample events of other projects or countries" in pulled.notices


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"view": "everything"}, "`view`"),
        ({"projects": []}, "`projects`"),
        ({"projects": ["No such"]}, "no project 'No such'"),
    ],
)
def test_a_wrong_choice_is_refused(read: Read, options: dict[str, Any], told: str) -> None:
    with pytest.raises(SourceRefused, match=told):
        read(Projects(event(1)), **options)


def test_pages_of_projects_are_followed_at_our_own_host(serve: Serve, tmp_path: Path) -> None:
    service = Projects(event(1))

    def paged(request: Request) -> Any:
        if request.path != "/v1/projects/":
            return service(request)
        page = int(request.query.get("page", 1))
        following = f"http://inner.invalid{request.path}?showall=true&page=2" if page == 1 else None
        return reply({"next": following, "results": [service.listed[2 - page]]})

    assert pull(serve(paged), tmp_path, view="projects", projects=["Invented Reefs"]).rows


def test_saved_views_are_put_together(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    for family, rows in views(event(1, {"benthicpit": cover(30)} | BOTH | FISH)).items():
        (folder / f"{family}.json").write_text(json.dumps({"count": len(rows), "next": None, "results": rows}))
    pulled = pull(str(folder), tmp_path / "pull")
    assert {row["method"] for row in pulled.rows} == {"benthicpit", *BOTH, "beltfish"}
    assert pulled.figures["surveys"] == 1
    assert pulled.figures["hard_coral_pct_mean"] == (30 + 25) / 2
