"""What only a real browser shows: painted maps, nothing asked of other hosts, deep links after a restart."""

import json
from datetime import UTC, datetime

import pytest

from data import engine, queries
from data.access import PUBLIC
from tests.browser.conftest import PHONE
from tests.servers import running_app

pytestmark = pytest.mark.browser
PAGES = (
    "/",
    "/site",
    "/wildlife",
    "/movement",
    "/early_warning",
    "/reefs",
    "/readiness",
    "/compare",
    "/impact",
    "/download",
    "/assess",
    "/work_plan",
    "/ledger",
    "/sources",
)
BASE_PATH_PROBES = ("404",)  # Streamlit looks for its base path on every deep link


@pytest.mark.parametrize("path", PAGES)
def test_page_asks_no_other_host_and_breaks_no_rule_of_the_browser(visit, app_url, path):
    seen = visit(app_url, path)
    seen.page.wait_for_timeout(2_000)
    assert seen.outside_requests() == []
    assert [error for error in seen.errors if not any(probe in error for probe in BASE_PATH_PROBES)] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_world_map_is_painted_offline(visit, app_url, theme):
    assert visit(app_url, "/", color_scheme=theme).map_ready() >= 12


def test_first_visitor_after_a_restart_on_a_deep_link_sees_the_whole_navigation(visit, demo_store, tmp_path):
    with running_app(demo_store, tmp_path / "app.log") as restarted:
        seen = visit(restarted, "/sources")
        links = seen.page.locator("[data-testid=stSidebarNavLink]").all_inner_texts()
        titles = seen.page.locator("h1").all_inner_texts()
    assert [link.split("\n")[-1] for link in links] == [
        "Overview",
        "Compare",
        "Impact",
        "Site profile",
        "Wildlife",
        "Movement",
        "Early warning",
        "Reefs",
        "Readiness",
        "Assess",
        "Work plan",
        "Ledger",
        "Download",
        "Sources",
    ]
    assert titles == ["Sources"]


def test_copied_link_restores_the_site_after_a_restart(visit, app_url, demo_store, tmp_path):
    seen = visit(app_url, "/")
    seen.page.locator("[data-testid=stPageLink-NavLink][href*='site']").first.click()
    seen.page.wait_for_function("() => location.search.includes('site=')")
    seen.idle()
    name, link = seen.page.locator("h1").first.inner_text(), seen.page.url
    with running_app(demo_store, tmp_path / "app.log") as restarted:
        again = visit(restarted, link.removeprefix(app_url))
        assert again.page.locator("h1").first.inner_text() == name


def test_theme_that_changes_while_the_page_is_open_changes_the_map_too(visit, app_url):
    seen = visit(app_url, "/", color_scheme="light")
    seen.map_ready()
    with seen.page.expect_response(lambda answer: "dark-world.json" in answer.url, timeout=20_000):
        seen.page.emulate_media(color_scheme="dark")


def test_click_on_a_site_shows_its_card_and_then_its_profile(visit, app_url, demo_store):
    sites = queries.sites(engine.latest(str(demo_store / "demo")), PUBLIC, datetime.now(UTC).date())
    listed = sites[sites["phase"].eq("green_list") & sites["latitude"].between(-35, 40)].iloc[0]
    seen = visit(app_url, "/")
    seen.map_ready()
    seen.click_on_map(listed["longitude"], listed["latitude"], {"latitude": 20, "longitude": 12, "zoom": 0.72})
    seen.page.get_by_role("button", name="Open site profile").click()
    seen.page.wait_for_url("**/site?site=*")
    seen.idle()
    assert "site code" in seen.page.get_by_test_id("stMain").inner_text()


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways_on_a_phone(visit, app_url, path):
    seen = visit(app_url, path, **PHONE)
    widths = seen.page.locator("[data-testid=stMain]").evaluate("box => [box.scrollWidth, box.clientWidth]")
    assert widths[0] <= widths[1]


def test_words_of_a_hostile_link_are_shown_and_not_run(visit, app_url):
    seen = visit(app_url, "/site?site=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    alert = seen.page.locator("[data-testid=stAlert]").first
    assert "<img src=x onerror=alert(1)>" in alert.inner_text().replace("\u2060", "")
    assert alert.locator("img").count() == 0


def test_security_headers_are_on_the_page(visit, app_url):
    answer = visit(app_url).page.request.get(f"{app_url}/api/ready")
    assert json.loads(answer.text())["status"] == "ready"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
