"""Signing in with a real provider: who gets which role, and what a page then holds."""

import pytest

SITE = ("site", "site=100")
CAMERA = b"Tiger spring"
OTHER_SITE = ("site", "site=300")
SIGNED_IN = {"ana": "Site manager", "bo": "Partner", "chen": "Reviewer", "boss": "Staff", "dina": "Public"}


def test_nobody_is_the_public_and_may_sign_in(person):
    seen = person().look(*SITE)
    assert seen.errors == []
    assert "Sign in" in seen.buttons
    assert "Sign out" not in seen.buttons
    assert CAMERA not in seen.received


@pytest.mark.parametrize(("account", "role"), SIGNED_IN.items())
def test_the_access_file_gives_each_account_its_role(person, app, account, role):
    somebody = person()
    assert somebody.sign_in(account).status_code == 200
    seen = somebody.look(*SITE)
    assert seen.errors == []
    assert seen.says(f"· {role}")
    assert "Sign out" in seen.buttons
    # Only who manages the site, and staff, may see its cameras by name.
    assert (CAMERA in seen.received) == (account in ("ana", "boss"))
    assert [line["role"] for line in app.audit() if line["event"] == "sign_in"][-1] == role_of(account)


def role_of(account: str) -> str:
    return {"ana": "site", "bo": "partner", "chen": "reviewer", "boss": "staff", "dina": "public"}[account]


def test_a_manager_is_like_the_public_at_other_sites(person):
    ana = person()
    ana.sign_in("ana")
    assert CAMERA in ana.look(*SITE).received
    assert CAMERA not in ana.look(*OTHER_SITE).received


def test_an_account_without_a_role_is_told_so(person):
    dina = person()
    dina.sign_in("dina")
    assert dina.look().says("This account has no role here")


def test_one_sign_in_is_one_line_of_the_audit_log_however_many_pages_are_read(person, app):
    before = len(app.audit())
    bo = person()
    bo.sign_in("bo")
    for page in ("overview", "site", "sources"):
        bo.look(page)
    (line,) = app.audit()[before:]
    assert (line["event"], line["account"], line["role"]) == ("sign_in", "bo@example.org", "partner")


def test_the_page_holds_no_secret_and_no_token(person):
    bo = person()
    bo.sign_in("bo")
    received = bo.look().received
    for secret in (b"secret", b"id_token", b"access_token", b"nonce"):
        assert secret not in received
