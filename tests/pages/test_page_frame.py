"""The frame around the pages: the demo's role switch, and what is shown before there is any data."""

from types import SimpleNamespace

from data import access, settings
from tests.pages import invented
from tests.pages.reading import labels_of, words_of
from ui import scope


def test_frame_says_until_when_the_data_reach(open_page):
    assert "Data to 22 Nov 2026, 17:30 UTC" in words_of(open_page("overview"))


def test_every_page_of_the_demo_is_marked(open_page):
    for page in ("overview", "site", "sources"):
        assert "Demo data" in words_of(open_page(page))


def test_real_network_has_no_role_switch_and_no_demo_mark(open_page, monkeypatch):
    monkeypatch.setattr(settings, "is_demo", lambda: False)
    monkeypatch.setattr(access, "viewer_from_environment", lambda listens_on: access.Viewer("partner"))
    app = open_page("site", role="staff")
    assert [box.key for box in app.selectbox] == ["site"]
    assert "Demo data" not in words_of(app)


def test_unknown_role_of_a_tampered_client_is_public(open_page, answers):
    asked_as = []
    answers["site_stations"] = lambda view, viewer, *rest: (asked_as.append(viewer.role), invented.stations().head(0))[
        1
    ]
    open_page("site", role="root")
    assert set(asked_as) == {"public"}


def test_first_pull_shows_its_progress_by_name(open_page, monkeypatch):
    monkeypatch.setattr(scope, "latest_view", lambda: None)
    underway = settings.Preparation(3, 10, "amur-cameras", is_first=True)
    monkeypatch.setattr(settings, "preparation", lambda: underway)
    app = open_page("overview")
    assert app.title[0].value == "Preparing the dashboard"
    assert (app.progress[0].value, "amur" in app.progress[0].text) == (30, True)
    assert "3 of 10 sources read" in app.progress[0].text


def test_failed_first_pull_says_why(open_page, monkeypatch):
    monkeypatch.setattr(scope, "latest_view", lambda: None)
    monkeypatch.setattr(settings, "preparation", lambda: settings.Preparation(0, 1, "", "disk full", is_first=True))
    assert "disk full" in open_page("overview").error[0].value


def test_empty_store_shows_the_commands_that_fill_it(open_page, monkeypatch):
    monkeypatch.setattr(scope, "latest_view", lambda: None)
    app = open_page("overview")
    assert "Nothing has been stored yet" in words_of(app)
    assert len(app.code[0].value.splitlines()) == 3


def test_new_data_version_is_shown_without_a_restart(open_page, answers, monkeypatch):
    app = open_page("overview")
    answers["sites"] = lambda *asked: invented.sites().head(2)
    assert labels_of(app.run())["On the Green List"] == "1 of 4"
    monkeypatch.setattr(
        scope, "latest_view", lambda: SimpleNamespace(version=8, committed_at=invented.VIEW.committed_at)
    )
    assert labels_of(app.run())["On the Green List"] == "1 of 2"


def test_half_of_the_first_pull_is_not_shown_but_a_later_pull_goes_on_behind_the_pages(open_page, monkeypatch):
    first, later = (settings.Preparation(1, 10, "registry", is_first=is_first) for is_first in (True, False))
    monkeypatch.setattr(settings, "preparation", lambda: first)
    assert open_page("overview").title[0].value == "Preparing the dashboard"
    monkeypatch.setattr(settings, "preparation", lambda: later)
    app = open_page("overview")
    assert app.title[0].value == "Network overview"
    assert "Still reading: registry, 1 of 10 sources done" in words_of(app)
