"""Signing in and out in a real browser, with a real provider."""

import re

import pytest

from tests.oidc.installation import ACCESS, Installation

pytestmark = pytest.mark.browser
# An invisible sign keeps the address from becoming a link.
ANA = re.compile(r"ana@.?example\.org · Site manager")


def test_somebody_signs_in_with_their_provider_reads_and_signs_out(visit, installation: Installation):
    installation.write_access(ACCESS)
    one = visit(installation.url)
    page = one.page
    assert one.errors == []
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"http://localhost:\d+/interaction/"))
    page.locator("input[name=login]").fill("ana")
    page.locator("input[name=password]").fill("any")
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"{installation.url}/**")
    page.get_by_text(ANA).wait_for()
    one.idle()
    # What the provider's own pages complain about is not ours.
    one.errors.clear()
    page.get_by_role("link", name="Sources").click()
    page.get_by_role("heading", name="Sources").wait_for()
    page.get_by_text(ANA).wait_for()
    cookie = next(kept for kept in page.context.cookies() if kept["name"] == "_streamlit_user")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert one.errors == []
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name=re.compile("yes", re.IGNORECASE)).click()
    page.wait_for_url(f"{installation.url}/**")
    page.get_by_role("button", name="Sign in").wait_for()
    assert "_streamlit_user" not in {kept["name"] for kept in page.context.cookies()}
