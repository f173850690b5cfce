"""While somebody is signed in: a role that changes, a session that ends, signing out, and files that break."""

import pytest

from tests.oidc.installation import ACCESS
from tests.oidc.person import USER_COOKIE

SITE = ("site", "site=100")
CAMERA = b"Tiger spring"


def test_a_role_that_is_taken_away_ends_in_the_window_that_is_open(person, app):
    ana = person()
    ana.sign_in("ana")
    with ana.window(*SITE) as window:
        assert CAMERA in window.seen.received
        app.write_access(ACCESS.replace('"ana@example.org"', '"another@example.org"'))
        # She still has an address of the domain, so she is a partner now.
        seen = window.run()
        assert seen.says("· Partner")
        assert CAMERA not in seen.received
        app.write_access(ACCESS)
        assert CAMERA in window.run().received


def test_a_role_that_is_taken_away_ends_where_only_a_part_of_the_page_runs_again(person, app):
    ana = person()
    ana.sign_in("ana")
    with ana.window("overview") as window:
        part = window.seen.fragments[-1]
        # A part that runs alone says nothing of the sidebar, so that what follows shows that the whole page ran.
        assert not window.run(fragment=part).says("· Site manager")
        app.write_access(ACCESS.replace('"ana@example.org"', '"another@example.org"'))
        assert window.run(fragment=part).says("· Partner")


def test_a_file_that_a_page_offers_is_refused_once_the_role_has_ended(person, app):
    ana = person()
    ana.sign_in("ana")
    with ana.window("overview") as window:
        (label, *_) = window.seen.downloads
        assert window.take(label)
        before = len(app.audit())
        app.write_access(ACCESS.replace('"ana@example.org"', '"another@example.org"'))
        assert window.take(label) == ""
        (changed, refused) = app.audit()[before:]
        assert (changed["event"], changed["role"]) == ("sign_in", "partner")
        assert (refused["event"], refused["account"], refused["outcome"]) == ("download", "ana@example.org", "refused")
        app.write_access(ACCESS)
        assert window.take(label)


def test_a_change_of_role_is_a_line_of_the_audit_log(person, app):
    bo = person()
    bo.sign_in("bo")
    before = len(app.audit())
    with bo.window() as window:
        app.write_access(ACCESS.replace('role = "partner"', 'role = "public"'))
        window.run()
        window.run()
    changes = [(line["event"], line["account"], line["role"]) for line in app.audit()[before:]]
    assert changes == [("sign_in", "bo@example.org", "partner"), ("sign_in", "bo@example.org", "public")]


def test_a_session_ends_after_its_hours_and_says_so(person, app):
    boss = person()
    boss.sign_in("boss")
    with boss.window(*SITE) as window:
        assert CAMERA in window.seen.received
        app.write_access(f"{ACCESS}[session]\nhours = 0.0001\n")
        seen = window.run()
    assert seen.says("Your session has ended")
    assert "Sign in" in seen.buttons
    assert CAMERA not in seen.received
    app.write_access(ACCESS)


def test_signing_out_ends_the_session_in_every_window_and_for_every_copy_of_the_cookie(person, app):
    boss, thief = person(), person()
    boss.sign_in("boss")
    thief.set_cookie(USER_COOKIE, boss.cookie(USER_COOKIE))
    assert CAMERA in thief.look(*SITE).received
    before = len(app.audit())
    with boss.window(*SITE) as other_window:
        answer = boss.sign_out()
        assert "/session/end" in answer.headers["Location"]
        assert boss.cookie(USER_COOKIE) == ""
        assert CAMERA not in other_window.run().received
    seen = thief.look(*SITE)
    assert seen.says("You have signed out")
    assert CAMERA not in seen.received
    assert [(line["event"], line["account"]) for line in app.audit()[before:]] == [("sign_out", "boss@example.org")]
    boss.sign_in("boss")
    assert CAMERA in boss.look(*SITE).received


@pytest.mark.parametrize(
    "broken", ["[[person", ACCESS + "[[person]]\nemail = 1\n", ACCESS.replace("staff", "overlord")]
)
def test_with_a_broken_access_file_everybody_is_public_and_is_told(person, app, broken):
    boss = person()
    boss.sign_in("boss")
    app.write_access(broken)
    seen = boss.look(*SITE)
    assert CAMERA not in seen.received
    assert seen.says("Roles cannot be read at this moment")
    assert "everybody is public" in app.log()
    for quoted in ("boss@example.org", "overlord"):
        assert quoted not in app.log()
    assert b"boss@example.org" not in seen.received


def test_without_the_access_file_everybody_is_public(person, app):
    boss = person()
    boss.sign_in("boss")
    (app.folder / "access.toml").unlink()
    assert CAMERA not in boss.look(*SITE).received
