"""The page Download in a real browser: what is saved is what was built, at the root of a host and below a path."""

import hashlib
import zipfile

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.servers import running_app

pytestmark = pytest.mark.browser


def saved(seen) -> bytes:
    """Build the package, press the link, and give what the browser saved."""
    found = []

    def keep(download) -> None:
        found.append(download)

    # The link opens a tab, which closes as soon as it turns out to be a file.
    seen.page.on("download", keep)
    seen.page.context.on("page", lambda tab: tab.on("download", keep))
    seen.page.get_by_role("button", name="Build package").click()
    seen.idle()
    seen.page.get_by_role("link", name="Save the file").click()
    for _ in range(100):
        if found:
            break
        seen.page.wait_for_timeout(100)
    (download,) = found
    with open(download.path(), "rb") as file:  # noqa: PTH123
        return file.read()


@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
def test_what_the_browser_saves_is_what_was_built(visit, app_url, window):
    seen = visit(app_url, "/download?table=sites&table=listings", **window)
    body = saved(seen)
    shown = seen.page.locator("[data-testid=stCode]").first.inner_text()
    assert hashlib.sha256(body).hexdigest() == shown.strip()
    assert seen.outside_requests() == []
    wide = seen.page.evaluate("() => { const e = document.querySelector('[data-testid=stMain]'); "
                              "return e.scrollWidth - e.clientWidth }")  # fmt: skip
    assert wide == 0


def test_the_link_leads_to_the_file_below_a_base_path(visit, demo_store, tmp_path):
    moved = {"STREAMLIT_SERVER_BASE_URL_PATH": "greenlist"}
    with running_app(demo_store, tmp_path / "app.log", moved) as url:
        body = saved(visit(f"{url}/greenlist", "/download", **DESK))
    (tmp_path / "saved.zip").write_bytes(body)
    assert zipfile.ZipFile(tmp_path / "saved.zip").testzip() is None
